"""Filters and logs made by chance, and a plain reading of a filter, row by row, to compare with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import strategies as st

from viaggio.journey.filter import (
    EVERY,
    AllOf,
    Among,
    AnyOf,
    Compared,
    Condition,
    Did,
    During,
    Missing,
    Not,
    Within,
    all_of,
    any_of,
    negated,
)
from viaggio.journey.index import Codes
from viaggio.kernel import Period

ROME = ZoneInfo("Europe/Rome")
DAY = 86_400_000_000
NIGHT_CLOCKS_CHANGE = int(datetime(2026, 3, 29, 0, 0, tzinfo=UTC).timestamp()) * 1_000_000
CODES = Codes(
    touchpoint=("site", "checkout", "d'angolo", "in"),
    channel=("web", "app"),
    device=("phone",),
    phase=("discovery", "purchase", "care"),
    moment=("before",),
    outcome=("late", "resolved"),
)
SEGMENTS: Mapping[str, tuple[int, ...]] = {"b2b": (1, 4), "b2c": (0, 2)}


@dataclass(frozen=True)
class Row:
    """One interaction, with texts instead of codes."""

    customer: int
    time: int
    texts: Mapping[str, str | None]
    account: int
    value: int
    length: int


words = st.sampled_from(
    ["web", "app", "site", "in", "D'Aosta", "Reggio Emilia", 'so "said"', "a\\b", "", "1"]
)
texts = st.one_of(words, st.text(max_size=6))
days = st.dates(date(2026, 3, 25), date(2026, 4, 3))
periods = st.one_of(
    st.builds(lambda day, n: Period(day, day + timedelta(days=n)), days, st.integers(1, 5)),
    st.sampled_from([Period.parse(t) for t in ("2026", "2026-Q1", "2026-03", "2026-W13", "2026-03-29")]),
)
lengths = st.one_of(
    st.integers(0, 200).map(lambda n: n * 3_600_000_000), st.integers(0, 9).map(lambda n: n * DAY)
)


def amongs(values: st.SearchStrategy[str]) -> st.SearchStrategy[Condition]:
    names = st.sampled_from(
        ["channel", "touchpoint", "phase", "device", "moment", "outcome", "segment", "property.Odd"]
    )
    return st.builds(Among, names, st.lists(values, max_size=3).map(tuple))


def leaves(values: st.SearchStrategy[str]) -> st.SearchStrategy[Condition]:
    signs = st.sampled_from(["<", "<=", "=", ">=", ">"])
    keys = st.lists(st.integers(-2, 6).map(str), max_size=3).map(tuple)
    return st.one_of(
        st.just(EVERY),
        amongs(values),
        amongs(values),
        st.builds(Among, st.sampled_from(["customer", "account"]), keys),
        st.builds(Missing, st.sampled_from(["channel", "device", "outcome", "account", "value", "duration"])),
        st.builds(Compared, st.just("value"), signs, st.integers(-300, 300)),
        st.builds(Compared, st.just("duration"), signs, lengths),
        st.builds(During, periods),
    )


def within(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Within | None]:
    sides = st.sampled_from(["of", "after", "before"])
    return st.one_of(
        st.none(),
        st.builds(Within, micros=lengths, first=st.just(True)),
        st.builds(Within, micros=lengths, anchor=inner, side=sides),
    )


def grown(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    during = st.one_of(st.none(), periods)
    times = st.integers(1, 4)
    together = st.builds(Within, micros=lengths)
    return st.one_of(
        st.lists(inner, min_size=1, max_size=3).map(all_of),
        st.lists(inner, min_size=1, max_size=3).map(any_of),
        inner.map(negated),
        st.builds(Did, what=inner, times=times, within=within(inner), during=during),
        st.builds(Did, what=inner, times=st.integers(2, 4), within=together, during=during),
    )


def conditions_of(values: st.SearchStrategy[str]) -> st.SearchStrategy[Condition]:
    return st.recursive(leaves(values), grown, max_leaves=6)


any_condition = conditions_of(texts)
"""Conditions with values that are hard to write."""

known = [text for name in CODES.__dataclass_fields__ for text in getattr(CODES, name)]
asked = conditions_of(st.sampled_from([*known, "b2b", "b2c", "yes", "nowhere"]))
"""Conditions that find something."""


def text_of(name: str) -> st.SearchStrategy[str | None]:
    return st.sampled_from([None, *getattr(CODES, name)])


halves = st.integers(-4, 4).map(lambda n: n * 12 * 3_600_000_000)
rows = st.builds(
    Row,
    customer=st.integers(0, 4),
    time=st.one_of(halves, st.integers(-5 * DAY, 5 * DAY)).map(lambda n: NIGHT_CLOCKS_CHANGE + n),
    texts=st.fixed_dictionaries({
        name: st.sampled_from(CODES.touchpoint) if name == "touchpoint" else text_of(name)
        for name in CODES.__dataclass_fields__
    }),
    account=st.sampled_from([0, 3, 5]),
    value=st.sampled_from([0, -100, 50, 299]),
    length=lengths,
)  # fmt: skip
logs = st.lists(rows, max_size=6) | st.lists(rows, min_size=8, max_size=25)  # chance alone makes short ones


def columns_of(log: Sequence[Row]) -> dict[str, np.ndarray]:
    """The log as columns of the index; the key is the row's place in the log."""
    coded = {
        name: [-1 if row.texts[name] is None else getattr(CODES, name).index(row.texts[name]) for row in log]
        for name in CODES.__dataclass_fields__
    }
    numbers = {
        "customer": [row.customer for row in log],
        "time": [row.time for row in log],
        "account": [row.account for row in log],
        "value": [row.value for row in log],
        "ended": [row.time + row.length for row in log],
        "key": list(range(len(log))),
    }
    return {name: np.array(values, np.int64) for name, values in {**coded, **numbers}.items()}


