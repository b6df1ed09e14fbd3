"""Leaving equals a walk over lists; what-if walking the changed chain; its interval, slopes by steps."""

from collections import Counter
from datetime import timedelta
from functools import reduce
from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.journey.short_logs import AUTUMN, BUCKETS, CODES, DAY, HOUR, LOGS, SOME_WHERES, ShortLog

import viaggio as vg
from viaggio.estimate import wilson
from viaggio.journey.keeping import BadWhatIf, what_if
from viaggio.journey.kernels.leaving import Leaving, LeavingKernel
from viaggio.journey.kinds import BadKind, InteractionKind
from viaggio.journey.run import run
from viaggio.journey.where import ALL, Where

EXAMPLES = settings(max_examples=80, deadline=None)
FEW = settings(max_examples=6, deadline=None)
GOALS = st.sampled_from([InteractionKind(touchpoints=("order",)), InteractionKind(channels=("phone",))])
SILENCES = st.none() | st.sampled_from([0, HOUR, 48 * HOUR])


@EXAMPLES
@given(
    log=LOGS,
    where=SOME_WHERES,
    buckets=BUCKETS,
    goal=GOALS,
    silence=SILENCES,
    by=st.sampled_from(["touchpoint", "phase"]),
    until=st.sampled_from([AUTUMN + 3 * DAY, AUTUMN + 401 * DAY]),
)
def test_leaving_equals_a_walk_over_lists(
    log: ShortLog, where: Where, buckets: int, goal: Any, silence: int | None, by: Any, until: int
) -> None:
    found = run(log.journeys(buckets), LeavingKernel(goal, until, silence, by), where=where)
    ends: Counter[Any] = Counter()
    moves: Counter[Any] = Counter()
    starts: Counter[Any] = Counter()
    journeys = log.by_customer(where)
    for rows in journeys.values():
        attempts: list[list[Any]] = [[]]
        for row in rows:
            at_goal = row.touchpoint == "order" if goal.touchpoints else row.channel == "phone"
            late = attempts[-1] and silence is not None and row.time - attempts[-1][-1].time > silence
            if late:
                attempts.append([])
            attempts[-1].append(row)
            if at_goal:
                attempts.append([])
        for number, attempt in enumerate(attempts):
            if not attempt:
                continue
            last = attempt[-1]
            reached = last.touchpoint == "order" if goal.touchpoints else last.channel == "phone"
            places = [getattr(row, by) for row in attempt[: len(attempt) - reached]]
            still = number == len(attempts) - 1 and silence is not None and until - last.time <= silence
            how = "goal" if reached else "open" if still else "left"
            ends[places[-1] if places else "at once", how] += 1
            if places:
                starts[places[0]] += 1
            moves.update(pairwise(places))
    assert found.customers == len(journeys)
    assert (found.attempts, found.at_once) == (sum(ends.values()), ends["at once", "goal"])
    for how, n in (("goal", found.converted), ("left", found.left), ("open", found.open)):
        assert n == sum(count for (_, end), count in ends.items() if end == how)
    assert {(m.origin, m.target): m.moves for m in found.moves} == moves
    for place in found.places:
        assert place.starts == starts[place.name]
        assert {how: getattr(place, how) for how in ("goal", "left", "open")} == {
            how: ends[place.name, how] for how in ("goal", "left", "open")
        }
        onward = sum(n for (origin, _), n in moves.items() if origin == place.name)
        assert place.visits == onward + place.goal + place.left + place.open
        assert place.visits == place.starts + sum(
            n for (_, target), n in moves.items() if target == place.name
        )


@EXAMPLES
@given(log=LOGS, where=SOME_WHERES, goal=GOALS, silence=SILENCES)
def test_buckets_threads_and_the_order_of_merging_change_nothing(
    log: ShortLog, where: Where, goal: Any, silence: int | None
) -> None:
    kernel = LeavingKernel(goal, AUTUMN + 3 * DAY, silence)
    one = run(log.journeys(1), kernel, where=where)
    assert run(log.journeys(7), kernel, where=where) == one
    assert run(log.journeys(64), kernel, where=where, threads=2) == one
    journeys = log.journeys(3)
    parts = [kernel.part(journeys.bucket(i), ALL, CODES) for i in range(3)]
    results = [kernel.finish(reduce(kernel.merge, order), CODES) for order in permutations(parts)]
    assert all(result == results[0] for result in results)


@FEW
@given(log=LOGS, goal=GOALS)
def test_a_thousand_buckets_change_nothing(log: ShortLog, goal: Any) -> None:
    kernel = LeavingKernel(goal, AUTUMN, HOUR)
    assert run(log.journeys(1024), kernel) == run(log.journeys(1), kernel)


# --- what if -------------------------------------------------------------------------------------


