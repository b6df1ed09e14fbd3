"""The scores of a cut, from the answer index: one walk gives them all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from viaggio.kernel import Period
from viaggio.measure.model import Cut
from viaggio.pulse.index import DIMENSIONS, FIGURES, Answers
from viaggio.pulse.kernels.cells import COUNTS, PEOPLE, SUMS
from viaggio.pulse.kernels.question import Question, Scores, ask_all, has_scheme
from viaggio.pulse.kernels.strata import STRATA

Rows = list[dict[str, Any]]
By = Mapping[str, Rows]
Compared = tuple[Cut, tuple[int, ...]]
"""A cut, and for each of its spans the one it is compared with, -1 for none; empty where none is."""

_EPOCH = date(1970, 1, 1)


def question_of(cut: Cut) -> Question:
    """The cut as a question to the index."""
    return Question(
        spans=tuple(days_of(period) for period in cut.spans.periods), by=cut.by,
        where=MappingProxyType(dict(cut.population.key())), scheme=cut.weights,
    )  # fmt: skip


def days_of(period: Period) -> tuple[int, int]:
    """Local days since 1970-01-01, [from, to)."""
    return (period.start - _EPOCH).days, (period.end - _EPOCH).days


def rows_of_scores(answers: Answers, cut: Cut) -> By:
    """One row per span and group with any answer, by figure: counts, sums and the scale.

    With `cut.people` also `apart`: the fewest persons by which the cell differs from one that another filter
    shows. A scheme that nobody computed gives no rows.
    """
    return rows_of_cuts(answers, [(cut, ())])[0]


def rows_of_cuts(answers: Answers, asked: Sequence[Compared]) -> list[By]:
    """The rows of several cuts of one population, as `rows_of_scores` gives them, in one walk.

    Each cut comes with the span that each of its spans is compared with (see `Question.against`).
    """
    nothing: By = {figure: [] for figure in FIGURES}
    known = [
        (cut, replace(question_of(cut), against=against))
        for cut, against in asked
        if has_scheme(answers, cut.weights)
    ]
    if not known:
        return [nothing for _ in asked]
    scores = ask_all(answers, [question for _, question in known])
    of_people = [i for i, (cut, _) in enumerate(known) if cut.people]
    apart = dict(
        zip(
            of_people,
            _fewest_apart(answers, [known[i][1] for i in of_people], [scores[i] for i in of_people]),
            strict=True,
        )
    )
    rows = iter(
        [rows_of(scores[i], cut.by, answers.scales, apart.get(i)) for i, (cut, _) in enumerate(known)]
    )
    return [next(rows) if has_scheme(answers, cut.weights) else nothing for cut, _ in asked]


def rows_of(
    scores: Scores, by: tuple[str, ...], scales: tuple[tuple[float, float], ...], apart: Any = None
) -> By:
    """The cells with any answer as rows, by figure."""
    seen = scores.counts.any(axis=3)
    keys = ("span", *by, *COUNTS, *SUMS)
    found: dict[str, Rows] = {}
    for place, figure in enumerate(FIGURES):
        spans, groups = np.nonzero(seen[:, :, place])
        cells = zip(
            spans.tolist(), groups.tolist(), scores.counts[spans, groups, place].tolist(),
            scores.sums[spans, groups, place].tolist(), strict=True,
        )  # fmt: skip
        rows = [
            dict(zip(keys, (span, *scores.groups[group], *counts, *sums), strict=True))
            for span, group, counts, sums in cells
        ]
        for row, scale in zip(rows, scores.scale[spans, groups, place].tolist(), strict=True):
            if scale >= 0:
                row["scale_min"], row["scale_max"] = scales[scale]
        if scores.strata is not None:
            for row, explained in zip(rows, scores.strata[spans, groups, place].tolist(), strict=True):
                row.update(zip(STRATA, explained, strict=True))
        if apart is not None:
            for row, fewest in zip(rows, apart[spans, groups, place].tolist(), strict=True):
                row["apart"] = fewest
        found[figure] = rows
    return found


def _fewest_apart(answers: Answers, questions: Sequence[Question], scores: Sequence[Scores]) -> list[Any]:
    """Per cell the fewest persons, but not none, that a reader gets by subtracting it from another filter's.

    Looked at are the same filter with one condition left out, and with one value of a condition only; the
    questions have the same filter.
    """
    fewest = [np.zeros(one.counts.shape[:3], np.int64) for one in scores]
    for filters in _filters_beside(questions[0].where) if questions else ():
        found = ask_all(answers, [replace(question, **filters, against=()) for question in questions])
        for place, (other, mine) in enumerate(zip(found, scores, strict=True)):
            people, least = _aligned(other, mine), fewest[place]
            fewer = (people > 0) & ((least == 0) | (people < least))
            fewest[place] = np.where(fewer, people, least)
    return fewest


def _filters_beside(where: Mapping[str, tuple[str, ...]]) -> list[dict[str, Any]]:
    """The filters whose figures tell a cell by subtraction."""
    found = list[dict[str, Any]]()
    for name, values in where.items():
        others = {other: kept for other, kept in where.items() if other != name}
        found.append({"where": others, "apart": {name: values}})
        if len(values) > 1:
            found += [{"where": {**others, name: (value,)}} for value in values]
    return found


def _aligned(found: Scores, scores: Scores) -> Any:
    """Persons per cell in the order of the groups of `scores`."""
    if found.groups == scores.groups:
        return found.counts[..., PEOPLE]
    place = {group: i for i, group in enumerate(found.groups)}
    aligned = np.zeros(scores.counts.shape[:3], np.int64)
    for i, group in enumerate(scores.groups):
        if group in place:
            aligned[:, i] = found.counts[:, place[group], :, PEOPLE]
    return aligned


SCORE_DIMENSIONS = frozenset(DIMENSIONS)
"""Dimensions by which scores can be filtered and cut."""
