"""Does a series rise or fall: by ranks (Mann-Kendall, Sen) and by a straight line with honest errors."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, Constant
from viaggio.estimate.monitor import two_sided
from viaggio.estimate.series import Floats, whole_series


@dataclass(frozen=True, slots=True, kw_only=True)
class Kendall:
    """Pairs that rise minus pairs that fall (`score`), the same from -1 to 1 (`tau`), two-sided `p`."""

    score: int
    tau: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Level before the first point and slope per point; errors by OLS and by Newey and West."""

    intercept: float
    slope: float
    errors: tuple[float, float]
    robust_errors: tuple[float, float]


def kendall_trend(values: npt.ArrayLike) -> Kendall:
    """Mann-Kendall test of a trend, tau-b, normal p-value without continuity correction, ties counted.

    Var S = (n (n - 1) (2n + 5) - sum t (t - 1) (2t + 5)) / 18 (Kendall 1975). Points must be independent.
    """
    series = _varying(values, 3, "Kendall")
    n = len(series)
    score = int(np.sign(series[None, :] - series[:, None])[np.triu_indices(n, 1)].sum())
    ties = np.unique(series, return_counts=True)[1].astype(np.float64)
    pairs = n * (n - 1) / 2
    tied = float((ties * (ties - 1) / 2).sum())
    variance = (n * (n - 1) * (2 * n + 5) - float((ties * (ties - 1) * (2 * ties + 5)).sum())) / 18
    return Kendall(score=score, tau=score / sqrt(pairs * (pairs - tied)), p=two_sided(score / sqrt(variance)))


def sen_slope(values: npt.ArrayLike) -> float:
    """Median of the slopes of all pairs (Sen 1968), in the series' unit per point."""
    series = whole_series(values, least=2, place="Sen slope")
    before, after = np.triu_indices(len(series), 1)
    return float(np.median((series[after] - series[before]) / (after - before)))


def line_trend(values: npt.ArrayLike, *, lags: int | None = None) -> Line:
    """Least-squares line over 1, 2, ... n, with Newey and West (1987) errors for correlated points.

    Bartlett weights 1 - lag / (lags + 1), no prewhitening, no small-sample factor; `lags` by custom
    4 (n / 100)^(2/9), rounded down.
    """
    series = whole_series(values, least=3, place="line")
    n = len(series)
    reach = int(4 * (n / 100) ** (2 / 9)) if lags is None else lags
    if not 0 <= reach < n:
        raise BadNumber(f"{reach} lags in {n} points", place="line")
    design = np.column_stack([np.ones(n), np.arange(1, n + 1)])
    bread = np.linalg.inv(design.T @ design)
    coefficients = bread @ (design.T @ series)
    residuals = series - design @ coefficients
    scores = design * residuals[:, None]
    meat = scores.T @ scores
    for lag in range(1, reach + 1):
        cross = scores[lag:].T @ scores[:-lag]
        meat += (1 - lag / (reach + 1)) * (cross + cross.T)
    plain = np.sqrt(np.diag(bread) * float(residuals @ residuals) / (n - 2))
    robust = np.sqrt(np.diag(bread @ meat @ bread))
    return Line(
        intercept=float(coefficients[0]),
        slope=float(coefficients[1]),
        errors=(float(plain[0]), float(plain[1])),
        robust_errors=(float(robust[0]), float(robust[1])),
    )


def _varying(values: npt.ArrayLike, least: int, place: str) -> Floats:
    series = whole_series(values, least=least, place=place)
    if np.ptp(series) == 0:
        raise Constant("all values are alike", place=place, hint="There is no trend to look for.")
    return series
