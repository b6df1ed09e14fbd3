"""Control charts against printed tables, their definitions and the laws of shift and scale."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viaggio.estimate import control
from viaggio.estimate.control import Spread
from viaggio.estimate.errors import BadCounts, BadNumber, TooFew

levels = st.lists(st.integers(-500, 500), min_size=8, max_size=40).map(lambda tenths: np.array(tenths) / 10)
spread_out = levels.filter(lambda series: np.ptp(series) > 1)

# Montgomery, Introduction to Statistical Quality Control, appendix VI: n, d2, d3, c4.
PRINTED = [
    (2, 1.128, 0.853, 0.7979),
    (5, 2.326, 0.864, 0.9400),
    (10, 3.078, 0.797, 0.9727),
    (25, 3.931, 0.708, 0.9896),
]


@pytest.mark.parametrize(("n", "d2", "d3", "c4"), PRINTED)
def test_constants_are_those_of_the_printed_table(n, d2, d3, c4):
    found = control.range_constants(n)
    assert (round(found.d2, 3), round(found.d3, 3), round(control.c4(n), 4)) == (d2, d3, c4)


def test_range_of_two_has_a_known_mean_and_deviation():
    found = control.range_constants(2)
    assert found.d2 == pytest.approx(2 / np.sqrt(np.pi), abs=1e-13)
    assert found.d3 == pytest.approx(np.sqrt(2 - 4 / np.pi), abs=1e-12)


def test_mean_chart_uses_ranges_or_deviations():
    groups = [[1.0, 3.0], [2.0, 6.0], [4.0, 4.0]]
    by_range = control.mean_chart(groups)
    assert by_range.centre[0] == pytest.approx(10 / 3)
    sigma = (2 + 4 + 0) / 3 / (2 / np.sqrt(np.pi))
    assert by_range.high[0] == pytest.approx(10 / 3 + 3 * sigma / np.sqrt(2))
    by_deviation = control.mean_chart(groups, spread=Spread.DEVIATION)
    assert by_deviation.sigma[0] == pytest.approx(sigma)  # of two values, both are the same thing


def test_range_and_deviation_limits_do_not_fall_below_zero():
    groups = [[1.0, 3.0, 2.0], [2.0, 6.0, 1.0], [4.0, 4.0, 9.0]]
    assert control.range_chart(groups).low[0] == 0
    assert control.spread_chart(groups).low[0] == 0


def test_points_beyond_are_named_above_first():
    series = [10, 11, 9, 10, 11, 9, 10, 60, 10, 11, 9, 10, -60, 10, 11, 9, 10, 11, 9, 10]
    assert control.individuals_chart(series, width=2).beyond == (7, 12)


def test_the_seventh_point_on_one_side_ends_a_run():
    chart = control.count_chart([5] * 8 + [1] * 8)
    assert chart.runs == (6, 7, 14, 15)
    assert control.count_chart([5, 1] * 8).runs == ()


def test_share_limits_follow_each_base_and_stay_shares():
    chart = control.share_chart([1, 30, 2], [10, 300, 10])
    pooled = 33 / 320
    assert chart.high[1] == pytest.approx(pooled + 3 * np.sqrt(pooled * (1 - pooled) / 300))
    assert chart.low[0] == 0
    assert chart.high[0] > chart.high[1]


def test_count_and_rate_charts_agree_on_equal_bases():
    counts = control.count_chart([4, 9, 6, 5])
    rates = control.rate_chart([4, 9, 6, 5], [2, 2, 2, 2])
    assert rates.high * 2 == pytest.approx(counts.high)


def test_hits_chart_is_the_share_chart_times_the_base():
    hits, sizes = [12, 30, 22, 8], [100, 200, 150, 90]
    of_hits, of_shares = control.hits_chart(hits, sizes), control.share_chart(hits, sizes)
    assert of_hits.high / sizes == pytest.approx(of_shares.high)
    assert of_hits.low / sizes == pytest.approx(of_shares.low)


def test_huge_bases_alarm_in_the_p_chart_and_not_where_waves_truly_vary():
    chance = np.random.default_rng(11)
    sizes = np.full(40, 200_000)
    hits = chance.binomial(sizes, chance.beta(300, 700, size=40))
    assert len(control.share_chart(hits, sizes).beyond) > 30
    assert len(control.overdispersed_share_chart(hits, sizes).beyond) <= 1


def test_without_more_than_chance_the_stretched_limits_are_the_usual_ones():
    chance = np.random.default_rng(12)
    sizes = np.full(4_000, 500)
    hits = chance.binomial(sizes, 0.3)
    usual, stretched = control.share_chart(hits, sizes), control.overdispersed_share_chart(hits, sizes)
    assert stretched.sigma[0] == pytest.approx(usual.sigma[0], rel=0.03)


@given(spread_out, st.floats(-1e3, 1e3), st.floats(0.1, 100))
def test_individuals_chart_moves_and_scales_with_the_series(series, shift, factor):
    chart = control.individuals_chart(series)
    moved = control.individuals_chart(shift + factor * series)
    assert moved.high == pytest.approx(shift + factor * chart.high, rel=1e-9, abs=1e-6)


@given(spread_out)
def test_cusum_sees_a_mirrored_series_from_the_other_side(series):
    sums = control.cusum(series, centre=1, sigma=5, shift=1, limit=5)
    mirrored = control.cusum(2 - series, centre=1, sigma=5, shift=1, limit=5)
    assert mirrored.upper == pytest.approx(sums.lower)
    assert mirrored.above == sums.below


def test_cusum_adds_what_exceeds_half_the_shift():
    sums = control.cusum([2.0, 2.0, -4.0, 2.0], centre=0, sigma=1, shift=1, limit=2.5)
    assert sums.upper.tolist() == [1.5, 3.0, 0.0, 1.5]
    assert sums.lower.tolist() == [0.0, 0.0, 3.5, 1.0]
    assert (sums.above, sums.below) == ((1,), (2,))


@given(spread_out)
def test_ewma_of_weight_one_is_the_series_with_shewhart_limits(series):
    found = control.ewma(series, centre=2, sigma=3, weight=1, width=3)
    assert found.smooth == pytest.approx(series)
    assert found.high == pytest.approx(np.full(len(series), 11.0))


def test_ewma_limits_widen_to_the_steady_ones():
    growing = control.ewma([0.0] * 200, centre=0, sigma=1)
    steady = control.ewma([0.0] * 200, centre=0, sigma=1, steady=True)
    assert growing.high[0] == pytest.approx(3 * 0.2)
    assert (np.diff(growing.high) >= 0).all()
    assert growing.high[-1] == pytest.approx(steady.high[0])


# Published average run lengths: Lucas and Crosier 1982 (CUSUM, k = 0.5), Lucas and Saccucci 1990 (EWMA).
@pytest.mark.parametrize(("limit", "shift", "known"), [(4, 0, 168), (5, 0, 465), (5, 1, 10.4), (4, 1, 8.38)])
def test_cusum_run_lengths_are_the_published_ones(limit, shift, known):
    assert control.cusum_run_length(0.5, limit, shift) == pytest.approx(known, rel=5e-3)


@pytest.mark.parametrize(
    ("weight", "width", "shift", "known"),
    [(0.25, 2.998, 0, 500), (0.1, 2.814, 0, 500), (0.1, 2.814, 1, 10.3)],
)
def test_ewma_run_lengths_are_the_published_ones(weight, width, shift, known):
    assert control.ewma_run_length(weight, width, shift) == pytest.approx(known, rel=5e-3)


def test_three_sigmas_alarm_every_370_points():
    assert control.shewhart_run_length() == pytest.approx(370.398, abs=1e-3)
    assert control.ewma_run_length(1.0, 3.0) == pytest.approx(370.398, abs=1e-3)


@settings(deadline=None, max_examples=20)
@given(st.floats(20, 2_000))
def test_a_limit_gives_the_run_length_it_was_asked_for(wanted):
    assert control.shewhart_run_length(control.shewhart_limit(wanted)) == pytest.approx(wanted, rel=1e-9)
    assert control.cusum_run_length(0.5, control.cusum_limit(0.5, wanted)) == pytest.approx(wanted, rel=1e-6)
    assert control.ewma_run_length(0.2, control.ewma_limit(0.2, wanted)) == pytest.approx(wanted, rel=1e-6)


def test_run_length_is_what_a_simulation_counts():
    chance = np.random.default_rng(5)
    lengths = []
    for series in chance.normal(size=(2_000, 400)):
        past = control.ewma(series, centre=0, sigma=1, width=2.0, steady=True).beyond
        lengths.append(past[0] + 1 if past else 400)
    known = control.ewma_run_length(0.2, 2.0)
    assert np.mean(lengths) == pytest.approx(known, abs=4 * np.std(lengths) / np.sqrt(len(lengths)))


def test_what_can_not_be_charted_is_refused():
    with pytest.raises(TooFew):
        control.mean_chart([[1.0], [2.0]])
    with pytest.raises(TooFew):
        control.individuals_chart([1.0])
    with pytest.raises(BadCounts, match="place 1"):
        control.share_chart([1, 5], [10, 0])
    with pytest.raises(BadCounts, match="place 0"):
        control.share_chart([11, 5], [10, 10])
    with pytest.raises(BadNumber, match="place 1"):
        control.individuals_chart([1.0, float("nan"), 2.0])
    with pytest.raises(BadNumber):
        control.cusum([1.0], centre=0, sigma=0, shift=1, limit=5)
    with pytest.raises(BadNumber):
        control.ewma([1.0], centre=0, sigma=1, weight=0)
    with pytest.raises(BadNumber):
        control.ewma_limit(0.2, 1.0)
