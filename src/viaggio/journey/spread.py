"""How durations are spread: exact count, sum, least and most; quantiles from a histogram that merges exactly.

The histogram has 16 bins per doubling from 1.05 seconds (2^20 microseconds) to 71 years (2^51): bin 0 takes
what is shorter, the last bin what is longer. A quantile lies in the same bin as the exact one, so it is off
by less than 1/16 (6.25 %), usually by less than half of that; below 1.05 seconds by less than 1.05 seconds.
A median has an interval at 95 %: the order statistics between which it lies (see `estimate.median`), each
taken to the outer edge of its bin. So the histogram never makes it too narrow; it adds less than 1/16 on
either side (below 1.05 seconds less than 1.05 seconds). Where a customer has m_i of the n durations, these
may all be alike; the share below the median then has a variance of at most sum m_i^2 / (4 n^2), that of
n^2 / sum m_i^2 independent ones (Kish 1965, "Survey Sampling", section 8.2, at its worst). With so many the
interval holds its level whatever a customer's durations have in common; with one duration each it is exact.

The bin is read off the exponent and the four leading bits of the duration as a float64, without a logarithm
(the idea of HdrHistogram, Tene 2012). All counts are integers: a merge is an addition, in any order.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.median import median_ranks
from viaggio.journey.compiled import inlined
from viaggio.journey.index import Whole

_SHIFT = 52 - 4  # a float64 has 52 bits of fraction; we keep four of them
_FIRST = int(np.float64(2**20).view(np.int64)) >> _SHIFT
BINS = 1 + 31 * 16
"""Bins of a histogram of durations."""

_EDGES: npt.NDArray[np.float64] = np.concatenate(
    ([0.0], ((_FIRST + np.arange(BINS, dtype=np.int64)) << _SHIFT).view(np.float64))
)

# A row of sums: how many durations, of how many customers, their whole seconds, the microseconds beyond
# those (two sums: microseconds alone would overflow int64 at a million customers), the squares of how many
# each customer has, then the histogram.
COUNT, CUSTOMERS, SECONDS, REST, SQUARES, HISTOGRAM = range(6)
WIDTH = HISTOGRAM + BINS
"""Entries of a row of sums with its histogram; `HISTOGRAM` without."""

MICROS = 1_000_000


@inlined
def bin_of(micros: int) -> int:
    """The bin of a duration; 0 <= micros < 2^53."""
    found = int(np.float64(micros).view(np.int64) >> _SHIFT) - _FIRST + 1
    return min(max(found, 0), BINS - 1)


@inlined
def add_duration(sums: Whole, row: int | np.uint64, micros: int) -> None:
    """Add one duration to a row of sums; the histogram only where the rows have one."""
    sums[row, COUNT] += 1
    seconds = np.int64(np.uint64(micros) // np.uint64(MICROS))  # twice as fast as with a sign
    sums[row, SECONDS] += seconds
    sums[row, REST] += micros - seconds * MICROS
    if sums.shape[1] > HISTOGRAM:
        sums[row, HISTOGRAM + bin_of(micros)] += 1


@inlined
def count_customer(sums: Whole, row: int | np.uint64, customer: int, seen: Whole) -> None:
    """After a duration was added: count its customer once, and square how many the one before has.

    `seen`: of each row the last customer, and how many durations there were before; without the latter
    nothing is squared. `close_squares` adds the last customer's.
    """
    if seen.shape[1] > 1:
        # a mask: a jump at each customer would be foretold wrongly too often
        many = (sums[row, COUNT] - 1 - seen[row, 1]) & -np.int64(seen[row, 0] != customer)
        sums[row, SQUARES] += many * many
        seen[row, 1] += many
    sums[row, CUSTOMERS] += seen[row, 0] != customer
    seen[row, 0] = customer


@inlined
def nobody_seen(rows: int, squares: bool) -> Whole:
    """`seen` of so many rows that no customer was counted in."""
    seen = np.zeros((rows, 2 if squares else 1), np.int64)
    seen[:, 0] = -1
    return seen


@inlined
def close_squares(sums: Whole, seen: Whole) -> None:
    """Square the number of durations of each row's last customer, too, where squares are kept."""
    if seen.shape[1] > 1:
        for row in range(len(sums)):
            mine = sums[row, COUNT] - seen[row, 1]
            sums[row, SQUARES] += mine * mine


