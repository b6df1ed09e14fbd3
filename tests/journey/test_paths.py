"""Paths, sub-paths and flows equal walks over lists, whatever the buckets, and their sums hold."""

from collections import Counter
from functools import partial
from itertools import groupby, pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.journey import kernel_laws

from viaggio.journey.index import Codes, MemoryJourneys, memory_journeys
from viaggio.journey.kernels.flow import BadAnchor, Flow, FlowKernel
from viaggio.journey.kernels.paths import PathKernel
from viaggio.journey.kernels.subpaths import SubPathKernel, TooManySubPaths
from viaggio.journey.kernels.touchpoint_steps import ENTERED, LEFT, OTHERS
from viaggio.journey.kinds import InteractionKind
from viaggio.journey.packed import Packing
from viaggio.journey.path_questions import flow, paths, sub_paths, variants
from viaggio.journey.questions import sessions, touchpoint_steps, transitions
from viaggio.journey.run import run
from viaggio.journey.where import Where

TOUCHPOINTS = ("shop", "ad", "call", "repair")
CODES = Codes(touchpoint=TOUCHPOINTS, channel=("web", "phone"))
MINUTE = 60_000_000
EXAMPLES = settings(max_examples=60, deadline=None)
CHECKOUT = InteractionKind(touchpoints=("call",))
ON_THE_WEB = InteractionKind(touchpoints=("call", "ad"), channels=("web",))
KERNELS = (
    PathKernel(3, 4),
    PathKernel(2, 3, "channel", last=True),
    PathKernel(4, 99, collapse=False, per="session"),
    PathKernel(3, 9, per="episode", whole=True),
    PathKernel(2, 2, whole=True, collapse=False),
    SubPathKernel(3, 5),
    SubPathKernel(4, 99, "channel", collapse=False, least_customers=2),
    FlowKernel(CHECKOUT, top=2),
    FlowKernel(ON_THE_WEB, "every", 2, 1, by="channel"),
    FlowKernel(CHECKOUT, "last", collapse=False),
    FlowKernel(which="end"),
    FlowKernel(which="start"),
)

# Customers of whom some have many rows and some one; few moments, so that ties are common.
events = st.tuples(
    st.sampled_from([-7, 0, 1, 2, 3, 2**63 - 1]),
    st.integers(0, 12).map(lambda tens: tens * 10 * MINUTE),
    st.integers(-1, 3),
    st.integers(-1, 1),
)
logs = st.lists(events, max_size=9) | st.lists(
    events, min_size=15, max_size=40
)  # chance alone makes short ones
wheres = st.sampled_from(
    [
        Where(),
        Where(channels=("web",)),
        Where(touchpoints=()),
        Where(touchpoints=("ad", "call"), period_micros=(20 * MINUTE, 90 * MINUTE)),
        Where(customers=np.array([0, 3])),
    ]
)
bucket_counts = st.sampled_from([1, 7, 64])
Rows = list[tuple[int, int, int, int]]


def journeys(log: Rows, buckets: int = 7) -> MemoryJourneys:
    columns = np.array([(*row, key(i), episode(i)) for i, row in enumerate(log)], dtype=np.int64)
    columns = columns.reshape(-1, 6)
    names = ("customer", "time", "touchpoint", "channel", "key", "episode")
    return memory_journeys(dict(zip(names, columns.T, strict=True)), CODES, buckets=buckets)


def key(place: int) -> int:
    return (place * 7919) % 10007 - 5000


def episode(place: int) -> int:
    """What a row belongs to; 0 nothing. Episodes of several customers share a number."""
    return (0, -3, 5, 9, 5)[place % 5]


def walks(log: Rows, where: Where, by: str = "touchpoint") -> list[list[tuple[int, str | None, int]]]:
    """Of each customer (time, place, row) in order, chosen row by row."""
    names = CODES.of(by)  # type: ignore[arg-type]  # one of the coded columns
    kept: dict[int, list[tuple[int, int, int]]] = {}
    for i, (customer, time, touchpoint, channel) in enumerate(log):
        texts = (
            TOUCHPOINTS[touchpoint] if touchpoint >= 0 else "",
            CODES.channel[channel] if channel >= 0 else "",
        )
        asked = (where.touchpoints, where.channels)
        within = where.period_micros is None or where.period_micros[0] <= time < where.period_micros[1]
        chosen = where.customers is None or customer in where.customers.tolist()
        if within and chosen and all(a is None or t in a for a, t in zip(asked, texts, strict=True)):
            kept.setdefault(customer, []).append((time, key(i), i))
    column = 2 if by == "touchpoint" else 3
    return [
        [(time, names[log[i][column]] if log[i][column] >= 0 else None, i) for time, _, i in sorted(rows)]
        for rows in kept.values()
    ]


