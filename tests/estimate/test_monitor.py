"""Verdicts: what they say, what they refuse, and how often they are wrong when nothing changed."""

from dataclasses import replace
from math import inf, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.estimate.monitor import (
    BadDifference,
    Difference,
    Verdict,
    WaveValue,
    Why,
    difference,
    two_sided,
    verdicts,
)
from viaggio.estimate.multiplicity import BadProbability
from viaggio.kernel import Direction

changes = st.builds(
    Difference,
    value=st.floats(-50, 50),
    se=st.floats(0.1, 20),
    df=st.floats(5, 500),
    n_now=st.integers(0, 200),
    n_before=st.integers(0, 200),
    better=st.sampled_from([Direction.UP, Direction.DOWN]),
)


def change(value, se=1.0, **others):
    return Difference(**{"value": value, "se": se, "n_now": 100, "n_before": 100, **others})


def said(*differences: Difference, **how):
    return [one.verdict for one in verdicts(differences, **how)]


def test_a_clear_rise_is_better_or_worse_by_the_figures_direction():
    assert said(change(5)) == [Verdict.IMPROVED]
    assert said(change(5, better=Direction.DOWN)) == [Verdict.WORSENED]
    assert said(change(-5)) == [Verdict.WORSENED]
    assert said(change(-5, better=Direction.DOWN)) == [Verdict.IMPROVED]


def test_what_chance_explains_is_no_clear_change():
    assert said(change(1.9)) == [Verdict.NO_CLEAR_CHANGE]
    assert said(change(2.0)) == [Verdict.IMPROVED]


def test_few_degrees_of_freedom_ask_for_more():
    assert two_sided(2.5705818356363146, 5) == pytest.approx(0.05, rel=1e-9)  # R: qt(.975, 5)
    assert said(change(2.5, df=5)) == [Verdict.NO_CLEAR_CHANGE]
    assert said(change(2.6, df=5)) == [Verdict.IMPROVED]


def test_a_base_below_the_minimum_of_either_wave_is_too_few():
    assert said(change(50, n_now=29), change(50, n_before=29), change(50)) == [
        Verdict.TOO_FEW,
        Verdict.TOO_FEW,
        Verdict.IMPROVED,
    ]
    assert verdicts([change(50, n_now=29)])[0].why is Why.BASE


def test_figures_without_an_error_are_not_judged():
    unknown, no_value, no_spread, same = verdicts(
        [change(5, se=None), change(None), change(5, se=0.0), change(0.0, se=0.0)]
    )
    assert {unknown.why, no_value.why, no_spread.why} == {Why.NO_ERROR}
    assert no_spread.verdict is Verdict.TOO_FEW
    assert same.verdict is Verdict.NO_CLEAR_CHANGE


def test_a_figure_beside_many_others_must_be_clearer():
    alone = change(2.2)
    assert said(alone) == [Verdict.IMPROVED]
    assert said(alone, *[change(0.1)] * 9)[0] is Verdict.NO_CLEAR_CHANGE


def test_too_small_figures_do_not_blur_the_others():
    assert said(change(2.2), *[change(0.1, n_now=5)] * 9)[0] is Verdict.IMPROVED


@given(st.lists(changes, max_size=12))
def test_holm_never_says_more_than_bh_and_none_never_less(screen):
    calls = [
        {
            place
            for place, one in enumerate(verdicts(screen, method=way))
            if one.verdict in {Verdict.IMPROVED, Verdict.WORSENED}
        }
        for way in ("holm", "bh", "none")
    ]
    assert calls[0] <= calls[1] <= calls[2]


@given(st.lists(changes, max_size=8), st.floats(0.01, 100))
def test_the_unit_does_not_matter(screen, factor):
    scaled = [replace(one, value=one.value * factor, se=one.se * factor) for one in screen]
    for found, known in zip(verdicts(scaled), verdicts(screen), strict=True):
        assert (found.p is None) == (known.p is None)
        assert known.p is None or found.p == pytest.approx(known.p, rel=1e-9)


