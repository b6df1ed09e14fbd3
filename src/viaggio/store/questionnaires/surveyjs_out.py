"""A questionnaire as SurveyJS JSON; what it has no word for stands under `viaggio`, which it ignores."""

import json
from collections.abc import Mapping
from typing import Any

from viaggio.pulse.questionnaire import (
    END,
    NOT_APPLICABLE,
    RATINGS,
    Item,
    ItemKind,
    Limits,
    Option,
    Page,
    Questionnaire,
    Row,
    Scale,
    Wording,
    item_data,
    scale_of,
    written,
)
from viaggio.pulse.questionnaire.rules.flow import PIPE
from viaggio.store.questionnaires.plain import html_text
from viaggio.store.questionnaires.report import Notes, Report

EXTENSION = "viaggio"
"""The property that holds what SurveyJS has no word for."""

_TYPES: Mapping[ItemKind, str] = {
    ItemKind.NPS: "rating", ItemKind.CSAT: "rating", ItemKind.CES: "rating", ItemKind.STARS: "rating",
    ItemKind.SINGLE: "radiogroup", ItemKind.MULTIPLE: "checkbox", ItemKind.MATRIX: "matrix",
    ItemKind.RANKING: "ranking", ItemKind.NUMBER: "text", ItemKind.DATE: "text", ItemKind.COMMENT: "comment",
}  # fmt: skip
RATED = RATINGS | {ItemKind.MATRIX}
_OURS = ("kind", "metric", "pillar", "touchpoint", "phase", "version", "origin", "not_applicable")


def to_surveyjs(questionnaire: Questionnaire) -> tuple[str, Report]:
    """The questionnaire as SurveyJS JSON text, and what SurveyJS will not do with it."""
    notes = Notes()
    data: dict[str, Any] = {
        "locale": questionnaire.languages[0],
        "title": _words(questionnaire.title),
        "description": _words(questionnaire.intro),
        "completedHtml": {language: html_text(text) for language, text in questionnaire.thanks},
        "pages": [_page(page, notes) for page in questionnaire.pages],
        "triggers": [_trigger(item, at) for item in questionnaire.items for at in range(len(item.skips))],
        EXTENSION: {"languages": list(questionnaire.languages)},
    }
    for item in questionnaire.items:
        notes.names[item.key] = item.key
    return json.dumps(_filled(data), ensure_ascii=False, indent=2, allow_nan=False) + "\n", notes.report()


def _page(page: Page, notes: Notes) -> dict[str, Any]:
    return _filled({
        "name": page.key,
        "title": _words(page.title),
        "visibleIf": page.show_if and written(page.show_if),
        "elements": [_element(item, notes) for item in page.items],
    })  # fmt: skip


def _element(item: Item, notes: Notes) -> dict[str, Any]:
    _tell(item, notes)
    ours = {name: value for name, value in item_data(item).items() if name in _OURS}
    element = {
        "type": _TYPES[item.kind],
        "name": item.key,
        "title": _words(item.text),
        "description": _words(item.help),
        "visibleIf": item.show_if and written(item.show_if),
        "isRequired": item.required,
        **_scale_of(item),
        **_choices(item, ours),
        **_limits(item.kind, item.limits, ours),
    }
    if item.kind in RATED:
        ours |= _filled({"usual_scale": item.scale is None, "ends": not scale_of(item).points})
    if item.rows:
        element["rows"] = [{"value": row.key, "text": _words(row.text)} for row in item.rows]
        element["eachRowRequired"] = item.required
        ours["rows"] = {row.key: _row(row) for row in item.rows}
    return _filled(element) | {EXTENSION: ours}


def _tell(item: Item, notes: Notes) -> None:
    if item.not_applicable and not item.options:
        notes.add("not_applicable.not_carried", item.key, NOT_APPLICABLE)
    texts = [
        item.text,
        item.help,
        *(option.text for option in item.options),
        *(row.text for row in item.rows),
    ]
    for text in (text for words in texts for _, text in words):
        for found in PIPE.finditer(text):
            if found[2]:
                notes.add("pipe.fallback", item.key, found[0])


