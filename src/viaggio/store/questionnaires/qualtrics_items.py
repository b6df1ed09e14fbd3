"""Single questions of Qualtrics as items, with the columns in which their answers come."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from viaggio.pulse.questionnaire import (
    NOT_APPLICABLE,
    OTHER,
    Feeds,
    Item,
    ItemKind,
    Limits,
    Option,
    Row,
    Scale,
    Wording,
    parsed,
    wording,
)
from viaggio.store.questionnaires.keys import item_key, option_key
from viaggio.store.questionnaires.qualtrics_book import Target
from viaggio.store.questionnaires.qualtrics_question import Choice, Question

_SINGLE = frozenset({"SAVR", "SAHR", "SACOL", "DL", "SB", "NPS"})


def read_items(question: Question) -> Iterator[Item]:
    """The items of a question, none for what has no counterpart; its columns go to the book."""
    kind = str(question.data.get("QuestionType", ""))
    if kind == "MC":
        yield from _choice(question)
    elif kind == "Matrix":
        yield from _matrix(question)
    elif kind == "SBS":
        yield from _side_by_side(question)
    elif kind == "TE":
        yield from _text(question)
    elif kind in {"Slider", "CS"}:
        yield from _numbers(question)
    elif kind == "RO":
        yield from _ranking(question)
    else:
        question.notes.add("item.not_carried", question.tag, "/".join((kind, *question.selector)))


def _item(question: Question, kind: ItemKind, **more: Any) -> Item:
    common: dict[str, Any] = {"key": question.key, "text": question.text(), "required": question.required}
    return Item(**(common | {"kind": kind} | more))


# --- choices -------------------------------------------------------------------------------------------


def _choice(question: Question) -> Iterator[Item]:
    choices = question.choices()
    if question.selector[0] == "NPS":
        codes: dict[str, object] = {str(value): value for value in range(11)}
        question.book.add(Target(item=question.key, codes=codes), question.tag)
        yield _item(question, ItemKind.NPS, metric=Feeds.NPS)
        return
    single = question.selector[0] in _SINGLE and len([c for c in choices if not c.out_of_base]) > 1
    if question.selector[0] in _SINGLE and not single:
        question.notes.add("item.as_other_kind", question.tag, "a single option: tick or not")
    other = next((c for c in choices if c.takes_words and not c.out_of_base), None)
    keys = _keys(question, choices, other)
    options = tuple(
        Option(key=keys[c.number], text=c.text, exclusive=c.exclusive, out_of_base=c.out_of_base)
        for c in choices
        if c is not other
    )
    _choice_columns(question, choices, keys, single=single)
    yield _item(
        question,
        ItemKind.SINGLE if single else ItemKind.MULTIPLE,
        options=options,
        other=other.text if other else Wording(),
        limits=Limits() if single else _counts(question),
    )
    yield from _words_beside(
        question, [c for c in choices if c.takes_words and c is not other], keys, single=single
    )


def _keys(question: Question, choices: list[Choice], other: Choice | None) -> dict[str, str]:
    keys: dict[str, str] = {}
    for choice in choices:
        if choice is other:
            keys[choice.number] = OTHER
        else:
            keys[choice.number] = option_key(choice.recode, keys.values(), question.notes, question.tag)
    return keys


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
    keys = _keys(question, choices, None)
    for choice in choices:
        target = Target(item=question.key, option=keys[choice.number], rank=True)
        question.book.add(target, f"{question.tag}_{choice.recode}", f"{question.tag}_{choice.number}")
    options = tuple(Option(key=keys[c.number], text=c.text) for c in choices)
    yield _item(question, ItemKind.RANKING, options=options)


# --- matrices --------------------------------------------------------------------------------------------


def _matrix(question: Question) -> Iterator[Item]:
    selector, part = question.selector
    columns = question.choices("Answers")
    if selector in {"TE", "CS", "RO", "MaxDiff", "PGR"}:
        question.notes.add("item.not_carried", question.tag, f"Matrix/{selector}")
    elif part == "MultipleAnswer":
        yield from _multiple_matrix(question, columns)
    elif len([c for c in columns if not c.out_of_base]) < 2:
        yield from _one_column(question)
    else:
        yield from _rated_matrix(question, columns)


def _rated_matrix(question: Question, columns: list[Choice]) -> Iterator[Item]:
    question.notes.add("metric.to_choose", question.tag)
    points = [c for c in columns if not c.out_of_base]
    if [c.recode for c in points] != [str(at) for at in range(1, len(points) + 1)]:
        question.notes.add("scale.as_points", question.tag, ", ".join(c.recode for c in points))
    codes: dict[str, object] = {c.recode: at for at, c in enumerate(points, start=1)}
    codes |= {c.recode: NOT_APPLICABLE for c in columns if c.out_of_base}
    for at, choice in enumerate(points, start=1):
        for _, text in choice.text:
            codes.setdefault(text, at)
    for choice in columns:
        if choice.out_of_base:
            codes |= dict.fromkeys((text for _, text in choice.text), NOT_APPLICABLE)
    rows = question.choices()
    keys = _row_keys(question, rows)
    for row in rows:
        target = Target(item=question.key, row=keys[row.number], codes=codes)
        question.book.add(target, *_row_names(question, row))
    yield _item(
        question,
        ItemKind.MATRIX,
        scale=Scale(lowest=1, highest=len(points), points=tuple(c.text for c in points)),
        rows=tuple(Row(key=keys[row.number], text=row.text) for row in rows),
        not_applicable=len(points) < len(columns),
    )
    yield from _row_words(question, rows, keys)


def _row_names(question: Question, row: Choice) -> list[str]:
    """How files name a row's column; an answer tag may follow (side by side)."""
    names = [f"{question.tag}_{row.tag}", f"{question.tag}_{row.number}"]
    suffix = str(question.data.get("AnswerDataExportTag") or "")
    return [f"{name}_{suffix}" for name in names] + names if suffix else names


