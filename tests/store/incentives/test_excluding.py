"""Answers that nobody is paid on are in no cell, are counted by reason, and are kept in the snapshot."""

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction

import numpy as np
import pytest
from tests.store.tiny import bring, folded, make

from viaggio.incentive.detectors import Detector, look
from viaggio.incentive.plan import read_plan
from viaggio.incentive.run import Excluded, Inputs, snapshot_hash, snapshot_text
from viaggio.kernel import Period
from viaggio.pulse.index import without
from viaggio.store.engine import engine
from viaggio.store.incentives.asking import UnitScope
from viaggio.store.incentives.excluding import Excluding
from viaggio.store.incentives.measuring import measure, plain
from viaggio.store.incentives.rereading import inputs_from
from viaggio.store.incentives.signals import signals_of
from viaggio.store.incentives.signals_answers import hashed, staff_of
from viaggio.store.incentives.signals_cells import Watched
from viaggio.store.readings import answers_of

KEY = b"0123456789abcdef0123456789abcdef"
FIRST, LAST = date(2025, 7, 1), date(2025, 9, 30)
START = datetime(2025, 7, 1, tzinfo=UTC)
LINE = {"type": "linear", "points": [["0", "0"], ["100", "1"]]}
SAME = "Mi hanno riparato la bicicletta in un giorno soltanto e torno volentieri da loro"
OTHER = ("L'ordine è arrivato con due giorni di ritardo ma il corriere era gentile",
         "Il prezzo sul sito era diverso da quello della fattura che mi avete mandato",
         "Ho aspettato mezz'ora al telefono prima che qualcuno mi rispondesse davvero")  # fmt: skip
PLACES = [
    {"table": "touchpoints", "id": slug, "name_it": slug, "name_en": slug, "phase": "care", "moment": "after",
     "owner_function": "customer_care", "contact": True}
    for slug in ("help", "repair")
]  # fmt: skip
UNITS = (
    UnitScope(code="north", parent="", function="", headcount=9),
    UnitScope(code="south", parent="", function="", headcount=9),
)
CELLS = (
    Watched(cell="north", parent="care", where={"touchpoint": ("help",)}),
    Watched(cell="south", parent="care", where={"touchpoint": ("repair",)}),
)
STAFF = staff_of(KEY, [("email", "ada@officina.example")])
PLAN = read_plan({
    "plan": "X", "version": "1", "period": {"start": FIRST, "end": LAST},
    "guardrails": {"ladder": ["parent", "neutral"]},
    "groups": {"care": {"shared": [
        {"measure": "company_nps", "weight": "0.5", "curve": LINE},
        {"measure": "satisfaction", "weight": "0.3", "curve": LINE},
        {"measure": "listening", "weight": "0.2", "curve": LINE},
    ]}},
    "measures": {"company_nps": {"metric": "nps", "by": "touchpoint",
                                 "units": {"north": ["help"], "south": ["repair"]}},
                 "satisfaction": {"metric": "csat"}, "listening": {"metric": "pillar_empathy"}},
})  # fmt: skip


def given(response, day, who, *, touchpoint="help", nps=None, csat=None, empathy=(), **more):
    """One response with what it answered."""
    at = int((START + timedelta(days=day, hours=12)).timestamp()) * 1_000_000
    asked = [("nps", nps, 10, None), ("csat", csat, 5, None), *(("pillar", e, 5, "empathy") for e in empathy)]
    for place, (metric, value, top, pillar) in enumerate(asked):
        if value is not None:
            yield {
                "table": "answers", "id": f"{response}:{place}", "response": response, "item": f"i{place}",
                "metric": metric, "value": value, "scale_min": 0, "scale_max": top, "touchpoint": touchpoint,
                "phase": "care", "answered_at": at, "customer_number": who, "pillar": pillar, **more,
            }  # fmt: skip


def texts(pairs):
    at = int((START + timedelta(days=40)).timestamp()) * 1_000_000
    return [{"table": "texts", "id": f"{r}:why", "kind": "answer", "body": body, "response": r,
             "written_at": at} for r, body in pairs]  # fmt: skip


ROWS = [
    *given("a1", 1, "bea", nps=10, csat=5, empathy=(5, 4)),
    *given("a2", 20, "bea", nps=10, csat=5, empathy=(5, 5)),  # within 30 days of one that counted
    *given("a3", 40, "bea", nps=2, empathy=(1,)),  # more than 30 days after a1; a2 did not count
    *given("a4", 41, "bea", csat=1),  # nothing like it counted for 30 days: csat of a2 did not
    *given("b1", 5, "ciro", nps=9), *given("b2", 6, "ciro", nps=3, touchpoint="repair"),
    *given("c1", -10, "dora", nps=0), *given("c2", 10, "dora", nps=10),  # the first was before the period
    *given("d1", 3, "ada", nps=10, csat=5, email="ada@officina.example"),
    *given("e1", 8, "quota", nps=10, pulse="limited"), *given("e2", 9, "quota", nps=4),
    *(row for n in range(60) for row in given(f"n{n}", n, f"n{n}", nps=8)),
    *(row for n in range(60) for row in given(f"s{n}", n, f"s{n}", nps=7, touchpoint="repair")),
]  # fmt: skip
COPIED = texts([(f"n{n}", SAME) for n in range(12)] + [(f"s{n}", OTHER[n % 3]) for n in range(40)])
EXPECTED = {*(("a2", kind, "same_customer") for kind in ("nps", "csat", "pillar")),
            ("c2", "nps", "same_customer"), ("d1", "", "staff_contact"),
            *((f"n{n}", "", "same_text") for n in range(1, 12))}  # fmt: skip


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    ws = make(tmp_path_factory.mktemp("excluding") / "workspace")
    bring(ws, [*PLACES, *ROWS, *COPIED])
    folded(ws)
    rules = Excluding(key=KEY, staff=STAFF, cells=CELLS)
    facts = engine(ws)
    return facts, measure(facts, PLAN, FIRST, LAST, UNITS, apart=("limited",), excluding=rules), rules


