"""A small company: a plan written by one person and approved by another, staff, figures entered by two."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client

from viaggio.web.incentive.models import OrgUnit, PlanVersion, Run
from viaggio.web.incentive.services import measuring, plans, runs, staff
from viaggio.web.incentive.services.plan_example import nine_functions
from viaggio.web.shared.models import User
from viaggio.web.shared.roles import Role

NOW = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
BEFORE = datetime(2025, 12, 1, 9, 0, tzinfo=UTC)
PLAN = """\
plan: SMALL-2026
version: 1
legal_basis: PROGRAM
period: {start: 2026-01-01, end: 2026-12-31}
absences: {unpaid_leave: {lost: "1"}}
guardrails: {k_headcount: 3, ladder: [neutral]}
measures: {company_nps: {metric: manual}, on_time: {metric: manual}}
groups:
  logistics:
    shared:
      - {measure: company_nps, weight: "0.6", curve: {points: [["24", "0"], ["36", "1"], ["42", "1.5"]]}}
    function:
      - {measure: on_time, weight: "0.4", curve: {points: [["75", "0"], ["85", "1"]]}}
  sales:
    shared:
      - {measure: company_nps, weight: "1", curve: {points: [["24", "0"], ["36", "1"], ["42", "1.5"]]}}
pool: {kind: fixed, amount: "40000"}
"""


def signed(person: User) -> Client:
    """A client signed in as this person."""
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def author(person: Callable[..., User]) -> User:
    return person(Role.HR, email="autrice@example.com", name="Irene Autrice", language="en")


@pytest.fixture
def approver(person: Callable[..., User]) -> User:
    return person(Role.APPROVER, email="chi-approva@example.com", name="Aldo Approva", language="en")


@pytest.fixture
def draft(workspace, author: User) -> PlanVersion:
    """The example with nine functions, as a draft."""
    return plans.create(
        nine_functions("SHARED-2027", 2027), by=author, now=NOW, parts=4,
        name={"it": "Premio condiviso 2027", "en": "Shared incentive 2027"},
    )  # fmt: skip


@pytest.fixture
def published(workspace, author: User, approver: User) -> PlanVersion:
    """A small plan in force, settled by quarters."""
    version = plans.create(PLAN, by=author, now=BEFORE, parts=4, name={"en": "Small plan"})
    plans.mark_simulated(version, by=author, now=BEFORE)
    plans.submit(version, by=author, now=BEFORE)
    plans.approve(version, by=approver, now=BEFORE)
    return plans.publish(version, by=author, now=BEFORE)


@pytest.fixture
def company(workspace, author: User) -> dict[str, OrgUnit]:
    """Six people in the depot, four in the shop, two in a kiosk of the shop: 2,000 euro a year each."""
    top = staff.add_unit("", "Officina Blu", "company", by=author, first=date(2020, 1, 1))
    units = {
        "depot": staff.add_unit("depot", "Depot", "cell", by=author, first=date(2020, 1, 1), parent=top),
        "shop": staff.add_unit("shop", "Shop", "cell", by=author, first=date(2020, 1, 1), parent=top),
        "kiosk": staff.add_unit("kiosk", "Kiosk", "cell", by=author, first=date(2020, 1, 1), parent=top),
    }
    places = [("depot", "logistics")] * 6 + [("shop", "sales")] * 4 + [("kiosk", "sales")] * 2
    for number, (unit, group) in enumerate(places):
        one = staff.add_employee(
            by=author, hired=date(2021, 1, 1), contract="permanent", pseudonym=f"P{number:02}"
        )
        staff.assign(one, units[unit], group, first=date(2021, 1, 1), target_cents=200_000, by=author)
    return units


@pytest.fixture
def figures(author: User, person: Callable[..., User]) -> None:
    """NPS of 33 and 80 % on time in the first quarter, entered by one person and confirmed by another."""
    other = person(Role.HR, email="altra@example.com")
    for name, value in (("company_nps", "33"), ("on_time", "80")):
        entered = measuring.enter_kpi(
            name, date(2026, 1, 1), date(2026, 3, 31), value, "from the books", by=author, now=NOW
        )
        measuring.confirm_kpi(entered, by=other, now=NOW)


@pytest.fixture
def run(published: PlanVersion, company: dict[str, OrgUnit], figures: None, author: User) -> Run:
    """The first quarter, computed."""
    return runs.calculate(published, 1, by=author, now=NOW)


@pytest.fixture
def paid(run: Run, author: User, approver: User) -> Run:
    """The first quarter, verified, approved by somebody else, published."""
    runs.verify(run, by=author, now=NOW)
    runs.approve(run, by=approver, now=NOW)
    return runs.publish(run, by=author, now=NOW)
