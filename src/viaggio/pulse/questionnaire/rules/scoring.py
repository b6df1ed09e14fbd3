"""Answers become figures: one row for each rated thing, the words beside them."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from viaggio.journey.model import Phase
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire.logic import is_empty
from viaggio.pulse.questionnaire.model import (
    NOT_APPLICABLE,
    OTHER,
    RATINGS,
    Answers,
    Feeds,
    Item,
    ItemKind,
    Option,
    Questionnaire,
)
from viaggio.pulse.questionnaire.rules.scales import scale_of
from viaggio.pulse.questionnaire.rules.validation import FARTHEST, accepted, day_of

EPOCH = date(1970, 1, 1)
"""Dates are counted in days from here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRow:
    """One value for the facts table `answers`; `item` (or `item.row`, `item.option`) is its only one."""

    item: str
    item_version: int
    metric: Feeds
    value: float
    scale_min: float
    scale_max: float
    language: str
    pillar: Pillar | None = None
    touchpoint: str = ""
    phase: Phase | None = None
    properties: Mapping[str, object] = field(default_factory=dict)

    def columns(self) -> dict[str, Any]:
        """The columns of `answers` that the questionnaire decides; empty ones are None."""
        return {
            "item": self.item,
            "item_version": self.item_version,
            "metric": str(self.metric),
            "pillar": self.pillar and str(self.pillar),
            "value": self.value,
            "scale_min": self.scale_min,
            "scale_max": self.scale_max,
            "touchpoint": self.touchpoint or None,
            "phase": self.phase and str(self.phase),
            "language": self.language,
            "properties": json.dumps(self.properties, ensure_ascii=False) if self.properties else None,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TextRow:
    """One text for the facts table `texts`; `rating` is the first rating given in the same response."""

    item: str
    body: str
    language: str
    touchpoint: str = ""
    phase: Phase | None = None
    rating: float | None = None
    rating_max: float | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of `texts` that the questionnaire decides; empty ones are None."""
        return {
            "kind": "answer",
            "public": False,
            "rating": self.rating,
            "rating_max": self.rating_max,
            "language": self.language,
            "body": self.body,
            "touchpoint": self.touchpoint or None,
            "phase": self.phase and str(self.phase),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """All rows of one response; `not_applicable` names what was answered so and has no row."""

    answers: tuple[AnswerRow, ...]
    texts: tuple[TextRow, ...]
    not_applicable: tuple[str, ...]


def scored(
    questionnaire: Questionnaire,
    answers: Answers,
    language: str,
    *,
    touchpoint: str = "",
    phase: Phase | None = None,
    context: Mapping[str, str] | None = None,
) -> Scored:
    """The rows of one response's answers; only shown items count, and answers must be valid.

    `touchpoint` and `phase` hold where an item names none. A choice counts its place among the options from
    1; several choices and a ranking give a row per option (1 chosen, 0 not; place in the ranking, 1 best).
    Dates are days since 1970-01-01.
    """
    taken = accepted(questionnaire, answers, context)
    rows: list[AnswerRow] = []
    said: list[tuple[Item, str]] = []
    outside: list[str] = []
    for item in questionnaire.items:
        value = taken.get(item.key)
        if item.kind is ItemKind.COMMENT:
            said.append((item, item.key))
        elif value is not None:
            outside += _outside(item, value)
            about = _about(item, touchpoint, phase)
            rows += [
                AnswerRow(item_version=item.version, language=language, **about, **own)
                for own in _BY_KIND[item.kind](item, value)
            ]
            said.append((item, f"{item.key}.{OTHER}"))
    first = next((row for row in rows if row.metric is not Feeds.OTHER), None)
    rating: dict[str, Any] = {"rating": first.value, "rating_max": first.scale_max} if first else {}
    texts = tuple(
        TextRow(
            item=name, body=str(taken[name]), language=language, **_about(item, touchpoint, phase), **rating
        )
        for item, name in said
        if name in taken
    )
    return Scored(answers=tuple(rows), texts=texts, not_applicable=tuple(outside))


def _about(item: Item, touchpoint: str, phase: Phase | None) -> dict[str, Any]:
    """Touchpoint and phase: the item's own, else those of the response."""
    if item.touchpoint:
        return {"touchpoint": item.touchpoint, "phase": item.phase}
    return {"touchpoint": touchpoint, "phase": item.phase or phase}


def _outside(item: Item, value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from (f"{item.key}.{row}" for row, rating in value.items() if rating == NOT_APPLICABLE)
    elif value == NOT_APPLICABLE or _left_base(item, value):
        yield item.key


def _left_base(item: Item, value: object) -> bool:
    keys = value if isinstance(value, list | tuple) else [value]
    options = [item.option(key) for key in keys]
    return bool(options) and all(option is not None and option.out_of_base for option in options)


def _offered(item: Item) -> list[Option]:
    other = [Option(key=OTHER, text=item.other)] if item.has_other else []
    return [option for option in item.options if not option.out_of_base] + other


def _rating(item: Item, value: object) -> Iterator[dict[str, Any]]:
    yield _on_scale(item, item.key, value, item.metric, item.pillar)


def _matrix(item: Item, value: object) -> Iterator[dict[str, Any]]:
    assert isinstance(value, Mapping)
    for row in item.rows:
        rating = value.get(row.key)
        if not is_empty(rating) and rating != NOT_APPLICABLE:
            yield _on_scale(item, f"{item.key}.{row.key}", rating, row.metric, row.pillar)


def _on_scale(item: Item, name: str, value: Any, metric: Feeds, pillar: Pillar | None) -> dict[str, Any]:
    scale = scale_of(item)
    return {
        "item": name,
        "metric": metric,
        "pillar": pillar,
        "value": float(value),
        "scale_min": float(scale.lowest),
        "scale_max": float(scale.highest),
    }


def _other(
    item: Item, name: str, value: float, lowest: float, highest: float, **properties: object
) -> dict[str, Any]:
    return {
        "item": name,
        "metric": item.metric,
        "pillar": item.pillar,
        "value": float(value),
        "scale_min": float(lowest),
        "scale_max": float(highest),
        "properties": properties,
    }


def _single(item: Item, value: object) -> Iterator[dict[str, Any]]:
    keys = [option.key for option in _offered(item)]
    if value in keys:
        yield _other(item, item.key, keys.index(str(value)) + 1, 1, len(keys), option=value)


def _multiple(item: Item, value: object) -> Iterator[dict[str, Any]]:
    assert isinstance(value, list | tuple)
    if _left_base(item, value):
        return
    for option in _offered(item):
        yield _other(item, f"{item.key}.{option.key}", option.key in value, 0, 1, option=option.key)


def _ranking(item: Item, value: object) -> Iterator[dict[str, Any]]:
    assert isinstance(value, list | tuple)
    most = len(_offered(item))
    for place, key in enumerate(value, start=1):
        yield _other(item, f"{item.key}.{key}", place, 1, most, option=key)


def _number(item: Item, value: Any) -> Iterator[dict[str, Any]]:
    lowest, highest = item.limits.lowest, item.limits.highest
    yield _other(
        item,
        item.key,
        value,
        -FARTHEST if lowest is None else lowest,
        FARTHEST if highest is None else highest,
    )


def _date(item: Item, value: object) -> Iterator[dict[str, Any]]:
    day = day_of(value)
    assert day is not None
    first = day_of(item.limits.first) or date.min
    last = day_of(item.limits.last) or date.max
    yield _other(item, item.key, *((each - EPOCH).days for each in (day, first, last)), day=value)


def _unless_not_applicable(
    rows: Callable[[Item, Any], Iterator[dict[str, Any]]],
) -> Callable[[Item, Any], Iterator[dict[str, Any]]]:
    def given(item: Item, value: Any) -> Iterator[dict[str, Any]]:
        if not (isinstance(value, str) and value == NOT_APPLICABLE):
            yield from rows(item, value)

    return given


_BY_KIND: Mapping[ItemKind, Callable[[Item, Any], Iterator[dict[str, Any]]]] = {
    kind: _unless_not_applicable(rows)
    for kind, rows in {
        **dict.fromkeys(RATINGS, _rating),
        ItemKind.MATRIX: _matrix,
        ItemKind.SINGLE: _single,
        ItemKind.MULTIPLE: _multiple,
        ItemKind.RANKING: _ranking,
        ItemKind.NUMBER: _number,
        ItemKind.DATE: _date,
    }.items()
}
