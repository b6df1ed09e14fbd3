"""A Qualtrics response file as a table: two or three header rows, whatever language their labels are in.

The first row names the columns, the second repeats the questions, the third (newer files) holds an import id
as JSON. A file may also come without the second and third, from somebody who removed them.
"""

import csv
import io
import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.encoding import open_payload
from viaggio.store.importers.layout import Layout, csv_rows, read_head
from viaggio.store.incoming import Reject
from viaggio.store.recipes.cells import Record
from viaggio.store.recipes.rows import Placed
from viaggio.store.recipes.shape import Source

META = {
    "_recordid": "response", "responseid": "response", "responsesetid": "set",
    "startdate": "started", "enddate": "ended",
    "recordeddate": "recorded", "status": "status", "finished": "finished", "progress": "progress",
    "duration": "duration", "duration(inseconds)": "duration", "userlanguage": "language",
    "externaldatareference": "customer_number", "externalreference": "customer_number",
    "recipientemail": "email", "emailaddress": "email", "distributionchannel": "distribution",
    "ipaddress": "private", "name": "private",
    "recipientlastname": "private", "recipientfirstname": "private",
    "locationlatitude": "private", "locationlongitude": "private", "locationaccuracy": "private",
    "responseset": "set",
}  # fmt: skip
"""Columns that are no questions, by import id or name without blanks; `private` ones are not taken."""

_FIRST_OF_OLD = "V1"
_IMPORT_ID = re.compile(r"""\{.*["']ImportId["']\s*:\s*["']([^"']+)["'].*\}""", re.DOTALL)
"""JSON, or as an older export writes it, with single quotes."""


@dataclass(frozen=True, slots=True)
class Header:
    """The columns of a file: unique names, the names as written, questions, import ids, and what each is."""

    columns: tuple[str, ...]
    written: tuple[str, ...]
    questions: tuple[str, ...]
    ids: tuple[str, ...]
    meta: tuple[str, ...]

    def column(self, what: str) -> str | None:
        """The column that holds that piece of what is known beside the answers."""
        return next((c for c, meta in zip(self.columns, self.meta, strict=True) if meta == what), None)


def read_header(source: Source) -> Header:
    """The header rows of a file. Raises `BadFile` where it has no response id."""
    return _headed(source)[0]


def records(source: Source) -> Iterator[Placed[Record]]:
    """The response rows; a row that can not be cut into cells is a reject. Raises `BadFile`."""
    header, skipped = _headed(source)
    for at, (line, cells, position) in enumerate(_rows(source)):
        if at < skipped or not any(cells or ()):
            continue
        if cells is None:
            yield Reject(file=source.name, line=line, code="row.bad_quotes"), position
        elif len(cells) != len(header.columns):
            code = "row.too_few_cells" if len(cells) < len(header.columns) else "row.too_many_cells"
            raw = dict(zip(header.columns, cells, strict=False))
            yield Reject(file=source.name, line=line, code=code, raw=raw), position
        else:
            yield Record(source.name, line, dict(zip(header.columns, cells, strict=True))), position


def _headed(source: Source) -> tuple[Header, int]:
    first: list[list[str]] = []
    for _, cells, _ in _rows(source):
        first.append(cells or [])
        if len(first) == 3:
            break
    if not first:
        raise bad_file("file.no_rows", place=source.name)
    written = tuple(first[0])
    width = len(written)
    second = first[1] if len(first) > 1 else []
    third = first[2] if len(first) > 2 else []
    ids = [_import_id(cell) for cell in third]
    if any(ids):
        skipped = 3
    else:
        ids, skipped = [], (2 if _is_labels(written, second) else 1)
    questions = second if skipped > 1 else []
    old = skipped == 2 and written[0] == _FIRST_OF_OLD
    meta = tuple(
        _meta((ids[at] if at < len(ids) else "") or (questions[at] if old and name[:1] == "V" else name))
        for at, name in enumerate(written)
    )
    header = Header(
        columns=_unique(written),
        written=written,
        questions=tuple(_padded(questions, width)),
        ids=tuple(_padded(ids, width)),
        meta=meta,
    )
    if header.column("response") is None:
        raise bad_file("file.no_column", place=f"{source.name}: ResponseId")
    return header, skipped


def _is_labels(written: tuple[str, ...], second: list[str]) -> bool:
    """Whether the second row repeats the header in words: a response id starts with `R_` or is no word."""
    if not second:
        return False
    if written[0] == _FIRST_OF_OLD:
        return _meta(second[0]) == "response"
    places = [at for at, name in enumerate(written) if _meta(name) == "response" and at < len(second)]
    cell = second[places[0]] if places else ""
    return bool(cell) and not cell.startswith("R_") and not any(sign.isdigit() for sign in cell)


def _meta(name: str) -> str:
    plain = "".join(name.lower().split()).removeprefix("panel-").removeprefix("location-")
    return META.get(plain, "")


def _import_id(cell: str) -> str:
    found = _IMPORT_ID.fullmatch(cell.strip())
    return found[1] if found else ""


def _unique(names: tuple[str, ...]) -> tuple[str, ...]:
    """Names that come again get a number, so that no cell is lost."""
    seen: dict[str, int] = defaultdict(int)
    found: list[str] = []
    for at, name in enumerate(names, start=1):
        seen[name] += 1
        found.append((name or f"column {at}") if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(found)


def _padded(cells: list[str], width: int) -> list[str]:
    return [*cells[:width], *[""] * (width - len(cells))]


def _rows(source: Source) -> Iterator[tuple[int, list[str] | None, int]]:
    """Line, cells (None where quotes are broken) and bytes read so far, of every row."""
    head = read_head(source.path, Layout())
    payload = open_payload(source.path)
    text = io.TextIOWrapper(payload.content, encoding=_marked(head.encoding), errors="replace", newline="")
    try:
        rows = csv_rows(text, head.layout)
        while True:
            before = rows.line_num
            try:
                cells = next(rows)
            except StopIteration:
                return
            except csv.Error:
                yield before + 1, None, payload.position
                continue
            yield before + 1, cells, payload.position
    finally:
        text.detach()
        payload.close()


def _marked(encoding: str) -> str:
    return "utf-8-sig" if encoding.replace("_", "-").lower() == "utf-8" else encoding
