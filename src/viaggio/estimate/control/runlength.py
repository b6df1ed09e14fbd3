"""How many points pass on average until a chart alarms, and which limit makes it as many as wanted.

For independent normal points of known centre and deviation. The average run length L(u), started at u,
solves a Fredholm equation of the second kind, here by Gauss-Legendre nodes (Crowder 1987 for EWMA,
Vance 1986 for CUSUM). All lengths in points, all shifts in standard deviations.
"""

from collections.abc import Callable
from functools import cache
from math import ceil, exp, sqrt

import numpy as np

from viaggio.estimate.errors import BadNumber

_NODES = 80


def shewhart_run_length(width: float = 3.0, shift: float = 0.0) -> float:
    """1 / chance of a point outside +-width when the mean is off by `shift`."""
    from scipy.special import ndtr

    _above_zero(width, "limits")
    return float(1 / (ndtr(-width - shift) + ndtr(-width + shift)))


def shewhart_limit(run_length: float) -> float:
    """Width of Shewhart limits for an average run length without change."""
    from scipy.special import ndtri

    _longer_than_one(run_length)
    return float(-ndtri(1 / (2 * run_length)))


def cusum_run_length(slack: float, limit: float, shift: float = 0.0, *, both_sides: bool = True) -> float:
    """Of a CUSUM with reference value `slack` (half the shift looked for) and decision interval `limit`.

    Both sides: 1 / L = 1 / L+ + 1 / L- (Lucas and Crosier 1982), exact for sums that start at 0.
    """
    _above_zero(limit, "limit")
    upper = _one_sided_cusum(slack, limit, shift)
    if not both_sides:
        return upper
    lower = upper if shift == 0 else _one_sided_cusum(slack, limit, -shift)
    return 1 / (1 / upper + 1 / lower)


@cache
def cusum_limit(slack: float, run_length: float, *, both_sides: bool = True) -> float:
    """Decision interval for an average run length without change."""
    _longer_than_one(run_length)
    return _solve(lambda limit: cusum_run_length(slack, limit, both_sides=both_sides), run_length)


def ewma_run_length(weight: float, width: float, shift: float = 0.0) -> float:
    """Of a two-sided EWMA with steady limits, started at the centre."""
    from scipy.special import ndtr

    if not 0 < weight <= 1:
        raise BadNumber(f"weight {weight} is not between 0 and 1", place="EWMA")
    _above_zero(width, "width")
    edge = width * sqrt(weight / (2 - weight))
    if weight == 1:
        return float(1 / (ndtr(-width - shift) + ndtr(-width + shift)))
    node, over = _legendre(-edge, edge, _nodes(edge, weight))
    kernel = _density((node[None, :] - (1 - weight) * node[:, None]) / weight - shift) / weight * over
    lengths = np.linalg.solve(np.eye(len(node)) - kernel, np.ones(len(node)))
    return float(1 + (_density(node / weight - shift) / weight * over) @ lengths)


@cache
def ewma_limit(weight: float, run_length: float) -> float:
    """Width of steady EWMA limits for an average run length without change."""
    _longer_than_one(run_length)
    return _solve(lambda width: ewma_run_length(weight, width), run_length)


def _one_sided_cusum(slack: float, limit: float, shift: float) -> float:
    """L(z) = 1 + L(0) * P(fall to 0) + int_0^h f(x + k - z - shift) L(x) dx, at z = 0."""
    from scipy.special import ndtr

    node, over = _legendre(0.0, limit, _nodes(limit, 1.0))
    start = np.concatenate([[0.0], node])
    system = np.eye(len(start))
    system[:, 0] -= ndtr(slack - start - shift)
    system[:, 1:] -= _density(node[None, :] + slack - start[:, None] - shift) * over
    return float(np.linalg.solve(system, np.ones(len(start)))[0])


def _nodes(reach: float, grain: float) -> int:
    """Enough nodes for a kernel that is `grain` deviations wide over a stretch of `reach`."""
    return min(600, max(_NODES, 20 * ceil(0.6 * reach / grain)))


@cache
def _unit_legendre(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    node, weight = np.polynomial.legendre.leggauss(nodes)
    return node, weight


def _legendre(low: float, high: float, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    node, weight = _unit_legendre(nodes)
    half = (high - low) / 2
    return low + half * (node + 1), half * weight


def _density(x: np.ndarray) -> np.ndarray:
    result: np.ndarray = np.exp(-x * x / 2) / sqrt(2 * np.pi)
    return result


def _solve(length_at: Callable[[float], float], wanted: float) -> float:
    """The limit whose run length is the wanted one; run lengths grow with limits."""
    from scipy.optimize import brentq

    low, high = 1e-3, 1.0
    while length_at(high) < wanted:
        low, high = high, high * 1.5
        if high > exp(4):
            raise BadNumber(f"run length {wanted} is out of reach", place="run length")
    return float(brentq(lambda limit: length_at(limit) - wanted, low, high, xtol=1e-10, rtol=1e-12))


def _above_zero(value: float, place: str) -> None:
    if not value > 0:
        raise BadNumber(f"{value} is not above 0", place=place)


def _longer_than_one(run_length: float) -> None:
    if not run_length > 1:
        raise BadNumber(
            f"an alarm every {run_length} points", place="run length", hint="370 is that of three sigmas."
        )
