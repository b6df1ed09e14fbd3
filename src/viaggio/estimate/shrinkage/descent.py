"""The least value of a smooth function of few numbers, with its curvature."""

from collections.abc import Callable

import numpy as np

from viaggio.estimate.errors import NotConverged
from viaggio.estimate.series import Floats


def minimum(function: Callable[[Floats], float], start: Floats, place: str) -> tuple[Floats, Floats]:
    """Where the function is least and its second derivatives there: BFGS, then Newton's steps.

    Raises `NotConverged` when the function has no clear least value.
    """
    from scipy.optimize import minimize

    found = minimize(function, start, method="BFGS", options={"gtol": 1e-4})
    at = np.asarray(found.x, dtype=np.float64)
    for _ in range(20):
        gradient, curvature = derivatives(function, at)
        try:
            step = np.linalg.solve(curvature, gradient)
        except np.linalg.LinAlgError as singular:
            raise _not_converged(place) from singular
        if not np.isfinite(step).all() or np.abs(at).max() > 30:
            raise _not_converged(place)
        if np.abs(step).max() < 1e-8 or function(at - step) > function(at):
            break
        at = at - step
    if np.linalg.eigvalsh(curvature).min() <= 0 or np.abs(gradient).max() > 1e-2:
        raise _not_converged(place)
    return at, curvature


def _not_converged(place: str) -> NotConverged:
    return NotConverged(
        "the likelihood has no clear maximum",
        place=place,
        hint="Leave out drivers, or use the beta-binomial.",
    )


def derivatives(function: Callable[[Floats], float], at: Floats) -> tuple[Floats, Floats]:
    """Gradient and second derivatives by central differences of the fourth order (mixed ones: the second)."""
    size, width = len(at), 1e-3
    steps = width * np.eye(size)
    middle = function(at)
    gradient, curvature = np.empty(size), np.empty((size, size))
    for i in range(size):
        ahead, behind = function(at + steps[i]), function(at - steps[i])
        far, near = function(at + 2 * steps[i]), function(at - 2 * steps[i])
        gradient[i] = (8 * (ahead - behind) - (far - near)) / (12 * width)
        curvature[i, i] = (16 * (ahead + behind) - (far + near) - 30 * middle) / (12 * width**2)
        for j in range(i):
            corners = [function(at + a * steps[i] + b * steps[j]) * a * b for a in (1, -1) for b in (1, -1)]
            curvature[i, j] = curvature[j, i] = sum(corners) / (4 * width**2)
    return gradient, curvature
