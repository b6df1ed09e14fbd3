"""Conformance equals a plain reading of each customer's steps; designs are read, refused, written back."""

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.journey.short_logs import BUCKETS, LOGS, SOME_WHERES

from viaggio import journey
from viaggio.estimate import wilson
from viaggio.journey.design import BadDesign, Design, Step, design_from_bpmn, design_from_csv, design_to_csv
from viaggio.journey.kernels.conformance import ConformanceKernel
from viaggio.journey.run import run
from viaggio.journey.where import Where

SHOP = Design(
    name="shop",
    steps=(Step("learn", ("ad", "site")), Step("choose", ("basket",)), Step("buy", ("order",))),
    moves=(("learn", "choose"), ("choose", "buy"), ("choose", "learn")),
    starts=("learn",),
    ends=("buy",),
)
BEFORE = {("learn", "buy"): "skipped", ("buy", "choose"): "back", ("buy", "learn"): "back"}
"""What each move is that is not drawn, told by eye."""


def plainly(log, where: Where, strict: bool):
    """Fitness and deviations, one customer at a time, from the list of steps."""
    of = {touchpoint: step.name for step in SHOP.steps for touchpoint in step.touchpoints}
    moves = good = conforming = customers = finished = 0
    times, people = Counter(), Counter()
    for rows in log.by_customer(where).values():
        steps, mine = stays(rows, of, strict)
        if not steps:
            times += mine
            people += Counter(dict.fromkeys(mine, 1))
            continue
        wrong = [told for a, b in zip([None, *steps], [*steps, None], strict=True) if (told := judge(a, b))]
        customers += 1
        moves += len(steps) + 1
        good += len(steps) + 1 - len(wrong)
        conforming += not wrong
        finished += steps[-1] in SHOP.ends
        mine += Counter(wrong)
        times += mine
        people += Counter(dict.fromkeys(mine, 1))
    return customers, conforming, finished, moves, good, times, people


def stays(rows, of, strict):
    """The steps in order, staying counted once, and what lies outside."""
    steps: list[str] = []
    outside = Counter()
    for row in rows:
        step = of.get(row.touchpoint or "")
        if step is None:
            outside["outside", steps[-1] if steps else None, row.touchpoint] += strict
        elif not steps or steps[-1] != step:
            steps.append(step)
    return steps, +outside


def judge(a, b):
    """The deviation of one move, None where it is as designed."""
    if a is None:
        return None if b in SHOP.starts else ("wrong_start", None, b)
    if b is None:
        return None if a in SHOP.ends else ("stopped", a, None)
    if (a, b) in SHOP.moves or (a in SHOP.ends and b in SHOP.starts):
        return None
    return BEFORE.get((a, b), "drawn"), a, b


@given(LOGS, SOME_WHERES, BUCKETS, st.booleans())
def test_conformance_is_what_one_counts_by_hand(log, where, buckets, strict):
    found = run(log.journeys(buckets), ConformanceKernel(SHOP, strict), where=where)
    customers, conforming, finished, moves, good, times, people = plainly(log, where, strict)
    counted = (found.customers, found.conforming, found.finished, found.moves, found.good)
    assert counted == (customers, conforming, finished, moves, good)
    assert {(d.kind, d.origin, d.target): d.times for d in found.deviations} == times
    assert {(d.kind, d.origin, d.target): d.customers for d in found.deviations} == people


def journeys_of(rows):
    table = {
        "customer": [r[0] for r in rows],
        "touchpoint": [r[1] for r in rows],
        "value_cents": [r[2] for r in rows],
        "started_at": [1_750_000_000_000_000 + 60_000_000 * n for n in range(len(rows))],
    }  # fmt: skip
    import pyarrow as pa

    table["started_at"] = pa.array(table["started_at"], pa.timestamp("us", "UTC"))
    return pa.table(table)


def test_a_deviation_says_what_was_passed_over_and_what_its_customers_bring():
    rows = [
        (1, "site", 0),
        (1, "basket", 0),
        (1, "order", 900),
        (2, "ad", 0),
        (2, "order", 100),
        (2, "fax", 5),
    ]
    found = journey.conformance(journeys_of(rows), SHOP)
    (skipped,) = found.deviations
    assert (skipped.kind, skipped.skipped, skipped.value_cents) == ("skipped", ("choose",), 105.0)
    assert (found.conforming, found.value_cents, found.outside) == (1, 900.0, 1)
    assert found.fitness == 6 / 7  # four moves of the first, three of the second, one of them wrong


