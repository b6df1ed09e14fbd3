"""Visits made of interactions: equal to plain lists, and to SQL; nothing depends on buckets."""

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any, NamedTuple

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey import kernel_laws

import viaggio as vg
from viaggio.journey.index import Codes, MemoryJourneys, memory_journeys
from viaggio.journey.kernels.visits import VisitKernel
from viaggio.journey.run import run
from viaggio.journey.where import Where

SECOND, MINUTE = 1_000_000, 60_000_000
START = 1_792_890_000_000_000  # an hour before the clocks of Rome go back in 2026
CODES = Codes(
    touchpoint=("home", "search", "product"),
    channel=("web", "phone", "app"),
    device=("phone",),
    phase=("care", "discovery", "purchase"),
    outcome=("viewed", "found", "nothing_found", "broken", "converted", "on_page"),
)
COLUMNS = ("customer", "time", "touchpoint", "channel", "device", "phase", "outcome", "ended")
GAPS = st.sampled_from([0, 1, SECOND, 2 * SECOND, MINUTE, 30 * MINUTE, 30 * MINUTE + 1, 26 * 60 * MINUTE])
STEPS = st.tuples(
    st.sampled_from([0, 0, 0, 0, 1]),  # customer
    GAPS,
    st.sampled_from([0, 1, 2, 0, 1, -1]),
    st.sampled_from([0, 0, 0, 2, 1, -1]),
    st.sampled_from([0, -1]),
    st.sampled_from([1, 1, 2, 0, -1]),
    st.sampled_from([0, 1, 2, 3, 4, 5, -1]),
    st.sampled_from([0, 0, SECOND, 40 * MINUTE]),  # how long it took
)
LOGS = st.lists(STEPS, max_size=20)


class Page(NamedTuple):
    customer: int
    time: int
    touchpoint: str | None
    channel: str | None
    device: str | None
    phase: str | None
    outcome: str | None
    ended: int


def rows_of(steps: list[tuple[int, ...]]) -> list[list[int]]:
    """Rows in the order of time, which goes on by the gaps."""
    now, rows = START, []
    for customer, gap, *codes, long in steps:
        now += gap
        rows.append([customer, now, *codes, now + long])
    return rows


def journeys_of(rows: list[list[int]], buckets: int) -> MemoryJourneys:
    table = np.array(rows, dtype=np.int64).reshape(-1, len(COLUMNS))
    keys = {"key": np.arange(len(rows), dtype=np.int64)}
    return memory_journeys(dict(zip(COLUMNS, table.T, strict=True)) | keys, CODES, buckets=buckets)


def plain(rows: list[list[int]]) -> list[dict[str, Any]]:
    """The same visits, page by page."""
    texts = [CODES.of(name) for name in COLUMNS[2:7]]
    pages = [
        Page(
            *row[:2],
            *(known[code] if code >= 0 else None for known, code in zip(texts, row[2:7], strict=True)),
            row[7],
        )
        for row in rows
    ]
    pages = [page for page in pages if page.outcome != "on_page"]
    found = [
        told(visit)
        for customer in sorted({page.customer for page in pages})
        for visit in cut([p for p in pages if p.customer == customer and p.channel in {"web", "app"}])
    ]
    return sorted(found, key=lambda visit: (visit["customer"], visit["started"]))


def cut(pages: list[Page]) -> Iterator[list[Page]]:
    visit: list[Page] = []
    for page in pages:
        if visit and page.time - visit[-1].time > 30 * MINUTE:
            yield visit
            visit = []
        visit.append(page)
    if visit:
        yield visit


