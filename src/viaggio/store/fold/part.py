"""Writing one part: blocks of a fixed size, so that the bytes depend on the rows alone."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.kernel import Contract, Kind
from viaggio.store.ahead import Behind
from viaggio.store.contracts import stored_schema
from viaggio.store.durable import ASIDE, put_in_place
from viaggio.store.facts import Part
from viaggio.store.hashing import file_sha256

BLOCK_ROWS = 122_880
"""Rows per row group: 60 vectors of DuckDB."""


class PartWriter:
    """A Parquet file that grows aside until it is put in place."""

    def __init__(self, target: Path, contract: Contract) -> None:
        self.target = target
        self.aside = target.with_name(target.name + ASIDE)
        self.contract = contract
        self.rows = 0
        self.bounds: tuple[int, int] | None = None
        self._held: list[pa.Table] = []
        self._held_rows = 0
        self._file: Any = None
        self._behind: Behind | None = None

    def add(self, rows: pa.Table) -> None:
        """Add rows in the stored schema, their codes as texts or dictionary-encoded, but all alike."""
        self._held.append(rows)
        self._held_rows += len(rows)
        self.rows += len(rows)
        self._widen(rows)
        if self._held_rows >= BLOCK_ROWS:
            self._flush(whole=True)

    def close(self) -> None:
        """Write what is held and end the file; no file appears when there was no row."""
        try:
            self._flush(whole=False)
            if self._behind is not None:
                self._behind.end()
        finally:
            self._behind = None
            if self._file is not None:
                self._file.close()
                self._file = None

    def closed(self) -> Path:
        """The file, ended, where it lies aside."""
        self.close()
        return self.aside

    def discard(self) -> None:
        """Drop the file."""
        self.close()
        self.aside.unlink(missing_ok=True)

    def seal(self, *, item: int, source: str) -> Part:
        """Make the finished file durable under its name."""
        part = Part(
            table=self.contract.name, item=item, source=source, rows=self.rows,
            size=self.aside.stat().st_size, sha256=file_sha256(self.aside),
            earliest=self.bounds[0] if self.bounds else None, latest=self.bounds[1] if self.bounds else None,
        )  # fmt: skip
        put_in_place(self.aside, self.target)
        return part

    def without(self, drops: npt.NDArray[np.int64]) -> "PartWriter":
        """The same file without the rows at these places, closed, in this one's stead."""
        written = self.aside.rename(self.aside.with_name(self.aside.name + ".whole"))
        slim = PartWriter(self.target, self.contract)
        for block in blocks_without(written, drops):
            slim.add(block)
        slim.close()
        written.unlink()
        return slim

    def _flush(self, *, whole: bool) -> None:
        if not self._held_rows:
            return
        table = pa.concat_tables(self._held)
        end = len(table) - len(table) % BLOCK_ROWS if whole else len(table)
        for start in range(0, end, BLOCK_ROWS):
            self._put(table.slice(start, min(BLOCK_ROWS, end - start)))
        rest = table.slice(end)
        self._held, self._held_rows = [rest], len(rest)

    def _put(self, block: pa.Table) -> None:
        """Write a block; that of a file of several is packed by another thread while the next is made."""
        if len(block) == BLOCK_ROWS and self._behind is None:
            self._behind = Behind()
        if self._behind is None:
            self._write(block)
        else:
            self._behind.do(partial(self._write, block))

    def _write(self, block: pa.Table) -> None:
        if self._file is None:
            self.aside.parent.mkdir(parents=True, exist_ok=True)
            self._file = pq.ParquetWriter(
                self.aside, block.schema, compression="zstd", compression_level=1, write_statistics=True,
                use_dictionary=coded_columns(self.contract), store_schema=False,
            )  # fmt: skip
        self._file.write_table(block.combine_chunks(), row_group_size=BLOCK_ROWS)

    def _widen(self, rows: pa.Table) -> None:
        if self.contract.time is None or not len(rows):
            return
        ends = pc.min_max(as_micros(rows[self.contract.time]))
        low, high = ends["min"].as_py(), ends["max"].as_py()
        if low is not None:
            known = self.bounds or (low, high)
            self.bounds = (min(low, known[0]), max(high, known[1]))


def as_micros(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """A time or day column as UTC microseconds; days count from their UTC midnight."""
    if pa.types.is_date(column.type):
        column = column.cast(pa.timestamp("us"))
    return column.cast(pa.int64())


def blocks_without(path: Path, drops: npt.NDArray[np.int64]) -> Iterator[pa.Table]:
    """The row groups of a file without the rows at these sorted places."""
    start = 0
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            first, last = np.searchsorted(drops, (start, start + len(table)))
            keep = np.ones(len(table), np.bool_)
            keep[drops[first:last] - start] = False
            start += len(table)
            yield table.filter(pa.array(keep))


def coded_columns(contract: Contract) -> list[str]:
    """Columns that hold few different texts."""
    return ["source", *(column.name for column in contract.columns if column.kind is Kind.CODE)]


def coded_schema(contract: Contract) -> pa.Schema:
    """The stored schema with those columns dictionary-encoded, as rows are hashed and written fastest."""
    coded = set(coded_columns(contract))
    fields = (field.with_type(CODED) if field.name in coded else field for field in stored_schema(contract))
    return pa.schema(list(fields))


CODED = pa.dictionary(pa.int32(), pa.string())


def repeated(text: str, rows: int) -> pa.DictionaryArray:
    """The same text in every row."""
    return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))
