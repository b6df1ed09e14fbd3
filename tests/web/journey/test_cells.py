"""From a single cell to the customers it counts: attribution, returns, paths; for those who may see them."""

import re
from html import unescape
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from tests.web.journey.test_explore import YEAR, table

from viaggio.store.engine import engine
from viaggio.store.journeys import ask
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

MONTH = 30 * 86_400_000_000
PAGES = ("/journeys/attribution/", "/journeys/returns/", "/journeys/paths/", "/journeys/drop-off/")


def behind(client, address: str) -> set[int]:
    """The keys of a list of customers, each once."""
    keys = [int(row["customer"]) for row in table(client, f"{address}&format=csv")]
    assert len(keys) == len(set(keys))
    return set(keys)


def links(page: str) -> list[tuple[str, dict[str, str]]]:
    """Addresses of lists behind a cell, with what they say."""
    found = [unescape(href) for href in re.findall(r'href="(/journeys/customers/[^"]*cell=[^"]*)"', page)]
    return [(href, {name: texts[0] for name, texts in said(href).items()}) for href in found]


def said(address: str) -> dict[str, list[str]]:
    return parse_qs(urlsplit(address).query, keep_blank_values=True)


def touched(company) -> tuple[dict[str, set[int]], dict[str, set[int]]]:
    """By a plain loop: whom a touchpoint touched at all, and last of all, in the 30 days before a payment."""
    facts = engine(company)
    rows = facts.run(facts.tables().interactions.select("customer", "started_at", "touchpoint", "id"))
    walked: dict[int, list[tuple[int, int, str]]] = {}
    for r in rows.to_pylist():
        if r["customer"] is not None:
            at = round(r["started_at"].timestamp() * 1e6)
            walked.setdefault(r["customer"], []).append((at, r["id"], r["touchpoint"]))
    first, end = YEAR.micros(company.zone)
    at_all: dict[str, set[int]] = {}
    last: dict[str, set[int]] = {}
    for customer, mine in walked.items():
        before: list[tuple[int, str]] = []
        for at, _id, place in sorted(mine):
            if place != "payment":
                before.append((at, place))
                continue
            near = [name for then, name in before if then >= max(at, first) - MONTH and at - then <= MONTH]
            if first <= at < end:
                for name in near:
                    at_all.setdefault(name, set()).add(customer)
                last.setdefault(near[-1] if near else "(no interaction before)", set()).add(customer)
            before = []
    return at_all, last


def test_behind_a_credit_are_those_whom_a_plain_loop_finds(company, signed_in):
    client, (at_all, last) = signed_in(Role.OWNER, language="en"), touched(company)
    page = client.get("/journeys/attribution/?goal=payment&by=touchpoint").content.decode()
    found = links(page)
    assert {asked["model"] for _href, asked in found} >= {"linear", "first", "last"}
    for model, expected in (("linear", at_all), ("last", last)):
        told = {asked["place"]: href for href, asked in found if asked["model"] == model}
        assert set(told) >= {*expected} - {"(no interaction before)"}
        for place in sorted(expected, key=lambda name: -len(expected[name]))[:2]:
            href = (
                told.get(place)
                or f"/journeys/customers/?goal=payment&by=touchpoint&cell=credit&model={model}&place={
                    quote(place)
                }"
            )
            assert behind(client, href) == expected[place], (model, place)
    assert "owes something to" in client.get(found[0][0]).content.decode()


def test_behind_a_cell_of_returns_are_as_many_as_it_says(company, signed_in):
    client = signed_in(Role.OWNER)
    found = ask(engine(company), "retention", YEAR, unit="month", periods=12, back="phase=care")
    back = {(cell.cohort, str(cell.period)): cell.back for cell in found.cells}
    sizes = {cohort.cohort: cohort.customers for cohort in found.cohorts}
    cells = links(client.get(f"/journeys/returns/?back={quote('phase=care')}").content.decode())
    ages = [(href, asked) for href, asked in cells if asked.get("age")]
    assert {(asked["cohort"], asked["age"]) for _href, asked in ages} >= {
        at for at, n in back.items() if n and int(at[1])
    }
    for href, asked in ages[:: max(len(ages) // 2, 1)]:
        assert len(behind(client, href)) == back[asked["cohort"], asked["age"]]
    whole = [(href, asked) for href, asked in cells if not asked.get("age")]
    assert {asked["cohort"] for _href, asked in whole} == set(sizes)
    href, asked = whole[0]
    assert len(behind(client, href)) == sizes[asked["cohort"]]


@pytest.mark.parametrize("end", ["first", "last"])
def test_behind_a_path_are_as_many_as_take_it(company, signed_in, end):
    client = signed_in(Role.OWNER)
    address = f"/journeys/paths/?steps=3&end={end}"
    cells = links(client.get(address).content.decode())
    for kind, key, count in (("path", "paths", "journeys"), ("part", "sub-paths", "customers")):
        hrefs = [href for href, asked in cells if asked["cell"] == kind]
        rows = table(client, f"{address}&table={key}&format=csv")
        assert len(hrefs) == min(len(rows), 20)
        for href, row in list(zip(hrefs, rows, strict=False))[:3]:
            assert len(behind(client, href)) == int(row[count]), row["path"]


def test_behind_a_drop_off_and_a_loop_are_those_it_counts(company, signed_in):
    client = signed_in(Role.OWNER)
    cells = links(client.get("/journeys/drop-off/?days=14").content.decode())
    places = {
        row["place"]: row for row in table(client, "/journeys/drop-off/?days=14&table=drop-off&format=csv")
    }
    href, asked = next((href, asked) for href, asked in cells if asked["cell"] == "lost")
    lost = behind(client, href)
    row = places[asked["place"]]
    assert 0 < len(lost) <= min(int(row["customers"]), int(row["later"]) + int(row["never"]))
    around = table(client, "/journeys/drop-off/?days=14&table=loops&format=csv")
    for length in ("1", "2"):
        first = next(row for row in around if row["length"] == length)
        way = [first["place"]] * 2 if length == "1" else [first["place"], first["via"], first["place"]]
        href = next(href for href, asked in cells if asked["place"] == "|".join(way))
        assert len(behind(client, href)) == int(first["customers"])


@pytest.mark.parametrize("address", PAGES)
def test_who_sees_no_customers_gets_no_way_to_them(company, signed_in, address):
    owner = signed_in(Role.OWNER)
    (href, _asked), *_rest = links(owner.get(address).content.decode())
    assert owner.get(href).status_code == 200
    assert AuditEntry.objects.filter(action="customer.listed").count() == 1
    analyst = signed_in(Role.ANALYST)
    assert links(analyst.get(address).content.decode()) == []
    assert analyst.get(href).status_code == 403
    assert AuditEntry.objects.filter(action="customer.listed").count() == 1


@pytest.mark.parametrize(
    "query",
    ["cell=moon", "cell=credit&model=moon", "cell=return&cohort=2026-01&age=-1", "cell=path&place=a|b|c|d|e"],
)
def test_an_address_that_names_no_cell_leads_to_all(company, signed_in, query):
    client = signed_in(Role.OWNER)
    assert behind(client, f"/journeys/customers/?{query}") == behind(
        client, "/journeys/customers/?by=channel"
    )
