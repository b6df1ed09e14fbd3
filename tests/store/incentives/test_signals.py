"""The detectors' inputs come from the facts as they are; what these lack is said, and persons are hashed."""

import json
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from tests.store.tiny import bring, folded

from viaggio.incentive.detectors import Detector, State, look
from viaggio.incentive.detectors.coverage import Invited
from viaggio.incentive.detectors.model import Count, Votes
from viaggio.kernel import Period, UnknownColumn
from viaggio.store.engine import engine
from viaggio.store.incentives.signals import Reads, signals_of
from viaggio.store.incentives.signals_answers import staff_of
from viaggio.store.incentives.signals_cells import Watched

KEY = b"0123456789abcdef0123456789abcdef"
SUMMER = Period.parse("2025-07..2025-09")
START = datetime(2025, 7, 1, tzinfo=UTC)
CELLS = (
    Watched(cell="north", parent="care", where={"unit": ("north",)}),
    Watched(cell="south", parent="care", where={"unit": ("south",)}),
    Watched(cell="care", where={"function": ("customer_care",)}),
)
PLACES = [
    {"table": "touchpoints", "id": slug, "name_it": slug, "name_en": slug, "phase": "care", "moment": "after",
     "owner_function": "customer_care", "contact": slug == "help"}
    for slug in ("help", "complaint", "return")
]  # fmt: skip


def at(day: float) -> int:
    """Noon of the so-manieth day of the period, in UTC microseconds."""
    return int((START + timedelta(days=day, hours=12)).timestamp()) * 1_000_000


def answer(response, day, value, unit="north", **more):
    properties = {"team": unit} | more.pop("properties", {})
    return {
        "table": "answers", "id": f"{response}:recommend", "response": response, "item": "recommend",
        "metric": "nps", "value": value, "scale_min": 0, "scale_max": 10, "touchpoint": "help",
        "phase": "care", "answered_at": at(day), "properties": json.dumps(properties),
        "customer_number": f"c-{response}", **more,
    }  # fmt: skip


def said(response, day, body):
    return {"table": "texts", "id": f"{response}:why", "kind": "answer", "body": body, "response": response,
            "written_at": at(day), "customer_number": f"c-{response}"}  # fmt: skip


def met(id_, day, unit="north", touchpoint="help", **more):
    return {
        "table": "interactions", "id": id_, "touchpoint": touchpoint, "channel": "phone", "phase": "care",
        "moment": "after", "started_at": at(day), "properties": json.dumps({"unit": unit}), **more,
    }  # fmt: skip


def asked(id_, day, outcome, **more):
    return {
        "table": "coverage", "id": f"a-{id_}", "pulse": "after-help", "wave": "2025-07",
        "unit": "interaction", "about": f"shop:{id_}", "touchpoint": "help", "phase": "care",
        "outcome": outcome, "eligible_at": at(day), **more,
    }  # fmt: skip


def read(ws, rows, cells=CELLS, **more):
    bring(ws, [*PLACES, *rows])
    folded(ws)
    return signals_of(engine(ws), SUMMER, cells, key=KEY, **more)


def test_scores_are_counted_by_week_cell_and_the_rest_of_its_parent(ws):
    signals = read(ws, [
        answer("1", 1, 10), answer("2", 2, 6), answer("3", 90, 9), answer("4", -10, 3),
        answer("5", 1, 8, unit="south"), answer("6", -400, 0),
        answer("7", 1, 10, touchpoint="elsewhere"),  # of nobody's function, but of the unit
        answer("8", 1, 5, scale_max=5),  # another scale
    ])  # fmt: skip
    weeks = signals.weeks["north"]
    assert (weeks.first, weeks.own.sum(), weeks.rest.sum()) == (26, 5, 1)
    assert np.argwhere(weeks.own).tolist() == [[24, 3], [26, 6], [26, 10], [38, 9]]
    assert weeks.own[26, 10] == 2
    assert np.flatnonzero(signals.weeks["care"].own.sum(axis=0)).tolist() == [3, 6, 8, 9, 10]
    assert signals.endings["north"].last.tolist() == [0] * 9 + [1, 0]
    assert signals.endings["north"].earlier.sum() == 3
    assert signals.begging["north"].tens == Count(2, 3)
    assert signals.begging["north"].tens_before == Count(0, 0)