def matrix_of(found: Leaving) -> np.ndarray[Any, Any]:
    """Chances between start, places (in the answer's order), goal, left, open; ends stay where they are."""
    state = {place.name: number for number, place in enumerate(found.places, start=1)}
    n = len(state) + 1
    counts = np.zeros((n + 3, n + 3))
    counts[0, n] = found.at_once
    for place in found.places:
        counts[0, state[place.name]] = place.starts
        counts[state[place.name], n:] = place.goal, place.left, place.open
    for move in found.moves:
        counts[state[move.origin], state[move.target]] = move.moves
    counts[n:, n:] = np.eye(3)
    return counts / counts.sum(axis=1, keepdims=True)


def converting(chances: np.ndarray[Any, Any]) -> float:
    """The chance to end in the goal, by walking very many steps."""
    return float(np.linalg.matrix_power(chances, 2**40)[0, -3])


def kept(chances: np.ndarray[Any, Any], row: int, fewer: float) -> np.ndarray[Any, Any]:
    """The chain when so many fewer leave from a row and the others go on as those who went on."""
    changed = chances.copy()
    leaves = changed[row, -2]
    others = np.delete(np.arange(len(changed)), len(changed) - 2)
    changed[row, others] *= 1 + fewer * leaves / (1 - leaves)
    changed[row, -2] = leaves * (1 - fewer)
    return changed


def ends_from(chances: np.ndarray[Any, Any], row: int) -> bool:
    """Whether any end can be reached from a row."""
    reached, waiting = {row}, [row]
    while waiting:
        new = set(np.flatnonzero(chances[waiting.pop()] > 0).tolist()) - reached
        reached |= new
        waiting += new
    return max(reached) >= len(chances) - 3


@EXAMPLES
@given(log=LOGS, goal=GOALS, silence=SILENCES, fewer=st.sampled_from([0.0, 0.1, 0.5, 1.0]))
def test_what_if_equals_the_changed_chain(
    log: ShortLog, goal: Any, silence: int | None, fewer: float
) -> None:
    found = run(log.journeys(7), LeavingKernel(goal, AUTUMN + 3 * DAY, silence))
    answer = what_if(found, fewer=fewer)
    assert (answer.attempts, answer.converted) == (found.attempts, found.converted)
    if not found.attempts:
        assert answer.places == ()
        return
    chances = matrix_of(found)
    assert converting(chances) == pytest.approx(
        found.converted / found.attempts
    )  # nothing changed, as it was
    order = [place.name for place in found.places]
    assert {row.name for row in answer.places} == set(order)
    for row in answer.places:
        assert (row.leave_low, row.leave_high) == wilson(row.left, row.visits)
        number = order.index(row.name) + 1
        if row.left == row.visits or not ends_from(changed := kept(chances, number, fewer), number):
            assert row.change is row.conversions is row.steps is None
            continue
        assert row.change is not None
        assert row.conversions is not None
        assert row.conversions == pytest.approx(found.attempts * converting(changed), abs=1e-9)
        assert row.change == pytest.approx(row.conversions - found.converted, abs=1e-9)
        assert row.change >= -1e-9
        assert row.change_low is not None
        assert row.change_high is not None
        assert row.change_low <= row.change + 1e-9
        assert row.change_high >= row.change - 1e-9


@EXAMPLES
@given(log=LOGS, goal=GOALS, fewer=st.sampled_from([0.1, 0.5]))
def test_the_interval_is_the_delta_methods(log: ShortLog, goal: Any, fewer: float) -> None:
    found = run(log.journeys(1), LeavingKernel(goal, AUTUMN, HOUR))
    if not found.attempts:
        return
    chances = matrix_of(found)
    rows = [found.attempts, *(place.visits for place in found.places)]
    for number, place in enumerate(found.places, start=1):
        row = next(r for r in what_if(found, fewer=fewer).places if r.name == place.name)
        if row.change is None or row.change_high is None:
            continue

        def change(matrix: np.ndarray[Any, Any], number: int = number) -> float:
            return converting(kept(matrix, number, fewer)) - converting(matrix)

        variance = 0.0
        for i, n in enumerate(rows):
            for j in np.flatnonzero(chances[i]):  # multinomial: sum over j of p_j (slope towards j)^2 / n
                if chances[i, j] == 1:
                    continue
                step = 1e-5
                there, back = chances.copy(), chances.copy()
                unit = np.eye(len(chances))[j]
                there[i] = (1 - step) * chances[i] + step * unit
                back[i] = (1 + step) * chances[i] - step * unit
                slope = (change(there) - change(back)) / (2 * step)
                variance += chances[i, j] * slope**2 / n
        half = 1.959964 * found.attempts * variance**0.5
        assert row.change_high - row.change == pytest.approx(half, rel=1e-3, abs=1e-4)


