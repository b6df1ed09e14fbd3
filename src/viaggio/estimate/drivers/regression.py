"""Least squares of an outcome on drivers: coefficients, fit, collinearity, heteroscedasticity.

Errors that allow for unequal variance and for customers who answered several times are in `sandwich`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log, pi

import numpy as np
import numpy.typing as npt

from viaggio.estimate.drivers.subsets import SINGULAR, Floats
from viaggio.estimate.errors import BadNumber, Collinear, Constant, TooFew

PLACE = "driver regression"
INTERCEPT = "intercept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Regression:
    """A fitted linear model; vectors have one number per term, the intercept first.

    `standardised` and `vif` have one per driver. `p` is two-sided, Student's t on `freedom` degrees.
    `aic` and `bic` count the error variance as a parameter (as R does). `design` (n, terms) and
    `residuals` (n,) are kept for the errors of `sandwich`; rows with a missing number are not among
    them, `rows` (n,) holds the positions of those that are.
    """

    terms: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    t: Floats
    p: Floats
    n: int
    freedom: int
    r2: float
    adjusted_r2: float
    f: float
    sigma: float
    standardised: Floats
    vif: Floats
    log_likelihood: float
    aic: float
    bic: float
    design: Floats
    residuals: Floats
    bread: Floats
    """(X'X)^-1, (terms, terms)."""
    rows: npt.NDArray[np.intp]


def regress(outcome: npt.ArrayLike, drivers: npt.ArrayLike, names: Sequence[str]) -> Regression:
    """Ordinary least squares of `outcome` (n,) on `drivers` (n, p) and an intercept.

    Raises `TooFew` when there are not more rows than terms, `Constant` or `Collinear` naming the driver.
    """
    y, x, rows = complete_rows(outcome, drivers, names, PLACE)
    n, k = len(y), len(names) + 1
    if n <= k:
        raise TooFew(f"{n} complete rows for {k} terms", place=PLACE, hint=f"More than {k} are needed.")
    check_columns(x, names, PLACE)
    if np.ptp(y) == 0:
        raise Constant("The outcome is the same in every row", place=PLACE)
    design = np.column_stack([np.ones(n), x])
    q, r = np.linalg.qr(design)
    inverse = np.linalg.inv(r)
    coefficients = inverse @ (q.T @ y)
    residuals = y - design @ coefficients
    bread = inverse @ inverse.T
    left, around = float(residuals @ residuals), float(((y - y.mean()) ** 2).sum())
    variance = left / (n - k)
    errors = np.sqrt(variance * np.diagonal(bread))
    likelihood = -n / 2 * (log(2 * pi) + log(left / n) + 1) if left > 0 else float("inf")
    with np.errstate(divide="ignore"):
        t = coefficients / errors
    r2 = 1 - left / around
    return Regression(
        terms=(INTERCEPT, *names),
        coefficients=coefficients,
        errors=errors,
        t=t,
        p=two_sided(t, n - k),
        n=n,
        freedom=n - k,
        r2=r2,
        adjusted_r2=1 - (1 - r2) * (n - 1) / (n - k),
        f=(around - left) / (k - 1) / variance if variance > 0 else float("inf"),
        sigma=variance**0.5,
        standardised=coefficients[1:] * x.std(axis=0) / y.std(),
        vif=inflation(x),
        log_likelihood=likelihood,
        aic=2 * (k + 1) - 2 * likelihood,
        bic=log(n) * (k + 1) - 2 * likelihood,
        design=design,
        residuals=residuals,
        bread=bread,
        rows=rows,
    )


def breusch_pagan(fit: Regression) -> tuple[float, float]:
    """Koenker's studentised test of unequal variance: n * R2 of the squared residuals, and its p."""
    from scipy.stats import chi2

    squared = fit.residuals**2
    fitted = fit.design @ (fit.bread @ (fit.design.T @ squared))
    share = 1 - ((squared - fitted) ** 2).sum() / ((squared - squared.mean()) ** 2).sum()
    statistic = float(fit.n * share)
    return statistic, float(chi2.sf(statistic, len(fit.terms) - 1))


def inflation(drivers: npt.ArrayLike) -> Floats:
    """Variance inflation factors (p,): 1 / (1 - R2 of a driver on the others)."""
    x = np.asarray(drivers, dtype=np.float64)
    return np.asarray(np.diagonal(np.linalg.inv(np.atleast_2d(np.corrcoef(x, rowvar=False)))))


def two_sided(t: npt.ArrayLike, freedom: npt.ArrayLike) -> Floats:
    """Two-sided p of Student's t."""
    from scipy.special import stdtr

    return np.asarray(2 * stdtr(freedom, -np.abs(t)))


def complete_rows(
    outcome: npt.ArrayLike, drivers: npt.ArrayLike, names: Sequence[str], place: str
) -> tuple[Floats, Floats, npt.NDArray[np.intp]]:
    """Outcome, drivers and positions of the rows that miss nothing. Raises `BadNumber` on shapes."""
    y, x = np.asarray(outcome, dtype=np.float64), np.asarray(drivers, dtype=np.float64)
    if x.shape != (len(y), len(names)):
        raise BadNumber(
            f"Drivers of shape {x.shape} for {len(y)} outcomes and {len(names)} names",
            place=place,
            hint="One row per answer, one column per driver.",
        )
    keep = np.flatnonzero(np.isfinite(y) & np.isfinite(x).all(axis=1))
    return y[keep], x[keep], keep


def check_columns(drivers: Floats, names: Sequence[str], place: str) -> None:
    """Refuse a constant driver, or one that those before it determine."""
    done: Floats = np.empty((len(drivers), 0))
    for j, name in enumerate(names):
        centred = drivers[:, j] - drivers[:, j].mean()
        length = float(np.linalg.norm(centred))
        if np.ptp(drivers[:, j]) == 0 or length == 0:
            raise Constant(f"'{name}' is the same in every row", place=place, hint="Leave it out.")
        unit = centred / length
        for _ in range(2):  # once more for what rounding left of the first pass
            unit = unit - done @ (done.T @ unit)
        left = float(unit @ unit)
        if left < SINGULAR:
            raise Collinear(
                f"'{name}' is determined by {', '.join(map(repr, names[:j]))}",
                place=place,
                hint="Leave one of them out, or take their mean.",
            )
        done = np.column_stack([done, unit / left**0.5])
