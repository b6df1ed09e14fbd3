"""The cost of one component under a normally distributed measure, in closed form: the check of simulations.

For a piecewise linear payout f(x) and x ~ Normal(mu, sigma) the moments of f are sums over its pieces of
integrals of a + b x and its square against the normal density (truncated-normal moments).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import erf, exp, inf, isinf, pi, sqrt

from viaggio.incentive.curves import Curve, Shape


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Cost of one component in currency units, with the chances that it pays nothing or the cap."""

    mean: float
    sd: float
    median: float
    chance_of_none: float
    chance_of_cap: float


@dataclass(frozen=True, slots=True)
class _Piece:
    """From `low` to `high` the payout is a + b x."""

    low: float
    high: float
    a: float
    b: float


def _pieces(curve: Curve) -> Iterator[_Piece]:
    points = [(float(x), float(y)) for x, y in curve.ascending]
    yield _Piece(-inf, points[0][0], float(curve.below), 0.0)
    for (x0, y0), (x1, y1) in pairwise(points):
        slope = (y1 - y0) / (x1 - x0) if curve.shape is Shape.LINEAR else 0.0
        yield _Piece(x0, x1, y0 - slope * x0, slope)
    yield _Piece(points[-1][0], inf, points[-1][1], 0.0)


def _below(z: float) -> float:
    return (1 + erf(z / sqrt(2))) / 2


def _density(z: float) -> float:
    return 0.0 if isinf(z) else exp(-z * z / 2) / sqrt(2 * pi)


def _moments(piece: _Piece, mu: float, sigma: float) -> tuple[float, float]:
    """Integrals of the payout and of its square over one piece."""
    low, high = (piece.low - mu) / sigma, (piece.high - mu) / sigma
    mass = _below(high) - _below(low)
    first = _density(low) - _density(high)
    weighted_low = 0.0 if isinf(low) else low * _density(low)
    weighted_high = 0.0 if isinf(high) else high * _density(high)
    second = mass + weighted_low - weighted_high
    base, slope = piece.a + piece.b * mu, piece.b * sigma
    return base * mass + slope * first, base**2 * mass + 2 * base * slope * first + slope**2 * second


def cost(curve: Curve, *, mu: float, sigma: float, target: float) -> Cost:
    """The cost of `target` paid by this curve when the measure is Normal(mu, sigma), sigma above 0."""
    centre = -mu if curve.falling else mu
    pieces = list(_pieces(curve))
    mean = square = 0.0
    for piece in pieces:
        first, second = _moments(piece, centre, sigma)
        mean, square = mean + first, square + second
    middle = next(p for p in pieces if p.low <= centre < p.high)
    start, end = pieces[0].high, pieces[-1].low
    return Cost(
        mean=target * mean,
        sd=target * sqrt(max(square - mean**2, 0.0)),
        median=target * (middle.a + middle.b * centre),
        chance_of_none=_below((start - centre) / sigma) if curve.below == 0 else 0.0,
        chance_of_cap=1 - _below((end - centre) / sigma),
    )


def chance_above(curve: Curve, cost_limit: float, *, mu: float, sigma: float, target: float) -> float:
    """The chance that the cost exceeds a limit: that of the values whose payout is above limit / target."""
    centre = -mu if curve.falling else mu
    wanted = cost_limit / target
    chance = 0.0
    for piece in _pieces(curve):
        low, high = piece.low, piece.high
        if piece.b == 0:
            if piece.a <= wanted:
                continue
        else:
            low = max(low, (wanted - piece.a) / piece.b)
        if low < high:
            chance += _below((high - centre) / sigma) - _below((low - centre) / sigma)
    return chance
