"""At an edge and a microsecond beyond it: windows, pauses, silences, midnights, the end of what is known."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pytest

import viaggio as vg

HOUR = 3_600_000_000
DAY = timedelta(days=1)
MOMENT = timedelta(microseconds=1)
START = datetime(2026, 3, 28, 23, tzinfo=UTC)  # midnight in Rome, before a day of 23 hours
edge = pytest.mark.parametrize("beyond", [False, True], ids=["at", "beyond"])


def log(*rows: tuple[int, timedelta, str]) -> Any:
    """Journeys of (customer, time since the start, touchpoint), all on the web."""
    customer, since, touchpoint = zip(*rows, strict=True)
    return vg.journey.from_table({
        "customer": list(customer), "touchpoint": list(touchpoint), "channel": ["web"] * len(rows),
        "started_at": np.array([micros(span) for span in since], dtype="datetime64[us]"),
    })  # fmt: skip


def micros(since: timedelta) -> int:
    """A moment so long after the start."""
    return (START + since - datetime(1970, 1, 1, tzinfo=UTC)) // MOMENT


def after(span: timedelta, *, beyond: bool) -> Any:
    """A customer who comes to `a` and, so long after it, to `a` again; another one who comes once."""
    return log((1, 0 * DAY, "a"), (1, span + beyond * MOMENT, "a"), (2, 0 * DAY, "a"))


@edge
def test_a_pause_as_long_as_the_gap_belongs_to_the_session(beyond: bool) -> None:
    journeys = after(timedelta(minutes=30), beyond=beyond)
    assert vg.journey.sessions(journeys).sessions == 2 + beyond
    assert vg.journey.paths(journeys, per="session").journeys == 2 + beyond
    assert vg.journey.visits(journeys).table().num_rows == 2 + beyond


@edge
def test_a_return_as_late_as_asked_is_a_loop(beyond: bool) -> None:
    found = vg.journey.loops(after(DAY, beyond=beyond), within=DAY)
    assert (found.repeating, sum(loop.loops for loop in found.loops)) == (1 - beyond, 1 - beyond)


@edge
def test_who_is_followed_at_the_end_of_the_window_has_not_dropped_off(beyond: bool) -> None:
    until = micros(9 * DAY)
    (place,) = vg.journey.drop_off(after(DAY, beyond=beyond), within=DAY, until_micros=until).places
    assert (place.followed, place.later, place.never, place.open) == (1 - beyond, int(beyond), 2, 0)


@edge
def test_a_window_is_over_when_more_than_it_is_known(beyond: bool) -> None:
    until = micros(2 * DAY + beyond * MOMENT)
    (place,) = vg.journey.drop_off(log((1, DAY, "a")), within=DAY, until_micros=until).places
    assert (place.never, place.open) == (int(beyond), 1 - beyond)


@edge
def test_a_longer_silence_ends_an_attempt_and_one_as_long_does_not(beyond: bool) -> None:
    journeys = log((1, 0 * DAY, "a"), (1, DAY + beyond * MOMENT, "order"))
    found = vg.journey.leaving(journeys, goal="order", silence=DAY)
    assert (found.attempts, found.converted, found.left, found.at_once) == (1 + beyond, 1, beyond, beyond)
    until = micros(DAY + beyond * MOMENT)
    waiting = log((1, 0 * DAY, "a"), (2, 0 * DAY, "order"))
    found = vg.journey.leaving(waiting, goal="order", silence=DAY, until_micros=until)
    assert (found.left, found.open) == (int(beyond), 1 - beyond)


@edge
def test_a_touch_as_old_as_the_window_earns_its_credit(beyond: bool) -> None:
    journeys = log((1, 0 * DAY, "a"), (1, DAY + beyond * MOMENT, "order"))
    found = vg.journey.attribution(journeys, conversion="order", lookback_days=1)
    assert (found.conversions, found.untouched) == (1, int(beyond))


def test_a_conversion_as_a_period_begins_counts_and_as_it_ends_does_not() -> None:
    journeys = log((1, 0 * DAY, "a"), (1, DAY, "order"), (2, 0 * DAY, "a"), (2, 2 * DAY, "order"))
    period = micros(DAY), micros(2 * DAY)
    found = vg.journey.attribution(journeys, conversion="order", period_micros=period)
    assert (found.conversions, found.untouched) == (1, 0)  # what lies before the period still earns credit
    assert vg.journey.transitions(journeys, period_micros=period).interactions == 1


def test_shares_by_position_keep_their_proportion_where_there_are_two_touches() -> None:
    journeys = log((1, 0 * DAY, "a"), (1, MOMENT, "b"), (1, 2 * MOMENT, "order"))
    found = vg.journey.attribution(journeys, conversion="order", by="touchpoint", ends=(0.6, 0.2))
    assert found.of("position") == pytest.approx({"a": 0.75, "b": 0.25})


@pytest.mark.parametrize(
    ("entry", "gap_hours", "reached"),
    [("furthest", 1, 1), ("first", 2, 0), ("every", 2, 0)],
)
def test_an_attempt_with_a_fixed_start_is_timed_from_it_though_the_first_step_comes_again(
    entry: str, gap_hours: int, reached: int
) -> None:
    hour = timedelta(hours=1)
    journeys = log((1, 0 * hour, "site"), (1, hour, "site"), (1, 2 * hour, "basket"))
    last = vg.journey.funnel(journeys, steps=["site", "basket"], entry=entry).steps[-1]
    assert (last.since_start.mean_seconds, last.since_before.mean_seconds) == (gap_hours * 3600,) * 2
    narrow = vg.journey.funnel(journeys, steps=["site", "basket within 90 minutes"], entry=entry)
    assert narrow.converted == reached


@edge
def test_a_day_of_23_hours_ends_at_its_midnight(beyond: bool) -> None:
    last = timedelta(hours=23) - MOMENT + beyond * MOMENT
    found = vg.journey.retention(after(last, beyond=False), unit="day", zone="Europe/Rome", periods=1)
    cells = {(cell.period): cell.back for cell in found.cells}
    assert [cohort.cohort for cohort in found.cohorts] == ["2026-03-29"]
    assert cells.get(0) == 1 - beyond
    assert cells.get(1, 0) == beyond


@edge
def test_a_day_after_is_24_hours_after_and_counts_once_it_was_seen_as_a_whole(beyond: bool) -> None:
    journeys = after(DAY, beyond=False)
    found = vg.journey.return_curve(journeys, days=3, until_micros=micros(2 * DAY) - 1 + beyond)
    assert [(day.day, day.out, day.back) for day in found.days] == [(1, 2, 0), (2, 2, 1)][: 1 + beyond]


@edge
@pytest.mark.parametrize(
    "asked",
    [
        "a at least 2 times within 1 day",
        "b within 1 day of first",
        "b within 1 day after a",
        "a within 1 day before b",
        "a within 1 day of b",
    ],
)
def test_within_a_time_means_up_to_exactly_it(asked: str, beyond: bool) -> None:
    later = DAY + beyond * MOMENT
    second = "a" if "times" in asked else "b"
    journeys = log((1, 0 * DAY, "a"), (1, later, second), (2, 0 * DAY, "c"))
    found = vg.journey.transitions(journeys, where=f"customers who did {asked}")
    assert found.customers == 1 - beyond


@pytest.mark.parametrize("side", ["of", "after", "before"])
def test_an_interaction_is_no_other_one_within_a_time_of_itself(side: str) -> None:
    journeys = log((1, 0 * DAY, "a"), (2, 0 * DAY, "a"), (2, 0 * DAY, "a"), (3, 0 * DAY, "b"))
    found = vg.journey.transitions(journeys, where=f"customers who did a within 1 day {side} a")
    assert (found.customers, found.interactions) == (1, 2)  # at one moment, yet two of them


def test_an_interaction_as_a_day_ends_belongs_to_the_next() -> None:
    journeys = log((1, timedelta(hours=25) - MOMENT, "a"), (1, timedelta(hours=25), "b"))  # midnight of UTC
    for day, place in (("2026-03-29", "a"), ("2026-03-30", "b")):
        found = vg.journey.transitions(journeys, where=f"period = {day}")
        assert [stop.name for stop in found.places] == [place]


def test_the_shortest_and_the_longest_of_all_buckets_are_told() -> None:
    table = {
        "customer": [n for n in range(1, 41) for _ in "ab"], "touchpoint": ["a", "b"] * 40,
        "started_at": np.array([HOUR * n * late for n in range(1, 41) for late in (0, 1)], "datetime64[us]"),
    }  # fmt: skip
    for buckets in (1, 3):
        journeys = vg.journey.from_table(table, buckets=buckets)
        (move,) = vg.journey.transitions(journeys).moves
        assert (move.time.shortest_seconds, move.time.longest_seconds) == (3600, 40 * 3600)


def test_what_has_no_end_or_no_meaning_is_refused_at_once() -> None:
    journeys = after(DAY, beyond=False)
    for asked in (
        lambda: vg.journey.retention(journeys, periods=-1),
        lambda: vg.journey.retention(journeys, unit="year"),  # type: ignore[arg-type]  # that is the point
        lambda: vg.journey.touchpoint_steps(journeys, steps=0),
        lambda: vg.journey.paths(journeys, per="week"),  # type: ignore[arg-type]  # the same
        lambda: vg.journey.paths(journeys, per="session", session_minutes=-1),
        lambda: vg.journey.sessions(journeys, gap_minutes=-1),
        lambda: vg.journey.visits(journeys, gap_minutes=-1),
        lambda: vg.journey.drop_off(journeys, within=-DAY),
    ):
        with pytest.raises(ValueError, match=r"not -|not 0|per customer|year"):
            asked()
