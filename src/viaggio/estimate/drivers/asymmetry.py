"""Do good and bad experiences weigh alike? Penalty-reward contrasts, and importance beside performance."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.drivers.regression import complete_rows, regress
from viaggio.estimate.drivers.subsets import Floats
from viaggio.estimate.errors import BadNumber, EmptyCategory

PLACE = "penalty and reward"
TAIL = 50
"""Answers below which a penalty or reward should be shown with care."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contrast:
    """What low and high answers to one driver cost and earn, in units of the outcome.

    `penalty` is the effect of an answer at or below `low`, `reward` that of one at or above `high`, both
    against the answers between, all other drivers held. A must-be driver has a penalty and no reward, a
    delighter the reverse. None where nobody, or everybody, answered so; `lows` and `highs` count them.
    """

    driver: str
    penalty: float | None
    reward: float | None
    penalty_error: float | None
    reward_error: float | None
    lows: int
    highs: int

    @property
    def few(self) -> bool:
        """Whether either tail has under 50 answers."""
        return min(self.lows, self.highs) < TAIL


@dataclass(frozen=True, slots=True, kw_only=True)
class PenaltyReward:
    """Contrasts of all drivers, the outcome's level where all answers are in between, and the fit."""

    intercept: float
    intercept_error: float
    contrasts: tuple[Contrast, ...]
    r2: float
    n: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Performance:
    """How a driver is rated (mean) and how strongly it goes with the outcome.

    `partial` is the correlation with the outcome once all other drivers are held. `kendall` is tau-b.
    """

    driver: str
    mean: float
    pearson: float
    spearman: float
    kendall: float
    partial: float


def penalty_reward(
    outcome: npt.ArrayLike, drivers: npt.ArrayLike, names: Sequence[str], *, low: float, high: float
) -> PenaltyReward:
    """Least squares of `outcome` (n,) on two marks per driver: answered <= `low`, answered >= `high`.

    Brandt (1987). Rows with a missing number are left out. Raises `BadNumber` when `low` is not below
    `high`, `Collinear` when the marks of one driver follow from others (for one: nobody answers between).
    """
    if not low < high:
        raise BadNumber(f"low = {low:g} is not below high = {high:g}", place=PLACE)
    y, x, _ = complete_rows(outcome, drivers, names, PLACE)
    marks = np.column_stack([x <= low, x >= high]).astype(np.float64)
    labels = [f"{name} <= {low:g}" for name in names] + [f"{name} >= {high:g}" for name in names]
    used = np.flatnonzero(np.ptp(marks, axis=0) > 0)
    if not len(used):
        raise EmptyCategory("No driver has low or high answers beside others", place=PLACE)
    fit = regress(y, marks[:, used], [labels[k] for k in used])
    value = dict(zip(used.tolist(), fit.coefficients[1:].tolist(), strict=True))
    error = dict(zip(used.tolist(), fit.errors[1:].tolist(), strict=True))
    p = len(names)
    return PenaltyReward(
        intercept=float(fit.coefficients[0]),
        intercept_error=float(fit.errors[0]),
        contrasts=tuple(
            Contrast(
                driver=name,
                penalty=value.get(j),
                reward=value.get(j + p),
                penalty_error=error.get(j),
                reward_error=error.get(j + p),
                lows=int(marks[:, j].sum()),
                highs=int(marks[:, j + p].sum()),
            )
            for j, name in enumerate(names)
        ),
        r2=fit.r2,
        n=fit.n,
    )


def performances(
    outcome: npt.ArrayLike, drivers: npt.ArrayLike, names: Sequence[str]
) -> tuple[Performance, ...]:
    """Inputs of an importance-performance map (Martilla and James 1977), one per driver.

    Rows with a missing number are left out. Quadrants are cut at the means over drivers. Raises `Constant`
    or `Collinear` naming the driver.
    """
    from scipy.stats import kendalltau, spearmanr

    y, x, _ = complete_rows(outcome, drivers, names, "importance and performance")
    fit = regress(y, x, names)  # also refuses columns for which correlations mean nothing
    partial = fit.t[1:] / np.sqrt(fit.t[1:] ** 2 + fit.freedom)
    return tuple(
        Performance(
            driver=name,
            mean=float(x[:, j].mean()),
            pearson=float(np.corrcoef(x[:, j], y)[0, 1]),
            spearman=float(spearmanr(x[:, j], y).statistic),
            kendall=float(kendalltau(x[:, j], y).statistic),
            partial=float(partial[j]),
        )
        for j, name in enumerate(names)
    )


def partial_correlations(matrix: npt.ArrayLike) -> Floats:
    """Correlation (k, k) of each pair of columns once all others are held, from a covariance matrix."""
    cov = np.asarray(matrix, dtype=np.float64)
    if cov.ndim != 2 or cov.shape[0] != cov.shape[1] or len(cov) < 2:
        raise BadNumber(
            f"A matrix of shape {cov.shape}", place="partial correlations", hint="Make it square."
        )
    precision = np.linalg.inv(cov)
    scale = np.sqrt(np.diagonal(precision))
    found = -precision / np.outer(scale, scale)
    np.fill_diagonal(found, 1.0)
    return np.asarray(found)
