"""Exponential smoothing with given weights: where a series stands now, one step ahead at every point."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadNumber
from viaggio.estimate.series import Floats, whole_series


@dataclass(frozen=True, slots=True, kw_only=True)
class Smoothed:
    """One-step forecasts (of the last `len(forecasts)` points), their squared errors, the last state.

    `level` is the state after the last point, `slope` per point (0 without trend), `season` the additive
    figures of the next period in order (empty without season).
    """

    forecasts: Floats
    squares: float
    level: float
    slope: float
    season: tuple[float, ...]


def smooth(values: npt.ArrayLike, weight: float) -> Smoothed:
    """Simple exponential smoothing from the first value on."""
    series = whole_series(values, least=2, place="smoothing")
    _check(weight)
    level, forecasts = float(series[0]), []
    for value in series[1:].tolist():
        forecasts.append(level)
        level = weight * value + (1 - weight) * level
    found = np.array(forecasts)
    squares = float(((series[1:] - found) ** 2).sum())
    return Smoothed(forecasts=found, squares=squares, level=level, slope=0.0, season=())


def holt_winters(
    values: npt.ArrayLike, period: int, *, level_weight: float, slope_weight: float, season_weight: float
) -> Smoothed:
    """Additive Holt-Winters smoothing (Winters 1960) with fixed weights, for two or more whole periods.

    Started from a classical decomposition of the first two periods, as R's `HoltWinters` does; the first
    forecast is that of the first point of the second period.
    """
    series = whole_series(values, least=2 * period, place="Holt-Winters")
    if period < 2:
        raise BadNumber(f"period {period}", place="Holt-Winters", hint="Use `smooth` without season.")
    _check(level_weight, slope_weight, season_weight)
    level, slope, season = _start(series[: 2 * period], period)
    forecasts = []
    for place in range(period, len(series)):
        value, figure = float(series[place]), season[place % period]
        forecasts.append(level + slope + figure)
        before = level
        level = level_weight * (value - figure) + (1 - level_weight) * (level + slope)
        slope = slope_weight * (level - before) + (1 - slope_weight) * slope
        season[place % period] = season_weight * (value - level) + (1 - season_weight) * figure
    found = np.array(forecasts)
    turn = len(series) % period
    return Smoothed(
        forecasts=found,
        squares=float(((series[period:] - found) ** 2).sum()),
        level=level,
        slope=slope,
        season=tuple(season[turn:] + season[:turn]),
    )


def _start(first: Floats, period: int) -> tuple[float, float, list[float]]:
    """Level, slope and season from two periods: centred moving average, its line, mean detrended figures."""
    ends = 0.5 if period % 2 == 0 else 1.0
    window = np.ones(period + 1 - period % 2)
    window[0] = window[-1] = ends
    trend = np.convolve(first, window / period, mode="valid")
    reach = len(window) // 2
    slope, level = np.polyfit(np.arange(1, len(trend) + 1), trend, 1)
    detrended = np.full(2 * period, np.nan)
    detrended[reach : reach + len(trend)] = first[reach : reach + len(trend)] - trend
    figures = np.nanmean(detrended.reshape(2, period), axis=0)
    return float(level), float(slope), (figures - figures.mean()).tolist()


def _check(*weights: float) -> None:
    for weight in weights:
        if not 0 <= weight <= 1:
            raise BadNumber(f"weight {weight} is not between 0 and 1", place="smoothing")