def _row_keys(question: Question, rows: list[Choice]) -> dict[str, str]:
    keys: dict[str, str] = {}
    for row in rows:
        keys[row.number] = item_key(
            f"r{row.tag}" if row.tag.isdigit() else row.tag, keys.values(), question.notes
        )
    return keys


def _row_words(question: Question, rows: list[Choice], keys: dict[str, str]) -> Iterator[Item]:
    for row in rows:
        if row.takes_words:
            key = f"{question.key}_{keys[row.number]}_text"
            names = [f"{name}_TEXT" for name in _row_names(question, row)]
            question.book.add(Target(item=key), *names, f"{question.tag}_TEXT")
            yield Item(key=key, kind=ItemKind.COMMENT, text=row.text)


def _multiple_matrix(question: Question, columns: list[Choice]) -> Iterator[Item]:
    """Ticks in a table: a multiple choice for each row."""
    question.notes.add("item.as_other_kind", question.tag, "a multiple choice for each row")
    title, rows = question.text(), question.choices()
    row_keys = _row_keys(question, rows)
    for row in rows:
        key = f"{question.key}_{row_keys[row.number]}"
        keys = _keys(question, columns, None)
        for column in columns:
            target = Target(item=key, option=keys[column.number])
            for name in (f"{question.tag}_{row.tag}", f"{question.tag}_{row.number}"):
                question.book.add(target, f"{name}_{column.recode}", f"{name}_{column.number}")
            if suffix := question.data.get("AnswerDataExportTag"):
                question.book.again(target, f"{question.tag}_{row.tag}_{suffix}")
        yield Item(
            key=key,
            kind=ItemKind.MULTIPLE,
            text=_joined(title, row.text, question.languages),
            options=tuple(
                Option(key=keys[c.number], text=c.text, out_of_base=c.out_of_base) for c in columns
            ),
        )
    yield from _row_words(question, rows, row_keys)


def _one_column(question: Question) -> Iterator[Item]:
    """A table with one column is a list of ticks."""
    question.notes.add("item.as_other_kind", question.tag, "a table with one column: ticks")
    rows = question.choices()
    keys = _row_keys(question, rows)
    for row in rows:
        question.book.add(Target(item=question.key, option=keys[row.number]), *_row_names(question, row))
    options = tuple(Option(key=keys[row.number], text=row.text) for row in rows)
    yield _item(question, ItemKind.MULTIPLE, options=options)


def _side_by_side(question: Question) -> Iterator[Item]:
    question.notes.add("item.as_other_kind", question.tag, "side by side: one question for each column")
    title = question.text()
    parts = question.data.get("AdditionalQuestions")
    for number, data in parts.items() if isinstance(parts, dict) else ():
        own = {"DataExportTag": f"{question.tag}#{number}"} | data
        part = Question(own, f"{question.key}_{number}", question.languages, question.notes, question.book)
        for item in _matrix(part):
            text = _joined(title, item.text, question.languages) if item.key == part.key else item.text
            yield replace(item, text=text)


# --- texts and numbers -----------------------------------------------------------------------------------


def _text(question: Question) -> Iterator[Item]:
    if question.selector[0] == "FORM":
        for choice in question.choices():
            key = f"{question.key}_{item_key(choice.recode, (), question.notes)}"
            names = (f"{question.tag}_{choice.recode}", f"{question.tag}_{choice.number}")
            question.book.add(Target(item=key), *names, *(f"{name}_TEXT" for name in names))
            text = _joined(question.text(), choice.text, question.languages)
            yield Item(key=key, kind=ItemKind.COMMENT, text=text, required=question.required)
        return
    question.book.add(Target(item=question.key), question.tag, f"{question.tag}_TEXT")
    if question.settings.get("ContentType") == "ValidNumber":
        number = question.settings.get("ValidNumber")
        limits = number if isinstance(number, dict) else {}
        lowest, highest = _float(limits.get("Min")), _float(limits.get("Max"))
        yield _item(question, ItemKind.NUMBER, limits=Limits(lowest=lowest, highest=highest))
    else:
        yield _item(question, ItemKind.COMMENT)


def _numbers(question: Question) -> Iterator[Item]:
    lowest = _float(question.configuration.get("CSSliderMin"))
    highest = _float(question.configuration.get("CSSliderMax"))
    if question.data.get("QuestionType") == "CS":
        question.notes.add(
            "property.not_carried", f"{question.tag}.sum", "the numbers must add up to a total"
        )
    question.notes.add("item.as_other_kind", question.tag, "a number for each line")
    for choice in question.choices():
        key = f"{question.key}_{item_key(choice.recode, (), question.notes)}"
        names = (f"{question.tag}_{choice.recode}", f"{question.tag}_{choice.number}")
        question.book.add(Target(item=key), *names)
        text = _joined(question.text(), choice.text, question.languages)
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


def _joined(title: Wording, part: Wording, languages: tuple[str, ...]) -> Wording:
    return wording({language: f"{title.text(language)} — {part.text(language)}" for language in languages})
