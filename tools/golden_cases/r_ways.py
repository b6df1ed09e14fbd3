"""What programs in R add to a formula: where their iterations stop, and what they draw between two points.

Some expected values carry the error of such a program, larger than the tolerance of their file. These
functions walk the same way from the same start, on the exact functions of the product.
"""

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import copysign, inf

EPSILON = 2.220446049250313e-16


def zeroin(function: Callable[[float], float], low: float, high: float, tolerance: float) -> float:
    """Brent's root finder as in R's `uniroot`, which stops within `tolerance` (Brent 1973, chapter 4)."""
    a, b, c = low, high, low
    fa, fb = function(a), function(b)
    fc = fa
    for _ in range(1001):
        previous = b - a
        if abs(fc) < abs(fb):
            a, b, c = b, c, b
            fa, fb, fc = fb, fc, fb
        near = 2 * EPSILON * abs(b) + tolerance / 2
        step = (c - b) / 2
        if abs(step) <= near or fb == 0:
            return b
        if abs(previous) >= near and abs(fa) > abs(fb):
            step = _interpolated(a, b, c, fa, fb, fc, step=step, previous=previous, near=near)
        if abs(step) < near:
            step = copysign(near, step)
        a, fa = b, fb
        b += step
        fb = function(b)
        if (fb > 0 and fc > 0) or (fb < 0 and fc < 0):
            c, fc = a, fa
    return b


def _interpolated(  # noqa: PLR0917 -- the six numbers of Brent's step
    a: float,
    b: float,
    c: float,
    fa: float,
    fb: float,
    fc: float,
    *,
    step: float,
    previous: float,
    near: float,
) -> float:
    """The step to the zero of a line or parabola, when it stays well inside; else the half `step`."""
    width = c - b
    if a == c:
        ratio = fb / fa
        p, q = width * ratio, 1.0 - ratio
    else:
        q, ratio, other = fa / fc, fb / fc, fb / fa
        p = other * (width * q * (q - ratio) - (b - a) * (ratio - 1.0))
        q = (q - 1.0) * (ratio - 1.0) * (other - 1.0)
    if p > 0:
        q = -q
    else:
        p = -p
    good = p < 0.75 * width * q - abs(near * q) / 2 and p < abs(previous * q / 2)
    return p / q if good else step


def halving(kept: Callable[[float], float], start: float, end: float, goal: float) -> tuple[float, float]:
    """Last point tried, and last one kept, on the way from `start` towards `end` in ever halved steps.

    `kept` is a statistic, a point is kept while it is below `goal` in size; the walk ends with a step under
    1e-7 or a statistic within 1e-6 of the goal (Agresti's programs in PropCIs and NPS).
    """
    at, step = start, end - start
    tried = at
    for _ in range(50):
        step *= 0.5
        tried = at + step
        value = kept(tried)
        if abs(value) < goal:
            at = tried
        if abs(step) < 1e-7 or abs(goal - value) < 1e-6:
            break
    return tried, at


def spline(x: Sequence[float], y: Sequence[float]) -> tuple[list[float], list[float]]:
    """R's `spline(x, y)`: 3n points on the cubic spline of Forsythe, Malcolm and Moler (1977)."""
    n = len(x)
    b, c, d = _fmm(x, y)
    points = [x[0] + (x[-1] - x[0]) * index / (3 * n - 1) for index in range(3 * n)]
    values = []
    place = 0
    for point in points:
        while place < n - 2 and point >= x[place + 1]:
            place += 1
        h = point - x[place]
        values.append(y[place] + h * (b[place] + h * (c[place] + h * d[place])))
    return points, values


def _fmm(x: Sequence[float], y: Sequence[float]) -> tuple[list[float], list[float], list[float]]:
    """Coefficients of the spline whose ends follow the cubic through the four outer points."""
    n = len(x)
    gap = [x[i + 1] - x[i] for i in range(n - 1)]
    rise = [(y[i + 1] - y[i]) / gap[i] for i in range(n - 1)]
    diagonal = [-gap[0], *[2 * (gap[i - 1] + gap[i]) for i in range(1, n - 1)], -gap[-1]]
    right = [0.0, *[rise[i] - rise[i - 1] for i in range(1, n - 1)], 0.0]
    if n > 3:
        right[0] = right[2] / (x[3] - x[1]) - right[1] / (x[2] - x[0])
        right[0] *= gap[0] ** 2 / (x[3] - x[0])
        right[-1] = right[-2] / (x[-1] - x[-3]) - right[-3] / (x[-2] - x[-4])
        right[-1] *= -(gap[-1] ** 2) / (x[-1] - x[-4])
    for i in range(1, n):
        factor = gap[i - 1] / diagonal[i - 1]
        diagonal[i] -= factor * gap[i - 1]
        right[i] -= factor * right[i - 1]
    c = [0.0] * n
    c[-1] = right[-1] / diagonal[-1]
    for i in range(n - 2, -1, -1):
        c[i] = (right[i] - gap[i] * c[i + 1]) / diagonal[i]
    b = [rise[i] - gap[i] * (c[i + 1] + 2 * c[i]) for i in range(n - 1)]
    d = [(c[i + 1] - c[i]) / gap[i] for i in range(n - 1)]
    return b, [3 * value for value in c], d


def crossing(x: Sequence[float], y: Sequence[float], at: float) -> float:
    """Where the line through the points (x, y) has y = `at`: R's `approx(y, x, at)`; NaN outside."""
    points = sorted(zip(y, x, strict=True))
    for (low, left), (high, right) in pairwise(points):
        if low <= at <= high:
            return left if high == low else left + (right - left) * (at - low) / (high - low)
    return float("nan")


def profile(
    statistic: Callable[[float], float],
    centre: float,
    step: float,
    farthest: float,
    *,
    most: int,
    sides: Sequence[int] = (-1, 1),
) -> tuple[list[float], list[float]]:
    """Points on both sides of `centre`, `step` apart, until the signed root `statistic` passes `farthest`.

    Gives points in rising order with their statistics; `most` steps at most on each side.
    """
    found: dict[float, float] = {}
    for side in sides:
        for index in range(1, most + 1):
            at = centre + side * index * step
            found[at] = statistic(at)
            if not abs(found[at]) < min(farthest, inf):
                break
    points = sorted(found)
    return points, [found[point] for point in points]
