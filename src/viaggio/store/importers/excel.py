"""Excel workbooks (.xlsx), streamed row by row with the sheet's own row numbers."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np

from viaggio.store.importers.archive import check_workbook, seekable
from viaggio.store.importers.arrow import pa
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.layout import Layout, joined_header
from viaggio.store.importers.records import (
    LIMITS,
    REJECT_COLUMNS,
    Cells,
    Limits,
    Records,
    clipped,
    named_columns,
    text_array,
)
from viaggio.store.incoming import Reject

Row = tuple[int, tuple[Any, ...]]


def read_excel(
    path: Path, layout: Layout | None = None, *, sheet: str = "", name: str = "", limits: Limits = LIMITS
) -> Iterator[Records]:
    """Stream one sheet (the first when none is named). Typed cells are marked canonical.

    Formulas count with the value last computed. Blank rows are passed over. Raises `BadFile`.
    """
    name = name or path.name
    layout = layout or Layout()
    size = path.stat().st_size
    with _rows(path, sheet, name, limits) as rows:
        columns = _header(rows, layout, name, limits)
        chunk: list[Row] = []
        done = cells = 0
        try:
            for number, row in rows:
                chunk.append((number, row))
                cells += len(row)
                if len(chunk) >= limits.excel_chunk_rows or cells >= limits.excel_chunk_cells:
                    done += len(chunk)
                    yield _records(chunk, columns, name, limits, position=size * done // (done + 50_000))
                    chunk, cells = [], 0
        except _BROKEN as error:
            last = chunk[-1][0] if chunk else 0
            reject = Reject(file=name, line=last + 1, code="file.broken_off", value=str(error)[:200])
            yield _records(chunk, columns, name, limits, position=size, last=reject)
            return
        if not chunk and not done:
            raise bad_file("file.no_rows", place=name)
        yield _records(chunk, columns, name, limits, position=size)


def excel_columns(
    path: Path, layout: Layout | None = None, *, sheet: str = "", name: str = "", limits: Limits = LIMITS
) -> tuple[str, ...]:
    """The column names of a sheet. Raises `BadFile`."""
    with _rows(path, sheet, name or path.name, limits) as rows:
        return _header(rows, layout or Layout(), name or path.name, limits)


def excel_sheets(path: Path, *, limits: Limits = LIMITS) -> tuple[str, ...]:
    """Names of the sheets, in order. Raises `BadFile`."""
    with _workbook(path, path.name, limits) as book:
        return tuple(book.sheetnames)


# what a parser of foreign XML may throw when a sheet is not what it claims to be
_BROKEN = (ValueError, KeyError, TypeError, IndexError, AttributeError, SyntaxError, OSError, EOFError)


@contextmanager
def _workbook(path: Path, name: str, limits: Limits) -> Iterator[Any]:
    import openpyxl

    with seekable(path, limits) as plain:
        with plain.open("rb") as file:
            head = file.read(8)
        if not head:
            raise bad_file("file.empty", place=name)
        if head.startswith(b"\xd0\xcf\x11\xe0"):
            raise bad_file("file.is_old_excel", place=name, hint="Save it as .xlsx.")
        check_workbook(plain, name, limits)
        with plain.open("rb") as file:
            try:
                book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
            except Exception as error:
                raise bad_file("file.bad_excel", place=name) from error
            try:
                yield book
            finally:
                book.close()


@contextmanager
def _rows(path: Path, sheet: str, name: str, limits: Limits) -> Iterator[Iterator[Row]]:
    """The filled rows of a sheet with their numbers."""
    with _workbook(path, name, limits) as book:
        titles = [page.title for page in book.worksheets]
        if not titles or (sheet and sheet not in titles):
            hint = f"Sheets: {', '.join(titles)}." if titles else ""
            raise bad_file("file.no_sheet", place=f"{name}: {sheet}", hint=hint)
        page = book.worksheets[titles.index(sheet) if sheet else 0]
        page.reset_dimensions()  # what the file declares may be wrong, or a million columns wide
        yield (
            (number, row)
            for number, row in enumerate(page.iter_rows(values_only=True, max_row=limits.excel_rows), start=1)
            if any(value is not None and value != "" for value in row)
        )


def _header(rows: Iterator[Row], layout: Layout, name: str, limits: Limits) -> tuple[str, ...]:
    wanted = set(layout.header)
    if not wanted:
        raise bad_file("file.no_header", place=name, hint="A sheet needs a row with names.")
    found: list[list[str]] = []
    try:
        for number, row in rows:
            if number in wanted:
                found.append([cell_text(value)[0] or "" for value in row])
            if number >= max(wanted):
                break
    except _BROKEN as error:
        raise bad_file("file.bad_excel", place=name) from error
    if not found:
        raise bad_file("file.no_header", place=f"{name}:{min(wanted)}")
    names = joined_header(found)
    while names and not names[-1]:
        names.pop()
    if len(names) > limits.columns:
        raise bad_file("file.too_many_columns", place=f"{name}: {len(names)}")
    return named_columns(names)


def cell_text(value: Any) -> tuple[str | None, bool]:
    """A cell as text, and whether it was typed (a number, a date, yes or no) rather than text.

    Numbers have the 15 digits that Excel shows, without an exponent; dates and times are ISO, to the
    millisecond.
    """
    if value is None or isinstance(value, str):
        return value or None, False
    if isinstance(value, bool):
        return ("true" if value else "false"), True
    if isinstance(value, float):
        text = f"{value:.15g}"
        return (f"{Decimal(text):f}" if "e" in text and "inf" not in text else text), True
    if isinstance(value, dt.datetime):
        whole = value + dt.timedelta(microseconds=500)
        whole = whole.replace(microsecond=whole.microsecond // 1000 * 1000)
        return whole.isoformat(sep=" "), True
    if isinstance(value, (dt.date, dt.time)):
        return value.isoformat(), True
    return str(value), True


def _records(
    rows: list[Row],
    columns: tuple[str, ...],
    name: str,
    limits: Limits,
    *,
    position: int,
    last: Reject | None = None,
) -> Records:
    rejects = [] if last is None else [last]
    texts: list[list[str | None]] = []
    typed: list[list[bool]] = []
    lines: list[int] = []
    for number, row in rows:
        cells = [cell_text(value) for value in row]
        while len(cells) > len(columns) and cells[-1][0] is None:
            cells.pop()
        cells += [(None, False)] * (len(columns) - len(cells))
        code, at = _fault(cells, len(columns), limits)
        if code:
            raw = {column: text or "" for column, (text, _) in zip(columns, cells, strict=False)}
            raw |= {f"+{at}": text or "" for at, (text, _) in enumerate(cells[len(columns) :], start=1)}
            column = columns[at] if at >= 0 else ""
            rejects.append(Reject(file=name, line=number, code=code, column=column, raw=clipped(raw)))
            continue
        lines.append(number)
        texts.append([text for text, _ in cells])
        typed.append([mark for _, mark in cells])
    rejects.sort(key=lambda reject: reject.line)
    return Records(
        file=name,
        columns={
            column: _cells([row[at] for row in texts], [row[at] for row in typed])
            for at, column in enumerate(columns)
            if column not in REJECT_COLUMNS
        },
        lines=np.array(lines, dtype=np.int64),
        rejects=tuple(rejects),
        read=len(rows) + (last is not None),
        bytes_read=position,
    )


def _fault(cells: list[tuple[str | None, bool]], width: int, limits: Limits) -> tuple[str, int]:
    if len(cells) > width:
        return "row.too_many_cells", -1
    for at, (text, _) in enumerate(cells):
        if text and len(text) > limits.cell_characters:
            return "cell.too_long", at
    return "", -1


def _cells(texts: list[str | None], typed: list[bool]) -> Cells:
    return Cells(text_array(texts), pa.array(typed, pa.bool_()) if any(typed) else None)