def told(visit: list[Page]) -> dict[str, Any]:
    places = [page.touchpoint for page in visit]
    stays = [place for i, place in enumerate(places) if i == 0 or place != places[i - 1]]
    returns = sum(stays[i] == stays[i - 2] for i in range(2, len(stays)))
    searches = [page.outcome for page in visit if page.outcome in {"found", "nothing_found"}]
    rage = any(
        places[i] == places[i - 1] == places[i - 2] and visit[i].time - visit[i - 2].time <= 3 * SECOND
        for i in range(2, len(visit))
    )
    last = visit[-1]
    dead = last.outcome in {"nothing_found", "broken"}
    seconds = (max(last.ended, last.time) - visit[0].time) / 1_000_000
    goals = [i for i, page in enumerate(visit, start=1) if page.outcome == "converted"]
    in_order = len(visit) >= 3 and all(a.time < b.time for a, b in pairwise(visit))
    exploring = any(page.phase in {"discovery", "purchase"} for page in visit)
    parts = [1 - Fraction(returns, max(len(stays) - 2, 1)), Fraction(not rage)]
    parts += [Fraction(searches.count("found"), len(searches))] if searches else []
    parts += [Fraction(not dead)] if last.outcome else []
    points = 10_000 * sum(parts) / len(parts)
    return {
        "customer": visit[0].customer, "channel": visit[0].channel, "device": visit[0].device,
        "started": visit[0].time, "seconds": None if len(visit) == 1 and not seconds else seconds,
        "pages": len(visit), "bounced": len(visit) == 1, "converted": bool(goals),
        "to_goal": goals[0] if goals else 0, "searches": len(searches),
        "empty_searches": searches.count("nothing_found"), "returns": returns, "stays": len(stays),
        "exploring": exploring, "in_order": in_order, "rage": rage, "told": last.outcome is not None,
        "dead_end": dead,
        "ease": int(points + Fraction(1, 2)) / 100 if exploring and in_order else None,
    }  # fmt: skip


def listed(table: pa.Table) -> list[dict[str, Any]]:
    started = table.column_names.index("started_at")
    table = table.set_column(started, "started", table["started_at"].cast(pa.int64()))
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


@given(LOGS)
def test_visits_are_those_of_plain_lists(steps: list[tuple[int, ...]]) -> None:
    rows = rows_of(steps)
    assert listed(run(journeys_of(rows, 3), VisitKernel()).table()) == plain(rows)


@settings(max_examples=10)
@given(LOGS)
def test_nothing_depends_on_buckets_threads_or_the_order_of_merging(steps: list[tuple[int, ...]]) -> None:
    rows = rows_of(steps)
    kernel = VisitKernel()
    kernel_laws.buckets_and_threads_change_nothing(lambda n: journeys_of(rows, n), kernel, Where())
    kernel_laws.parts_merge_in_any_order_and_grouping(journeys_of(rows, 3), kernel, CODES)
    kernel_laws.kernel_and_parts_travel_to_other_processes(journeys_of(rows, 1), kernel, CODES)


@settings(max_examples=8)
@given(LOGS, st.sampled_from(["channel = web", "touchpoint = search", "phase = discovery"]))
def test_a_filter_chooses_interactions_before_visits_are_made(steps: Any, where: str) -> None:
    rows = rows_of(steps)
    name, value = where.split(" = ")
    at = COLUMNS.index(name)
    kept = [row for row in rows if row[at] >= 0 and CODES.of(name)[row[at]] == value]
    assert listed(vg.journey.visits(journeys_of(rows, 2), where=where).table()) == plain(kept)


