"""Tables to CSV and Excel for people: streamed, numbers as numbers, no text that a spreadsheet would run."""

import csv
import datetime as dt
import io
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, BinaryIO

_RISKY = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""A text that starts so may be taken for a formula (OWASP, CSV injection); the wide forms count in Asia."""

_ROWS_AT_ONCE = 1_000
_SHEET_ROWS = 1_048_576
_CELL_CHARACTERS = 32_767
_EXACT_DIGITS = 10**15  # Excel keeps 15 digits
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_NOT_IN_TITLE = re.compile(r"[\\/*?:\[\]']")


def safe_text(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet could take it for a formula."""
    return "'" + text if text.startswith(_RISKY) else text


def csv_chunks(
    rows: Iterable[Sequence[object]], columns: Sequence[str], *, delimiter: str = ",", mark: bool = True
) -> Iterator[bytes]:
    """CSV (RFC 4180, UTF-8) in pieces of a thousand rows; `mark` adds the byte-order mark Excel needs."""
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, delimiter=delimiter)
    if mark:
        buffer.write("\ufeff")
    writer.writerow([safe_text(column) for column in columns])
    for at, row in enumerate(rows, start=1):
        writer.writerow([_csv_cell(value) for value in row])
        if at % _ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def write_csv(
    rows: Iterable[Sequence[object]],
    columns: Sequence[str],
    out: BinaryIO,
    *,
    delimiter: str = ",",
    mark: bool = True,
) -> None:
    """Write CSV as `csv_chunks` gives it."""
    out.writelines(csv_chunks(rows, columns, delimiter=delimiter, mark=mark))


def write_excel(
    rows: Iterable[Sequence[object]], columns: Sequence[str], out: BinaryIO, *, sheet: str = "data"
) -> None:
    """Write an .xlsx workbook, streamed through temporary files; rows beyond a sheet's last go on the next.

    Times lose their zone (the wall-clock time stays), texts longer than a cell holds are cut with an
    ellipsis, whole numbers beyond 15 digits become text.
    """
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    title = _NOT_IN_TITLE.sub(" ", sheet)[:25] or "data"
    header = [_excel_cell(column) for column in columns]
    page: Any = None
    used = _SHEET_ROWS
    for row in rows:
        if used >= _SHEET_ROWS:
            page = _new_sheet(book, title, header)
            used = 1
        page.append([_excel_cell(value) for value in row])
        used += 1
    if page is None:
        _new_sheet(book, title, header)
    book.save(out)


def _new_sheet(book: Any, title: str, header: list[Any]) -> Any:
    number = len(book.worksheets) + 1
    page = book.create_sheet(title if number == 1 else f"{title} {number}")
    page.freeze_panes = "A2"
    page.append(header)
    return page


def _taken(buffer: io.StringIO) -> bytes:
    data = buffer.getvalue().encode("utf-8", "replace")
    buffer.seek(0)
    buffer.truncate()
    return data


def _csv_cell(value: object) -> object:
    if isinstance(value, str):
        return safe_text(value.replace("\0", ""))
    if value is None or _no_number(value):
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, (int, float, Decimal, dt.date, dt.time)):
        return value
    return safe_text(str(value))


def _excel_cell(value: object) -> Any:
    if value is None or _no_number(value):
        return None
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= _EXACT_DIGITS:
        return str(value) if value > 0 else safe_text(str(value))
    if isinstance(value, (bool, int, float, Decimal, dt.date, dt.time)):
        return value
    text = safe_text(_NOT_IN_XML.sub("", str(value)))
    return text if len(text) <= _CELL_CHARACTERS else text[: _CELL_CHARACTERS - 1] + "…"


def _no_number(value: object) -> bool:
    if isinstance(value, Decimal):
        return not value.is_finite()
    return isinstance(value, float) and not math.isfinite(value)
