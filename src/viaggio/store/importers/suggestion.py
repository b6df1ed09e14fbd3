"""A mapping proposed for a file: what is seen is written down, the rest is asked, nothing guessed."""

import csv
import io
import json
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from viaggio.store.importers.arrow import pa
from viaggio.store.importers.assign import ranked
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.draft import Draft
from viaggio.store.importers.encoding import open_payload, utf8_blocks
from viaggio.store.importers.layout import Layout, csv_rows, read_head
from viaggio.store.importers.mapping import Format
from viaggio.store.importers.questions import Question
from viaggio.store.importers.records import LIMITS, Cells, Limits
from viaggio.store.importers.shapes import Shape, shape_of
from viaggio.store.importers.source_name import source_name
from viaggio.store.importers.sources import file_format, source_records

_SAMPLE_ROWS = 50_000
_HEADER_ROWS = 30
_OPEN = re.compile(r'"\?"')
_VALUE_LIKE = re.compile(r"[-+]?[\d.,:/ €%-]+|[^@\s]+@[^@\s]+\.\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A mapping's text; each `"?"` in it stands for one of the `questions`, in order.

    `tables` are the fact tables that the file could feed, the likeliest first; the text is for `tables[0]`.
    """

    text: str
    questions: tuple[Question, ...]
    tables: tuple[str, ...]

    def answered(self, answers: Mapping[str, str]) -> str:
        """The text with answers (by key of the question) in place; each is a TOML value or plain text."""
        left = iter(self.questions)

        def put(found: re.Match[str]) -> str:
            question = next(left)
            return _toml(answers[question.key]) if question.key in answers else found[0]

        return _OPEN.sub(put, self.text)


def suggest(
    path: Path,
    *,
    name: str = "",
    table: str = "",
    timezone: str = "Europe/Rome",
    currency: str = "EUR",
    limits: Limits = LIMITS,
) -> Suggestion:
    """Propose a mapping for a file from its columns' names (Italian, English) and up to 50,000 of its rows.

    `table` chooses the fact table instead of the likeliest. Dates whose day and month can not be told apart,
    numbers whose thousands can not be told from decimals and needed columns without a source become
    questions; their `?` is refused by `read_mapping` until it is answered. Raises `BadFile`.
    """
    name = name or path.name
    kind = file_format(name)
    layout = _found_layout(path, kind, limits)
    shapes, rows = _shapes(path, kind, layout, name, limits)
    if not rows:
        raise bad_file("file.no_rows", place=name)
    order = ranked(shapes)
    chosen = next((assignment for assignment in order if assignment.table == table), order[0])
    draft = Draft(shapes=shapes, source=source_name(name), timezone=timezone, currency=currency, rows=rows)
    text = draft.text(chosen, kind, layout)
    others = tuple(assignment.table for assignment in order if assignment.table != chosen.table)
    return Suggestion(text=text, questions=tuple(draft.questions), tables=(chosen.table, *others))


def suggestion_as_json(path: Path, **wanted: str) -> dict[str, object]:
    """A suggestion in plain values, for a process of its own (`isolated_value`); `wanted` as in `suggest`."""
    found = suggest(path, **wanted)  # type: ignore[arg-type]  # texts only: table, timezone, currency
    return {
        "text": found.text,
        "tables": list(found.tables),
        "questions": [
            {"code": q.code, "key": q.key, "column": q.column, "examples": q.examples, "choices": q.choices}
            for q in found.questions
        ],
    }


def _toml(answer: str) -> str:
    """The answer as a TOML value: as it is where it is one, in quotes where it is plain text."""
    if answer[:1] in {'"', "[", "{"}:
        try:
            tomllib.loads(f"answer = {answer}")
        except tomllib.TOMLDecodeError:
            pass
        else:
            return answer
    return json.dumps(answer, ensure_ascii=False)


def _shapes(
    path: Path, kind: Format, layout: Layout, name: str, limits: Limits
) -> tuple[dict[str, Shape], int]:
    """What each column looks like, and how many rows were looked at."""
    pieces: dict[str, list[Cells]] = {}
    rows = 0
    for records in source_records(path, kind, layout, name=name, limits=limits):
        for column, cells in records.columns.items():
            pieces.setdefault(column, []).append(cells)
        rows += len(records)
        if rows >= _SAMPLE_ROWS:
            break
    return {column: shape_of(_together(cells)) for column, cells in pieces.items()}, rows


def _together(pieces: list[Cells]) -> Cells:
    values = pa.concat_arrays([cells.values for cells in pieces])
    if all(cells.canonical is None for cells in pieces):
        return Cells(values)
    marks = [
        cells.canonical
        if cells.canonical is not None
        else pa.repeat(pa.scalar(value=False), len(cells.values))
        for cells in pieces
    ]
    return Cells(values, pa.concat_arrays(marks))


def _found_layout(path: Path, kind: Format, limits: Limits) -> Layout:
    """Encoding, delimiter and header line of a text file; for other formats the first row is the header."""
    if kind != "csv":
        return Layout()
    head = read_head(path, Layout(header=()), limits)
    layout = head.layout
    payload = open_payload(path)
    try:
        data = next(utf8_blocks(payload, head.encoding, 1 << 18), b"")
    finally:
        payload.close()
    text = data[head.skip :].decode("utf-8", "replace")
    line = _header_line(text, layout)
    return replace(layout, header=(line + head.line - 1,) if line else ())


def _header_line(text: str, layout: Layout) -> int:
    """The first line as wide as most, all words and no values; 0 when that row holds values already."""
    rows: list[tuple[int, list[str]]] = []
    reader = csv_rows(io.StringIO(text, newline=""), layout)
    line = 1
    try:
        for row in reader:
            rows.append((line, row))
            line = reader.line_num + 1
            if len(rows) >= _HEADER_ROWS:
                break
    except csv.Error:
        pass
    widths = [len(row) for _, row in rows if row]
    if not widths:
        return 1
    usual = max(widths, key=widths.count)
    for at, row in rows:
        if len(row) == usual:
            filled = [cell.strip() for cell in row if cell.strip()]
            if len(filled) * 2 < usual and at == 1:
                continue
            return 0 if any(_VALUE_LIKE.fullmatch(cell) for cell in filled) else at
    return 1
