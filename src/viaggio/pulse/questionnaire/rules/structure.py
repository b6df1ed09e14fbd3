"""What stops a questionnaire from being published: keys, languages, options, scales, limits."""

import re
from collections.abc import Iterable, Iterator

from viaggio.pulse.questionnaire.model import (
    CHOICES,
    CONTEXT,
    END,
    NOT_APPLICABLE,
    OTHER,
    RATINGS,
    Feeds,
    Finding,
    Item,
    ItemKind,
    Questionnaire,
    Wording,
)
from viaggio.pulse.questionnaire.rules.validation import day_of

_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}", re.ASCII)
_OPTION_KEY = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]{0,63}", re.ASCII)
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{1,8})*", re.ASCII)
_RESERVED = frozenset({*CONTEXT, END, NOT_APPLICABLE})
_FED_BY = {
    Feeds.NPS: {ItemKind.NPS},
    Feeds.CSAT: {ItemKind.CSAT, ItemKind.STARS},
    Feeds.CES: {ItemKind.CES},
    Feeds.REVIEW: {ItemKind.STARS, ItemKind.CSAT},
    Feeds.PILLAR: {ItemKind.CSAT, ItemKind.CES, ItemKind.STARS},
}


def structure(questionnaire: Questionnaire) -> Iterator[Finding]:
    """Findings that stop publication, but for those of conditions and skips."""
    if not questionnaire.items:
        yield _stop("questionnaire.no_item", "pages")
    yield from _languages(questionnaire)
    yield from _keys(questionnaire)
    for item in questionnaire.items:
        yield from _metric(item)
        yield from _choices(item)
        yield from _rows(item)
        yield from _scale(item)
        yield from _limits(item)


def _stop(code: str, place: str, detail: str = "") -> Finding:
    return Finding(code=code, place=place, stops=True, detail=detail)


def _languages(questionnaire: Questionnaire) -> Iterator[Finding]:
    for language in questionnaire.languages:
        if not _LANGUAGE.fullmatch(language):
            yield _stop("language.bad", "languages", language)
    yield from (_stop("language.double", "languages", each) for each in _doubles(questionnaire.languages))
    for place, words, needed in wordings(questionnaire):
        if words or needed:
            there = {language for language, text in words if text.strip()}
            for language in questionnaire.languages:
                if language not in there:
                    yield _stop("text.missing", f"{place}.{language}")


def wordings(questionnaire: Questionnaire) -> Iterator[tuple[str, Wording, bool]]:
    """Every wording with its place, and whether it has to be there."""
    yield "title", questionnaire.title, True
    yield "intro", questionnaire.intro, False
    yield "thanks", questionnaire.thanks, False
    for page in questionnaire.pages:
        yield f"{page.key}.title", page.title, False
        for item in page.items:
            yield from item_wordings(item)


def item_wordings(item: Item) -> Iterator[tuple[str, Wording, bool]]:
    """Every wording of an item with its place, and whether it has to be there."""
    yield f"{item.key}.text", item.text, True
    yield f"{item.key}.help", item.help, False
    yield f"{item.key}.other", item.other, False
    for option in item.options:
        yield f"{item.key}.options.{option.key}", option.text, True
    for row in item.rows:
        yield f"{item.key}.rows.{row.key}", row.text, True
    if item.scale:
        yield f"{item.key}.scale.low", item.scale.low, False
        yield f"{item.key}.scale.high", item.scale.high, False
        for at, point in enumerate(item.scale.points):
            yield f"{item.key}.scale.points.{item.scale.lowest + at}", point, True


def _keys(questionnaire: Questionnaire) -> Iterator[Finding]:
    pages = [page.key for page in questionnaire.pages]
    items = [item.key for item in questionnaire.items]
    for key in (*pages, *items):
        if not _KEY.fullmatch(key):
            yield _stop("key.bad", key)
    for key in items:
        if key in _RESERVED:
            yield _stop("key.reserved", key)
    yield from (_stop("key.double", key) for key in _doubles(pages))
    yield from (_stop("key.double", key) for key in _doubles(items))
    for page in questionnaire.pages:
        if not page.items:
            yield _stop("page.empty", page.key)


