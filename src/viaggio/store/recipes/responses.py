"""Answers given elsewhere become facts: one response's answers as rows of `answers` and `texts`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from viaggio.pulse.questionnaire import Feeds, Item, Page, Questionnaire, refused, scored, validate
from viaggio.store.recipes.cells import BadCell, as_json
from viaggio.store.recipes.rows import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """One response as an import finds it, `answered_at` in UTC microseconds."""

    response: str
    answered_at: int
    language: str
    answers: Mapping[str, object]
    who: Mapping[str, str | None] = field(default_factory=dict)
    about: Mapping[str, str | None] = field(default_factory=dict)
    properties: Mapping[str, object] = field(default_factory=dict)


def open_form(questionnaire: Questionnaire, feeds: Mapping[str, Feeds] | None = None) -> Questionnaire:
    """The questionnaire without conditions and skips: whatever was answered elsewhere was shown there.

    `feeds` says which items feed which metric, where the source could not say it.
    """
    pages = tuple(
        Page(key=page.key, title=page.title, items=tuple(_open(item, feeds or {}) for item in page.items))
        for page in questionnaire.pages
    )
    return replace(questionnaire, pages=pages)


def _open(item: Item, feeds: Mapping[str, Feeds]) -> Item:
    return replace(item, show_if=None, skips=(), metric=feeds.get(item.key, item.metric))


def fact_rows(form: Questionnaire, given: Given, columns: Mapping[str, str]) -> Iterator[Row]:
    """The facts of one response. Raises `BadCell` for the first answer that does not fit its item.

    `columns` gives the source's column of each item, to name the culprit. What the source says beside the
    answers stands in the properties of the response's first row.
    """
    faults = validate(form, given.answers, finished=False)
    if refused(faults):
        fault = next(fault for fault in faults if not fault.note)
        raise BadCell("value.not_allowed", columns.get(fault.item, fault.item), str(fault.value)[:200])
    rows = scored(form, given.answers, given.language)
    common = {"response": given.response, **given.who, **given.about}
    rest = dict(given.properties)
    if rows.not_applicable:
        rest["not_applicable"] = list(rows.not_applicable)
    for row in rows.answers:
        own = {**rest, **row.properties}
        found = row.columns() | {"answered_at": given.answered_at, "properties": as_json(own)}
        yield "answers", {"id": f"{given.response}:{row.item}", **found, **common}
        rest = {}
    about = {name: value for name, value in common.items() if name not in {"pulse", "wave", "invitation"}}
    for text in rows.texts:
        own_text = text.columns() | {"written_at": given.answered_at, "properties": as_json(rest)}
        yield "texts", {"id": f"{given.response}:{text.item}", **own_text, **about}
        rest = {}
