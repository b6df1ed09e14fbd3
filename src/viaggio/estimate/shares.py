"""Intervals of one share from counts: x hits of n answers drawn by themselves.

Names and formulas as in Brown, Cai and DasGupta 2001. Bounds are those of the formula: the plain and the
Agresti-Coull interval can leave 0 to 1, and are not clipped.
"""

from collections.abc import Callable
from enum import StrEnum
from math import exp, inf, log, sqrt
from statistics import NormalDist

from viaggio.estimate.errors import BadCounts
from viaggio.estimate.roots import root
from viaggio.estimate.rules import wilson

Bounds = tuple[float, float]


class ShareMethod(StrEnum):
    """How an interval of a share is made. Wilson's is the one to show."""

    WALD = "wald"
    WILSON = "wilson"
    WILSON_CONTINUITY = "wilson_continuity"
    AGRESTI_COULL = "agresti_coull"
    EXACT = "exact"  # Clopper-Pearson: never covers less than it says
    JEFFREYS = "jeffreys"  # equal tails
    JEFFREYS_HPD = "jeffreys_hpd"  # highest density
    LOGIT = "logit"
    PROBIT = "probit"
    CLOGLOG = "cloglog"
    LIKELIHOOD = "likelihood"


def share_bounds(
    hits: float, n: float, method: ShareMethod | str = ShareMethod.WILSON, level: float = 0.95
) -> Bounds:
    """Lower and upper bound of a share. Raises `BadCounts` unless 0 <= hits <= n and n > 0."""
    if not (0 <= hits <= n and n > 0):
        raise BadCounts(f"{hits:g} hits of {n:g}", hint="Between 0 and n hits, n above 0.")
    return _METHODS[ShareMethod(method)](hits, n, level)


def _normal(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _wald(hits: float, n: float, level: float) -> Bounds:
    p = hits / n
    half = _normal(level) * sqrt(p * (1 - p) / n)
    return p - half, p + half


def _wilson_continuity(hits: float, n: float, level: float) -> Bounds:
    """Wilson's interval around p moved by half an answer, at most to n / 2 (Newcombe 1998; `prop.test`)."""
    z, p = _normal(level), hits / n
    step = min(0.5, abs(hits - n / 2))
    share = z * z / (2 * n)

    def bound(side: int) -> float:
        moved = p + side * step / n
        return (moved + share + side * z * sqrt(moved * (1 - moved) / n + share / (2 * n))) / (1 + 2 * share)

    return (0.0 if hits == 0 else max(bound(-1), 0.0)), (1.0 if hits == n else min(bound(1), 1.0))


def _agresti_coull(hits: float, n: float, level: float) -> Bounds:
    z = _normal(level)
    return _wald(hits + z * z / 2, n + z * z, level)


def _exact(hits: float, n: float, level: float) -> Bounds:
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(hits, n - hits + 1, tail))
    high = 1.0 if hits == n else float(betaincinv(hits + 1, n - hits, 1 - tail))
    return low, high


def _jeffreys(hits: float, n: float, level: float) -> Bounds:
    from scipy.special import betaincinv

    a, b, tail = hits + 0.5, n - hits + 0.5, (1 - level) / 2
    low = 0.0 if hits == 0 else float(betaincinv(a, b, tail))
    return low, 1.0 if hits == n else float(betaincinv(a, b, 1 - tail))


def _jeffreys_hpd(hits: float, n: float, level: float) -> Bounds:
    """The shortest interval that holds `level` of the posterior; one-sided where its density ends high."""
    from scipy.special import betainc, betaincinv

    a, b = hits + 0.5, n - hits + 0.5
    if hits == 0:
        return 0.0, float(betaincinv(a, b, level))
    if hits == n:
        return float(betaincinv(a, b, 1 - level)), 1.0

    def density(at: float) -> float:
        return (a - 1) * log(at) + (b - 1) * log(1 - at) if 0 < at < 1 else -inf

    def upper(low: float) -> float:
        return float(betaincinv(a, b, min(betainc(a, b, low) + level, 1.0)))

    def lopsided(low: float) -> float:
        return max(density(low), -1e300) - max(density(upper(low)), -1e300)

    low = root(lopsided, 0.0, float(betaincinv(a, b, 1 - level)))
    return low, upper(low)


def _transformed(
    link: Callable[[float], float],
    inverse: Callable[[float], float],
    slope: Callable[[float], float],
    *,
    falling: bool = False,
) -> Callable[[float, float, float], Bounds]:
    """Symmetric on a transformed scale; at 0 and n the exact bounds."""

    def bounds(hits: float, n: float, level: float) -> Bounds:
        if hits in {0, n}:
            low, high = _exact(hits, n, level)
            return low, high
        p = hits / n
        half = _normal(level) * sqrt(p * (1 - p) / n) * abs(slope(p))
        ends = inverse(link(p) - half), inverse(link(p) + half)
        return (ends[1], ends[0]) if falling else ends

    return bounds


def _expit(x: float) -> float:
    return 1 / (1 + exp(-x))


def _likelihood(hits: float, n: float, level: float) -> Bounds:
    """All shares whose likelihood is not too far below the best (likelihood ratio)."""
    p, z = hits / n, _normal(level)

    def fallen(at: float) -> float:
        lost = 0.0 if hits == 0 else hits * log(p / at)
        lost += 0.0 if hits == n else (n - hits) * log((1 - p) / (1 - at))
        return 2 * lost - z * z

    low = 0.0 if hits == 0 else root(fallen, 1e-300, p)
    return low, 1.0 if hits == n else root(fallen, 1 - 1e-16, p)


_STANDARD = NormalDist()
_METHODS: dict[ShareMethod, Callable[[float, float, float], Bounds]] = {
    ShareMethod.WALD: _wald,
    ShareMethod.WILSON: wilson,
    ShareMethod.WILSON_CONTINUITY: _wilson_continuity,
    ShareMethod.AGRESTI_COULL: _agresti_coull,
    ShareMethod.EXACT: _exact,
    ShareMethod.JEFFREYS: _jeffreys,
    ShareMethod.JEFFREYS_HPD: _jeffreys_hpd,
    ShareMethod.LOGIT: _transformed(lambda p: log(p / (1 - p)), _expit, lambda p: 1 / (p * (1 - p))),
    ShareMethod.PROBIT: _transformed(
        _STANDARD.inv_cdf, _STANDARD.cdf, lambda p: 1 / _STANDARD.pdf(_STANDARD.inv_cdf(p))
    ),
    ShareMethod.CLOGLOG: _transformed(
        lambda p: log(-log(p)), lambda x: exp(-exp(x)), lambda p: 1 / (p * log(p)), falling=True
    ),
    ShareMethod.LIKELIHOOD: _likelihood,
}
