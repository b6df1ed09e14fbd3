"""Attribution equals plain fractions over lists, sums to the conversions, and does not depend on buckets."""

from collections.abc import Iterator
from fractions import Fraction
from functools import partial
from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from tests.journey import kernel_laws

from viaggio.journey import attribute, attribution
from viaggio.journey.index import Codes, MemoryJourneys, bucket_of, memory_journeys
from viaggio.journey.intake import BadColumn
from viaggio.journey.kernels.attribution.kernel import _BATCH, GROUPS, AttributionKernel
from viaggio.journey.kernels.attribution.model import (
    NO_TOUCH,
    Attribution,
    AttributionRules,
    BadAttribution,
    Model,
)
from viaggio.journey.kinds import BadKind, InteractionKind
from viaggio.journey.run import run
from viaggio.journey.where import Where
from viaggio.kernel import UnknownColumn

TOUCHPOINTS = ("site", "order", "call")
CHANNELS = ("web", "store", "phone")
CODES = Codes(touchpoint=TOUCHPOINTS, channel=CHANNELS)
DAY = 86_400_000_000
EXAMPLES = settings(max_examples=60, deadline=None)
ORDER = InteractionKind(touchpoints=("order",))
RULES = AttributionRules(lookback_micros=10 * DAY, half_life_micros=2 * DAY, direct=("web",))
KERNELS = (
    AttributionKernel(ORDER, rules=RULES),
    AttributionKernel(None, by="touchpoint", models=tuple(Model)),
    AttributionKernel(
        ORDER, touches=InteractionKind(channels=("web", "phone")), since_micros=8 * DAY, models=tuple(Model)
    ),
)
SIMPLE = ("first", "last", "last_non_direct", "linear", "position", "time_decay", "shapley")

# customer, time, touchpoint, channel, value
events = st.tuples(
    st.sampled_from([-4, 0, 1, 2, 2**63 - 1]),
    st.integers(0, 20).map(lambda day: day * DAY),
    st.integers(0, 2),
    st.integers(-1, 2),
    st.sampled_from([0, 0, 1, 999, 10**7]),
)
logs = st.lists(events, max_size=9) | st.lists(
    events, min_size=15, max_size=40
)  # chance alone makes short ones
wheres = st.sampled_from(
    [Where(), Where(channels=("store", "phone")), Where(touchpoints=()), Where(customers=np.array([1, 2]))]
)
Rows = list[tuple[int, int, int, int, int]]


def journeys(log: Rows, buckets: int = 7) -> MemoryJourneys:
    columns = np.array([(*row, key(i)) for i, row in enumerate(log)], dtype=np.int64).reshape(-1, 6)
    names = ("customer", "time", "touchpoint", "channel", "value", "key")
    return memory_journeys(dict(zip(names, columns.T, strict=True)), CODES, buckets=buckets)


def key(place: int) -> int:
    return (place * 7919) % 10007 - 5000


Path = tuple[list[tuple[int, str | None]], bool, int, int]
"""Touches (time, place), whether it converted, when, the value."""


def plain_paths(log: Rows, kernel: AttributionKernel, where: Where) -> Iterator[Path]:
    """The paths of a log, by lists."""
    by_customer: dict[int, list[int]] = {}
    for i, (customer, _, touchpoint, channel, _) in enumerate(log):
        name = CHANNELS[channel] if channel >= 0 else ""
        if (
            (where.channels is None or name in where.channels)
            and (where.touchpoints is None or TOUCHPOINTS[touchpoint] in where.touchpoints)
            and (where.customers is None or customer in where.customers.tolist())
        ):
            by_customer.setdefault(customer, []).append(i)
    since = -(2**62) if kernel.since_micros is None else kernel.since_micros
    for rows in by_customer.values():
        held: list[tuple[int, str | None]] = []
        for i in sorted(rows, key=lambda i: (log[i][1], key(i))):
            _, time, touchpoint, channel, value = log[i]
            place = TOUCHPOINTS[touchpoint] if kernel.by == "touchpoint" else ([*CHANNELS, None][channel])
            converts = value > 0 if kernel.conversion is None else touchpoint == 1
            if converts and time >= since:
                old = [touch for touch in held if time - touch[0] > kernel.rules.lookback_micros]
                if old and old[-1][0] >= since:
                    yield old, False, 0, 0
                yield held[len(old) :], True, time, value
            if converts:
                held = []
            elif kernel.touches.channels is None or (
                channel >= 0 and CHANNELS[channel] in kernel.touches.channels
            ):
                held.append((time, place))
        if held and held[-1][0] >= since:
            yield held, False, 0, 0


