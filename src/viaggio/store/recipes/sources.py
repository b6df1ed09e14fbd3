"""Landed files are opened whatever their compression, and read row by row or piece by piece."""

from collections.abc import Callable, Collection, Iterable, Iterator
from typing import Any

import numpy as np

from viaggio.kernel import BadFile
from viaggio.store.importers.arrow import pa
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.delimited import read_csv
from viaggio.store.importers.layout import Layout, read_head
from viaggio.store.importers.parquet_file import open_parquet
from viaggio.store.incoming import Batch
from viaggio.store.recipes.cells import Record
from viaggio.store.recipes.rows import AT, Faults, Placed, parted
from viaggio.store.recipes.shape import Source, bare_name

PIECE = 100_000
"""Rows of a Parquet file that are held at once, at most."""

_LAYOUT = Layout(encoding="utf-8", delimiter=",")


def column_names(source: Source) -> tuple[str, ...]:
    """The column names of a CSV or Parquet file; raises `BadFile`."""
    if bare_name(source.name).endswith(".parquet"):
        with open_parquet(source.path, source.name) as file:
            return tuple(file.schema_arrow.names)
    return read_head(source.path, _LAYOUT).columns


def csv_records(source: Source, needed: tuple[str, ...]) -> Iterator[Placed[Record]]:
    """The rows of a comma-separated UTF-8 file; what can not be cut into cells is a reject.

    Raises `BadFile`, also for a missing column.
    """
    try:
        _check(source, read_head(source.path, _LAYOUT).columns, needed)
    except BadFile as error:
        if error.code == "file.no_rows":
            return
        raise
    for records in read_csv(source.path, _LAYOUT, name=source.name):
        for reject in records.rejects:
            yield reject, records.bytes_read
        columns = {name: cells.values.to_pylist() for name, cells in records.columns.items()}
        for line, cells in zip(records.lines.tolist(), zip(*columns.values(), strict=True), strict=True):
            filled = {name: cell or "" for name, cell in zip(columns, cells, strict=True)}
            yield Record(source.name, line, filled), records.bytes_read


def pieces(
    source: Source,
    needed: Iterable[str],
    faults: Faults,
    *,
    table: str,
    shaped: Callable[[Any], Any] = lambda rows: rows,
) -> Iterator[tuple[Any, Batch]]:
    """Good rows of a Parquet file, piece by piece, each with a batch without rows that counts what was read.

    `shaped` is done to a piece before `faults` looks for its bad rows. A column `AT` says where each row
    stands in its file, from 1. Raises `BadFile`, also for a missing column.
    """
    with open_parquet(source.path, source.name) as file:
        _check(source, file.schema_arrow.names, needed)
        size, total, done = source.path.stat().st_size, max(file.metadata.num_rows, 1), 0
        for piece in _read(file, source):
            count = piece.num_rows
            places = pa.array(np.arange(done + 1, done + 1 + count))
            rows = shaped(piece).append_column(AT, places)
            good, rejects = parted(rows, faults(rows), source.name)
            done += count
            yield (
                good,
                Batch(
                    table=table,
                    rows=None,
                    rejects=rejects,
                    file=source.name,
                    read=count,
                    bytes_read=size * done // total,
                ),
            )


def _read(file: Any, source: Source) -> Iterator[Any]:
    try:
        for piece in file.iter_batches(batch_size=PIECE, use_threads=False):
            yield pa.Table.from_batches([piece])
    except (pa.ArrowException, OSError) as error:
        raise bad_file("file.damaged", place=source.name) from error


def _check(source: Source, names: Collection[str], needed: Iterable[str]) -> None:
    for name in needed:
        if name not in names:
            raise bad_file("file.no_column", place=f"{source.name}: {name}")
