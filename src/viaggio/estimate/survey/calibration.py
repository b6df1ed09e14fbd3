"""Calibration: weights near the drawn ones that meet known totals, of categories and of amounts.

Deville and Sarndal 1992: g = F(x' lambda), with F linear (the regression estimator), exponential (raking) or
logit with bounds. All give the same linearised variance, that of the residuals of the regression on x.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from viaggio.estimate.errors import BadMargins, BadSample, NotConverged
from viaggio.estimate.survey.design import Design, Floats

Distance = Literal["linear", "raking", "logit"]
Bounds = tuple[float, float]
ENDLESS: Bounds = (-np.inf, np.inf)
OVERSHOT = 0.9
"""Share of the first slope that may be left, turned, after a step; 0.9 is usual for Newton steps."""


@dataclass(frozen=True, slots=True, eq=False)
class Regression:
    """Calibration's residuals: scores are freed of the auxiliaries by weighted regression."""

    basis: Floats
    """(n, p) orthonormal basis of the auxiliaries times the root of the weights of before."""
    scale: Floats
    """(n,) g times the root of the weights of before."""

    def residuals(self, scores: Floats) -> Floats:
        """Scores (n, k) less their regression on the auxiliaries."""
        scale = np.where(self.scale == 0, 1.0, self.scale)[:, None]
        values = scores / scale
        return np.asarray((values - self.basis @ (self.basis.T @ values)) * scale)


def calibrate(
    design: Design,
    totals: Mapping[str, tuple[Any, float]],
    *,
    distance: Distance = "linear",
    bounds: Bounds = ENDLESS,
    tolerance: float = 1e-11,
    most: int = 200,
) -> Design:
    """Weights with the given totals: `totals` holds (column (n,), its population total) by name.

    Give a column of ones for the population itself, and leave one category of each variable out.
    `bounds` hold the ratio of new to old weights; the logit distance needs them, on both sides of 1.
    `tolerance` is the largest misfit of a total, as a share of it. A column that the others determine is
    met when the totals agree. Raises `BadMargins` for bounds or totals that cannot be, `NotConverged` when
    the totals are not met within the bounds.
    """
    columns, targets = _auxiliaries(design, totals)
    _check_bounds(distance, bounds)
    factors = _fitted(columns, design.weights, targets, distance, bounds, tolerance=tolerance, most=most)
    root = np.sqrt(design.weights)
    left, size, _ = np.linalg.svd(columns * root[:, None], full_matrices=False)
    basis = left[:, size > size[0] * 1e-10]
    return design.reweighted(design.weights * factors, Regression(basis, factors * root))


def trim(design: Design, upper: float, *, lower: float = 0.0, most: int = 100) -> Design:
    """Bring weights into `lower`..`upper`, spreading what is cut evenly over the others, until none is out.

    The sum of weights stays; calibrated totals do not: look at them again. Raises `BadSample` when no
    weights between the bounds can have that sum, `NotConverged` after `most` rounds.
    """
    weights = design.weights
    if not lower * len(weights) <= weights.sum() <= upper * len(weights):
        raise BadSample("no weights between the bounds can have this sum", place=f"{lower:g} to {upper:g}")
    for _ in range(most):
        outside = (weights < lower) | (weights > upper)
        if not outside.any():
            return design.reweighted(weights)
        cut = np.clip(weights, lower, upper)
        over = (weights - cut).sum()
        kept = ~outside & (cut < upper if over > 0 else cut > lower)  # who stands at the bound would leave it
        if not kept.any():
            break
        weights = np.where(kept, cut + over / np.count_nonzero(kept), cut)
    raise NotConverged(
        "trimming keeps pushing weights out of the bounds",
        place=f"{lower:g} to {upper:g}",
        hint="Widen the bounds.",
    )


