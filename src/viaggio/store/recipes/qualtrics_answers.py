"""The cells of a Qualtrics response row as answers of the questionnaire."""

from dataclasses import dataclass

from viaggio.pulse.questionnaire import OTHER, ItemKind, Questionnaire
from viaggio.store.questionnaires.qualtrics_book import Book, Target
from viaggio.store.recipes.cells import BadCell, Record

_SEEN_NOT_ANSWERED = "-99"
"""What an export writes, when asked to, for a question that was seen and not answered."""
_SEVERAL = ","


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file and where its cells go, if anywhere."""

    name: str
    target: Target | None


def codebook(names: tuple[str, ...], written: tuple[str, ...], book: Book) -> tuple[Column, ...]:
    """The columns of a file with their targets; `written` are the names as the file has them, repeats too."""
    return tuple(Column(name, target) for name, target in zip(names, book.targets(written), strict=True))


def answers_of(record: Record, columns: tuple[Column, ...], form: Questionnaire) -> dict[str, object]:
    """The answers of one row. Raises `BadCell` for a value that the survey does not know."""
    answers: dict[str, object] = {}
    ranks: dict[str, list[tuple[float, str]]] = {}
    words: list[tuple[Target, str]] = []
    for column in columns:
        text = record.text(column.name)
        target = column.target
        if target is None or text is None or text == _SEEN_NOT_ANSWERED or target.item not in form.by_key:
            continue
        if target.words:
            words.append((target, text))
        elif target.rank:
            ranks.setdefault(target.item, []).append((_rank(record, column.name), target.option))
        elif target.several:
            answers[target.item] = _listed(target, column.name, text)
        elif target.option:
            _tick(answers, target, text)
        elif target.row:
            row = answers.setdefault(target.item, {})
            assert isinstance(row, dict)
            row[target.row] = _coded(target, column.name, text)
        else:
            answers[target.item] = _plain(record, column, target, form)
    for item, places in ranks.items():
        answers[item] = [option for _, option in sorted(places)]
    for target, text in words:
        _beside(answers, target, text)
    return answers


def _tick(answers: dict[str, object], target: Target, text: str) -> None:
    if text in {"0", "false", "False"}:
        return
    chosen = answers.setdefault(target.item, [])
    assert isinstance(chosen, list)
    if target.option not in chosen:
        chosen.append(target.option)


def _coded(target: Target, column: str, text: str) -> object:
    if text not in target.codes:
        raise BadCell("value.unknown_code", column, text)
    return target.codes[text]


def _listed(target: Target, column: str, text: str) -> list[object]:
    """Several choices of one cell; words that themselves hold commas count as long as they can."""
    parts, found = text.split(_SEVERAL), list[object]()
    while parts:
        for size in range(len(parts), 0, -1):
            words = _SEVERAL.join(parts[:size]).strip()
            if words in target.codes:
                found.append(target.codes[words])
                parts = parts[size:]
                break
        else:
            raise BadCell("value.unknown_code", column, text)
    return list(dict.fromkeys(found))


def _plain(record: Record, column: Column, target: Target, form: Questionnaire) -> object:
    kind = form.by_key[target.item].kind
    text = record.text(column.name) or ""
    if target.codes:
        return _coded(target, column.name, text)
    if kind is ItemKind.NUMBER:
        number = record.number(column.name)
        assert number is not None
        return int(number) if number == int(number) else number
    return text


def _rank(record: Record, column: str) -> float:
    place = record.number(column)
    assert place is not None
    return place


def _beside(answers: dict[str, object], target: Target, text: str) -> None:
    """Words go beside the option that was chosen; where none of theirs was, to the first and it with them."""
    chosen = answers.get(target.item)
    several = chosen if isinstance(chosen, list) else [chosen]
    option, name = next((pair for pair in target.words if pair[0] in several), target.words[0])
    answers[name] = text
    if option == OTHER and OTHER not in several:
        if isinstance(chosen, list):
            chosen.append(OTHER)
        elif chosen is None:
            answers[target.item] = OTHER
