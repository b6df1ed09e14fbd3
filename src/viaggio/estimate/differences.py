"""Difference of two shares from counts, each answer drawn by itself: intervals and tests.

`first` less `second`; each is (hits, n). Miettinen and Nurminen 1985 and Mee 1984 invert the score test with
the likeliest shares that differ by so much; Newcombe 1998 combines two Wilson intervals; Agresti and Caffo
2000 add one hit and one miss to each.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from math import acos, copysign, cos, inf, pi, sqrt
from statistics import NormalDist

from viaggio.estimate.errors import BadCounts
from viaggio.estimate.roots import root
from viaggio.estimate.rules import wilson

Bounds = tuple[float, float]
Counts = tuple[int, int]


class DifferenceMethod(StrEnum):
    """How an interval of a difference is made. Miettinen-Nurminen's or Newcombe's is the one to show."""

    WALD = "wald"
    AGRESTI_CAFFO = "agresti_caffo"
    NEWCOMBE = "newcombe"
    MEE = "mee"
    MIETTINEN_NURMINEN = "miettinen_nurminen"


@dataclass(frozen=True, slots=True)
class ShareTest:
    """A statistic with its p-value; None where the counts do not allow one (all hits, or none)."""

    statistic: float | None
    probability: float | None


def difference_bounds(
    first: Counts,
    second: Counts,
    method: DifferenceMethod | str = DifferenceMethod.MIETTINEN_NURMINEN,
    level: float = 0.95,
) -> Bounds:
    """Bounds of the share of `first` less that of `second`; Wald's and Agresti-Caffo's can leave -1..1."""
    _check(first, second)
    return _METHODS[DifferenceMethod(method)](first, second, level)


def chi_square(first: Counts, second: Counts) -> ShareTest:
    """Pearson's test of equal shares, one degree of freedom, without continuity correction."""
    from scipy.special import chdtrc

    _check(first, second)
    (x, m), (y, n) = first, second
    pooled = (x + y) / (m + n)
    if pooled in {0.0, 1.0}:
        return ShareTest(None, None)
    statistic = (x / m - y / n) ** 2 / (pooled * (1 - pooled) * (1 / m + 1 / n))
    return ShareTest(statistic, float(chdtrc(1, statistic)))


def fisher_exact(first: Counts, second: Counts) -> float:
    """Fisher's exact two-sided p-value: tables no likelier than the one seen."""
    from scipy.stats import fisher_exact as exact

    _check(first, second)
    (x, m), (y, n) = first, second
    return float(exact([[x, m - x], [y, n - y]]).pvalue)


def score_statistic(first: Counts, second: Counts, gap: float, *, corrected: bool = True) -> float:
    """Signed score statistic of a true difference `gap`; `corrected` by N / (N - 1) (Miettinen-Nurminen)."""
    (x, m), (y, n) = first, second
    observed = x / m - y / n - gap
    if observed == 0:
        return 0.0
    of_first = _likeliest(first, second, gap)
    of_second = of_first - gap
    variance = of_first * (1 - of_first) / m + of_second * (1 - of_second) / n
    if corrected:
        variance *= (m + n) / (m + n - 1)
    return copysign(inf, observed) if variance <= 0 else observed / sqrt(variance)


def _likeliest(first: Counts, second: Counts, gap: float) -> float:
    """The share of `first` of greatest likelihood when it exceeds that of `second` by `gap` (closed form)."""
    (x, m), (y, n) = first, second
    ratio = n / m
    p, q = x / m, y / n
    a = 1 + ratio
    b = -(1 + ratio + p + ratio * q + gap * (ratio + 2))
    c = gap * gap + gap * (2 * p + ratio + 1) + p + ratio * q
    d = -p * gap * (1 + gap)
    turn = (b / a / 3) ** 3 - b * c / (6 * a * a) + d / a / 2
    length = sqrt(max((b / a / 3) ** 2 - c / a / 3, 0.0))
    length = length if turn > 0 else -length
    cosine = 1.0 if length == 0 else max(-1.0, min(1.0, turn / length**3))
    found = 2 * length * cos((pi + acos(cosine)) / 3) - b / a / 3
    return min(max(found, gap, 0.0), 1.0, 1.0 + gap)


def _check(*counts: Counts) -> None:
    for hits, n in counts:
        if not (0 <= hits <= n and n > 0):
            raise BadCounts(f"{hits:g} hits of {n:g}", hint="Between 0 and n hits, n above 0.")


def _normal(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _wald(first: Counts, second: Counts, level: float) -> Bounds:
    (x, m), (y, n) = first, second
    p, q = x / m, y / n
    half = _normal(level) * sqrt(p * (1 - p) / m + q * (1 - q) / n)
    return p - q - half, p - q + half


def _agresti_caffo(first: Counts, second: Counts, level: float) -> Bounds:
    (x, m), (y, n) = first, second
    return _wald((x + 1, m + 2), (y + 1, n + 2), level)


def _newcombe(first: Counts, second: Counts, level: float) -> Bounds:
    p, q = first[0] / first[1], second[0] / second[1]
    low, high = wilson(*first, level)
    lower, upper = wilson(*second, level)
    return (
        p - q - sqrt((p - low) ** 2 + (upper - q) ** 2),
        p - q + sqrt((high - p) ** 2 + (q - lower) ** 2),
    )


def _score(*, corrected: bool) -> Callable[[Counts, Counts, float], Bounds]:
    def bounds(first: Counts, second: Counts, level: float) -> Bounds:
        z = _normal(level)
        seen = first[0] / first[1] - second[0] / second[1]

        def below(gap: float) -> float:
            return min(score_statistic(first, second, gap, corrected=corrected), 1e300) - z

        def above(gap: float) -> float:
            return max(score_statistic(first, second, gap, corrected=corrected), -1e300) + z

        low = -1.0 if seen == -1 else root(below, -1.0, seen)
        return low, 1.0 if seen == 1 else root(above, 1.0, seen)

    return bounds


_METHODS: dict[DifferenceMethod, Callable[[Counts, Counts, float], Bounds]] = {
    DifferenceMethod.WALD: _wald,
    DifferenceMethod.AGRESTI_CAFFO: _agresti_caffo,
    DifferenceMethod.NEWCOMBE: _newcombe,
    DifferenceMethod.MEE: _score(corrected=False),
    DifferenceMethod.MIETTINEN_NURMINEN: _score(corrected=True),
}
