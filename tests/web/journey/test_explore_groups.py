"""Groups side by side, what fewer leavers would bring, the customers behind a deviation."""

from collections import Counter
from dataclasses import replace
from urllib.parse import quote

import pytest
from tests.web.journey.test_explore import YEAR, table, walks
from tests.web.journey.test_explore_more import MOVES

from viaggio.journey import what_if
from viaggio.store.engine import engine
from viaggio.store.journeys import ask
from viaggio.store.workspace import change_settings
from viaggio.web.journey.models import JourneyDesign
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

PAGES = ("/journeys/compare/", "/journeys/what-if/")


@pytest.mark.parametrize("address", PAGES)
def test_figures_are_for_those_who_see_figures(company, signed_in, address):
    assert signed_in(Role.PAYROLL).get(address).status_code == 403
    for role in (Role.ANALYST, Role.HEAD_OF_FUNCTION):
        assert signed_in(role).get(address).status_code == 200


def test_who_pays_is_told_apart_by_what_a_plain_loop_finds(company, signed_in):
    """Before the first payment, against the whole journeys of those who do not pay."""
    groups, sizes = (Counter(), Counter()), [0, 0]
    for walk in walks(company).values():
        places = [place for _at, place in walk]
        pays = "payment" in places
        sizes[not pays] += 1
        groups[not pays].update(set(places[: places.index("payment")] if pays else places))
    rows = table(
        signed_in(Role.OWNER), f"/journeys/compare/?one={quote('reach payment')}&table=differences&format=csv"
    )
    told = {r["touchpoint"]: r for r in rows}
    for place in {*groups[0], *groups[1]}:
        one, other = (group[place] / n for group, n in zip(groups, sizes, strict=True))
        assert (float(told[place]["share_one"]), float(told[place]["share_other"])) == (one, other)
        assert float(told[place]["gap"]) == pytest.approx(one - other)
        assert float(told[place]["low"]) <= one - other <= float(told[place]["high"])
    assert told["checkout"]["real"] == "yes"


def test_a_segment_stands_against_all_others_and_a_period_against_the_one_before(company, signed_in):
    client = signed_in(Role.OWNER)
    address = f"/journeys/compare/?one={quote('segment = b2b')}&by=channel&table=differences&format=csv"
    found = ask(engine(company), "transitions", YEAR, condition=None)
    assert found is not None
    b2b = table(client, address)
    n = {key: len(keys) for key, keys in by_segment(company).items()}
    assert {round(int(r["customers_one"]) / float(r["share_one"])) for r in b2b if float(r["share_one"])} == {
        n["b2b"]
    }
    before = table(
        client, "/journeys/compare/?one=everybody&other=year&period=2026-05&table=differences&format=csv"
    )
    places = Counter()
    for walk in walks_in(company, "2026-05").values():
        places.update({place for _at, place in walk})
    assert {r["touchpoint"]: int(r["customers_one"]) for r in before if int(r["customers_one"])} == places
    page = client.get("/journeys/compare/?one=everybody").content.decode()
    assert "non hanno altri" in page


def by_segment(company):
    facts = engine(company)
    rows = facts.run(facts.tables().customers.select("customer", "segment")).to_pylist()
    seen = walks(company).keys()
    found = {}
    for row in rows:
        if row["customer"] in seen:
            found.setdefault(row["segment"], set()).add(row["customer"])
    return found


def walks_in(company, text):
    first, end = YEAR.parse(text).micros(company.zone)
    found = {key: [(at, p) for at, p in walk if first <= at < end] for key, walk in walks(company).items()}
    return {key: walk for key, walk in found.items() if walk}


def test_few_customers_are_not_told_in_a_comparison(company, signed_in):
    least = company.settings.minimum_cell
    address = f"/journeys/compare/?one={quote('reach payment')}&table=differences&format=csv"
    rows = table(signed_in(Role.ANALYST), address)
    shown = [r for r in rows if r["gap"]]
    assert shown
    assert len(shown) < len(rows)
    assert all(
        int(r[name]) == 0 or int(r[name]) >= least
        for r in shown
        for name in ("customers_one", "customers_other")
    )
    assert all(not r["share_one"] and not r["real"] for r in rows if not r["gap"])


