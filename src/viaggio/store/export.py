"""A fact table as a file: CSV and Excel safe to open, Parquet for programs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.kernel import BadFile, UnknownTable
from viaggio.store.contracts import FACTS
from viaggio.store.engine import engine
from viaggio.store.tabular import write_csv, write_excel
from viaggio.store.workspace import Workspace

_ROWS_AT_ONCE = 10_000
ENDINGS = (".csv", ".xlsx", ".parquet")


def export_table(workspace: Workspace, name: str, target: Path) -> int:
    """Write a fact table, customers resolved, in the order of source and id; returns the number of rows.

    The file appears whole or not at all. Raises `UnknownTable`, and `BadFile` for another ending than
    .csv, .xlsx and .parquet.
    """
    if name not in FACTS:
        raise UnknownTable(name, known=FACTS)
    if target.suffix not in ENDINGS:
        raise BadFile(
            f"'{target.suffix}' is no ending of a table", place=str(target), hint=", ".join(ENDINGS)
        )
    source = engine(workspace)
    table = getattr(source.tables(), name)
    rows: pa.Table = source.run(table.order_by(["source", "id"]))
    aside = target.with_name(f".{target.name}.aside")
    if target.suffix == ".parquet":
        pq.write_table(rows, aside)
    else:
        write = write_csv if target.suffix == ".csv" else write_excel
        with aside.open("wb") as out:
            write(_rows(rows), rows.column_names, out)
    aside.replace(target)
    return int(rows.num_rows)


def _rows(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    for batch in table.to_batches(max_chunksize=_ROWS_AT_ONCE):
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
