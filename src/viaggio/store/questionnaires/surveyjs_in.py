"""SurveyJS JSON as a questionnaire: a documented subset; what is not in it is told, never just dropped."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from viaggio.pulse.questionnaire import (
    END,
    BadQuestionnaire,
    Expression,
    Item,
    Page,
    Questionnaire,
    Skip,
    names,
    wording,
)
from viaggio.pulse.questionnaire.logic import All
from viaggio.store.importers.codes import bad_file
from viaggio.store.questionnaires.keys import item_key
from viaggio.store.questionnaires.report import Notes, Report
from viaggio.store.questionnaires.surveyjs_items import ITEMS, NOT_OURS, Element, read_item
from viaggio.store.questionnaires.surveyjs_out import EXTENSION
from viaggio.store.questionnaires.surveyjs_words import Words, read_condition

LARGEST = 8_000_000
"""Bytes of a file, at most."""
_DEEPEST = 12
_SURVEY = frozenset({"locale", "title", "description", "completedHtml", "pages", "elements", "questions",
                     "triggers", EXTENSION, "$schema", "surveyId", "sjsVersion"})  # fmt: skip
_PAGE = frozenset({"name", "title", "visibleIf", "elements", "questions", "type", EXTENSION})
_PANEL = _PAGE | {"description"}


def from_surveyjs(content: bytes | str, *, name: str = "survey.json") -> tuple[Questionnaire, Report]:
    """A questionnaire from SurveyJS JSON, and what was not carried. Raises `BadFile`."""
    if len(content) > LARGEST:
        raise bad_file("file.bomb", place=name)
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise bad_file("file.bad_questionnaire", place=f"{name}: {error}") from error
    if not isinstance(data, dict) or not any(key in data for key in ("pages", "elements", "questions")):
        raise bad_file(
            "file.bad_questionnaire", place=name, hint="A SurveyJS survey has `pages` or `elements`."
        )
    try:
        return _Survey(data).read()
    except (BadQuestionnaire, TypeError, AttributeError, KeyError, ValueError, RecursionError) as error:
        raise bad_file("file.bad_questionnaire", place=f"{name}: {error}") from error


class _Survey:
    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.notes = Notes()
        own = data.get(EXTENSION, {})
        self.words = Words(data, self.notes, languages=tuple(own.get("languages", ())))
        self.keys: dict[str, str] = {}

    def read(self) -> tuple[Questionnaire, Report]:
        pages = self._pages()
        self._name_all(pages)
        read = [self._page(page, at) for at, page in enumerate(pages, start=1)]
        questionnaire = Questionnaire(
            title=self.words.of(self.data.get("title"), "title") or wording({self.words.languages[0]: "—"}),
            intro=self.words.of(self.data.get("description"), "description"),
            thanks=self.words.of(self.data.get("completedHtml"), "completedHtml", html=True),
            languages=self.words.languages,
            pages=tuple(page for page in self._with_skips(read) if page.items),
        )
        for key in self.data:
            if key not in _SURVEY:
                self.notes.add("property.not_carried", key, self.data[key])
        self.notes.names.update(self.keys)
        return questionnaire, self.notes.report()

    def _pages(self) -> list[Mapping[str, Any]]:
        pages = self.data.get("pages")
        if pages is None:
            return [{"name": "page1", "elements": _elements(self.data)}]
        return [page for page in pages if isinstance(page, Mapping)]

    def _name_all(self, pages: list[Mapping[str, Any]]) -> None:
        """Keys for all items first, since conditions and skips name them."""
        for page in pages:
            for element in _flat(page):
                name = str(element.get("name", ""))
                if element.get("type") not in NOT_OURS and name not in self.keys:
                    self.keys[name] = item_key(name, self.keys.values(), self.notes)

    def _page(self, page: Mapping[str, Any], at: int) -> Page:
        name = str(page.get("name") or f"page{at}")
        self._others(page, name, _PAGE)
        items = list(self._items(page, None, set()))
        return Page(
            key=item_key(name, (), self.notes),
            title=self.words.of(page.get("title"), f"{name}.title"),
            show_if=self._condition(page.get("visibleIf"), f"{name}.visibleIf"),
            items=tuple(items),
        )

    def _items(
        self, holder: Mapping[str, Any], inside: Expression | None, seen: set[str], depth: int = 0
    ) -> Iterator[Item]:
        for data in _elements(holder):
            name, kind = str(data.get("name", "")), str(data.get("type", ""))
            if kind == "panel" and depth < _DEEPEST:
                self._others(data, name, _PANEL)
                self.notes.add("panel.flattened", name)
                own = self._condition(data.get("visibleIf"), f"{name}.visibleIf")
                yield from self._items(data, _both(inside, own), seen, depth + 1)
            elif kind not in ITEMS:
                self.notes.add("item.not_carried", name or kind, kind)
            elif name in seen:
                self.notes.add("key.double", name)
            else:
                seen.add(name)
                element = Element(data, self.keys[name], self.words, self.notes)
                own = self._condition(data.get("visibleIf"), f"{name}.visibleIf")
                yield read_item(element, _both(inside, own))

    def _with_skips(self, pages: list[Page]) -> Iterator[Page]:
        skips = self._skips({item.key for page in pages for item in page.items})
        taken: set[str] = set()
        for page in pages:
            key = item_key(page.key, taken, self.notes)
            taken.add(key)
            items = tuple(_skipping(item, skips.get(item.key, ())) for item in page.items)
            yield Page(key=key, title=page.title, show_if=page.show_if, items=items)

    def _skips(self, keys: set[str]) -> dict[str, tuple[Skip, ...]]:
        found: dict[str, tuple[Skip, ...]] = {}
        for at, trigger in enumerate(self.data.get("triggers") or ()):
            place = f"triggers[{at}]"
            kind, when = trigger.get("type"), self._condition(trigger.get("expression"), place)
            to = END if kind == "complete" else self.keys.get(str(trigger.get("gotoName", "")), "")
            asked = self._asked_last(trigger, when)
            if (
                kind not in {"skip", "complete"}
                or when is None
                or asked not in keys
                or (to not in keys | {END})
            ):
                self.notes.add("skip.not_carried", place, kind)
            else:
                found[asked] = (*found.get(asked, ()), Skip(when=when, to=to))
        return found

    def _asked_last(self, trigger: Mapping[str, Any], when: Expression | None) -> str:
        """The item behind which the trigger fires: the last one that its condition looks at."""
        own = trigger.get(EXTENSION, {}).get("item")
        if own:
            return str(own)
        if when is None:
            return ""
        order = list(self.keys.values())
        looked = [name.partition(".")[0] for name in names(when)]
        return max((name for name in looked if name in order), key=order.index, default="")

    def _condition(self, text: object, place: str) -> Expression | None:
        return read_condition(text, place, self.keys, self.notes)

    def _others(self, data: Mapping[str, Any], name: str, known: frozenset[str]) -> None:
        for key, value in data.items():
            if key not in known:
                self.notes.add("property.not_carried", f"{name}.{key}", value)


def _elements(holder: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = holder.get("elements") or holder.get("questions") or []
    return [element for element in found if isinstance(element, Mapping)]


def _flat(holder: Mapping[str, Any], depth: int = 0) -> Iterator[Mapping[str, Any]]:
    for element in _elements(holder):
        if element.get("type") == "panel" and depth < _DEEPEST:
            yield from _flat(element, depth + 1)
        else:
            yield element


def _both(first: Expression | None, second: Expression | None) -> Expression | None:
    if first is None or second is None:
        return first or second
    return All((first, second))


def _skipping(item: Item, skips: tuple[Skip, ...]) -> Item:
    return replace(item, skips=skips) if skips else item
