"""Standard errors that do not believe in equal variance (HC) or in independent rows (CR).

HC0 to HC3: White 1980, MacKinnon and White 1985. CR2 with Satterthwaite's degrees of freedom: Bell and
McCaffrey 2002, Pustejovsky and Tipton 2018 (R's `clubSandwich`), for few or uneven clusters.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import cast

import numpy as np
import numpy.typing as npt

from viaggio.estimate.drivers.regression import Regression, two_sided
from viaggio.estimate.drivers.subsets import Floats
from viaggio.estimate.errors import BadNumber, TooFew

Whole = npt.NDArray[np.intp]

EXACT = 1e-10
"""Below so much variance left, a direction of a cluster counts as fitted exactly."""


class Robust(StrEnum):
    """Corrections for unequal variance."""

    HC0 = "HC0"  # squared residuals as they are
    HC1 = "HC1"  # times n / (n - terms)
    HC2 = "HC2"  # each over 1 - leverage
    HC3 = "HC3"  # each over (1 - leverage)^2: nearly a jackknife


class Clustered(StrEnum):
    """Corrections for rows that belong together."""

    CR0 = "CR0"  # as they are
    CR1 = "CR1"  # times m / (m - 1), m clusters
    CR1S = "CR1S"  # times m / (m - 1) * (n - 1) / (n - terms): Stata, statsmodels
    CR2 = "CR2"  # each cluster's residuals over the root of what its leverage took


@dataclass(frozen=True, slots=True, kw_only=True)
class ClusteredTest:
    """CR2 errors with t, Satterthwaite's degrees of freedom and two-sided p, per term."""

    errors: Floats
    t: Floats
    freedom: Floats
    p: Floats
    clusters: int


def robust_errors(fit: Regression, kind: Robust = Robust.HC3) -> Floats:
    """Standard errors (terms,) under unequal variance."""
    squared = fit.residuals**2
    leverage = np.einsum("ij,jk,ik->i", fit.design, fit.bread, fit.design)
    match kind:
        case Robust.HC1:
            squared = squared * fit.n / fit.freedom
        case Robust.HC2:
            squared = squared / (1 - leverage)
        case Robust.HC3:
            squared = squared / (1 - leverage) ** 2
        case Robust.HC0:
            pass
    meat = (fit.design * squared[:, None]).T @ fit.design
    return _errors(fit.bread @ meat @ fit.bread)


def clustered_errors(fit: Regression, clusters: npt.ArrayLike, kind: Clustered = Clustered.CR2) -> Floats:
    """Standard errors (terms,) by cluster (customer): one code or id per row given to `regress`.

    Raises `TooFew` under two clusters.
    """
    codes, many = _codes(fit, clusters)
    if kind is Clustered.CR2:
        scores = np.array([adjusted.T @ residuals for _, adjusted, residuals in _adjusted(fit, codes, many)])
    else:
        rows = fit.design * fit.residuals[:, None]
        scores = np.column_stack([np.bincount(codes, column, many) for column in rows.T])
    factor = {
        Clustered.CR1: many / (many - 1),
        Clustered.CR1S: many / (many - 1) * (fit.n - 1) / fit.freedom,
    }.get(kind, 1.0)
    return _errors(factor * fit.bread @ (scores.T @ scores) @ fit.bread)


def clustered_test(fit: Regression, clusters: npt.ArrayLike) -> ClusteredTest:
    """CR2 errors with a t test on Satterthwaite's degrees of freedom, right with few clusters too.

    The degrees are trace(P)^2 / sum(P^2), P the quadratic form of the variance estimator under
    independent rows of one variance. With e_j the weights of cluster j in one coefficient's score,
    P = diag(e_j'e_j) - U (X'X)^-1 U', U's rows X_j'e_j.
    """
    codes, many = _codes(fit, clusters)
    terms = len(fit.terms)
    scores, loads, sizes = np.empty((many, terms)), np.empty((many, terms, terms)), np.empty((many, terms))
    for j, (design, adjusted, residuals) in enumerate(_adjusted(fit, codes, many)):
        weights = adjusted @ fit.bread  # rows of the cluster x coefficients
        scores[j] = residuals @ weights
        loads[j] = weights.T @ design
        sizes[j] = (weights**2).sum(axis=0)
    errors = np.sqrt((scores**2).sum(axis=0))
    freedom = np.array([_satterthwaite(sizes[:, k], loads[:, k], fit.bread) for k in range(terms)])
    t = fit.coefficients / errors
    return ClusteredTest(errors=errors, t=t, freedom=freedom, p=two_sided(t, freedom), clusters=many)


def _satterthwaite(sizes: Floats, loads: Floats, bread: Floats) -> float:
    """trace(P)^2 / sum(P^2) of P = diag(sizes) - loads bread loads', without writing P down."""
    taken = np.einsum("ij,jk,ik->i", loads, bread, loads)
    square = loads.T @ loads @ bread
    squared = (sizes**2).sum() - 2 * (sizes * taken).sum() + np.trace(square @ square)
    return float((sizes.sum() - taken.sum()) ** 2 / squared)


def _adjusted(fit: Regression, codes: Whole, many: int) -> Iterator[tuple[Floats, Floats, Floats]]:
    """Of each cluster the design X, CR2's (I - H_jj)^(-1/2) X, and the residuals.

    H_jj = X (X'X)^-1 X' has at most as many directions as there are terms, so large clusters cost little.
    """
    root = np.linalg.cholesky(fit.bread)
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.cumsum(np.bincount(codes, minlength=many))[:-1]):
        design = fit.design[rows]
        directions, lengths, _ = np.linalg.svd(design @ root, full_matrices=False)
        left = 1 - lengths**2
        # a direction that the model fits exactly carries no residual and gets no weight
        power = np.zeros_like(left)
        np.power(left, -0.5, out=power, where=left > EXACT)
        adjusted = design + (directions * (power - 1)) @ (directions.T @ design)
        yield design, adjusted, fit.residuals[rows]


def _codes(fit: Regression, clusters: npt.ArrayLike) -> tuple[Whole, int]:
    given = np.asarray(clusters)
    if given.ndim != 1 or (len(fit.rows) and len(given) <= fit.rows.max()):
        raise BadNumber(
            f"{given.shape} clusters for {fit.n} rows", place="clustered errors", hint="One per row given."
        )
    codes = np.unique(given[fit.rows], return_inverse=True)[1]
    many = int(codes.max()) + 1
    if many < 2:
        raise TooFew(
            f"{many} cluster", place="clustered errors", hint="Two at least; some twenty for a fair test."
        )
    return codes, many


def _errors(variance: Floats) -> Floats:
    return cast("Floats", np.sqrt(np.diagonal(variance)))