def plain_shares(path: list[tuple[int, str | None]], rules: AttributionRules) -> dict[str, list[Any]]:
    """The share of each touch by each simple model."""
    n = len(path)
    names = [place for _, place in path]
    other = [i for i in range(n) if names[i] not in rules.direct]
    ends = Fraction(2, 5)
    between = [ends, *[Fraction(1, 5) / (n - 2)] * (n - 2), ends] if n > 2 else [Fraction(1, n)] * n
    decay = [0.5 ** ((path[-1][0] - time) / rules.half_life_micros) for time, _ in path]
    chosen = other[-1] if other else n - 1
    return {
        "first": [int(i == 0) for i in range(n)],
        "last": [int(i == n - 1) for i in range(n)],
        "last_non_direct": [int(i == chosen) for i in range(n)],
        "linear": [Fraction(1, n)] * n,
        "position": between,
        "time_decay": [weight / sum(decay) for weight in decay],
    }


def plain_credits(paths: list[Path], rules: AttributionRules) -> dict[tuple[str, str | None], list[Any]]:
    """Conversions and value by model and place; Shapley by its definition, over all sets of places."""
    found: dict[tuple[str, str | None], list[Any]] = {}

    def add(model: str, place: str | None, conversions: Any, value: Any) -> None:
        entry = found.setdefault((model, place), [0, 0])
        entry[0] += conversions
        entry[1] += value

    converting = [(path, value) for path, converted, _, value in paths if converted]
    for path, value in converting:
        for model, shares in plain_shares(path, rules).items() if path else ():
            for (_, place), share in zip(path, shares, strict=True):
                add(model, place, share, share * value)
        for model in SIMPLE if not path else ():
            add(model, NO_TOUCH, 1, value)
    players = sorted({place for path, _ in converting for _, place in path}, key=str)
    sets = [({place for _, place in path}, value) for path, value in converting if path]
    for player in players:
        others = [place for place in players if place != player]
        for size in range(len(players)):
            for group in combinations(others, size):
                weight = Fraction(
                    factorial(size) * factorial(len(players) - size - 1), factorial(len(players))
                )
                gained = [value for places, value in sets if player in places and places <= {*group, player}]
                add("shapley", player, weight * len(gained), weight * sum(gained))
    return found


@EXAMPLES
@given(log=logs, where=wheres, kernel=st.sampled_from(KERNELS), buckets=st.sampled_from([1, 7, 64]))
def test_simple_models_equal_fractions_over_lists(
    log: Rows, where: Where, kernel: AttributionKernel, buckets: int
) -> None:
    found = run(journeys(log, buckets), kernel, where=where)
    paths = list(plain_paths(log, kernel, where))
    expected = plain_credits(paths, kernel.rules)
    for credit in found.credits:
        if credit.model in SIMPLE:
            conversions, value = expected.pop((credit.model, credit.name), [0, 0])
            assert credit.conversions == pytest.approx(float(conversions), abs=1e-8)
            assert credit.value == pytest.approx(float(value), rel=1e-9, abs=1e-4)
    assert not any(conversions for conversions, _ in expected.values())
    assert found.conversions == sum(converted for _, converted, _, _ in paths)
    assert found.value == sum(value for *_, value in paths)
    assert found.lost == sum(not converted for _, converted, _, _ in paths)
    assert found.untouched == sum(converted and not path for path, converted, _, _ in paths)


@EXAMPLES
@given(log=logs, where=wheres, kernel=st.sampled_from(KERNELS))
def test_every_model_gives_exactly_the_conversions_and_their_value(
    log: Rows, where: Where, kernel: AttributionKernel
) -> None:
    found = run(journeys(log), kernel, where=where)
    for model in {credit.model for credit in found.credits}:
        own = [credit for credit in found.credits if credit.model == model]
        assert sum(credit.conversions for credit in own) == pytest.approx(found.conversions, rel=1e-12)
        if model in SIMPLE or any(c.value for c in own):
            assert sum(credit.value for credit in own) == pytest.approx(found.value, rel=1e-12)
        if found.conversions:
            assert sum(credit.share for credit in own) == pytest.approx(1, rel=1e-12)


