"""A change is called better or worse only when it is more than chance."""

import random
from dataclasses import replace

from viaggio.kernel import Direction, Flag, Period, Reading, Unit
from viaggio.web.shared.change import change

BASE = Reading(
    metric="nps", version=1, unit=Unit.POINTS, better=Direction.UP, value=30.0, n=200, low=24.0, high=36.0,
    period=Period.parse("2026-01"),
)  # fmt: skip


def at(value: float, **fields) -> Reading:
    return replace(BASE, value=value, low=value - 6, high=value + 6, **fields)


def test_a_large_rise_is_better_and_a_large_fall_is_worse():
    assert change(at(45), at(30)).tone == "up"
    assert change(at(15), at(30)).tone == "dn"


def test_where_less_is_better_a_fall_is_better():
    cost = {"better": Direction.DOWN}
    assert change(at(15, **cost), at(30, **cost)).tone == "up"


def test_a_step_within_both_intervals_is_neither():
    found = change(at(34), at(30))
    assert (found.tone, found.sure) == ("eq", False)
    assert found.text.startswith("+4")


def test_a_census_has_no_chance_in_it():
    counted = {"flags": frozenset({Flag.CENSUS}), "unit": Unit.COUNT}
    assert (
        change(replace(at(31, **counted), low=None, high=None), replace(at(30, **counted), low=None)).tone
        == "up"
    )


def test_few_cases_are_not_judged():
    assert change(at(90, flags=frozenset({Flag.BELOW_MINIMUM})), at(10)).tone == "eq"


def test_without_a_value_there_is_no_change():
    assert change(replace(BASE, value=None), BASE).text == ""
    assert change(BASE, None).text == ""


def test_other_scales_are_not_compared():
    assert change(replace(BASE, scale=(1, 5)), replace(BASE, scale=(1, 7))).text == ""


def test_pure_chance_is_called_a_change_about_one_time_in_twenty():
    chance = random.Random(5)
    error = 6 / 1.959964
    called = sum(
        change(at(chance.gauss(30, error)), at(chance.gauss(30, error))).tone != "eq" for _ in range(4000)
    )
    assert 0.035 < called / 4000 < 0.065
