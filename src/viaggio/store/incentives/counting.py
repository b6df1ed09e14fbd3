"""Answers counted exactly, straight from the answer index: whole numbers and fractions, never a float sum.

A cell's counts are those behind the figure that the score pages show: the same answers, the same rules of
validity (see `viaggio.pulse.kernels.walk`), but added as integers, because money is paid on them.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import reduce
from math import lcm
from typing import Any

import numpy as np

from viaggio.incentive.run import Stratum
from viaggio.kernel import Period, Population
from viaggio.measure.scores import days_of
from viaggio.pulse.index import FIRST_PILLAR, NONE_CODE, PILLARS, Answers, Array
from viaggio.pulse.kernels.question import Question, kept

NPS_SCALE = (0, 10)
CX = "cx_index"
SINGLE = {"nps": 0, "csat_top": 1, "csat_mean": 1, "ces": 2, "review_score": 3}
"""Kind of answer in the index by figure, for those that are no mean of items."""

SEVERAL = "mixed_scale"
NO_STRATUM = ""
_FITS = 2**62


@dataclass(frozen=True, slots=True)
class Counted:
    """Strata of a cell with any answer, by name; `fault` says why there is none in spite of answers."""

    strata: Mapping[str, Stratum]
    fault: str = ""

    @property
    def n(self) -> int:
        """Answers (of pillars: responses)."""
        return sum(stratum.n for stratum in self.strata.values())


def count(
    answers: Answers, figure: str, period: Period, population: Population, dimensions: Sequence[str] = ()
) -> Counted:
    """A figure's answers in a period, of a population, by strata of these dimensions of the index."""
    rows = _rows(answers, period, population)
    if figure in SINGLE:
        return _single(answers, figure, rows, dimensions)
    wanted = tuple(PILLARS) if figure == CX else (figure.removeprefix("pillar_"),)
    return _pillars(answers, [tuple(map(str, PILLARS)).index(str(p)) for p in wanted], rows, dimensions)


def _rows(answers: Answers, period: Period, population: Population) -> Array:
    """Places in the index of valid answers of the period and population."""
    columns = answers.columns
    first, end = days_of(period)
    mask = (columns["day"] >= first) & (columns["day"] < end) & _valid(answers)
    asked = kept(answers, Question(spans=((first, end),), where=dict(population.key())))
    if len(asked):
        mask &= asked.astype(np.bool_)
    return np.flatnonzero(mask)


def _valid(answers: Answers) -> Array:
    """Whether each answer lies on its scale."""
    low, high = (np.array([scale[end] for scale in answers.scales] or [0]) for end in (0, 1))
    scale, value = answers.columns["scale"], answers.columns["value"]
    return (low[scale] < high[scale]) & (value >= low[scale]) & (value <= high[scale])


def _single(answers: Answers, figure: str, rows: Array, dimensions: Sequence[str]) -> Counted:
    columns = answers.columns
    rows = rows[columns["kind"][rows] == SINGLE[figure]]
    scales = np.unique(columns["scale"][rows]).tolist()
    if len(scales) > 1 or (figure == "nps" and scales and answers.scales[scales[0]] != NPS_SCALE):
        return Counted({}, SEVERAL)
    found = {}
    for name, mine in _strata(answers, rows, dimensions):
        values = columns["value"][mine]
        if figure == "nps":
            found[name] = Stratum(
                name=name, kind="nps", n=len(mine),
                promoters=int(np.count_nonzero(values >= 9)), detractors=int(np.count_nonzero(values <= 6)),
            )  # fmt: skip
        elif figure == "csat_top":
            best = answers.scales[scales[0]][1] - 1
            hits = int(np.count_nonzero(values >= best))
            found[name] = Stratum(name=name, kind="share", n=len(mine), hits=hits)
        else:
            found[name] = _mean(name, values)
    return Counted(found)


def _strata(answers: Answers, rows: Array, dimensions: Sequence[str]) -> Iterator[tuple[str, Array]]:
    """The rows of each stratum that has any; without dimensions all are one."""
    if not dimensions or not len(rows):
        if len(rows):
            yield NO_STRATUM, rows
        return
    codes = np.stack([answers.columns[name][rows] for name in dimensions], axis=1)
    groups, place = np.unique(codes, axis=0, return_inverse=True)
    for number, group in enumerate(groups.tolist()):
        yield stratum_name(answers, dimensions, group), rows[place.ravel() == number]