SQL = """
with pages as (
    select *, row_number() over (order by number) as place from log
    where channel in ('web', 'app') and outcome is distinct from 'on_page'
), cut as (
    select *, coalesce(started_at - lag(started_at) over who > interval 30 minute, true) as begins
    from pages window who as (partition by customer order by started_at, place)
), numbered as (
    select *, sum(begins::int) over (partition by customer order by started_at, place) as visit from cut
), seen as (
    select *, row_number() over steps as step,
        lag(touchpoint) over steps as before, lag(touchpoint, 2) over steps as before_that,
        lag(started_at, 2) over steps as earlier, lag(started_at) over steps as just_before,
        lead(touchpoint) over steps is null as is_last
    from numbered window steps as (partition by customer, visit order by started_at, place)
), moved as (
    select *, lag(touchpoint) over stays as stayed, lag(touchpoint, 2) over stays as stayed_before
    from seen where before is distinct from touchpoint
    window stays as (partition by customer, visit order by step)
), returned as (
    select customer, visit, count(*) filter (stayed_before = touchpoint) as returns, count(*) as stays
    from moved group by all
), visits as (
    select customer, visit, count(*) as pages, min(started_at) as started,
        epoch_us(max(started_at) - min(started_at)) / 1e6 as seconds,
        bool_or(phase in ('discovery', 'purchase')) as exploring,
        count(*) filter (outcome in ('found', 'nothing_found')) as searches,
        count(*) filter (outcome = 'nothing_found') as empty,
        min(step) filter (outcome = 'converted') as to_goal,
        coalesce(bool_or(
            touchpoint = before and before = before_that and started_at - earlier <= interval 3 second
        ), false) as rage,
        count(*) >= 3 and not coalesce(bool_or(started_at = just_before), false) as in_order,
        max(outcome) filter (is_last) as last
    from seen group by all
), judged as (
    select *, case when in_order and exploring then round(100 * (
            (1 - returns / greatest(stays - 2, 1)) + (1 - rage::int)
            + case when searches > 0 then (searches - empty) / searches else 0 end
            + case when last is null then 0 else 1 - (last in ('nothing_found', 'broken'))::int end
        ) / (2 + (searches > 0)::int + (last is not null)::int), 2) end as ease
    from visits join returned using (customer, visit)
)
select
    avg((to_goal is not null)::int) filter (exploring) as conversion,
    avg(pages) filter (exploring) as pages_per_visit,
    avg(to_goal) filter (exploring) as pages_to_goal,
    avg((pages = 1)::int) filter (exploring) as bounce,
    avg(seconds) filter (exploring and pages > 1) as time_on_site,
    sum(empty) / sum(searches) as searches_without_result,
    avg((returns > 0)::int) filter (exploring and in_order) as back_and_forth,
    avg(rage::int) filter (exploring and in_order) as rage_clicks,
    avg((last in ('nothing_found', 'broken'))::int) filter (exploring) as dead_ends,
    avg(ease) as ease_of_exploring
from judged
"""


def test_every_digital_figure_of_live_events_equals_sql() -> None:
    """A log of two thousand interactions, no visits told: the figures are put together from it."""
    chance = np.random.default_rng(5)
    rows = 2000
    pauses = chance.choice([SECOND, 20 * SECOND, 11 * MINUTE, 180 * MINUTE], rows, p=[0.7, 0.2, 0.06, 0.04])
    log = pa.table({
        "number": np.arange(rows),
        "customer": [f"c{i}" for i in chance.integers(0, 2, rows)],
        "touchpoint": chance.choice(["home", "search", "product"], rows, p=[0.1, 0.1, 0.8]),
        "channel": chance.choice(["web", "app", "phone"], rows, p=[0.7, 0.2, 0.1]),
        "phase": chance.choice(["discovery", "care"], rows, p=[0.3, 0.7]),
        "outcome": pa.array(chance.choice([*CODES.outcome, ""], rows)).cast(pa.string()),
        "started_at": pa.array(START + np.cumsum(pauses)).cast(pa.timestamp("us", tz="UTC")),
    })  # fmt: skip
    empty = pa.array([text or None for text in log["outcome"].to_pylist()], pa.string())
    log = log.set_column(log.column_names.index("outcome"), "outcome", empty)
    connection = duckdb.connect()
    connection.register("log", log)
    expected = connection.sql(SQL).to_arrow_table().to_pylist()[0]
    assert set(expected) == {slug for slug, m in vg.measure.CATALOGUE.items() if m.family == "digital"}
    for slug, value in expected.items():
        (reading,) = vg.measure.read(slug, interactions=log)
        assert reading.value == pytest.approx(value, abs=1e-9), slug
        assert reading.value > 0
        assert reading.n > 30


def test_interactions_that_are_no_pages_make_no_visits() -> None:
    """An order book has one interaction a customer: no bounce of 100 %."""
    moments = pa.array([START, START]).cast(pa.timestamp("us", tz="UTC"))
    texts = {"touchpoint": "order", "channel": "web", "phase": "purchase"}
    book = pa.table({
        "customer": ["a", "b"], "started_at": moments,
        **{name: [value] * 2 for name, value in texts.items()},
    })  # fmt: skip
    (reading,) = vg.measure.read("bounce", interactions=book)
    assert (reading.value, reading.n) == (None, 0)
