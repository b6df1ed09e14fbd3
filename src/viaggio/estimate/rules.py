"""Intervals from counts and exact sums.

Sums come as `int` or `Fraction`, so that the value does not depend on the order in which rows were added.
Scores and means use the variance with divisor n - 1 and Student's t with n - 1 degrees of freedom (as R's
`survey` does for a simple random sample). Bounds are never clipped in silence: a t bound may lie beyond
the scale, and then says that the sample is too small for it.
"""

from collections.abc import Callable
from fractions import Fraction
from math import sqrt
from statistics import NormalDist

from viaggio.kernel import Estimate, Flag

LEVEL = 0.95
SMALL_SAMPLE = 30
"""Below so many answers a score interval replaces the t interval of NPS."""

Exact = int | Fraction


def no_data(level: float = LEVEL) -> Estimate:
    """There is nothing to compute from: no value, which is not 0."""
    return Estimate(value=None, n=0, level=level, flags=frozenset({Flag.NO_DATA}))


def total(value: int, n: int) -> Estimate:
    """A sum or count of everything there is: no sampling interval. `n` rows were looked at."""
    if n == 0:
        return no_data()
    return Estimate(value=value, n=n, flags=frozenset({Flag.CENSUS}))


def share(hits: int, n: int, level: float = LEVEL) -> Estimate:
    """A share of 0 to 1 with its Wilson interval, which stays inside 0 to 1 by construction."""
    if n == 0:
        return no_data(level)
    low, high = wilson(hits, n, level)
    return Estimate(value=hits / n, n=n, low=low, high=high, level=level)


def wilson(hits: float, n: float, level: float = LEVEL) -> tuple[float, float]:
    """Wilson's score interval for `hits` of `n` (Wilson 1927); n > 0."""
    z = _normal(level)
    p = hits / n
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    # At 0 and 1 the bound is exactly the end of the scale; floating point leaves 1e-17 there.
    return (0.0 if hits == 0 else centre - half), (1.0 if hits == n else centre + half)


def mean(
    n: int,
    total_of_values: Exact,
    total_of_squares: Exact,
    *,
    scale: tuple[Exact, Exact] | None = None,
    level: float = LEVEL,
) -> Estimate:
    """A mean with its t interval on n - 1 degrees of freedom.

    One value, or values that are all equal, show no spread; a zero-width interval would be a lie. On a
    known `scale` the widest spread that the scale allows is assumed instead (a variable between 0 and 1
    varies at most as a yes/no variable of the same mean does, so Wilson's interval holds); without a
    scale there is no interval.
    """
    if n == 0:
        return no_data(level)
    value = Fraction(total_of_values) / n
    spread = Fraction(total_of_squares) - n * value * value
    if n == 1 or spread <= 0:
        low, high = _bounded(value, n, scale, level)
    else:
        half = _student(level, n - 1) * sqrt(spread / (n - 1) / n)
        low, high = float(value) - half, float(value) + half
    return Estimate(value=float(value), n=n, low=low, high=high, level=level)


def _bounded(
    value: Fraction, n: int, scale: tuple[Exact, Exact] | None, level: float
) -> tuple[float | None, float | None]:
    if scale is None or scale[1] <= scale[0] or not scale[0] <= value <= scale[1]:
        return None, None
    width = Fraction(scale[1]) - scale[0]
    low, high = wilson(float((value - scale[0]) / width * n), n, level)
    return float(scale[0] + width * Fraction(low)), float(scale[0] + width * Fraction(high))


def ratio(
    units: int,
    sums: tuple[Exact, Exact],
    squares: tuple[Exact, Exact, Exact],
    *,
    n: int,
    level: float = LEVEL,
) -> Estimate:
    """A ratio of two totals, y/x, whose units (customers) were observed with both; by linearisation.

    `sums` are (sum of y, sum of x); `squares` are the sums of (y*y, x*x, x*y) over units. The variance is
    units / (units - 1) * sum((y - r*x)^2) / (sum of x)^2 (Cochran 1977, 6.3; R's `svyratio`).
    `n` is the base shown: usually the sum of x. No interval with one unit or without spread.
    """
    y, x = Fraction(sums[0]), Fraction(sums[1])
    if n == 0 or x == 0:
        return no_data(level)
    value = y / x
    yy, xx, xy = squares
    residual = yy - 2 * value * xy + value * value * xx
    low = high = None
    if units > 1 and residual > 0:
        half = _student(level, units - 1) * sqrt(Fraction(units, units - 1) * residual) / float(x)
        low, high = float(value) - half, float(value) + half
    return Estimate(value=float(value), n=n, low=low, high=high, level=level)


def nps(promoters: int, passives: int, detractors: int, level: float = LEVEL) -> Estimate:
    """Recommendation score in points, -100 to 100: 100 * (promoters - detractors) / n.

    The mean of +100, 0 and -100 with its t interval; under 30 answers, or when all answers are of one
    kind, the score interval instead, which knows the scale and never has zero width.
    """
    n = promoters + passives + detractors
    if n == 0:
        return no_data(level)
    value = float(Fraction(100 * (promoters - detractors), n))
    spread = Fraction(promoters + detractors, n) - Fraction(promoters - detractors, n) ** 2
    if n < SMALL_SAMPLE or spread == 0:
        low, high = nps_score_interval(promoters, passives, detractors, level)
    else:
        half = 100 * _student(level, n - 1) * sqrt(spread / (n - 1))
        low, high = value - half, value + half
    return Estimate(value=value, n=n, low=low, high=high, level=level)


def nps_score_interval(
    promoters: float, passives: float, detractors: float, level: float = LEVEL
) -> tuple[float, float]:
    """Score interval of NPS in points: all scores that the answers do not contradict; n > 0.

    A score t is kept while (observed - t)^2 * n <= z^2 * v(t), where v(t) is the variance of one answer
    under the likeliest shares that have score t (Tango 1998, applied to NPS by Rocks 2016).
    """
    n = promoters + passives + detractors
    observed = (promoters - detractors) / n
    z = _normal(level)

    def contradicts(score: float) -> bool:
        least = score_variance(promoters, passives, detractors, score)
        return (observed - score) ** 2 * n > z * z * least

    low = -1.0 if promoters == passives == 0 else _edge(contradicts, -1.0, observed)
    high = 1.0 if detractors == passives == 0 else _edge(contradicts, 1.0, observed)
    return 100 * low, 100 * high


def score_variance(promoters: float, passives: float, detractors: float, score: float) -> float:
    """Variance of one answer at the shares of greatest likelihood with promoters - detractors = score."""
    n = promoters + passives + detractors
    # With q the share of detractors: 2n q^2 - b q - c = 0; the larger root is the admissible one.
    b = promoters * (1 - score) + detractors * (1 - 3 * score) - 2 * passives * score
    c = detractors * score * (1 - score)
    root = (b + sqrt(max(b * b + 8 * n * c, 0.0))) / (4 * n)
    detracting = min(max(root, 0.0, -score), (1 - score) / 2)
    return max(2 * detracting + score - score * score, 0.0)


def _edge(contradicts: Callable[[float], bool], outside: float, inside: float) -> float:
    """The last score kept on the way from `inside` to `outside`, by bisection to the last bit."""
    for _ in range(80):
        middle = (outside + inside) / 2
        if contradicts(middle):
            outside = middle
        else:
            inside = middle
    return inside


def _normal(level: float) -> float:
    return NormalDist().inv_cdf((1 + level) / 2)


def _student(level: float, freedom: int) -> float:
    """Two-sided quantile of Student's t."""
    from scipy.special import stdtrit

    return float(stdtrit(freedom, (1 + level) / 2))
