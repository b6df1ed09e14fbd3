"""A progress bar with rate and time left, on a terminal; silent elsewhere."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from viaggio.store.fold import Progress


@contextmanager
def bar() -> Iterator[Callable[[Progress], None]]:
    """What a fold calls with each step; bytes read of bytes to read, rows and rejects beside them."""
    from tqdm import tqdm

    with tqdm(total=0, unit="B", unit_scale=True, disable=None, leave=False) as meter:

        def on_progress(step: Progress) -> None:
            meter.total = max(step.bytes_total, step.bytes_done)
            meter.set_description(f"{step.label}: {step.stage}", refresh=False)
            meter.set_postfix(rows=f"{step.rows:,}", rejected=f"{step.rejected:,}", refresh=False)
            meter.update(step.bytes_done - meter.n)

        yield on_progress
