"""Yes/no answers of many units: log-odds with a normal unit term, by Laplace or adaptive quadrature.

For each unit the integrand is centred at its mode and scaled by its curvature there (Pinheiro and Bates
1995); one node is the Laplace approximation. Errors come from the curvature of the deviance in the standard
deviation and the effects together, as in lme4.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, EmptyCategory
from viaggio.estimate.series import Floats
from viaggio.estimate.shrinkage.descent import minimum
from viaggio.estimate.shrinkage.grouped import Grouped, grouped

PLACE = "random-intercept logit"


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomInterceptLogit:
    """Effects in log-odds (constant first) with errors, the units' standard deviation, each unit's part.

    Per unit, in the order of `units`: `added` is the mode of what it adds to the log-odds, `shares` its
    share of yes (0 to 1) at the mean of the drivers, drawn to the whole.
    """

    effects: Floats
    errors: Floats
    deviation: float
    log_likelihood: float
    units: tuple[Hashable, ...]
    added: Floats
    shares: Floats


def random_intercept_logit(
    outcome: npt.ArrayLike,
    units: Sequence[Hashable],
    drivers: npt.ArrayLike | None = None,
    *,
    nodes: int = 9,
) -> RandomInterceptLogit:
    """Fit to `outcome` (n,) of 0 and 1 with the unit of each row and optional `drivers` (n, p).

    `nodes` of the quadrature; 1 is Laplace's approximation. Raises as `grouped` does, `EmptyCategory` when
    all answers are alike and `NotConverged` when drivers tell yes from no without fault.
    """
    from scipy.special import expit

    rows = grouped(outcome, units, drivers, PLACE)
    if not np.isin(rows.outcome, (0, 1)).all():
        raise BadNumber("the outcome has values other than 0 and 1", place=PLACE)
    if rows.outcome.min() == rows.outcome.max():
        raise EmptyCategory("all answers are alike", place=PLACE, hint="Use the beta-binomial of more units.")
    if nodes < 1:
        raise BadNumber(f"{nodes} nodes", place=PLACE, hint="Nine are plenty.")
    scales = np.concatenate([[1.0, 1.0], rows.design[:, 1:].std(axis=0)])

    def deviance(parameters: Floats) -> float:
        return _deviance(rows, parameters / scales, nodes)

    best, curvature = minimum(deviance, _start(rows) * scales, PLACE)
    parameters = best / scales
    covariance = 2 * np.linalg.inv(curvature) / np.outer(scales, scales)
    deviation, effects = abs(float(parameters[0])), parameters[1:]
    added = deviation * _modes(rows, effects, deviation)[0]
    return RandomInterceptLogit(
        effects=effects,
        errors=np.sqrt(np.diag(covariance)[1:]),
        deviation=deviation,
        log_likelihood=-deviance(best) / 2,
        units=rows.units,
        added=added,
        shares=expit(rows.design.mean(axis=0) @ effects + added),
    )


def _start(rows: Grouped) -> Floats:
    """Half a log-odds between units, the common share, no effects."""
    share = rows.outcome.mean()
    return np.array([0.5, np.log(share / (1 - share)), *np.zeros(rows.design.shape[1] - 1)])


def _modes(rows: Grouped, effects: Floats, deviation: float) -> tuple[Floats, Floats]:
    """Per unit the mode of its standardised term and the curvature there, by Newton's steps."""
    from scipy.special import expit

    fixed = rows.design @ effects
    mode = np.zeros(len(rows.units))
    for _ in range(100):
        chance = expit(fixed + deviation * mode[rows.unit])
        curvature = 1 + deviation**2 * rows.sums(chance * (1 - chance))
        step = (deviation * rows.sums(rows.outcome - chance) - mode) / curvature
        mode = mode + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-13:
            break
    chance = expit(fixed + deviation * mode[rows.unit])
    return mode, 1 + deviation**2 * rows.sums(chance * (1 - chance))


def _deviance(rows: Grouped, parameters: Floats, nodes: int) -> float:
    """-2 log likelihood at (deviation, effects)."""
    deviation, effects = float(parameters[0]), parameters[1:]
    mode, curvature = _modes(rows, effects, deviation)
    fixed = rows.design @ effects
    node, weight = np.polynomial.hermite.hermgauss(nodes)
    logs = np.empty((len(rows.units), nodes))
    for place, (at, over) in enumerate(zip(node, weight, strict=True)):
        unit_term = mode + np.sqrt(2 / curvature) * at
        odds = fixed + deviation * unit_term[rows.unit]
        likelihood = rows.sums(rows.outcome * odds - np.logaddexp(0, odds))
        logs[:, place] = likelihood - unit_term**2 / 2 + at * at + np.log(over)
    top = logs.max(axis=1)
    by_unit = top + np.log(np.exp(logs - top[:, None]).sum(axis=1)) - np.log(np.pi * curvature) / 2
    return float(-2 * by_unit.sum())
