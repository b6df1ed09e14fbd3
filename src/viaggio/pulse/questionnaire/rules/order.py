"""Conditions, skips and piped texts look back, never ahead, and only at what there is."""

from collections.abc import Iterator

from viaggio.pulse.questionnaire.logic import Expression, names, tests
from viaggio.pulse.questionnaire.model import CHOICES, CONTEXT, END, Finding, Item, Questionnaire
from viaggio.pulse.questionnaire.rules.flow import PIPE, names_of
from viaggio.pulse.questionnaire.rules.structure import item_wordings


def order(questionnaire: Questionnaire) -> Iterator[Finding]:
    """Findings of conditions, skips and piped texts."""
    items = questionnaire.items
    known = {name for item in items for name in names_of(item)}
    place_of = {item.key: at for at, item in reversed(list(enumerate(items)))}
    before: set[str] = set()
    for page in questionnaire.pages:
        yield from _condition(questionnaire, page.show_if, f"{page.key}.show_if", before, known)
        for item in page.items:
            yield from _condition(questionnaire, item.show_if, f"{item.key}.show_if", before, known)
            yield from _pipes(item, before, known)
            before.update(names_of(item))
            for at, skip in enumerate(item.skips):
                place = f"{item.key}.skips.{at + 1}"
                yield from _condition(questionnaire, skip.when, place, before, known)
                yield from _target(skip.to, place, place_of, place_of[item.key])
    for place, words in (("intro", questionnaire.intro),):
        for language, text in words:
            yield from _piped(text, f"{place}.{language}", set(), known)


def _target(to: str, place: str, place_of: dict[str, int], here: int) -> Iterator[Finding]:
    if to == END:
        return
    if to not in place_of:
        yield Finding(code="skip.unknown", place=place, stops=True, detail=to)
    elif place_of[to] <= here:
        yield Finding(code="skip.backward", place=place, stops=True, detail=to)


def _condition(
    questionnaire: Questionnaire, expression: Expression | None, place: str, before: set[str], known: set[str]
) -> Iterator[Finding]:
    if expression is None:
        return
    for name in dict.fromkeys(names(expression)):
        if name in CONTEXT or name in before:
            continue
        code = "logic.looks_ahead" if name in known else "logic.unknown_name"
        yield Finding(code=code, place=place, stops=True, detail=name)
    for test in tests(expression):
        item = questionnaire.by_key.get(test.name)
        for value in test.values:
            if item is not None and item.kind in CHOICES and item.option(value) is None:
                yield Finding(code="logic.unknown_option", place=place, stops=True, detail=str(value))


def _pipes(item: Item, before: set[str], known: set[str]) -> Iterator[Finding]:
    for place, words, _ in item_wordings(item):
        for language, text in words:
            yield from _piped(text, f"{place}.{language}", before, known)


def _piped(text: str, place: str, before: set[str], known: set[str]) -> Iterator[Finding]:
    for found in PIPE.finditer(text):
        name = found[1]
        if name not in CONTEXT and name not in before:
            code = "pipe.looks_ahead" if name in known else "pipe.unknown_name"
            yield Finding(code=code, place=place, stops=True, detail=name)
        elif not found[2]:
            yield Finding(code="pipe.no_fallback", place=place, stops=False, detail=name)
