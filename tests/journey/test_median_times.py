"""Intervals of median times: against order statistics of the plain durations, and how often they hold."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise
from math import floor

import numpy as np
import pytest
from scipy import stats

from viaggio.journey import funnel, loops, sessions, step_times, transitions
from viaggio.journey.index import Codes, MemoryJourneys, memory_journeys
from viaggio.journey.spread import COUNT, HISTOGRAM, SQUARES, WIDTH, Spread, bin_of, spread

MINUTE = 60_000_000
CODES = Codes(touchpoint=("ad", "site", "basket"), channel=("web", "phone"), phase=("care", "purchase"))
type Times = list[tuple[int, int]]
"""Customers with a duration of theirs in microseconds."""


def walks(customers: int, seed: int) -> list[tuple[int, int, int, int]]:
    """Customer, time, touchpoint, channel; some customers have many interactions."""
    chance = np.random.default_rng(seed)
    rows = []
    for customer in range(customers):
        n = int(chance.geometric(0.15))
        times = np.cumsum(chance.lognormal(1.5, 1.8, n) * MINUTE).astype(np.int64)
        rows += [(customer, int(t), int(chance.integers(3)), int(chance.integers(2))) for t in times]
    return rows


def journeys(rows: Iterable[tuple[int, int, int, int]], buckets: int) -> MemoryJourneys:
    customer, time, touchpoint, channel = np.array(list(rows), np.int64).T
    columns = {"customer": customer, "time": time, "touchpoint": touchpoint, "channel": channel}
    return memory_journeys(columns, CODES, buckets=buckets)


def expected(times: Times) -> tuple[float, float] | None:
    """The exact interval, of as many independent times as a customer's times being all alike would leave."""
    n, mine = len(times), Counter(customer for customer, _ in times)
    independent = floor(n * n / sum(m * m for m in mine.values()))
    rank = int(stats.binom.ppf(0.025, independent, 0.5))
    if rank < 1:
        return None
    first = (rank - 1) * n // independent
    ordered = sorted(micros for _, micros in times)
    return ordered[first] / 1e6, ordered[-1 - first] / 1e6


def assert_interval(found: Spread, times: Times) -> bool:
    """It holds the exact one, and either end is at most one bin further out; whether there is one."""
    exact = expected(times)
    if exact is None:
        assert (found.median_low_seconds, found.median_high_seconds) == (None, None)
        return False
    low, high = found.median_low_seconds, found.median_high_seconds
    assert low is not None
    assert high is not None
    assert exact[0] - max(exact[0] / 16, 1.05) <= low <= exact[0]
    assert exact[1] <= high <= exact[1] + max(exact[1] / 16, 1.05)
    assert low <= (found.median_seconds or 0.0) <= high
    return True


def by_customer(rows: Iterable[tuple[int, int, int, int]]) -> dict[int, list[tuple[int, int, int]]]:
    mine: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for customer, time, touchpoint, channel in rows:
        mine[customer].append((time, touchpoint, channel))
    return mine


@pytest.mark.parametrize("buckets", [1, 7])
def test_intervals_of_times_between_steps_hold_the_order_statistics(buckets: int) -> None:
    rows = walks(60, 3)
    pairs: dict[tuple[str, str], Times] = defaultdict(list)
    again: dict[str, Times] = defaultdict(list)
    names = CODES.touchpoint
    for customer, steps in by_customer(rows).items():
        for (before, a, _), (now, b, _) in pairwise(steps):
            pairs[names[a], names[b]].append((customer, now - before))
            if a == b:
                again[names[a]].append((customer, now - before))
    data = journeys(rows, buckets)
    moves = transitions(data).moves
    assert len(moves) == len(pairs)
    assert sum(assert_interval(m.time, pairs[m.origin or "", m.target or ""]) for m in moves) == 9
    waits = step_times(data, by="touchpoint").waits
    told = [
        assert_interval(w.time, pairs[w.origin or "", w.target or ""])
        for w in waits
        if (w.origin, w.target) in pairs
    ]
    assert sum(told) == 6
    repeats = [one for one in loops(data, longest=1).loops if one.length == 1]
    assert sum(assert_interval(one.time, again[one.name or ""]) for one in repeats) == 3


