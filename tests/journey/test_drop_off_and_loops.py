"""Drop-off and loops equal walks over plain lists; intervals equal those from one line per customer."""

from collections import Counter, defaultdict
from datetime import timedelta
from functools import reduce
from itertools import permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey.short_logs import AUTUMN, BUCKETS, CODES, DAY, HOUR, LOGS, SOME_WHERES, SPRING, ShortLog

import viaggio as vg
from viaggio.estimate import ratio, wilson
from viaggio.journey.kernels.drop_off import DropOffKernel, clustered_wilson
from viaggio.journey.kernels.loops import LoopKernel
from viaggio.journey.run import run
from viaggio.journey.where import ALL, Where

EXAMPLES = settings(max_examples=80, deadline=None)
FEW = settings(max_examples=6, deadline=None)
places = st.sampled_from(["touchpoint", "channel"])


@EXAMPLES
@given(
    log=LOGS,
    where=SOME_WHERES,
    buckets=BUCKETS,
    by=places,
    hours=st.sampled_from([0, 1, 24, 49]),
    until=st.sampled_from([SPRING + 24 * HOUR + 1, AUTUMN, AUTUMN + 401 * DAY]),
)
def test_drop_off_equals_a_walk_over_lists(
    log: ShortLog, where: Where, buckets: int, by: Any, hours: int, until: int
) -> None:
    within = hours * HOUR
    found = run(log.journeys(buckets), DropOffKernel(until, within, by), where=where)
    outcomes: Counter[tuple[str | None, str]] = Counter()
    per_customer: dict[str | None, dict[int, list[int]]] = defaultdict(lambda: defaultdict(lambda: [0, 0]))
    journeys = log.by_customer(where)
    for customer, rows in journeys.items():
        for row, following in zip(rows, [*rows[1:], None], strict=True):
            here = getattr(row, by)
            base = per_customer[here][customer]
            if row.time + within >= until:
                outcomes[here, "open"] += 1
                continue
            base[1] += 1
            if following is not None and following.time <= row.time + within:
                outcomes[here, "followed"] += 1
            else:
                base[0] += 1
                outcomes[here, "never" if following is None else "later"] += 1
    assert found.customers == len(journeys)
    assert {p.name for p in found.places} == set(per_customer)
    for place in found.places:
        counted = {o: getattr(place, o) for o in ("followed", "later", "never", "open")}
        assert counted == {o: outcomes[place.name, o] for o in counted}
        assert place.interactions == sum(counted.values())
        assert place.customers == len(per_customer[place.name])
        pairs = [(lost, base) for lost, base in per_customer[place.name].values() if base]
        lost, base = (sum(column) for column in zip(*pairs, strict=True)) if pairs else (0, 0)
        assert place.rate == (lost / base if base else None)
        if not base:
            assert place.low is place.high is None
            continue
        assert place.rate is not None
        assert place.low is not None
        assert place.high is not None
        assert 0 <= place.low <= place.rate <= place.high <= 1 + 1e-12
        assert place.dead_end == (found.rate is not None and place.low > found.rate)
        squares = tuple(sum(pair[a] * pair[b] for pair in pairs) for a, b in ((0, 0), (1, 1), (0, 1)))
        linear = ratio(len(pairs), (lost, base), squares, n=base)  # type: ignore[arg-type]  # three of them
        if linear.low is None or linear.high is None or linear.high == linear.low:
            size = float(len(pairs))
        else:
            from scipy.stats import t

            error = (linear.high - linear.low) / 2 / t.ppf(0.975, len(pairs) - 1)
            size = min(place.rate * (1 - place.rate) / error**2, base) if 0 < lost < base else len(pairs)
        assert (place.low, place.high) == pytest.approx(wilson(place.rate * size, size))

    everywhere = [
        (sum(per_customer[p][c][0] for p in per_customer), sum(per_customer[p][c][1] for p in per_customer))
        for c in journeys
    ]
    pairs = [(lost, base) for lost, base in everywhere if base]
    lost, base = (sum(column) for column in zip(*pairs, strict=True)) if pairs else (0, 0)
    if not base:
        assert found.low is found.high is None
        return
    p = lost / base
    apart = np.array([one - p * many for one, many in pairs])  # Cochran 1977, 6.3
    variance = len(pairs) / max(len(pairs) - 1, 1) * (apart**2).sum() / base**2
    size = min(p * (1 - p) / variance, base) if 0 < lost < base and variance > 1e-12 else len(pairs)
    if len(pairs) == 1:
        size = 1
    assert (found.low, found.high) == pytest.approx(wilson(p * size, size))


