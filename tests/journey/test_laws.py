"""Every kernel equals plain SQL on random logs, for any buckets, threads, filters; and all of them agree."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from itertools import permutations
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viaggio.journey.index import Codes, MemoryJourneys, memory_journeys
from viaggio.journey.kernels.phase_flow import PhaseFlowKernel
from viaggio.journey.kernels.sessions import LENGTHS, SessionKernel
from viaggio.journey.kernels.step_times import StepTimeKernel
from viaggio.journey.kernels.touchpoint_steps import LEFT, OTHERS, TouchpointStepKernel
from viaggio.journey.kernels.transitions import TransitionKernel
from viaggio.journey.questions import phase_flow, sessions, step_times, touchpoint_steps, transitions
from viaggio.journey.run import run
from viaggio.journey.spread import Spread
from viaggio.journey.where import ALL, Where

CODES = Codes(
    touchpoint=("shop", "ad", "call", "repair", "invoice"),
    channel=("web", "phone"),
    device=("tablet",),
    phase=("care", "discovery", "purchase"),  # not in the order of the phases, and one is not there
    moment=("before", "after"),
)
KERNELS = (
    PhaseFlowKernel(),
    TransitionKernel(intervals=True),
    TransitionKernel("channel", quantiles=False),
    SessionKernel(),
    StepTimeKernel(),
    StepTimeKernel("touchpoint", intervals=True),
    TouchpointStepKernel(),
    TouchpointStepKernel(steps=3, top=2, once=True),
)
HALF_HOUR = 30 * 60 * 1_000_000
SPRING, AUTUMN = 1_774_746_000_000_000, 1_792_890_000_000_000  # the clocks of Rome change in 2026
EXAMPLES = settings(max_examples=40, deadline=None)
FEW = settings(max_examples=6, deadline=None)

customers = st.sampled_from([0, 0, 0, -(2**63), -5, 1, 2**63 - 1])
# Few moments, so that ties, pauses of exactly half an hour and events on the bounds of a period are common.
times = st.sampled_from(
    [
        *(
            start + pause
            for start in (SPRING, AUTUMN)
            for pause in (0, 1, 90_000_000, HALF_HOUR, HALF_HOUR + 1)
        ),
        SPRING - 999_999,
        SPRING + 2 * HALF_HOUR,
        0,
        AUTUMN + 86_400_000_000 * 400,
    ]
)
events = st.tuples(
    customers,
    times,
    st.integers(0, 4),
    st.integers(-1, 1),
    st.integers(-1, 0),
    st.integers(-1, 2),
    st.integers(0, 1),
)


@dataclass(frozen=True)
class Log:
    """Random rows in random order; the key is unique and says nothing about the place in the list."""

    rows: tuple[tuple[int, ...], ...]

    def journeys(self, buckets: int) -> MemoryJourneys:
        columns = np.array([(*row, self.key(i)) for i, row in enumerate(self.rows)], dtype=np.int64).reshape(
            -1, 8
        )
        names = ("customer", "time", "touchpoint", "channel", "device", "phase", "moment", "key")
        return memory_journeys(dict(zip(names, columns.T, strict=True)), CODES, buckets=buckets)

    @staticmethod
    def key(place: int) -> int:
        return (place * 7919) % 10007 - 5000

    def table(self, where: Where) -> pa.Table:
        """The rows that the filter lets through, with names ('' for none), chosen row by row in Python."""
        lines = []
        for i, (customer, time, *codes) in enumerate(self.rows):
            texts = [CODES.of(c)[code] if code >= 0 else "" for c, code in zip(_CODED, codes, strict=True)]
            asked = (where.touchpoints, where.channels, where.devices, where.phases, where.moments)
            if all(a is None or t in a for a, t in zip(asked, texts, strict=True)) and _chosen(
                where, customer, time
            ):
                lines.append((customer, time, self.key(i), *texts))
        names = ("customer", "time", "key", *_CODED)
        kinds = (pa.int64(),) * 3 + (pa.string(),) * 5
        columns = zip(*lines, strict=True) if lines else [[] for _ in names]
        return pa.table({n: pa.array(list(c), k) for n, k, c in zip(names, kinds, columns, strict=True)})


_CODED = ("touchpoint", "channel", "device", "phase", "moment")


def _chosen(where: Where, customer: int, time: int) -> bool:
    if where.period_micros is not None and not where.period_micros[0] <= time < where.period_micros[1]:
        return False
    return where.customers is None or customer in where.customers.tolist()


# Lists made by chance are mostly short: half of them are to be long enough for somebody to come back.
logs = (st.lists(events, max_size=9) | st.lists(events, min_size=12, max_size=30)).map(
    lambda rows: Log(tuple(rows))
)
wheres = st.builds(
    Where,
    period_micros=st.none() | st.tuples(times, times),
    phases=st.none() | st.lists(st.sampled_from([*CODES.phase, "maintenance"])).map(tuple),
    moments=st.none() | st.lists(st.sampled_from(CODES.moment), min_size=1).map(tuple),
    touchpoints=st.none() | st.lists(st.sampled_from([*CODES.touchpoint, "fax"]), min_size=2).map(tuple),
    channels=st.none() | st.lists(st.sampled_from(CODES.channel)).map(tuple),
    devices=st.none() | st.just(("tablet",)),
    customers=st.none() | st.lists(customers).map(lambda keys: np.array(keys, dtype=np.int64)),
)
some_wheres = st.just(Where()) | wheres
bucket_counts = st.sampled_from([1, 7, 64])


@pytest.fixture(scope="module")
def plain() -> Iterator[Any]:
    """Asks DuckDB: `plain(table, sql)` gives rows; the table is called `log`."""
    with duckdb.connect(":memory:", config={"threads": 1}) as connection:

        def ask(table: pa.Table, sql: str) -> list[tuple[Any, ...]]:
            connection.register("log", table)
            return connection.sql(sql).fetchall()

        yield ask


IN_ORDER = "WINDOW w AS (PARTITION BY customer ORDER BY time, key)"
STAYS = (
    """
    WITH marked AS (SELECT *, {by} AS place, {by} IS DISTINCT FROM lag({by}) OVER w AS fresh FROM log """
    + IN_ORDER
    + """),
    numbered AS (SELECT *, sum(fresh::INT) OVER w AS stay FROM marked """
    + IN_ORDER
    + """),
    stays AS (
        SELECT customer, stay, place, count(*) AS n, min(time) AS first, max(time) AS last
        FROM numbered GROUP BY ALL
    ),
    linked AS (
        SELECT *, lead(place) OVER s AS target, lead(first) OVER s - last AS wait, lag(stay) OVER s AS earlier
        FROM stays WINDOW s AS (PARTITION BY customer ORDER BY stay)
    )
