"""Several changes at once, any number: the partition of least cost plus a penalty per change.

PELT (Killick, Fearnhead and Eckley 2012): exact as the search over all partitions, in nearly linear time
where changes keep coming. A start is dropped only when it can no longer win, also with a shortest stretch.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import log, pi

import numpy as np
import numpy.typing as npt

from viaggio.estimate.changes.costs import StretchSquares
from viaggio.estimate.errors import BadNumber
from viaggio.estimate.series import Floats, whole_series

Cost = Callable[[np.ndarray, int], Floats]

SMALLEST_VARIANCE = 1e-11
"""Stands for the variance of a stretch of equal values, whose likelihood would be endless."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Segments:
    """Dates of change (points before each), and mean and variance (divisor n) of each stretch between."""

    dates: tuple[int, ...]
    means: tuple[float, ...]
    variances: tuple[float, ...]


def mean_changes(values: npt.ArrayLike, *, sigma: float, penalty: float, shortest: int = 2) -> Segments:
    """Changes of the mean when the spread `sigma` of one value is known.

    Cost of a stretch: sum of squares / sigma^2. `penalty` per change in the same unit; 2 log n is usual,
    less finds more. Means and variances come back in the series' unit.
    """
    series = _long_enough(values, shortest, "changes of the mean")
    if not sigma > 0 or penalty < 0:
        raise BadNumber(
            f"sigma {sigma} with penalty {penalty}",
            place="changes of the mean",
            hint="Take sigma from waves without change, and 2 log n as penalty.",
        )
    squares = StretchSquares(series / sigma)
    return segments(series, _pelt(squares.between, squares.n, penalty, shortest))


def mean_and_variance_changes(
    values: npt.ArrayLike, *, penalty: float | None = None, shortest: int = 2
) -> Segments:
    """Changes of mean, variance or both, under the normal likelihood.

    Without a `penalty` the modified BIC of Zhang and Siegmund (2007): 3 log n per change and log of the
    length per stretch. Stretches of two or three points can look like a change of variance by chance:
    ask for a `shortest` of five or more where that matters.
    """
    series = _long_enough(values, max(shortest, 2), "changes of mean and variance")
    modified = penalty is None
    per_change = modified_bic(len(series)) if penalty is None else penalty
    if per_change < 0:
        raise BadNumber(f"penalty {per_change}", place="changes of mean and variance")
    cost = normal_cost(series, by_length=modified)
    # With log(length) two stretches can cost up to log(n / 4) more than the one they part.
    excess = max(log(len(series) / 4), 0.0) if modified else 0.0
    return segments(series, _pelt(cost, len(series), per_change, max(shortest, 2), excess))


def modified_bic(n: int) -> float:
    """Penalty per change of mean and variance in `n` points (Zhang and Siegmund 2007)."""
    return 3 * log(n)


def normal_cost(series: Floats, *, by_length: bool) -> Cost:
    """-2 log likelihood of normal stretches from each start to an end, plus log length if `by_length`."""
    squares = StretchSquares(series)

    def cost(starts: np.ndarray, end: int) -> Floats:
        lengths = end - starts
        variance = np.maximum(squares.between(starts, end) / lengths, SMALLEST_VARIANCE)
        likelihood: Floats = lengths * (log(2 * pi) + np.log(variance) + 1)
        return likelihood + np.log(lengths) if by_length else likelihood

    return cost


def _pelt(cost: Cost, n: int, penalty: float, shortest: int, excess: float = 0.0) -> tuple[int, ...]:
    """Dates of the best partition; parting a stretch raises its cost by no more than `excess`."""
    best = np.full(n + 1, np.inf)
    best[0] = -penalty
    last = np.zeros(n + 1, dtype=np.int64)
    starts = np.array([0])
    doomed = np.array([n + 1])
    for end in range(shortest, n + 1):
        if end >= 2 * shortest:
            starts, doomed = np.append(starts, end - shortest), np.append(doomed, n + 1)
        totals = best[starts] + cost(starts, end)
        place = int(np.argmin(totals))
        best[end], last[end] = totals[place] + penalty, starts[place]
        # A start that loses to a change here loses wherever a stretch from here is long enough.
        doomed = np.where(totals > best[end] + excess, np.minimum(doomed, end + shortest), doomed)
        kept = doomed > end + 1
        starts, doomed = starts[kept], doomed[kept]
    dates: list[int] = []
    end = int(last[n])
    while end > 0:
        dates.append(end)
        end = int(last[end])
    return tuple(reversed(dates))


def segments(series: Floats, dates: tuple[int, ...]) -> Segments:
    """The stretches between dates."""
    edges = (0, *dates, len(series))
    parts = [series[a:b] for a, b in pairwise(edges)]
    return Segments(
        dates=dates,
        means=tuple(float(part.mean()) for part in parts),
        variances=tuple(float(part.var()) for part in parts),
    )


def _long_enough(values: npt.ArrayLike, shortest: int, place: str) -> Floats:
    if shortest < 1:
        raise BadNumber(f"stretches of {shortest} points", place=place)
    return whole_series(values, least=2 * shortest, place=place)
