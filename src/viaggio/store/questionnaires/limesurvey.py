"""LimeSurvey `.lss` as a questionnaire: groups become pages, questions items, relevance conditions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from viaggio.pulse.questionnaire import Item, ItemKind, Page, Questionnaire, wording
from viaggio.store.importers.codes import bad_file
from viaggio.store.questionnaires.keys import item_key
from viaggio.store.questionnaires.limesurvey_items import Question, codes_of, read_items
from viaggio.store.questionnaires.limesurvey_logic import Variables, conditions, relevance
from viaggio.store.questionnaires.limesurvey_tables import Dump, Row, Texts, once, ordered, read_dump
from viaggio.store.questionnaires.report import Notes, Report

_MOST = 20_000
"""Questions, subquestions and answers of a survey, at most."""
_TOLD_TABLES = {
    "quota": "quotas", "assessments": "assessments", "defaultvalues": "default answers",
    "survey_url_parameters": "URL parameters", "plugin_settings": "plugins",
}  # fmt: skip
_TOLD_ATTRIBUTES = (
    "array_filter", "array_filter_exclude", "em_validation_q", "em_validation_sq", "random_order",
    "assessment_value", "equals_num_value", "min_num_value", "max_num_value", "time_limit", "slider_layout",
)  # fmt: skip


def from_limesurvey(content: bytes, *, name: str = "survey.lss") -> tuple[Questionnaire, Report]:
    """A questionnaire from a `.lss` file of LimeSurvey, and what was not carried. Raises `BadFile`."""
    dump = read_dump(content, name)
    if sum(len(dump.rows(table)) for table in ("questions", "subquestions", "answers")) > _MOST * len(
        dump.languages
    ):
        raise bad_file("file.bomb", place=name)
    try:
        return _Survey(dump).read()
    except (KeyError, ValueError) as error:
        raise bad_file("file.bad_questionnaire", place=f"{name}: {error}") from error


class _Survey:
    def __init__(self, dump: Dump) -> None:
        self.dump, self.notes = dump, Notes()
        self.texts = Texts(dump, self.notes)
        self.keys: dict[str, str] = {}
        self.answers = _by(dump.rows("answers"), "qid")
        self.attributes: dict[str, dict[str, str]] = defaultdict(dict)
        for row in dump.rows("question_attributes"):
            if row.get("language", dump.languages[0]) in {"", dump.languages[0]}:
                self.attributes[row.get("qid", "")][row.get("attribute", "")] = row.get("value", "")

    def read(self) -> tuple[Questionnaire, Report]:
        questions = self._questions()
        variables = self._variables(questions)
        pages: list[Page] = []
        for group in ordered(once(self.dump.rows("groups"), "gid"), "group_order"):
            inside = [q for q in questions if q.line.get("gid") == group.get("gid")]
            page = self._page(group, inside, variables, [page.key for page in pages])
            if page.items:
                pages.append(page)
        for table, what in _TOLD_TABLES.items():
            if self.dump.rows(table):
                self.notes.add("property.not_carried", table, f"{what}: {len(self.dump.rows(table))}")
        return self._whole(tuple(pages)), self.notes.report()

    def _whole(self, pages: tuple[Page, ...]) -> Questionnaire:
        said = {row.get("surveyls_language", ""): row for row in self.dump.rows("surveys_languagesettings")}

        def text(column: str) -> dict[str, str]:
            return self.texts.plain({language: row.get(column, "") for language, row in said.items()}, column)

        return Questionnaire(
            title=wording(text("surveyls_title")) or wording(dict.fromkeys(self.dump.languages, "—")),
            intro=wording(text("surveyls_welcometext")),
            thanks=wording(text("surveyls_endtext")),
            languages=self.dump.languages,
            pages=pages,
        )

    def _questions(self) -> list[Question]:
        rows = once(self.dump.rows("questions"), "qid")
        parts = _by(once((*self.dump.rows("subquestions"), *rows), "qid"), "parent_qid")
        found = []
        for row in ordered((r for r in rows if r.get("parent_qid", "0") in {"", "0"}), "question_order"):
            number, code = row["qid"], row.get("title", "")
            key = item_key(code, self.keys.values(), self.notes)
            self.keys[number] = key
            self.notes.names.setdefault(code, key)
            found.append(
                Question(
                    line=row,
                    key=key,
                    texts=self.texts,
                    notes=self.notes,
                    languages=self.dump.languages,
                    subquestions=tuple(ordered(parts.get(number, ()), "question_order")),
                    answers=tuple(self._answers(number)),
                    attributes=self.attributes.get(number, {}),
                )
            )
        return found

    def _answers(self, number: str) -> list[Row]:
        """The answers of a question, in order; old dumps repeat each for every language, without a number."""
        rows = ordered(self.answers.get(number, ()), "sortorder")
        if not any("answer" in row for row in rows):
            return rows
        merged: dict[tuple[str, str], list[Row]] = defaultdict(list)
        for row in rows:
            merged[row.get("scale_id", "0"), row.get("code", "")].append(row)
        return [
            {**same[0], "texts": "\1".join(f"{r.get('language', '')}\0{r.get('answer', '')}" for r in same)}
            for same in merged.values()
        ]

    def _variables(self, questions: list[Question]) -> Variables:
        names: dict[str, str] = {}
        chosen: dict[str, tuple[str, str]] = {}
        codes: dict[str, Mapping[str, str | int]] = {}
        for question in questions:
            names.setdefault(question.code, question.key)
            if question.line.get("type") in {"M", "P"}:
                for line in question.subquestions:
                    chosen[f"{question.code}_{line.get('title', '')}"] = (question.key, line.get("title", ""))
            elif question.line.get("type") in set("ABCEFH1"):
                for line in question.subquestions:
                    row = line.get("title", "")
                    names[f"{question.code}_{row}"] = f"{question.key}.{row.lower()}"
                    codes[f"{question.key}.{row.lower()}"] = codes_of(question)
            codes[question.key] = codes_of(question)
        return Variables(names, chosen, {q.line["qid"]: (q.code, q.key) for q in questions}, codes)

    def _page(self, group: Row, questions: list[Question], variables: Variables, taken: list[str]) -> Page:
        number = group.get("gid", "")
        return Page(
            key=item_key(f"group_{number}", taken, self.notes),
            title=wording(self.texts.of("gid", number, "group_name", f"group {number}")),
            show_if=relevance(group.get("grelevance", ""), f"group {number}", variables, self.notes),
            items=tuple(item for question in questions for item in self._items(question, variables)),
        )

    def _items(self, question: Question, variables: Variables) -> Iterator[Item]:
        shown = relevance(question.line.get("relevance", ""), question.code, variables, self.notes)
        older = [row for row in self.dump.rows("conditions") if row.get("qid") == question.line["qid"]]
        if older and question.line.get("relevance", "").strip() in {"", "1"}:
            shown = conditions(older, question.code, variables, self.notes)
        for name in _TOLD_ATTRIBUTES:
            if question.attributes.get(name, "") not in {"", "0"}:
                self.notes.add("property.not_carried", f"{question.code}.{name}", question.attributes[name])
        if question.line.get("preg"):
            self.notes.add("property.not_carried", f"{question.code}.preg", question.line["preg"])
        for item in read_items(question):
            if item.kind in {ItemKind.SINGLE, ItemKind.RANKING} and len(item.options) + item.has_other < 2:
                self.notes.add("item.not_carried", question.code, "fewer than two options")
            elif item.kind in {ItemKind.MATRIX, ItemKind.MULTIPLE} and not (item.rows or item.options):
                self.notes.add("item.not_carried", question.code, "no subquestion")
            else:
                yield replace(item, show_if=shown)


def _by(rows: "tuple[Row, ...] | list[Row]", column: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.get(column, "")].append(row)
    return found
