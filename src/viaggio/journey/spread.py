"""How durations are spread: exact count, sum, least and most; quantiles from a histogram that merges exactly.

The histogram has 16 bins per doubling from 1.05 seconds (2^20 microseconds) to 71 years (2^51): bin 0 takes
what is shorter, the last bin what is longer. A quantile lies in the same bin as the exact one, so it is off
by less than 1/16 (6.25 %), usually by less than half of that; below 1.05 seconds by less than 1.05 seconds.
The bin is read off the exponent and the four leading bits of the duration as a float64, without a logarithm
(the idea of HdrHistogram, Tene 2012). All counts are integers: a merge is an addition, in any order.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
# those (two sums: microseconds alone would overflow int64 at a million customers), then the histogram.
COUNT, CUSTOMERS, SECONDS, REST, HISTOGRAM = 0, 1, 2, 3, 4
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


@dataclass(frozen=True, slots=True)
class Spread:
    """Durations in seconds. None where there is no duration, or no histogram for the quantiles."""

    mean_seconds: float | None = None
    shortest_seconds: float | None = None
    p25_seconds: float | None = None
    median_seconds: float | None = None
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
    p25, median, p75, p95 = (quantile(row[HISTOGRAM:], q, least, most) for q in (0.25, 0.5, 0.75, 0.95))
    return Spread(mean, shortest, p25, median, p75, p95, longest)


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


def quantile(histogram: Whole, share: float, least: int, most: int) -> float:
    """Seconds below which `share` (0 to 1) of n durations lie, in the bin of order statistic ceil(share n).

    Inside the bin the durations are taken as evenly spread; never outside [least, most] microseconds.
    """
    up_to = np.cumsum(histogram)
    rank = max(1, int(np.ceil(share * int(up_to[-1]))))
    found = int(np.searchsorted(up_to, rank))
    inside = (rank - int(up_to[found]) + int(histogram[found]) - 0.5) / int(histogram[found])
    low, high = float(_EDGES[found]), float(_EDGES[found + 1])
    return min(max(low + inside * (high - low), least), most) / MICROS
