"""Where R's `glmer` stops inside each step of its Laplace approximation.

lme4 finds the units' modes by weighted least squares until the penalised deviance moves by less than 1e-7 of
itself, starts each search at the linear predictor of a joint fit, and takes the determinant with the weights
before the last round. Its deviance is so off by 1e-6, its standard errors by 3e-4. The product goes to the
modes themselves (`viaggio.estimate.shrinkage`); this walks lme4's way to reproduce its digits.
"""

from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar
from scipy.special import expit

from viaggio.estimate.errors import NotConverged
from viaggio.estimate.shrinkage import RandomInterceptLogit
from viaggio.estimate.shrinkage.descent import minimum
from viaggio.estimate.shrinkage.grouped import Grouped, grouped

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-7
ROUNDS = 30


def glmer_laplace(
    outcome: Sequence[float], units: Sequence[Hashable], drivers: Any, *, near: RandomInterceptLogit
) -> RandomInterceptLogit:
    """The fit where lme4 stops; `near` is the exact one, from which the search starts."""
    rows = grouped(outcome, units, drivers, "glmer")
    joint = minimize_scalar(
        lambda deviation: _joint(rows, deviation)[0],
        bounds=(0, 4 * near.deviation + 1),
        method="bounded",
        options={"xatol": 1e-9},
    )
    start = _joint(rows, float(joint.x))[1]
    exact = np.array([near.deviation, *near.effects])
    try:
        best, curvature = minimum(lambda at: _hasty(rows, at, start)[0], exact, "glmer")
    except NotConverged:  # the deviance jumps, where one round more is taken, just at its least value
        return near
    deviance, added = _hasty(rows, best, start)
    return replace(
        near,
        deviation=abs(float(best[0])),
        effects=best[1:],
        errors=np.sqrt(2 * np.diag(np.linalg.inv(curvature))[1:]),
        log_likelihood=-deviance / 2,
        added=added,
    )


def _deviance(rows: Grouped, odds: Floats) -> float:
    return 2 * float((np.logaddexp(0, odds) - rows.outcome * odds).sum())


def _joint(rows: Grouped, deviation: float) -> tuple[float, Floats]:
    """Effects and units together, as lme4 starts: deviance and linear predictor."""
    x, y = rows.design, rows.outcome
    odds = np.log((y + 0.5) / (1.5 - y))
    before = np.inf
    for _ in range(ROUNDS):
        chance = expit(odds)
        weight = chance * (1 - chance)
        working = odds + (y - chance) / weight
        scale = 1 + deviation**2 * rows.sums(weight)
        by_unit, unit_working = (
            deviation * rows.sums(x * weight[:, None]),
            deviation * rows.sums(weight * working),
        )
        system = x.T @ (x * weight[:, None]) - (by_unit / scale[:, None]).T @ by_unit
        effects = np.linalg.solve(
            system, x.T @ (weight * working) - (by_unit / scale[:, None]).T @ unit_working
        )
        unit = (unit_working - by_unit @ effects) / scale
        odds = x @ effects + deviation * unit[rows.unit]
        penalised = _deviance(rows, odds) + float(unit @ unit)
        if abs((before - penalised) / penalised) < TOLERANCE:
            break
        before = penalised
    return penalised + float(np.log(scale).sum()), odds


def _hasty(rows: Grouped, at: Floats, start: Floats) -> tuple[float, Floats]:
    """lme4's deviance at (deviation, effects), and what units add to the log-odds."""
    deviation, fixed = float(at[0]), rows.design @ at[1:]
    odds, before = start, np.inf
    for _ in range(ROUNDS):
        chance = expit(odds)
        weight = chance * (1 - chance)
        scale = 1 + deviation**2 * rows.sums(weight)
        unit = deviation * rows.sums(weight * (odds - fixed) + rows.outcome - chance) / scale
        odds = fixed + deviation * unit[rows.unit]
        penalised = _deviance(rows, odds) + float(unit @ unit)
        if abs((before - penalised) / penalised) < TOLERANCE:
            break
        before = penalised
    return penalised + float(np.log(scale).sum()), deviation * unit
