"""Responses as a wide table: one row each, the columns of every item in the order of the questionnaire."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from viaggio.pulse.questionnaire import (
    NO_WORDS,
    NOT_APPLICABLE,
    OTHER,
    RATINGS,
    Item,
    ItemKind,
    Option,
    Questionnaire,
    Wording,
    scale_of,
)

FIRST = ("response", "answered_at", "language", "finished")
"""Columns in front of the items."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """One response as it is exported: id, when (ISO 8601 with zone), language, answers, further columns."""

    id: str
    answered_at: str
    language: str
    answers: Mapping[str, object]
    finished: bool = True
    more: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SheetColumn:
    """A column of the wide table.

    `part` is the row of a matrix or the option of a multiple choice or ranking; `codes` gives the number of
    each option of a single choice, for programs that want numbers; `labels` the words of numbers.
    """

    name: str
    item: Item
    part: str = ""
    label: Wording = NO_WORDS
    codes: Mapping[str, int] = field(default_factory=dict)
    labels: Mapping[int, Wording] = field(default_factory=dict)

    @property
    def numeric(self) -> bool:
        """Whether it holds numbers, given codes for options."""
        return self.item.kind not in {ItemKind.COMMENT, ItemKind.DATE} and self.part != OTHER_WORDS

    def value(self, answers: Mapping[str, object]) -> object:
        """The cell of a response: None where nothing was answered, `NOT_APPLICABLE` where that was."""
        return _VALUES.get(self.item.kind, _plain)(self, answers)


OTHER_WORDS = ".other"
"""The part that holds the words beside the choice `other`."""


def sheet_columns(questionnaire: Questionnaire) -> list[SheetColumn]:
    """The columns of all items."""
    return [column for item in questionnaire.items for column in _columns(item)]


def sheet_rows(
    questionnaire: Questionnaire, responses: Iterable[Response], more: tuple[str, ...] = ()
) -> Iterator[list[object]]:
    """The rows of the wide table, as they come: `FIRST`, `more`, then the items; options by key."""
    columns = sheet_columns(questionnaire)
    for response in responses:
        first: list[object] = [response.id, response.answered_at, response.language, response.finished]
        first += [response.more.get(name) for name in more]
        yield first + [column.value(response.answers) for column in columns]


def sheet_names(questionnaire: Questionnaire, more: tuple[str, ...] = ()) -> list[str]:
    """The names of the columns of `sheet_rows`."""
    return [*FIRST, *more, *(column.name for column in sheet_columns(questionnaire))]


def _columns(item: Item) -> Iterator[SheetColumn]:
    if item.kind in RATINGS:
        yield SheetColumn(item.key, item, label=item.text, labels=_scale_labels(item))
    elif item.kind is ItemKind.MATRIX:
        for row in item.rows:
            yield SheetColumn(f"{item.key}.{row.key}", item, row.key, row.text, labels=_scale_labels(item))
    elif item.kind is ItemKind.SINGLE:
        options = _options(item)
        codes = {option.key: number for number, option in enumerate(options, start=1)}
        labels = {number: option.text for number, option in enumerate(options, start=1)}
        yield SheetColumn(item.key, item, label=item.text, codes=codes, labels=labels)
    elif item.kind in {ItemKind.MULTIPLE, ItemKind.RANKING}:
        for option in _options(item):
            yield SheetColumn(f"{item.key}.{option.key}", item, option.key, option.text)
    else:
        yield SheetColumn(item.key, item, label=item.text)
    if item.has_other:
        yield SheetColumn(f"{item.key}{OTHER_WORDS}_text", item, OTHER_WORDS, item.other)


def _options(item: Item) -> list[Option]:
    other = [Option(key=OTHER, text=item.other)] if item.has_other else []
    return [*item.options, *other]


def _scale_labels(item: Item) -> dict[int, Wording]:
    scale = scale_of(item)
    if scale.points:
        return dict(zip(scale.values, scale.points, strict=True))
    ends = {scale.lowest: scale.low, scale.highest: scale.high}
    return {value: words for value, words in ends.items() if words}


def _plain(column: SheetColumn, answers: Mapping[str, object]) -> object:
    if column.part == OTHER_WORDS:
        return answers.get(f"{column.item.key}.{OTHER}")
    return answers.get(column.item.key)


def _matrix(column: SheetColumn, answers: Mapping[str, object]) -> object:
    rows = answers.get(column.item.key)
    return rows.get(column.part) if isinstance(rows, Mapping) else None


def _several(column: SheetColumn, answers: Mapping[str, object]) -> object:
    if column.part == OTHER_WORDS:
        return _plain(column, answers)
    chosen = answers.get(column.item.key)
    if chosen == NOT_APPLICABLE:
        return NOT_APPLICABLE
    if not isinstance(chosen, list | tuple) or not chosen:
        return None
    if column.item.kind is ItemKind.RANKING:
        return chosen.index(column.part) + 1 if column.part in chosen else None
    return int(column.part in chosen)


_VALUES: Mapping[ItemKind, Callable[[SheetColumn, Mapping[str, object]], object]] = {
    ItemKind.MATRIX: _matrix,
    ItemKind.MULTIPLE: _several,
    ItemKind.RANKING: _several,
}
