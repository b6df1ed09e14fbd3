"""Tables of Qualtrics as items: ratings, ticks, one column, several tables side by side."""

from collections.abc import Iterator
from dataclasses import replace

from viaggio.pulse.questionnaire import NOT_APPLICABLE, Item, ItemKind, Option, Row, Scale
from viaggio.store.questionnaires.keys import item_key
from viaggio.store.questionnaires.qualtrics_book import Target
from viaggio.store.questionnaires.qualtrics_parts import joined, one_item, option_keys
from viaggio.store.questionnaires.qualtrics_question import Choice, Question


def matrix(question: Question) -> Iterator[Item]:
    """The items of a table of ratings or ticks."""
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
    yield one_item(
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
        keys = option_keys(question, columns, None)
        for column in columns:
            target = Target(item=key, option=keys[column.number])
            for name in (f"{question.tag}_{row.tag}", f"{question.tag}_{row.number}"):
                question.book.add(target, f"{name}_{column.recode}", f"{name}_{column.number}")
            if suffix := question.data.get("AnswerDataExportTag"):
                question.book.again(target, f"{question.tag}_{row.tag}_{suffix}")
        yield Item(
            key=key,
            kind=ItemKind.MULTIPLE,
            text=joined(title, row.text, question.languages),
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
    yield one_item(question, ItemKind.MULTIPLE, options=options)


def side_by_side(question: Question) -> Iterator[Item]:
    """The items of several tables beside one another."""
    question.notes.add("item.as_other_kind", question.tag, "side by side: one question for each column")
    title = question.text()
    parts = question.data.get("AdditionalQuestions")
    for number, data in parts.items() if isinstance(parts, dict) else ():
        own = {"DataExportTag": f"{question.tag}#{number}"} | data
        part = Question(own, f"{question.key}_{number}", question.languages, question.notes, question.book)
        for item in matrix(part):
            text = joined(title, item.text, question.languages) if item.key == part.key else item.text
            yield replace(item, text=text)