@given(st.lists(changes, max_size=8))
def test_turning_every_sign_and_direction_keeps_every_verdict(screen):
    other = {Direction.UP: Direction.DOWN, Direction.DOWN: Direction.UP}
    turned = [replace(one, value=-one.value, better=other[one.better]) for one in screen]
    assert said(*turned) == said(*screen)


def test_under_no_change_a_screen_raises_a_false_call_at_most_at_the_rate():
    """2,000 screens of 12 figures that share half their noise; three standard errors of the rate allowed."""
    chance = np.random.default_rng(20261122)
    screens, figures = 2_000, 12
    noise = sqrt(0.5) * (chance.normal(size=(screens, 1)) + chance.normal(size=(screens, figures)))
    for way in ("bh", "holm"):
        wrong = sum(
            any(one.verdict is not Verdict.NO_CLEAR_CHANGE for one in verdicts(row, method=way))
            for row in [[change(float(z)) for z in screen] for screen in noise]
        )
        assert wrong / screens <= 0.05 + 3 * sqrt(0.05 * 0.95 / screens)


def test_real_changes_are_found_beside_still_figures():
    chance = np.random.default_rng(7)
    found = 0
    for _ in range(200):
        screen = [change(float(z)) for z in chance.normal(size=10)]
        screen[3] = change(screen[3].value + 4.5)
        found += verdicts(screen)[3].verdict is Verdict.IMPROVED
    assert found > 180


def test_independent_waves_differ_by_the_sum_of_their_variances():
    now, before = WaveValue(value=40, se=3, n=200), WaveValue(value=30, se=4, n=150)
    found = difference(now, before)
    assert (found.value, found.se, found.df) == (10, 5, inf)
    assert (found.n_now, found.n_before) == (200, 150)


def test_customers_asked_twice_narrow_the_difference():
    now = WaveValue(value=40, se=3, n=200, df=199, covariance=6.0)
    before = WaveValue(value=30, se=4, n=150, df=149)
    assert difference(now, before).se == pytest.approx(sqrt(25 - 12))


def test_degrees_of_freedom_are_welchs():
    """R: t.test(extra ~ group, data = sleep) has df 17.776 (group variances 3.200556 and 4.009, n = 10)."""
    now = WaveValue(value=2.33, se=sqrt(4.009 / 10), n=10, df=9)
    before = WaveValue(value=0.75, se=sqrt(3.200555556 / 10), n=10, df=9)
    found = difference(now, before, minimum=5)
    assert found.df == pytest.approx(17.77647, abs=1e-4)
    assert verdicts([found])[0].p == pytest.approx(0.07939, abs=1e-5)


def test_a_wave_without_value_or_error_gives_no_difference():
    empty = WaveValue(value=None, se=None, n=0)
    assert said(difference(WaveValue(value=40, se=3, n=200), empty)) == [Verdict.TOO_FEW]


def test_a_wave_of_one_answer_has_no_error_to_judge_by():
    one = WaveValue(value=10, se=0.0, n=1, df=0)
    found = difference(WaveValue(value=40, se=3, n=200, df=199), one, minimum=1)
    assert (found.value, found.se) == (30, None)
    assert verdicts([found])[0].why is Why.NO_ERROR


def test_a_covariance_that_the_errors_do_not_allow_is_refused():
    with pytest.raises(BadDifference, match="covariance"):
        difference(WaveValue(value=1, se=1, n=50, covariance=9.0), WaveValue(value=1, se=1, n=50))


def test_what_can_not_be_judged_is_refused_with_its_place():
    with pytest.raises(BadDifference, match="figure 1"):
        verdicts([change(1), change(1, better=Direction.NONE)])
    with pytest.raises(BadDifference, match="figure 0"):
        verdicts([change(1, se=-1.0)])
    with pytest.raises(BadDifference, match="figure 0"):
        verdicts([change(float("nan"))])
    with pytest.raises(BadProbability, match="rate"):
        verdicts([change(1)], rate=5)