def plain_effects(  # noqa: C901 -- plain on purpose: states, chances, and what is left without a place
    paths: list[Path], order: int
) -> tuple[dict[Any, float], dict[Any, float]]:
    """Removal effects on conversions and value: chances multiplied until everybody has arrived."""
    moves: dict[Any, dict[Any, int]] = {}
    worth: dict[Any, list[int]] = {}
    for path, converted, _, value in paths:
        names = [place for _, place in path]
        if not names:
            continue
        states: list[Any] = [
            "start",
            *[tuple(names[max(0, i + 1 - order) : i + 1]) for i in range(len(names))],
        ]
        if order == 2:
            states[1] = ("start", names[0])
        for one, other in zip(states, [*states[1:], "won" if converted else "gone"], strict=True):
            moves.setdefault(one, {}).setdefault(other, 0)
            moves[one][other] += 1
        if converted:
            worth.setdefault(states[-1], []).append(value)
    numbers = {state: i for i, state in enumerate([*moves, "won", "gone"])}
    places = {state[-1] for state in moves if state != "start"}

    def expected(without: Any) -> tuple[float, float]:
        chances = np.eye(len(numbers))
        for state, targets in moves.items():
            chances[numbers[state]] = 0
            for target, n in targets.items():
                gone = target not in {"won", "gone"} and target[-1] == without and without != "nobody"
                chances[numbers[state], numbers["gone" if gone else target]] += n / sum(targets.values())
        visits, here = np.zeros(len(numbers)), np.eye(len(numbers))[numbers["start"]]
        step = chances.copy()
        step[-2:] = 0
        for _ in range(4000):
            visits += here
            here = here @ step
        won = {s: visits[numbers[s]] * chances[numbers[s], numbers["won"]] for s in moves}
        return sum(won.values()), sum(won[s] * float(np.mean(values)) for s, values in worth.items())

    if not moves:
        return {}, {}
    whole = expected("nobody")
    less = {place: expected(place) for place in places}
    effects = [
        {place: 1 - less[place][i] / whole[i] if whole[i] else 0.0 for place in places} for i in (0, 1)
    ]
    return effects[0], effects[1]


@settings(max_examples=40, deadline=None)
@given(log=logs, kernel=st.sampled_from(KERNELS))
def test_markov_credits_equal_chances_multiplied_until_all_have_arrived(
    log: Rows, kernel: AttributionKernel
) -> None:
    found = run(journeys(log), kernel)
    paths = list(plain_paths(log, kernel, Where()))
    effects, on_value = plain_effects(paths, 1)
    assert {r.name: r.conversions for r in found.removals} == pytest.approx(effects, abs=1e-7)
    assert {r.name: r.value for r in found.removals} == pytest.approx(on_value, abs=1e-7)
    touched = found.conversions - found.untouched
    for model, order in (("markov", 1), ("markov_2", 2)):
        if Model.MARKOV_2 not in kernel.models and order == 2:
            continue
        effects, _ = plain_effects(paths, order)
        whole = sum(effects.values())
        expected = {place: touched * effect / whole if whole else 0 for place, effect in effects.items()}
        given_ = found.of(model)
        assert given_.pop(NO_TOUCH, 0) == found.untouched
        assert given_ == pytest.approx(expected, abs=1e-5)


@EXAMPLES
@given(log=logs, where=wheres, kernel=st.sampled_from(KERNELS))
def test_buckets_and_threads_change_nothing(log: Rows, where: Where, kernel: AttributionKernel) -> None:
    kernel_laws.buckets_and_threads_change_nothing(partial(journeys, log), kernel, where)


@settings(max_examples=6, deadline=None)
@given(log=logs, kernel=st.sampled_from(KERNELS))
def test_a_thousand_buckets_change_nothing(log: Rows, kernel: AttributionKernel) -> None:
    kernel_laws.a_thousand_buckets_change_nothing(partial(journeys, log), kernel)


