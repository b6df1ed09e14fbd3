"""Qualtrics `.qsf` as a questionnaire: blocks become pages, branches their conditions, questions items.

The format is not documented by its maker; what is read here was learnt from files.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from viaggio.pulse.questionnaire import END, Expression, Item, Page, Questionnaire, Skip, wording
from viaggio.pulse.questionnaire.logic import All
from viaggio.store.importers.codes import bad_file
from viaggio.store.questionnaires.keys import item_key
from viaggio.store.questionnaires.plain import plain_text
from viaggio.store.questionnaires.qualtrics_book import Book
from viaggio.store.questionnaires.qualtrics_items import read_items
from viaggio.store.questionnaires.qualtrics_logic import Logic, NotOurs
from viaggio.store.questionnaires.qualtrics_parts import other_of
from viaggio.store.questionnaires.qualtrics_question import Question, language_code
from viaggio.store.questionnaires.report import Notes, Report

LARGEST = 32 << 20
"""Bytes of a file, at most."""
_MOST_QUESTIONS = 5_000


@dataclass(frozen=True, slots=True)
class QualtricsSurvey:
    """A survey read from a `.qsf`: the questionnaire, what was not carried, and its response columns."""

    questionnaire: Questionnaire
    report: Report
    book: Book


def from_qualtrics(content: bytes, *, name: str = "survey.qsf") -> tuple[Questionnaire, Report]:
    """A questionnaire from a `.qsf` file, and what was not carried. Raises `BadFile`."""
    survey = read_qualtrics(content, name=name)
    return survey.questionnaire, survey.report


def read_qualtrics(content: bytes, *, name: str = "survey.qsf") -> QualtricsSurvey:
    """As `from_qualtrics`, with the columns of its response files. Raises `BadFile`."""
    if len(content) > LARGEST:
        raise bad_file("file.bomb", place=name)
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise bad_file("file.bad_questionnaire", place=f"{name}: {error}") from error
    if not isinstance(data, dict) or "SurveyEntry" not in data or "SurveyElements" not in data:
        raise bad_file(
            "file.bad_questionnaire", place=name, hint="A .qsf has SurveyEntry and SurveyElements."
        )
    try:
        return _Survey(data).read()
    except (TypeError, AttributeError, KeyError, ValueError, RecursionError) as error:
        raise bad_file("file.bad_questionnaire", place=f"{name}: {error!r}") from error


class _Survey:
    def __init__(self, data: Mapping[str, Any]) -> None:
        self.entry = data["SurveyEntry"]
        self.elements = [one for one in data["SurveyElements"] if isinstance(one, Mapping)]
        self.notes, self.book = Notes(), Book()
        self.languages = self._languages()
        self.items: dict[str, list[Item]] = {}
        self._read_questions()
        self.logic = Logic({qid: items[0] for qid, items in self.items.items() if items}, self._options())

    def read(self) -> QualtricsSurvey:
        blocks = self._blocks()
        pages: list[Page] = []
        for block, condition in self._flow():
            pages += self._pages(blocks.get(block, {}), condition, [page.key for page in pages])
        keys = [item.key for page in pages for item in page.items]
        kept = [
            replace(page, items=tuple(self._skips_of(item, keys) for item in page.items)) for page in pages
        ]
        title, _ = plain_text(str(self.entry.get("SurveyName") or "—"))
        questionnaire = Questionnaire(
            title=wording(dict.fromkeys(self.languages, title or "—")),
            languages=self.languages,
            pages=tuple(kept),
        )
        return QualtricsSurvey(questionnaire, self.notes.report(), self.book)

    def _of(self, kind: str) -> list[Any]:
        return [one.get("Payload") for one in self.elements if one.get("Element") == kind]

    def _languages(self) -> tuple[str, ...]:
        first = language_code(str(self.entry.get("SurveyLanguage") or "EN"))
        options = next((one for one in self._of("SO") if isinstance(one, Mapping)), {})
        more = options.get("AvailableLanguages")
        others = [language_code(str(code)) for code in more] if isinstance(more, Mapping | list) else []
        return tuple(dict.fromkeys((first, *others)))

    def _read_questions(self) -> None:
        payloads = [one for one in self._of("SQ") if isinstance(one, Mapping)]
        if len(payloads) > _MOST_QUESTIONS:
            raise ValueError("too many questions")
        taken: list[str] = []
        self.data: dict[str, Mapping[str, Any]] = {}
        for data in payloads:
            tag = str(data.get("DataExportTag") or data.get("QuestionID", ""))
            key = item_key(tag, taken, self.notes)
            taken.append(key)
            self.notes.names.setdefault(tag, key)
            question = Question(data, key, self.languages, self.notes, self.book)
            qid = str(data.get("QuestionID", tag))
            self.data[qid] = data
            self.items[qid] = list(read_items(question))

    def _options(self) -> dict[str, dict[str, str]]:
        """For each question the key of each choice, by the choice's number."""
        found: dict[str, dict[str, str]] = {}
        for qid, data in self.data.items():
            question = Question(data, "", self.languages, Notes(), Book())
            item = next(iter(self.items[qid]), None)
            if item is None or data.get("QuestionType") != "MC":
                continue
            keys = [option.key for option in item.options]
            choices = question.choices()
            other = other_of(choices)
            numbers = [c.number for c in choices if c is not other]
            own = dict(zip(numbers, keys, strict=False)) if keys else {c.number: c.number for c in choices}
            found[qid] = own | ({other.number: "other"} if other else {})
        return found

    def _blocks(self) -> dict[str, Mapping[str, Any]]:
        found: dict[str, Mapping[str, Any]] = {}
        for payload in self._of("BL"):
            blocks = payload.values() if isinstance(payload, Mapping) else payload or ()
            for block in blocks:
                if isinstance(block, Mapping) and block.get("Type") != "Trash":
                    found[str(block.get("ID"))] = block
        return found

    def _flow(self) -> list[tuple[str, Expression | None]]:
        """The blocks in the order of the flow, each once, with the condition of the branches around it."""
        payload = next((one for one in self._of("FL") if isinstance(one, Mapping)), None)
        if payload is None:
            return [(block, None) for block in self._blocks()]
        found: dict[str, Expression | None] = {}
        for block, condition in self._walk(payload.get("Flow") or (), None, 0):
            if block in found:
                self.notes.add("flow.not_carried", block, "a block shown again")
            else:
                found[block] = condition
        return list(found.items())

    def _walk(
        self, flow: Any, inside: Expression | None, depth: int
    ) -> Iterator[tuple[str, Expression | None]]:
        for step in flow if depth < 40 else ():
            kind, place = str(step.get("Type", "")), str(step.get("FlowID", ""))
            if kind in {"Block", "Standard"}:
                yield str(step.get("ID")), inside
            elif kind in {"Branch", "Group", "BlockRandomizer", "Authenticator"}:
                condition = inside
                if kind == "Branch":
                    own = self._condition(step.get("BranchLogic"), place)
                    condition = All((inside, own)) if inside and own else inside or own
                elif kind != "Group":
                    self.notes.add("flow.not_carried", place, kind)
                yield from self._walk(step.get("Flow") or (), condition, depth + 1)
            else:
                self.notes.add("flow.not_carried", place, kind)

    def _condition(self, data: Any, place: str) -> Expression | None:
        if not data:
            return None
        try:
            return self.logic.condition(data)
        except NotOurs:
            self.notes.add("logic.not_carried", place, _described(data))
            return None

    def _pages(
        self, block: Mapping[str, Any], condition: Expression | None, taken: list[str]
    ) -> Iterator[Page]:
        items: list[Item] = []
        elements = block.get("BlockElements") or ()
        elements = elements.values() if isinstance(elements, Mapping) else elements
        for element in (*elements, {"Type": "Page Break"}):
            if element.get("Type") == "Question":
                qid = str(element.get("QuestionID", ""))
                shown = self._condition(self.data.get(qid, {}).get("DisplayLogic"), qid)
                items += [_shown(item, shown) for item in self.items.get(qid, ())]
            elif items:
                key = item_key(f"page {len(taken) + 1}", taken, Notes())
                taken.append(key)
                yield Page(key=key, items=tuple(items), show_if=condition)
                items = []

    def _skips_of(self, item: Item, keys: list[str]) -> Item:
        qid = next((q for q, items in self.items.items() if items and items[0].key == item.key), "")
        skips: list[Skip] = []
        for block in self._blocks().values():
            elements = block.get("BlockElements") or ()
            for element in elements.values() if isinstance(elements, Mapping) else elements:
                if element.get("QuestionID") == qid and qid:
                    skips += self._skips(element.get("SkipLogic") or (), qid, keys)
        return replace(item, skips=tuple(skips)) if skips else item

    def _skips(self, rules: Any, qid: str, keys: list[str]) -> Iterator[Skip]:
        here = keys.index(self.items[qid][0].key)
        for rule in rules.values() if isinstance(rules, Mapping) else rules:
            target = str(rule.get("SkipToDestination", ""))
            items = self.items.get(target) or ()
            to = END if target == "ENDOFSURVEY" else items[0].key if items else ""
            try:
                when = self.logic.chosen(str(rule.get("ChoiceLocator", "")), str(rule.get("Condition", "")))
            except NotOurs:
                to = ""
            if to == END or (to in keys and keys.index(to) > here):
                yield Skip(when=when, to=to)
            else:
                self.notes.add("skip.not_carried", qid, target)


def _shown(item: Item, condition: Expression | None) -> Item:
    if condition is None:
        return item
    return replace(item, show_if=All((condition, item.show_if)) if item.show_if else condition)


def _described(data: Any) -> str:
    """The words with which Qualtrics describes its logic."""
    groups = [group for group in data.values() if isinstance(group, Mapping)] if data else []
    tests = [test for group in groups for test in group.values() if isinstance(test, Mapping)]
    return "; ".join(plain_text(str(test.get("Description", "")))[0] for test in tests)