def test_what_would_be_won_is_the_chain_times_what_a_payment_brings(company, signed_in):
    facts = engine(company)
    rows = table(
        signed_in(Role.OWNER), "/journeys/what-if/?goal=payment&fewer=20&days=never&table=what-if&format=csv"
    )
    solved = what_if(ask(facts, "leaving", YEAR, goal="payment"), fewer=0.2)
    told = facts.run(
        facts.tables().interactions.select("touchpoint", "started_at", "customer", "value_cents")
    )
    first, end = YEAR.micros(company.zone)
    paid = [
        r["value_cents"] or 0
        for r in told.to_pylist()
        if r["touchpoint"] == "payment"
        and r["customer"]
        and first <= round(r["started_at"].timestamp() * 1e6) < end
    ]
    each = sum(paid) / len(paid) / 100
    assert each > 0
    assert [r["touchpoint"] for r in rows] == [p.name for p in solved.places]
    for r, place in zip(rows, solved.places, strict=True):
        if place.change is None:
            continue
        assert float(r["change"]) == pytest.approx(place.change)
        assert float(r["money"]) == pytest.approx(place.change * each, abs=2e-6)
        assert float(r["money_low"]) <= float(r["money"]) <= float(r["money_high"])
    scored = [r for r in rows if r["score"]]
    gap = nps_gap(
        company, {key for key, walk in walks(company).items() if any(p == "payment" for _at, p in walk)}
    )
    for r in scored:
        assert float(r["score"]) == pytest.approx(float(r["change"]) * gap / len(walks(company)), abs=2e-6)
    assert scored


def nps_gap(company, chosen):
    """Points of the chosen customers less those of the other ones with a journey in the year."""
    facts = engine(company)
    answers = facts.tables().answers
    told = (
        facts.run(answers.filter(answers.metric == "nps"))
        if "metric" in answers.columns
        else facts.run(answers)
    )
    first, end = YEAR.micros(company.zone)
    seen, points = walks(company).keys(), ([], [])
    for r in told.to_pylist():
        at = round(r["answered_at"].timestamp() * 1e6)
        if (
            r["item"] != "recommend"
            or not first <= at < end
            or r["customer"] not in seen
            or r["value"] is None
        ):
            continue
        score = 100 * ((r["value"] >= 9) - (r["value"] <= 6))
        points[r["customer"] not in chosen].append(score)
    return sum(points[0]) / len(points[0]) - sum(points[1]) / len(points[1])


def test_money_is_in_the_currency_of_the_company(company, signed_in):
    change_settings(company, replace(company.settings, currency="GBP"))
    try:
        client = signed_in(Role.OWNER)
        for address in ("/journeys/what-if/?goal=payment", "/journeys/attribution/"):
            page = client.get(address).content.decode()
            assert "£" in page
            assert "€" not in page
    finally:
        change_settings(company, company.settings)


def test_the_customers_behind_a_deviation_are_those_who_deviate(company, signed_in):
    client = signed_in(Role.OWNER)
    client.post("/journeys/designs/", {"name": "Cassa", "moves": MOVES})
    pk = JourneyDesign.objects.get().pk
    started = {
        key
        for key, walk in walks(company).items()
        if next((place for _at, place in walk if place in {"cart", "checkout"}), "") == "checkout"
    }
    stopped = {
        key
        for key, walk in walks(company).items()
        if next((place for _at, place in reversed(walk) if place in {"cart", "checkout"}), "") == "cart"
    }
    for way, keys in (("wrong_start||checkout", started), ("stopped|cart|", stopped)):
        address = f"/journeys/customers/?design={pk}&deviation={quote(way)}"
        rows = table(client, f"{address}&format=csv")
        assert {int(r["customer"]) for r in rows} == keys
    assert stopped
    assert client.get(address).status_code == 200
    assert AuditEntry.objects.filter(action="customer.listed").count() == 3
    page = client.get("/journeys/conformance/").content.decode()
    assert "deviation=stopped%7Ccart%7C" in page
    analyst = signed_in(Role.ANALYST)
    assert analyst.get(address).status_code == 403
    assert "deviation=" not in analyst.get("/journeys/conformance/").content.decode()
    for row in table(client, "/journeys/conformance/?table=deviations&format=csv"):
        if row["value_low"]:
            assert float(row["value_low"]) < float(row["value_difference"]) < float(row["value_high"])


def test_nothing_to_compare_with_is_offered_where_it_has_no_effect(company, signed_in):
    client = signed_in(Role.OWNER)
    page = client.get("/journeys/paths/?compare=year").content.decode()
    assert 'id="f-compare"' not in page
    assert '<input type="hidden" name="compare" value="year">' in page


@pytest.mark.parametrize(
    "query", ["one=moon", "one=reach+moon", "one=reach+", "other=((", "one=segment%3Db2b&other=reach+payment",
              "one=customer+in+(1)", "other=year&period=1971", "goal=moon", "fewer=-1&days=x", "one=%00"]
)  # fmt: skip
def test_no_query_breaks_a_page(company, signed_in, query):
    for client in (signed_in(Role.OWNER), signed_in(Role.ANALYST)):
        assert [client.get(f"{page}?{query}").status_code for page in PAGES] == [200, 200]
