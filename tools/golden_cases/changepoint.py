"""Where R's `changepoint` drops starts: a little too early for the modified BIC.

Its PELT drops a start as soon as it loses to a change, though with log(length) in the cost, and a shortest
stretch, that start can still win later; about one series in a hundred ends in a costlier partition. The
product searches all that may win (`viaggio.estimate.changes`); here the same cost is walked R's way.
"""

from collections.abc import Sequence

import numpy as np

from viaggio.estimate.changes.pelt import modified_bic, normal_cost

SHORTEST = 2


def hasty_pelt(values: Sequence[float]) -> tuple[int, ...]:
    """Dates of change of mean and variance under the modified BIC, stretches of two or more."""
    series = np.array(values, dtype=float)
    n, cost, penalty = len(series), normal_cost(series, by_length=True), modified_bic(len(series))
    best, last = np.zeros(n + 1), np.zeros(n + 1, dtype=int)
    best[0] = -penalty
    for end in range(SHORTEST, 2 * SHORTEST):
        best[end] = cost(np.array([0]), end)[0]
    starts = np.array([0, SHORTEST])
    for end in range(2 * SHORTEST, n + 1):
        totals = best[starts] + cost(starts, end)
        place = int(np.argmin(totals))
        best[end], last[end] = totals[place] + penalty, starts[place]
        starts = np.append(starts[totals <= best[end]], end - (SHORTEST - 1))
    dates: list[int] = []
    end = int(last[n])
    while end > 0:
        dates.append(end)
        end = int(last[end])
    return tuple(reversed(dates))
