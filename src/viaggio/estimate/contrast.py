"""Two independent estimates held against each other, and products of estimates, with their intervals."""

from dataclasses import dataclass
from math import hypot
from statistics import NormalDist

from viaggio.kernel import Estimate

LEVEL = 0.95


@dataclass(frozen=True, slots=True)
class Contrast:
    """A difference or a product with its interval; None where the estimates show no spread."""

    value: float
    low: float | None
    high: float | None


def contrast(one: Estimate, other: Estimate) -> Contrast | None:
    """`one` less `other`, two independent estimates; None where one of them has no value.

    The interval is made of the two intervals, which need not be symmetric (MOVER: Zou and Donner 2008,
    "Construction of confidence limits about effect measures").
    """
    if one.value is None or other.value is None:
        return None
    gap = one.value - other.value
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Contrast(gap, None, None)
    below = hypot(one.value - one.low, other.high - other.value)
    above = hypot(one.high - one.value, other.value - other.low)
    return Contrast(gap, gap - below, gap + above)


def product(one: Contrast, other: Contrast, *, level: float = LEVEL) -> Contrast:
    """`one` times `other`, independent; the interval by the delta method on their half widths.

    The exact variance of a product of independent estimates (Goodman 1960), normal limits.
    """
    value = one.value * other.value
    if one.low is None or one.high is None or other.low is None or other.high is None:
        return Contrast(value, None, None)
    z = NormalDist().inv_cdf((1 + level) / 2)
    a, b = (one.high - one.low) / 2 / z, (other.high - other.low) / 2 / z
    half = z * hypot(one.value * b, other.value * a, a * b)
    return Contrast(value, value - half, value + half)
