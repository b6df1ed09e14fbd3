"""Fields of an HTML form become answers; what can not be read stays a text, for `validate` to refuse."""

import re
from collections.abc import Mapping, Sequence

from viaggio.pulse.questionnaire.model import (
    NOT_APPLICABLE,
    OTHER,
    RATINGS,
    Item,
    ItemKind,
    Questionnaire,
)

_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_NUMBER = re.compile(r"[+-]?\d{1,15}(?:[.,]\d{1,15})?", re.ASCII)


def from_form(questionnaire: Questionnaire, fields: Mapping[str, Sequence[str]]) -> dict[str, object]:
    """Answers from form fields, each name with all its values.

    `recommend=9`, `reasons=price&reasons=time`, `reasons.other=...`, `matrix.row=5`; a ranking comes as
    `ranking.option=1`, `ranking.option=2` ... (the place of each) or as its keys in order under its own name.
    Fields of no item are left out: a form has others.
    """
    answers: dict[str, object] = {}
    for item in questionnaire.items:
        value = _value(item, fields)
        if value not in (None, "", [], {}):
            answers[item.key] = value
        words = _first(fields, f"{item.key}.{OTHER}")
        if item.has_other and words:
            answers[f"{item.key}.{OTHER}"] = words
    return answers


def _value(item: Item, fields: Mapping[str, Sequence[str]]) -> object:
    if item.kind is ItemKind.MATRIX:
        rows = {row.key: _whole(_first(fields, f"{item.key}.{row.key}")) for row in item.rows}
        return {key: value for key, value in rows.items() if value != ""}
    if item.kind is ItemKind.RANKING:
        return _ranking(item, fields)
    if item.kind is ItemKind.MULTIPLE:
        chosen = [value for value in fields.get(item.key, ()) if value]
        return NOT_APPLICABLE if chosen == [NOT_APPLICABLE] else chosen
    text = _first(fields, item.key)
    if item.kind in RATINGS:
        return _whole(text)
    if item.kind is ItemKind.NUMBER:
        return _number(text)
    return text


def _ranking(item: Item, fields: Mapping[str, Sequence[str]]) -> object:
    given = [value for value in fields.get(item.key, ()) if value]
    if given:
        return NOT_APPLICABLE if given == [NOT_APPLICABLE] else given
    keys = [option.key for option in item.options] + ([OTHER] if item.has_other else [])
    places = {key: _first(fields, f"{item.key}.{key}") for key in keys}
    placed = {key: place for key, place in places.items() if place}
    if not placed:
        return []
    numbers = [_whole(place) for place in placed.values()]
    whole = [number for number in numbers if isinstance(number, int)]
    if len(whole) < len(numbers) or len(set(whole)) < len(whole):
        return ",".join(f"{key}={place}" for key, place in placed.items())  # two on one place: no ranking
    return [key for _, key in sorted(zip(whole, placed, strict=True))]


def _first(fields: Mapping[str, Sequence[str]], name: str) -> str:
    values = fields.get(name, ())
    return values[-1].strip() if values else ""


def _whole(text: str) -> object:
    return int(text) if _WHOLE.fullmatch(text) else text


def _number(text: str) -> object:
    if not _NUMBER.fullmatch(text):
        return text
    value = float(text.replace(",", "."))
    return int(value) if value == int(value) else value