def places(walk: list[tuple[int, str | None, int]], *, repeats: bool) -> list[str | None]:
    found = [place for _, place, _ in walk]
    return found if repeats else [place for place, _ in groupby(found)]


def cut(walk: list[Any], minutes: int) -> list[list[Any]]:
    """The sessions of a walk."""
    found: list[list[Any]] = []
    for step in walk:
        if found and step[0] - found[-1][-1][0] <= minutes * MINUTE:
            found[-1].append(step)
        else:
            found.append([step])
    return found


def by_episode(walk: list[Any]) -> list[list[Any]]:
    """What a customer does for each episode."""
    found: dict[int, list[Any]] = {}
    for step in walk:
        found.setdefault(episode(step[2]), []).append(step)
    found.pop(0, None)
    return list(found.values())


@EXAMPLES
@given(
    log=logs,
    where=wheres,
    buckets=bucket_counts,
    steps=st.sampled_from([1, 2, 4, 30]),
    last=st.booleans(),
    repeats=st.booleans(),
    by=st.sampled_from(["touchpoint", "channel"]),
    per=st.sampled_from([("customer", 5), ("session", 10), ("session", 20), ("episode", 5)]),
)
def test_paths_equal_slices_of_lists(
    log: Rows,
    where: Where,
    buckets: int,
    steps: int,
    *,
    last: bool,
    repeats: bool,
    by: Any,
    per: tuple[Any, int],
) -> None:
    found = paths(
        journeys(log, buckets), steps=steps, top=1000, by=by, last=last, repeats=repeats,
        per=per[0], session_minutes=per[1], where=where,
    )  # fmt: skip
    times: Counter[tuple[str | None, ...]] = Counter()
    customers: Counter[tuple[str | None, ...]] = Counter()
    takers = 0
    for walk in walks(log, where, by):
        units = {"customer": [walk], "session": cut(walk, per[1]), "episode": by_episode(walk)}[per[0]]
        takers += bool(units)
        taken = [places(unit, repeats=repeats) for unit in units]
        slices = [tuple(path[-steps:] if last else path[:steps]) for path in taken]
        times.update(slices)
        customers.update(set(slices))
    assert {path.places: path.journeys for path in found.paths} == times
    assert {path.places: path.customers for path in found.paths} == customers
    assert (found.journeys, found.different, found.others) == (times.total(), len(times), 0)
    assert found.customers == takers


@EXAMPLES
@given(
    log=logs, where=wheres, buckets=bucket_counts, shown=st.sampled_from([1, 3, 40]), repeats=st.booleans()
)
def test_variants_tell_journeys_apart_beyond_what_is_shown(
    log: Rows, where: Where, buckets: int, shown: int, *, repeats: bool
) -> None:
    found = variants(journeys(log, buckets), shown=shown, top=1000, repeats=repeats, where=where)
    whole = Counter(tuple(places(walk, repeats=repeats)) for walk in walks(log, where))
    expected = Counter((path[:shown], len(path), n) for path, n in whole.items())
    assert Counter((path.places, path.length, path.journeys) for path in found.paths) == expected


@EXAMPLES
@given(log=logs, top=st.integers(0, 5), kernel=st.sampled_from(KERNELS[:5]))
def test_the_top_and_the_others_make_all_journeys(log: Rows, top: int, kernel: PathKernel) -> None:
    asked = PathKernel(
        kernel.steps,
        top,
        kernel.by,
        kernel.last,
        kernel.collapse,
        kernel.per,
        kernel.gap_micros,
        kernel.whole,
    )
    found = run(journeys(log), asked)
    everything = run(journeys(log), PathKernel(*_but_top(asked)))
    assert found.paths == everything.paths[:top]
    assert sum(path.journeys for path in found.paths) + found.others == found.journeys
    counts = [path.journeys for path in everything.paths]
    assert counts == sorted(counts, reverse=True)
    lines = found.table().to_pylist()
    assert sum(line["journeys"] for line in lines) == found.journeys
    assert not lines or sum(line["share"] for line in lines) == pytest.approx(1)


def _but_top(kernel: PathKernel) -> tuple[Any, ...]:
    return (
        kernel.steps,
        1000,
        kernel.by,
        kernel.last,
        kernel.collapse,
        kernel.per,
        kernel.gap_micros,
        kernel.whole,
    )


