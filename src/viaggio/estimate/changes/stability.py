"""Is one mean enough: tests of a break at a known date, at an unknown one, and of any drift."""

from dataclasses import dataclass
from math import floor

import numpy as np
import numpy.typing as npt

from viaggio.estimate.changes.costs import StretchSquares
from viaggio.estimate.changes.hansen import sup_f_p_value
from viaggio.estimate.errors import BadNumber, Constant, TooFew
from viaggio.estimate.series import Floats, whole_series


@dataclass(frozen=True, slots=True, kw_only=True)
class Stability:
    """A test of one unchanged mean: small `p` speaks against it."""

    statistic: float
    p: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WorstSplit:
    """The split with the largest F; `statistics` are those of all splits from `first` on."""

    statistic: float
    p: float
    after: int
    first: int
    statistics: Floats


def break_after(values: npt.ArrayLike, after: int) -> Stability:
    """Whether the points up to the `after`-th have another mean than the rest (Chow 1960).

    F on 1 and n - 2 degrees of freedom. The date must be known beforehand, not picked from the data.
    """
    from scipy.special import fdtrc

    series = _varying(values, 4, "Chow test")
    n = len(series)
    if not 1 <= after <= n - 1:
        raise BadNumber(f"date {after} in a series of {n}", place="Chow test", hint=f"Give 1 to {n - 1}.")
    statistic = float(_split_statistics(series, np.array([after]))[0])
    return Stability(statistic=statistic, p=float(fdtrc(1, n - 2, statistic)))


def worst_split(values: npt.ArrayLike, *, trim: float = 0.15) -> WorstSplit:
    """SupF test (Andrews 1993) of a break in the mean at an unknown date; p after Hansen (1997).

    Dates inside the first and last `trim` share of the series are left out.
    """
    series = _varying(values, 6, "supF test")
    n = len(series)
    if not 0 < trim < 0.5:
        raise BadNumber(f"trimming {trim} is not between 0 and 0.5", place="supF test", hint="Usual is 0.15.")
    first = max(floor(trim * n), 2)
    last = min(n - max(floor(trim * n), 1), n - 2)
    if first > last:
        raise TooFew(f"{n} points leave no date to test", place="supF test", hint="Trim less.")
    dates = np.arange(first, last + 1)
    statistics = _split_statistics(series, dates)
    worst = int(np.argmax(statistics))
    ratio = ((n - first) * last) / (first * (n - last))
    return WorstSplit(
        statistic=float(statistics[worst]),
        p=sup_f_p_value(float(statistics[worst]), ratio, n),
        after=int(dates[worst]),
        first=first,
        statistics=statistics,
    )


def residual_cusum(values: npt.ArrayLike) -> Stability:
    """OLS-CUSUM test (Ploberger and Kraemer 1992): largest swing of the summed residuals around the mean.

    sup |sum of residuals| / (s sqrt n), s with divisor n - 1, against the Brownian bridge (Kolmogorov).
    """
    from scipy.special import kolmogorov

    series = _varying(values, 3, "OLS-CUSUM test")
    residuals = series - series.mean()
    swing = np.abs(np.cumsum(residuals)).max() / (series.std(ddof=1) * np.sqrt(len(series)))
    return Stability(statistic=float(swing), p=float(kolmogorov(swing)))


def _split_statistics(series: Floats, dates: np.ndarray) -> Floats:
    """F of a break after each date: what the split saves, per residual variance on n - 2 degrees."""
    cost, n = StretchSquares(series), len(series)
    total = cost.one(0, n)
    parted = np.array([cost.one(0, int(date)) + cost.one(int(date), n) for date in dates])
    with np.errstate(divide="ignore"):
        result: Floats = (total - parted) / (parted / (n - 2))
    return result


def _varying(values: npt.ArrayLike, least: int, place: str) -> Floats:
    series = whole_series(values, least=least, place=place)
    if np.ptp(series) == 0:
        raise Constant("all values are alike", place=place, hint="There is no change to look for.")
    return series
