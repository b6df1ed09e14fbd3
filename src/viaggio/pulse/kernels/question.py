"""Putting questions to the answer index: its parts are walked and merged."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import reduce
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from viaggio.pulse.index import BASE, Answers, Array
from viaggio.pulse.kernels.asking import UNSTATED, Groups, Question, groups_of, kept, placed, plan_of
from viaggio.pulse.kernels.book import NO_SCHEME, Book, book_of
from viaggio.pulse.kernels.cells import (
    COUNTS,
    FIGURES,
    NO_SCALE,
    SEVERAL_SCALES,
    SUMS,
    Loose,
    Plan,
    Scratch,
    Sheets,
    Sums,
    empty_sums,
    scratch,
)
from viaggio.pulse.kernels.members import members
from viaggio.pulse.kernels.strata import DESIGN, Members, design_bases, raised, unexplained
from viaggio.pulse.kernels.walk import walk

__all__ = ["NO_SCHEME", "UNSTATED", "Question", "Scores", "ask", "ask_all", "has_scheme", "kept", "schemes"]

_PART_ROWS = 400_000
"""The index is walked in parts of about so many answers: always the same, so that sums are the same."""


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What was found: arrays of (span, group, figure) and what is counted; see `walk` and `strata`."""

    groups: tuple[tuple[str, ...], ...]
    counts: Array
    sums: Array
    scale: Array
    strata: Array | None


def has_scheme(answers: Answers, scheme: str) -> bool:
    """Whether the index has weights of that scheme; it always has none and base."""
    return scheme == NO_SCHEME or scheme in answers.weights


def ask(answers: Answers, question: Question, *, threads: int = 2) -> Scores:
    """The answer, the same for any number of threads. Raises `KeyError` for what it lacks."""
    return ask_all(answers, [question], threads=threads)[0]


def ask_all(answers: Answers, questions: Sequence[Question], *, threads: int = 2) -> list[Scores]:
    """The answers to several questions about the same rows (`where`, `apart` and `waves`), in one walk.

    Each answer is what the question alone would give, to the bit. Raises `KeyError` for what the index lacks.
    """
    groups = [groups_of(answers, question) for question in questions]
    book = book_of(answers)
    plan, bases = plan_of(answers, book, questions, groups)
    sheets, loose = placed(book, questions[0])
    members = None
    if book.strata and any(_is_weighted(question) for question in questions):
        members = _members(answers, book, questions, groups)
        plan = plan._replace(design=members.design, raised=raised(members.held))
    found = _walked(
        _Asked(book, sheets, loose, plan, bases, book.strata if members else 0), _parts(answers), threads
    )
    strata = None if members is None else unexplained(found, plan, members)
    return [
        _scores(found, strata if _is_weighted(question) else None, int(offset), question, texts)
        for offset, question, (texts, _) in zip(plan.offset, questions, groups, strict=True)
    ]


def _is_weighted(question: Question) -> bool:
    """Whether weights give strata their shares; where answers count once each, chance and willingness do."""
    return question.scheme != NO_SCHEME


def _members(
    answers: Answers, book: Book, questions: Sequence[Question], groups: Sequence[Groups]
) -> Members:
    """The units of each stratum in the samples that the questions are about."""
    own = [_design(question) for question in questions]
    designs = [design for place, design in enumerate(own) if design not in own[:place]]
    samples = [groups_of(answers, design) for design in designs]
    plan, bases = plan_of(answers, book, designs, samples)
    stamp, held, touched = np.full(bases, -1, np.int64), np.zeros(bases, np.int64), np.zeros(bases, np.int64)
    found, both = np.zeros((2, bases, book.strata, book.strata))
    members(*placed(book, questions[0]), plan, stamp, held, touched, found, both)
    places = [designs.index(design) for design in own]
    return Members(found, both, design_bases(
        questions, [texts for texts, _ in groups], [samples[place][0] for place in places],
        plan.offset[places],
    ))  # fmt: skip