def _metric(item: Item) -> Iterator[Finding]:
    if item.kind not in _FED_BY.get(item.metric, {item.kind}):
        yield _stop("metric.wrong_kind", f"{item.key}.metric", str(item.metric))
    if item.metric is Feeds.PILLAR and item.pillar is None:
        yield _stop("pillar.missing", f"{item.key}.pillar")
    for row in item.rows:
        if row.metric is Feeds.NPS:
            yield _stop("metric.wrong_kind", f"{item.key}.rows.{row.key}", str(row.metric))
        if row.metric is Feeds.PILLAR and row.pillar is None:
            yield _stop("pillar.missing", f"{item.key}.rows.{row.key}")


def _choices(item: Item) -> Iterator[Finding]:
    place = f"{item.key}.options"
    if item.kind not in CHOICES:
        if item.options or item.has_other:
            yield _stop("option.not_for_this_kind", place, str(item.kind))
        return
    in_base = [option for option in item.options if not option.out_of_base]
    if len(in_base) + item.has_other < (1 if item.kind is ItemKind.MULTIPLE else 2):
        yield _stop("option.too_few", place)
    for option in item.options:
        if not _OPTION_KEY.fullmatch(option.key):
            yield _stop("option.key_bad", place, option.key)
        elif option.key == NOT_APPLICABLE or (option.key == OTHER and item.has_other):
            yield _stop("option.key_reserved", place, option.key)
    yield from (_stop("option.double", place, key) for key in _doubles(o.key for o in item.options))


def _rows(item: Item) -> Iterator[Finding]:
    place = f"{item.key}.rows"
    if item.kind is not ItemKind.MATRIX:
        if item.rows:
            yield _stop("row.not_for_this_kind", place, str(item.kind))
        return
    if not item.rows:
        yield _stop("row.none", place)
    for row in item.rows:
        if not _KEY.fullmatch(row.key) or row.key == OTHER:
            yield _stop("row.key_bad", place, row.key)
    yield from (_stop("row.double", place, key) for key in _doubles(row.key for row in item.rows))


def _scale(item: Item) -> Iterator[Finding]:
    scale, place = item.scale, f"{item.key}.scale"
    if scale is None:
        return
    if item.kind not in RATINGS and item.kind is not ItemKind.MATRIX:
        yield _stop("scale.not_for_this_kind", place, str(item.kind))
    if scale.highest <= scale.lowest:
        yield _stop("scale.ends", place)
    elif scale.points and len(scale.points) != len(scale.values):
        yield _stop("scale.points", place, f"{len(scale.points)}/{len(scale.values)}")
    if item.kind is ItemKind.NPS and (scale.lowest, scale.highest) != (0, 10):
        yield _stop("scale.nps_is_0_to_10", place, f"{scale.lowest}-{scale.highest}")


def _limits(item: Item) -> Iterator[Finding]:
    limits, place = item.limits, f"{item.key}.limits"
    for day in (limits.first, limits.last):
        if day and day_of(day) is None:
            yield _stop("limits.not_a_date", place, day)
    crossed = (
        (limits.lowest is not None and limits.highest is not None and limits.lowest >= limits.highest)
        or (limits.first and limits.last and limits.first >= limits.last)
        or (limits.fewest is not None and limits.most is not None and limits.fewest > limits.most)
    )
    if crossed:
        yield _stop("limits.crossed", place)
    offered = len(item.options) + item.has_other
    if item.kind in CHOICES and limits.fewest is not None and limits.fewest > offered:
        yield _stop("limits.more_than_options", place, str(limits.fewest))
    if (limits.longest is not None and limits.longest < 1) or (limits.most is not None and limits.most < 1):
        yield _stop("limits.nothing_fits", place)


def _doubles(keys: Iterable[str]) -> list[str]:
    seen: set[str] = set()
    found: list[str] = []
    for key in keys:
        if key in seen and key not in found:
            found.append(key)
        seen.add(key)
    return found
