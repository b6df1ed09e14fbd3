"""The scan statistic: how likely it is that so many answers fall within a short window by chance."""

import numpy as np
import numpy.typing as npt


def fullest_window(at: npt.NDArray[np.int64], window: int) -> tuple[int, int]:
    """(most values within any window of that length, place of its first); `at` sorted, not empty."""
    inside = np.searchsorted(at, at + window, "right") - np.arange(len(at))
    first = int(np.argmax(inside))
    return int(inside[first]), first


def scan_tail(most: int, n: int, width: float) -> float:
    """P(some window of the share `width` of the time holds at least `most` of `n` uniform points).

    (k/w - n - 1) b(k; n, w) + 2 P(X >= k), after Wallenstein and Neff (1987); exact for k = n, close where
    the result is small.
    """
    from scipy.stats import binom

    if most <= 1 or width >= 1:
        return 1.0
    tail = (most / width - n - 1) * binom.pmf(most, n, width) + 2 * binom.sf(most - 1, n, width)
    return float(min(1.0, max(tail, 0.0)))


def window_share(others: npt.NDArray[np.int64], window: int, span: int) -> float:
    """The share of everybody else's answers (sorted) in the busiest window, at least its share of the time.

    Answers crowd by day and after mailings; held against the busiest moment, such crowds are no bursts.
    """
    even = window / span if span > window else 1.0
    return max(even, fullest_window(others, window)[0] / len(others)) if len(others) else even
