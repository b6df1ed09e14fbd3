"""Answers of many units: how much units differ, and each unit's level drawn to the whole (REML or ML).

answer = drivers * effects + unit + noise, units normal with variance `between`, noise with variance `within`.
The likelihood is profiled down to the ratio of the two variances (Laird and Ware 1982; Bates et al. 2015) and
its slope solved for zero, with each unit's part in closed form.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import log, pi

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import Constant
from viaggio.estimate.series import Floats
from viaggio.estimate.shrinkage.grouped import Grouped, grouped

PLACE = "random intercept"


class Fit(StrEnum):
    """Which likelihood: REML allows for the effects that were estimated, ML does not."""

    REML = "reml"
    ML = "ml"


@dataclass(frozen=True, slots=True, kw_only=True)
class RandomIntercept:
    """Fixed effects (constant first) with their errors, the two variances, and each unit's part.

    Per unit, in the order of `units`: what it adds to the fixed part (`added`) with its conditional standard
    deviation (`errors_added`).
    `icc` is between / (between + within): the correlation of two answers of one unit.
    """

    effects: Floats
    errors: Floats
    between: float
    within: float
    icc: float
    log_likelihood: float
    units: tuple[Hashable, ...]
    added: Floats
    errors_added: Floats
    sizes: Floats


@dataclass(frozen=True, slots=True)
class _Profile:
    """The model at one ratio of between to within variance."""

    deviance: float
    slope: float
    effects: Floats
    precision: Floats  # X' V^-1 X with within variance 1
    within: float
    unit_residuals: Floats  # sums of residuals by unit


def random_intercept(
    outcome: npt.ArrayLike,
    units: Sequence[Hashable],
    drivers: npt.ArrayLike | None = None,
    *,
    fit: Fit = Fit.REML,
) -> RandomIntercept:
    """Fit the model to `outcome` (n,) with the unit of each row and optional `drivers` (n, p).

    `between` is 0 where units differ no more than chance lets them. Raises `BadSample`, `TooFew` or
    `Collinear` (see `grouped`) and `Constant` when nothing varies inside units.
    """
    rows = grouped(outcome, units, drivers, PLACE)
    inside = rows.outcome - (rows.sums(rows.outcome) / rows.sizes)[rows.unit]
    if float(inside @ inside) <= 1e-24 * max(1.0, float(rows.outcome @ rows.outcome)):
        raise Constant("answers do not vary inside units", place=PLACE, hint="Compare the units' values.")
    ratio = _best_ratio(rows, fit)
    found = _profile(rows, ratio, fit)
    between = ratio * found.within
    return RandomIntercept(
        effects=found.effects,
        errors=np.sqrt(found.within * np.diag(np.linalg.inv(found.precision))),
        between=between,
        within=found.within,
        icc=between / (between + found.within),
        log_likelihood=-found.deviance / 2,
        units=rows.units,
        added=ratio / (1 + ratio * rows.sizes) * found.unit_residuals,
        errors_added=np.sqrt(between / (1 + ratio * rows.sizes)),
        sizes=rows.sizes,
    )


def _best_ratio(rows: Grouped, fit: Fit) -> float:
    """The ratio of least deviance: the best of a grid, then the zero of the slope beside it."""
    from scipy.optimize import brentq

    grid = np.concatenate([[0.0], np.logspace(-8, 8, 81)])
    profiles = [_profile(rows, float(ratio), fit) for ratio in grid]
    best = int(np.argmin([profile.deviance for profile in profiles]))
    low, high = max(best - 1, 0), min(best + 1, len(grid) - 1)
    if profiles[low].slope >= 0 or profiles[high].slope <= 0:
        return float(grid[best])
    return float(
        brentq(lambda ratio: _profile(rows, ratio, fit).slope, grid[low], grid[high], xtol=1e-15, rtol=1e-14)
    )


def _profile(rows: Grouped, ratio: float, fit: Fit) -> _Profile:
    grown = 1 + ratio * rows.sizes
    x, y = rows.design, rows.outcome
    x_sums, y_sums = rows.sums(x), rows.sums(y)
    share = ratio / grown
    precision = x.T @ x - (x_sums * share[:, None]).T @ x_sums
    effects = np.linalg.solve(precision, x.T @ y - (x_sums * share[:, None]).T @ y_sums)
    residuals = y - x @ effects
    by_unit = rows.sums(residuals)
    squares = float(residuals @ residuals - share @ by_unit**2)
    restricted = fit is Fit.REML
    freedom = len(y) - x.shape[1] * restricted
    deviance = float(np.log(grown).sum()) + freedom * (1 + log(2 * pi * squares / freedom))
    slope = (
        float((rows.sizes / grown).sum()) - freedom * float((by_unit / grown) @ (by_unit / grown)) / squares
    )
    if restricted:
        deviance += float(np.linalg.slogdet(precision)[1])
        slope -= float(
            np.trace(np.linalg.solve(precision, (x_sums / grown[:, None]).T @ (x_sums / grown[:, None])))
        )
    return _Profile(deviance, slope, effects, precision, squares / freedom, by_unit)