def test_the_hidden_sample_is_kept_apart_from_the_ordinary_answers(ws):
    signals = read(ws, [
        answer("1", 1, 10), answer("2", 2, 4, properties={"audit": True}), answer("3", 3, 3, pulse="hidden"),
    ], reads=Reads(audit_pulses=("hidden",)))  # fmt: skip
    assert signals.audited["north"].audit == Votes(0, 0, 2)
    assert signals.audited["north"].ordinary == Votes(1, 0, 0)
    assert signals.weeks["north"].own.sum() == 1


def test_the_control_item_and_words_that_tell_of_a_plea_are_counted(ws):
    def control(response, yes):
        item = {"id": f"{response}:asked", "item": "asked_for_score", "metric": "other", "scale_max": 1}
        return answer(response, 4, yes) | item

    signals = read(ws, [
        answer("1", 4, 10), answer("2", 4, 9), answer("3", 4, 9), control("1", 1), control("2", 0),
        said("1", 4, "Mi hanno detto che conta solo il 10."), said("2", 4, "Tutto bene."),
        said("4", 4, "Mi hanno detto che conta solo il 10."),
    ])  # fmt: skip
    begging = signals.begging["north"]
    assert (begging.item, begging.texts, begging.responses) == (Count(1, 2), Count(1, 2), ("shop:1",))
    assert signals.begging["care"].item == Count(1, 2)


def test_times_and_devices_are_read_where_sources_tell_them(ws):
    signals = read(ws, [
        answer("1", 1, 10, properties={"waited_seconds": 4.5, "took_seconds": 31, "device": "phone-7"}),
        answer("2", 2, 10, properties={"network": "192.0.2", "device": "kiosk-1", "asked_by": "kiosk"}),
        answer("3", 3, 9, properties={"network": "192.0.2"}),
    ])  # fmt: skip
    first, kiosk, third = signals.timed["north"]
    assert (first.response, first.waited, first.took, first.at) == ("shop:1", 4.5, 31.0, at(1))
    assert len({first.source, third.source, ""}) == 3
    assert kiosk.source == ""
    assert [one.on_site for one in signals.given["north"]] == [False, True, False]


def test_what_the_facts_lack_is_said_and_nothing_is_made_up(ws):
    found = look(read(ws, [answer("1", 1, 10), answer("2", 1, 10, unit="south")]), seed=1)
    lacking = {one.detector: one.values["without"] for one in found
               if one.cell == "north" and one.state is State.NO_DATA}  # fmt: skip
    assert lacking == {
        Detector.COVERAGE: "coverage",
        Detector.SUPPRESSION: "marks_by_staff",
        Detector.BEGGING: "item,texts,spike",
        Detector.TIMING: "waited,took,device,network",
        Detector.STAFF: "staff_list",
        Detector.SHIFT: "weeks",
        Detector.AUDIT: "audit_sample",
        Detector.TRIANGULATION: "answers,interactions",
        Detector.BUNCHING: "last_days",
    }


def test_staff_are_found_by_hash_however_their_address_is_written_and_no_address_is_kept(ws):
    staff = staff_of(KEY, [("email", " Ada@Example.IT "), ("phone", "347 1234567")], ["192.0.2"])
    rows = [
        answer("1", 1, 10, email="ada@example.it"), answer("2", 1, 10, phone="+39 347 123 4567"),
        answer("3", 1, 10, email="bea@example.it"), answer("4", 1, 10, properties={"network": "192.0.2"}),
        answer("5", 1, 9, unit="south", email="ciro@example.it"),
    ]  # fmt: skip
    signals = read(ws, rows, staff=staff)
    found = {one.cell: one for one in look(signals, seed=1) if one.detector is Detector.STAFF}
    assert [(one.response, str(one.reason)) for one in found["north"].excludes] == [
        ("shop:1", "staff_contact"), ("shop:2", "staff_contact"), ("shop:4", "company_network"),
    ]  # fmt: skip
    assert found["south"].excludes == ()
    assert all(value not in repr(signals) for value in ("example", "3471234567", "192.0.2"))
    assert staff != staff_of(KEY[::-1], [("email", "ada@example.it"), ("phone", "3471234567")], ["192.0.2"])