@EXAMPLES
@given(
    log=logs,
    where=wheres,
    buckets=bucket_counts,
    longest=st.integers(2, 6),
    repeats=st.booleans(),
    by=st.sampled_from(["touchpoint", "channel"]),
)
def test_sub_paths_equal_windows_over_lists(
    log: Rows, where: Where, buckets: int, longest: int, *, repeats: bool, by: Any
) -> None:
    found = sub_paths(journeys(log, buckets), longest=longest, top=10**6, by=by, repeats=repeats, where=where)
    times: Counter[tuple[str | None, ...]] = Counter()
    customers: Counter[tuple[str | None, ...]] = Counter()
    all_walks = walks(log, where, by)
    for walk in all_walks:
        path = places(walk, repeats=repeats)
        windows = [tuple(path[i : i + n]) for n in range(2, longest + 1) for i in range(len(path) - n + 1)]
        times.update(windows)
        customers.update(set(windows))
    assert {path.places: (path.times, path.customers) for path in found.paths} == {
        window: (n, customers[window]) for window, n in times.items()
    }
    assert (found.customers, found.different) == (len(all_walks), len(times))


@EXAMPLES
@given(
    log=logs,
    where=wheres,
    buckets=bucket_counts,
    which=st.sampled_from(["first", "last", "every", "start", "end"]),
    anchor=st.sampled_from([CHECKOUT, ON_THE_WEB]),
    before=st.integers(0, 3),
    after=st.integers(0, 3),
    repeats=st.booleans(),
    by=st.sampled_from(["touchpoint", "channel"]),
)
@example(  # the second of two interactions in one place is the anchor, so their one step is
    log=[(0, 0, 2, 1), (0, MINUTE, 2, 0)], where=Where(), buckets=1, which="first", anchor=ON_THE_WEB,
    before=1, after=1, repeats=False, by="touchpoint",
)  # fmt: skip
def test_flows_equal_slices_around_the_anchor(
    log: Rows, where: Where, buckets: int, which: Any, anchor: InteractionKind, before: int, after: int,
    *, repeats: bool, by: Any,
) -> None:  # fmt: skip
    kind = None if which in {"start", "end"} else anchor
    kernel = FlowKernel(kind, which, before, after, 99, by, collapse=not repeats)
    found = run(journeys(log, buckets), kernel, where=where)
    stops: Counter[tuple[int, str | None]] = Counter()
    streams: Counter[tuple[int, str | None, str | None]] = Counter()
    reaching = flows = 0
    all_walks = walks(log, where, by)
    for walk in all_walks:
        runs = _runs(walk, repeats=repeats)
        hits = [i for i, (_, rows) in enumerate(runs) if any(_is(log[row], anchor) for row in rows)]
        at = {"first": hits[:1], "last": hits[-1:], "every": hits, "start": [0], "end": [len(runs) - 1]}[
            which
        ]
        reaching += bool(at)
        flows += len(at)
        for i in at:
            ahead = [place for place, _ in runs[i:]] + [LEFT]
            back = [*[place for place, _ in runs[: i + 1]][::-1], ENTERED]
            for s, (one, other) in enumerate(pairwise(ahead)):
                if s < after and which != "end":
                    streams[s, one, other] += 1
            for s, (one, other) in enumerate(pairwise(back)):
                if s < before and which != "start":
                    streams[-s - 1, other, one] += 1
            stops[0, ahead[0]] += 1
            stops.update({(s, p): 1 for s, p in enumerate(ahead[:-1]) if 0 < s <= after and which != "end"})
            stops.update(
                {(-s, p): 1 for s, p in enumerate(back[:-1]) if 0 < s <= before and which != "start"}
            )
    assert {(s.step, s.name): s.flows for s in found.stops} == stops
    assert {(s.step, s.origin, s.target): s.flows for s in found.streams} == streams
    assert (found.customers, found.reaching, found.flows) == (len(all_walks), reaching, flows)


def _runs(walk: list[tuple[int, str | None, int]], *, repeats: bool) -> list[tuple[str | None, list[int]]]:
    if repeats:
        return [(place, [row]) for _, place, row in walk]
    return [(place, [row for _, _, row in rows]) for place, rows in groupby(walk, key=lambda step: step[1])]


def _is(row: tuple[int, int, int, int], kind: InteractionKind) -> bool:
    of_touchpoint = row[2] >= 0 and TOUCHPOINTS[row[2]] in (kind.touchpoints or ())
    return of_touchpoint and (
        kind.channels is None or (row[3] >= 0 and CODES.channel[row[3]] in kind.channels)
    )


