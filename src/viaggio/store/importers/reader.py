"""A mapping at work: files in, batches of fact rows and rejects out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viaggio.store.importers.layout import Layout
from viaggio.store.importers.mapping import Format, ImportMapping
from viaggio.store.importers.records import LIMITS, Limits, Records
from viaggio.store.importers.rows import Chunk, check_columns
from viaggio.store.importers.sources import (
    file_format,
    holds_rejects,
    source_columns_of,
    source_records,
)
from viaggio.store.incoming import Batch, Reader


@dataclass(frozen=True, slots=True)
class MappingReader:
    """Reads files of one shape through one mapping; the same ones give the same batches in order.

    Every file's head is checked against the mapping before the first batch, so a `BadFile` or `BadMapping` of
    this kind means that nothing was taken. `bytes_read` of a batch is the position reached in its file.
    """

    paths: Mapping[str, Path]
    mapping: ImportMapping
    limits: Limits = LIMITS

    def files(self) -> Mapping[str, Path]:
        """The files it reads, by name."""
        return self.paths

    def batches(self) -> Iterator[Batch]:
        """All batches, streamed. Raises `BadFile`, `BadMapping`."""
        mapping, limits = self.mapping, self.limits
        for name, path in self.paths.items():
            kind, layout = self._layout(name, path)
            columns = source_columns_of(path, kind, layout, sheet=mapping.sheet, name=name, limits=limits)
            check_columns(mapping, columns, name)
        for name, path in self.paths.items():
            kind, layout = self._layout(name, path)
            for records in source_records(path, kind, layout, sheet=mapping.sheet, name=name, limits=limits):
                yield from self._mapped(records)

    def _layout(self, name: str, path: Path) -> tuple[Format, Layout]:
        """As the mapping says; but a file of rejects as it was written, or saved again."""
        if holds_rejects(path):
            return "csv", Layout()
        return file_format(name, self.mapping.format), self.mapping.layout

    def _mapped(self, records: Records) -> Iterator[Batch]:
        chunk = Chunk(records, self.mapping)
        tables: list[tuple[str, Any]] = [(name, rows) for name, rows in chunk.tables() if rows.num_rows]
        rejects = tuple(sorted((*records.rejects, *chunk.rejects()), key=lambda reject: reject.line))
        first = True
        for name, rows in tables or [(self.mapping.tables[0].name, None)]:
            yield Batch(
                table=name,
                rows=rows,
                rejects=rejects if first else (),
                file=records.file,
                read=records.read if first else 0,
                bytes_read=records.bytes_read,
            )
            first = False


def mapping_reader(files: Mapping[str, Path], mapping: ImportMapping) -> Reader:
    """Read `files` (by name) through `mapping`; nothing is opened yet."""
    return MappingReader(dict(files), mapping)
