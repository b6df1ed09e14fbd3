"""Answers in an SPSS file (`.sav`, `.zsav`): variables become items, rows responses.

What is decided here:

- The option `response` names the variable with the response's id, else the number of the row is the id;
  `answered_at` the variable with its moment (a date or date and time), else the option `date` holds for all.
- `nps`, `csat` and `ces` name the variables (parted by commas) that feed them. An ordinal one whose codes
  have words is a rating on the span of its codes; a nominal one a choice; without words, a number. Where data
  hold values without words (such as ages with words only for 98 and 99), it is a number too.
- Values that the file declares as missing mean "not applicable": they leave the base and are kept in the
  properties. Multiple response sets become multiple choices, with all options in their base.
- Texts become texts. Dates count as days; moments and times of day are kept in the properties.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import partial
from pathlib import Path
from typing import Any

from viaggio.pulse.questionnaire import Feeds, Questionnaire
from viaggio.store.importers.archive import seekable
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.records import LIMITS
from viaggio.store.incoming import Batch
from viaggio.store.recipes.cells import BadCell, Record, local_micros
from viaggio.store.recipes.responses import Given, fact_rows, open_form
from viaggio.store.recipes.rows import Placed, Row, converted
from viaggio.store.recipes.shape import BadOption, Kitchen, Recipe, Source
from viaggio.store.recipes.spss_variables import (
    Reading,
    Seen,
    Variable,
    questionnaire_of,
    readings_of,
    variables_of,
)

PIECE = 20_000
"""Rows that are held at once, at most."""
_METRICS = {"nps": Feeds.NPS, "csat": Feeds.CSAT, "ces": Feeds.CES}
_ROLES = ("response", "answered_at", "language", "customer")


@dataclass(frozen=True, slots=True)
class Line(Record):
    """One row with its values as the file holds them, beside the cells as text."""

    values: Mapping[str, object]


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    for source in kitchen.sources["responses"]:
        with seekable(source.path, LIMITS) as path:
            yield from _file(kitchen, source, path)


def _file(kitchen: Kitchen, source: Source, path: Path) -> Iterator[Batch]:
    meta = _meta(path, source.name)
    variables = variables_of(meta)
    roles = _named(kitchen, variables)
    if not roles["answered_at"] and not kitchen.options["date"]:
        raise BadOption("the answers have no date", hint="Give answered_at=VARIABLE or date=2026-09-30.")
    used = frozenset(name for name in roles.values() if name)
    feeds = _feeds(kitchen, variables)
    seen = _seen(path, source.name, variables)
    readings = readings_of(variables, meta.mr_sets or {}, used, feeds, seen)
    form = open_form(questionnaire_of(readings, meta.file_label or source.name))
    convert = partial(_response, form=form, readings=readings, roles=roles, kitchen=kitchen)
    yield from converted("answers", _lines(path, source, max(meta.number_rows or 1, 1)), convert)


def _meta(path: Path, name: str) -> Any:
    import pyreadstat

    try:
        _, meta = pyreadstat.read_sav(path, metadataonly=True, user_missing=True)
    except (pyreadstat.ReadstatError, UnicodeDecodeError, ValueError) as error:
        raise bad_file("file.bad_spss", place=f"{name}: {error}") from error
    return meta


def _pieces(path: Path, name: str) -> Iterator[tuple[list[str], list[tuple[object, ...]]]]:
    import pyreadstat

    start = 0
    while True:
        try:
            data, _ = pyreadstat.read_sav(
                path, user_missing=True, output_format="dict", row_offset=start, row_limit=PIECE
            )
        except (pyreadstat.ReadstatError, UnicodeDecodeError, ValueError) as error:
            raise bad_file("file.bad_spss", place=f"{name}: {error}") from error
        rows = list(zip(*data.values(), strict=True))
        if rows:
            yield list(data), rows
        if len(rows) < PIECE:
            return
        start += PIECE


def _lines(path: Path, source: Source, total: int) -> Iterator[Placed[Record]]:
    size, line = source.path.stat().st_size, 0
    for names, rows in _pieces(path, source.name):
        for row in rows:
            line += 1
            values = {name: _clean(value) for name, value in zip(names, row, strict=True)}
            cells = {name: str(value) for name, value in values.items() if value is not None}
            yield Line(source.name, line, cells, values), min(size * line // total, size)


def _clean(value: Any) -> object:
    if isinstance(value, float) and math.isnan(value):
        return None
    if isinstance(value, str):
        return value.rstrip() or None
    return value  # numbers, days, moments


def _seen(path: Path, name: str, variables: Mapping[str, Variable]) -> dict[str, Seen]:
    """What every variable's data hold; the whole file is looked at once."""
    seen = {variable: Seen() for variable in variables}
    for names, rows in _pieces(path, name):
        for at, column in enumerate(names):
            for value in {row[at] for row in rows}:
                _look(seen[column], variables[column], _clean(value))
    return seen


