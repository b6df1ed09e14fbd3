"""A mapping at work: files in, batches of fact rows and rejects out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viaggio.store.importers.delimited import read_csv
from viaggio.store.importers.layout import read_head
from viaggio.store.importers.mapping import Format, ImportMapping
from viaggio.store.importers.records import LIMITS, REJECT_COLUMNS, Limits, Records
from viaggio.store.importers.rows import Chunk, check_columns
from viaggio.store.incoming import Batch, Reader

_SUFFIXES: Mapping[str, Format] = {
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".parquet": "parquet",
    ".pq": "parquet",
}


@dataclass(frozen=True, slots=True)
class MappingReader:
    """Reads files of one shape through one mapping. The same files and mapping give the same batches in order.

    Every file's head is checked against the mapping before the first batch, so a `BadFile` or `BadMapping` of this
    kind means that nothing was taken. `bytes_read` of a batch is the position reached in its file, as stored.
    """

    paths: Mapping[str, Path]
    mapping: ImportMapping
    limits: Limits = LIMITS

    def files(self) -> Mapping[str, Path]:
        """The files it reads, by name."""
        return self.paths

    def batches(self) -> Iterator[Batch]:
        """All batches, streamed. Raises `BadFile`, `BadMapping`."""
        for name, path in self.paths.items():
            check_columns(self.mapping, self._columns(path, name), name)
        for name, path in self.paths.items():
            for records in self._records(path, name):
                yield from self._mapped(records)

    def _mapped(self, records: Records) -> Iterator[Batch]:
        chunk = Chunk(records, self.mapping)
        tables: list[tuple[str, Any]] = [(name, rows) for name, rows in chunk.tables() if rows.num_rows]
        rejects = tuple(sorted((*records.rejects, *chunk.rejects()), key=lambda reject: reject.line))
        first = True
        for name, rows in tables or [(self.mapping.tables[0].name, None)]:
            yield Batch(
                table=name, rows=rows, rejects=rejects if first else (), file=records.file,
                read=records.read if first else 0, bytes_read=records.bytes_read,
            )  # fmt: skip
            first = False

    def _columns(self, path: Path, name: str) -> list[str]:
        return source_names(path, self.mapping, name=name, limits=self.limits)

    def _records(self, path: Path, name: str) -> Iterator[Records]:
        return source_records(path, self.mapping, name=name, limits=self.limits)


def mapping_reader(files: Mapping[str, Path], mapping: ImportMapping) -> Reader:
    """Read `files` (by name) through `mapping`; nothing is opened yet."""
    return MappingReader(dict(files), mapping)


def file_format(name: str, mapping: ImportMapping | None = None) -> Format:
    """The format stated by the mapping, else by the file's name; anything unknown is delimited text."""
    if mapping is not None and mapping.format:
        return mapping.format
    for suffix in reversed(Path(name.lower()).suffixes):
        if suffix not in {".gz", ".zst"}:
            return _SUFFIXES.get(suffix, "csv")
    return "csv"


def source_names(path: Path, mapping: ImportMapping, *, name: str, limits: Limits = LIMITS) -> list[str]:
    """The column names of a source file, without those that a file of rejects adds. Raises `BadFile`."""
    names = list(read_head(path, mapping.layout, limits).columns)
    return [column for column in names if column not in REJECT_COLUMNS]


def source_records(
    path: Path, mapping: ImportMapping, *, name: str, limits: Limits = LIMITS
) -> Iterator[Records]:
    """The rows of a source file before mapping. Raises `BadFile`."""
    return read_csv(path, mapping.layout, name=name, limits=limits)
