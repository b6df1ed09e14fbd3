"""Interactions and customers are those that a plain count of rows finds, on the index and on the facts."""

import random
from collections import defaultdict
from dataclasses import dataclass

import pytest
from tests.store.test_forms import WrittenIn
from tests.store.tiny import NOON, Row, bring, folded, make, seen

from viaggio.kernel import Period, Population
from viaggio.measure import counted as measured
from viaggio.measure.catalogue import metric
from viaggio.store.counted import counted
from viaggio.store.engine import Engine, engine
from viaggio.store.readings import HasJourneys, cut_of, read

MINUTE = 60_000_000
OWNERS = {"site": "marketing", "order": "sales", "help": "customer_care", "parcel": None}
SEGMENTS = ("b2b", "b2c", None)
REGIONS = ("Lazio", "Veneto")
PERIOD = Period.parse("2025-06-20..2025-07-20")
SPANS = [PERIOD, PERIOD.previous(), *PERIOD.bins("week"), Period.parse("2025-07"), Period.parse("2031")]
"""Some of them overlap, one is empty."""


@dataclass(frozen=True)
class Met:
    """One interaction, or an order, which has no place in the journey but a channel."""

    customer: int
    minute: int
    channel: str | None
    touchpoint: str | None = None
    phase: str | None = None
    device: str | None = None
    bought: bool = False

    def says(self, name: str) -> str:
        """What it says of a dimension, "" for nothing."""
        if name == "segment":
            return SEGMENTS[self.customer % 3] or ""
        if name == "region":
            return REGIONS[self.customer % 2]
        if name == "function":
            return OWNERS[self.touchpoint or "parcel"] or ""
        return getattr(self, name) or ""


def log() -> list[Met]:
    chance = random.Random(5)
    some = [
        Met(
            chance.randrange(12), chance.randrange(80 * 1440), chance.choice(["web", "app"]),
            chance.choice(list(OWNERS)), chance.choice(["care", "purchase"]),
            chance.choice(["phone", None]),
        )
        for _ in range(300)
    ]  # fmt: skip
    orders = [
        Met(
            chance.randrange(18),
            chance.randrange(80 * 1440),
            chance.choice(["web", "store", None]),
            bought=True,
        )
        for _ in range(40)
    ]
    return some + orders


def rows(log: list[Met]) -> list[Row]:
    places: list[Row] = [
        {"table": "touchpoints", "id": slug, "name_it": slug, "name_en": slug, "phase": "care",
         "moment": "after", "owner_function": owner, "contact": slug == "help"}
        for slug, owner in OWNERS.items()
        if owner  # what is not in the catalogue has no owner
    ]  # fmt: skip
    people: list[Row] = [
        {"table": "customers", "id": f"c{who}", "kind": "person", "email": f"{who}@x.it",
         "segment": SEGMENTS[who % 3], "region": REGIONS[who % 2]}
        for who in range(18)
    ]  # fmt: skip
    done: list[Row] = [
        {"table": "orders", "id": f"o{place}", "ordered_at": NOON + one.minute * MINUTE,
         "status": "delivered", "currency": "EUR", "total_cents": 100, "channel": one.channel,
         "email": f"{one.customer}@x.it"}
        if one.bought
        else seen(
            f"i{place}", one.minute, channel=one.channel, touchpoint=one.touchpoint, phase=one.phase,
            device=one.device, email=f"{one.customer}@x.it", cost_cents=place, currency="EUR",
        )
        for place, one in enumerate(log)
    ]  # fmt: skip
    return places + people + done


LOG = log()


@pytest.fixture(scope="module")
def live(tmp_path_factory) -> Engine:
    ws = make(tmp_path_factory.mktemp("counted") / "ws")
    bring(ws, rows(LOG))
    folded(ws)
    return engine(ws)


