"""Breaks in the mean of a series: the best dates for every number of breaks, and how many by BIC.

Bai and Perron (2003): dynamic programming over all partitions whose stretches have at least `least` points.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import floor, log, pi

import numpy as np
import numpy.typing as npt

from viaggio.estimate.changes.costs import StretchSquares
from viaggio.estimate.errors import BadNumber, Constant, TooFew
from viaggio.estimate.series import Floats, whole_series

PLACE = "breaks"


@dataclass(frozen=True, slots=True, kw_only=True)
class Breaks:
    """Best partitions. `dates` are the breaks of the number with the least BIC, `means` the levels between.

    `squares` and `bic` hold one number per count of breaks, from 0 on; `by_count` the dates of each.
    """

    dates: tuple[int, ...]
    means: tuple[float, ...]
    squares: Floats
    bic: Floats
    by_count: tuple[tuple[int, ...], ...]


def breaks(values: npt.ArrayLike, *, least: float = 0.15, most: int | None = None) -> Breaks:
    """Least-squares breaks of the mean.

    `least` is the shortest stretch, in points or, below 1, as a share of the series; `most` the largest
    number of breaks looked at (as many as fit, by custom two fewer than stretches of `least` cover).
    BIC = n (log(squares / n) + 1 + log 2 pi) + 2 (breaks + 1) log n.
    Raises `TooFew` when no break fits, `Constant` when all values are alike.
    """
    series = whole_series(values, least=4, place=PLACE)
    n = len(series)
    shortest = floor(n * least) if least < 1 else int(least)
    if shortest < 2:
        raise BadNumber(
            f"stretches of {shortest} point have no spread", place=PLACE, hint="Allow two or more."
        )
    fitting = max(-(-n // shortest) - 2, 1)
    if 2 * shortest > n:
        raise TooFew(f"{n} points hold no two stretches of {shortest}", place=PLACE, hint="Shorten `least`.")
    if np.ptp(series) == 0:
        raise Constant("all values are alike", place=PLACE)
    count = fitting if most is None else min(most, fitting)
    squares, by_count = _best_partitions(StretchSquares(series), shortest, count)
    bic = np.array([_bic(n, total, parts) for parts, total in enumerate(squares)])
    chosen = by_count[int(np.argmin(bic))]
    edges = (0, *chosen, n)
    means = tuple(float(series[a:b].mean()) for a, b in pairwise(edges))
    return Breaks(dates=chosen, means=means, squares=np.array(squares), bic=bic, by_count=tuple(by_count))


def _bic(n: int, squares: float, count: int) -> float:
    if squares <= 0:
        return -np.inf
    return n * (log(squares) + 1 - log(n) + log(2 * pi)) + log(n) * 2 * (count + 1)


def _best_partitions(
    cost: StretchSquares, shortest: int, count: int
) -> tuple[list[float], list[tuple[int, ...]]]:
    """Least squares and dates for 0 to `count` breaks."""
    n = cost.n
    best = np.full((count + 1, n + 1), np.inf)
    last = np.zeros((count + 1, n + 1), dtype=np.int64)
    for end in range(shortest, n + 1):
        best[0, end] = cost.one(0, end)
    for parts in range(1, count + 1):
        for end in range((parts + 1) * shortest, n + 1):
            starts = np.arange(parts * shortest, end - shortest + 1)
            totals = best[parts - 1, starts] + cost.between(starts, end)
            place = int(np.argmin(totals))
            best[parts, end], last[parts, end] = totals[place], starts[place]
    dates: list[tuple[int, ...]] = []
    for parts in range(count + 1):
        end, found = n, []
        for left in range(parts, 0, -1):
            end = int(last[left, end])
            found.append(end)
        dates.append(tuple(reversed(found)))
    return [float(total) for total in best[:, n]], dates
