"""R2 of every subset of drivers, from covariance matrices, many matrices at once."""

from collections.abc import Sequence
from math import factorial
from typing import cast

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, Collinear, Constant

Floats = npt.NDArray[np.float64]

MOST = 15
"""Drivers that Shapley's split takes: 2^15 subsets. Above, `relative_weights` is close and cheap."""

SINGULAR = 1e-10
"""A driver of which the others leave less than this share of its variance is collinear."""


def subset_r2(covariances: Floats) -> Floats:
    """R2 of the outcome on each subset of drivers.

    `covariances` is (batch, 1 + p, 1 + p), outcome first. The result is (2^p, batch); bit j of the row's
    number says that driver j is in. Each subset is reached from the one without its last driver by one
    step of elimination (Schur complement), at most p steps deep, so that rounding does not build up.
    A matrix of the batch in which the drivers are collinear or something is constant gives NaN.
    """
    p = covariances.shape[1] - 1
    if not 1 <= p <= MOST:
        raise BadNumber(f"{p} drivers", hint=f"Between 1 and {MOST}; relative_weights takes more.")
    deviation = np.sqrt(np.diagonal(covariances, axis1=1, axis2=2))
    with np.errstate(divide="ignore", invalid="ignore"):
        # batch last: the elimination then works on contiguous rows
        correlations = np.moveaxis(covariances / deviation[:, :, None] / deviation[:, None, :], 0, -1)
        found = np.zeros((2**p, covariances.shape[0]))
        _eliminate(correlations, 0, 0, found)
    found[0, ~np.isfinite(found).all(axis=0)] = np.nan
    return found


def _eliminate(left: Floats, first: int, subset: int, found: Floats) -> None:
    """Fill in all supersets of `subset` with drivers from `first` on; `left` holds the outcome and those."""
    for j in range(1, left.shape[0]):
        pivot = np.where(left[j, j] > SINGULAR, left[j, j], np.nan)
        keep = [0, *range(j + 1, left.shape[0])]
        column = left[keep, j]
        rest = left[np.ix_(keep, keep)] - column[:, None] * column[None, :] / pivot
        larger = subset | 1 << first + j - 1
        found[larger] = 1 - rest[0, 0]
        if len(keep) > 1:
            _eliminate(rest, first + j, larger, found)


def shapley(r2: Floats) -> Floats:
    """Lindeman-Merenda-Gold shares (p, batch): mean gain in R2 of each driver over all orders.

    They are Shapley values of the game "R2 of a set of drivers" (Lindeman et al. 1980; Stufken 1992).
    """
    subsets = np.arange(r2.shape[0])
    p = r2.shape[0].bit_length() - 1
    sizes = np.array([int(subset).bit_count() for subset in subsets])
    orders = np.array([factorial(size) * factorial(p - 1 - size) / factorial(p) for size in range(p)])
    shares = np.empty((p, r2.shape[1]))
    for j in range(p):
        without = subsets[subsets >> j & 1 == 0]
        shares[j] = orders[sizes[without]] @ (r2[without | 1 << j] - r2[without])
    return shares


def check_matrix(covariance: Floats, names: Sequence[str], place: str) -> None:
    """Refuse a covariance matrix with a constant or a collinear column, naming it.

    `names` are those of all columns, outcome first.
    """
    p = len(names) - 1
    if covariance.shape != (p + 1, p + 1):
        raise BadNumber(
            f"A matrix of shape {covariance.shape} for {p} drivers",
            place=place,
            hint=f"Give ({p + 1}, {p + 1}): the outcome first, then the drivers.",
        )
    if not np.isfinite(covariance).all():
        raise BadNumber("The matrix holds missing or endless numbers", place=place, hint="Drop those rows.")
    scale = np.abs(covariance).max()
    for name, variance in zip(names, np.diagonal(covariance), strict=True):
        if variance <= 0 or variance < SINGULAR**2 * scale:
            raise Constant(f"'{name}' is the same in every row", place=place, hint="Leave it out.")
    left = _correlation(covariance)[1:, 1:].copy()
    for j in range(p):
        if left[j, j] < SINGULAR:
            raise Collinear(
                f"'{names[j + 1]}' is determined by {', '.join(repr(name) for name in names[1 : j + 1])}",
                place=place,
                hint="Leave one of them out, or take their mean.",
            )
        left = left - np.outer(left[:, j], left[j]) / left[j, j]


def _correlation(covariance: Floats) -> Floats:
    deviation = np.sqrt(np.diagonal(covariance))
    return cast("Floats", covariance / np.outer(deviation, deviation))