def _look(seen: Seen, variable: Variable, value: object) -> None:
    if value is None or variable.is_missing(value):
        return
    if value not in variable.words:
        seen.labelled = False
    seen.types.add(type(value))
    if isinstance(value, int | float):
        seen.whole = seen.whole and value == int(value)
        seen.lowest, seen.highest = min(seen.lowest, value), max(seen.highest, value)


def _named(kitchen: Kitchen, variables: Mapping[str, Variable]) -> dict[str, str]:
    """The variables that the options name for the id, the moment, the language and the customer."""
    roles = {role: kitchen.options[role] for role in _ROLES}
    for role, name in roles.items():
        if name and name not in variables:
            raise _unknown(role, name, variables)
    return roles


def _feeds(kitchen: Kitchen, variables: Mapping[str, Variable]) -> dict[str, Feeds]:
    feeds: dict[str, Feeds] = {}
    for option, metric in _METRICS.items():
        for name in filter(None, (name.strip() for name in kitchen.options[option].split(","))):
            if name not in variables:
                raise _unknown(option, name, variables)
            feeds[name] = metric
    return feeds


def _unknown(option: str, name: str, variables: Mapping[str, Variable]) -> BadOption:
    known = ", ".join(list(variables)[:50])
    return BadOption(f"no variable '{name}' for option '{option}'", hint=f"Known: {known}.")


def _response(
    record: Record,
    *,
    form: Questionnaire,
    readings: list[Reading],
    roles: Mapping[str, str],
    kitchen: Kitchen,
) -> Iterable[Row]:
    assert isinstance(record, Line)
    read = {reading.item.key: reading.value(record.values) for reading in readings}
    answers = {key: value for key, value in read.items() if value is not None}
    timed = {name: value for name, value in record.values.items() if isinstance(value, datetime | time)}
    rest = {name: value.isoformat() for name, value in timed.items() if name != roles["answered_at"]}
    given = Given(
        response=_id(record, roles["response"], kitchen),
        answered_at=_moment(record, roles["answered_at"], kitchen),
        language=record.text(roles["language"]) or kitchen.options["spoken"],
        answers=answers,
        who={"customer_number": _whole_text(record, roles["customer"])},
        about={"pulse": kitchen.options["pulse"] or None, "wave": kitchen.options["wave"] or None},
        properties=rest,
    )
    return list(fact_rows(form, given, {reading.item.key: reading.variables[0].name for reading in readings}))


def _id(record: Line, variable: str, kitchen: Kitchen) -> str:
    if not variable:
        return f"{kitchen.options['pulse'] or record.file}:{record.line}"
    found = _whole_text(record, variable)
    if found is None:
        raise BadCell("value.missing", variable)
    return found


def _whole_text(record: Line, variable: str) -> str | None:
    """A value as text; 17.0 is `17`."""
    value = record.values.get(variable)
    return str(int(value)) if isinstance(value, float) and value == int(value) else record.text(variable)


def _moment(record: Line, variable: str, kitchen: Kitchen) -> int:
    if not variable:
        return local_micros(_day(kitchen.options["date"]), kitchen.zone)
    value = record.values.get(variable)
    if isinstance(value, datetime):
        return local_micros(value, kitchen.zone)
    if isinstance(value, date):
        return local_micros(datetime.combine(value, time()), kitchen.zone)
    if isinstance(value, str):
        moment = record.moment(variable, kitchen.zone)
        assert moment is not None
        return moment
    raise BadCell("value.missing" if value is None else "value.not_a_time", variable, str(value or ""))


def _day(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise BadOption(f"'{text}' is not a date", hint="Write for example 2026-09-30.") from error


RECIPE = Recipe(
    name="spss",
    source="Answers in an SPSS data file",
    version=1,
    files={"responses": "*sav"},
    options={
        "response": "", "answered_at": "", "date": "", "language": "", "spoken": "en", "customer": "",
        "timezone": "UTC", "pulse": "", "wave": "", "nps": "", "csat": "", "ces": "",
    },
    about={
        "response": "variable with the response's id",
        "answered_at": "variable with the moment of the answer",
        "date": "the day of all answers, where no variable says it",
        "language": "variable with the language",
        "spoken": "language of all answers, where no variable says it",
        "customer": "variable with the customer number",
        "timezone": "time zone of the moments",
        "pulse": "name of the pulse that the answers belong to",
        "wave": "wave that the answers belong to, such as 2026-09",
        "nps": "variables, parted by commas, that feed the NPS",
        "csat": "variables that feed satisfaction",
        "ces": "variables that feed effort",
    },
    batches=_batches,
)  # fmt: skip
