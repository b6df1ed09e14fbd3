"""A source file of any format as columns and records."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from viaggio.store.importers.delimited import read_csv
from viaggio.store.importers.encoding import open_payload
from viaggio.store.importers.excel import excel_columns, read_excel
from viaggio.store.importers.layout import Layout, read_head
from viaggio.store.importers.mapping import Format
from viaggio.store.importers.parquet_file import parquet_columns, read_parquet
from viaggio.store.importers.records import LIMITS, REJECT_COLUMNS, Limits, Records

_MARKS = (b"_file", b"_line", b"_column", b"_reason")
_HEAD = 1 << 16
_SUFFIXES: Mapping[str, Format] = {
    ".xlsx": "excel",
    ".xlsm": "excel",
    ".parquet": "parquet",
    ".pq": "parquet",
}


def file_format(name: str, stated: Format | None = None) -> Format:
    """The format stated, else the one that the file's name tells; anything unknown is delimited text."""
    if stated:
        return stated
    for suffix in reversed(Path(name.lower()).suffixes):
        if suffix not in {".gz", ".zst"}:
            return _SUFFIXES.get(suffix, "csv")
    return "csv"


def holds_rejects(path: Path) -> bool:
    """Whether a file is one of rejected rows, told by the columns that mark it."""
    payload = open_payload(path)
    try:
        head = payload.content.read(_HEAD)
    except (OSError, EOFError, ValueError):
        return False
    finally:
        payload.close()
    first = head.split(b"\n", maxsplit=1)[0].rstrip(b"\r").replace(b'"', b"")
    return any(first.endswith(sign.join(_MARKS)) for sign in (b",", b";", b"\t"))


def source_columns_of(
    path: Path, kind: Format, layout: Layout, *, sheet: str = "", name: str = "", limits: Limits = LIMITS
) -> tuple[str, ...]:
    """Column names of a file, without those that a file of rejects adds. Raises `BadFile`."""
    if kind == "excel":
        names = excel_columns(path, layout, sheet=sheet, name=name, limits=limits)
    elif kind == "parquet":
        names = parquet_columns(path, name=name, limits=limits)
    else:
        names = read_head(path, layout, limits).columns
    return tuple(column for column in names if column not in REJECT_COLUMNS)


def source_records(
    path: Path, kind: Format, layout: Layout, *, sheet: str = "", name: str = "", limits: Limits = LIMITS
) -> Iterator[Records]:
    """The rows of a file before any mapping, streamed. Raises `BadFile`."""
    if kind == "excel":
        return read_excel(path, layout, sheet=sheet, name=name, limits=limits)
    if kind == "parquet":
        return read_parquet(path, name=name, limits=limits)
    return read_csv(path, layout, name=name, limits=limits)
