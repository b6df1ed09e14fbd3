"""The scores of a cut, from the answer index: one walk gives them all."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from types import MappingProxyType
from typing import Any

import numpy as np

from viaggio.kernel import Period
from viaggio.measure.model import Cut
from viaggio.pulse.index import DIMENSIONS, FIGURES, Answers
from viaggio.pulse.kernels.cells import COUNTS, PEOPLE, SUMS
from viaggio.pulse.kernels.question import Question, Scores, ask, has_scheme

Rows = list[dict[str, Any]]
By = Mapping[str, Rows]

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
    if not has_scheme(answers, cut.weights):
        return {figure: [] for figure in FIGURES}
    question = question_of(cut)
    scores = ask(answers, question)
    apart = fewest_apart(answers, question, scores) if cut.people else None
    return rows_of(scores, cut.by, answers.scales, apart)


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
        if apart is not None:
            for row, fewest in zip(rows, apart[spans, groups, place].tolist(), strict=True):
                row["apart"] = fewest
        found[figure] = rows
    return found


def fewest_apart(answers: Answers, question: Question, scores: Scores) -> Any:
    """Per cell the fewest persons, but not none, that a reader gets by subtracting it from another filter's.

    Looked at are the same filter with one condition left out, and with one value of a condition only.
    """
    fewest = np.zeros(scores.counts.shape[:3], np.int64)
    for name, values in question.where.items():
        others = {other: kept for other, kept in question.where.items() if other != name}
        asked = [replace(question, where=others, apart={name: values})]
        if len(values) > 1:
            asked += [replace(question, where={**others, name: (value,)}) for value in values]
        for one in asked:
            found = ask(answers, one)
            people = _aligned(found, scores)
            fewer = (people > 0) & ((fewest == 0) | (people < fewest))
            fewest = np.where(fewer, people, fewest)
    return fewest


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
