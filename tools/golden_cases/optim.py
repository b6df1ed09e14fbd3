"""The searches of R's `optim` and `optimise`, step by step, with their early ends.

Some expected values are not those of the greatest likelihood but of the point where such a search gave up:
only the same steps find them again. The product itself fits to the maximum.
"""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Value = Callable[[Floats], float]

RELATIVE = 1e-8
NUDGE = 1e-3
"""Width of numeric derivatives (`ndeps`)."""
BIG = 1e35


def optimise(value: Callable[[float], float], low: float, high: float) -> float:
    """Brent's bounded search to R's default precision, the fourth root of the machine's."""
    from scipy.optimize import minimize_scalar

    precision = float(np.finfo(float).eps ** 0.25)
    found = minimize_scalar(value, bounds=(low, high), method="bounded", options={"xatol": precision})
    return float(found.x)


def variable_metric(
    start: Floats, value: Value, gradient: Callable[[Floats], Floats], *, most: int = 100
) -> tuple[Floats, float]:
    """`optim(method = "BFGS")`: Nash's (1990) algorithm 21 with backtracking."""
    at, least, slope = start.copy(), value(start), gradient(start)
    inverse, since_reset = np.eye(len(start)), 0
    for _ in range(most):
        step = -inverse @ slope
        descent = float(step @ slope)
        moved = False
        if descent < 0:
            size, after, found = _backtrack(at, step, descent, least, value)
            moved = size > 0 and abs(found - least) > RELATIVE * (abs(least) + RELATIVE)
            at, least = (after, found) if size > 0 else (at, least)
        if moved:
            before, slope = slope, gradient(at)
            inverse, curved = _updated(inverse, size * step, slope - before)
            since_reset = since_reset + 1 if curved else 0
            if since_reset > 2 * len(start):
                since_reset = 0
        elif since_reset:
            since_reset = 0  # once more, straight down, before it is believed
        else:
            break
        if not since_reset:
            inverse = np.eye(len(start))
    return at, least


def nelder_mead(start: Floats, value: Value, *, most: int = 500) -> tuple[Floats, float]:
    """`optim(method = "Nelder-Mead")`: Nash's (1990) algorithm 19; ends after `most` evaluations."""
    calls = 0

    def height(point: Floats) -> float:
        nonlocal calls
        calls += 1
        found = value(point)
        return found if np.isfinite(found) else BIG

    points, size = _simplex(start)
    heights = np.array([height(point) for point in points])
    close = RELATIVE * (abs(heights[0]) + RELATIVE)
    best = 0
    while True:
        best, worst = _ends(heights, best)
        if heights[worst] <= heights[best] + close:
            break
        middle = (points.sum(axis=0) - points[worst]) / len(start)
        if not _replace(points, heights, (best, worst), middle, height):
            others = np.arange(len(points)) != best
            points[others] = 0.5 * (points[others] - points[best]) + points[best]
            smaller = float(np.abs(points - points[best]).sum())
            if smaller >= size:
                break
            size = smaller
            if calls <= most:
                heights[others] = [height(point) for point in points[others]]
        if calls > most:
            break
    return points[best], float(heights[best])


def slope(value: Value, at: Floats) -> Floats:
    """Central differences, as `optim` takes them without a gradient."""
    return np.array([(value(at + step) - value(at - step)) / (2 * NUDGE) for step in NUDGE * np.eye(len(at))])


def hessian(value: Value, at: Floats) -> Floats:
    """`optimHess`: differences of those differences, made symmetric."""
    rows = [
        (slope(value, at + step) - slope(value, at - step)) / (2 * NUDGE) for step in NUDGE * np.eye(len(at))
    ]
    return np.asarray((np.array(rows) + np.array(rows).T) / 2)


def _backtrack(
    at: Floats, step: Floats, descent: float, least: float, value: Value
) -> tuple[float, Floats, float]:
    """Length of the step that is accepted, the point, its value; length 0 when it no longer moves."""
    size = 1.0
    while True:
        after = at + size * step
        if (after + 10.0 == at + 10.0).all():
            return 0.0, after, least
        found = value(after)
        if np.isfinite(found) and found <= least + descent * size * 1e-4:
            return size, after, found
        size *= 0.2


def _updated(inverse: Floats, change: Floats, turned: Floats) -> tuple[Floats, bool]:
    """The inverse metric after a step, and whether the slope curved upwards along it."""
    curvature = float(change @ turned)
    if curvature <= 0:
        return inverse, False
    image = inverse @ turned
    scale = 1 + float(turned @ image) / curvature
    crossed = np.outer(change, image)
    return inverse + (scale * np.outer(change, change) - crossed - crossed.T) / curvature, True


def _simplex(start: Floats) -> tuple[Floats, float]:
    """The start and one corner per parameter, all a tenth of the largest parameter away; their size."""
    step = 0.1 * float(np.abs(start).max()) or 0.1
    return np.vstack([start, start + step * np.eye(len(start))]), 10 * step * len(start)


def _ends(heights: Floats, best: int) -> tuple[int, int]:
    """Lowest and highest corner; among equals the earlier one, the last best first of all."""
    lowest = int(np.argmin(heights))
    highest = int(np.argmax(heights))
    lowest = best if heights[best] == heights[lowest] else lowest
    return lowest, best if heights[best] == heights[highest] else highest


def _replace(points: Floats, heights: Floats, ends: tuple[int, int], middle: Floats, height: Value) -> bool:
    """Put a better corner in the worst one's place: reflected, stretched or drawn in. False: none is."""
    best, worst = ends
    top = heights[worst]
    reflected = 2 * middle - points[worst]
    found = height(reflected)
    if found < heights[best]:
        stretched = 2 * reflected - middle
        further = height(stretched)
        better = further < found
        points[worst], heights[worst] = (stretched, further) if better else (reflected, found)
        return True
    if found < top:
        points[worst], heights[worst] = reflected, found
    inside = 0.5 * points[worst] + 0.5 * middle
    closer = height(inside)
    if closer < heights[worst]:
        points[worst], heights[worst] = inside, closer
        return True
    return bool(found < top)