def shop(*rows: tuple[int, float, str]) -> Any:
    """Journeys of (customer, hour, touchpoint)."""
    customer, hour, touchpoint = zip(*rows, strict=True)
    started = np.array([int(HOUR * h) for h in hour], dtype="datetime64[us]")
    return vg.journey.from_table(
        {"customer": list(customer), "touchpoint": list(touchpoint), "started_at": started}
    )


# Of ten customers at the payment four leave and six order; ten more leave from the basket already.
CHECKOUT = shop(
    *((c, 0, "basket") for c in range(20)),
    *((c, 1, "payment") for c in range(10)),
    *((c, 2, "order") for c in range(6)),
)


def test_ten_percent_fewer_leaving_at_payment_are_four_in_ten_of_an_order() -> None:
    found = vg.journey.leaving(CHECKOUT, goal="order")
    assert (found.attempts, found.converted, found.left, found.open) == (20, 6, 14, 0)
    answer = vg.journey.what_if(found, fewer=0.1, at=["payment"])
    (payment,) = answer.places
    assert (payment.visits, payment.left, payment.reach) == (10, 4, 0.6)
    half = 1.959964 * (0.6 * 0.4 / 10) ** 0.5
    assert (payment.reach_low, payment.reach_high) == pytest.approx((0.6 - half, 0.6 + half))
    (basket,) = vg.journey.what_if(found, at=["basket"]).places  # half of 20 go on, 6 in 10 of them order
    wide = 1.959964 * (0.6**2 * 0.5**2 / 20 + 0.5**2 * 0.6 * 0.4 / 10) ** 0.5
    assert (basket.reach_low, basket.reach_high) == pytest.approx((0.3 - wide, 0.3 + wide))
    assert payment.change == pytest.approx(0.4)  # 10 % of the 4 who leave, all of whom then order
    assert payment.conversions == pytest.approx(6.4)
    assert answer.steps == pytest.approx((20 + 10 + 6) / 20)
    assert payment.steps == pytest.approx((20 + 10 + 6.4) / 20)


def test_the_place_where_most_is_won_comes_first() -> None:
    answer = vg.journey.what_if(vg.journey.leaving(CHECKOUT, goal="order"), fewer=0.5)
    assert [row.name for row in answer.places] == ["basket", "payment"]
    assert answer.places[0].change == pytest.approx(3)  # 5 of 10 go on to the payment, 6 in 10 of them order
    assert answer.table().num_rows == 2


def test_a_silence_ends_an_attempt_and_recent_ones_are_open() -> None:
    log = shop(
        (1, 0, "site"),
        (1, 100, "site"),
        (1, 101, "order"),
        (2, 99, "site"),
        (3, 95, "order"),
        (3, 96, "site"),
    )
    found = vg.journey.leaving(log, goal="order", silence=timedelta(hours=3))
    assert (found.customers, found.attempts, found.at_once) == (3, 5, 1)
    assert (found.converted, found.left, found.open) == (2, 2, 1)
    assert found.silence_seconds == 3 * 3600
    assert found.table().to_pylist() == [
        {"name": "site", "visits": 4, "starts": 4, "goal": 1, "left": 2, "open": 1}
    ]
    assert found.moves_table().num_rows == 0


def test_where_everybody_leaves_nobody_shows_where_to_go() -> None:
    circle = vg.journey.leaving(shop((1, 0, "site"), (1, 1, "site"), (2, 0, "order")), goal="order")
    (row,) = vg.journey.what_if(circle, fewer=1.0).places
    assert (row.visits, row.left, row.change) == (2, 1, None)  # who is kept goes from site to site for ever
    (row,) = vg.journey.what_if(
        vg.journey.leaving(shop((1, 0, "site"), (2, 0, "order")), goal="order")
    ).places
    assert (row.name, row.left, row.change, row.change_low) == ("site", 1, None, None)


def test_a_what_if_that_can_not_be_says_why() -> None:
    found = vg.journey.leaving(CHECKOUT, goal="order")
    with pytest.raises(BadWhatIf, match=r"Between 0 and 1; 10 % is 0\.1"):
        vg.journey.what_if(found, fewer=10)
    with pytest.raises(BadWhatIf, match=r"no attempt goes through 'fax'\. Known: basket, payment"):
        vg.journey.what_if(found, at=["fax"])
    with pytest.raises(BadKind, match="Did you mean 'order'"):
        vg.journey.leaving(CHECKOUT, goal="orders")
    nothing = vg.journey.leaving(CHECKOUT, goal="order", where=Where(touchpoints=()))
    assert (nothing.attempts, vg.journey.what_if(nothing).places) == (0, ())
