"""Putting questions to the answer index: its parts are walked and merged."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial, reduce
from typing import NamedTuple

import numpy as np

from viaggio.pulse.index import BASE, Answers, Array
from viaggio.pulse.kernels.asking import UNSTATED, Groups, Question, groups_of, kept, placed, plan_of
from viaggio.pulse.kernels.book import (
    NO_SCHEME,
    Book,
    Labels,
    book_of,
    labelled,
    labels_of,
    sheets_by_stratum,
)
from viaggio.pulse.kernels.cells import (
    COUNTS,
    FIGURES,
    NO_SCALE,
    SEVERAL_SCALES,
    SUMS,
    Plan,
    Scratch,
    Sums,
    empty_sums,
    scratch,
)
from viaggio.pulse.kernels.members import members
from viaggio.pulse.kernels.strata import DESIGN, Members, design_bases, raised, unexplained
from viaggio.pulse.kernels.walk import walk
from viaggio.pulse.parts import each, parts_of

__all__ = ["NO_SCHEME", "UNSTATED", "Question", "Scores", "ask", "ask_all", "has_scheme", "kept", "schemes"]


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
    plan, bases = plan_of(answers, questions, groups)
    labels = _labels(answers) if any(_is_weighted(question) for question in questions) else None
    members = None
    if labels is not None:
        members = _members(answers, labels, questions, groups)
        plan = plan._replace(design=members.design, raised=raised(members.held))
    found = _walked(answers, _asked(answers, questions[0], (plan, bases), labels), threads)
    strata = None if members is None else unexplained(found, plan, members)
    return [
        _scores(found, strata if _is_weighted(question) else None, int(offset), question, texts)
        for offset, question, (texts, _) in zip(plan.offset, questions, groups, strict=True)
    ]


def _is_weighted(question: Question) -> bool:
    """Whether weights give strata their shares; where answers count once each, chance and willingness do."""
    return question.scheme != NO_SCHEME


def _labels(answers: Answers) -> Labels | None:
    """The labels of the strata of the whole index; None where fewer than two matter."""
    if len(answers.codes["stratum"]) < 2:
        return None
    known: Labels | None = answers.made.get("labels")
    if known is None:
        known = answers.made["labels"] = labels_of(reduce(np.add, each(answers, _strata)))
    return known if known.strata else None


def _strata(answers: Answers) -> Array:
    return sheets_by_stratum(answers, book_of(answers).stratum)


def _members(
    answers: Answers, labels: Labels, questions: Sequence[Question], groups: Sequence[Groups]
) -> Members:
    """The units of each stratum in the samples that the questions are about."""
    own = [_design(question) for question in questions]
    designs = [design for place, design in enumerate(own) if design not in own[:place]]
    samples = [groups_of(answers, design) for design in designs]
    plan, bases = plan_of(answers, designs, samples)
    asked = _asked(answers, questions[0], (plan, bases), labels)
    found, both = reduce(np.add, each(answers, partial(_counted, asked=asked)))
    places = [designs.index(design) for design in own]
    return Members(found, both, design_bases(
        questions, [texts for texts, _ in groups], [samples[place][0] for place in places],
        plan.offset[places],
    ))  # fmt: skip


def _counted(answers: Answers, asked: "_Asked") -> Array:
    """Units by pairs of strata, and by those in compared bases: whole numbers."""
    bases, strata = asked.bases, asked.strata
    stamp, held, touched = np.full(bases, -1, np.int64), np.zeros(bases, np.int64), np.zeros(bases, np.int64)
    found = np.zeros((2, bases, strata, strata))
    sheets, loose = placed(asked.book(answers), asked.question)
    members(sheets, loose, asked.plan, stamp, held, touched, *found)
    return found


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


class _Asked(NamedTuple):
    """A walk: what it is asked, how many bases that has, and strata that matter.

    `labels` are those of the whole, for parts that know their own only.
    """

    question: Question
    plan: Plan
    bases: int
    strata: int
    labels: Labels | None

    def book(self, answers: Answers) -> Book:
        """The book of an index or of a part of it, with the labels of the whole."""
        book = book_of(answers)
        return book if self.labels is None else labelled(book, self.labels)


def _asked(answers: Answers, question: Question, of: tuple[Plan, int], labels: Labels | None) -> _Asked:
    strata = 0 if labels is None else labels.strata
    return _Asked(question, *of, strata, None if answers.elsewhere is None else labels)


def _walked(answers: Answers, asked: _Asked, threads: int) -> Sums:
    """All parts, shared out between the threads in order, or walked elsewhere, and added up in order."""
    parts = parts_of(answers)
    if not parts:
        return empty_sums(asked.bases, asked.strata)
    if answers.elsewhere is not None:
        return reduce(_merged, answers.elsewhere(partial(_walked_alone, asked=asked), parts))
    book = asked.book(answers)

    def of_thread(mine: Sequence[tuple[int, int]]) -> list[Sums]:
        room = _room(book, asked)
        return [_part(book, asked, room, part) for part in mine]

    if threads <= 1 or len(parts) == 1:
        return reduce(_merged, of_thread(parts))
    size = -(-len(parts) // threads)
    shares = [parts[i : i + size] for i in range(0, len(parts), size)]
    with ThreadPoolExecutor(threads, thread_name_prefix="scores") as pool:
        return reduce(_merged, [sums for share in pool.map(of_thread, shares) for sums in share])


def _walked_alone(answers: Answers, asked: _Asked) -> Sums:
    """One part, as an index of its own."""
    book = asked.book(answers)
    return _part(book, asked, _room(book, asked), (0, len(answers.unit_starts) - 1))


def _room(book: Book, asked: _Asked) -> Scratch:
    owners = max(int(np.diff(asked.plan.owner_starts).max(initial=1)), 1)
    return scratch(asked.bases, 4 * book.longest * owners * len(asked.plan.offset))


def _part(book: Book, asked: _Asked, room: Scratch, part: tuple[int, int]) -> Sums:
    sums = empty_sums(asked.bases, asked.strata)
    room.form.fill(-1)  # the scales of a part are its own
    walk(*placed(book, asked.question), book.forms, asked.plan, sums, room, *part)
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
