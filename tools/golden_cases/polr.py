"""Where R's `polr` stops: not at the greatest likelihood, but where its search ends early.

`MASS::polr` maximises the proportional-odds likelihood by variable-metric steps (Nash 1990, algorithm 21, R's
"BFGS") until one step gains less than 1e-8 of the deviance's half. The last digits of its coefficients come
from that stop, so they are found again only along the same path: the same start, steps and rule. The product
itself fits to the maximum (`viaggio.estimate.drivers.ordinal`).
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.drivers.logit import logit

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Stopped:
    """The parameters at which the search ended."""

    coefficients: Floats
    thresholds: Floats
    deviance: float


def polr(outcome: npt.NDArray[np.intp], drivers: Floats) -> Stopped:
    """Proportional odds of `outcome` (n,) on `drivers` (n, p), from polr's start to polr's stop."""
    levels, codes = np.unique(outcome, return_inverse=True)
    cuts, p = len(levels) - 1, drivers.shape[1]

    def thresholds(parameters: Floats) -> Floats:
        steps = parameters[p:]
        return np.cumsum(np.concatenate([steps[:1], np.exp(steps[1:])]))

    def bounds(parameters: Floats) -> tuple[Floats, Floats]:
        edges = np.concatenate([[-np.inf], thresholds(parameters), [np.inf]])
        linear = drivers @ parameters[:p]
        # polr caps the bounds at 100
        return np.minimum(100, edges[codes + 1] - linear), np.maximum(-100, edges[codes] - linear)

    def value(parameters: Floats) -> float:
        high, low = bounds(parameters)
        chance = _logistic(high) - _logistic(low)
        return float(-np.log(chance).sum()) if (chance > 0).all() else np.inf

    def gradient(parameters: Floats) -> Floats:
        high, low = bounds(parameters)
        chance = _logistic(high) - _logistic(low)
        up, down = _density(high) / chance, _density(low) / chance
        by_threshold = np.array(
            [(up * (codes == k)).sum() - (down * (codes == k + 1)).sum() for k in range(cuts)]
        )
        turn = np.tril(np.ones((cuts, cuts)))
        turn[:, 1:] *= np.exp(parameters[p + 1 :])
        return np.concatenate([drivers.T @ (up - down), -by_threshold @ turn])

    found, least = variable_metric(_start(codes, drivers, cuts), value, gradient)
    return Stopped(found[:p], thresholds(found), 2 * least)


def variable_metric(
    start: Floats,
    value: Callable[[Floats], float],
    gradient: Callable[[Floats], Floats],
    *,
    relative: float = 1e-8,
    most: int = 100,
) -> tuple[Floats, float]:
    """Nash's variable metric search with backtracking, as R's `optim(method = "BFGS")` runs and ends it."""
    at, least, slope = start.copy(), value(start), gradient(start)
    inverse, since_reset = np.eye(len(start)), 0
    for _ in range(most):
        step = -inverse @ slope
        descent = float(step @ slope)
        moved = False
        if descent < 0:
            size, after, found = _backtrack(at, step, descent, least, value)
            moved = size > 0 and abs(found - least) > relative * (abs(least) + relative)
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


def _backtrack(
    at: Floats, step: Floats, descent: float, least: float, value: Callable[[Floats], float]
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


def _start(codes: npt.NDArray[np.intp], drivers: Floats, cuts: int) -> Floats:
    """The start: a logit at the middle threshold, thresholds at equal spaces on the logit scale."""
    middle = (cuts + 1) // 2
    names = [f"x{j}" for j in range(drivers.shape[1])]
    fit = logit((codes >= middle).astype(float), drivers, names).coefficients
    spaces = np.arange(1, cuts + 1) / (cuts + 1)
    gammas = np.log(spaces / (1 - spaces))
    thresholds = -fit[0] + gammas - gammas[middle - 1]
    return np.concatenate([fit[1:], thresholds[:1], np.log(np.diff(thresholds))])


def _logistic(t: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-t)))


def _density(t: Floats) -> Floats:
    return _logistic(t) * _logistic(-t)
