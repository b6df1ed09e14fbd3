"""Weighted least squares, once for a line and again and again for a logistic curve (IRLS)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from viaggio.estimate.errors import BadSample, NotConverged
from viaggio.estimate.survey.design import Floats

Family = Literal["linear", "logit"]


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """A fitted model of n rows and p terms."""

    coefficients: Floats
    fitted: Floats
    """(n,) expected outcomes."""
    working: Floats
    """(n,) weights of the last least squares."""
    residuals: Floats
    """(n,) working residuals."""
    inverse: Floats
    """(p, p) inverse of the information: the covariance of a simple random sample with unit dispersion."""
    deviance: float


def terms(columns: Mapping[str, Any], rows: int) -> tuple[tuple[str, ...], Floats]:
    """Names and matrix (n, p) of a model with an intercept; a missing value is NaN."""
    matrix = [np.ones(rows)]
    for name, column in columns.items():
        numbers = np.asarray(column, dtype=float)
        if numbers.shape != (rows,):
            raise BadSample(f"term {name!r} has {len(numbers)} rows, the outcome {rows}")
        matrix.append(numbers)
    return ("intercept", *columns), np.column_stack(matrix)


def categories(name: str, labels: Any, levels: Any = None) -> dict[str, Floats]:
    """Columns of 0 and 1 for each category but the first: {"region=south": ...}, to put among terms.

    `levels` states the order; left out, labels are sorted.
    """
    values = np.asarray(labels)
    order = list(np.unique(values).tolist()) if levels is None else list(levels)
    unknown = set(values.tolist()) - set(order)
    if unknown:
        raise BadSample(f"{name!r} holds {min(map(str, unknown))!r}, which is no level of it")
    return {f"{name}={level}": (values == level).astype(float) for level in order[1:]}


def fit(
    matrix: Floats,
    outcome: Floats,
    weights: Floats,
    family: Family = "linear",
    *,
    tolerance: float = 1e-14,
    most: int = 100,
) -> Curve:
    """Fit by weighted least squares or, for "logit", by reweighting until the deviance stands still.

    `tolerance` is the relative change of the deviance at which to stop. Rows of weight 0 are not looked at.
    Raises `BadSample` when terms determine each other, `NotConverged` when outcomes can be told apart
    perfectly (coefficients without end).
    """
    if family == "linear":
        coefficients, inverse = _solve(matrix, outcome, weights)
        fitted = matrix @ coefficients
        left = outcome - fitted
        return Curve(coefficients, fitted, weights, left, inverse, float(weights @ left**2))
    share = (weights * outcome + 0.5) / (weights + 1)
    along = np.log(share / (1 - share))
    deviance = _deviance(outcome, share, weights)
    for _ in range(most):
        slope = share * (1 - share)
        working = weights * slope
        coefficients, inverse = _solve(matrix, along + (outcome - share) / slope, working)
        along = matrix @ coefficients
        with np.errstate(over="ignore"):
            share = 1 / (1 + np.exp(-along))
        if ((share <= 0) | (share >= 1)).any():
            break
        before, deviance = deviance, _deviance(outcome, share, weights)
        if abs(deviance - before) / (abs(deviance) + 0.1) < tolerance:
            left = (outcome - share) / (share * (1 - share))
            return Curve(coefficients, share, working, left, inverse, deviance)
    raise NotConverged(
        "the logistic curve found no end",
        place=f"{matrix.shape[1]} terms",
        hint="A term may tell the outcomes apart perfectly: join its categories or leave it out.",
    )


def _solve(matrix: Floats, outcome: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Coefficients and the inverse of X'WX, through a QR decomposition."""
    root = np.sqrt(weights)
    basis, upper = np.linalg.qr(matrix * root[:, None])
    diagonal = np.abs(np.diag(upper))
    if diagonal.min() <= 1e-11 * diagonal.max():
        raise BadSample(
            "terms of the model determine each other",
            place=f"term {int(np.argmin(diagonal)) + 1} of {len(diagonal)}",
            hint="Leave one out, or join a category that nobody has.",
        )
    inverse = np.linalg.inv(upper)
    return np.asarray(inverse @ (basis.T @ (outcome * root))), np.asarray(inverse @ inverse.T)


def _deviance(outcome: Floats, share: Floats, weights: Floats) -> float:
    from scipy.special import xlogy

    of_one, of_none = xlogy(outcome, outcome / share), xlogy(1 - outcome, (1 - outcome) / (1 - share))
    return float(2 * weights @ (of_one + of_none))
