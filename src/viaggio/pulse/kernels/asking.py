"""A question to the answer index, and the arrays that a walk needs of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial, reduce
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from viaggio.pulse.index import NONE_CODE, Answers, Array, sealed
from viaggio.pulse.kernels.book import NO_SCHEME, PLACE, Book, schemes_of
from viaggio.pulse.kernels.cells import Loose, Plan, Sheets
from viaggio.pulse.parts import each

UNSTATED = ""
"""The group of answers that do not say."""

_DENSE = 4096
"""Up to so many possible groups each has a place; of more, only those that occur."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of the index.

    `spans` are local days since 1970-01-01, [from, to); they may overlap. `against` names for each span the
    one it is compared with, -1 for none. `where` keeps answers with one of these values per dimension ("" is
    not stated), `apart` drops answers that have one of these. `scheme`: none, base or a scheme of weights.
    `waves`: each span holds the answers of one wave, within the days that all spans name. Strata matter to
    errors where answers are weighted.
    """

    spans: tuple[tuple[int, int], ...]
    by: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    apart: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    scheme: str = NO_SCHEME
    against: tuple[int, ...] = ()
    waves: tuple[str, ...] = ()


Groups = tuple[tuple[tuple[str, ...], ...], Array]
"""The groups of a question, and the group of each pair of codes."""


def kept(answers: Answers, question: Question) -> Array:
    """One number per answer, 0 where it is not asked about; empty where all are."""
    if not question.where and not question.apart and not question.waves:
        return sealed(np.zeros(0, np.uint8), "u1")
    masks = [_table(answers, name, values)[answers.columns[name]] for name, values in question.where.items()]
    masks += [
        1 - _table(answers, name, values)[answers.columns[name]] for name, values in question.apart.items()
    ]
    if question.waves:
        first, last = question.spans[0]
        day = answers.columns["day"]
        masks.append(((day >= first) & (day < last)).astype(np.uint8))
    return sealed(reduce(np.bitwise_and, masks), "u1")


def _table(answers: Answers, name: str, values: Sequence[str]) -> Array:
    """Per code whether it is wanted; the last place is that of no value."""
    wanted = set(values)
    held = [text in wanted for text in answers.codes[name]]
    return np.array([*held, UNSTATED in wanted], np.uint8)


def placed(book: Book, question: Question) -> tuple[Sheets, Loose]:
    """The sheets, and loose answers, by what places them in spans: days, or codes of waves."""
    if not question.waves:
        return book.sheets, book.loose
    wave = PLACE["wave"]
    return book.sheets._replace(when=book.sheets.dims[wave].astype(np.int32)), book.loose._replace(
        when=book.loose.dims[wave].astype(np.int32)
    )


def _spans(answers: Answers, question: Question) -> tuple[tuple[int, int], ...]:
    """The spans in the terms of `_placed`."""
    if not question.waves:
        return question.spans
    known = {wave: code for code, wave in enumerate(answers.codes["wave"])}
    codes = [known.get(wave, NONE_CODE - 1 - place) for place, wave in enumerate(question.waves)]
    return tuple((code, code + 1) for code in codes)


def plan_of(answers: Answers, questions: Sequence[Question], groups: Sequence[Groups]) -> tuple[Plan, int]:
    """The questions as arrays, and how many bases they have."""
    schemes = schemes_of(answers)
    spans = [_spans(answers, question) for question in questions]
    sizes = [len(mine) * len(texts) for mine, (texts, _) in zip(spans, groups, strict=True)]
    offset = np.append(0, np.cumsum(sizes)).astype(np.int64)
    begin, end = min(day for mine in spans for day, _ in mine), max(day for mine in spans for _, day in mine)
    segment, starts, owners = zip(*(_segments(mine, begin, end) for mine in spans), strict=True)
    by = [[PLACE[name] for name in question.by] for question in questions]
    condition, allowed = _conditions(answers, questions[0])
    return Plan(
        condition, allowed, np.array(questions[0].spans[0] if questions[0].waves else (), np.int64), begin,
        _table_of(segment, -1), _table_of(starts, 0), _table_of(owners, 0), offset[:-1],
        np.array([len(texts) for texts, _ in groups], np.int64), _table_of([*by, [-1, -1]], -1)[:-1],
        np.array([_seconds(answers, question) for question in questions], np.int64),
        _table_of([group_of for _, group_of in groups], 0),
        np.array([schemes.index(question.scheme) for question in questions], np.int64),
        _against(questions, groups, offset), np.zeros(0, np.int64), np.zeros((0, 0)),
    ), int(offset[-1])  # fmt: skip


def _table_of(rows: Sequence[Any], filling: int) -> Array:
    """Rows of different lengths as one array."""
    table = np.full((len(rows), max(map(len, rows))), filling, np.int64)
    for place, row in enumerate(rows):
        table[place, : len(row)] = row
    return table


def _seconds(answers: Answers, question: Question) -> int:
    return len(answers.codes[question.by[1]]) + 1 if len(question.by) > 1 else 1


def _conditions(answers: Answers, question: Question) -> tuple[Array, Array]:
    """Row of each condition's dimension, and per code, from none on, whether it is wanted."""
    tables = [(name, _table(answers, name, values)) for name, values in question.where.items()]
    tables += [(name, 1 - _table(answers, name, values)) for name, values in question.apart.items()]
    if not tables:
        return np.zeros(0, np.int64), np.zeros((0, 1), np.int64)
    return (
        np.array([PLACE[name] for name, _ in tables], np.int64),
        _table_of([np.roll(table, 1) for _, table in tables], 0),
    )