def test_one_customer_twice_is_one_duplicate_even_when_the_first_was_before_the_period(ws):
    signals = read(ws, [
        answer("1", -5, 10, customer_number="ada"), answer("2", 5, 10, customer_number="ada"),
        answer("3", 5, 9, customer_number="bea"), answer("4", 5, 9, unit="south"),
    ])  # fmt: skip
    found = [
        one for one in look(signals, seed=1) if one.detector is Detector.DUPLICATES and one.cell == "north"
    ]
    assert [one.response for one in found[0].excludes] == ["shop:2"]


def test_hard_cases_are_those_that_ended_badly_complained_or_came_again(ws):
    rows = [
        met("bad", 1, outcome="unresolved"), asked("bad", 2, "not_sampled"),
        met("late", 1, touchpoint="complaint"), asked("late", 2, "opened"),
        met("once", 1, customer_number="ada"), asked("once", 2, "complete"),
        met("twice", 5, customer_number="ada"), asked("twice", 6, "not_sampled"),
        met("much-later", 40, customer_number="ada"), asked("much-later", 41, "invited"),
        met("fine", 1, outcome="resolved"), asked("fine", 2, "bounced"),
        met("rest", 1), asked("rest", 2, "resting"), met("no", 1), asked("no", 2, "no_consent"),
        met("other", 1, unit="south"), asked("other", 2, "complete"),
        asked("nowhere", 2, "complete"),
    ]  # fmt: skip
    signals = read(ws, rows)
    assert signals.invited["north"] == Invited(
        eligible_hard=3, invited_hard=1, eligible_easy=3, invited_easy=3
    )
    assert "south" not in signals.invited  # no hard case there
    nobody = signals_of(engine(ws), SUMMER, CELLS, key=KEY, apart=("after-help",))
    assert nobody.invited == {}  # a pulse that nobody is paid on: whom it asks wins nothing


def test_a_late_order_is_a_hard_case(ws):
    def order(id_, days):
        return {
            "table": "orders",
            "id": id_,
            "ordered_at": at(0),
            "promised_at": at(3),
            "delivered_at": at(days),
        }

    def about(id_, outcome):
        return asked(id_, 9, outcome, unit="order")

    rows = [order("o1", 2), order("o2", 8), about("o1", "complete"), about("o2", "not_sampled")]
    signals = read(ws, rows, cells=[Watched(cell="care", where={"touchpoint": ("help",)})])
    assert signals.invited["care"] == Invited(
        eligible_hard=1, invited_hard=0, eligible_easy=1, invited_easy=1
    )


def test_easy_cases_have_the_mix_of_the_hard_ones(ws):
    """Complaints are drawn in full by design; without the mix that would look like picking."""
    rows = []
    for pulse, hard, easy, drawn in (("rare", 30, 90, 3), ("full", 10, 20, 1)):
        for kind, n in (("unresolved", hard), ("resolved", easy)):
            for i in range(n):
                name = f"{pulse}-{kind}-{i}"
                rows.append(met(name, 1, outcome=kind))
                rows.append(asked(name, 2, "complete" if i % drawn == 0 else "not_sampled", pulse=pulse))
    invited = read(ws, rows).invited["north"]
    assert (invited.eligible_hard, invited.invited_hard) == (40, 20)
    assert invited.eligible_easy == round(1 / (0.75**2 / 90 + 0.25**2 / 20))
    assert invited.invited_easy == round(invited.eligible_easy * (0.75 / 3 + 0.25))


