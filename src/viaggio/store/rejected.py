"""Rejected rows read back: how many for each reason, and the first ones as they came."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from viaggio.store.fold.rejects import MARKS

_LONGEST_CELL = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """So many rows of one file were rejected for the same reason in the same column."""

    file: str
    column: str
    code: str
    rows: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedRow:
    """One rejected row: its place, the reason, the culprit's cell and the source's own cells."""

    file: str
    line: int
    column: str
    code: str
    value: str
    cells: Mapping[str, str]


def reasons(files: Iterable[Path]) -> list[Reason]:
    """Rejected rows by file, column and reason, the most frequent first."""
    counted = [reason for path in files for reason in _counted(path, path.stat().st_mtime_ns)]
    return sorted(counted, key=lambda reason: (-reason.rows, reason.file, reason.column, reason.code))


def first_rejected(files: Sequence[Path], most: int = 50) -> list[RejectedRow]:
    """The first rejected rows, `most` at most, file by file."""
    found: list[RejectedRow] = []
    for path in files:
        for row in _rows(path):
            if len(found) == most:
                return found
            found.append(row)
    return found


def _rows(path: Path) -> Iterator[RejectedRow]:
    csv.field_size_limit(max(csv.field_size_limit(), _LONGEST_CELL))
    with path.open(encoding="utf-8", newline="") as text:
        rows = csv.reader(text)
        columns = next(rows, [])[: -len(MARKS)]
        for row in rows:
            file, line, column, code = row[-len(MARKS) :]
            cells = dict(zip(columns, row, strict=False))
            yield RejectedRow(
                file=file, line=int(line), column=column, code=code, value=cells.get(column, ""), cells=cells
            )


@lru_cache(maxsize=32)
def _counted(path: Path, _written: int) -> tuple[Reason, ...]:
    """The reasons of one file; read by Arrow, so that a million rows take a second."""
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    marks = ["_file", "_column", "_reason"]
    counted: pa.Table | None = None
    stream = arrow_csv.open_csv(
        path,
        read_options=arrow_csv.ReadOptions(block_size=_LONGEST_CELL * 2, use_threads=False),
        parse_options=arrow_csv.ParseOptions(newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            include_columns=marks, column_types=dict.fromkeys(marks, pa.string()), strings_can_be_null=False
        ),
    )
    for batch in stream:
        part = pa.Table.from_batches([batch]).group_by(marks).aggregate([([], "count_all")])
        counted = part if counted is None else pa.concat_tables([counted, part])
    if counted is None:
        return ()
    totals = counted.group_by(marks).aggregate([("count_all", "sum")]).to_pylist()
    return tuple(
        Reason(file=t["_file"], column=t["_column"], code=t["_reason"], rows=t["count_all_sum"])
        for t in totals
    )
