"""Adjusted p-values against R's p.adjust, their definitions and the laws between the methods."""

from itertools import combinations, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.estimate.multiplicity import BadProbability, Multiplicity, adjusted

levels = st.lists(st.floats(0, 1), min_size=1, max_size=12)

# R 4.2.2: p.adjust(c(.01, .01, .04, 1, 0), method)
KNOWN = {
    "bonferroni": (0.05, 0.05, 0.2, 1, 0),
    "holm": (0.04, 0.04, 0.08, 1, 0),
    "hochberg": (0.03, 0.03, 0.08, 1, 0),
    "hommel": (0.03, 0.03, 0.08, 1, 0),
    "bh": (0.016666666666666666, 0.016666666666666666, 0.05, 1, 0),
    "by": (0.03805555555555556, 0.03805555555555556, 0.11416666666666667, 1, 0),
}


@pytest.mark.parametrize("method", KNOWN)
def test_adjusted_values_are_those_of_r(method):
    assert adjusted([0.01, 0.01, 0.04, 1, 0], method) == pytest.approx(KNOWN[method], rel=1e-12)


@given(levels, st.sampled_from(Multiplicity))
def test_an_adjusted_value_is_never_below_the_raw_one_nor_above_1(p, method):
    assert all(raw <= new <= 1 for raw, new in zip(p, adjusted(p, method), strict=True))


@given(levels)
def test_bh_calls_most_and_bonferroni_least(p):
    ways = ["bh", "hommel", "hochberg", "holm", "bonferroni"]
    ladder = [adjusted(p, way) for way in ways]
    for lower, upper in pairwise(ladder):
        assert all(a <= b + 1e-12 for a, b in zip(lower, upper, strict=True))


@given(levels)
def test_by_is_never_below_bh(p):
    assert all(a <= b for a, b in zip(adjusted(p, "bh"), adjusted(p, "by"), strict=True))


@given(levels, st.sampled_from(Multiplicity))
def test_the_order_of_the_figures_does_not_matter(p, method):
    turned = adjusted(p[::-1], method)[::-1]
    assert turned == pytest.approx(adjusted(p, method), rel=1e-12)


@given(levels, st.sampled_from(Multiplicity), st.integers(0, 12))
def test_what_was_not_tested_is_not_counted(p, method, place):
    with_gap = [*p[:place], None, *p[place:]]
    found = list(adjusted(with_gap, method))
    assert found.pop(min(place, len(p))) is None
    assert found == list(adjusted(p, method))


@given(st.lists(st.floats(0, 1), min_size=1, max_size=7))
def test_hommel_is_closed_testing_with_simes(p):
    def simes(of):
        ranked = sorted(of)
        return min(len(ranked) * value / rank for rank, value in enumerate(ranked, start=1))

    places = range(len(p))
    sets = [some for size in range(1, len(p) + 1) for some in combinations(places, size)]
    for place, found in enumerate(adjusted(p, "hommel")):
        closed = max(simes([p[i] for i in some]) for some in sets if place in some)
        assert found == pytest.approx(min(1, closed), abs=1e-12)


def test_no_tests_give_no_values():
    assert adjusted([], "holm") == ()
    assert adjusted([None], "hommel") == (None,)


@pytest.mark.parametrize("value", [-0.1, 1.1, float("nan")])
def test_a_number_that_is_no_probability_is_refused_with_its_place(value):
    with pytest.raises(BadProbability, match="place 1"):
        adjusted([0.5, value])


def test_an_unknown_method_is_refused_with_the_known_ones():
    with pytest.raises(BadProbability, match="holm"):
        adjusted([0.5], "tukey")
