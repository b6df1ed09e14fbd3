"""Named periods are whole months counted back from the last day of the data."""

from datetime import date

import pytest

from viaggio.kernel import Period
from viaggio.web.shared.spans import NAMED, months_end, named_span


@pytest.mark.parametrize(
    ("last", "end"),
    [
        (date(2026, 10, 31), date(2026, 11, 1)),
        (date(2026, 10, 30), date(2026, 11, 1)),  # a Friday before a month's end on Sunday
        (date(2026, 11, 22), date(2026, 11, 1)),
        (date(2026, 12, 31), date(2027, 1, 1)),
    ],
)
def test_the_last_whole_month_ends_where_the_data_nearly_end(last, end):
    assert months_end(date(2024, 1, 1), last) == end


def test_the_only_month_counts_although_it_is_not_whole():
    assert months_end(date(2026, 11, 3), date(2026, 11, 9)) == date(2026, 12, 1)


def test_names_mean_whole_months_up_to_the_last_whole_one():
    first, last = date(2024, 1, 1), date(2026, 11, 22)
    assert named_span("12m", first, last) == Period(date(2025, 11, 1), date(2026, 11, 1))
    assert named_span("3m", first, last) == Period(date(2026, 8, 1), date(2026, 11, 1))
    assert named_span("month", first, last) == Period(date(2026, 10, 1), date(2026, 11, 1))
    assert named_span("quarter", first, last) == Period(date(2026, 7, 1), date(2026, 10, 1))
    assert named_span("now", first, last) == Period(date(2026, 11, 1), date(2026, 11, 23))
    assert named_span("all", first, last) == Period(first, date(2026, 11, 23))


def test_no_data_means_no_period():
    assert {named_span(name, None, None) for name in NAMED} == {None}