@EXAMPLES
@given(log=logs, kernel=st.sampled_from(KERNELS))
def test_parts_merge_in_any_order_and_grouping(log: Rows, kernel: AttributionKernel) -> None:
    kernel_laws.parts_merge_in_any_order_and_grouping(journeys(log, 3), kernel, CODES)


@pytest.mark.parametrize("kernel", KERNELS)
def test_kernels_and_parts_travel_to_other_processes(kernel: AttributionKernel) -> None:
    data = journeys(shop(30), 1)
    kernel_laws.kernel_and_parts_travel_to_other_processes(data, kernel, CODES)


def shop(customers: int, seed: int = 4, *, whole_number: bool = True) -> Rows:
    """Interactions by chance, 6 for each customer on average; `whole_number`: exactly so many in all."""
    chance = np.random.default_rng(seed)
    n = customers * 6 if whole_number else int(chance.poisson(customers * 6))
    touchpoints = chance.choice(3, n, p=[0.6, 0.15, 0.25])
    columns = (
        chance.integers(0, customers, n), chance.integers(0, 60, n) * DAY, touchpoints,
        chance.integers(0, 3, n), np.where(touchpoints == 1, chance.integers(1, 9000, n), 0),
    )  # fmt: skip
    return list(zip(*(column.tolist() for column in columns), strict=True))


def test_intervals_are_those_of_leaving_out_each_group_of_customers() -> None:
    log = shop(400)
    kernel = KERNELS[0]
    whole = run(journeys(log), kernel)
    customers = np.unique([row[0] for row in log])
    groups = bucket_of(customers ^ 0x5F3759DF1B873593, GROUPS)
    parts = [
        run(journeys(log), kernel, where=Where(customers=customers[groups != group]))
        for group in range(GROUPS)
    ]
    factor = stats.t.ppf(0.975, GROUPS - 1)
    for i, credit in enumerate(whole.credits):
        again = np.array([_share(part, credit.model, credit.name) for part in parts])
        margin = factor * np.sqrt((GROUPS - 1) / GROUPS * ((again - again.mean()) ** 2).sum())
        assert (credit.low, credit.high) == pytest.approx((credit.share - margin, credit.share + margin)), i
        money = np.array([_money(part, credit.model, credit.name) for part in parts]) * GROUPS / (GROUPS - 1)
        margin = factor * np.sqrt((GROUPS - 1) / GROUPS * ((money - money.mean()) ** 2).sum())
        assert credit.value_low == pytest.approx(max(credit.value - margin, 0)), i
        assert credit.value_high == pytest.approx(credit.value + margin), i
    for removal in whole.removals:
        again = np.array(
            [next((r.value for r in part.removals if r.name == removal.name), 0.0) for part in parts]
        )
        margin = factor * np.sqrt((GROUPS - 1) / GROUPS * ((again - again.mean()) ** 2).sum())
        bounds = max(removal.value - margin, 0), min(removal.value + margin, 1)
        assert (removal.value_low, removal.value_high) == pytest.approx(bounds)


def _money(found: Attribution, model: str, name: str | None) -> float:
    return next((c.value for c in found.credits if (c.model, c.name) == (model, name)), 0.0)


def _share(found: Attribution, model: str, name: str | None) -> float:
    return next((c.share for c in found.credits if (c.model, c.name) == (model, name)), 0.0)


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    # The share of last touches on the web is 1/3 by construction; 95 % of the intervals should hold it, and
    # so with the money: a third of what conversions that were touched bring on average.
    held, money, spans = 0, [], []
    for seed in range(60):
        found = run(journeys(shop(150, seed, whole_number=False)), AttributionKernel(ORDER))
        credit = next(c for c in found.credits if (c.model, c.name) == ("last", "web"))
        touched = 1 - found.untouched / found.conversions
        assert credit.low is not None
        assert credit.high is not None
        held += credit.low <= touched / 3 <= credit.high
        money.append(sum(c.value for c in found.credits if c.model == "last" and c.name != NO_TOUCH) / 3)
        spans.append((credit.value_low or 0.0, credit.value_high or 0.0))
    assert 50 <= held <= 60
    assert 50 <= sum(low <= np.mean(money) <= high for low, high in spans) <= 60
    # and they are as wide as the sums of other customers lie apart, up to the error of either
    middles = np.array([(low + high) / 2 for low, high in spans])
    wide = np.array([(high - low) / 2 for low, high in spans]) / stats.t.ppf(0.975, GROUPS - 1)
    assert 0.75 < wide.mean() / middles.std(ddof=1) < 1.3


