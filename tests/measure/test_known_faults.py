"""Faults that survey programmes are known for, and that must not be here."""

import math

import pytest
from tests.measure.company import at, table

import viaggio as vg
from viaggio.kernel import Flag


def _read(metric, values, scale=(0.0, 10.0), slug=None):
    rows = [(metric, None if v is None else float(v), *scale, at("2026-09-10")) for v in values]
    answers = table("metric", "value", "scale_min", "scale_max", "answered_at", rows=rows)
    (reading,) = vg.measure.read(slug or metric, "2026-09", answers=answers)
    return reading


def test_one_promoter_and_two_skips_make_100_on_a_base_of_one():
    reading = _read("nps", [10, None, None])
    assert (reading.value, reading.n) == (100.0, 1)
    assert Flag.BELOW_MINIMUM in reading.flags


@pytest.mark.parametrize(
    ("slug", "values", "scale", "expected"),
    [
        ("nps", [10, 9, 7, 3], (0.0, 10.0), 25.0),
        ("nps", [0, 6, 3], (0.0, 10.0), -100.0),
        ("csat_top", [5, 2], (1.0, 5.0), 0.5),
        ("csat_top", [4, 5, 5, 3, 1], (1.0, 5.0), 0.6),
        ("ces", [3, 4], (1.0, 5.0), 3.5),
        ("ces", [4, 5, 5], (1.0, 7.0), 14 / 3),
    ],
)
def test_scores_are_those_of_the_textbook(slug, values, scale, expected):
    assert _read(slug.partition("_")[0], values, scale, slug).value == pytest.approx(expected)


def test_an_answer_of_eleven_is_not_a_promoter():
    reading = _read("nps", [11, 9, 0])
    assert (reading.value, reading.n) == (0.0, 2)
    assert Flag.OUT_OF_SCALE in reading.flags


def test_a_rating_from_1_to_10_is_not_nps():
    reading = _read("nps", [10, 9], scale=(1.0, 10.0))
    assert reading.value is None
    assert Flag.MIXED_SCALE in reading.flags


@pytest.mark.parametrize(("slug", "metric"), [("ces", "ces"), ("csat_mean", "csat"), ("csat_top", "csat")])
def test_scales_of_five_and_of_seven_have_no_common_score(slug, metric):
    rows = [(metric, 5.0, 1.0, 5.0, at("2026-09-10")), (metric, 5.0, 1.0, 7.0, at("2026-09-10"))]
    answers = table("metric", "value", "scale_min", "scale_max", "answered_at", rows=rows)
    (reading,) = vg.measure.read(slug, "2026-09", answers=answers)
    assert (reading.value, reading.n, reading.scale) == (None, 2, None)
    assert Flag.MIXED_SCALE in reading.flags


def test_an_unanswered_question_gives_no_value_and_no_error():
    for slug, metric in (
        ("nps", "nps"),
        ("csat_top", "csat"),
        ("csat_mean", "csat"),
        ("review_score", "review"),
    ):
        reading = _read(metric, [None, None], slug=slug)
        assert (reading.value, reading.flags) == (None, {Flag.NO_DATA})


def test_a_number_that_is_none_is_never_counted():
    reading = _read("nps", [math.nan, 10])
    assert (reading.value, reading.n) == (100.0, 1)


def test_currencies_are_not_added():
    rows = [("a", 100, "EUR", at("2026-09-10")), ("b", 100, "CHF", at("2026-09-10"))]
    payments = table("customer", "amount_cents", "currency", "paid_at", rows=rows)
    (money,) = vg.measure.read("payments", "2026-09", payments=payments)
    assert (money.value, money.currency) == (None, None)
    assert Flag.MIXED_CURRENCY in money.flags
    (number,) = vg.measure.read("payments_count", "2026-09", payments=payments)
    assert number.value == 2


def test_money_beyond_64_bits_is_exact():
    large = 2**62
    rows = [("a", large, "EUR", at("2026-09-10")) for _ in range(3)]
    payments = table("customer", "amount_cents", "currency", "paid_at", rows=rows)
    (money,) = vg.measure.read("payments", "2026-09", payments=payments)
    assert money.value == 3 * large


def test_absurd_numbers_are_not_counted_and_break_nothing():
    reading = _read("csat", [math.inf, -math.inf, 1e300, 5], scale=(1.0, 5.0), slug="csat_mean")
    assert (reading.value, reading.n) == (5.0, 1)
    rows = [(at("2026-09-10"), seconds) for seconds in (30.0, math.inf, math.nan, 1e300, -5.0, None)]
    (time,) = vg.measure.read("time_on_site", "2026-09", visits=table("started_at", "seconds", rows=rows))
    assert (time.value, time.n) == (30.0, 1)
