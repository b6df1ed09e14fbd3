"""Single questions of Qualtrics as items, with the columns in which their answers come."""

from collections.abc import Iterator
from typing import Any

from viaggio.pulse.questionnaire import (
    OTHER,
    Feeds,
    Item,
    ItemKind,
    Limits,
    Option,
    Wording,
    parsed,
)
from viaggio.store.questionnaires.keys import item_key
from viaggio.store.questionnaires.qualtrics_book import Target
from viaggio.store.questionnaires.qualtrics_parts import joined, one_item, option_keys, other_of
from viaggio.store.questionnaires.qualtrics_question import Choice, Question
from viaggio.store.questionnaires.qualtrics_tables import matrix, side_by_side

_SINGLE = frozenset({"SAVR", "SAHR", "SACOL", "DL", "SB", "NPS"})


def read_items(question: Question) -> Iterator[Item]:
    """The items of a question, none for what has no counterpart; its columns go to the book."""
    kind = str(question.data.get("QuestionType", ""))
    if kind == "MC":
        yield from _choice(question)
    elif kind == "Matrix":
        yield from matrix(question)
    elif kind == "SBS":
        yield from side_by_side(question)
    elif kind == "TE":
        yield from _text(question)
    elif kind in {"Slider", "CS"}:
        yield from _numbers(question)
    elif kind == "RO":
        yield from _ranking(question)
    else:
        question.notes.add("item.not_carried", question.tag, "/".join((kind, *question.selector)))


# --- choices -------------------------------------------------------------------------------------------


def _choice(question: Question) -> Iterator[Item]:
    choices = question.choices()
    if question.selector[0] == "NPS":
        codes: dict[str, object] = {str(value): value for value in range(11)}
        question.book.add(Target(item=question.key, codes=codes), question.tag)
        yield one_item(question, ItemKind.NPS, metric=Feeds.NPS)
        return
    single = question.selector[0] in _SINGLE and len([c for c in choices if not c.out_of_base]) > 1
    if question.selector[0] in _SINGLE and not single:
        question.notes.add("item.as_other_kind", question.tag, "a single option: tick or not")
    other = other_of(choices)
    keys = option_keys(question, choices, other)
    options = tuple(
        Option(key=keys[c.number], text=c.text, exclusive=c.exclusive, out_of_base=c.out_of_base)
        for c in choices
        if c is not other
    )
    _choice_columns(question, choices, keys, single=single)
    yield one_item(
        question,
        ItemKind.SINGLE if single else ItemKind.MULTIPLE,
        options=options,
        other=other.text if other else Wording(),
        limits=Limits() if single else _counts(question),
    )
    yield from _words_beside(
        question, [c for c in choices if c.takes_words and c is not other], keys, single=single
    )


def _choice_columns(question: Question, choices: list[Choice], keys: dict[str, str], *, single: bool) -> None:
    words = tuple((keys[c.number], _words_name(question, c, keys)) for c in choices if c.takes_words)
    codes: dict[str, object] = {}
    for choice in choices:
        codes.setdefault(choice.recode, keys[choice.number])
    for choice in choices:
        for _, text in choice.text:
            codes.setdefault(text, keys[choice.number])
    question.book.add(Target(item=question.key, codes=codes, several=not single), question.tag)
    for choice in choices if not single else []:
        target = Target(item=question.key, option=keys[choice.number])
        question.book.add(target, f"{question.tag}_{choice.recode}")
    for choice in choices if not single else []:
        target = Target(item=question.key, option=keys[choice.number])
        question.book.add(target, f"{question.tag}_{choice.number}")
    for choice in choices:
        if choice.takes_words:
            own = ((keys[choice.number], _words_name(question, choice, keys)),)
            names = (f"{question.tag}_{choice.recode}_TEXT", f"{question.tag}_{choice.number}_TEXT")
            question.book.add(Target(item=question.key, words=own), *names)
    if words:
        question.book.add(Target(item=question.key, words=words), f"{question.tag}_TEXT")


