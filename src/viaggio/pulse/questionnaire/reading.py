"""JSON to questionnaire: whatever does not fit is refused with its place, nothing is guessed."""

import json
import math
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from viaggio.journey.model import Phase
from viaggio.kernel import ViaggioError
from viaggio.pulse.model import Pillar
from viaggio.pulse.questionnaire.canonical import SCHEMA
from viaggio.pulse.questionnaire.logic import BadExpression, Expression, parsed
from viaggio.pulse.questionnaire.model import (
    Feeds,
    Item,
    ItemKind,
    Limits,
    Option,
    Page,
    Questionnaire,
    Row,
    Scale,
    Skip,
    Wording,
    wording,
)

LARGEST = 4_000_000
"""Characters of a questionnaire's JSON, at most."""
WIDEST_SCALE = 101
"""Points of a scale, at most: 0 to 100."""


class BadQuestionnaire(ViaggioError):
    """A text that is no questionnaire; `place` says where it stops being one."""

    code = "questionnaire.bad"


def from_json(text: str) -> Questionnaire:
    """The questionnaire that `to_json` wrote; raises `BadQuestionnaire`."""
    if len(text) > LARGEST:
        raise BadQuestionnaire("the questionnaire is too large", hint=f"At most {LARGEST} characters.")
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise BadQuestionnaire("this is no JSON", hint=str(error)) from error
    return from_data(data)


def from_data(data: object) -> Questionnaire:
    """A questionnaire from plain JSON values; raises `BadQuestionnaire`."""
    node = _Node(data, "")
    schema = node.text("schema")
    if schema != SCHEMA:
        raise BadQuestionnaire(f"'{schema}' is not a form we read", place="schema", hint=f"Known: {SCHEMA}.")
    languages = tuple(node.texts("languages"))
    if not languages:
        raise BadQuestionnaire("there is no language", place="languages")
    found = Questionnaire(
        title=node.words("title"),
        intro=node.words("intro"),
        thanks=node.words("thanks"),
        languages=languages,
        pages=node.each("pages", _page),
    )
    node.end()
    return found


def item_from_data(data: object) -> Item:
    """One item from plain JSON values; raises `BadQuestionnaire`."""
    return _item(_Node(data, ""))


class _Node:
    """A JSON object that is read key by key and knows its place."""

    def __init__(self, data: object, place: str) -> None:
        if not isinstance(data, Mapping):
            raise BadQuestionnaire("an object is needed here", place=place or "the whole")
        self._data = dict(data)
        self._place = place

    def bad(self, what: str, name: str) -> BadQuestionnaire:
        return BadQuestionnaire(what, place=self.at(name))

    def at(self, name: str) -> str:
        return f"{self._place}.{name}" if self._place else name

    def take[T](self, name: str, kind: type[T], otherwise: T) -> T:
        value = self._data.pop(name, otherwise)
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.bad(f"{kind.__name__} is needed here", name)
        return value

    def text(self, name: str) -> str:
        return self.take(name, str, "")

    def yes(self, name: str) -> bool:
        return self.take(name, bool, False)

    def whole(self, name: str, otherwise: int) -> int:
        return self.take(name, int, otherwise)

    def number(self, name: str) -> float | None:
        value = self._data.pop(name, None)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise self.bad("a number is needed here", name)
        return float(value)

    def count(self, name: str) -> int | None:
        return self.whole(name, 0) if name in self._data else None

    def texts(self, name: str) -> list[str]:
        found = self.take(name, list, [])
        if not all(isinstance(text, str) and text for text in found):
            raise self.bad("texts are needed here", name)
        return found

    def words(self, name: str) -> Wording:
        return _wording(self._data.pop(name, {}), self.at(name))

    def many_words(self, name: str) -> tuple[Wording, ...]:
        found = self.take(name, list, [])
        return tuple(_wording(each, f"{self.at(name)}[{at}]") for at, each in enumerate(found))

    def one_of[E: StrEnum](self, name: str, kind: type[E], otherwise: E | None) -> E | None:
        value = self.text(name)
        if not value:
            return otherwise
        try:
            return kind(value)
        except ValueError:
            raise self.bad(f"'{value}' is not known", name) from None

    def condition(self, name: str) -> Expression | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return parsed(value)
        except BadExpression as error:
            raise BadQuestionnaire(error.what, place=self.at(name), hint=error.hint) from error

    def each[T](self, name: str, read: "Callable[[_Node], T]") -> tuple[T, ...]:
        found = self.take(name, list, [])
        return tuple(read(_Node(one, f"{self.at(name)}[{at}]")) for at, one in enumerate(found))

    def maybe[T](self, name: str, read: "Callable[[_Node], T]") -> T | None:
        value = self._data.pop(name, None)
        return None if value is None else read(_Node(value, self.at(name)))

    def end(self) -> None:
        """Nothing may be left over."""
        for name in self._data:
            raise self.bad("this key is not known", str(name))