def _design(question: Question) -> Question:
    """The same question about the whole of its sample."""
    where, apart = (
        {name: values for name, values in conditions.items() if name in DESIGN}
        for conditions in (question.where, question.apart)
    )
    by = tuple(name for name in question.by if name in DESIGN)
    return replace(question, by=by, where=where, apart=apart, scheme=NO_SCHEME)


def _scores(
    found: Sums, strata: Array | None, offset: int, question: Question, groups: tuple[tuple[str, ...], ...]
) -> Scores:
    """What was found of one of the questions."""
    bases = len(question.spans) * len(groups)
    shape = (len(question.spans), len(groups))
    mine = slice(offset, offset + bases)
    rows = found.rows[mine].reshape(*shape, -1, FIGURES).swapaxes(2, 3)
    counts, sums = rows[..., : len(COUNTS)], rows[..., len(COUNTS) : len(COUNTS) + len(SUMS)]
    return Scores(
        groups=groups, counts=counts.astype(np.int64), sums=np.ascontiguousarray(sums),
        scale=found.scale[mine].reshape(*shape, FIGURES),
        strata=None if strata is None else strata[mine].reshape(*shape, FIGURES, -1),
    )  # fmt: skip


def _parts(answers: Answers) -> list[tuple[int, int]]:
    """First and last unit of each part; units are never cut."""
    rows = len(answers)
    marks = np.searchsorted(answers.unit_starts[:-1], np.arange(0, rows, _PART_ROWS))
    bounds = [*np.unique(marks).tolist(), len(answers.unit_starts) - 1]
    return [(start, end) for start, end in pairwise(bounds) if start < end]


class _Asked(NamedTuple):
    """A walk: what it reads, what it is asked, how many bases that has, and strata that matter."""

    book: Book
    sheets: Sheets
    loose: Loose
    plan: Plan
    bases: int
    strata: int


def _walked(asked: _Asked, parts: Sequence[tuple[int, int]], threads: int) -> Sums:
    """All parts, shared out between the threads in order and added up in order."""
    if not parts:
        return empty_sums(asked.bases, asked.strata)
    plan = asked.plan
    most = 4 * asked.book.longest * max(int(np.diff(plan.owner_starts).max(initial=1)), 1) * len(plan.offset)

    def of_thread(mine: Sequence[tuple[int, int]]) -> list[Sums]:
        room = scratch(asked.bases, most)
        return [_part(asked, room, part) for part in mine]

    if threads <= 1 or len(parts) == 1:
        return reduce(_merged, of_thread(parts))
    size = -(-len(parts) // threads)
    shares = [parts[i : i + size] for i in range(0, len(parts), size)]
    with ThreadPoolExecutor(threads, thread_name_prefix="scores") as pool:
        return reduce(_merged, [sums for share in pool.map(of_thread, shares) for sums in share])


def _part(asked: _Asked, room: Scratch, part: tuple[int, int]) -> Sums:
    sums = empty_sums(asked.bases, asked.strata)
    room.form.fill(-1)  # the scales of a part are its own
    walk(asked.sheets, asked.loose, asked.book.forms, asked.plan, sums, room, *part)
    return sums


def _merged(one: Sums, other: Sums) -> Sums:
    """The sums of both parts; cells whose answers are on different scales have several."""
    differ = (one.scale != other.scale) & (one.scale != NO_SCALE) & (other.scale != NO_SCALE)
    scale = np.where(differ, SEVERAL_SCALES, np.maximum(one.scale, other.scale))
    scale = np.where((one.scale == SEVERAL_SCALES) | (other.scale == SEVERAL_SCALES), SEVERAL_SCALES, scale)
    return Sums(one.rows + other.rows, scale, one.strata + other.strata)


def schemes(answers: Answers) -> tuple[str, ...]:
    """Schemes of weights that the index holds, besides none."""
    return tuple(sorted(answers.weights, key=lambda name: (name != BASE, name)))
