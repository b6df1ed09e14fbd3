"""Each role sees the sample company as far as it should, on the pages themselves."""

import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from browser import Server

from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

FIGURES = (
    "/",
    "/metrics/nps/",
    "/metrics/nps/cases/",
    "/metrics/orders/cases/",
    "/touchpoints/",
    "/touchpoints/delivery/",
)


@pytest.fixture(scope="session")
def names(sample_company: Path) -> set[str]:
    """The names of all customers, as they were brought in."""
    parts = (sample_company / "facts" / "customers").glob("*.parquet")
    return {name for part in parts for name in pq.read_table(part)["name"].to_pylist() if name}


def named(text: str, names: set[str]) -> set[str]:
    """Which customers a page names."""
    return {name for name in names if name in text}


def all_of(page: object, server: Server, path: str) -> str:
    """What a page holds, seen or not, as its source."""
    page.goto(f"{server.url}{path}")
    return page.content()


def test_an_owner_finds_names_where_an_analyst_finds_codes(visit, company_server, names):
    assert len(names) > 300
    owner, analyst = (visit(company_server, role, "/") for role in (Role.OWNER, Role.ANALYST))
    for path in FIGURES:
        assert named(all_of(analyst, company_server, path), names) == set(), path
    cases = "/metrics/nps/cases/"
    assert named(all_of(owner, company_server, cases), names)
    assert re.search(r"C-[0-9A-F]{8}", all_of(analyst, company_server, cases))
    assert analyst.locator("main a[href^='/customers/']").count() == 0


def test_an_analyst_has_no_way_to_a_customer(visit, company_server):
    page = visit(company_server, Role.ANALYST, "/")
    assert page.locator(".side a[href='/customers/']").count() == 0
    assert page.goto(f"{company_server.url}/customers/?q=rossi").status == 403
    assert page.locator("main table").count() == 0


def test_a_head_of_function_sees_the_own_touchpoints_only(visit, company_server):
    page = visit(company_server, Role.HEAD_OF_FUNCTION, "/touchpoints/", language="en")
    owners = set(page.locator("table.tps tbody td:nth-child(3)").all_inner_texts())
    assert owners == {"Logistics"}
    mine = set(page.locator("table.tps tbody .tp a").all_inner_texts())
    owner = visit(company_server, Role.OWNER, "/touchpoints/", language="en")
    every = set(owner.locator("table.tps tbody .tp a").all_inner_texts())
    assert mine < every
    for address in ("/", "/touchpoints/"):
        page.goto(f"{company_server.url}{address}")
        assert "Logistics" in page.inner_text("main")  # told in words
    page.goto(f"{company_server.url}/metrics/nps/cases/")
    column = page.locator("thead th").all_inner_texts().index("Touchpoint") + 1
    assert set(page.locator(f"tbody td:nth-child({column})").all_inner_texts()) <= mine


def test_a_head_of_function_can_not_ask_for_other_touchpoints(visit, company_server):
    page = visit(company_server, Role.HEAD_OF_FUNCTION, "/touchpoints/?function=billing", language="en")
    assert page.locator("table.tps tbody tr").count() == 0
    page.goto(f"{company_server.url}/metrics/nps/cases/?touchpoint=invoice")
    assert page.locator("tbody tr").count() == 0
