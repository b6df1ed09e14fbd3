"""Answers are looked at on the server: what is refused, what is left out, what is taken."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date

from viaggio.pulse.questionnaire.logic import is_empty
from viaggio.pulse.questionnaire.model import (
    NOT_APPLICABLE,
    OTHER,
    RATINGS,
    Answers,
    Fault,
    Item,
    ItemKind,
    Questionnaire,
)
from viaggio.pulse.questionnaire.rules.flow import visible
from viaggio.pulse.questionnaire.rules.scales import scale_of

LONGEST_COMMENT = 5_000
"""Characters of a comment, where the item says nothing else."""
LONGEST_OTHER = 500
"""Characters of the words beside the choice `other`."""
FARTHEST = 1e9
"""Numbers lie between minus and plus this, where the item says nothing else."""
FAULTS = (
    "answer.unknown_item", "answer.not_shown", "answer.not_applicable_not_offered", "answer.not_a_rating",
    "answer.off_scale", "answer.not_a_matrix", "answer.unknown_row", "answer.unknown_option",
    "answer.not_a_list", "answer.option_twice", "answer.exclusive_with_others", "answer.too_few_options",
    "answer.too_many_options", "answer.not_a_number", "answer.not_whole", "answer.out_of_limits",
    "answer.not_a_date", "answer.not_a_text", "answer.too_long", "answer.other_not_chosen", "answer.required",
)  # fmt: skip
"""Every code that a fault can have."""


def validate(
    questionnaire: Questionnaire,
    answers: Answers,
    *,
    finished: bool,
    context: Mapping[str, str] | None = None,
) -> list[Fault]:
    """Why these answers can not be taken as they are; empty when they can.

    `finished` also asks for every required item that is shown. Faults with `note` name answers that
    `accepted` leaves out (items that are not shown); all others refuse the whole.
    """
    shown = visible(questionnaire, answers, context)
    faults = [fault for key, value in answers.items() for fault in _faults(questionnaire, shown, key, value)]
    for item in questionnaire.items:
        if item.key in shown:
            faults += _together(item, answers)
            if finished and item.required:
                faults += _missing(item, answers)
    return faults


def accepted(
    questionnaire: Questionnaire, answers: Answers, context: Mapping[str, str] | None = None
) -> dict[str, object]:
    """The answers of shown items, in the order of the items, without empty ones."""
    kept: dict[str, object] = {}
    for key in visible(questionnaire, answers, context):
        value = answers.get(key)
        if isinstance(value, Mapping):
            value = {row: rating for row, rating in value.items() if not is_empty(rating)}
        if not is_empty(value):
            kept[key] = value
        words = answers.get(f"{key}.{OTHER}")
        if not is_empty(words) and _chose_other(value):
            kept[f"{key}.{OTHER}"] = words
    return kept


def refused(faults: Sequence[Fault]) -> bool:
    """Whether some fault is more than a note."""
    return any(not fault.note for fault in faults)


def _faults(questionnaire: Questionnaire, shown: Sequence[str], key: str, value: object) -> Iterator[Fault]:
    name, _, part = key.partition(".")
    item = questionnaire.by_key.get(name)
    if item is None or (part and not (part == OTHER and item.has_other)):
        yield Fault(code="answer.unknown_item", item=key, value=value)
    elif is_empty(value):
        return
    elif item.key not in shown:
        yield Fault(code="answer.not_shown", item=key, value=value, note=True)
    elif part:
        yield from _text(item, key, value, LONGEST_OTHER)
    elif value == NOT_APPLICABLE and isinstance(value, str):
        if not item.not_applicable or item.kind is ItemKind.MATRIX:
            yield Fault(code="answer.not_applicable_not_offered", item=key, value=value)
    else:
        yield from _BY_KIND[item.kind](item, value)


def _rating(item: Item, value: object, key: str | None = None) -> Iterator[Fault]:
    place, scale = key or item.key, scale_of(item)
    if isinstance(value, bool) or not isinstance(value, int):
        yield Fault(code="answer.not_a_rating", item=place, value=value)
    elif value not in scale.values:
        yield Fault(code="answer.off_scale", item=place, value=value)


def _matrix(item: Item, value: object) -> Iterator[Fault]:
    if not isinstance(value, Mapping):
        yield Fault(code="answer.not_a_matrix", item=item.key, value=value)
        return
    rows = {row.key for row in item.rows}
    for row, rating in value.items():
        place = f"{item.key}.{row}"
        if row not in rows:
            yield Fault(code="answer.unknown_row", item=place, value=rating)
        elif isinstance(rating, str) and rating == NOT_APPLICABLE:
            if not item.not_applicable:
                yield Fault(code="answer.not_applicable_not_offered", item=place, value=rating)
        elif not is_empty(rating):
            yield from _rating(item, rating, place)


def _single(item: Item, value: object) -> Iterator[Fault]:
    if not isinstance(value, str) or item.option(value) is None:
        yield Fault(code="answer.unknown_option", item=item.key, value=value)


def _several(item: Item, value: object) -> Iterator[Fault]:
    if not isinstance(value, list | tuple):
        yield Fault(code="answer.not_a_list", item=item.key, value=value)
        return
    for key in value:
        yield from _single(item, key)
    if len({str(key) for key in value}) < len(value):
        yield Fault(code="answer.option_twice", item=item.key, value=value)
    fewest, most = item.limits.fewest, item.limits.most
    alone = any(option.exclusive for option in item.options if option.key in value)
    if alone and len(value) > 1:
        yield Fault(code="answer.exclusive_with_others", item=item.key, value=value)
    if fewest is not None and len(value) < fewest and not alone:
        yield Fault(code="answer.too_few_options", item=item.key, value=value)
    if most is not None and len(value) > most:
        yield Fault(code="answer.too_many_options", item=item.key, value=value)


def _number(item: Item, value: object) -> Iterator[Fault]:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        yield Fault(code="answer.not_a_number", item=item.key, value=value)
        return
    limits = item.limits
    lowest = -FARTHEST if limits.lowest is None else limits.lowest
    highest = FARTHEST if limits.highest is None else limits.highest
    if not lowest <= value <= highest:
        yield Fault(code="answer.out_of_limits", item=item.key, value=value)
    elif limits.whole and value != int(value):
        yield Fault(code="answer.not_whole", item=item.key, value=value)


def _date(item: Item, value: object) -> Iterator[Fault]:
    day = day_of(value)
    if day is None:
        yield Fault(code="answer.not_a_date", item=item.key, value=value)
    elif not (item.limits.first or "0001-01-01") <= day.isoformat() <= (item.limits.last or "9999-12-31"):
        yield Fault(code="answer.out_of_limits", item=item.key, value=value)


def day_of(value: object) -> date | None:
    """The day of a text such as `2026-09-30`, None when it is none."""
    if not isinstance(value, str) or len(value) != 10 or not value.isascii():
        return None
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None


def _comment(item: Item, value: object) -> Iterator[Fault]:
    most = LONGEST_COMMENT if item.limits.longest is None else item.limits.longest
    yield from _text(item, item.key, value, most)


def _text(_item: Item, key: str, value: object, most: int) -> Iterator[Fault]:
    if not isinstance(value, str):
        yield Fault(code="answer.not_a_text", item=key, value=value)
    elif len(value) > most:
        yield Fault(code="answer.too_long", item=key, value=value[:100])
    elif any("\ud800" <= sign <= "\udfff" or sign == "\0" for sign in value):
        yield Fault(code="answer.not_a_text", item=key, value=ascii(value[:100]))


def _together(item: Item, answers: Answers) -> Iterator[Fault]:
    words = answers.get(f"{item.key}.{OTHER}")
    if item.has_other and not is_empty(words) and not _chose_other(answers.get(item.key)):
        yield Fault(code="answer.other_not_chosen", item=f"{item.key}.{OTHER}", value=words, note=True)


def _chose_other(value: object) -> bool:
    return value == OTHER or (isinstance(value, list | tuple) and OTHER in value)


def _missing(item: Item, answers: Answers) -> Iterator[Fault]:
    value = answers.get(item.key)
    if item.kind is ItemKind.MATRIX and isinstance(value, Mapping):
        for row in item.rows:
            if is_empty(value.get(row.key)):
                yield Fault(code="answer.required", item=f"{item.key}.{row.key}")
    elif is_empty(value):
        yield Fault(code="answer.required", item=item.key)


_BY_KIND: Mapping[ItemKind, Callable[[Item, object], Iterator[Fault]]] = {
    **dict.fromkeys(RATINGS, _rating),
    ItemKind.MATRIX: _matrix,
    ItemKind.SINGLE: _single,
    ItemKind.MULTIPLE: _several,
    ItemKind.RANKING: _several,
    ItemKind.NUMBER: _number,
    ItemKind.DATE: _date,
    ItemKind.COMMENT: _comment,
}