def test_few_customers_give_no_interval() -> None:
    found = attribution(journeys(shop(6)), conversion="order")
    assert found.level is None
    assert {(c.low, c.high, c.value_low, c.value_high) for c in found.credits} == {(None,) * 4}


def test_many_places_are_attributed_without_intervals_and_too_many_are_refused() -> None:
    chance = np.random.default_rng(2)
    n = 6000

    def data(places: int) -> MemoryJourneys:
        columns = {
            "customer": chance.integers(0, 900, n), "time": np.arange(n), "value": np.zeros(n),
            "touchpoint": chance.integers(0, places, n), "channel": chance.integers(0, 2, n),
        }  # fmt: skip
        names = tuple(f"t{i}" for i in range(places))
        return memory_journeys(columns, Codes(touchpoint=names, channel=("web", "goal")))

    goal = InteractionKind(channels=("goal",))
    found = run(data(400), AttributionKernel(goal, by="touchpoint"))
    assert found.level is None
    assert 390 < len({credit.name for credit in found.credits} - {NO_TOUCH}) <= 400
    for model in ("linear", "shapley", "markov"):
        assert sum(found.of(model).values()) == pytest.approx(found.conversions)
    with pytest.raises(BadAttribution, match="Ask for channels"):
        run(data(2100), AttributionKernel(goal, by="touchpoint"))
    with pytest.raises(BadAttribution, match="order 1"):
        run(data(200), AttributionKernel(goal, by="touchpoint", models=tuple(Model)))


def test_a_period_restricts_conversions_but_not_what_led_to_them() -> None:
    log: Rows = [
        (1, 1 * DAY, 0, 0, 0), (1, 6 * DAY, 0, 1, 0), (1, 12 * DAY, 1, 2, 500),
        (2, 2 * DAY, 1, 2, 100), (2, 3 * DAY, 0, 0, 0),
        (3, 11 * DAY, 0, 1, 0),
    ]  # fmt: skip
    found = attribution(
        journeys(log), conversion="order", lookback_days=7, period_micros=(10 * DAY, 20 * DAY)
    )
    assert (found.conversions, found.value, found.lost, found.customers) == (1, 500, 1, 1)
    assert found.of("linear") == {"store": 1.0}
    everything = attribution(journeys(log), conversion="order", lookback_days=7)
    assert (everything.conversions, everything.untouched, everything.lost) == (2, 1, 3)
    assert everything.of("first") == {"store": 1.0, "web": 0.0, NO_TOUCH: 1.0}


def test_sums_of_many_valuable_conversions_have_no_limit() -> None:
    n = 3000
    rows = {
        "customer": np.repeat(np.arange(n), 2),
        "time": np.tile([0, DAY], n),
        "touchpoint": np.tile([0, 1], n),
    }
    cents = np.tile([0, 800_000_000_000], n)  # 8 billion euros each
    data = memory_journeys(rows | {"channel": np.zeros(2 * n), "value": cents}, CODES, buckets=3000)
    found = run(data, AttributionKernel(ORDER))
    assert found.value == n * 8e11
    assert found.credits[0].value == n * 8e11


def test_a_table_of_paths_gives_the_same_as_the_journeys_it_was_made_of() -> None:
    log = shop(120)
    kernel = AttributionKernel(ORDER, models=tuple(Model))
    rows = [
        ([place for _, place in path], converted, value)
        for path, converted, _, value in plain_paths(log, kernel, Where())
    ]
    table = pd.DataFrame(
        {
            "path": [" > ".join(map(str, path)) for path, _, _ in rows],
            "total_conversions": [int(converted) for _, converted, _ in rows],
            "total_null": [int(not converted) for _, converted, _ in rows],
            "total_conversion_value": [value for *_, value in rows],
        }
    )
    found, expected = attribute(table, order=2), run(journeys(log), kernel)
    for model in ("first", "last", "linear", "position", "shapley", "markov", "markov_2"):
        assert found.of(model) == pytest.approx(expected.of(model), rel=1e-9)
    assert (found.conversions, found.lost, found.untouched) == (
        expected.conversions, expected.lost, expected.untouched,
    )  # fmt: skip
    assert found.value == expected.value
    assert found.customers is found.level is None


