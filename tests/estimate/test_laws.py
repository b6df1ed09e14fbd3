"""What holds for every interval."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio import estimate

few = st.integers(0, 400)
answers = st.lists(st.integers(1, 7), min_size=1, max_size=60)


def _sums(values):
    return len(values), sum(values), sum(v * v for v in values)


@given(few, few, few)
def test_nps_holds_its_value_and_no_number_is_nan(promoters, passives, detractors):
    found = estimate.nps(promoters, passives, detractors)
    if promoters + passives + detractors == 0:
        assert found.value is None
        return
    assert all(math.isfinite(number) for number in (found.value, found.low, found.high))
    assert found.low <= found.value <= found.high
    assert found.low < found.high


@given(few, few, few)
def test_nps_of_the_mirrored_answers_is_mirrored(promoters, passives, detractors):
    found = estimate.nps(promoters, passives, detractors)
    mirrored = estimate.nps(detractors, passives, promoters)
    if found.value is not None:
        assert mirrored.value == -found.value
        assert (-mirrored.high, -mirrored.low) == pytest.approx((found.low, found.high), abs=1e-9)


@given(few, few, few.filter(bool))
def test_score_interval_stays_on_the_scale(promoters, passives, detractors):
    low, high = estimate.nps_score_interval(promoters, passives, detractors)
    assert -100 <= low <= high <= 100


@given(st.integers(0, 50), st.integers(1, 50))
def test_share_and_its_complement_mirror_each_other(hits, more):
    n = hits + more
    found, rest = estimate.share(hits, n), estimate.share(n - hits, n)
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert (1 - rest.high, 1 - rest.low) == pytest.approx((found.low, found.high), abs=1e-12)


@given(answers)
def test_mean_lies_in_its_interval_and_keeps_it_under_a_shift(values):
    found = estimate.mean(*_sums(values), scale=(1, 7))
    assert found.value == pytest.approx(sum(values) / len(values))
    assert found.low < found.value + 1e-12
    assert found.value < found.high + 1e-12
    moved = estimate.mean(*_sums([v + 1000 for v in values]), scale=(1001, 1007))
    assert (moved.low - 1000, moved.high - 1000) == pytest.approx((found.low, found.high), abs=1e-6)


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=30))
def test_ratio_to_a_constant_is_the_mean(pairs):
    ys = [y for y, _ in pairs]
    n, total, squares = _sums(ys)
    by_ratio = estimate.ratio(n, (total, n), (squares, n, total), n=n)
    by_mean = estimate.mean(n, total, squares)
    assert by_ratio.value == by_mean.value
    if by_mean.low is not None:
        assert (by_ratio.low, by_ratio.high) == pytest.approx((by_mean.low, by_mean.high))


@given(st.lists(st.integers(0, 10), min_size=2, max_size=40), st.integers(2, 5))
def test_more_of_the_same_answers_narrow_the_interval(values, times):
    once = estimate.mean(*_sums(values), scale=(0, 10))
    often = estimate.mean(*_sums(values * times), scale=(0, 10))
    assert often.high - often.low < once.high - once.low


@given(st.lists(st.fractions(0, 1, max_denominator=50), min_size=1, max_size=30))
def test_bounded_interval_covers_the_t_interval_of_alike_values(values):
    value = values[0]
    found = estimate.mean(len(values), value * len(values), value * value * len(values), scale=(0, 1))
    assert Fraction(found.low) <= value + Fraction(1, 10**12)
    assert Fraction(found.high) >= value - Fraction(1, 10**12)
