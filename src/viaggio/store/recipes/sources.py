"""Landed files are opened whatever their compression, and read row by row."""

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from shutil import copyfileobj
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.kernel import BadFile
from viaggio.store.incoming import Reject
from viaggio.store.recipes.cells import Record
from viaggio.store.recipes.rows import Placed
from viaggio.store.recipes.shape import Source

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


@contextmanager
def opened(source: Source) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """The plain bytes of a file, and the stored file under them, whose `tell` is the progress.

    Compression is known by the first bytes, not by the name. Raises `BadFile` for damaged compression.
    """
    with source.path.open("rb") as stored:
        magic = stored.read(4)
        stored.seek(0)
        try:
            yield _plain(stored, magic), stored
        except (EOFError, zlib.error, pa.ArrowException, OSError) as error:
            raise BadFile(
                "the file is damaged", place=source.name, hint="Fetch it again; nothing after it was read."
            ) from error


def _plain(stored: BinaryIO, magic: bytes) -> BinaryIO:
    if magic.startswith(_GZIP):
        return cast("BinaryIO", gzip.GzipFile(fileobj=stored))
    if magic.startswith(_ZSTD):
        below = pa.PythonFile(cast("io.IOBase", stored), mode="r")
        return cast("BinaryIO", pa.CompressedInputStream(below, "zstd"))
    return stored


def header(source: Source) -> tuple[str, ...]:
    """The column names of a CSV file; raises `BadFile`."""
    with opened(source) as (plain, _):
        rows = csv.reader(io.TextIOWrapper(plain, encoding="utf-8-sig", newline=""))
        try:
            return tuple(next(rows))
        except (StopIteration, csv.Error, UnicodeDecodeError) as error:
            raise BadFile("the file has no header", place=source.name) from error


def csv_records(source: Source, needed: tuple[str, ...]) -> Iterator[Placed[Record]]:
    """The rows of a comma-separated UTF-8 file with a header; cells may hold newlines and quotes.

    `line` is the physical line on which a row starts. A row with too few or too many cells is a reject.
    Raises `BadFile` for a missing column, wrong encoding or broken quoting.
    """
    with opened(source) as (plain, stored):
        rows = csv.reader(io.TextIOWrapper(plain, encoding="utf-8-sig", newline=""), strict=True)
        try:
            names = next(rows, [])
            if missing := [name for name in needed if name not in names]:
                raise BadFile(f"column '{missing[0]}' is missing", place=source.name)
            line = rows.line_num + 1
            for cells in rows:
                if cells:
                    yield _record(source.name, line, names, cells), stored.tell()
                line = rows.line_num + 1
        except (csv.Error, UnicodeDecodeError) as error:
            raise BadFile(str(error), place=f"{source.name}, line {rows.line_num}") from error


def _record(file: str, line: int, names: list[str], cells: list[str]) -> Record | Reject:
    raw = dict(zip(names, cells, strict=False))
    if len(cells) == len(names):
        return Record(file, line, raw)
    code = "row.too_few_cells" if len(cells) < len(names) else "row.too_many_cells"
    return Reject(file=file, line=line, code=code, value=str(len(cells)), raw=raw)


@contextmanager
def parquet(source: Source) -> Iterator[Any]:
    """A Parquet file, unpacked first where it was compressed as a whole; raises `BadFile`."""
    with opened(source) as (plain, stored), TemporaryFile() as unpacked:
        if plain is not stored:
            copyfileobj(plain, unpacked)
            unpacked.seek(0)
        try:
            file = pq.ParquetFile(stored if plain is stored else unpacked)
        except pa.ArrowInvalid as error:
            raise BadFile("the file is not Parquet", place=source.name) from error
        yield file


def file_size(path: Path) -> int:
    """Bytes of the stored file."""
    return path.stat().st_size