def _row(row: Row) -> dict[str, str]:
    return {"metric": str(row.metric)} | ({"pillar": str(row.pillar)} if row.pillar else {})


def _scale_of(item: Item) -> dict[str, Any]:
    if item.kind not in RATED:
        return {}
    scale = scale_of(item)
    if item.kind is ItemKind.MATRIX:
        return {"columns": _points(scale)}
    values = {"rateValues": _points(scale)} if scale.points else {}
    return {
        "rateType": "stars" if item.kind is ItemKind.STARS else "labels",
        "autoGenerate": False if scale.points else None,
        "rateMin": scale.lowest,
        "rateMax": scale.highest,
        "minRateDescription": _words(scale.low),
        "maxRateDescription": _words(scale.high),
        **values,
    }


def _points(scale: Scale) -> list[dict[str, Any]]:
    """The points of a scale as values with texts; where only the ends have words, these go to the ends."""
    if scale.points:
        pairs = list(zip(scale.values, scale.points, strict=True))
        return [{"value": value, "text": _words(text)} for value, text in pairs]
    points: list[dict[str, Any]] = [{"value": value} for value in scale.values]
    for at, words in ((0, scale.low), (-1, scale.high)):
        if words:
            points[at]["text"] = _words(words)
    return points


def _choices(item: Item, ours: dict[str, Any]) -> dict[str, Any]:
    if item.kind not in {ItemKind.SINGLE, ItemKind.MULTIPLE, ItemKind.RANKING}:
        return {}
    for name in ("exclusive", "out_of_base"):
        if keys := [option.key for option in item.options if getattr(option, name)]:
            ours[name] = keys
    return {
        "choices": [_option(option) for option in item.options],
        "showOtherItem": item.has_other,
        "otherText": _words(item.other),
        "showDontKnowItem": item.not_applicable,
    }


def _option(option: Option) -> dict[str, Any]:
    return _filled({"value": option.key, "text": _words(option.text)})


def _limits(kind: ItemKind, limits: Limits, ours: dict[str, Any]) -> dict[str, Any]:
    if kind is ItemKind.NUMBER:
        return {
            "inputType": "number",
            "min": _plain(limits.lowest),
            "max": _plain(limits.highest),
            "step": 1 if limits.whole else None,
        }
    if kind is ItemKind.DATE:
        return {"inputType": "date", "min": limits.first, "max": limits.last}
    if kind is ItemKind.COMMENT:
        return {"maxLength": limits.longest}
    if kind is ItemKind.MULTIPLE:
        return {"minSelectedChoices": limits.fewest, "maxSelectedChoices": limits.most}
    if kind is ItemKind.RANKING and (limits.fewest is not None or limits.most is not None):
        ours["limits"] = _filled({"fewest": limits.fewest, "most": limits.most})
        return {
            "selectToRankEnabled": True,
            "minSelectedChoices": limits.fewest,
            "maxSelectedChoices": limits.most,
        }
    return {}


def _plain(value: float | None) -> float | None:
    return int(value) if value is not None and value == int(value) else value


def _trigger(item: Item, at: int) -> dict[str, Any]:
    skip = item.skips[at]
    own = {EXTENSION: {"item": item.key}}
    if skip.to == END:
        return {"type": "complete", "expression": written(skip.when), **own}
    return {"type": "skip", "expression": written(skip.when), "gotoName": skip.to, **own}


def _words(words: Wording) -> dict[str, str]:
    return dict(words.pairs)


def _filled(values: Mapping[str, Any]) -> dict[str, Any]:
    """Without what is empty; 0 is not empty."""
    return {k: v for k, v in values.items() if v is not None and v is not False and v not in ("", [], {})} | (
        {"autoGenerate": False} if values.get("autoGenerate") is False else {}
    )