def _words_name(question: Question, choice: Choice, keys: dict[str, str]) -> str:
    if keys[choice.number] == OTHER:
        return f"{question.key}.{OTHER}"
    return item_key(
        f"{question.key}_{keys[choice.number]}_text".lower().replace("-", "m"), (), question.notes
    )


def _words_beside(
    question: Question, choices: list[Choice], keys: dict[str, str], *, single: bool
) -> Iterator[Item]:
    """Words beside an option that is not `other` become a comment shown to those who chose it."""
    for choice in choices:
        operator = "=" if single else "contains"
        yield Item(
            key=_words_name(question, choice, keys),
            kind=ItemKind.COMMENT,
            text=choice.text,
            show_if=parsed(f"{{{question.key}}} {operator} '{keys[choice.number]}'"),
        )


def _counts(question: Question) -> Limits:
    def count(name: str) -> int | None:
        text = str(question.settings.get(name, ""))
        return int(text) if text.isdigit() and 0 < int(text[:6]) < 1_000 else None

    return Limits(fewest=count("MinChoices"), most=count("MaxChoices"))


def _ranking(question: Question) -> Iterator[Item]:
    choices = question.choices()
    keys = option_keys(question, choices, None)
    for choice in choices:
        target = Target(item=question.key, option=keys[choice.number], rank=True)
        question.book.add(target, f"{question.tag}_{choice.recode}", f"{question.tag}_{choice.number}")
    options = tuple(Option(key=keys[c.number], text=c.text) for c in choices)
    yield one_item(question, ItemKind.RANKING, options=options)


# --- texts and numbers -----------------------------------------------------------------------------------


def _text(question: Question) -> Iterator[Item]:
    if question.selector[0] == "FORM":
        for choice in question.choices():
            key = item_key(f"{question.key}_{choice.number}", (), question.notes)
            names = (f"{question.tag}_{choice.recode}", f"{question.tag}_{choice.number}")
            question.book.add(Target(item=key), *names, *(f"{name}_TEXT" for name in names))
            text = joined(question.text(), choice.text, question.languages)
            yield Item(key=key, kind=ItemKind.COMMENT, text=text, required=question.required)
        return
    question.book.add(Target(item=question.key), question.tag, f"{question.tag}_TEXT")
    if question.settings.get("ContentType") == "ValidNumber":
        number = question.settings.get("ValidNumber")
        limits = number if isinstance(number, dict) else {}
        lowest, highest = _float(limits.get("Min")), _float(limits.get("Max"))
        yield one_item(question, ItemKind.NUMBER, limits=Limits(lowest=lowest, highest=highest))
    else:
        yield one_item(question, ItemKind.COMMENT)


def _numbers(question: Question) -> Iterator[Item]:
    lowest = _float(question.configuration.get("CSSliderMin"))
    highest = _float(question.configuration.get("CSSliderMax"))
    if question.data.get("QuestionType") == "CS":
        question.notes.add(
            "property.not_carried", f"{question.tag}.sum", "the numbers must add up to a total"
        )
    question.notes.add("item.as_other_kind", question.tag, "a number for each line")
    for choice in question.choices():
        key = item_key(f"{question.key}_{choice.number}", (), question.notes)
        names = (f"{question.tag}_{choice.recode}", f"{question.tag}_{choice.number}")
        question.book.add(Target(item=key), *names)
        text = joined(question.text(), choice.text, question.languages)
        yield Item(key=key, kind=ItemKind.NUMBER, text=text, limits=_between(lowest, highest))


def _between(lowest: float | None, highest: float | None) -> Limits:
    if lowest is not None and highest is not None and lowest >= highest:
        return Limits()
    return Limits(lowest=lowest, highest=highest)


def _float(value: Any) -> float | None:
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if abs(number) < 1e9 else None