def test_a_table_of_paths_may_hold_lists_and_have_no_values() -> None:
    table = {"way": [["a", "b"], ["a"], []], "won": [1, 0, 2], "lost": [0, 1, 5]}
    found = attribute(table, path="way", conversions="won", nulls="lost", value=None)
    assert (found.conversions, found.lost, found.untouched, found.value) == (3, 1, 2, 0)
    assert found.of("last") == {NO_TOUCH: 2.0, "b": 1.0, "a": 0.0}
    lines = found.table().to_pylist()
    assert lines[0] == {
        "model": "first", "name": NO_TOUCH, "conversions": 2.0, "value": 0.0, "share": pytest.approx(2 / 3),
        "low": None, "high": None, "value_low": None, "value_high": None,
    }  # fmt: skip
    assert [line["name"] for line in found.removals_table().to_pylist()] == ["a", "b"]


def test_tables_that_can_not_be_read_are_refused() -> None:
    table = {"path": ["a"], "total_conversions": [1], "total_null": [0], "total_conversion_value": [1.5]}
    assert attribute(table).value == 1.5
    with pytest.raises(UnknownColumn, match="total_null"):
        attribute({"path": ["a"], "total_conversions": [1]})
    for column, entry, message in (
        ("total_conversions", [0.5], "fractions"),
        ("total_conversion_value", [-1.0], "below 0"),
        ("total_null", ["many"], "not a number"),
        ("total_conversions", [2**40], "more than"),
    ):
        with pytest.raises(BadColumn, match=message):
            attribute(table | {column: entry})


def test_rules_that_can_not_be_followed_are_refused() -> None:
    with pytest.raises(BadAttribution, match="first and last share"):
        AttributionRules(first_share=0.7, last_share=0.7)
    with pytest.raises(BadAttribution, match="longer than nothing"):
        AttributionRules(lookback_micros=0)
    with pytest.raises(BadKind, match="order"):
        attribution(journeys(shop(5)), conversion="ordr")


def test_one_touch_may_have_it_all_by_position() -> None:
    table = {
        "path": ["a > b > c"],
        "total_conversions": [10],
        "total_null": [0],
        "total_conversion_value": [0],
    }
    found = attribute(table, ends=(1.0, 0.0)).of("position")
    assert found == {"a": 10.0, "b": 0.0, "c": 0.0}


def test_only_the_models_asked_for_are_answered_and_say_the_same() -> None:
    data = journeys(shop(120))
    everything = attribution(data, conversion="order", order=2)
    for asked in (["first"], ["markov", "last"], ["shapley", "time_decay"], ["markov_2"]):
        found = attribution(data, conversion="order", models=asked)
        assert found.credits == tuple(credit for credit in everything.credits if credit.model in asked)
        assert found.removals == everything.removals
    plain = attribution(data, conversion="order", models=["linear"], level=None)
    assert plain.of("linear") == everything.of("linear")
    assert {(credit.low, credit.high) for credit in plain.credits} == {(None, None)}
    with pytest.raises(BadAttribution, match="'best'"):
        attribution(data, conversion="order", models=["best"])


def test_journeys_longer_than_what_is_held_at_once_are_cut_as_lists_are() -> None:
    chance = np.random.default_rng(5)
    customer = np.concatenate((np.zeros(_BATCH + 900), np.repeat(np.arange(1, 1800), 3))).astype(int)
    time, touchpoint = np.arange(len(customer)) * DAY // 9, chance.integers(0, 3, len(customer))
    channel, value = chance.integers(-1, 3, len(customer)), chance.integers(0, 99, len(customer))
    columns = (customer, time, touchpoint, channel, value)
    log: Rows = list(zip(*(column.tolist() for column in columns), strict=True))
    expected = plain_credits(list(plain_paths(log, KERNELS[0], Where())), RULES)
    for buckets in (1, 3):
        found = run(journeys(log, buckets), KERNELS[0])
        for credit in found.credits:
            if credit.model in SIMPLE:
                conversions, value_ = expected.get((credit.model, credit.name), (0, 0))
                assert (credit.conversions, credit.value) == pytest.approx((conversions, value_))
