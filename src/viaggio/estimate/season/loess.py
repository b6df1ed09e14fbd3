"""STL: season, trend and remainder by local regression (Cleveland, Cleveland, McRae and Terpenning 1990).

Written from the paper's algorithm, with the defaults of R's `stl`: local constants for the season, local
lines for the trend, a fit at every tenth of a window and straight lines between. Works for any period of two
or more, odd ones too (a week of days).
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber, TooFew
from viaggio.estimate.series import Floats, whole_series

PLACE = "season"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decomposition:
    """Three parts in the series' unit that add up to it; `weights` are 1 but in a robust fit."""

    season: Floats
    trend: Floats
    remainder: Floats
    weights: Floats


@dataclass(frozen=True, slots=True)
class _Smoother:
    """A local regression: points in the window, degree 0 or 1, one fit every `jump` points."""

    window: int
    degree: int
    jump: int


def decompose(
    values: npt.ArrayLike, period: int, *, season_window: int | None = None, robust: bool = False
) -> Decomposition:
    """Season, trend and remainder of more than two whole periods.

    `season_window`: over how many periods a season's figure is smoothed (odd, 7 or more); None: the season
    is the same in every period. `robust` gives outliers little weight, in fifteen rounds.
    """
    series = whole_series(values, least=4, place=PLACE)
    if period < 2:
        raise BadNumber(f"period {period}", place=PLACE, hint="Say how many points make a season.")
    if len(series) <= 2 * period:
        raise TooFew(
            f"{len(series)} points, period {period}", place=PLACE, hint="Wait for two whole periods."
        )
    window = 10 * len(series) + 1 if season_window is None else season_window
    if window < 3:
        raise BadNumber(f"season window {window}", place=PLACE, hint="Usual is 7 or more.")
    trend_window = _next_odd(ceil(1.5 * period / (1 - 1.5 / window)))
    low_window = _next_odd(period)
    smoothers = (
        _Smoother(window if window % 2 else window + 1, 0, ceil(window / 10)),
        _Smoother(trend_window, 1, ceil(trend_window / 10)),
        _Smoother(low_window, 1, ceil(low_window / 10)),
    )
    season, trend, weights = _rounds(series, period, smoothers, robust)
    if season_window is None:
        figures = [season[start::period].mean() for start in range(period)]
        season = np.resize(np.array(figures), len(series))
    return Decomposition(season=season, trend=trend, remainder=series - season - trend, weights=weights)


def _rounds(
    series: Floats, period: int, smoothers: tuple[_Smoother, _Smoother, _Smoother], robust: bool
) -> tuple[Floats, Floats, Floats]:
    trend = np.zeros(len(series))
    weights = np.ones(len(series))
    season = trend
    inner, outer = (1, 15) if robust else (2, 0)
    for turn in range(outer + 1):
        for _ in range(inner):
            season, trend = _turn(series, period, smoothers, trend, weights)
        if turn < outer:
            weights = _bisquare(series - season - trend)
    return season, trend, weights


def _turn(
    series: Floats,
    period: int,
    smoothers: tuple[_Smoother, _Smoother, _Smoother],
    trend: Floats,
    weights: Floats,
) -> tuple[Floats, Floats]:
    """One inner round: smooth each place of the period by itself, take its slow part out, smooth the rest."""
    by_season, by_trend, by_low = smoothers
    n = len(series)
    detrended = series - trend
    cycle = np.empty(n + 2 * period)
    for start in range(period):
        cycle[start::period] = _one_place(detrended[start::period], weights[start::period], by_season)
    slow = _moving_mean(_moving_mean(_moving_mean(cycle, period), period), 3)
    season = cycle[period : period + n] - _smoothed(slow, np.ones(n), by_low)
    return season, _smoothed(series - season, weights, by_trend)


def _one_place(values: Floats, weights: Floats, by: _Smoother) -> Floats:
    """One place of the period over all periods, with one value more at either end."""
    n = len(values)
    inside = _smoothed(values, weights, by)
    first = _fit_at(0, (1, min(by.window, n)), values, weights, by)
    last = _fit_at(n + 1, (max(1, n - by.window + 1), n), values, weights, by)
    return np.concatenate(
        [[inside[0] if first is None else first], inside, [inside[-1] if last is None else last]]
    )


def _smoothed(values: Floats, weights: Floats, by: _Smoother) -> Floats:
    """Local regression at every `jump`-th point and at the last, straight lines between."""
    n = len(values)
    if n < 2:
        return values.copy()
    jump = min(by.jump, n - 1)
    places = list(range(1, n + 1, jump))
    windows = _windows(n, by.window, jump)
    fits = [_or_value(_fit_at(at, windows(at), values, weights, by), values, at) for at in places]
    if places[-1] != n:
        # The paper's program takes the window of the fit before for the last point.
        fits.append(_or_value(_fit_at(n, windows(places[-1]), values, weights, by), values, n))
        places.append(n)
    return np.interp(np.arange(1, n + 1), places, fits)


def _windows(n: int, window: int, jump: int) -> Callable[[int], tuple[int, int]]:
    """First and last point of the window around a point, counted from 1."""
    half = (window + 1) // 2

    def around(at: int) -> tuple[int, int]:
        if window >= n:
            return 1, n
        first = min(max(at - half + 1, 1), n - window + 1)
        if jump > 1 and at >= n - half + 1:
            first = n - window + 1
        return first, first + window - 1

    return around


def _or_value(fit: float | None, values: Floats, at: int) -> float:
    return float(values[at - 1]) if fit is None else fit


def _fit_at(at: int, window: tuple[int, int], values: Floats, weights: Floats, by: _Smoother) -> float | None:
    """Tricube-weighted constant or line at a point; None where every weight is zero."""
    first, last = window
    n = len(values)
    reach = max(at - first, last - at) + max(by.window - n, 0) // 2
    place = np.arange(first, last + 1, dtype=np.float64)
    distance = np.abs(place - at)
    pull = np.where(distance <= 0.001 * reach, 1.0, (1 - (distance / max(reach, 1e-300)) ** 3) ** 3)
    pull = np.where(distance <= 0.999 * reach, pull, 0.0) * weights[first - 1 : last]
    total = pull.sum()
    if total <= 0:
        return None
    pull = pull / total
    if reach > 0 and by.degree:
        centre = float(pull @ place)
        spread = float(pull @ (place - centre) ** 2)
        if spread > (0.001 * (n - 1)) ** 2:
            pull = pull * ((at - centre) / spread * (place - centre) + 1)
    return float(pull @ values[first - 1 : last])


def _moving_mean(values: Floats, length: int) -> Floats:
    result: Floats = np.convolve(values, np.ones(length) / length, mode="valid")
    return result


def _bisquare(remainder: Floats) -> Floats:
    """Weights that fall to 0 at six median absolute remainders."""
    size = np.abs(remainder)
    bound = 6 * float(np.median(size))
    inner = (1 - (size / max(bound, 1e-300)) ** 2) ** 2
    return np.where(size <= 0.001 * bound, 1.0, np.where(size <= 0.999 * bound, inner, 0.0))


def _next_odd(value: int) -> int:
    return value + 1 if value % 2 == 0 else value
