"""Parquet files, streamed by row group, their typed values as canonical text."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from viaggio.store.importers.archive import seekable
from viaggio.store.importers.arrow import pa, parquet, pc
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.excel import cell_text
from viaggio.store.importers.records import LIMITS, REJECT_COLUMNS, Cells, Limits, Records, named_columns
from viaggio.store.incoming import Reject

_ROWS = 50_000
_CELLS = 2_000_000
_GROUP_BYTES = 2 << 30


def read_parquet(path: Path, *, name: str = "", limits: Limits = LIMITS) -> Iterator[Records]:
    """Stream a Parquet file; lines are row numbers from 1. Raises `BadFile`."""
    name = name or path.name
    size = path.stat().st_size
    with open_parquet(path, name, limits) as file:
        columns = _columns(file, name, limits)
        total = file.metadata.num_rows
        if not total:
            raise bad_file("file.no_rows", place=name)
        at_once = max(1, min(_ROWS, _CELLS // len(columns)))
        done = 0
        try:
            for batch in file.iter_batches(batch_size=at_once, use_threads=False):
                yield _records(batch, columns, name, done, size * (done + batch.num_rows) // total)
                done += batch.num_rows
        except (pa.ArrowException, OSError) as error:
            reject = Reject(file=name, line=done + 1, code="file.broken_off", value=str(error)[:200])
            yield Records(
                file=name,
                columns={column: Cells(pa.array([], pa.string())) for column in columns},
                lines=np.zeros(0, dtype=np.int64),
                rejects=(reject,),
                read=1,
                bytes_read=size,
            )


def parquet_columns(path: Path, *, name: str = "", limits: Limits = LIMITS) -> tuple[str, ...]:
    """The column names. Raises `BadFile`."""
    with open_parquet(path, name or path.name, limits) as file:
        return _columns(file, name or path.name, limits)


@contextmanager
def open_parquet(path: Path, name: str, limits: Limits = LIMITS) -> Iterator[Any]:
    """A Parquet file, unpacked first where it came compressed as a whole. Raises `BadFile`."""
    with seekable(path, limits) as plain:
        if not plain.stat().st_size:
            raise bad_file("file.empty", place=name)
        try:
            file = parquet.ParquetFile(plain, pre_buffer=False, buffer_size=1 << 20)
        except (pa.ArrowException, OSError, ValueError) as error:
            raise bad_file("file.bad_parquet", place=name) from error
        try:
            groups = (file.metadata.row_group(at) for at in range(file.metadata.num_row_groups))
            if any(group.total_byte_size > _GROUP_BYTES for group in groups):
                raise bad_file("file.bomb", place=name)
            yield file
        finally:
            file.close()


def _columns(file: Any, name: str, limits: Limits) -> tuple[str, ...]:
    names = list(file.schema_arrow.names)
    if len(names) > limits.columns:
        raise bad_file("file.too_many_columns", place=f"{name}: {len(names)}")
    if not names:
        raise bad_file("file.no_header", place=name)
    return named_columns(names)


def _records(batch: Any, columns: tuple[str, ...], name: str, done: int, position: int) -> Records:
    return Records(
        file=name,
        columns={
            column: as_cells(batch.column(at))
            for at, column in enumerate(columns)
            if column not in REJECT_COLUMNS
        },
        lines=np.arange(done + 1, done + batch.num_rows + 1),
        read=batch.num_rows,
        bytes_read=position,
    )


def as_cells(values: Any) -> Cells:
    """A typed Arrow column as text cells: plain numbers, ISO dates and times, true and false, JSON."""
    if pa.types.is_dictionary(values.type):
        values = values.dictionary_decode()
    kind = values.type
    if pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
        texts = values.cast(pa.string())
        return Cells(pc.if_else(pc.equal(texts, ""), None, texts))
    if pa.types.is_floating(kind):
        texts = pa.array(
            [cell_text(value)[0] for value in values.cast(pa.float64()).to_pylist()], pa.string()
        )
    elif pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return Cells(pa.array([_decoded(value) for value in values.to_pylist()], pa.string()))
    elif pa.types.is_nested(kind):
        encoded = [
            None if v is None else json.dumps(v, default=str, ensure_ascii=False) for v in values.to_pylist()
        ]
        return Cells(pa.array(encoded, pa.string()))
    elif pa.types.is_null(kind):
        return Cells(pa.nulls(len(values), pa.string()))
    else:
        texts = values.cast(pa.string())
    return Cells(texts, pa.repeat(pa.scalar(value=True), len(texts)))


def _decoded(value: bytes | None) -> str | None:
    """Bytes are text in most old files; what is none is written in hexadecimal."""
    if not value:
        return None
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.hex()
