"""The floor: reading the columns that a question needs from the time-ordered Parquet file, no work done."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyarrow.parquet as pq

PACKAGES = ("pyarrow",)
NEEDED = {
    "sessions": ("user_id", "ts", "channel"),
    "transitions": ("user_id", "ts", "event"),
    "funnel": ("user_id", "ts", "event"),
    "paths": ("user_id", "ts", "event"),
    "attribution": ("user_id", "ts", "event", "channel"),
}


def _scan(columns: tuple[str, ...], folder: Path) -> list[int]:
    """Row group by row group, so that memory stays small."""
    file = pq.ParquetFile(folder / "log.parquet")
    groups = range(file.num_row_groups)
    return [sum(file.read_row_group(g, columns=list(columns), use_threads=False).num_rows for g in groups)]


QUESTIONS: dict[str, Callable[[Path], list[int]]] = {n: partial(_scan, c) for n, c in NEEDED.items()}
