"""Laws of the shared words: shares add up, periods tile, what is written is read back."""

from datetime import date, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viaggio.kernel import EVERYBODY, BadPeriod, Period, Population, UnknownDimension, ViaggioError, split

days = st.dates(date(1990, 1, 1), date(2060, 12, 31))
periods = st.builds(
    lambda start, length: Period(start, start + timedelta(days=length)), days, st.integers(1, 900)
)
steps = st.sampled_from(["day", "week", "month", "quarter", "year"])


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1, max_size=30).filter(any))
def test_split_shares_add_up_to_the_pool_and_stay_within_a_cent_of_exact(cents, weights):
    shares = split(cents, weights)
    assert sum(shares) == cents
    total = sum(weights)
    assert all(
        abs(Fraction(share) - Fraction(cents * weight, total)) < 1
        for share, weight in zip(shares, weights, strict=True)
    )


def test_split_gives_the_odd_cent_to_the_first():
    assert split(1000, [1, 1, 1]) == [334, 333, 333]


@pytest.mark.parametrize("weights", [[0, 0], [-1, 2], []])
def test_split_refuses_weights_that_can_not_share(weights):
    with pytest.raises(ViaggioError):
        split(100, weights)


@given(periods, steps)
def test_bins_tile_the_period(period, step):
    bins = period.bins(step)
    assert bins[0].start == period.start
    assert bins[-1].end == period.end
    assert all(one.end == two.start for one, two in pairwise(bins))


@given(periods)
def test_previous_ends_where_the_period_starts(period):
    assert period.previous().end == period.start


@given(periods)
def test_a_period_is_read_back_from_its_text(period):
    assert Period.parse(str(period)) == period


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 9, 30)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        ("2026-11-22", date(2026, 11, 22), date(2026, 11, 22)),
        ("2026-01..2026-Q2", date(2026, 1, 1), date(2026, 6, 30)),
    ],
)
def test_periods_are_read_as_people_write_them(text, first, last):
    period = Period.parse(text)
    assert (period.start, period.last) == (first, last)


@pytest.mark.parametrize("text", ["", "2026-13", "Q3", "2026-05-01..2026-04-01", "2026-W54", "a..b..c"])
def test_what_is_no_period_is_refused_with_the_forms_that_are(text):
    with pytest.raises(BadPeriod, match="2026-Q3"):
        Period.parse(text)


def test_previous_of_a_month_is_the_month_before_whatever_its_length():
    assert str(Period.parse("2026-03").previous()) == "2026-02-01..2026-02-28"


def test_year_before_keeps_the_weekday_of_single_days():
    day = Period.parse("2026-11-22")
    assert day.year_before().start.weekday() == day.start.weekday()


def test_local_days_become_utc_bounds_across_the_change_of_clocks():
    # 29 March 2026: clocks in Rome go forward at 02:00; the local day has 23 hours.
    low, high = Period.parse("2026-03-29").micros(ZoneInfo("Europe/Rome"))
    assert high - low == 23 * 3600 * 1_000_000


def test_a_filter_is_read_from_text_and_equal_filters_are_equal():
    one = Population.parse(["channel=web,app", "phase=care"])
    two = Population.parse(["phase=care", "channel=app,web"])
    assert one.key() == two.key()
    assert hash(one) == hash(two)


def test_a_filter_given_twice_keeps_what_both_allow():
    assert EVERYBODY.narrowed(channel=["web", "app"]).narrowed(channel=["app", "phone"]).where["channel"] == (
        "app",
    )


def test_an_unknown_dimension_names_the_near_one():
    with pytest.raises(UnknownDimension, match="Did you mean 'channel'"):
        Population.parse(["chanel=web"])