def holds(condition: Condition, log: Sequence[Row], at: int) -> bool:
    """Whether a condition holds for the row at that place, said as plainly as can be."""
    match condition:
        case AllOf(parts):
            return all(holds(part, log, at) for part in parts)
        case AnyOf(parts):
            return any(holds(part, log, at) for part in parts)
        case Not(what):
            return not holds(what, log, at)
        case Did():
            return did(condition, log, log[at].customer)
    return holds_alone(condition, log[at])


def holds_alone(condition: Condition, row: Row) -> bool:
    if isinstance(condition, Among | Missing):
        held = {"account": str(row.account), "customer": str(row.customer), **row.texts}
        none = {"account": row.account == 0, "value": row.value == 0, "duration": row.length == 0}
        if isinstance(condition, Missing):
            return none.get(condition.name, held.get(condition.name) is None)
        if condition.name == "property.Odd":
            return row.value == 299 and "yes" in condition.values
        if condition.name == "segment":
            return any(row.customer in SEGMENTS.get(value, ()) for value in condition.values)
        return held[condition.name] in condition.values
    if isinstance(condition, Compared):
        number = row.value if condition.name == "value" else row.length
        over, under = number > condition.bound, number < condition.bound
        same = not over and not under
        return {"<": under, "<=": under or same, "=": same, ">=": over or same, ">": over}[condition.sign]
    return condition == EVERY or began_in(condition.period, row)


def began_in(period: Period, row: Row) -> bool:
    local = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=row.time)
    return local.astimezone(ROME).date() in period


def did(asked: Did, log: Sequence[Row], customer: int) -> bool:
    theirs = [n for n in range(len(log)) if log[n].customer == customer]
    done = [n for n in theirs if holds(asked.what, log, n)]
    done = [n for n in done if asked.during is None or began_in(asked.during, log[n])]
    near = asked.within
    if near is None:
        return len(done) >= asked.times
    if near.first:
        start = min(log[n].time for n in theirs)
        return sum(log[n].time <= start + near.micros for n in done) >= asked.times
    if near.anchor is None:
        return any(
            sum(0 <= log[n].time - log[m].time <= near.micros for n in done) >= asked.times for m in done
        )
    anchors = [n for n in theirs if holds(near.anchor, log, n)]
    earliest = {"of": -near.micros, "after": 0, "before": -near.micros}[near.side]
    latest = {"of": near.micros, "after": near.micros, "before": 0}[near.side]
    return any(
        sum(n != a and earliest <= log[n].time - log[a].time <= latest for n in done) >= asked.times
        for a in anchors
    )