def _wording(found: Any, place: str) -> Wording:
    if not isinstance(found, Mapping) or not all(
        isinstance(key, str) and key and isinstance(text, str) for key, text in found.items()
    ):
        raise BadQuestionnaire("a text for each language is needed here", place=place)
    return wording(found)


def _page(node: _Node) -> Page:
    page = Page(
        key=node.text("key"),
        title=node.words("title"),
        show_if=node.condition("show_if"),
        items=node.each("items", _item),
    )
    node.end()
    return page


def _item(node: _Node) -> Item:
    kind = node.one_of("kind", ItemKind, None)
    if kind is None:
        raise node.bad("the kind of item is missing", "kind")
    item = Item(
        key=node.text("key"),
        kind=kind,
        text=node.words("text"),
        help=node.words("help"),
        metric=node.one_of("metric", Feeds, Feeds.OTHER) or Feeds.OTHER,
        pillar=node.one_of("pillar", Pillar, None),
        touchpoint=node.text("touchpoint"),
        phase=node.one_of("phase", Phase, None),
        scale=node.maybe("scale", _scale),
        options=node.each("options", _option),
        rows=node.each("rows", _row),
        required=node.yes("required"),
        not_applicable=node.yes("not_applicable"),
        other=node.words("other"),
        limits=node.maybe("limits", _limits) or Limits(),
        show_if=node.condition("show_if"),
        skips=node.each("skips", _skip),
        version=node.whole("version", 1),
        origin=node.text("origin"),
    )
    node.end()
    return item


def _scale(node: _Node) -> Scale:
    scale = Scale(
        lowest=node.whole("lowest", 0),
        highest=node.whole("highest", 0),
        low=node.words("low"),
        high=node.words("high"),
        points=node.many_words("points"),
    )
    if not 1 < scale.highest - scale.lowest + 1 <= WIDEST_SCALE:
        raise node.bad(f"a scale has 2 to {WIDEST_SCALE} points", "highest")
    if abs(scale.lowest) > 1_000:
        raise node.bad("a scale starts between -1000 and 1000", "lowest")
    node.end()
    return scale


def _option(node: _Node) -> Option:
    option = Option(
        key=node.text("key"),
        text=node.words("text"),
        exclusive=node.yes("exclusive"),
        out_of_base=node.yes("out_of_base"),
    )
    node.end()
    return option


def _row(node: _Node) -> Row:
    row = Row(
        key=node.text("key"),
        text=node.words("text"),
        metric=node.one_of("metric", Feeds, Feeds.OTHER) or Feeds.OTHER,
        pillar=node.one_of("pillar", Pillar, None),
    )
    node.end()
    return row


def _limits(node: _Node) -> Limits:
    limits = Limits(
        lowest=node.number("lowest"),
        highest=node.number("highest"),
        whole=node.yes("whole"),
        first=node.text("first"),
        last=node.text("last"),
        longest=node.count("longest"),
        fewest=node.count("fewest"),
        most=node.count("most"),
    )
    node.end()
    return limits


def _skip(node: _Node) -> Skip:
    when = node.condition("when")
    if when is None:
        raise node.bad("the condition is missing", "when")
    skip = Skip(when=when, to=node.text("to"))
    node.end()
    return skip
