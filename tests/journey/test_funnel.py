"""Funnels equal a search of all chains, whatever windows, orders, exclusions, entries; and a few by hand."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey.chains import attempts
from tests.journey.short_logs import BUCKETS, CODES, DAY, HOUR, LOGS, SOME_WHERES, ShortLog

import viaggio as vg
from viaggio.estimate import wilson
from viaggio.journey.groups import CustomerGroups
from viaggio.journey.index import Codes, memory_journeys
from viaggio.journey.kernels.funnel.definition import BadFunnel, Entry, Exclusion, FunnelRules, Stage
from viaggio.journey.kernels.funnel.kernel import FunnelKernel
from viaggio.journey.kernels.funnel.results import Funnel
from viaggio.journey.kernels.touchpoint_steps import LEFT
from viaggio.journey.kinds import BadKind, InteractionKind
from viaggio.journey.run import run
from viaggio.journey.where import ALL, Where
from viaggio.kernel import UnknownColumn

EXAMPLES = settings(max_examples=80, deadline=None)
FEW = settings(max_examples=6, deadline=None)

often = st.sampled_from(CODES.touchpoint[:3])
touchpoints = often.map(lambda text: (text,)) | st.lists(
    st.sampled_from(CODES.touchpoint), min_size=1, max_size=2, unique=True
).map(tuple)
kinds = st.builds(InteractionKind, touchpoints=touchpoints) | st.builds(
    InteractionKind,
    touchpoints=st.none() | touchpoints,
    channels=st.none() | st.just(("web",)),
    phases=st.none() | st.just(("discovery", "purchase")),
)
windows = st.none() | st.sampled_from([0, HOUR, 24 * HOUR, 25 * HOUR, 100 * HOUR])
stages = st.builds(
    lambda steps, within: Stage(steps=tuple(steps), within_micros=within),
    st.lists(kinds, min_size=1, max_size=1) | st.lists(kinds, min_size=1, max_size=3),
    windows,
)


@st.composite
def some_rules(draw: st.DrawFn) -> FunnelRules:
    chosen = draw(st.lists(stages, min_size=1, max_size=3))
    exclusions = []
    for kind in draw(st.lists(kinds, max_size=2)):
        after = draw(st.integers(0, len(chosen) - 1))
        exclusions.append(
            Exclusion(kind=kind, after=after, before=draw(st.none() | st.integers(after + 1, len(chosen))))
        )
    return FunnelRules(
        stages=tuple(chosen),
        within_micros=draw(windows),
        exclusions=tuple(exclusions),
        entry=draw(st.sampled_from(Entry)),
    )


@EXAMPLES
@given(
    log=LOGS,
    where=SOME_WHERES,
    rules=some_rules(),
    buckets=BUCKETS,
    by=st.sampled_from([None, "channel", "phase"]),
)
def test_a_funnel_equals_a_search_of_all_chains(
    log: ShortLog, where: Where, rules: FunnelRules, buckets: int, by: Any
) -> None:
    assert_as_searched(log, where, rules, buckets, by)


# One customer who does three things in any order, again and again: there is always an attempt to follow.
PLAIN = st.lists(
    st.tuples(
        st.just(0), st.sampled_from([0, HOUR, 2 * HOUR, 3 * HOUR, 25 * HOUR]), st.sampled_from([0, 0, 1, 2])
    ),
    min_size=3,
    max_size=8,
)


@EXAMPLES
@given(
    steps=PLAIN,
    spans=st.tuples(st.sampled_from([None, HOUR, 2 * HOUR]), st.sampled_from([None, HOUR, 3 * HOUR])),
    without=st.sampled_from([(), (Exclusion(kind=InteractionKind(touchpoints=("basket",))),)]),
    entry=st.sampled_from(Entry),
)
def test_a_plain_funnel_of_a_busy_customer_equals_a_search_of_all_chains(
    steps: list[tuple[int, int, int]],
    spans: tuple[int | None, int | None],
    without: tuple[Exclusion, ...],
    entry: Entry,
) -> None:
    log = ShortLog(tuple((*step, 0, 1) for step in steps))
    names = ("ad", "site") if without else ("ad", "site", "basket")
    stages = tuple(
        Stage(steps=(InteractionKind(touchpoints=(name,)),), within_micros=spans[0] if number else None)
        for number, name in enumerate(names)
    )
    rules = FunnelRules(stages=stages, within_micros=spans[1], exclusions=without, entry=entry)
    assert_as_searched(log, Where(), rules, 1, None)


def assert_as_searched(log: ShortLog, where: Where, rules: FunnelRules, buckets: int, by: Any) -> None:
    found = run(log.journeys(buckets), FunnelKernel(rules, by), where=where)
    journeys = log.by_customer(where)
    exact: Counter[tuple[str | None, int]] = Counter()
    onward: Counter[tuple[int, str | None]] = Counter()
    times: dict[tuple[str | None, int], list[tuple[int, int]]] = {}
    for rows in journeys.values():
        for attempt in attempts(rules, rows):
            best = max(attempt.reached)
            row, start, _ = attempt.reached[best]
            segment = getattr(rows[start], by) if by else None
            for length in range(1, best + 1):
                exact[segment, length] += 1
                at, start, since = attempt.reached[length]
                span = rows[at].time - rows[start].time, rows[at].time - rows[since].time
                times.setdefault((segment, length), []).append(span)
            if best < len(rules.steps):
                onward[best, rows[row + 1].touchpoint if row + 1 < len(rows) else LEFT] += 1
    assert found.customers == len(journeys)
    whole: Counter[int] = Counter()
    for (_, length), n in exact.items():
        whole[length] += n
    assert [step.reached for step in found.steps] == [whole[k + 1] for k in range(len(rules.steps))]
    assert {(n.step, n.target): n.count for n in found.next} == onward
    if by:
        assert {group.segment for group in found.segments} == {segment for segment, _ in exact}
    for segment, steps in [(g.segment, g.steps) for g in found.segments] or [(None, found.steps)]:
        for step in steps:
            assert step.reached == exact[segment, step.step]
            if step.step > 1 and step.reached:
                assert_spreads(step, times[segment, step.step])


def assert_spreads(step: Any, spans: list[tuple[int, int]]) -> None:
    """Mean, least and most of both durations are exact; `test_laws` has the quantiles."""
    for place, spread in enumerate((step.since_start, step.since_before)):
        micros = [span[place] for span in spans]
        assert spread.mean_seconds == pytest.approx(sum(micros) / len(micros) / 1e6)
        assert (spread.shortest_seconds, spread.longest_seconds) == (min(micros) / 1e6, max(micros) / 1e6)


def assert_adds_up(found: Funnel) -> None:
    reached = [step.reached for step in found.steps]
    assert reached == sorted(reached, reverse=True)
    assert sum(step.stopped for step in found.steps) == found.entered
    for step in found.steps:
        if found.by:
            assert step.reached == sum(group.steps[step.step - 1].reached for group in found.segments)
        if step.step < len(found.steps):
            assert step.stopped == reached[step.step - 1] - reached[step.step]
            assert step.stopped == sum(n.count for n in found.next if n.step == step.step)
    if found.entry != "every":
        assert found.entered <= found.customers


@EXAMPLES
@given(log=LOGS, where=SOME_WHERES, rules=some_rules(), by=st.sampled_from([None, "touchpoint", "channel"]))
def test_steps_never_grow_and_everything_adds_up(
    log: ShortLog, where: Where, rules: FunnelRules, by: Any
) -> None:
    one = run(log.journeys(1), FunnelKernel(rules, by), where=where)
    assert_adds_up(one)
    assert run(log.journeys(7), FunnelKernel(rules, by), where=where) == one
    assert run(log.journeys(64), FunnelKernel(rules, by), where=where, threads=2) == one


@FEW
@given(log=LOGS, rules=some_rules())
def test_a_thousand_buckets_and_any_order_of_merging_change_nothing(
    log: ShortLog, rules: FunnelRules
) -> None:
    kernel = FunnelKernel(rules, "channel")
    journeys = log.journeys(3)
    parts = [kernel.part(journeys.bucket(i), ALL, CODES) for i in range(3)]
    results = [kernel.finish(reduce(kernel.merge, order), CODES) for order in permutations(parts)]
    a, b, c = parts
    results.append(kernel.finish(kernel.merge(a, kernel.merge(b, c)), CODES))
    results.append(run(log.journeys(1024), kernel))
    assert all(result == results[0] for result in results)


@EXAMPLES
@given(log=LOGS, rules=some_rules())
def test_a_longer_window_loses_nobody_and_fewer_exclusions_do_not_either(
    log: ShortLog, rules: FunnelRules
) -> None:
    rules = replace(rules, entry=Entry.FURTHEST)
    free = replace(
        rules,
        within_micros=None,
        exclusions=(),
        stages=tuple(replace(s, within_micros=None) for s in rules.stages),
    )
    journeys = log.journeys(1)
    narrow = [s.reached for s in run(journeys, FunnelKernel(rules)).steps]
    wide = [s.reached for s in run(journeys, FunnelKernel(free)).steps]
    assert all(n <= w for n, w in zip(narrow, wide, strict=True))
    first = [s.reached for s in run(journeys, FunnelKernel(replace(rules, entry=Entry.FIRST))).steps]
    assert all(f <= n for f, n in zip(first, narrow, strict=True))


def shop(*rows: tuple[int, float, str]) -> Any:
    """Journeys of (customer, hour, touchpoint)."""
    customer, hour, touchpoint = zip(*rows, strict=True)
    return vg.journey.from_table(
        {
            "customer": list(customer),
            "touchpoint": list(touchpoint),
            "started_at": np.array([int(HOUR * h) for h in hour], dtype="datetime64[us]"),
        }
    )


# Customer 1 returns to the site before buying; 2 calls in between; 3 buys too late; 4 only buys.
STORY = shop(
    (1, 0, "site"), (1, 100, "site"), (1, 101, "basket"), (1, 110, "order"),
    (2, 0, "site"), (2, 1, "basket"), (2, 2, "call"), (2, 3, "order"),
    (3, 0, "site"), (3, 20, "basket"), (3, 60, "order"),
    (4, 5, "order"),
)  # fmt: skip
STEPS = ["site", "basket", "order"]


def reached(**asked: Any) -> list[int]:
    return [step.reached for step in vg.journey.funnel(STORY, **{"steps": STEPS} | asked).steps]


def test_a_funnel_carries_the_latest_start_and_the_first_entry_does_not() -> None:
    day = timedelta(days=1)
    assert reached() == [3, 3, 3]
    assert reached(within=day) == [3, 3, 2]
    assert reached(within=day, entry="first") == [3, 2, 1]
    assert reached(within=day, without=["call"]) == [3, 3, 1]
    assert reached(within=timedelta(hours=60)) == [3, 3, 3]
    assert reached(within=timedelta(hours=59, minutes=59)) == [3, 3, 2]


def test_an_exclusion_can_hold_for_one_gap_only() -> None:
    early = Exclusion(kind=InteractionKind(touchpoints=("call",)), after=1, before=2)
    late = Exclusion(kind=InteractionKind(touchpoints=("call",)), after=2)
    assert reached(without=[early]) == [3, 3, 3]
    assert reached(without=[late]) == [3, 3, 2]


def test_a_step_may_have_a_window_of_its_own() -> None:
    order = Stage(steps=(InteractionKind(touchpoints=("order",)),), within_micros=9 * HOUR)
    assert reached(steps=["site", "basket", order]) == [3, 3, 2]  # customer 1 orders after exactly nine hours
    late = replace(order, within_micros=9 * HOUR - 1)
    assert reached(steps=["site", "basket", late]) == [3, 3, 1]


def test_steps_in_any_order_count_how_many_are_done() -> None:
    assert reached(steps=["order", "site"], any_order=True) == [4, 3]
    assert reached(steps=["order", "site"]) == [4, 0]
    found = vg.journey.funnel(STORY, steps=["order", "site"], any_order=True)
    assert [step.name for step in found.steps] == ["1/2 order + site", "2/2 order + site"]


def test_every_attempt_counts_once_and_none_holds_another() -> None:
    log = shop(
        (1, 0, "site"), (1, 1, "site"), (1, 2, "basket"),  # one attempt: the second visit starts no other
        (1, 100, "site"), (1, 101, "basket"), (1, 102, "site"),  # the second, then the third
    )  # fmt: skip
    found = vg.journey.funnel(log, steps=["site", "basket"], entry="every", within=timedelta(days=1))
    assert [step.reached for step in found.steps] == [3, 2]
    assert [(n.target, n.count) for n in found.next] == [(LEFT, 1)]
    once = vg.journey.funnel(log, steps=["site", "basket"], within=timedelta(days=1))
    assert [step.reached for step in once.steps] == [1, 1]


def test_who_stops_is_followed_to_the_next_touchpoint() -> None:
    found = vg.journey.funnel(STORY, steps=STEPS, without=["call"])
    assert [(n.step, n.target, n.count) for n in found.next] == [(2, "call", 1)]
    assert found.next_table().to_pylist() == [{"step": 2, "target": "call", "count": 1}]


def test_intervals_are_wilsons() -> None:
    last = vg.journey.funnel(STORY, steps=STEPS, within=timedelta(days=1)).steps[-1]
    assert (last.of_all, last.of_all_low, last.of_all_high) == (2 / 3, *wilson(2, 3))
    assert (last.of_before, last.of_before_low, last.of_before_high) == (2 / 3, *wilson(2, 3))


def test_tables_have_a_line_per_step_and_segment() -> None:
    plain = vg.journey.funnel(STORY, steps=STEPS).table()
    assert plain.column_names[:3] == ["step", "name", "reached"]
    assert {"since_start_median_seconds", "since_before_median_seconds"} <= set(plain.column_names)
    cut = vg.journey.funnel(STORY, steps=STEPS, by="touchpoint").table()
    assert cut["touchpoint"].to_pylist() == ["site"] * 3
    nothing = vg.journey.funnel(STORY, steps=STEPS, by="touchpoint", where=Where(touchpoints=()))
    assert nothing.table().num_rows == 0
    assert [step.of_all for step in nothing.steps] == [None, None, None]
    assert nothing.table().schema == cut.schema


def test_groups_of_customers_are_segments_and_who_has_none_is_shown() -> None:
    groups = CustomerGroups("segment", ("gold", "new"), np.array([1, 3]), np.array([0, 1], np.int32))
    found = vg.journey.funnel(STORY, steps=STEPS, by=groups)
    assert found.by == "segment"
    assert [(g.segment, [s.reached for s in g.steps]) for g in found.segments] == [
        ("gold", [1, 1, 1]),
        ("new", [1, 1, 1]),
        (None, [1, 1, 1]),
    ]
    nobody = CustomerGroups("segment", (), np.array([], np.int64), np.array([], np.int32))
    assert [g.segment for g in vg.journey.funnel(STORY, steps=STEPS, by=nobody).segments] == [None]
    with pytest.raises(ValueError, match="ascending"):
        CustomerGroups("segment", ("gold",), np.array([3, 1]), np.array([0, 0], np.int32))


@EXAMPLES
@given(log=LOGS, rules=some_rules(), keys=st.lists(st.integers(-1, 2), unique=True).map(sorted))
def test_groups_equal_a_funnel_for_each_group(log: ShortLog, rules: FunnelRules, keys: list[int]) -> None:
    codes = np.array([key % 2 for key in keys], np.int32)
    groups = CustomerGroups("segment", ("even", "odd"), np.array(keys, np.int64), codes)
    found = run(log.journeys(7), FunnelKernel(rules, groups))
    assert_adds_up(found)
    for number, name in enumerate(groups.names):
        own = run(log.journeys(7), FunnelKernel(rules), where=Where(customers=groups.keys[codes == number]))
        alone = next((group.steps for group in found.segments if group.segment == name), None)
        assert (alone or ()) == (own.steps if own.entered else ())


def test_the_times_are_a_distribution_over_all_who_got_there() -> None:
    n = 500
    minutes = np.random.default_rng(4).lognormal(5, 2, n).astype(np.int64)
    columns = {
        "customer": np.repeat(np.arange(n), 2),
        "time": np.column_stack((np.zeros(n, np.int64), minutes * 60_000_000)).ravel(),
        "touchpoint": np.tile([0, 1], n),
    }
    found = vg.journey.funnel(memory_journeys(columns, Codes(touchpoint=("a", "b"))), steps=["a", "b"])
    assert found.steps[0].times == ()
    for bar in found.steps[1].times:
        inside = (minutes * 60 >= bar.from_seconds) & (minutes * 60 < bar.to_seconds)
        assert bar.count == inside.sum()
    assert sum(bar.count for bar in found.steps[1].times) == n
    assert found.times_table().num_rows == len(found.steps[1].times)


def test_a_funnel_of_too_many_segments_is_refused() -> None:
    many = tuple(f"s{number}" for number in range(20_001))
    crowd = CustomerGroups("city", many, np.array([1]), np.array([0], np.int32))
    with pytest.raises(BadFunnel, match="20002 segments of 1 steps"):
        vg.journey.funnel(STORY, steps=["site"], by=crowd)


def test_a_funnel_that_can_not_be_counted_says_why() -> None:
    with pytest.raises(BadFunnel, match="at least one step"):
        vg.journey.funnel(STORY, steps=[])
    with pytest.raises(BadFunnel, match="stages 1 to 3"):
        vg.journey.funnel(STORY, steps=STEPS, without=[Exclusion(kind=InteractionKind(), after=3)])
    with pytest.raises(BadFunnel, match="shorter than nothing"):
        vg.journey.funnel(STORY, steps=STEPS, within=timedelta(days=-1))
    with pytest.raises(BadFunnel, match="31 steps"):
        vg.journey.funnel(STORY, steps=["site"] * 31)
    with pytest.raises(BadKind, match="Did you mean 'basket'"):
        vg.journey.funnel(STORY, steps=["site", "baskets"])
    with pytest.raises(BadKind, match="no kind of interaction"):
        vg.journey.funnel(STORY, steps=["site,,order"])
    with pytest.raises(BadKind, match="no kind of interaction"):
        vg.journey.funnel(STORY, steps=["fase=purchase"])
    with pytest.raises(BadKind, match="phase 'purchase' does not occur"):
        vg.journey.funnel(STORY, steps=["phase=purchase"])
    table = {"customer": [1], "touchpoint": ["site"], "started_at": np.zeros(1, "datetime64[us]")}
    with pytest.raises(UnknownColumn, match="phase"):
        vg.journey.funnel(table, steps=["phase=purchase"])
    with pytest.raises(TypeError, match="write"):
        InteractionKind(touchpoints="site")  # type: ignore[arg-type]  # that is the point


def test_kinds_are_read_from_text() -> None:
    assert InteractionKind.parse("phase = purchase; channel=web, app") == InteractionKind(
        phases=("purchase",), channels=("web", "app")
    )
    assert InteractionKind.parse("site, search").touchpoints == ("site", "search")


def test_a_customer_with_a_hundred_thousand_attempts_is_counted_in_one_pass() -> None:
    n = 100_000
    columns = {
        "customer": np.zeros(2 * n),
        "time": np.arange(2 * n) * DAY // 24,
        "touchpoint": np.tile([0, 1], n),
    }
    journeys = memory_journeys(
        {name: array.astype(np.int64) for name, array in columns.items()}, Codes(touchpoint=("a", "b"))
    )
    found = vg.journey.funnel(journeys, steps=["a", "b"], entry="every", within=timedelta(hours=1))
    assert [step.reached for step in found.steps] == [n, n]
