"""Drifts: innovations that are independent when nothing changes, limits that keep their run length."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viaggio.estimate.drift import Memory, drift
from viaggio.estimate.monitor import BadDifference, Track, Verdict, WaveValue, judge_waves
from viaggio.kernel import Direction

walks = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.5, 10)), min_size=3, max_size=15)


def waves_of(values, se=2.0, **others):
    return [WaveValue(**{"value": float(value), "se": se, "n": 200, **others}) for value in values]


@given(walks)
def test_innovations_of_independent_waves_are_the_recursive_residuals(rows):
    found = drift([WaveValue(value=y, se=se, n=100) for y, se in rows])
    for at, innovation in enumerate(found.innovations, start=1):
        weights = np.array([1 / se**2 for _, se in rows[:at]])
        mean = (weights * [y for y, _ in rows[:at]]).sum() / weights.sum()
        error = np.sqrt(rows[at][1] ** 2 + 1 / weights.sum())
        assert innovation == pytest.approx((rows[at][0] - mean) / error, rel=1e-6, abs=1e-6)


@given(walks, st.floats(-100, 100), st.floats(0.1, 10))
def test_origin_and_unit_do_not_matter(rows, shift, factor):
    still = drift([WaveValue(value=y, se=se, n=100) for y, se in rows])
    moved = drift([WaveValue(value=shift + factor * y, se=factor * se, n=100) for y, se in rows])
    assert moved.innovations == pytest.approx(still.innovations, rel=1e-5, abs=1e-5)


def test_overlapping_waves_have_independent_innovations():
    chance = np.random.default_rng(2)
    covariance = np.diag(np.full(6, 4.0)) + np.diag(np.full(5, 1.5), 1) + np.diag(np.full(5, 1.5), -1)
    worlds = chance.multivariate_normal(np.full(6, 30.0), covariance, size=4_000)
    innovations = np.array([drift(waves_of(world, covariance=1.5)).innovations for world in worlds])
    assert np.cov(innovations.T) == pytest.approx(np.eye(5), abs=0.09)


@pytest.mark.parametrize("memory", Memory)
def test_the_first_false_alarm_comes_as_late_as_stated(memory):
    chance = np.random.default_rng(3)
    lengths = []
    for world in chance.normal(30, 2, size=(250, 80)):
        alarms = drift(waves_of(world), baseline=30, memory=memory, run_length=15).alarms
        lengths.append(alarms[0] + 1 if alarms else 80)
    assert np.mean(lengths) == pytest.approx(15, abs=4 * np.std(lengths) / np.sqrt(250))


def test_more_figures_on_the_screen_ask_for_wider_limits():
    waves = waves_of([30, 31, 32, 33])
    assert drift(waves, figures=20).limit > drift(waves).limit


@pytest.mark.parametrize("memory", Memory)
def test_a_slow_rise_that_no_pair_of_waves_shows_is_told(memory):
    values = 30 + 0.7 * np.arange(16)
    pairs = judge_waves({"nps": Track(waves=tuple(waves_of(values)))})
    assert {screen["nps"].verdict for screen in pairs} == {Verdict.NO_CLEAR_CHANGE}
    assert drift(waves_of(values), memory=memory).verdict is Verdict.IMPROVED
    assert drift(waves_of(values), memory=memory, better=Direction.DOWN).verdict is Verdict.WORSENED
    assert drift(waves_of(-values), memory=memory).verdict is Verdict.WORSENED


def test_waves_on_a_small_base_are_left_out_and_named():
    waves = waves_of([30, 99, 31, 30])
    waves[1] = WaveValue(value=99.0, se=30.0, n=4)
    found = drift(waves)
    assert found.waves == (2, 3)
    assert found.verdict is Verdict.NO_CLEAR_CHANGE


def test_one_wave_is_too_few():
    assert drift(waves_of([30])).verdict is Verdict.TOO_FEW
    assert drift([]).verdict is Verdict.TOO_FEW
    assert drift(waves_of([30]), baseline=30).verdict is Verdict.NO_CLEAR_CHANGE


@settings(deadline=None)
@given(walks, st.integers(3, 40))
def test_few_degrees_of_freedom_pull_innovations_to_zero(rows, df):
    sure = drift([WaveValue(value=y, se=se, n=100) for y, se in rows]).innovations
    unsure = drift([WaveValue(value=y, se=se, n=100, df=df) for y, se in rows]).innovations
    assert (np.abs(unsure) <= np.abs(sure) + 1e-9).all()


def test_impossible_covariances_and_missing_directions_are_refused():
    with pytest.raises(BadDifference, match="covariances"):
        drift(waves_of([30, 31, 32], covariance=9.0))
    with pytest.raises(BadDifference, match="direction"):
        drift(waves_of([30, 31]), better=Direction.NONE)


def test_every_wave_is_a_screen_of_its_own():
    up, still = waves_of([30, 40, 40]), waves_of([5, 5, 5])
    first, second = judge_waves({"a": Track(waves=tuple(up)), "b": Track(waves=tuple(still))})
    assert (first["a"].verdict, first["b"].verdict) == (Verdict.IMPROVED, Verdict.NO_CLEAR_CHANGE)
    assert second["a"].verdict is Verdict.NO_CLEAR_CHANGE
    assert judge_waves({}) == []
    with pytest.raises(BadDifference, match="waves"):
        judge_waves({"a": Track(waves=tuple(up)), "b": Track(waves=tuple(still[:2]))})