"""
)


def assert_spread(found: Spread, micros: list[int], *, quantiles: bool = True) -> None:
    """Mean, least and most are exact; a quantile lies within 1/16 of the order statistic ceil(q n)."""
    micros = sorted(micros)
    assert found.mean_seconds == pytest.approx(sum(micros) / len(micros) / 1e6, rel=1e-12)
    assert (found.shortest_seconds, found.longest_seconds) == (micros[0] / 1e6, micros[-1] / 1e6)
    shares = {
        0.25: found.p25_seconds,
        0.5: found.median_seconds,
        0.75: found.p75_seconds,
        0.95: found.p95_seconds,
    }
    for share, value in shares.items():
        if not quantiles:
            assert value is None
            continue
        exact = micros[max(1, int(np.ceil(share * len(micros)))) - 1] / 1e6
        assert value == pytest.approx(exact, rel=1 / 16, abs=2**20 / 1e6)


@EXAMPLES
@given(log=logs, where=some_wheres, buckets=bucket_counts)
def test_transitions_equal_plain_sql(plain: Any, log: Log, where: Where, buckets: int) -> None:
    found = transitions(log.journeys(buckets), where=where)
    table = log.table(where)
    pairs = plain(
        table,
        f"""WITH s AS (SELECT customer, touchpoint a, lead(touchpoint) OVER w b, lead(time) OVER w - time gap
              FROM log {IN_ORDER})
            SELECT a, b, count(*), count(DISTINCT customer), list(gap)
            FROM s WHERE b IS NOT NULL GROUP BY a, b""",
    )
    assert {(m.origin, m.target): (m.moves, m.customers) for m in found.moves} == {
        (a, b): (n, who) for a, b, n, who, _ in pairs
    }
    gaps = {(a, b): gap for a, b, _, _, gap in pairs}
    for move in found.moves:
        assert_spread(move.time, gaps[move.origin, move.target])
    places = plain(
        table,
        f"""WITH s AS (SELECT touchpoint, lag(time) OVER w IS NULL first, lead(time) OVER w IS NULL last
              FROM log {IN_ORDER})
            SELECT touchpoint, count(*), count_if(first), count_if(last) FROM s GROUP BY touchpoint""",
    )
    assert {(p.name, p.interactions, p.starts, p.ends) for p in found.places} == set(places)


@EXAMPLES
@given(log=logs, where=some_wheres, buckets=bucket_counts)
def test_phase_flow_equals_plain_sql(plain: Any, log: Log, where: Where, buckets: int) -> None:
    found = phase_flow(log.journeys(buckets), where=where)
    stops = plain(
        log.table(where),
        STAYS.format(by="phase")
        + """SELECT place, count(DISTINCT customer), sum(n), count(*), count_if(earlier IS NULL),
                    count_if(target IS NULL) FROM linked GROUP BY place""",
    )
    seen = {
        (s.phase or "", s.customers, s.interactions, s.entries, s.starts, s.left)
        for s in found.phases
        if s.interactions
    }
    assert seen == set(stops)
    moves = plain(
        log.table(where),
        STAYS.format(by="phase")
        + """SELECT place, target, count(*), count(DISTINCT customer) FROM linked
             WHERE target IS NOT NULL GROUP BY ALL""",
    )
    assert {(m.origin or "", m.target or "", m.moves, m.customers) for m in found.moves} == set(moves)


@EXAMPLES
@given(log=logs, where=some_wheres, buckets=bucket_counts, minutes=st.sampled_from([0, 0.5, 30, 600]))
def test_sessions_equal_plain_sql(plain: Any, log: Log, where: Where, buckets: int, minutes: float) -> None:
    found = sessions(log.journeys(buckets), gap_minutes=minutes, where=where)
    rows = plain(
        log.table(where),
        f"""WITH marked AS (SELECT *, coalesce(time - lag(time) OVER w > {minutes} * 60000000.0, true) fresh
              FROM log {IN_ORDER}),
            numbered AS (SELECT *, sum(fresh::INT) OVER w AS number FROM marked {IN_ORDER})
            SELECT customer, count(*), first(channel ORDER BY time, key), max(time) - min(time)
            FROM numbered GROUP BY customer, number""",
    )
    assert (found.sessions, found.interactions) == (len(rows), sum(n for _, n, _, _ in rows))
    assert found.customers == len({customer for customer, *_ in rows})
    assert found.single == sum(n == 1 for _, n, _, _ in rows)
    assert found.lengths == tuple(
        sum(min(n, LENGTHS - 1) == i for _, n, _, _ in rows) for i in range(LENGTHS)
    )
    groups = {g.channel or "": g for g in found.channels}
    assert set(groups) == {channel for _, _, channel, _ in rows}
    for channel, group in groups.items():
        own = [row for row in rows if row[2] == channel]
        assert (group.sessions, group.interactions) == (len(own), sum(n for _, n, _, _ in own))
        assert group.customers == len({customer for customer, *_ in own})
        assert group.single == sum(n == 1 for _, n, _, _ in own)
        assert_spread(group.time, [micros for *_, micros in own])
    if rows:
        assert_spread(found.time, [micros for *_, micros in rows])


@EXAMPLES
@given(
    log=logs, where=some_wheres, buckets=bucket_counts, by=st.sampled_from(["phase", "touchpoint", "channel"])
)
def test_step_times_equal_plain_sql(plain: Any, log: Log, where: Where, buckets: int, by: Any) -> None:
    found = step_times(log.journeys(buckets), by=by, where=where)
    stays = plain(
        log.table(where),
        STAYS.format(by=by)
        + "SELECT place, count(*), count(DISTINCT customer), list(last - first) FROM linked GROUP BY 1",
    )
    assert {(s.name or "", s.stays, s.customers) for s in found.stays} == {row[:3] for row in stays}
    for stay in found.stays:
        assert_spread(stay.time, next(row[3] for row in stays if row[0] == (stay.name or "")))
    waits = plain(
        log.table(where),
        STAYS.format(by=by)
        + """SELECT place, target, count(*), count(DISTINCT customer), list(wait) FROM linked
             WHERE target IS NOT NULL GROUP BY 1, 2""",
    )
    assert {(w.origin or "", w.target or "", w.moves, w.customers) for w in found.waits} == {
        row[:4] for row in waits
    }
    for wait in found.waits:
        assert_spread(wait.time, next(r[4] for r in waits if r[:2] == (wait.origin or "", wait.target or "")))


@EXAMPLES
@given(log=logs, where=some_wheres, buckets=bucket_counts, once=st.booleans(), steps=st.integers(1, 6))
def test_touchpoint_steps_equal_a_walk_over_lists(
    log: Log, where: Where, buckets: int, *, once: bool, steps: int
) -> None:
    found = touchpoint_steps(log.journeys(buckets), steps=steps, top=99, once=once, where=where)
    walks: dict[int, list[str]] = {}
    for line in sorted(log.table(where).to_pylist(), key=lambda row: (row["time"], row["key"])):
        walk = walks.setdefault(line["customer"], [])
        if not (line["touchpoint"] in walk if once else walk[-1:] == [line["touchpoint"]]):
            walk.append(line["touchpoint"])
    nodes: dict[tuple[int, str], int] = {}
    links: dict[tuple[int, str, str], int] = {}
    for walk in walks.values():
        for step, here in enumerate(walk[:steps], start=1):
            nodes[step, here] = nodes.get((step, here), 0) + 1
            if step < steps:
                target = walk[step] if step < len(walk) else LEFT
                links[step, here, target] = links.get((step, here, target), 0) + 1
    assert {(n.step, n.name): n.customers for n in found.nodes} == nodes
    assert {(k.step, k.origin, k.target): k.customers for k in found.links} == links
    assert found.customers == len(walks)


@EXAMPLES
@given(log=logs, top=st.integers(0, 3), by=st.sampled_from(["touchpoint", "phase", "channel"]))
def test_columns_of_the_flow_add_up_whatever_is_put_together(log: Log, top: int, by: Any) -> None:
    found = touchpoint_steps(log.journeys(7), top=top, by=by)
    nodes = {(n.step, n.name): n.customers for n in found.nodes}
    assert sum(n for (step, _), n in nodes.items() if step == 1) == found.customers
    assert len({name for _, name in nodes} - {OTHERS}) <= top
    for (step, name), n in nodes.items():
        if step < 5:
            assert n == sum(k.customers for k in found.links if (k.step, k.origin) == (step, name))
        if step > 1:
            assert n == sum(k.customers for k in found.links if (k.step, k.target) == (step - 1, name))


@EXAMPLES
@given(log=logs, where=some_wheres)
def test_the_questions_agree_with_each_other(log: Log, where: Where) -> None:
    journeys = log.journeys(7)
    moved = transitions(journeys, by="phase", where=where)
    flow = phase_flow(journeys, where=where)
    timed = step_times(journeys, where=where)
    visits = sessions(journeys, where=where)
    stepped = touchpoint_steps(journeys, by="phase", top=9, where=where)
    events = len(log.table(where))
    ends = sum(place.ends for place in moved.places)
    assert sum(move.moves for move in moved.moves) + ends == events
    assert {events} == {moved.interactions, flow.interactions, visits.interactions}
    assert {ends} == {moved.customers, flow.customers, visits.customers, stepped.customers}
    for place in moved.places:
        assert place.interactions == place.ends + sum(m.moves for m in moved.moves if m.origin == place.name)
        assert place.interactions == place.starts + sum(
            m.moves for m in moved.moves if m.target == place.name
        )
    between = {(m.origin, m.target, m.moves, m.customers) for m in moved.moves if m.origin != m.target}
    assert between == {(m.origin, m.target, m.moves, m.customers) for m in flow.moves}
    assert between == {(w.origin, w.target, w.moves, w.customers) for w in timed.waits}
    for stop in flow.phases:
        assert stop.entries == stop.starts + sum(m.moves for m in flow.moves if m.target == stop.phase)
        assert stop.entries == stop.left + sum(m.moves for m in flow.moves if m.origin == stop.phase)
    staying = {(s.name, s.stays, s.customers) for s in timed.stays}
    assert staying == {(s.phase, s.entries, s.customers) for s in flow.phases if s.interactions}
    starts = {place.name: place.starts for place in moved.places if place.starts}
    assert starts == {n.name: n.customers for n in stepped.nodes if n.step == 1}


@EXAMPLES
@given(log=logs, where=some_wheres, kernel=st.sampled_from(KERNELS))
def test_buckets_and_threads_change_nothing(log: Log, where: Where, kernel: Any) -> None:
    one = run(log.journeys(1), kernel, where=where)
    assert run(log.journeys(7), kernel, where=where) == one
    assert run(log.journeys(64), kernel, where=where) == one
    assert run(log.journeys(7), kernel, where=where, threads=2) == one


@FEW
@given(log=logs, kernel=st.sampled_from(KERNELS))
def test_a_thousand_buckets_change_nothing(log: Log, kernel: Any) -> None:
    assert run(log.journeys(1024), kernel) == run(log.journeys(1), kernel)


@EXAMPLES
@given(log=logs, kernel=st.sampled_from(KERNELS))
def test_parts_merge_in_any_order_and_grouping(log: Log, kernel: Any) -> None:
    journeys = log.journeys(3)
    parts = [kernel.part(journeys.bucket(i), ALL, CODES) for i in range(3)]
    results = [kernel.finish(reduce(kernel.merge, order), CODES) for order in permutations(parts)]
    a, b, c = parts
    results.append(kernel.finish(kernel.merge(a, kernel.merge(b, c)), CODES))
    assert all(result == results[0] for result in results)


@EXAMPLES
@given(log=logs, where=wheres, kernel=st.sampled_from(KERNELS))
def test_a_filter_equals_leaving_the_rows_out(log: Log, where: Where, kernel: Any) -> None:
    table = log.table(where)
    keys = set(table["key"].to_pylist())
    journeys = log.journeys(1)
    bucket = journeys.bucket(0)
    kept = np.isin(bucket.key, list(keys))
    names = ("customer", "time", "touchpoint", "channel", "device", "phase", "moment", "key")
    fewer = memory_journeys({name: getattr(bucket, name)[kept] for name in names}, CODES, buckets=7)
    assert run(journeys, kernel, where=where) == run(fewer, kernel)