@pytest.mark.parametrize("buckets", [1, 7])
def test_intervals_of_session_lengths_hold_the_order_statistics(buckets: int) -> None:
    rows = walks(80, 5)
    gap = 30 * MINUTE
    lengths: dict[str, Times] = defaultdict(list)
    for customer, steps in by_customer(rows).items():
        first, before, channel = steps[0][0], steps[0][0], steps[0][2]
        for time, _, here in [*steps[1:], (steps[-1][0] + 2 * gap, 0, 0)]:
            if time - before > gap:
                lengths[CODES.channel[channel]].append((customer, before - first))
                first, channel = time, here
            before = time
    found = sessions(journeys(rows, buckets))
    assert all(assert_interval(group.time, lengths[group.channel or ""]) for group in found.channels)
    assert assert_interval(found.time, [one for times in lengths.values() for one in times])


def test_attempts_of_one_customer_count_together_and_over_all_segments() -> None:
    rows = walks(90, 8)
    times: dict[str, Times] = defaultdict(list)
    for customer, steps in by_customer(rows).items():
        start = None
        for time, touchpoint, channel in steps:  # an attempt lasts from the first ad to the next site
            if touchpoint == 0 and start is None:
                start = time, channel
            elif touchpoint == 1 and start is not None:
                times[CODES.channel[start[1]]].append((customer, time - start[0]))
                start = None
    found = funnel(journeys(rows, 7), steps=["ad", "site"], entry="every", by="channel")
    assert len(found.segments) == 2
    assert all(assert_interval(g.steps[1].since_start, times[g.segment or ""]) for g in found.segments)
    whole = [one for mine in times.values() for one in mine]
    assert len(whole) > 1.2 * len({customer for customer, _ in whole})  # some customers have several
    assert assert_interval(found.steps[1].since_start, whole)
    alone = funnel(journeys(rows, 7), steps=["ad", "site"], entry="every")
    assert alone.steps[1].since_start == found.steps[1].since_start


def test_without_intervals_everything_else_stays_the_same() -> None:
    data = journeys(walks(40, 2), 3)
    bare = transitions(data, intervals=False)
    assert all(move.time.median_low_seconds is None for move in bare.moves)
    assert [(m.origin, m.target, m.moves, m.customers, m.time.median_seconds) for m in bare.moves] == [
        (m.origin, m.target, m.moves, m.customers, m.time.median_seconds) for m in transitions(data).moves
    ]


def held(times: Times, median_seconds: float) -> bool:
    """Whether the interval of these times holds the true median."""
    row = np.zeros(WIDTH, np.int64)
    micros = [one for _, one in times]
    row[COUNT] = len(micros)
    row[SQUARES] = sum(m * m for m in Counter(customer for customer, _ in times).values())
    np.add.at(row, [HISTOGRAM + bin_of(one) for one in micros], 1)
    found = spread(row, min(micros), max(micros))
    assert found.median_low_seconds is not None
    assert found.median_high_seconds is not None
    return found.median_low_seconds <= median_seconds <= found.median_high_seconds


def test_of_customers_with_one_time_each_19_of_20_intervals_hold_the_median() -> None:
    chance = np.random.default_rng(11)
    samples = chance.lognormal(8, 3, (400, 60)) * 1e6
    hits = sum(held(list(enumerate(map(int, sample))), np.exp(8)) for sample in samples)
    # the exact chance of ranks 22 and 39 of 60 is 96.0 %; four standard errors of 400 draws are 3.9 points
    assert 0.96 - 0.039 <= hits / 400 <= 1.0
    assert hits / 400 <= 0.99


def test_times_that_go_with_the_customer_do_not_make_an_interval_surer_than_it_says() -> None:
    chance = np.random.default_rng(12)
    hits = 0
    for _ in range(300):
        centres, many = chance.normal(8, 3, 80), chance.geometric(0.25, 80)
        times = [
            (customer, int(np.exp(centres[customer] + chance.normal(0, 0.3)) * 1e6))
            for customer in range(80)
            for _ in range(many[customer])
        ]
        hits += held(times, float(np.exp(8)))
    assert hits / 300 >= 0.95 - 0.025
