"""Relative importance of drivers from a covariance matrix: every common split of R2, side by side.

Weights and waves enter through the matrix, so nothing here needs rows. Shares follow Groemping (2006,
R's `relaimpo`): LMG, last, first, beta squared, Pratt, Genizi (= Johnson 2000) and CAR.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.drivers.subsets import Floats, check_matrix, shapley, subset_r2
from viaggio.estimate.errors import BadNumber, TooFew

PLACE = "relative importance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Importance:
    """Parts of R2 by method, one number per driver, in the order of `drivers`.

    `lmg`, `genizi`, `car` and `pratt` add up to `r2`; only `lmg` and `genizi` are never negative, so only
    these can be shown as percentages. `last` is what a driver adds to all others, `first` what it has
    alone. `standardised` are the standardised coefficients, whose signs show the direction.
    """

    drivers: tuple[str, ...]
    r2: float
    lmg: tuple[float, ...]
    last: tuple[float, ...]
    first: tuple[float, ...]
    beta_squared: tuple[float, ...]
    pratt: tuple[float, ...]
    genizi: tuple[float, ...]
    car: tuple[float, ...]
    standardised: tuple[float, ...]


def covariance(rows: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Floats:
    """Covariance matrix (k, k) of the columns of `rows` (n, k), with divisor n - 1.

    With weights: sum w (x - m)(x - m)' / sum w * n / (n - 1), m the weighted mean, n the rows whose weight
    is not 0 (R's `svyvar`).
    """
    table = np.asarray(rows, dtype=np.float64)
    weight = np.ones(len(table)) if weights is None else np.asarray(weights, dtype=np.float64)
    if weight.shape != (len(table),) or (weight < 0).any() or not np.isfinite(weight).all():
        raise BadNumber("Weights must be one number per row, 0 or more", place="covariance")
    n = int(np.count_nonzero(weight))
    if n < 2:
        raise TooFew(f"{n} rows with weight", place="covariance", hint="Two at least.")
    share = weight / weight.sum()
    centred = table - share @ table
    return np.asarray((centred * share[:, None]).T @ centred * n / (n - 1))


def importance(matrix: npt.ArrayLike, drivers: Sequence[str], *, outcome: str = "outcome") -> Importance:
    """Split the R2 of the outcome between the drivers.

    `matrix` is the covariance or correlation matrix (1 + p, 1 + p), outcome first, then the drivers in
    the order given; p <= 15. Raises `Constant` or `Collinear`, which name the column.
    """
    cov = np.asarray(matrix, dtype=np.float64)
    check_matrix(cov, (outcome, *drivers), PLACE)
    deviation = np.sqrt(np.diagonal(cov))
    correlation = cov / np.outer(deviation, deviation)
    among, with_outcome = correlation[1:, 1:], correlation[1:, 0]
    r2 = subset_r2(cov[None])
    full = len(r2) - 1
    alone = [1 << j for j in range(len(drivers))]
    beta = np.linalg.solve(among, with_outcome)
    return Importance(
        drivers=tuple(drivers),
        r2=float(r2[full, 0]),
        lmg=_numbers(shapley(r2)[:, 0]),
        last=_numbers(r2[full, 0] - r2[[full ^ bit for bit in alone], 0]),
        first=_numbers(r2[alone, 0]),
        beta_squared=_numbers(beta**2),
        pratt=_numbers(beta * with_outcome),
        genizi=_numbers(relative_weights(among, with_outcome)),
        car=_numbers(car_scores(among, with_outcome) ** 2),
        standardised=_numbers(beta),
    )


def relative_weights(among: Floats, with_outcome: Floats) -> Floats:
    """Johnson's relative weights (p,), which are Genizi's (1993): they add up to R2, for any p.

    With L the symmetric root of the drivers' correlations `among` (p, p): L^2 times the squared
    coefficients of the outcome on the nearest uncorrelated drivers (Johnson 2000).
    """
    root = _power(among, 0.5)
    return np.asarray(root**2 @ np.linalg.solve(root, with_outcome) ** 2)


def car_scores(among: Floats, with_outcome: Floats) -> Floats:
    """Correlations with the outcome, adjusted for those among drivers (Zuber and Strimmer 2010)."""
    return _power(among, -0.5) @ with_outcome


def coefficients_by_size(matrix: npt.ArrayLike, drivers: Sequence[str]) -> Floats:
    """Mean coefficient (p, p) of each driver (row) over all models with 1, 2, ... p drivers (column).

    A coefficient that changes sign with the size of the model is one to explain before it is shown.
    """
    cov = np.asarray(matrix, dtype=np.float64)
    check_matrix(cov, ("outcome", *drivers), PLACE)
    p = len(drivers)
    total, count = np.zeros((p, p)), np.zeros((p, p))
    for subset in range(1, 2**p):
        chosen = [j for j in range(p) if subset >> j & 1]
        inner = [j + 1 for j in chosen]
        total[chosen, len(chosen) - 1] += np.linalg.solve(cov[np.ix_(inner, inner)], cov[inner, 0])
        count[chosen, len(chosen) - 1] += 1
    return np.asarray(total / count)


def normalised(shares: Sequence[float]) -> tuple[float, ...]:
    """The shares over their sum."""
    whole = sum(shares)
    if whole == 0:
        raise BadNumber("Shares that add up to 0 have no parts", place=PLACE)
    return tuple(share / whole for share in shares)


def _power(symmetric: Floats, exponent: float) -> Floats:
    values, vectors = np.linalg.eigh(symmetric)
    return np.asarray((vectors * values**exponent) @ vectors.T)


def _numbers(values: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in values)
