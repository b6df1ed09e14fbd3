"""A questionnaire as JSON, in one way only: the same questionnaire gives the same bytes, always.

Keys stand in a fixed order, what is empty is left out, languages are sorted, conditions are text.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from viaggio.pulse.questionnaire.logic import Expression, written
from viaggio.pulse.questionnaire.model import (
    Item,
    Limits,
    Option,
    Page,
    Questionnaire,
    Row,
    Scale,
    Skip,
    Wording,
)

SCHEMA = "viaggio.questionnaire/1"
"""Name and version of the form; it changes when old text would be read otherwise."""


def to_json(questionnaire: Questionnaire) -> str:
    """The questionnaire as JSON text, UTF-8, two blanks of indent, one line feed at the end."""
    return json.dumps(as_data(questionnaire), ensure_ascii=False, indent=2, allow_nan=False) + "\n"


def digest(questionnaire: Questionnaire) -> str:
    """SHA-256 of the JSON text, hexadecimal: equal for equal questionnaires."""
    return hashlib.sha256(to_json(questionnaire).encode()).hexdigest()


def as_data(questionnaire: Questionnaire) -> dict[str, Any]:
    """The questionnaire as plain JSON values."""
    return _filled(
        schema=SCHEMA,
        title=_words(questionnaire.title),
        intro=_words(questionnaire.intro),
        thanks=_words(questionnaire.thanks),
        languages=list(questionnaire.languages),
        pages=[_page(page) for page in questionnaire.pages],
    )


def item_data(item: Item) -> dict[str, Any]:
    """One item as plain JSON values."""
    return _filled(
        key=item.key,
        kind=str(item.kind),
        text=_words(item.text),
        help=_words(item.help),
        metric=str(item.metric),
        pillar=item.pillar and str(item.pillar),
        touchpoint=item.touchpoint,
        phase=item.phase and str(item.phase),
        scale=item.scale and _scale(item.scale),
        options=[_option(option) for option in item.options],
        rows=[_row(row) for row in item.rows],
        required=item.required,
        not_applicable=item.not_applicable,
        other=_words(item.other),
        limits=_limits(item.limits),
        show_if=_condition(item.show_if),
        skips=[_skip(skip) for skip in item.skips],
        version=item.version,
        origin=item.origin,
    )


def _page(page: Page) -> dict[str, Any]:
    return _filled(
        key=page.key,
        title=_words(page.title),
        show_if=_condition(page.show_if),
        items=[item_data(item) for item in page.items],
    )


def _scale(scale: Scale) -> dict[str, Any]:
    return {"lowest": scale.lowest, "highest": scale.highest} | _filled(
        low=_words(scale.low), high=_words(scale.high), points=[_words(point) for point in scale.points]
    )


def _option(option: Option) -> dict[str, Any]:
    return _filled(
        key=option.key,
        text=_words(option.text),
        exclusive=option.exclusive,
        out_of_base=option.out_of_base,
    )


def _row(row: Row) -> dict[str, Any]:
    return _filled(
        key=row.key, text=_words(row.text), metric=str(row.metric), pillar=row.pillar and str(row.pillar)
    )


def _limits(limits: Limits) -> dict[str, Any]:
    numbers = {name: getattr(limits, name) for name in ("lowest", "highest", "longest", "fewest", "most")}
    given = {name: _plain(value) for name, value in numbers.items() if value is not None}
    return given | _filled(whole=limits.whole, first=limits.first, last=limits.last)


def _plain(value: float) -> float:
    return int(value) if value == int(value) else value


def _skip(skip: Skip) -> dict[str, Any]:
    return {"when": written(skip.when), "to": skip.to}


def _condition(expression: Expression | None) -> str:
    return "" if expression is None else written(expression)


def _words(words: Wording) -> Mapping[str, str]:
    return dict(words.pairs)


def _filled(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value not in (None, "", False, [], {})}