def stratum_name(answers: Answers, dimensions: Sequence[str], codes: Sequence[int]) -> str:
    """What a stratum is called: "segment=b2b|channel=web"; an answer that does not say has an empty value."""
    pairs = zip(dimensions, codes, strict=True)
    return "|".join(
        f"{name}={'' if code == NONE_CODE else answers.codes[name][code]}" for name, code in pairs
    )


def as_written(value: Any) -> Fraction:
    """The number that somebody gave: 4.0 is 4, 4.1 is 41/10 and not the nearest binary fraction."""
    return Fraction(Decimal(repr(value)))


def _mean(name: str, values: Array) -> Stratum:
    """Sum and sum of squares of single answers, exact: each value that occurs, times how often."""
    given, often = np.unique(values, return_counts=True)
    pairs = [(as_written(v), int(n)) for v, n in zip(given.tolist(), often.tolist(), strict=True)]
    return Stratum(
        name=name, kind="mean", n=len(values),
        total=sum((v * n for v, n in pairs), Fraction(0)),
        squares=sum((v * v * n for v, n in pairs), Fraction(0)),
    )  # fmt: skip


def _pillars(answers: Answers, pillars: Sequence[int], rows: Array, dimensions: Sequence[str]) -> Counted:
    """Means of the items of a response (of six pillars: put together by weights), responses that have all."""
    columns = answers.columns
    rows = rows[columns["kind"][rows] >= FIRST_PILLAR]
    if not len(rows):
        return Counted({})
    points, unit = _points(answers, rows)
    response = np.searchsorted(answers.response_starts, rows, side="right") - 1
    kind = columns["kind"][rows] - FIRST_PILLAR
    many = len(answers.response_starts) - 1
    sums = np.zeros((len(pillars), many), np.int64)
    counts = np.zeros((len(pillars), many), np.int64)
    for row, pillar in enumerate(pillars):
        mine = kind == pillar
        np.add.at(sums[row], response[mine], points[mine])
        counts[row] = np.bincount(response[mine], minlength=many)
    whole = np.flatnonzero((counts > 0).all(axis=0))
    first = np.full(many, -1, np.int64)
    first[response[::-1]] = rows[::-1]  # the first kept answer of a response places it in a stratum
    found = {}
    shares = [Fraction(1)] if len(pillars) == 1 else [as_written(w) for w in answers.cx_weights]
    for name, firsts in _strata(answers, first[whole], dimensions):
        place = np.searchsorted(answers.response_starts, firsts, side="right") - 1
        found[name] = _of_responses(name, sums[:, place], counts[:, place], shares, unit)
    return Counted(found)


def _points(answers: Answers, rows: Array) -> tuple[Array, int]:
    """Each item on 0 to 100 as whole multiples of 1/unit."""
    columns = answers.columns
    low, high = (np.array([scale[end] for scale in answers.scales]) for end in (0, 1))
    scale = columns["scale"][rows]
    triples = np.stack([columns["value"][rows], low[scale], high[scale]], axis=1)
    known, place = np.unique(triples, axis=0, return_inverse=True)
    exact = [
        100 * (as_written(v) - as_written(a)) / (as_written(b) - as_written(a)) for v, a, b in known.tolist()
    ]
    unit = reduce(lcm, (point.denominator for point in exact), 1)
    return np.array([int(point * unit) for point in exact], np.int64)[place.ravel()], unit


def _of_responses(name: str, sums: Array, counts: Array, shares: Sequence[Fraction], unit: int) -> Stratum:
    """Total and squares over responses of sum_p share_p * sums_p / counts_p / unit; all in whole numbers."""
    base = reduce(lcm, np.unique(counts).tolist(), 1)
    scaled = [line * base // by for line, by in zip(sums, counts, strict=True)]
    total, squares = Fraction(0), Fraction(0)
    for one, share in zip(scaled, shares, strict=True):
        total += share * int(one.sum())
        for other, also in zip(scaled, shares, strict=True):
            squares += share * also * _dot(one, other)
    step = base * unit
    return Stratum(name=name, kind="mean", n=sums.shape[1], total=total / step, squares=squares / step / step)


def _dot(one: Array, other: Array) -> int:
    """The sum of products, in Python's whole numbers where those of the machine would not do."""
    most = int(one.max(initial=0)) * int(other.max(initial=0)) * max(len(one), 1)
    if most < _FITS:
        return int(one @ other)
    return int(one.astype(object) @ other.astype(object))