def assert_conserved(found: Flow, before: int, after: int) -> None:
    """What comes into a place goes out of it again, and columns lose only those who enter or leave."""
    sums: Counter[int] = Counter()
    for stop in found.stops:
        sums[stop.step] += stop.flows
        into = sum(s.flows for s in found.streams if (s.step + 1, s.target) == (stop.step, stop.name))
        out = sum(s.flows for s in found.streams if (s.step, s.origin) == (stop.step, stop.name))
        if stop.step > 0 or -before < stop.step <= 0:
            assert into == stop.flows
        if stop.step < 0 or 0 <= stop.step < after:
            assert out == stop.flows
    assert sums[0] == found.flows
    for step in range(after):
        left = sum(s.flows for s in found.streams if (s.step, s.target) == (step, LEFT))
        assert sums[step] == sums[step + 1] + left
    for step in range(-before, 0):
        entered = sum(s.flows for s in found.streams if (s.step, s.origin) == (step, ENTERED))
        assert sums[step + 1] == sums[step] + entered


@EXAMPLES
@given(log=logs, where=wheres, top=st.integers(0, 3), which=st.sampled_from(["first", "every", "last"]))
def test_columns_of_a_flow_hold_all_who_come_to_the_anchor(
    log: Rows, where: Where, top: int, which: Any
) -> None:
    found = run(journeys(log), FlowKernel(CHECKOUT, which, 3, 2, top), where=where)
    assert_conserved(found, 3, 2)
    assert len({stop.name for stop in found.stops} - {OTHERS}) <= top


@EXAMPLES
@given(log=logs, where=wheres)
def test_paths_flows_and_transitions_agree(log: Rows, where: Where) -> None:
    data = journeys(log)
    moved = transitions(data, where=where)
    found = paths(data, steps=1, top=99, where=where)
    starts = {p.name: p.starts for p in moved.places if p.starts}
    assert {path.places[0]: path.journeys for path in found.paths} == starts
    ends = paths(data, steps=1, top=99, last=True, where=where)
    assert {path.places[0]: path.journeys for path in ends.paths} == {
        p.name: p.ends for p in moved.places if p.ends
    }
    pairs = sub_paths(data, longest=2, top=999, repeats=True, where=where)
    assert {(p.places, p.times, p.customers) for p in pairs.paths} == {
        ((m.origin, m.target), m.moves, m.customers) for m in moved.moves
    }
    visits = sessions(data, where=where)
    by_session = paths(data, per="session", where=where)
    assert (by_session.journeys, by_session.customers) == (visits.sessions, visits.customers)
    steps = touchpoint_steps(data, steps=4, top=99, where=where)
    start = flow(data, after=3, top=99, where=where)
    assert {(s.step + 1, s.name, s.flows) for s in start.stops} == {
        (n.step, n.name, n.customers) for n in steps.nodes
    }
    assert {(s.step + 1, s.origin, s.target, s.flows) for s in start.streams} == {
        (k.step, k.origin, k.target, k.customers) for k in steps.links
    }


@EXAMPLES
@given(log=logs, where=wheres, kernel=st.sampled_from(KERNELS))
def test_buckets_and_threads_change_nothing(log: Rows, where: Where, kernel: Any) -> None:
    kernel_laws.buckets_and_threads_change_nothing(partial(journeys, log), kernel, where)


@settings(max_examples=8, deadline=None)
@given(log=logs, kernel=st.sampled_from(KERNELS))
def test_a_thousand_buckets_change_nothing(log: Rows, kernel: Any) -> None:
    kernel_laws.a_thousand_buckets_change_nothing(partial(journeys, log), kernel)


@EXAMPLES
@given(log=logs, kernel=st.sampled_from(KERNELS))
def test_parts_merge_in_any_order_and_grouping(log: Rows, kernel: Any) -> None:
    kernel_laws.parts_merge_in_any_order_and_grouping(journeys(log, 3), kernel, CODES)


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernels_and_parts_travel_to_other_processes(kernel: Any) -> None:
    data = journeys([(i % 5, i * MINUTE, i % 4, i % 2) for i in range(60)], 1)
    kernel_laws.kernel_and_parts_travel_to_other_processes(data, kernel, CODES)


def many(touchpoints: int, rows: int = 60_000) -> tuple[MemoryJourneys, list[list[int]]]:
    """A log with more different paths than fit the first tables, and one customer with a third of it."""
    chance = np.random.default_rng(11)
    customer = np.sort(np.where(chance.random(rows) < 0.33, 5, chance.integers(10, 9000, rows)))
    codes = chance.integers(0, touchpoints, rows)
    columns = {"customer": customer, "time": np.arange(rows), "touchpoint": codes}
    names = tuple(f"t{i:04}" for i in range(touchpoints))
    lists: dict[int, list[int]] = {}
    for one, code in zip(customer.tolist(), codes.tolist(), strict=True):
        lists.setdefault(one, []).append(code)
    return memory_journeys(columns, Codes(touchpoint=names), buckets=5), list(lists.values())


