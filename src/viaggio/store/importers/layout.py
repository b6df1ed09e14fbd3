"""How a text file is laid out: encoding, delimiter, quotes, and where its header stands."""

import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.encoding import detect_encoding, open_payload, utf8_blocks
from viaggio.store.importers.records import LIMITS, Limits, named_columns

if TYPE_CHECKING:
    import _csv

_DELIMITERS = (",", ";", "\t", "|", "^", "~")
_LINE_END = re.compile(rb"\r\n|\n|\r")
_SEP_LINE = re.compile(rb"sep=([^\r\n]+)(?:\r\n|\n|\r)", re.IGNORECASE)
_SNIFFED_ROWS = 200
_NAME_CHARACTERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """What is known of a text file; None means: find out.

    `header` holds the lines of the header, from 1 and in one run; empty when there is none, and columns are
    then called `column 1`, `column 2` ... An empty `quote` means that quotes are plain characters.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str = '"'
    escape: str | None = None
    header: tuple[int, ...] = (1,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """A layout with everything found out, the columns, and where the body starts.

    `skip` counts bytes of the content as UTF-8; `line` is the line at which the body starts.
    """

    layout: Layout
    columns: tuple[str, ...]
    skip: int
    line: int

    @property
    def encoding(self) -> str:
        """Name of the codec."""
        return self.layout.encoding or "utf-8"

    @property
    def delimiter(self) -> str:
        """What parts the cells."""
        return self.layout.delimiter or ","


def csv_rows(lines: Iterable[str], layout: Layout) -> "_csv.Reader":
    """A strict reader of the standard library for this layout; cells may be as long as a row may be."""
    csv.field_size_limit(max(csv.field_size_limit(), LIMITS.row + 1))
    return csv.reader(
        lines,
        delimiter=layout.delimiter or ",",
        quotechar=layout.quote or None,
        quoting=csv.QUOTE_MINIMAL if layout.quote else csv.QUOTE_NONE,
        escapechar=layout.escape,
        doublequote=True,
        strict=True,
    )


def read_head(path: Path, layout: Layout, limits: Limits = LIMITS) -> Head:
    """Find out what the layout leaves open and read the header. Raises `BadFile`."""
    detected = detect_encoding(path, layout.encoding)
    if layout.delimiter is not None and (len(layout.delimiter) != 1 or layout.delimiter in '\r\n"'):
        raise bad_file("file.bad_delimiter", place=f"{path.name}: {layout.delimiter!r}")
    data, whole = _start(path, detected, limits)
    skip, line = 0, 1
    if (separator := _SEP_LINE.match(data)) and layout.header[:1] != (2,):
        skip, line = separator.end(), 2
        if layout.delimiter is None:
            layout = replace(layout, delimiter=separator[1].decode("utf-8", "replace")[:1])
    elif layout.header:
        skip, line = _line_start(data, layout.header[0], path)
    layout = replace(layout, encoding=detected)
    if layout.delimiter is None:
        layout = replace(layout, delimiter=_sniff(data[skip : skip + (1 << 18)], layout))
    columns, used, lines = _header(data[skip:], layout, path)
    if max(map(len, columns)) > _NAME_CHARACTERS:
        raise bad_file("file.no_header", place=f"{path.name}:{line}")
    if len(columns) > limits.columns:
        raise bad_file("file.too_many_columns", place=f"{path.name}:{line}: {len(columns)}")
    if whole and not data[skip + used :].strip(b"\r\n"):
        raise bad_file("file.no_rows", place=path.name)
    return Head(layout=layout, columns=named_columns(columns), skip=skip + used, line=line + lines)


def _start(path: Path, encoding: str, limits: Limits) -> tuple[bytes, bool]:
    """The first block as UTF-8, and whether that is all."""
    payload = open_payload(path)
    try:
        blocks = utf8_blocks(payload, encoding, limits.block)
        data = next(blocks, b"")
        while len(data) < limits.row and not _LINE_END.search(data):
            more = next(blocks, None)
            if more is None:
                return data, True
            data += more
        return data, next(blocks, None) is None
    except (EOFError, OSError):
        return data, False
    finally:
        payload.close()


def _line_start(data: bytes, line: int, path: Path) -> tuple[int, int]:
    at = 0
    for _ in range(line - 1):
        end = _LINE_END.search(data, at)
        if end is None:
            raise bad_file("file.no_header", place=f"{path.name}:{line}")
        at = end.end()
    return at, line


def _header(data: bytes, layout: Layout, path: Path) -> tuple[list[str], int, int]:
    """Column names, bytes used and lines used by the header."""
    text = data.decode("utf-8", "replace")
    source = io.StringIO(text, newline="")
    reader = csv_rows(source, layout)
    rows: list[list[str]] = []
    try:
        for row in reader:
            rows.append(row)
            if len(rows) >= max(len(layout.header), 1):
                break
    except csv.Error as error:
        raise bad_file(
            "file.no_header", place=f"{path.name}:{layout.header[0] if layout.header else 1}"
        ) from error
    if len(rows) < max(len(layout.header), 1) or not any(map(any, rows)):
        raise bad_file("file.no_header", place=f"{path.name}:{layout.header[0] if layout.header else 1}")
    if not layout.header:
        return [""] * len(rows[0]), 0, 0
    # `replace` keeps the length of valid text only, so bytes are counted by lines, not by characters.
    used, lines = 0, reader.line_num
    for _ in range(lines):
        end = _LINE_END.search(data, used)
        used = end.end() if end else len(data)
    return joined_header(rows), used, lines


def joined_header(rows: list[list[str]]) -> list[str]:
    """One name per column from one or several header rows; a title spanning columns counts for each."""
    width = max(map(len, rows))
    spread = []
    for row in rows[:-1]:
        filled, title = [], ""
        for at in range(width):
            title = (row[at].strip() if at < len(row) else "") or title
            filled.append(title)
        spread.append(filled)
    spread.append([cell.strip() for cell in rows[-1]] + [""] * (width - len(rows[-1])))
    return [" ".join(dict.fromkeys(part for part in parts if part)) for parts in zip(*spread, strict=True)]


def _sniff(data: bytes, layout: Layout) -> str:
    """The delimiter that cuts most rows into the same number of cells, the most cells when several do."""
    text = data.decode("utf-8", "replace")
    scores = [(_score(text, replace(layout, delimiter=candidate)), candidate) for candidate in _DELIMITERS]
    best, delimiter = max(scores, key=lambda scored: scored[0])
    return delimiter if best > (0.0, 1) else ","


def _score(text: str, layout: Layout) -> tuple[float, int]:
    widths: list[int] = []
    try:
        for row in csv_rows(io.StringIO(text, newline=""), layout):
            if row:
                widths.append(len(row))
            if len(widths) >= _SNIFFED_ROWS:
                break
    except csv.Error:
        pass
    usual = max(widths, key=widths.count, default=1)
    if usual == 1:
        return 0.0, 1
    return round(widths.count(usual) / len(widths), 1), usual