def test_fitness_is_as_sure_as_the_customers_are_many() -> None:
    walks = {
        1: ("site", "basket", "order"), 2: ("ad", "order"), 3: ("site", "basket", "order"), 4: ("order",),
        5: ("site", "basket"), 6: ("site", "basket", "order"), 7: ("ad", "basket", "site", "order"),
    }  # fmt: skip
    found = journey.conformance(
        journeys_of([(c, place, 0) for c, walk in walks.items() for place in walk]), SHOP
    )
    alone = [
        journey.conformance(journeys_of([(c, place, 0) for place in walk]), SHOP) for c, walk in walks.items()
    ]
    good, moves = (np.array([getattr(one, name) for one in alone]) for name in ("good", "moves"))
    p = good.sum() / moves.sum()
    assert found.fitness == p
    variance = len(walks) * np.var(good - p * moves, ddof=1) / moves.sum() ** 2  # of a ratio, Cochran 6.3
    size = min(p * (1 - p) / variance, moves.sum())
    assert (found.fitness_low, found.fitness_high) == pytest.approx(wilson(p * size, size))
    assert (found.finished_low, found.finished_high) == wilson(found.finished, found.customers)


def test_to_begin_again_is_as_designed_after_an_end_only():
    line = Design(
        name="line", steps=(Step("a", ("site",)), Step("b", ("basket",)), Step("c", ("order",))),
        moves=(("a", "b"), ("b", "c")), starts=("a",), ends=("c",),
    )  # fmt: skip
    again = [(1, name, 0) for name in ("site", "basket", "order", "site", "basket", "order")]
    back = [(2, name, 0) for name in ("site", "basket", "site", "basket", "order")]
    beyond = [(3, name, 0) for name in ("site", "basket", "order", "basket", "order")]
    found = journey.conformance(journeys_of(again + back + beyond), line)
    assert (found.customers, found.conforming, found.rounds) == (3, 1, 4)
    assert [(d.kind, d.origin, d.target, d.times) for d in found.deviations] == [
        ("back", "b", "a", 1),
        ("back", "c", "b", 1),
    ]


def test_a_design_is_read_from_what_it_writes():
    assert design_from_csv(design_to_csv(SHOP), "shop") == SHOP


def test_a_design_nobody_can_follow_is_refused_with_the_step():
    for text, place in [
        ("from,to\nstart,a\na,b\n", ""),
        ("from,to\nstart,a\na,end\nb,end\n", "b"),
        ("from,to\na,\n", "row 2"),
        ("from,to,touchpoints\nstart,a,\na,b,x\nb,end,x\n", "b"),
    ]:
        with pytest.raises(BadDesign) as refused:
            design_from_csv(text)
        assert refused.value.place == place, text


BPMN = b"""<?xml version="1.0"?>
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p" name="shop">
<startEvent id="s"/><task id="t1" name="learn"><documentation>ad, site</documentation></task>
<task id="t2" name="choose"><documentation>basket</documentation></task><exclusiveGateway id="g"/>
<task id="t3" name="buy"><documentation>order</documentation></task><endEvent id="e"/>
<sequenceFlow id="1" sourceRef="s" targetRef="t1"/><sequenceFlow id="2" sourceRef="t1" targetRef="t2"/>
<sequenceFlow id="3" sourceRef="t2" targetRef="g"/><sequenceFlow id="4" sourceRef="g" targetRef="t3"/>
<sequenceFlow id="5" sourceRef="g" targetRef="t1"/><sequenceFlow id="6" sourceRef="t3" targetRef="e"/>
</process></definitions>"""


def test_bpmn_with_gateways_is_the_same_design():
    read = design_from_bpmn(BPMN)
    assert (read.name, set(read.steps), set(read.moves)) == ("shop", set(SHOP.steps), set(SHOP.moves))
    assert (read.starts, read.ends) == (SHOP.starts, SHOP.ends)


def test_what_bpmn_says_beyond_a_design_is_refused_by_name():
    parallel = BPMN.replace(b"exclusiveGateway", b"parallelGateway")
    with pytest.raises(BadDesign, match="parallelGateway"):
        design_from_bpmn(parallel)
    with pytest.raises(BadDesign):
        design_from_bpmn(b"<a/>")