@dataclass(frozen=True, slots=True)
class Spread:
    """Durations in seconds. None where there is no duration, or no histogram for the quantiles.

    `median_low_seconds`, `median_high_seconds`: the median's interval at 95 %; None for too few customers.
    """

    mean_seconds: float | None = None
    shortest_seconds: float | None = None
    p25_seconds: float | None = None
    median_seconds: float | None = None
    median_low_seconds: float | None = None
    median_high_seconds: float | None = None
    p75_seconds: float | None = None
    p95_seconds: float | None = None
    longest_seconds: float | None = None


def spread(row: Whole, least: int, most: int) -> Spread:
    """The spread of a row of sums whose shortest and longest durations are given in microseconds."""
    n = int(row[COUNT])
    if not n:
        return Spread()
    mean = (int(row[SECONDS]) * MICROS + int(row[REST])) / n / MICROS
    shortest, longest = least / MICROS, most / MICROS
    if len(row) == HISTOGRAM:
        return Spread(mean_seconds=mean, shortest_seconds=shortest, longest_seconds=longest)
    up_to = np.cumsum(row[HISTOGRAM:])
    p25, median, p75, p95 = (quantile(up_to, q, least, most) for q in (0.25, 0.5, 0.75, 0.95))
    squares = int(row[SQUARES])
    low, high = median_interval(up_to, n * n // squares, least, most) if squares else (None, None)
    return Spread(mean, shortest, p25, median, low, high, p75, p95, longest)


@dataclass(frozen=True, slots=True)
class TimeBin:
    """Durations of at least `from_seconds` and less than `to_seconds`."""

    from_seconds: float
    to_seconds: float
    count: int


def time_bins(row: Whole) -> tuple[TimeBin, ...]:
    """The histogram of a row of sums by doublings, from the first to the last that has durations.

    The last bin of all also takes what is longer than 71 years.
    """
    histogram = row[HISTOGRAM:]
    counts = np.append(histogram[0], histogram[1:].reshape(-1, 16).sum(axis=1)).tolist()
    edges = (_EDGES[[0, *range(1, BINS + 1, 16)]] / MICROS).tolist()
    held = np.flatnonzero(counts)
    return tuple(
        TimeBin(edges[i], edges[i + 1], counts[i])
        for i in (range(int(held[0]), int(held[-1]) + 1) if len(held) else ())
    )


def quantile(up_to: Whole, share: float, least: int, most: int) -> float:
    """Seconds below which `share` (0 to 1) of n durations lie, in the bin of order statistic ceil(share n).

    `up_to`: how many durations lie in each bin or one before it. Inside the bin the durations are taken as
    evenly spread; never outside [least, most] microseconds.
    """
    rank = max(1, int(np.ceil(share * int(up_to[-1]))))
    found = int(np.searchsorted(up_to, rank))
    before = int(up_to[found - 1]) if found else 0
    inside = (rank - before - 0.5) / (int(up_to[found]) - before)
    low, high = float(_EDGES[found]), float(_EDGES[found + 1])
    return min(max(low + inside * (high - low), least), most) / MICROS


def median_interval(
    up_to: Whole, independent: int, least: int, most: int
) -> tuple[float | None, float | None]:
    """Seconds between which the median lies at 95 %, as sure as so many independent durations make it.

    `up_to` as of `quantile`. None for fewer than six independent ones. [X(r), X(k + 1 - r)] of k groups of
    n / k equal durations each are the durations of rank (r - 1) n / k + 1 and as many from the end.
    """
    ranks = median_ranks(independent)
    if ranks is None:
        return None, None
    n = int(up_to[-1])
    first = (ranks[0] - 1) * n // independent + 1
    low, high = (int(np.searchsorted(up_to, rank)) for rank in (first, n + 1 - first))
    up = most if high == BINS - 1 else min(float(_EDGES[high + 1]), most)
    return max(float(_EDGES[low]), least) / MICROS, up / MICROS
