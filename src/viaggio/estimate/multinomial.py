"""Intervals of all shares of one question at once: together they hold with the stated probability.

Sison and Glaz 1995 (narrowest for many categories), Goodman 1965 (Bonferroni), Quesenberry and Hurst 1964;
Wald's and Wilson's hold one by one only. n answers, each drawn by itself, in k categories.
"""

from collections.abc import Sequence
from enum import StrEnum
from math import exp, log, pi, sqrt

from viaggio.estimate.errors import BadCounts, NotConverged
from viaggio.estimate.rules import wilson

Bounds = tuple[tuple[float, ...], tuple[float, ...]]


class JointMethod(StrEnum):
    """How joint intervals are made."""

    SISON_GLAZ = "sison_glaz"
    GOODMAN = "goodman"
    QUESENBERRY_HURST = "quesenberry_hurst"
    WALD = "wald"  # one by one
    WILSON = "wilson"  # one by one


def joint_bounds(
    counts: Sequence[int], method: JointMethod | str = JointMethod.SISON_GLAZ, level: float = 0.95
) -> Bounds:
    """Lower and upper bounds of the shares of k categories. Raises `BadCounts` for fewer than two.

    Wald's bounds end at 0 and 1 as is customary; Sison and Glaz' are asymmetric and end there by definition.
    """
    from scipy.special import chdtri

    n, k = sum(counts), len(counts)
    if k < 2 or n <= 0 or min(counts) < 0:
        raise BadCounts(f"{list(counts)} answers", hint="Two categories or more, one answer or more.")
    chosen = JointMethod(method)
    if chosen is JointMethod.SISON_GLAZ:
        return _sison_glaz(counts, level)
    if chosen is JointMethod.WILSON:
        return _both([wilson(count, n, level) for count in counts])
    if chosen is JointMethod.WALD:
        chi = float(chdtri(1, 1 - level))
        return _both([_plain(count, n, chi) for count in counts])
    chi = float(chdtri(1, (1 - level) / k) if chosen is JointMethod.GOODMAN else chdtri(k - 1, 1 - level))
    return _both([_quadratic(count, n, chi) for count in counts])


def _both(bounds: list[tuple[float, float]]) -> Bounds:
    return tuple(low for low, _ in bounds), tuple(high for _, high in bounds)


def _plain(count: int, n: int, chi: float) -> tuple[float, float]:
    p = count / n
    half = sqrt(chi * p * (1 - p) / n)
    return max(p - half, 0.0), min(p + half, 1.0)


def _quadratic(count: int, n: int, chi: float) -> tuple[float, float]:
    half = sqrt(chi * (chi + 4 * count * (n - count) / n))
    return (chi + 2 * count - half) / (2 * (n + chi)), (chi + 2 * count + half) / (2 * (n + chi))


def _sison_glaz(counts: Sequence[int], level: float) -> Bounds:
    """Widen by whole answers until the chance of all counts staying inside passes the level."""
    n = sum(counts)
    before = 0.0
    for width in range(1, n + 1):
        chance = _coverage(counts, width)
        if chance > level and before < level:
            part = (level - before) / (chance - before)
            down, up = (width - 1) / n, (width - 1) / n + 2 * part / n
            return _both([(max(c / n - down, 0.0), min(c / n + up, 1.0)) for c in counts])
        before = chance
    raise NotConverged(
        "no whole number of answers holds the joint level",
        place=f"{n} answers",
        hint="Use Goodman's or Quesenberry and Hurst's.",
    )


def _coverage(counts: Sequence[int], width: int) -> float:
    """Chance that independent Poisson counts, given their sum, all stay within `width` (Edgeworth series)."""
    from scipy.special import gammaln

    n = sum(counts)
    moments = [_truncated(count, width) for count in counts]
    mean, second, third, fourth = (sum(column) for column in list(zip(*moments, strict=True))[:4])
    z = (n - mean) / sqrt(second)
    skew, peak = third / second**1.5, fourth / second**2
    series = 1 + skew * (z**3 - 3 * z) / 6 + peak * (z**4 - 6 * z**2 + 3) / 24
    series += skew**2 * (z**6 - 15 * z**4 + 45 * z**2 - 15) / 72
    density = series * exp(-z * z / 2) / sqrt(2 * pi)
    of_sum = exp(n * log(n) - n - float(gammaln(n + 1)))
    inside = 1.0
    for moment in moments:
        inside *= moment[4]
    return float(inside * density / sqrt(second) / of_sum)


def _truncated(count: int, width: int) -> tuple[float, float, float, float, float]:
    """Mean, variance, third and fourth cumulant of a Poisson count kept within `width`; its chance."""
    from scipy.special import pdtr

    high, low = count + width, max(count - width, 0)

    def below(at: int) -> float:
        return float(pdtr(at, count)) if at >= 0 else 0.0

    chance = below(high) - below(low - 1)
    factorial = []
    for order in range(1, 5):
        upper = below(high) - below(high - order)
        lower = below(low - 1) - below(low - order - 1)
        factorial.append(count**order * (1 - (upper - lower) / chance))
    a, b, c, d = factorial
    second = b + a - a**2
    third = c + b * (3 - 3 * a) + (a - 3 * a**2 + 2 * a**3)
    fourth = d + c * (6 - 4 * a) + b * (7 - 12 * a + 6 * a**2) + a - 4 * a**2 + 6 * a**3 - 3 * a**4
    return a, second, third, fourth - 3 * second**2, chance
