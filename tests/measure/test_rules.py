"""Groups, small cells, periods and what a reading is flagged with."""

from zoneinfo import ZoneInfo

import pytest

from viaggio.kernel import Flag, Period, UnknownDimension
from viaggio.measure.catalogue import Cut, Spans, metric
from viaggio.measure.rules import Coverage, check_dimensions, not_applicable, readings

UTC = ZoneInfo("UTC")
YEAR = Period.parse("2026")
NPS = metric("nps")


def _row(span, n, **groups):
    counts = {"n": n, "units": n, "outside": 0, "left_out": 0, "people": n}
    sums = {**dict.fromkeys(("w", "y", "yy1", "ww", "wy", "yy", "q", "qq"), float(n)), "wq": float(n)}
    return {"span": span, **groups, "scale_min": 0.0, "scale_max": 10.0, **counts, **sums}


def _hidden(rows, by, minimum=10):
    cut = Cut(spans=Spans((YEAR,), UTC), by=by)
    found = readings(NPS, rows, cut, {}, minimum)
    return {tuple(value for _, value in reading.by) for reading in found if Flag.HIDDEN in reading.flags}


def _channels(**people):
    return [_row(0, n, channel=channel) for channel, n in people.items()]


def test_a_small_cell_takes_the_next_smallest_with_it():
    assert _hidden(_channels(web=50, app=30, phone=3), ("channel",)) == {("phone",), ("app",)}


def test_small_cells_together_under_the_minimum_take_another():
    assert _hidden(_channels(web=50, app=30, phone=3, chat=2), ("channel",)) == {
        ("phone",),
        ("chat",),
        ("app",),
    }


def test_small_cells_that_make_the_minimum_together_take_none():
    assert _hidden(_channels(web=50, phone=6, chat=5), ("channel",)) == {("phone",), ("chat",)}


def test_large_cells_hide_nothing():
    assert _hidden(_channels(web=50, phone=10), ("channel",)) == set()


def test_one_small_group_alone_is_hidden():
    assert _hidden(_channels(phone=3), ("channel",)) == {("phone",)}


def test_empty_cells_are_not_hidden_and_hide_nothing():
    rows = [*_channels(web=50, app=20), _row(0, 0, channel="phone")]
    assert _hidden(rows, ("channel",)) == set()


def test_with_two_dimensions_no_cell_stands_alone_in_its_row_or_column():
    people = {("web", "b2c"): 40, ("web", "b2b"): 30, ("app", "b2c"): 25, ("app", "b2b"): 4,
              ("shop", "b2c"): 60, ("shop", "b2b"): 50}  # fmt: skip
    rows = [_row(0, n, channel=channel, segment=segment) for (channel, segment), n in people.items()]
    hidden = _hidden(rows, ("channel", "segment"))
    assert ("app", "b2b") in hidden
    for place in (0, 1):
        for value in {cell[place] for cell in hidden}:
            assert sum(cell[place] == value for cell in hidden) > 1


def test_a_hidden_reading_shows_neither_value_nor_base():
    cut = Cut(spans=Spans((YEAR,), UTC))
    (reading,) = readings(NPS, [_row(0, 3)], cut, {}, 10)
    assert (reading.value, reading.n, reading.low, reading.high) == (None, 0, None, None)
    assert reading.flags == {Flag.HIDDEN}


def test_many_answers_of_few_persons_are_a_small_cell():
    cut = Cut(spans=Spans((YEAR,), UTC))
    (reading,) = readings(NPS, [{**_row(0, 500), "people": 2}], cut, {}, 10)
    assert Flag.HIDDEN in reading.flags


def test_every_group_comes_in_every_period():
    cut = Cut(spans=Spans((YEAR.previous(), YEAR), UTC), by=("channel",))
    rows = [_row(0, 40, channel="web"), _row(1, 40, channel="app")]
    found = [(r.period, r.by[0][1], r.n) for r in readings(NPS, rows, cut, {})]
    assert found == [
        (YEAR.previous(), "app", 0), (YEAR.previous(), "web", 40), (YEAR, "app", 40), (YEAR, "web", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "partial"),
    [
        ("2026-01-01", "2026-12-31", False),
        ("2025-06-01", "2027-01-01", False),
        ("2026-01-02", "2026-12-31", True),
        ("2026-01-01", "2026-12-30", True),
    ],
)
def test_a_period_is_partial_when_the_data_begin_later_or_end_earlier(first, last, partial):
    days = [Period.parse(day).micros(UTC)[0] for day in (first, last)]
    cut = Cut(spans=Spans((YEAR,), UTC))
    (reading,) = readings(NPS, [_row(0, 40)], cut, {"answers": Coverage(40, *days)})
    assert (Flag.PARTIAL_PERIOD in reading.flags) == partial


def test_growth_is_partial_when_the_period_before_is():
    growth = metric("revenue_growth")
    days = [Period.parse(day).micros(UTC)[0] for day in ("2025-03-01", "2026-12-31")]
    row = {"span": 0, "currency": "EUR", "n": 5, "cents": 300, "cents_before": 200}
    cut = Cut(spans=Spans((YEAR,), UTC))
    (reading,) = readings(growth, [row], cut, {"orders": Coverage(40, *days)})
    assert reading.value == 0.5
    assert Flag.PARTIAL_PERIOD in reading.flags


def test_a_dimension_the_metric_lacks_gives_no_value_per_period():
    cut = Cut(spans=Spans((YEAR, YEAR.previous()), UTC), by=("category",))
    found = not_applicable(NPS, cut)
    assert [(r.value, r.flags, r.period) for r in found] == [
        (None, {Flag.NOT_APPLICABLE}, YEAR), (None, {Flag.NOT_APPLICABLE}, YEAR.previous()),
    ]  # fmt: skip


@pytest.mark.parametrize("by", [("chanel",), ("channel", "channel"), ("channel", "phase", "region")])
def test_dimensions_unknown_repeated_or_more_than_two_are_refused(by):
    with pytest.raises(UnknownDimension):
        check_dimensions(by)