def test_marks_count_only_from_staff_s_sources_and_within_a_week(ws):
    def no(who, day):
        return {"table": "consents", "id": f"n-{who}", "purpose": "survey", "granted": False,
                "stated_at": at(day), "customer_number": who}  # fmt: skip

    bad = [
        met(f"i-{who}", 1, outcome="unresolved", customer_number=who)
        for who in ("ada", "bea", "ciro", "dora")
    ]
    twice = met("again", 2, outcome="unresolved", customer_number="ada")
    bring(ws, [no("ciro", 2)], source="site", name="site.jsonl")
    signals = read(ws, [*bad, twice, no("ada", 5), no("bea", 20)], reads=Reads(staff_sources=("shop",)))
    assert signals.marked == {"north": Count(1, 4), "care": Count(1, 4)}


def test_complaints_returns_and_leavers_are_counted_once_per_customer_met(ws):
    rows = [
        answer("1", 1, 10), answer("2", -20, 3),
        *(met(f"{who}{day}", day, customer_number=who) for who in ("ada", "bea") for day in (1, 2, -20)),
        met("cross", 9, touchpoint="complaint", customer_number="ada"),
        met("cross2", 10, touchpoint="complaint", customer_number="ada"),
        {"table": "contracts", "id": "k", "started_at": at(-300), "ended_at": at(30),
         "customer_number": "bea"},
        {"table": "order_lines", "id": "l", "order_id": "o", "amount_cents": 5, "ordered_at": at(-40),
         "returned_at": at(-20), "customer_number": "bea"},
    ]  # fmt: skip
    compared = read(ws, rows).compared["north"]
    assert (compared.now, compared.before) == (Votes(1, 0, 0), Votes(0, 0, 1))
    assert compared.harms == {
        "complaints": (Count(1, 2), Count(0, 2)), "returns": (Count(0, 2), Count(1, 2)),
        "churn": (Count(1, 2), Count(0, 2)),
    }  # fmt: skip


def test_a_cell_told_by_something_else_is_refused(ws):
    folded(ws)
    with pytest.raises(UnknownColumn, match="colour"):
        signals_of(engine(ws), SUMMER, [Watched(cell="x", where={"colour": ("red",)})], key=KEY)


@pytest.mark.slow
def test_the_begging_team_of_the_sample_company_is_caught_and_no_other_team_is(tmp_path):
    from viaggio.demo import generate
    from viaggio.store.engine import Engine
    from viaggio.store.fold import fold
    from viaggio.store.landing import land
    from viaggio.store.workspace import Settings, create

    generate(tmp_path / "company", scale=300_000, seed=2026, end=date(2026, 11, 1))
    ws = create(tmp_path / "ws", Settings(name="Officina Blu"))
    for folder in sorted(path for path in (tmp_path / "company").iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(folder.glob("*.parquet"))}
        land(ws, kind="recipe", source=folder.name, label=folder.name, files=files, recipe="native",
             landed_at=at(0), by="ada")  # fmt: skip
    fold(ws)
    teams = ["care-amber", "care-cobalt", "care-coral", "care-sage"]
    cells = [Watched(cell=team, parent="customer_care", where={"unit": (team,)}) for team in teams]
    cells += [
        Watched(cell=f"workshop-{town}", parent="field_service", where={"unit": (f"workshop-{town}",)})
        for town in ("bologna", "milano", "roma", "verona")
    ]
    caught = {}
    for period in ("2025-Q3", "2026-Q1", "2026-Q2", "2026-Q3"):
        found = look(signals_of(Engine(ws), Period.parse(period), cells, key=KEY), seed=1)
        caught[period] = {(str(one.detector), one.cell) for one in found if one.flagged}
    picked = {("coverage", "care-coral")}  # it lets hard contacts be asked less often, from December 2025
    assert caught == {"2025-Q3": set(), "2026-Q1": picked, "2026-Q2": picked, "2026-Q3": picked}
