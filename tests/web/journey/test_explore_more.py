"""Paths, attribution, returns, drop-off, designed journeys, saved views, the customers behind."""

from collections import Counter
from urllib.parse import quote

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.web.journey.test_explore import YEAR, table, walks

from viaggio.journey.design import design_from_csv
from viaggio.store.engine import engine
from viaggio.store.journeys import ask
from viaggio.web.journey.models import JourneyDesign, SavedView
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

PAGES = tuple(f"/journeys/{page}/" for page in ("paths", "attribution", "returns", "conformance", "drop-off"))
MOVES = "from,to\nstart,cart\ncart,checkout\ncheckout,end\n"
BPMN = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL"><process id="p">
<startEvent id="s"/><task id="a" name="cart"/><task id="b" name="checkout"/><endEvent id="e"/>
<sequenceFlow id="1" sourceRef="s" targetRef="a"/><sequenceFlow id="2" sourceRef="a" targetRef="b"/>
<sequenceFlow id="3" sourceRef="b" targetRef="e"/></process></definitions>"""


@pytest.fixture
def designed(signed_in) -> Client:
    client = signed_in(Role.OWNER)
    assert client.post("/journeys/designs/", {"name": "Cassa", "moves": MOVES}).status_code == 302
    return client


@pytest.mark.parametrize("address", PAGES)
def test_figures_are_for_those_who_see_figures(company, signed_in, address):
    assert Client().get(address).status_code == 302
    assert signed_in(Role.PAYROLL).get(address).status_code == 403
    for role in (Role.OWNER, Role.ANALYST, Role.HEAD_OF_FUNCTION):
        assert signed_in(role).get(address).status_code == 200


def test_first_steps_are_those_of_a_plain_count_and_sum_to_all(company, signed_in):
    starts = Counter()
    for walk in walks(company).values():
        places = [p for i, (_at, p) in enumerate(walk) if not i or walk[i - 1][1] != p]
        starts[" > ".join(places[:2])] += 1
    rows = table(signed_in(Role.OWNER), "/journeys/paths/?steps=2&table=paths&format=csv")
    shown = {r["path"]: int(r["journeys"]) for r in rows}
    others = shown.pop("(others)", 0)
    assert shown == {path: starts[path] for path in shown}
    assert sum(shown.values()) + others == starts.total()
    assert all(float(r["low"]) <= float(r["share"]) <= float(r["high"]) for r in rows)


def test_parts_of_paths_are_those_of_the_index(company, signed_in):
    found = ask(engine(company), "sub_paths", YEAR, longest=3, top=200)
    rows = table(signed_in(Role.OWNER), "/journeys/paths/?steps=3&table=sub-paths&format=csv")
    assert [(r["path"], int(r["customers"]), int(r["times"])) for r in rows] == [
        (line.path, line.customers, line.times) for line in found.lines()
    ]


def test_rare_paths_go_with_the_others_for_those_who_see_no_persons(company, signed_in):
    rows = table(signed_in(Role.ANALYST), "/journeys/paths/?steps=4&table=paths&format=csv")
    least = company.settings.minimum_cell
    assert all(int(r["journeys"]) >= least for r in rows)
    assert sum(int(r["journeys"]) for r in rows) == len(walks(company))


def test_each_model_shares_out_all_conversions(company, signed_in):
    found = ask(engine(company), "attribution", YEAR, by="channel", lookback_days=30.0)
    client = signed_in(Role.OWNER)
    rows = table(client, "/journeys/attribution/?table=credits&format=csv")
    told = {(r["model"], r["channel"]): float(r["conversions"]) for r in rows}
    assert told == {(c.model, c.name or ""): c.conversions for c in found.credits}
    wide = table(client, "/journeys/attribution/?table=models&format=csv")
    for model in ("first", "last", "linear", "markov", "shapley"):
        assert sum(float(r[model]) for r in wide) == pytest.approx(1)


def test_a_last_touch_is_the_one_a_plain_loop_finds(company, signed_in):
    """Goal: payment. The last touch is the interaction before it, after the payment before, in 30 days."""
    month, last = 30 * 86_400_000_000, Counter()
    facts = engine(company)
    told = facts.run(facts.tables().interactions.select("customer", "started_at", "touchpoint", "id"))
    walked: dict[int, list[tuple[int, int, str]]] = {}
    for r in told.to_pylist():
        if r["customer"] is not None:
            at = round(r["started_at"].timestamp() * 1e6)
            walked.setdefault(r["customer"], []).append((at, r["id"], r["touchpoint"]))
    first, end = YEAR.micros(company.zone)
    for rows in walked.values():
        rows.sort()
        before = None
        for at, _id, place in rows:
            if place != "payment":
                before = (at, place) if at >= first - month else None
                continue
            if first <= at < end:
                last[before[1] if before and at - before[0] <= month else "(no interaction before)"] += 1
            before = None
    shown = table(
        signed_in(Role.OWNER), "/journeys/attribution/?goal=payment&by=touchpoint&table=credits&format=csv"
    )
    assert {r["touchpoint"]: float(r["conversions"]) for r in shown if r["model"] == "last"
            and float(r["conversions"])} == last  # fmt: skip


def test_returns_are_those_of_the_index(company, signed_in):
    found = ask(engine(company), "retention", YEAR, unit="month", periods=12)
    rows = table(signed_in(Role.OWNER), "/journeys/returns/?table=cohorts&format=csv")
    assert [(r["cohort"], int(r["period"]), int(r["customers"]), int(r["back"])) for r in rows] == [
        (c.cohort or "all", c.period, c.customers, c.back) for c in (*found.overall, *found.cells)
    ]
    curve = ask(engine(company), "return_curve", YEAR, days=90)
    days = table(signed_in(Role.OWNER, email="b@example.com"), "/journeys/returns/?table=return&format=csv")
    assert [float(r["share"]) for r in days] == [day.share for day in curve.days if day.out]


def test_drop_off_adds_up_and_loops_are_those_of_the_index(company, signed_in):
    client = signed_in(Role.OWNER)
    rows = table(client, "/journeys/drop-off/?table=drop-off&format=csv")
    for r in rows:
        parts = sum(int(r[name]) for name in ("followed", "later", "never", "open"))
        assert parts == int(r["interactions"]), r["place"]
    assert sum(int(r["interactions"]) for r in rows) == sum(len(w) for w in walks(company).values())
    found = ask(engine(company), "loops", YEAR, longest=3)
    loops = table(client, "/journeys/drop-off/?table=loops&format=csv")
    assert [(r["place"], int(r["length"]), int(r["loops"])) for r in loops] == [
        (one.name, one.length, one.loops) for one in found.loops
    ]


def test_who_follows_a_design_is_whom_a_plain_loop_finds(company, designed):
    follow = steps = 0
    for walk in walks(company).values():
        places = [place for _at, place in walk if place in {"cart", "checkout"}]
        steps += bool(places)
        follow += bool(places) and (places[0], places[-1]) == ("cart", "checkout")
    rows = table(designed, "/journeys/conformance/?table=whole&format=csv")
    told = {r["figure"]: int(r["value"]) for r in rows}
    assert (told["customers"], told["conforming"]) == (steps, follow)
    assert follow > 0
    found = ask(engine(company), "conformance", YEAR, design=design_from_csv(MOVES, "Cassa"))
    deviations = table(designed, "/journeys/conformance/?table=deviations&format=csv")
    assert [(r["kind"], int(r["customers"])) for r in deviations] == [
        (one.kind, one.customers) for one in found.deviations
    ]
    for row, one in zip(deviations, found.deviations, strict=True):
        assert float(row["value_difference"]) == pytest.approx(
            (one.value_cents - found.value_cents) / 100, abs=0.006
        )
    assert "Cassa" in designed.get("/journeys/conformance/").content.decode()


def test_designs_are_changed_by_those_who_manage_pulses_and_recorded(company, signed_in, designed):
    kept = JourneyDesign.objects.get()
    analyst = signed_in(Role.ANALYST)
    assert analyst.post("/journeys/designs/", {"name": "x", "moves": MOVES}).status_code == 403
    assert analyst.post(f"/journeys/designs/{kept.pk}/remove").status_code == 403
    assert "/journeys/designs/" not in analyst.get("/journeys/conformance/").content.decode()
    file = SimpleUploadedFile("d.bpmn", BPMN)
    designed.post("/journeys/designs/", {"name": "Da BPMN", "file": file})
    assert JourneyDesign.objects.get(name="Da BPMN").moves.splitlines()[1:] == [
        "start,cart,", "cart,checkout,cart", "checkout,end,checkout"
    ]  # fmt: skip
    designed.post(f"/journeys/designs/{kept.pk}/remove")
    assert not JourneyDesign.objects.filter(pk=kept.pk).exists()
    actions = list(AuditEntry.objects.values_list("action", flat=True))
    assert actions.count("journey.design.kept") == 2
    assert actions.count("journey.design.dropped") == 1


@pytest.mark.parametrize(
    "moves",
    ["", "a,b", "from,to\nstart,\n", "<x/>", "from,to\ncart,end\n", "<!DOCTYPE x [<!ENTITY a 'b'>]><x/>"],
)
def test_what_is_no_design_is_refused_with_words(company, signed_in, moves):
    answer = signed_in(Role.OWNER).post("/journeys/designs/", {"name": "x", "moves": moves}, follow=True)
    assert answer.status_code == 200
    assert 'class="message error"' in answer.content.decode()
    assert not JourneyDesign.objects.exists()


def test_a_view_is_kept_under_a_name_for_oneself(company, signed_in):
    client = signed_in(Role.ANALYST)
    kept = {"name": "Cassa a monte", "address": "/journeys/?anchor=checkout&period=2026&format=csv"}
    assert client.post("/journeys/views/", kept).url == "/journeys/?anchor=checkout&period=2026"
    assert "Cassa a monte" in client.get("/journeys/funnel/").content.decode()
    other = signed_in(Role.OWNER)
    assert "Cassa a monte" not in other.get("/journeys/").content.decode()
    mine = SavedView.objects.get()
    assert other.post(f"/journeys/views/{mine.pk}/remove").status_code == 404
    assert client.post(f"/journeys/views/{mine.pk}/remove").status_code == 302
    assert not SavedView.objects.exists()


@pytest.mark.parametrize(
    "address", ["https://evil.example/journeys/", "//evil.example/journeys/", "/people/", ""]
)
def test_only_addresses_of_the_explorer_are_kept(company, signed_in, address):
    answer = signed_in(Role.OWNER).post("/journeys/views/", {"name": "x", "address": address})
    assert answer.url == "/journeys/"
    assert not SavedView.objects.exists()


def test_the_customers_behind_are_those_who_did_it(company, signed_in):
    did = {key for key, walk in walks(company).items() if any(place == "checkout" for _at, place in walk)}
    where = quote("customers who did checkout in 2025-11..2026-10")
    client = signed_in(Role.OWNER)
    rows = table(client, f"/journeys/customers/?where={where}&format=csv")
    assert {int(r["customer"]) for r in rows} == did
    assert client.get(f"/journeys/customers/?where={where}").status_code == 200
    assert AuditEntry.objects.filter(action="customer.listed").count() == 2
    assert signed_in(Role.ANALYST).get("/journeys/customers/").status_code == 403


@pytest.mark.parametrize(
    "query", ["goal=moon", "goal=%00", "by=x&back=-1", "steps=0&end=x", "unit=year&first=((",
              "design=999999999", "days=zero", "where=((", "period=1999", "strict=x&design=%F0%9F%9A%80"]
)  # fmt: skip
def test_no_query_breaks_a_page(company, signed_in, query):
    client = signed_in(Role.OWNER)
    for page in PAGES:
        assert client.get(f"{page}?{query}").status_code == 200, page
