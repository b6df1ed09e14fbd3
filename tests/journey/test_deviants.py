"""The customers behind a deviation are those whom a plain reading finds, and bring what the counts say."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey.short_logs import BUCKETS, CODES, LOGS, SOME_WHERES
from tests.journey.test_conformance import SHOP, judge, stays

from viaggio.journey.index import memory_journeys
from viaggio.journey.kernels.conformance import ConformanceKernel
from viaggio.journey.kernels.deviants import DeviantsKernel
from viaggio.journey.kernels.goal_value import GoalValueKernel
from viaggio.journey.kinds import InteractionKind
from viaggio.journey.run import run


@settings(max_examples=40)
@given(LOGS, SOME_WHERES, BUCKETS, st.booleans())
def test_the_customers_behind_are_those_a_plain_reading_finds(log, where, buckets, strict):
    of = {touchpoint: step.name for step in SHOP.steps for touchpoint in step.touchpoints}
    behind, follow = defaultdict(set), set()
    for customer, rows in log.by_customer(where).items():
        steps, mine = stays(rows, of, strict)
        wrong = []
        if steps:
            wrong = [
                told for a, b in zip([None, *steps], [*steps, None], strict=True) if (told := judge(a, b))
            ]
            follow |= set() if wrong else {customer}
        for way in {*mine, *wrong}:
            behind[way].add(customer)
    found = run(log.journeys(buckets), DeviantsKernel(SHOP, strict), where=where)
    assert {way: set(found.who(way).tolist()) for way in found.by_way} == behind
    assert set(found.customers[found.conforming].tolist()) == follow


def test_what_they_bring_is_what_the_counts_say():
    rows, chance = 4_000, np.random.default_rng(3)
    columns = {
        "customer": chance.integers(1, 400, rows), "time": np.arange(rows) * 10**9,
        "touchpoint": chance.integers(-1, 5, rows), "value": chance.integers(0, 9_000_000_000, rows),
        "cost": chance.integers(0, 900, rows), "key": np.arange(rows),
    }  # fmt: skip
    journeys = memory_journeys(columns, CODES, buckets=7)
    counted = run(journeys, ConformanceKernel(SHOP, strict=True))
    found = run(journeys, DeviantsKernel(SHOP, strict=True))
    assert len(found.conforming) == counted.conforming
    told = {(d.kind, d.origin, d.target): d for d in counted.deviations}
    assert Counter({way: len(places) for way, places in found.by_way.items()}) == Counter(
        {way: d.customers for way, d in told.items()}
    )
    for way, d in told.items():
        places = found.by_way[way]
        value, cost = found.mean_of(found.value, places), found.mean_of(found.cost, places)
        assert (value.value, cost.value) == (pytest.approx(d.value_cents), pytest.approx(d.cost_cents))
        by_hand = found.value[places].astype(float)
        if len(places) > 2:
            half = (value.high - value.low) / 2
            spread = by_hand.std(ddof=1) / len(places) ** 0.5
            assert 1.96 * spread < half < 1.96 * spread * (1 + 12 / len(places))


def test_what_a_goal_brings_is_the_mean_of_its_values():
    columns = {
        "customer": np.array([1, 1, 2, 3]), "time": np.array([1, 2, 3, 4]),
        "touchpoint": np.array([3, 0, 3, 3]), "value": np.array([1000, 7, 2000, 3000]),
    }  # fmt: skip
    kernel = GoalValueKernel(InteractionKind.parse("order"))
    found = {n: run(memory_journeys(columns, CODES, buckets=n), kernel) for n in (1, 7)}
    assert found[1] == found[7]
    assert (found[1].n, found[1].value) == (3, 2000)
    assert found[1].high - found[1].value == pytest.approx(4.302653 * 1000 / 3**0.5, rel=1e-5)