def _against(questions: Sequence[Question], groups: Sequence[Groups], offset: Array) -> Array:
    """For each base the one it is compared with, -1 for none; empty where nothing is compared."""
    if not any(question.against for question in questions):
        return np.zeros(0, np.int64)
    found = np.full(offset[-1], -1, np.int64)
    for question, (texts, _), start in zip(questions, groups, offset[:-1].tolist(), strict=True):
        each = np.arange(len(texts))
        for span, other in enumerate(question.against):
            if other >= 0:
                found[start + span * len(texts) + each] = start + other * len(texts) + each
    return found


def _segments(spans: Sequence[tuple[int, int]], begin: int, end: int) -> tuple[Array, Array, Array]:
    """The segment of each day from `begin` on (-1 none), and which spans each segment is part of."""
    cuts = sorted({day for span in spans for day in span})
    segment_of_day = np.full(end - begin, -1, np.int64)
    starts, owners = [0], list[int]()
    for number, (first, last) in enumerate(pairwise(cuts)):
        mine = [i for i, (start, stop) in enumerate(spans) if start <= first and last <= stop]
        if mine:
            segment_of_day[first - begin : last - begin] = number
        owners += mine
        starts.append(len(owners))
    return segment_of_day, np.array(starts, np.int64), np.array(owners, np.int64)


def groups_of(answers: Answers, question: Question) -> Groups:
    """The groups, and the group of each pair of codes."""
    if not question.by:
        return ((),), np.zeros(1, np.int64)
    texts = [(UNSTATED, *answers.codes[name]) for name in question.by]
    many, seconds = _size(answers, question)
    places = np.arange(many)
    if many > _DENSE:
        seen = reduce(np.bitwise_or, each(answers, partial(present, question=question)))
        places = np.flatnonzero(seen) if seen.any() else np.zeros(1, np.int64)
    group_of = np.full(many, 0, np.int64)
    group_of[places] = np.arange(len(places))
    if len(texts) == 1:
        return tuple((texts[0][place],) for place in places.tolist()), group_of
    return tuple(
        (texts[0][place // seconds], texts[1][place % seconds]) for place in places.tolist()
    ), group_of


def _size(answers: Answers, question: Question) -> tuple[int, int]:
    """How many groups there could be, and how many of the second dimension alone."""
    seconds = _seconds(answers, question)
    return (len(answers.codes[question.by[0]]) + 1) * seconds, seconds


def present(answers: Answers, question: Question) -> Array:
    """For each group that there could be whether any answer is of it."""
    many, seconds = _size(answers, question)
    first = answers.columns[question.by[0]].astype(np.int64) - NONE_CODE
    second = answers.columns[question.by[1]] - NONE_CODE if len(question.by) > 1 else 0
    place = first * seconds + second
    mask = kept(answers, question)
    seen = np.zeros(many, np.bool_)
    seen[place[mask.view(np.bool_)] if len(mask) else place] = True
    return seen
