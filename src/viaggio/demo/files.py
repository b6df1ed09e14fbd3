"""Open Parquet files, one per source and table, that rows are streamed into."""

from collections import Counter
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow.parquet as pq

from viaggio.demo.arrow import schema
from viaggio.kernel import Contract

ROWS_PER_FILE = 2_000_000


class Files:
    """Writes `<folder>/<source>/<table>-0000.parquet`; after a long file comes the next number."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.written: Counter[tuple[str, str]] = Counter()
        self._open: dict[tuple[str, str], Any] = {}
        self._in_file: Counter[tuple[str, str]] = Counter()
        self._part: Counter[tuple[str, str]] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        for writer in self._open.values():
            writer.close()

    def write(self, source: str, contract: Contract, rows: Any) -> None:
        """Add rows to a source's table; nothing is written for an empty table."""
        if not rows.num_rows:
            return
        key = (source, contract.name)
        if self._in_file[key] >= ROWS_PER_FILE:
            self._open.pop(key).close()
            self._part[key] += 1
            self._in_file[key] = 0
        if key not in self._open:
            (self.folder / source).mkdir(exist_ok=True)
            path = self.folder / source / f"{contract.name}-{self._part[key]:04d}.parquet"
            self._open[key] = pq.ParquetWriter(
                path, schema(contract), compression="zstd", compression_level=1
            )
        self._open[key].write_table(rows)
        self._in_file[key] += rows.num_rows
        self.written[key] += rows.num_rows

    def by_source(self) -> dict[str, dict[str, int]]:
        """Rows written, by source and table."""
        found: dict[str, dict[str, int]] = {}
        for (source, name), n in sorted(self.written.items()):
            found.setdefault(source, {})[name] = n
        return found
