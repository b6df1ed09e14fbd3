"""Which customers of a bucket did something often enough, close enough in time; spread over their rows.

Every walk goes once along the rows of a customer, which are in order of time. An interaction is never
counted against itself.
"""

import numpy as np

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Whole
from viaggio.journey.where.keep import Keep


@compiled
def spread(customers: Keep, offsets: Whole) -> Keep:
    """One entry per row from one entry per customer."""
    keep = np.empty(offsets[-1], np.bool_)
    for c in range(len(customers)):
        keep[offsets[c] : offsets[c + 1]] = customers[c]
    return keep


@compiled
def did(done: Keep, offsets: Whole, times: int) -> Keep:
    """Customers with so many rows that are `done`."""
    found = np.empty(len(offsets) - 1, np.bool_)
    for c in range(len(found)):
        count = 0
        for i in range(offsets[c], offsets[c + 1]):
            count += done[i]
        found[c] = count >= times
    return found


@compiled
def did_at_first(done: Keep, time: Whole, offsets: Whole, times: int, micros: int) -> Keep:
    """Customers with so many rows that are `done` at most `micros` after their first row of all."""
    found = np.empty(len(offsets) - 1, np.bool_)
    for c in range(len(found)):
        count = 0
        for i in range(offsets[c], offsets[c + 1]):
            count += done[i] and time[i] - time[offsets[c]] <= micros
        found[c] = count >= times
    return found


@compiled
def did_together(done: Keep, time: Whole, offsets: Whole, times: int, micros: int) -> Keep:
    """Customers with so many rows that are `done`, the last of them at most `micros` after the first."""
    found = np.empty(len(offsets) - 1, np.bool_)
    for c in range(len(found)):
        found[c] = times == 0
        count, oldest = 0, offsets[c]
        for i in range(offsets[c], offsets[c + 1]):
            if not done[i]:
                continue
            count += 1
            while time[i] - time[oldest] > micros or not done[oldest]:
                count -= done[oldest]
                oldest += 1
            found[c] |= count >= times
    return found


@compiled
def did_around(  # noqa: PLR0917 -- columns, then parameters
    done: Keep, anchor: Keep, time: Whole, offsets: Whole, times: int, before: int, after: int
) -> Keep:
    """Customers with an `anchor` row that has so many other `done` rows around it.

    Around: from `before` microseconds before it to `after` microseconds after it, both included.
    """
    found = np.empty(len(offsets) - 1, np.bool_)
    for c in range(len(found)):
        found[c] = False
        count, first, last = 0, offsets[c], offsets[c]
        for i in range(offsets[c], offsets[c + 1]):
            while last < offsets[c + 1] and time[last] <= time[i] + after:
                count += done[last]
                last += 1
            while time[first] < time[i] - before:
                count -= done[first]
                first += 1
            if anchor[i]:
                found[c] |= count - done[i] >= times
    return found
