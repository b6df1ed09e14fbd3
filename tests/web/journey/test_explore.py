"""The explorer shows what the index answers, to whom may see it, and its files hold what its pages show."""

import csv
import io
from collections import Counter, defaultdict
from urllib.parse import quote

import pytest
from django.test import Client

from viaggio.kernel import EVERYBODY, Period
from viaggio.store.engine import engine
from viaggio.store.journeys import ask
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

YEAR = Period.parse("2025-11..2026-10")
PAGES = ("/journeys/", "/journeys/funnel/")
STEPS = quote("product_page > cart > payment within 2 days")


def table(client: Client, address: str) -> list[dict[str, str]]:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def walks(company) -> dict[int, list[tuple[int, str]]]:
    """Moments (UTC microseconds) and touchpoints of each customer in the year, in order of time."""
    facts = engine(company)
    told = facts.run(facts.tables().interactions.select("customer", "started_at", "touchpoint", "id"))
    first, end = YEAR.micros(company.zone)
    found = defaultdict(list)
    for row in told.to_pylist():
        at = round(row["started_at"].timestamp() * 1e6)
        if row["customer"] is not None and first <= at < end:
            found[row["customer"]].append((at, row["id"], row["touchpoint"]))
    return {key: [(at, place) for at, _id, place in sorted(rows)] for key, rows in found.items()}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("role", [Role.OWNER, Role.ANALYST, Role.HEAD_OF_FUNCTION, Role.WORKS_COUNCIL])
def test_who_sees_figures_opens_every_page(company, signed_in, address, role):
    assert signed_in(role).get(address).status_code == 200


@pytest.mark.parametrize("address", PAGES)
def test_nobody_else_does(company, signed_in, address):
    assert Client().get(address).status_code == 302
    assert signed_in(Role.PAYROLL).get(address).status_code == 403


def test_a_funnel_counts_whom_a_plain_loop_counts(company, signed_in):
    """Steps within 30 days: the best attempt of each customer, found by trying every start."""
    month = 30 * 86_400_000_000
    reached = Counter()
    for walk in walks(company).values():
        best = 0
        for i, (start, place) in enumerate(walk):
            if place != "product_page":
                continue
            depth = 1
            for at, later in walk[i + 1 :]:
                if at - start <= month and depth < 3 and later == ("cart", "payment")[depth - 1]:
                    depth += 1
            best = max(best, depth)
        reached.update(range(1, best + 1))
    address = f"/journeys/funnel/?steps={quote('product_page > cart > payment')}&within=30+days"
    rows = table(signed_in(Role.OWNER), f"{address}&table=steps&format=csv")
    assert [int(row["reached"]) for row in rows] == [reached[1], reached[2], reached[3]]
    assert reached[3] > 0


def test_a_funnel_shows_what_python_and_command_line_answer(company, signed_in):
    steps = ["product_page", "cart", "payment within 2 days"]
    found = ask(engine(company), "funnel", YEAR, steps=steps, by="segment")
    client = signed_in(Role.OWNER)
    rows = table(client, f"/journeys/funnel/?steps={STEPS}&by=segment&table=steps&format=csv")
    assert [(int(r["reached"]), int(r["stopped"])) for r in rows] == [
        (step.reached, step.stopped) for step in found.steps
    ]
    assert [float(r["of_all"]) for r in rows] == [step.of_all for step in found.steps]
    assert [float(r["of_all_low"]) for r in rows[1:]] == [step.of_all_low for step in found.steps[1:]]
    split = table(client, f"/journeys/funnel/?steps={STEPS}&by=segment&table=segments&format=csv")
    assert [int(r["reached"]) for r in split] == [s.reached for g in found.segments for s in g.steps]
    page = client.get(f"/journeys/funnel/?steps={STEPS}").content.decode()
    assert f"{found.steps[1].reached:,}".replace(",", ".") in page


def test_where_those_go_who_stop_adds_up_to_them(company, signed_in):
    client = signed_in(Role.OWNER)
    steps = table(client, f"/journeys/funnel/?steps={STEPS}&table=steps&format=csv")
    onward = Counter()
    for row in table(client, f"/journeys/funnel/?steps={STEPS}&table=next&format=csv"):
        onward[int(row["step"])] += int(row["count"])
    assert onward == {i: int(row["stopped"]) for i, row in enumerate(steps[:-1], start=1)}


def test_the_form_writes_a_short_address_and_its_buttons_move_steps(company, signed_in):
    client = signed_in(Role.OWNER)
    sent = (
        "step=product_page&span=&step=cart&span=2+days&step=payment&span=&step=&own=phase%3Dcare&period=2026"
    )
    answer = client.get(f"/journeys/funnel/?{sent}")
    assert answer.status_code == 302
    assert "period=2026" in answer.url
    assert (
        quote("product_page > cart within 2 days > payment > phase=care", safe="").replace("%20", "+")
        in answer.url
    )
    assert client.get(answer.url).status_code == 200
    up = client.get(f"/journeys/funnel/?{sent}&do=up-1").url
    assert "steps=cart+within+2+days+%3E+product_page" in up
    gone = client.get(f"/journeys/funnel/?{sent}&do=drop-0").url
    assert "product_page" not in gone


def test_every_rule_of_a_funnel_is_kept_by_the_links(company, signed_in):
    rules = f"steps={STEPS}&within=30+days&without=complaint&entry=first&by=channel&order=any"
    page = signed_in(Role.OWNER).get(f"/journeys/funnel/?{rules}").content.decode()
    for piece in ("within=30+days", "without=complaint", "entry=first", "by=channel", "order=any"):
        assert piece in page, piece


