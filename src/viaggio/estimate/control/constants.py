"""The constants of control charts, computed: what range and standard deviation of a normal sample mean."""

from dataclasses import dataclass
from functools import cache
from math import exp, lgamma, sqrt

import numpy as np

from viaggio.estimate.errors import TooFew

_REACH = 9.0  # standard deviations: beyond it a normal variable lies with chance 2e-19
_NODES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeConstants:
    """Mean (`d2`) and standard deviation (`d3`) of the range of n standard normal values."""

    d2: float
    d3: float


def c4(n: int) -> float:
    """Mean of the standard deviation (divisor n - 1) of `n` standard normal values, n >= 2."""
    if n < 2:
        raise TooFew(f"a group of {n} shows no spread", place="c4", hint="Use the individuals chart.")
    return sqrt(2 / (n - 1)) * exp(lgamma(n / 2) - lgamma((n - 1) / 2))


@cache
def range_constants(n: int) -> RangeConstants:
    """d2 and d3 for groups of `n` >= 2, by Gauss-Legendre quadrature (Tippett 1925), to 1e-13.

    E R = int 1 - F^n - (1 - F)^n dx and E R^2 = 2 int int_{x<y} 1 - F(y)^n - (1 - F(x))^n + (F(y) - F(x))^n.
    """
    from scipy.special import ndtr

    if n < 2:
        raise TooFew(f"a group of {n} has no range", place="d2, d3", hint="Use the individuals chart.")
    node, weight = np.polynomial.legendre.leggauss(_NODES)
    x, over_x = _REACH * node, _REACH * weight
    below, above = ndtr(x), ndtr(-x)
    d2 = float(over_x @ (1 - below**n - above**n))
    half = (_REACH - x) / 2
    y = x[:, None] + half[:, None] * (node + 1)
    over_both = (over_x * half)[:, None] * weight
    below_y = ndtr(y)
    between = np.clip(below_y - below[:, None], 0, None)
    square = 2 * float((over_both * (1 - below_y**n - above[:, None] ** n + between**n)).sum())
    return RangeConstants(d2=d2, d3=sqrt(square - d2 * d2))