def _auxiliaries(design: Design, totals: Mapping[str, tuple[Any, float]]) -> tuple[Floats, Floats]:
    if not totals:
        raise BadMargins("calibration needs at least one total")
    columns = []
    for name, (column, _) in totals.items():
        numbers = np.asarray(column, dtype=float)
        if numbers.shape != design.weights.shape or not np.isfinite(numbers).all():
            raise BadSample(
                f"auxiliary {name!r} must be known for every row",
                hint="Fill or drop rows before calibrating.",
            )
        columns.append(numbers)
    return np.column_stack(columns), np.array([float(total) for _, total in totals.values()])


def _check_bounds(distance: Distance, bounds: Bounds) -> None:
    low, high = bounds
    if not low < 1 < high:
        raise BadMargins(f"bounds {low:g} to {high:g} must lie on both sides of 1")
    if distance == "logit" and not np.isfinite([low, high]).all():
        raise BadMargins("the logit distance needs finite bounds", hint="For instance 0.5 to 2.")


def _fitted(
    columns: Floats,
    weights: Floats,
    targets: Floats,
    distance: Distance,
    bounds: Bounds,
    *,
    tolerance: float,
    most: int,
) -> Floats:
    """Newton's method on the calibration equations, halving steps that leave the numbers or overshoot.

    The equations are the slope of a convex function: along a step its slope only rises, so a step after
    which it has turned and is nearly as steep as before went too far (Wolfe's curvature condition).
    """
    along, reach = np.zeros(columns.shape[1]), _reach(distance, bounds)
    factor, slope = _factors(np.zeros(len(weights)), distance, bounds)
    misfit = targets - columns.T @ (weights * factor)
    for _ in range(most):
        if (np.abs(misfit) <= tolerance * (1 + np.abs(targets))).all():
            return factor
        matrix = (columns * (weights * slope)[:, None]).T @ columns
        step = np.linalg.pinv(matrix, rcond=1e-13, hermitian=True) @ misfit
        step = step * min(1.0, reach / max(float(np.abs(columns @ step).max()), 1e-300))
        downhill = misfit @ step
        for _ in range(60):
            factor, slope = _factors(columns @ (along + step), distance, bounds)
            if np.isfinite(factor).all() and np.isfinite(slope).all():
                left = targets - columns.T @ (weights * factor)
                if -(left @ step) <= OVERSHOT * abs(downhill):
                    break
            step, downhill = step / 2, downhill / 2
        along = along + step
        misfit = targets - columns.T @ (weights * factor)
    if (np.abs(misfit) <= tolerance * (1 + np.abs(targets))).all():
        return factor
    raise NotConverged(
        "no weights within the bounds meet the totals",
        place=f"largest misfit {float(np.max(np.abs(misfit) / (1 + np.abs(targets)))):.1e} of a total",
        hint="Widen the bounds, join categories or check that the totals describe one population.",
    )


def _reach(distance: Distance, bounds: Bounds) -> float:
    """How far one step may move a linear predictor: far out the curves are flat, and no step leads back."""
    if distance == "linear":
        return np.inf
    return 2.0 / _pace(bounds) if distance == "logit" else 2.0


def _pace(bounds: Bounds) -> float:
    low, high = bounds
    return (high - low) / ((high - 1) * (1 - low))


def _factors(along: Floats, distance: Distance, bounds: Bounds) -> tuple[Floats, Floats]:
    """Ratios of new to old weights (n,) and their slopes, at the linear predictor."""
    low, high = bounds
    with np.errstate(over="ignore", invalid="ignore"):
        if distance == "logit":
            pace = _pace(bounds)
            grown = np.exp(pace * along)
            below = high - 1 + (1 - low) * grown
            factor = (low * (high - 1) + high * (1 - low) * grown) / below
            return factor, grown * pace * (1 - low) * (high - 1) * (high - low) / below**2
        free = 1 + along if distance == "linear" else np.exp(along)
        slope = np.ones_like(free) if distance == "linear" else free
    inside = (free > low) & (free < high)
    return np.clip(free, low, high), np.where(inside, slope, 0.0)