QUESTIONS = [
    (slug, where, by)
    for slug in ("interactions", "customers")
    for where in (
        {},
        {"channel": ("web",)},
        {"channel": ("store", "app")},
        {"segment": ("b2b",)},
        {"segment": ("b2c",), "channel": ("web",)},
        {"function": ("customer_care", "sales")},
        {"touchpoint": ("nobody",)},
        {"region": ("Lazio",), "phase": ("care",)},
        {"channel": ("",)},
    )
    for by in ((), ("segment",), ("channel",), ("function",), ("region", "channel"), ("touchpoint", "phase"))
]


def plainly(live: Engine, slug: str, where, by) -> dict:
    """What each span and group counts, row by row."""
    named = {*where, *by}
    orders = slug == "customers" and named <= {"segment", "region", "channel"}
    found = defaultdict(list)
    for one in LOG:
        if (one.bought and not orders) or any(one.says(name) not in values for name, values in where.items()):
            continue
        for span, period in enumerate(SPANS):
            start, end = period.micros(live.zone)
            if start <= NOON + one.minute * MINUTE < end:
                found[span, tuple(one.says(name) for name in by)].append(one.customer)
    return {cell: len(set(who) if slug == "customers" else who) for cell, who in found.items()}


@pytest.mark.parametrize("on", ["index", "facts"])
def test_every_count_is_that_of_the_rows(live: Engine, on: str):
    asked = live if on == "index" else WrittenIn(live)
    assert isinstance(asked, HasJourneys) == (on == "index")
    for slug, where, by in QUESTIONS if on == "index" else QUESTIONS[::5]:  # translated one by one
        found = {
            (SPANS.index(r.period), tuple(value for _, value in r.by)): r.value
            for r in read(asked, slug, SPANS, Population(where), by)
            if r.value
        }
        assert found == plainly(live, slug, where, by), (slug, where, by)


def test_the_index_counts_the_persons_behind_every_cell_as_the_facts_do(live: Engine):
    from viaggio.store.readings import _asked

    counts = 0
    for slug, where, by in QUESTIONS[1::5]:
        cut = cut_of(live, SPANS, Population(where), by, people=True, weights="none")
        rows = counted(live, cut, people=slug == "customers")
        if rows is None:
            assert "" in where.get("channel", ())  # who says nothing is asked of the facts
            continue
        facts = {
            (row["span"], *(row[name] for name in by)): row["n" if slug == "customers" else "people"]
            for row in _asked(live, metric(slug), cut).to_pylist()
        }
        assert {(r["span"], *(r[name] for name in by)): r["people"] for r in rows} == facts, (slug, where, by)
        counts += len(facts)
    assert counts > 200


def test_more_groups_than_there_are_counters_for_are_asked_of_the_facts(live: Engine, monkeypatch):
    cut = cut_of(live, SPANS, Population({}), ("touchpoint",), people=True, weights="none")
    assert counted(live, cut, people=True)
    monkeypatch.setattr(measured, "MOST_CELLS", 8)
    assert counted(live, cut, people=True) is None


@pytest.mark.parametrize("booked", [False, True])
def test_what_service_costs_a_customer_is_the_same_with_customers_counted_on_the_index(
    live: Engine, tmp_path, booked: bool
):
    if booked:  # for some customers, and once for nobody
        ws = make(tmp_path / "ws")
        costs = [
            {"table": "costs", "id": f"k{day}", "kind": "service", "amount_cents": 10 * day,
             "currency": "EUR", "incurred_at": NOON + day * 1440 * MINUTE,
             "email": f"{day}@x.it" if day < 15 else None}
            for day in range(16)
        ]  # fmt: skip
        bring(ws, rows(LOG) + costs)
        folded(ws)
        live = engine(ws)
    for where, by in (({}, ()), ({"segment": ("b2b",)}, ()), ({}, ("region",)), ({"source": ("shop",)}, ())):
        asked = ("service_cost_per_customer", SPANS, Population(where), by)
        found = read(live, *asked, minimum_cell=2)
        assert found == read(WrittenIn(live), *asked, minimum_cell=2), asked
        assert any(one.value for one in found)
