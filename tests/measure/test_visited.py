"""Sums over visits are exact, and the same however the visits are cut into buckets."""

from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey import kernel_laws
from tests.journey.test_visits import CODES, LOGS, journeys_of, plain, rows_of

from viaggio.journey import visits
from viaggio.journey.groups import CustomerGroups
from viaggio.journey.where import Where
from viaggio.kernel import Period, Population
from viaggio.measure.families.digital import walk_dead_ends, walk_obstacles, walk_searches, walk_visits
from viaggio.measure.model import Cut, Spans
from viaggio.measure.visited import VisitSumsKernel, rows_of_visits
from viaggio.measure.whole import squares_by_cell, sums_by_cell

WALKS = (walk_visits, walk_searches, walk_obstacles, walk_dead_ends)
SPANS = Spans((Period.parse("2026"), Period.parse("2026-10-25")), ZoneInfo("Europe/Rome"))
WHOLE = Cut(spans=SPANS, people=True)
SEGMENTS = CustomerGroups("segment", ("b2b",), np.array([1], np.int64), np.array([0], np.int32))
WHOLE_NUMBERS = st.one_of(st.integers(0, 9), st.integers(0, 2**62 - 1))


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 2), WHOLE_NUMBERS), max_size=30))
def test_sums_and_squares_by_cell_are_exact(numbers: list[tuple[int, int]]) -> None:
    cells, values = np.array(numbers, np.int64).reshape(-1, 2).T
    mine = [[value for cell, value in numbers if cell == one] for one in range(3)]
    assert sums_by_cell(cells, values, 3) == [sum(some) for some in mine]
    assert squares_by_cell(cells, values, 3) == [sum(value**2 for value in some) for some in mine]


@settings(max_examples=4)
@given(LOGS)
def test_sums_do_not_depend_on_buckets_or_the_order_of_merging(steps: list[tuple[int, ...]]) -> None:
    rows = rows_of(steps)
    cut = Cut(
        spans=SPANS, by=("device", "segment"), people=True, population=Population({"channel": ("web",)})
    )
    for kernel in (VisitSumsKernel(WALKS, WHOLE, {}), VisitSumsKernel(WALKS, cut, {"segment": SEGMENTS})):
        kernel_laws.buckets_and_threads_change_nothing(lambda n: journeys_of(rows, n), kernel, Where())
        kernel_laws.parts_merge_in_any_order_and_grouping(journeys_of(rows, 3), kernel, CODES)


@settings(max_examples=25)
@given(LOGS)
def test_sums_are_those_of_plain_lists(steps: list[tuple[int, ...]]) -> None:
    told = plain(rows_of(steps))
    rows: dict[Any, list[dict[str, Any]]] = {
        walk: rows_of_visits(visits(journeys_of(rows_of(steps), 3)), walk, WHOLE, {}) for walk in WALKS
    }
    if max((visit["pages"] for visit in told), default=0) < 2:
        assert not any(rows.values())
        return
    inside = [visit for visit in told if SPANS.bounds[0][0] <= visit["started"] < SPANS.bounds[0][1]]
    shop = [visit for visit in inside if visit["exploring"]]
    timed = [Fraction(round(v["seconds"] * 10**6), 10**6) for v in shop if v["seconds"] is not None]
    (found,) = [row for row in rows[walk_visits] if row["span"] == 0]
    assert found["people"] == len({visit["customer"] for visit in shop})
    assert (found["n"], found["bounced"]) == (len(shop), sum(visit["bounced"] for visit in shop))
    assert (found["seconds_n"], found["seconds_total"]) == (len(timed), sum(timed))
    assert found["seconds_squares"] == sum(seconds**2 for seconds in timed)
    assert found["to_goal_squares"] == sum(visit["to_goal"] ** 2 for visit in shop)
    (found,) = [row for row in rows[walk_obstacles] if row["span"] == 0]
    eased = [Fraction(round(100 * v["ease"]), 100) for v in shop if v["ease"] is not None]
    assert (found["ease_n"], found["ease_total"]) == (len(eased), sum(eased))
    (found,) = [row for row in rows[walk_dead_ends] if row["span"] == 0]
    known = any(visit["searches"] or visit["dead_end"] for visit in told)
    assert found["n"] == (sum(visit["told"] for visit in shop) if known else 0)
