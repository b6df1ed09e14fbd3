"""Intervals against values computed by R, and at the edges where formulas break."""

import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from scipy.stats import t as student

from viaggio import estimate
from viaggio.kernel import Flag

KNOWN = json.loads((Path(__file__).parents[1] / "golden" / "intervals.json").read_text())


@pytest.mark.parametrize("case", KNOWN["nps_score"], ids=lambda case: str(case["counts"]))
def test_nps_score_interval_is_that_of_rocks_package(case):
    detractors, passives, promoters = case["counts"]
    interval = estimate.nps_score_interval(promoters, passives, detractors)
    assert interval == pytest.approx(case["interval"], abs=1e-4)


@pytest.mark.parametrize("case", KNOWN["wilson"], ids=lambda case: f"{case['hits']} of {case['n']}")
def test_wilson_interval_is_that_of_r(case):
    assert estimate.wilson(case["hits"], case["n"]) == pytest.approx(case["interval"], abs=1e-12)


def test_nps_of_many_answers_is_r_surveys_mean_with_t_interval():
    known = KNOWN["simple_sample"]
    counts = {int(value): n for value, n in known["nps_counts"].items()}
    promoters = counts[9] + counts[10]
    detractors = sum(n for value, n in counts.items() if value <= 6)
    found = estimate.nps(promoters, sum(counts.values()) - promoters - detractors, detractors)
    assert found.value == pytest.approx(known["nps"], abs=1e-9)
    assert (found.low, found.high) == pytest.approx(known["nps_interval"], abs=1e-9)


def test_mean_of_many_answers_is_r_surveys_mean_and_standard_error():
    known = KNOWN["simple_sample"]
    counts = {int(value): n for value, n in known["csat_counts"].items()}
    sums = [sum(n * value**power for value, n in counts.items()) for power in (0, 1, 2)]
    found = estimate.mean(*sums, scale=(1, 5))
    assert found.value == pytest.approx(known["csat_mean"], abs=1e-12)
    assert (found.high - found.value) / student.ppf(0.975, 249) == pytest.approx(known["csat_se"], rel=1e-7)


def test_ratio_by_linearisation_is_the_delta_method_of_r():
    known = KNOWN["ratio"]
    variance = 0.0
    for group in ("A", "B"):
        case = known[group]
        sums = tuple(Fraction(Decimal(text)) for text in case["sums"])
        squares = tuple(Fraction(Decimal(text)) for text in case["squares"])
        found = estimate.ratio(case["units"], sums, squares, n=int(sums[1]))
        assert found.value == pytest.approx(case["ratio"], rel=1e-12)
        variance += ((found.high - found.value) / student.ppf(0.975, case["units"] - 1)) ** 2
    assert variance**0.5 == pytest.approx(known["difference_se"], rel=1e-7)


@pytest.mark.parametrize(
    "nothing",
    [
        estimate.nps(0, 0, 0),
        estimate.mean(0, 0, 0, scale=(1, 5)),
        estimate.share(0, 0),
        estimate.ratio(0, (0, 0), (0, 0, 0), n=0),
        estimate.total(0, 0),
    ],
)
def test_no_data_is_no_value_and_not_zero(nothing):
    assert (nothing.value, nothing.n, nothing.low, nothing.high) == (None, 0, None, None)
    assert nothing.flags == {Flag.NO_DATA}


def test_one_answer_has_a_wide_interval_and_never_none_of_it():
    found = estimate.nps(1, 0, 0)
    assert (found.value, found.high) == (100.0, 100.0)
    assert found.low < 0
    satisfied = estimate.mean(1, 5, 25, scale=(1, 5))
    assert satisfied.value == satisfied.high == 5.0
    assert satisfied.low < 2


@pytest.mark.parametrize("n", [2, 29, 30, 1000])
def test_answers_all_alike_keep_an_interval_above_zero_width(n):
    promoters = estimate.nps(n, 0, 0)
    assert promoters.high == 100.0
    assert promoters.low < 100.0
    threes = estimate.mean(n, 3 * n, 9 * n, scale=(1, 5))
    assert threes.low < 3.0 < threes.high


def test_all_alike_without_a_scale_has_a_value_and_no_interval():
    found = estimate.mean(7, 14, 28)
    assert (found.value, found.low, found.high) == (2.0, None, None)


def test_t_bounds_may_lie_beyond_the_scale_and_are_not_clipped():
    found = estimate.mean(4, 19, 91, scale=(1, 5))  # 4, 5, 5, 5
    assert found.high > 5.0


def test_small_nps_interval_stays_on_the_scale_where_wald_leaves_it():
    found = estimate.nps(4, 0, 1)  # Wald: -10.1 to 130.1
    assert -100 <= found.low < 60 < found.high <= 100


def test_sum_of_everything_has_no_interval():
    found = estimate.total(12345, 7)
    assert (found.value, found.n, found.low, found.high, found.flags) == (12345, 7, None, None, {Flag.CENSUS})


def test_ratio_of_one_customer_has_no_interval():
    found = estimate.ratio(1, (3, 4), (9, 16, 12), n=4)
    assert (found.value, found.low, found.high) == (0.75, None, None)
