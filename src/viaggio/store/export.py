"""A fact table as a file: CSV and Excel safe to open, Parquet for programs."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.kernel import BadFile, UnknownTable
from viaggio.store.contracts import FACTS
from viaggio.store.engine import Engine
from viaggio.store.event_logs import write_ocel, write_xes
from viaggio.store.tabular import write_csv, write_excel
from viaggio.store.workspace import Workspace

_ROWS_AT_ONCE = 10_000
ENDINGS = (".csv", ".xlsx", ".parquet")
LOGS = (".xes", ".xes.gz", ".ocel.json")
"""Endings of event logs."""


def export_table(workspace: Workspace, name: str, target: Path) -> int:
    """Write a fact table, customers resolved, in the order of source and id; returns the number of rows.

    However long the table is, the memory is the same: it is sorted in files beside the target and streamed.
    The file appears whole or not at all. Raises `UnknownTable`, and `BadFile` for another ending than
    .csv, .xlsx and .parquet. Interactions are also written as event logs: .xes, .xes.gz, .ocel.json.
    """
    if name not in FACTS:
        raise UnknownTable(name, known=FACTS)
    endings = (*ENDINGS, *LOGS) if name == "interactions" else ENDINGS
    if not target.name.endswith(endings):
        raise BadFile(
            f"'{target.suffix}' is no ending of a table", place=str(target), hint=", ".join(endings)
        )
    aside = target.with_name(f".aside.{target.name}")
    with TemporaryDirectory(dir=target.parent, prefix=f".{target.name}.") as folder:
        source = Engine(workspace, spill=Path(folder))
        if target.name.endswith(LOGS):
            written = (write_ocel if target.name.endswith(".ocel.json") else write_xes)(source, aside)
            aside.replace(target)
            return written
        table = getattr(source.tables(), name)
        schema = table.schema().to_pyarrow()
        batches = _Counted(source.batches(table.order_by(["source", "id"]), _ROWS_AT_ONCE), schema)
        if target.suffix == ".parquet":
            with pq.ParquetWriter(aside, schema) as out:
                for batch in batches:
                    out.write_batch(batch)
        else:
            write = write_csv if target.suffix == ".csv" else write_excel
            with aside.open("wb") as file:
                write(_rows(batches), table.columns, file)
    aside.replace(target)
    return batches.rows


class _Counted:
    """Batches that pass by in the form of a schema, and how many rows they had."""

    def __init__(self, batches: Iterator[pa.RecordBatch], schema: pa.Schema) -> None:
        self._batches, self._schema = batches, schema
        self.rows = 0

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        for batch in self._batches:
            self.rows += batch.num_rows
            yield batch.cast(self._schema)


def _rows(batches: Iterable[pa.RecordBatch]) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        yield from zip(*(column.to_pylist() for column in batch.columns), strict=True)
