"""How far a running fold is, for whoever looks from another process: a small file beside the facts."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

from viaggio.store.fold import Progress
from viaggio.store.workspace import Workspace

_FILE = "folding.json"
_EVERY = 0.25  # seconds between two writes


@contextmanager
def told(
    workspace: Workspace, also: Callable[[Progress], None] | None = None
) -> Iterator[Callable[[Progress], None]]:
    """What a fold calls with each step; the file is there while it runs. Losing it loses nothing."""
    path = workspace.root / "cache" / _FILE
    path.parent.mkdir(exist_ok=True)
    aside = path.with_suffix(".aside")
    last = 0.0
    began, item = time.time(), 0

    def tell(step: Progress) -> None:
        nonlocal last, began, item
        if step.item != item:  # the rate is that of the item being read
            began, item = time.time(), step.item
        if also is not None:
            also(step)
        if time.monotonic() - last >= _EVERY:
            last = time.monotonic()
            aside.write_text(
                json.dumps({**asdict(step), "pid": os.getpid(), "began": began}), encoding="utf-8"
            )
            aside.replace(path)

    try:
        yield tell
    finally:
        path.unlink(missing_ok=True)


def running(workspace: Workspace) -> tuple[Progress, float] | None:
    """The step of the fold that runs now, and its rate in rows a second; None when none runs."""
    try:
        read = json.loads((workspace.root / "cache" / _FILE).read_text(encoding="utf-8"))
        began, pid = float(read.pop("began")), int(read.pop("pid"))
        os.kill(pid, 0)
    except (OSError, ValueError, KeyError):
        return None
    step = Progress(**read)
    return step, step.rows / max(time.time() - began, 0.001)
