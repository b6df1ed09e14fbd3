"""Trend and season against scipy and statsmodels, and the laws of an additive decomposition."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.api import OLS
from statsmodels.stats.diagnostic import acorr_ljungbox
from statsmodels.tsa.seasonal import STL
from statsmodels.tsa.stattools import acf

from viaggio.estimate import season
from viaggio.estimate.errors import BadNumber, Constant, TooFew

ranks = st.lists(st.integers(0, 12), min_size=4, max_size=30).filter(lambda values: len(set(values)) > 1)


def monthly(n=62, period=12, seed=1):
    chance = np.random.default_rng(seed)
    figures = np.resize(chance.normal(0, 3, period), n)
    return 30 + 0.1 * np.arange(n) + figures + chance.normal(0, 1, n)


@given(ranks)
def test_kendall_is_scipys(values):
    known = stats.kendalltau(np.arange(len(values)), values, method="asymptotic")
    found = season.kendall_trend(values)
    assert (found.tau, found.p) == (pytest.approx(known.statistic), pytest.approx(known.pvalue))


@given(ranks)
def test_slope_of_sen_is_scipys(values):
    assert season.sen_slope(values) == pytest.approx(stats.theilslopes(values).slope)


@given(ranks)
def test_a_turned_series_trends_the_other_way(values):
    assert season.kendall_trend(values[::-1]).score == -season.kendall_trend(values).score


@pytest.mark.parametrize("lags", [0, 1, 4, 9])
def test_line_and_its_errors_are_statsmodels(lags):
    values = monthly()
    fit = OLS(values, np.column_stack([np.ones(62), np.arange(1, 63)])).fit()
    robust = fit.get_robustcov_results("HAC", maxlags=lags, use_correction=False)
    found = season.line_trend(values, lags=lags)
    assert (found.intercept, found.slope) == pytest.approx(tuple(fit.params))
    assert found.errors == pytest.approx(tuple(fit.bse))
    assert found.robust_errors == pytest.approx(tuple(robust.bse))


def test_autocorrelation_and_its_test_are_statsmodels():
    values = monthly()
    assert season.autocorrelation(values, 6) == pytest.approx(acf(values, nlags=6))
    known = acorr_ljungbox(values, lags=[6])
    found = season.ljung_box(values, 6)
    assert (found.statistic, found.p) == pytest.approx((known["lb_stat"].iloc[0], known["lb_pvalue"].iloc[0]))


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize(("period", "n"), [(4, 30), (12, 62), (6, 40), (12, 144)])
def test_decomposition_is_that_of_statsmodels_set_to_the_same_windows(period, n, robust):
    values = monthly(n, period)
    trend_window = int(np.ceil(1.5 * period / (1 - 1.5 / 7)))
    trend_window += trend_window % 2 == 0
    known = STL(
        values,
        period=period,
        seasonal=7,
        seasonal_deg=0,
        trend=trend_window,
        low_pass=period + 1,
        seasonal_jump=1,
        trend_jump=int(np.ceil(trend_window / 10)),
        low_pass_jump=int(np.ceil((period + 1) / 10)),
        robust=robust,
    ).fit(inner_iter=1 if robust else 2, outer_iter=15 if robust else 0)
    found = season.decompose(values, period, season_window=7, robust=robust)
    assert found.season == pytest.approx(known.seasonal, abs=1e-9)
    assert found.trend == pytest.approx(known.trend, abs=1e-9)
    assert found.weights == pytest.approx(known.weights, abs=1e-9)


@settings(deadline=None)
@given(st.integers(2, 13), st.integers(0, 30), st.booleans())
def test_the_parts_add_up_and_move_with_the_series(period, more, robust):
    values = monthly(3 * period + more, period, seed=more)
    found = season.decompose(values, period, robust=robust)
    assert found.season + found.trend + found.remainder == pytest.approx(values)
    assert found.season[period:] == pytest.approx(found.season[:-period])
    scaled = season.decompose(4 * values, period, robust=robust)  # a power of two: rounds as before
    assert scaled.season == pytest.approx(4 * found.season, abs=1e-12)
    assert scaled.trend == pytest.approx(4 * found.trend, abs=1e-12)
    # another level rounds otherwise, and fifteen rounds of robust weights make more of it
    near = (1e-4 if robust else 1e-9) * np.ptp(values)
    moved = season.decompose(100 + values, period, robust=robust)
    assert moved.season == pytest.approx(found.season, abs=near)
    assert moved.trend == pytest.approx(100 + found.trend, abs=near)


def test_a_week_of_days_gives_its_figures_back():
    figures = np.array([3.0, 1, 0, -1, -2, -2, 1])
    values = 40 + 0.05 * np.arange(70) + np.resize(figures, 70)
    found = season.decompose(values, 7)
    assert found.season[:7] == pytest.approx(figures - figures.mean(), abs=0.1)
    assert np.abs(found.remainder).max() < 0.15


def test_an_outlier_bends_the_robust_season_less():
    values = monthly(84)
    spoiled = values.copy()
    spoiled[40] += 60
    plain, robust = (
        np.abs(
            season.decompose(spoiled, 12, robust=way).season - season.decompose(values, 12, robust=way).season
        ).max()
        for way in (False, True)
    )
    assert robust < plain / 5


def test_smoothing_with_weight_one_foretells_the_last_value():
    found = season.smooth([3.0, 5.0, 4.0], 1.0)
    assert found.forecasts.tolist() == [3.0, 5.0]
    assert (found.level, found.squares) == (4.0, 5.0)


@pytest.mark.parametrize("period", [4, 7])
def test_holt_winters_foretells_a_line_with_season_without_fault(period):
    figures = np.linspace(-1, 1, period)
    values = 10 + 0.5 * np.arange(5 * period) + np.resize(figures - figures.mean(), 5 * period)
    found = season.holt_winters(values, period, level_weight=0.3, slope_weight=0.1, season_weight=0.2)
    # The start takes its level at the first point of the moving average, as R does, and learns it away.
    assert abs(found.forecasts[-1] - values[-1]) < abs(found.forecasts[0] - values[period])
    assert found.slope == pytest.approx(0.5, abs=0.15)


def test_what_has_no_season_is_refused():
    with pytest.raises(TooFew):
        season.decompose(np.arange(24.0), 12)
    with pytest.raises(BadNumber):
        season.decompose(np.arange(24.0), 1)
    with pytest.raises(Constant):
        season.kendall_trend([3.0] * 9)
    with pytest.raises(BadNumber):
        season.smooth([1.0, 2.0], 1.5)
