"""Where R's `polr` stops: not at the greatest likelihood, but where its search ends early.

`MASS::polr` maximises the proportional-odds likelihood by variable-metric steps (Nash 1990, algorithm 21, R's
"BFGS") until one step gains less than 1e-8 of the deviance's half. The last digits of its coefficients come
from that stop, so they are found again only along the same path: the same start, steps and rule. The product
itself fits to the maximum (`viaggio.estimate.drivers.ordinal`).
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from golden_cases.optim import variable_metric
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
