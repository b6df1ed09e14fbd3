"""How sure a median is: between which order statistics it lies, for any distribution (Thompson 1936).

Of n independent values, the number below the median is binomial with chance 1/2. So [X(r), X(n + 1 - r)]
holds the median with a chance of 1 - 2 P(B <= r - 1) or, where values are tied, more (David and Nagaraja
2003, "Order Statistics", section 7.1). r is the largest rank for which that is `level` or more.
"""

from functools import lru_cache
from math import exp, floor, lgamma, log, sqrt
from statistics import NormalDist

from viaggio.estimate.rules import LEVEL

_EXACT = 1_000
"""Up to so many values the binomial sum is exact; beyond, the normal one, at most two ranks further out."""

_SURE = 1e-12  # relative; a chance that is the level but for rounding is taken as the level


@lru_cache(maxsize=16_384)
def median_ranks(n: int, level: float = LEVEL) -> tuple[int, int] | None:
    """Ranks, from 1, of the two of n sorted values that hold the median; None where n is too small.

    At 95 % five values are too few: all of them lie on one side of the median in one case of 16.
    """
    tail = (1 - level) / 2
    if n < 1 or 0.5**n > tail * (1 + _SURE):
        return None
    reach = sqrt(n) / 2 * NormalDist().inv_cdf(1 - tail)
    rank = floor(n / 2 - reach)
    if n <= _EXACT:
        rank = max(rank, 1)
        while rank > 1 and _at_most(rank - 1, n) > tail * (1 + _SURE):
            rank -= 1
        while _at_most(rank, n) <= tail * (1 + _SURE):
            rank += 1
    return rank, n + 1 - rank


def _at_most(most: int, n: int) -> float:
    """The chance of `most` or fewer heads of n, for `most` below n / 2: a sum of terms that fall fast."""
    term = exp(lgamma(n + 1) - lgamma(most + 1) - lgamma(n - most + 1) - n * log(2))
    total = 0.0
    for heads in range(most, -1, -1):
        total += term
        if term < total * 1e-17:
            break
        term *= heads / (n - heads + 1)
    return total