def test_a_flow_adds_up_and_is_that_of_the_index(company, signed_in):
    found = ask(engine(company), "flow", YEAR, anchor="checkout", before=2, after=2, top=8)
    client = signed_in(Role.OWNER)
    address = "/journeys/?anchor=checkout&before=2&after=2"
    moves = table(client, f"{address}&table=moves&format=csv")
    shown = {(int(r["step"]), r["origin"], r["target"]): int(r["flows"]) for r in moves}
    assert shown == {(s.step, s.origin, s.target): s.flows for s in found.streams}
    places = table(client, f"{address}&table=places&format=csv")
    at = {(int(r["step"]), r["place"]): int(r["flows"]) for r in places}
    for (step, place), n in at.items():
        if step < 2:
            assert n == sum(m for (s, a, _b), m in shown.items() if (s, a) == (step, place))
        if step > -2:
            assert n == sum(m for (s, _a, b), m in shown.items() if (s + 1, b) == (step, place))


def test_the_step_after_an_anchor_is_the_one_that_a_plain_loop_finds(company, signed_in):
    after, reaching = Counter(), 0
    for walk in walks(company).values():
        places = [p for i, (_at, p) in enumerate(walk) if not i or walk[i - 1][1] != p]
        if "checkout" in places:
            reaching += 1
            at = places.index("checkout")
            after[places[at + 1] if at + 1 < len(places) else "(left)"] += 1
    moves = table(
        signed_in(Role.OWNER), "/journeys/?anchor=checkout&before=0&after=1&places=20&table=moves&format=csv"
    )
    shown = {r["target"]: int(r["flows"]) for r in moves if r["step"] == "0" and r["target"] != "(others)"}
    assert shown == {name: after[name] for name in shown}
    assert sum(int(r["flows"]) for r in moves if r["step"] == "0") == reaching


def test_a_place_leads_to_the_journeys_of_those_who_were_there(company, signed_in):
    client = signed_in(Role.OWNER)
    page = client.get("/journeys/?anchor=checkout").content.decode()
    assert "customers+who+did+payment" in page
    found = ask(engine(company), "flow", YEAR, condition=None, anchor="payment", before=0, after=0)
    where = quote("customers who did payment in 2025-11..2026-10")
    narrowed = table(
        client, f"/journeys/?anchor=payment&before=0&after=0&where={where}&table=places&format=csv"
    )
    assert [int(r["flows"]) for r in narrowed] == [found.reaching]


def test_few_customers_are_not_told_to_those_who_see_no_persons(company, signed_in):
    least = company.settings.minimum_cell
    address = "/journeys/?anchor=checkout&places=20&before=3&after=3"
    owner = table(signed_in(Role.OWNER), f"{address}&table=moves&format=csv")
    assert [r for r in owner if int(r["flows"]) < least]
    analyst = signed_in(Role.ANALYST)
    moves = table(analyst, f"{address}&table=moves&format=csv")
    assert all(not r["flows"] or int(r["flows"]) >= least for r in moves)
    assert [r for r in moves if not r["flows"]]
    assert all(not r["share"] for r in moves if not r["flows"])
    places = table(analyst, f"{address}&table=places&format=csv")
    assert all(int(r["flows"]) >= least for r in places if r["flows"])
    told = {(int(r["step"]), r["place"]): int(r["flows"]) for r in places if r["flows"]}
    assert told[0, "checkout"] == ask(engine(company), "flow", YEAR, anchor="checkout").flows
    assert len(told) > len(places) / 2


def test_a_head_of_function_sees_the_own_touchpoints_only(company, signed_in):
    client = signed_in(Role.HEAD_OF_FUNCTION, function="logistics")
    places = table(client, "/journeys/?after=1&table=places&format=csv")
    facts = engine(company)
    own = facts.run(
        facts.tables().touchpoints.filter(facts.tables().touchpoints.owner_function == "logistics")
    )
    assert {r["place"] for r in places} <= {*own["id"].to_pylist(), "(others)"}
    found = ask(facts, "funnel", YEAR, EVERYBODY.narrowed(function=["logistics"]), steps=["delivery"])
    rows = table(client, "/journeys/funnel/?steps=delivery&table=steps&format=csv")
    assert int(rows[0]["reached"]) == found.entered


BAD = ("anchor=moon", "anchor=%00", "anchor=phase%3D", "which=never&anchor=cart", "before=-1&after=999999",
       "steps=moon", "steps=+%3E+", "steps=cart&within=soon", "step=phase%3D%3D&span=x", "without=moon",
       "steps=" + "+%3E+".join(["cart"] * 40), "by=password", "entry=never", "where=((", "do=up-99&step=cart",
       "steps=cart+within+9999999999999+weeks", "order=any&steps=cart+%3E+cart")  # fmt: skip


@pytest.mark.parametrize("query", BAD)
@pytest.mark.parametrize("page", PAGES)
def test_no_query_breaks_a_page(company, signed_in, page, query):
    answer = signed_in(Role.OWNER).get(f"{page}?{query}", follow=True)
    assert answer.status_code == 200


def test_what_does_not_occur_is_named(company, signed_in):
    page = signed_in(Role.OWNER).get("/journeys/funnel/?steps=moon").content.decode()
    assert "moon" in page
    assert "non compare nei percorsi" in page


@pytest.mark.parametrize("page", PAGES)
def test_an_unknown_table_is_not_found(company, signed_in, page):
    assert signed_in(Role.OWNER).get(f"{page}?table=x&format=csv").status_code == 404


def test_an_empty_workspace_says_what_to_do_first(workspace, signed_in):
    for page in PAGES:
        assert (
            "viaggio import"
            in signed_in(Role.OWNER, email=f"a{len(page)}@example.com").get(page).content.decode()
        )
