"""Logistic regression of a yes/no outcome (promoter, stayed) on drivers: coefficients, effects, fit."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.drivers.regression import INTERCEPT, check_columns, complete_rows
from viaggio.estimate.drivers.subsets import Floats
from viaggio.estimate.errors import BadNumber, EmptyCategory, NotConverged, TooFew

PLACE = "logit drivers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Logit:
    """A fitted logit model; vectors have one number per term, the intercept first.

    `effects` are average marginal effects, one per driver: by how much the share of yes changes, in 0 to 1
    per unit of the driver. `odds_ratios` are exp(coefficient). `low` and `high` are Wald bounds.
    `mcfadden` is 1 - log likelihood / that of the intercept alone; `auc` the chance that a yes has the
    higher fitted chance than a no; `brier` the mean squared error of the fitted chances.
    """

    terms: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    robust_errors: Floats
    low: Floats
    high: Floats
    odds_ratios: Floats
    effects: Floats
    fitted: Floats
    n: int
    yes: int
    deviance: float
    null_deviance: float
    mcfadden: float
    auc: float
    brier: float


def logit(
    outcome: npt.ArrayLike, drivers: npt.ArrayLike, names: Sequence[str], *, level: float = 0.95
) -> Logit:
    """Maximum-likelihood logit of `outcome` (n,), 0 or 1, on `drivers` (n, p).

    Rows with a missing number are left out. Raises `EmptyCategory` when all say the same, `Constant` or
    `Collinear` naming the driver, `NotConverged` when a combination of drivers tells yes from no without
    fault (the coefficients would be endless).
    """
    from scipy.special import expit, ndtri

    y, x, _ = complete_rows(outcome, drivers, names, PLACE)
    if not np.isin(y, (0, 1)).all():
        raise BadNumber("The outcome has values other than 0 and 1", place=PLACE)
    if len(y) <= len(names) + 1:
        raise TooFew(f"{len(y)} complete rows for {len(names) + 1} terms", place=PLACE)
    if y.min() == y.max():
        raise EmptyCategory(f"Every outcome is {int(y[0])}", place=PLACE, hint="Both must occur.")
    check_columns(x, names, PLACE)
    design = np.column_stack([np.ones(len(y)), x])
    coefficients = _newton(design, y)
    chance = expit(design @ coefficients)
    spread = chance * (1 - chance)
    bread = np.linalg.inv((design * spread[:, None]).T @ design)
    scores = design * (y - chance)[:, None]
    errors = np.sqrt(np.diagonal(bread))
    half = ndtri((1 + level) / 2) * errors
    deviance, null_deviance = _deviance(y, chance), _deviance(y, np.full(len(y), y.mean()))
    return Logit(
        terms=(INTERCEPT, *names),
        coefficients=coefficients,
        errors=errors,
        robust_errors=np.sqrt(np.diagonal(bread @ scores.T @ scores @ bread)),
        low=coefficients - half,
        high=coefficients + half,
        odds_ratios=np.exp(coefficients),
        effects=spread.mean() * coefficients[1:],
        fitted=chance,
        n=len(y),
        yes=int(y.sum()),
        deviance=deviance,
        null_deviance=null_deviance,
        mcfadden=1 - deviance / null_deviance,
        auc=area_under_curve(y, chance),
        brier=float(((y - chance) ** 2).mean()),
    )


def area_under_curve(outcome: npt.ArrayLike, score: npt.ArrayLike) -> float:
    """Chance that a yes scores above a no, ties half (Mann-Whitney U over the pairs)."""
    from scipy.stats import rankdata

    y = np.asarray(outcome, dtype=np.float64)
    yes, no = y.sum(), (1 - y).sum()
    if not yes or not no:
        raise EmptyCategory("Only one outcome occurs", place="area under the curve")
    return float((rankdata(score)[y == 1].sum() - yes * (yes + 1) / 2) / (yes * no))


def _newton(design: Floats, y: Floats) -> Floats:
    """Coefficients of greatest likelihood, by Newton's method with halved steps."""
    from scipy.special import expit

    coefficients = np.zeros(design.shape[1])
    reached = _log_likelihood(design, y, coefficients)
    for _ in range(100):
        chance = expit(design @ coefficients)
        information = (design * (chance * (1 - chance))[:, None]).T @ design
        try:
            step = np.linalg.solve(information, design.T @ (y - chance))
        except np.linalg.LinAlgError as problem:
            raise _separated() from problem
        size, least = 1.0, reached - 1e-12 * abs(reached)
        while (after := _log_likelihood(design, y, coefficients + size * step)) < least:
            size /= 2
            if size < 1e-10:
                raise _separated()
        coefficients, reached = coefficients + size * step, after
        if np.abs(step).max() < 1e-10 * (1 + np.abs(coefficients).max()):
            return coefficients
        if reached > -1e-8 * len(y):
            raise _separated()
    raise _separated()


def _separated() -> NotConverged:
    return NotConverged(
        "The drivers tell yes from no without fault: no finite coefficients",
        place=PLACE,
        hint="Leave a driver out or wait for more answers.",
    )


def _log_likelihood(design: Floats, y: Floats, coefficients: Floats) -> float:
    linear = design @ coefficients
    return float((y * linear - np.logaddexp(0, linear)).sum())


def _deviance(y: Floats, chance: Floats) -> float:
    from scipy.special import xlog1py, xlogy

    return float(-2 * (xlogy(y, chance) + xlog1py(1 - y, -chance)).sum())