def test_customers_with_one_interaction_each_have_wilsons_interval() -> None:
    # 30 of 100 customers lost, one interaction each: the variance of the ratio is p (1 - p) / 99
    low, high = clustered_wilson(30, 100, 100, (30, 100, 30))
    assert (low, high) == pytest.approx(wilson(0.3 * 99, 99))
    # the same share from 10 customers with 10 interactions that all went alike: as good as 9 observations
    low, high = clustered_wilson(30, 100, 10, (300, 1000, 300))
    assert (low, high) == pytest.approx(wilson(0.3 * 9, 9))


@EXAMPLES
@given(
    log=LOGS,
    where=SOME_WHERES,
    buckets=BUCKETS,
    by=places,
    longest=st.integers(1, 5),
    hours=st.none() | st.sampled_from([0, 2, 48]),
)
def test_loops_equal_a_search_in_lists(
    log: ShortLog, where: Where, buckets: int, by: Any, longest: int, hours: int | None
) -> None:
    within = None if hours is None else hours * HOUR
    found = run(log.journeys(buckets), LoopKernel(longest, by, within), where=where)
    spans: dict[tuple[int, str | None, str | None], list[int]] = defaultdict(list)
    who: dict[tuple[int, str | None, str | None], set[int]] = defaultdict(set)
    repeated = 0
    looped = 0
    journeys = log.by_customer(where)
    for customer, rows in journeys.items():
        stays: list[list[Any]] = []  # place, first moment, last moment
        covered: list[tuple[int, int]] = []
        for row in rows:
            here = getattr(row, by)
            loop: tuple[int, str | None, str | None] | None = None
            span = 0
            if stays and stays[-1][0] == here:
                loop, span = (1, here, None), row.time - stays[-1][2]
                stays[-1][2] = row.time
            else:
                stays.append([here, row.time, row.time])
                earlier = [k for k in range(len(stays) - 1) if stays[k][0] == here]
                if earlier and len(stays) - 1 - earlier[-1] <= longest:
                    length = len(stays) - 1 - earlier[-1]
                    loop = (length, here, stays[-2][0] if length == 2 else None)
                    span = row.time - stays[earlier[-1]][2]
            if loop is not None and (within is None or span <= within):
                spans[loop].append(span)
                who[loop].add(customer)
                if loop[0] == 1:
                    repeated += span
                else:
                    covered.append((row.time - span, row.time))
        looped += _measure(covered)
    assert found.customers == len(journeys)
    assert {(k.length, k.name, k.via): (k.loops, k.customers) for k in found.loops} == {
        loop: (len(times), len(who[loop])) for loop, times in spans.items()
    }
    for loop in found.loops:
        times = spans[loop.length, loop.name, loop.via]
        assert loop.total_seconds == sum(times) / 1e6
        assert (loop.time.shortest_seconds, loop.time.longest_seconds) == (min(times) / 1e6, max(times) / 1e6)
    assert found.repeating == len(set().union(*(who[loop] for loop in who if loop[0] == 1)))
    assert found.looping == len(set().union(*(who[loop] for loop in who if loop[0] > 1)))
    assert (found.repeat_seconds, found.loop_seconds) == (repeated / 1e6, looped / 1e6)


def _measure(spans: list[tuple[int, int]]) -> int:
    """Microseconds that lie in any of the spans."""
    whole = 0
    reached: int | None = None
    for start, end in sorted(spans):
        begin = start if reached is None else max(start, reached)
        whole += max(end - begin, 0)
        reached = end if reached is None else max(end, reached)
    return whole


