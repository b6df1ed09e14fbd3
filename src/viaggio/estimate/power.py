"""Chance to see a difference that is there, and what it takes: two shares, one share, means.

`alpha` is two-sided. Sizes are per group and not rounded. Shares: pooled z (`two_shares`, R's
`power.prop.test`) or the arcsine scale (Cohen 1988, R's `pwr`); means: Student's t (R's `power.t.test`).
"""

from collections.abc import Callable
from math import asin, sqrt
from statistics import NormalDist

from viaggio.estimate.errors import BadNumber

NORMAL = NormalDist()
PLACE = "power"
MOST = 1e9


def two_shares(first: float, second: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Answers per group to tell share `first` from `second`, by the z test with the pooled share."""
    _share(first, second)
    if first == second:
        raise BadNumber("The shares are equal", place=PLACE, hint="Give a difference worth seeing.")
    pooled, apart = _spreads(first, second)
    reach = _tail(alpha) * pooled + _quantile(power) * apart
    return (reach / (first - second)) ** 2


def detectable_share(first: float, size: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """The next higher share that `size` answers per group tell from `first`."""
    _share(first)

    def beyond(second: float) -> float:
        pooled, apart = _spreads(first, second)
        return sqrt(size) * (second - first) - _tail(alpha) * pooled - _quantile(power) * apart

    return _root(beyond, first, 1.0, f"No share above {first:g} is told from it by {size:g} answers a group")


def effect_of_shares(first: float, second: float) -> float:
    """Cohen's h: difference of the shares on the arcsine scale, on which their variance is constant."""
    _share(first, second)
    return 2 * asin(sqrt(first)) - 2 * asin(sqrt(second))


def two_shares_arcsine(first: float, second: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Answers per group to tell share `first` from `second`, on the arcsine scale; both tails count."""
    effect = effect_of_shares(first, second)
    return _size(lambda size: power_of_z(effect * sqrt(size / 2), alpha=alpha), power)


def power_of_two_shares(
    first: float, second: float, sizes: tuple[float, float], *, alpha: float = 0.05
) -> float:
    """Chance to tell the shares apart with groups of `sizes`, on the arcsine scale."""
    one, other = sizes
    return power_of_z(effect_of_shares(first, second) * sqrt(one * other / (one + other)), alpha=alpha)


def one_share(expected: float, norm: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Answers to tell a share from a fixed `norm`, on the arcsine scale."""
    effect = effect_of_shares(expected, norm)
    return _size(lambda size: power_of_z(effect * sqrt(size), alpha=alpha), power)


def power_of_z(shift: float, *, alpha: float = 0.05) -> float:
    """Chance of a z beyond either critical value when its mean is `shift`."""
    z = _tail(alpha)
    return NORMAL.cdf(shift - z) + NORMAL.cdf(-shift - z)


def two_means(difference: float, deviation: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Answers per group to see a `difference` of two means with a common standard deviation."""
    _positive(deviation)
    return _size(lambda size: power_of_two_means(difference, deviation, size, alpha=alpha), power, least=2)


def paired_means(difference: float, deviation: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Pairs to see a mean change of `difference`; `deviation` is that of the change."""
    _positive(deviation)
    effect = abs(difference) / deviation
    return _size(lambda pairs: _power_of_t(effect * sqrt(pairs), pairs - 1, alpha), power, least=2)


def power_of_two_means(difference: float, deviation: float, size: float, *, alpha: float = 0.05) -> float:
    """Chance to see the difference with `size` answers per group; a t beyond the wrong end does not count."""
    return _power_of_t(sqrt(size / 2) * abs(difference) / deviation, 2 * (size - 1), alpha)


def detectable_difference(deviation: float, size: float, *, power: float = 0.8, alpha: float = 0.05) -> float:
    """Smallest difference of two means that `size` answers per group show with `power`."""
    _positive(deviation)
    if size < 2:
        raise BadNumber(f"{size:g} answers a group", place=PLACE, hint="Two at least.")
    return _root(
        lambda difference: power_of_two_means(difference, deviation, size, alpha=alpha) - power,
        0.0,
        1e3 * deviation,
        "No difference reaches this power",
    )


def _power_of_t(shift: float, freedom: float, alpha: float) -> float:
    """Upper tail of the noncentral t beyond the two-sided critical value."""
    from scipy.special import nctdtr, stdtrit

    return float(1 - nctdtr(freedom, shift, stdtrit(freedom, 1 - alpha / 2)))


def _size(chance: Callable[[float], float], power: float, *, least: float = 1e-6) -> float:
    """The size at which `chance` reaches `power`."""
    _quantile(power)
    if chance(least) >= power:
        return least
    most = max(4.0, 2 * least)
    while chance(most) < power:
        most *= 4
        if most > MOST:
            raise BadNumber("No size reaches this power", place=PLACE, hint="Give a difference worth seeing.")
    return _root(lambda size: chance(size) - power, least, most, "No size reaches this power")


def _root(value: Callable[[float], float], low: float, high: float, trouble: str) -> float:
    from scipy.optimize import brentq

    if value(high) < 0:
        raise BadNumber(trouble, place=PLACE)
    return float(brentq(value, low, high, xtol=1e-12, rtol=1e-13))


def _spreads(first: float, second: float) -> tuple[float, float]:
    """Root variances of the difference of two single answers: pooled, and with a share each."""
    both = first + second
    return sqrt(both * (1 - both / 2)), sqrt(first * (1 - first) + second * (1 - second))


def _tail(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise BadNumber(f"alpha = {alpha:g}", place=PLACE, hint="It must lie between 0 and 1.")
    return NORMAL.inv_cdf(1 - alpha / 2)


def _quantile(power: float) -> float:
    if not 0 < power < 1:
        raise BadNumber(f"power = {power:g}", place=PLACE, hint="It must lie between 0 and 1.")
    return NORMAL.inv_cdf(power)


def _share(*shares: float) -> None:
    for share in shares:
        if not 0 <= share <= 1:
            raise BadNumber(f"share = {share:g}", place=PLACE, hint="It must lie between 0 and 1.")


def _positive(deviation: float) -> None:
    if not deviation > 0:
        raise BadNumber(f"deviation = {deviation:g}", place=PLACE, hint="It must be above 0.")
