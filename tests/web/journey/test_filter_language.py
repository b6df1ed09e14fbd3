"""A filter in the address decides whose journeys are drawn, and is shown in parts that can be taken away."""

import csv
import html
import io
import re
from urllib.parse import parse_qs, urlencode

import pytest

from viaggio.kernel import Period
from viaggio.store.engine import engine
from viaggio.web.shared.roles import Role

YEAR = Period.parse("2025-11..2026-10")
pytestmark = pytest.mark.django_db


def in_flow(client, where: str) -> int:
    """Customers in the flow: each of them ends once."""
    query = urlencode({"period": "2025-11..2026-10", "where": where, "table": "flow", "format": "csv"})
    answer = client.get(f"/?{query}")
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))[1:]
    return sum(int(row[4]) for row in rows if row[2] == "")


def met(company) -> list[dict[str, object]]:
    """Every interaction of a known customer."""
    live = engine(company)
    rows = live.run(live.tables().interactions.select("customer", "touchpoint", "channel", "started_at"))
    return [row for row in rows.to_pylist() if row["customer"] is not None]


def in_year(company, rows) -> set[object]:
    return {row["customer"] for row in rows if row["started_at"].astimezone(company.zone).date() in YEAR}


def test_the_flow_is_that_of_the_customers_who_did(company, signed_in):
    client, rows = signed_in(Role.OWNER), met(company)
    bought = {row["customer"] for row in rows if row["touchpoint"] == "checkout"}
    everybody = in_year(company, rows)
    assert in_flow(client, "") == len(everybody)
    assert in_flow(client, "customers who did checkout") == len(everybody & bought) > 0
    assert in_flow(client, "customers who did not checkout") == len(everybody - bought) > 0


def test_the_flow_is_that_of_the_interactions_that_are_left(company, signed_in):
    rows = [row for row in met(company) if row["channel"] == "app" or row["touchpoint"] == "checkout"]
    found = in_flow(signed_in(Role.OWNER), "channel = app or touchpoint = checkout")
    assert found == len(in_year(company, rows)) > 0


def test_parts_of_a_filter_are_taken_away_one_by_one(company, signed_in):
    where = "customers who did checkout and customers who did not delivery"
    page = signed_in(Role.OWNER).get(f"/?{urlencode({'where': where})}").content.decode()
    links = [html.unescape(link) for link in re.findall(r'<a class="tag" href="/([^"]*)"', page)]
    left = [parse_qs(link.removeprefix("?"))["where"] for link in links]
    assert left == [["customers who did not delivery"], ["customers who did checkout"]]
    field = re.search(r'name="where" value="([^"]*)"', page)
    assert html.unescape(field[1]) == where


def test_a_mistake_is_said_and_the_page_is_shown(company, signed_in):
    answer = signed_in(Role.OWNER).get(f"/?{urlencode({'where': 'customers who payed'})}")
    assert answer.status_code == 200
    assert "payed" in answer.content.decode()
