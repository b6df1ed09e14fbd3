"""What is left of a landed item when a customer was erased from it: batches of rows as they were read.

A file of a foreign shape can not be written again without one customer. So what its reader gave is kept in
its stead: one Parquet file per table, whose row groups are the batches, and a list that says in which order
they came, with the rows that were rejected. Its facts are those of the original, less the customer's.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.durable import sync_file, to_json
from viaggio.store.hashing import file_sha256
from viaggio.store.incoming import Batch, Reject
from viaggio.store.landing.item import Payload

LIST = "batches.json.zst"
PREFIX = "kept-"


@dataclass(frozen=True, slots=True)
class KeptReader:
    """Gives the batches again. `files`: paths by the name under which they landed."""

    paths: Mapping[str, Path]

    def files(self) -> Mapping[str, Path]:
        """The files it reads, by name."""
        return self.paths

    def batches(self) -> Iterator[Batch]:
        """All batches, in the order in which they were read first."""
        with pa.input_stream(str(self.paths[LIST]), compression="zstd") as stream:
            listed = json.loads(stream.read())
        groups = {name.removesuffix(".parquet"): _groups(path) for name, path in self.paths.items()}
        for batch in listed:
            rows = next(groups[batch["table"]]) if batch["rows"] else None
            rejects = tuple(Reject(**reject) for reject in batch["rejects"])
            yield Batch(
                table=batch["table"], rows=rows, rejects=rejects, file=batch["file"], read=batch["read"]
            )


def _groups(path: Path) -> Iterator[pa.Table]:
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            yield file.read_row_group(group)


def write_kept(folder: Path, batches: Iterable[Batch]) -> tuple[Payload, ...]:
    """Write batches as payloads into an item's folder; they are durable, but nothing names them yet."""
    listed: list[dict[str, Any]] = []
    writers: dict[str, Any] = {}
    try:
        for batch in batches:
            there = batch.rows is not None and len(batch.rows) > 0
            if batch.rows is not None and there:
                _write(folder, writers, batch.table, batch.rows)
            listed.append({
                "table": batch.table, "rows": there, "file": batch.file, "read": batch.read,
                "rejects": [asdict(reject) for reject in batch.rejects],
            })  # fmt: skip
    finally:
        for writer in writers.values():
            writer.close()
    aside = folder / f"{PREFIX}{LIST}"
    with pa.CompressedOutputStream(str(aside), "zstd") as out:
        out.write(to_json(listed))
    tables = [_payload(folder / f"{PREFIX}{table}.parquet", f"{table}.parquet") for table in writers]
    return (*tables, _payload(aside, LIST))


def _write(folder: Path, writers: dict[str, Any], table: str, rows: pa.Table) -> None:
    schema = incoming_schema(FACTS[table])
    if table not in writers:
        writers[table] = pq.ParquetWriter(folder / f"{PREFIX}{table}.parquet", schema, compression="zstd")
    writers[table].write_table(rows.select(schema.names).cast(schema), row_group_size=len(rows))


def _payload(aside: Path, name: str) -> Payload:
    """The file under a name that tells its content, so that it never meets an earlier one."""
    digest = file_sha256(aside)
    sync_file(aside)
    stored = aside.rename(aside.with_name(f"{PREFIX}{digest[:16]}-{name}"))
    return Payload(name=name, stored=stored.name, sha256=digest, size=stored.stat().st_size)