def test_what_does_not_count_is_in_no_cell_and_is_told_with_its_reason(found):
    facts, measured, _rules = found
    expected = {Excluded(answer=hashed(KEY, "answer", f"shop:{name}"), kind=kind, reason=reason)
                for name, kind, reason in EXPECTED}  # fmt: skip
    assert set(measured.excluded) == expected
    cells = {(c.measure, c.unit, c.window): c for c in measured.cells}
    taken = {(t.measure, t.unit, t.window): t for t in measured.taken}
    (nps,) = cells["company_nps", "", "period"].strata
    # by hand: a1 10, a3 2, b1 9, b2 3, e2 4, n0 8, n12-n59 8, s0-s59 7
    assert (nps.n, nps.promoters, nps.detractors) == (5 + 1 + 48 + 60, 2, 3)
    whole = taken["company_nps", "", "period"]
    assert dict(whole.excluded) == {"same_customer": 2, "staff_contact": 1, "same_text": 11}
    assert (whole.base, whole.shown_base, whole.left_out) == (114, 128, 1)
    assert whole.shown == Fraction(100 * (5 - 3), 128)
    assert taken["company_nps", "south", "period"].excluded == {}
    (csat,) = cells["satisfaction", "", "period"].strata
    assert (csat.n, csat.hits) == (2, 1)  # a1 and a4; not a2 and not d1
    (empathy,) = cells["listening", "", "period"].strata
    assert (empathy.n, empathy.total) == (2, Fraction(90 + 20))  # a1: 4.5 of 5, a3: 1 of 5
    assert plain(whole)["excluded"] == {"same_customer": 2, "staff_contact": 1, "same_text": 11}
    assert "excluded" not in plain(taken["company_nps", "south", "period"])
    assert whole.facts == facts.version


def test_what_the_detector_excludes_is_excluded_from_pay(found):
    facts, measured, rules = found
    period = Period(FIRST, LAST + timedelta(days=1))
    signals = signals_of(facts, period, CELLS, key=KEY, staff=STAFF, apart=("limited",))
    told = {
        (one.response, str(one.reason))
        for finding in look(signals, seed=1)
        if finding.detector in {Detector.DUPLICATES, Detector.STAFF}
        for one in finding.excludes
    }
    assert told == {(f"shop:{name}", reason) for name, kind, reason in EXPECTED if kind in {"", "nps"}}
    marks = {hashed(rules.key, "answer", name) for name, _ in told}
    assert marks == {one.answer for one in measured.excluded}


def test_the_snapshot_keeps_what_was_excluded_and_is_as_before_where_nothing_was(found):
    _facts, measured, _rules = found
    inputs = Inputs(people=(), cells=measured.cells, excluded=measured.excluded)
    text = snapshot_text(inputs)
    assert inputs_from(json.loads(text)).excluded == measured.excluded
    assert "ada" not in text
    one_less = replace(inputs, excluded=measured.excluded[1:])
    assert snapshot_hash(one_less) != snapshot_hash(inputs)
    shuffled = replace(inputs, excluded=measured.excluded[::-1], cells=measured.cells[::-1])
    assert snapshot_hash(shuffled) == snapshot_hash(inputs)
    assert "excluded" not in snapshot_text(replace(inputs, excluded=()))


def test_nobody_excluded_leaves_every_cell_as_it_is(found):
    facts, _measured, rules = found
    spring = (date(2025, 1, 1), date(2025, 3, 31))
    bare = measure(facts, PLAN, *spring, UNITS)
    assert measure(facts, PLAN, *spring, UNITS, excluding=rules) == bare


def test_an_index_without_rows_keeps_units_and_responses_together(found):
    index = answers_of(found[0])
    gone = index.columns["kind"] == 0
    left = without(index, gone)
    kept = ~gone
    assert len(left) == int(kept.sum())
    for starts, names in ((left.response_starts, "response"), (left.unit_starts, "psu")):
        column = left.columns[names]
        bounds = np.flatnonzero(np.append(True, column[1:] != column[:-1])).tolist()
        assert starts.tolist() == [*bounds, len(left)]
    assert np.array_equal(left.columns["value"], index.columns["value"][kept])
