"""Figures and dates as Italians and Britons write them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from viaggio.kernel import Direction, Flag, Period, Reading, Unit
from viaggio.web.shared import formats


def reading(value, unit=Unit.POINTS, **more) -> Reading:
    fields = {
        "metric": "nps",
        "version": 1,
        "better": Direction.UP,
        "n": 1830,
        "period": Period.parse("2026"),
        **more,
    }
    return Reading(value=value, unit=unit, **fields)


@pytest.mark.parametrize(
    ("value", "decimals", "italian", "english"),
    [
        (1310.5, 1, "1.310,5", "1,310.5"),
        (-3, 0, "−3", "−3"),
        (0.125, 2, "0,12", "0.12"),
        (Decimal("0.135"), 2, "0,14", "0.14"),
        (1234567, 0, "1.234.567", "1,234,567"),
        (-0.4, 0, "0", "0"),
    ],
)
def test_numbers(value, decimals, italian, english):
    assert formats.number(value, decimals, language="it") == italian
    assert formats.number(value, decimals, language="en") == english


def test_shares_and_signs():
    assert formats.share(0.842, language="it") == "84,2%"
    assert formats.share(0.074, signed=True, language="it") == "+7,4%"
    assert formats.number(0, signed=True, language="it") == "0"


@pytest.mark.parametrize(
    ("cents", "short", "italian", "english"),
    [
        (490, False, "4,90\u202f€", "€4.90"),
        (-35, False, "−0,35\u202f€", "−€0.35"),
        (131_000_000, True, "1,31\u202fmln\u202f€", "€1.31m"),
        (123_456, True, "1.235\u202f€", "€1,235"),
        (123_456, False, "1.234,56\u202f€", "€1,234.56"),
    ],
)
def test_money(cents, short, italian, english):
    assert formats.money(cents, short=short, language="it") == italian
    assert formats.money(cents, short=short, language="en") == english


@pytest.mark.parametrize(
    ("seconds", "italian"),
    [
        (0, "0\u202fs"),
        (200, "3\u202fmin 20\u202fs"),
        (7500, "2\u202fh 5\u202fmin"),
        (356_400, "4\u202fg 3\u202fh"),
    ],
)
def test_durations(seconds, italian):
    assert formats.duration(seconds, language="it") == italian


def test_an_even_interval_is_plus_or_minus_and_an_uneven_one_has_two_ends():
    assert formats.interval_text(reading(38.2, low=35.2, high=41.2), language="it") == "±3"
    assert formats.interval_text(reading(0.9, Unit.SHARE, low=0.7, high=0.95), language="it") == "70,0%–95,0%"
    assert formats.interval_text(reading(38.2)) == ""


def test_no_value_is_a_dash_and_a_hidden_base_stays_hidden():
    hidden = reading(None, n=4, flags=frozenset({Flag.HIDDEN}))
    assert formats.reading_text(hidden) == "–"
    assert formats.base_text(hidden) == ""
    assert formats.base_text(reading(1), language="it") == "n 1.830"


def test_changes_are_in_points_for_points_and_shares_and_in_per_cent_for_money():
    assert formats.delta_text(reading(38), reading(32), language="it") == "+6\u202fpt"
    assert (
        formats.delta_text(reading(0.031, Unit.SHARE), reading(0.032, Unit.SHARE), language="it")
        == "−0,1\u202fpt"
    )
    assert (
        formats.delta_text(reading(10_740, Unit.CENTS), reading(10_000, Unit.CENTS), language="it") == "+7,4%"
    )
    assert formats.delta_text(reading(1, Unit.COUNT), reading(0, Unit.COUNT)) == ""
    assert formats.delta_text(reading(None), reading(3)) == ""


def test_dates_are_in_the_readers_language_and_the_companys_time():
    assert formats.day(date(2026, 3, 3), language="it") == "3 mar 2026"
    assert formats.day(date(2026, 5, 3), language="it") == "3 mag 2026"
    assert formats.day(date(2026, 5, 3), language="en") == "3 May 2026"
    assert formats.moment(datetime(2026, 7, 1, 22, 30, tzinfo=UTC), language="it") == "2 lug 2026, 00:30"


@pytest.mark.parametrize(
    ("period", "italian"),
    [
        ("2026", "2026"),
        ("2026-Q3", "T3 2026"),
        ("2026-03", "marzo 2026"),
        ("2026-03-05", "5 mar 2026"),
        ("2026-01-01..2026-02-10", "1 gen 2026 – 10 feb 2026"),
        ("2025..2026", "1 gen 2025 – 31 dic 2026"),
    ],
)
def test_periods(period, italian):
    assert formats.period_text(Period.parse(period), language="it") == italian
