"""Reach and comparisons equal sets of customers counted by hand; intervals come from published functions."""

from collections import Counter

import pytest
from hypothesis import given
from scipy.stats import chi2_contingency
from tests.journey.short_logs import BUCKETS, CODES, LOGS, SOME_WHERES

from viaggio.journey.comparison import compared, distinguishes
from viaggio.journey.kernels.reach import Group, ReachKernel
from viaggio.journey.kinds import BadKind, InteractionKind
from viaggio.journey.run import run


@given(LOGS, SOME_WHERES, BUCKETS)
def test_those_who_order_are_counted_up_to_it_and_the_others_whole(log, where, buckets):
    found = run(
        log.journeys(buckets), ReachKernel("touchpoint", InteractionKind(touchpoints=("order",))), where=where
    )
    converted, others = Counter(), Counter()
    counts = [0, 0]
    seen = [0, 0]
    for rows in log.by_customer(where).values():
        places = [row.touchpoint for row in rows]
        aim = "order" in places
        until = places[: places.index("order")] if aim else places
        counts[not aim] += 1
        seen[not aim] += len(until)
        (converted if aim else others).update(set(until))
    assert (found.converted.customers, found.others.customers) == tuple(counts)
    assert (found.converted.interactions, found.others.interactions) == tuple(seen)
    assert +Counter(found.converted.reached) == converted
    assert +Counter(found.others.reached) == others


@given(LOGS, SOME_WHERES, BUCKETS)
def test_without_a_goal_everybody_is_counted_whole(log, where, buckets):
    found = run(log.journeys(buckets), ReachKernel("channel"), where=where).others
    plain = log.by_customer(where).values()
    assert found.customers == len(plain)
    assert +Counter(found.visits) == Counter(row.channel for rows in plain for row in rows)


def group(customers, **reached):
    return Group(customers, sum(reached.values()), dict(reached), dict(reached))


def test_a_difference_has_the_p_value_of_pearson_held_over_the_places():
    found = compared("touchpoint", group(200, call=60, site=150), group(300, call=45, site=226))
    tests = [chi2_contingency([[60, 140], [45, 255]], correction=False).pvalue,
             chi2_contingency([[150, 50], [226, 74]], correction=False).pvalue]  # fmt: skip
    call, site = sorted(found.places, key=lambda place: place.name)
    assert call.adjusted_p == pytest.approx(2 * min(tests))
    assert (call.real, site.real) == (True, False)
    assert call.gap == pytest.approx(0.15)
    assert call.low < 0.15 < call.high


def test_a_difference_beyond_any_doubt_is_called_real():
    """Its p-value is too small for a float, and so 0."""
    found = compared("touchpoint", group(4_000, call=3_990), group(90_000, call=400))
    assert [(place.adjusted_p, place.real) for place in found.places] == [(0.0, True)]


def test_a_goal_that_nobody_knows_is_refused():
    from tests.journey.short_logs import ShortLog

    with pytest.raises(BadKind, match="oder"):
        distinguishes(ShortLog(()).journeys(1), "oder")
    assert "order" in CODES.touchpoint