@pytest.mark.parametrize("touchpoints", [3, 40, 1500])
def test_many_different_paths_are_all_counted(touchpoints: int) -> None:
    data, lists = many(touchpoints)
    found = paths(data, steps=7, top=20, repeats=True)
    expected = Counter(tuple(one[:7]) for one in lists)
    assert found.different == len(expected)
    assert [path.journeys for path in found.paths] == sorted(expected.values(), reverse=True)[:20]
    whole = variants(data, shown=2, top=3)
    assert whole.different == len({tuple(one) for one in lists})
    windows = Counter(tuple(one[i : i + n]) for one in lists for n in (2, 3) for i in range(len(one) - n + 1))
    runs = sub_paths(data, longest=3, top=10**6, repeats=True)
    assert runs.different == len(windows)
    assert {(tuple(int(p[1:]) for p in path.places if p), path.times) for path in runs.paths} == set(
        windows.items()
    )


def test_too_many_sub_paths_are_refused_whatever_the_buckets() -> None:
    data, lists = many(40)
    different = len({tuple(one[i : i + 2]) for one in lists for i in range(len(one) - 1)})
    run(data, SubPathKernel(2, collapse=False, most=different))
    with pytest.raises(TooManySubPaths, match="Ask for shorter ones"):
        run(data, SubPathKernel(2, collapse=False, most=different - 1))
    with pytest.raises(TooManySubPaths, match="at most 10 steps"):
        sub_paths(data, longest=11)


def test_paths_are_shown_by_name_where_counts_are_equal_and_written_with_arrows() -> None:
    log: Rows = [(1, 0, 0, 0), (1, 1, -1, 0), (2, 0, 1, 0), (3, 0, 0, 0), (3, 5, 3, 0), (4, 0, 1, 0)]
    lines = paths(journeys(log), top=2).table().to_pylist()
    assert [(line["path"], line["journeys"]) for line in lines] == [
        ("ad", 2),
        ("shop > repair", 1),
        (OTHERS, 1),
    ]
    shown = variants(journeys(log), shown=1, top=4)
    assert [path.text for path in shown.paths] == ["ad", "shop > …", "shop > …"]
    assert paths(journeys(log), last=True).paths[-1].text == "shop > (none)"


def test_a_packed_path_of_many_words_reads_back() -> None:
    packing = Packing(places=12, steps=40)
    assert (packing.bits, packing.per_word, packing.words) == (4, 15, 3)
    log: Rows = [(1, i, i % 4, 0) for i in range(40)]
    (path,) = paths(journeys(log), steps=40).paths
    assert path.places == TOUCHPOINTS * 10


@pytest.mark.parametrize(
    ("anchor", "which"), [(None, "first"), (None, "every"), (CHECKOUT, "start"), (CHECKOUT, "sometimes")]
)
def test_an_anchor_that_makes_no_sense_is_refused(anchor: Any, which: Any) -> None:
    with pytest.raises(BadAnchor):
        FlowKernel(anchor, which)


def test_shares_have_the_intervals_of_a_textbook() -> None:
    # Wilson's interval of 15 of 50 at 95 %: 0.191 to 0.438
    log: Rows = [(i, 0, 0 if i < 15 else 1, 0) for i in range(50)] + [(i, 1, 2, 0) for i in range(15)]
    line = paths(journeys(log)).lines()[1]
    assert (line.path, line.journeys, line.share) == ("shop > call", 15, 0.3)
    assert (line.low, line.high) == (pytest.approx(0.191, abs=5e-4), pytest.approx(0.438, abs=5e-4))
    (run_line,) = sub_paths(journeys(log)).lines()
    assert (run_line.share, run_line.low, run_line.high) == (line.share, line.low, line.high)
    assert paths(journeys(log), per="session").lines()[0].low is None


def test_a_path_without_steps_or_with_too_many_is_refused() -> None:
    with pytest.raises(ValueError, match="at least one step"):
        PathKernel(0)
    with pytest.raises(ValueError, match="at most 1000"):
        PathKernel(1001)
    with pytest.raises(ValueError, match="0 to 50 steps"):
        FlowKernel(which="end", before=-1)
    with pytest.raises(ValueError, match="two steps at least"):
        sub_paths(journeys([]), longest=1)
    with pytest.raises(ValueError, match="complete variant"):
        PathKernel(3, last=True, whole=True)