@EXAMPLES
@given(log=LOGS, where=SOME_WHERES, by=places)
def test_buckets_threads_and_the_order_of_merging_change_nothing(
    log: ShortLog, where: Where, by: Any
) -> None:
    kernels: list[Any] = [DropOffKernel(AUTUMN + DAY, DAY, by), LoopKernel(4, by)]
    for kernel in kernels:
        one = run(log.journeys(1), kernel, where=where)
        assert run(log.journeys(7), kernel, where=where) == one
        assert run(log.journeys(64), kernel, where=where, threads=2) == one
        journeys = log.journeys(3)
        parts = [kernel.part(journeys.bucket(i), ALL, CODES) for i in range(3)]
        results = [kernel.finish(reduce(kernel.merge, order), CODES) for order in permutations(parts)]
        assert all(result == results[0] for result in results)


@FEW
@given(log=LOGS, by=places)
def test_a_thousand_buckets_change_nothing(log: ShortLog, by: Any) -> None:
    kernels: list[Any] = [DropOffKernel(AUTUMN, DAY, by), LoopKernel(3, by)]
    for kernel in kernels:
        assert run(log.journeys(1024), kernel) == run(log.journeys(1), kernel)


@EXAMPLES
@given(log=LOGS, where=SOME_WHERES, by=places)
def test_repeats_and_back_and_forth_are_those_of_the_transitions(
    log: ShortLog, where: Where, by: Any
) -> None:
    journeys = log.journeys(1)
    moved = vg.journey.transitions(journeys, by=by, where=where)
    found = vg.journey.loops(journeys, by=by, where=where, longest=1)
    again = {m.origin: (m.moves, m.customers) for m in moved.moves if m.origin == m.target}
    assert {k.name: (k.loops, k.customers) for k in found.loops} == again


def shop(*rows: tuple[int, float, str]) -> Any:
    """Journeys of (customer, hour, touchpoint)."""
    customer, hour, touchpoint = zip(*rows, strict=True)
    started = np.array([int(HOUR * h) for h in hour], dtype="datetime64[us]")
    return vg.journey.from_table(
        {"customer": list(customer), "touchpoint": list(touchpoint), "started_at": started}
    )


def test_back_and_forth_counts_every_return_and_its_time_once() -> None:
    found = vg.journey.loops(
        shop(
            (1, 0, "site"), (1, 1, "basket"), (1, 2, "site"), (1, 3, "basket"), (1, 4, "site"), (2, 0, "site")
        )
    )
    assert [(k.length, k.name, k.via, k.loops, k.customers, k.total_seconds) for k in found.loops] == [
        (2, "site", "basket", 2, 1, 4 * 3600.0),
        (2, "basket", "site", 1, 1, 2 * 3600.0),
    ]
    assert (found.customers, found.looping, found.repeating, found.loop_seconds) == (2, 1, 0, 4 * 3600.0)
    assert found.table().column_names[:6] == ["length", "name", "via", "loops", "customers", "total_seconds"]
    with pytest.raises(ValueError, match="one step"):
        vg.journey.loops(shop((1, 0, "site")), longest=0)


def test_only_quick_returns_may_be_asked_for() -> None:
    log = shop((1, 0, "call"), (1, 30, "call"), (1, 31, "call"))
    (quick,) = vg.journey.loops(log, within=timedelta(hours=24)).loops
    assert (quick.length, quick.loops, quick.total_seconds) == (1, 1, 3600.0)


def test_a_dead_end_stands_out_and_the_last_days_are_open() -> None:
    rows = []
    for customer in range(40):  # all leave after a call, nobody after the site
        rows += [(customer, 0.0, "site"), (customer, 1.0, "call")]
    rows += [(100, 24.0 * 60, "site")]
    found = vg.journey.drop_off(shop(*rows), within=timedelta(days=30))
    call, site = found.places
    assert (call.name, call.never, call.rate, call.dead_end) == ("call", 40, 1.0, True)
    assert (site.name, site.followed, site.open, site.rate, site.dead_end) == ("site", 40, 1, 0.0, False)
    assert (found.rate, found.within_seconds) == (0.5, 30 * 86400.0)
    assert found.table().num_rows == 2
    empty = vg.journey.drop_off(shop((1, 0, "site")), where=Where(touchpoints=()))
    assert (empty.places, empty.rate) == ((), None)
