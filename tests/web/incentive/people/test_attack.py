"""The attack on everything at once: every address and every call, as every role, on a company of unequal pay.

Everybody has another target, so that every award and every sum of few people is a number of its own. What is
read anywhere outside the addresses that are about persons must not hold such a number, nor two numbers
whose difference it is, nor a pseudonym.
"""

import re
from datetime import timedelta
from itertools import combinations, permutations
from typing import Any

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from tests.web.incentive import staged
from tests.web.incentive.people.conftest import Settled, signed_in

from viaggio.web.incentive.api import router
from viaggio.web.incentive.models import Assignment, AwardLine
from viaggio.web.incentive.urls import urlpatterns
from viaggio.web.shared.roles import Right, Role, rights_of
from viaggio.web.shared.tokens import SCOPES, issue

pytestmark = pytest.mark.django_db

LEAST = 5
ABOUT_PERSONS = {
    "statements", "any-statement", "any-statement-pdf", "ledger", "payroll", "payroll-period",
    "payroll-export", "staff", "staff-import", "employee", "disputes", "dispute", "dispute-paper",
}  # fmt: skip
"""Opened only by who looks after persons: auditor, pay-roll, staff office. Who else tries is refused."""
CALLS_ABOUT_PERSONS = {"/incentive/runs/{code}/file", "/incentive/payroll"}
AMOUNT = re.compile(r"(?<![\d.])\d{1,3}(?:,\d{3})+\.\d\d(?!\d)|(?<![\d.,])\d+\.\d\d(?!\d)")
PLAIN = re.compile(r"-?\d+\.\d{1,2}|-?\d+")
PSEUDONYM = re.compile(r"\b(?:care|north|south|tiny)-\d\b")


@pytest.fixture
def unequal(company, person) -> Settled:
    """A paid quarter in which no two people have the same target."""
    office = staged.handlers(person)
    staged.people(office)
    for number, stay in enumerate(Assignment.objects.order_by("pk")):
        Assignment.objects.filter(pk=stay.pk).update(target_cents=201_300 + 4_729 * number + 53 * number**2)
    team = {**staged.PLAN["measures"]["team"]}
    team["units"] = {**team["units"], "north": ["help_request"], "tiny": ["delivery"]}
    measures = {**staged.PLAN["measures"], "team": team}
    run = staged.paid(staged.published(office, measures=measures), office, now=timezone.now())
    return Settled(office, run, person)


def addresses(run) -> list[tuple[str, str]]:
    """Every address of these pages that can be looked at, for every unit and person there is."""
    values: dict[str, list[Any]] = {
        "run": [run.code], "number": [1], "pk": [1, 2], "period": ["2026-05"], "form": ["csv"],
        "person": ["tiny-1"], "pseudonym": ["tiny-1"],
    }  # fmt: skip
    found = []
    for pattern in urlpatterns:
        route, name = str(pattern.pattern), str(pattern.name)
        if name in ABOUT_PERSONS:
            continue
        codes = ["care", "north", "south", "tiny"] if name == "unit" else [run.code, "CX-SHARED"]
        kwargs: list[dict[str, Any]] = [{}]
        for key in re.findall(r"<\w+:(\w+)>", route):
            kwargs = [{**one, key: v} for one in kwargs for v in (codes if key == "code" else values[key])]
        for some in kwargs:
            path = reverse(f"incentive:{name}", kwargs=some)
            found += [(name, path), (name, f"{path}?format=csv")]
    return found


def read(client: Client, run) -> dict[str, str]:
    """What this client is shown on all pages, without what frames a page."""
    found = {}
    for _name, path in addresses(run):
        answer = client.get(path)
        assert answer.status_code in {200, 302, 400, 403, 404, 405}, path
        if answer.status_code == 200 and "pdf" not in path:
            text = answer.content.decode("utf-8", "replace")
            is_page = answer.headers["Content-Type"].startswith("text/html")
            found[path.removesuffix("?format=csv") if is_page else path] = text.split("<main")[-1]
    return found


def asked(user, run) -> dict[str, str]:
    """What a token with all scopes of this person is told by every call that changes nothing."""
    try:
        _, secret = issue(user, name="t", scopes=SCOPES, lifetime=timedelta(days=1), now=timezone.now())
    except PermissionDenied:
        return {}
    found = {}
    for path, view in router.path_operations.items():
        if path in CALLS_ABOUT_PERSONS or "GET" not in {m for op in view.operations for m in op.methods}:
            continue
        for code in (run.code, "CX-SHARED"):
            address = "/api/v1" + path.replace("{code}", code).replace("{number}", "1")
            answer = Client().get(address, headers={"Authorization": f"Bearer {secret}"})
            assert answer.status_code in {200, 403, 404}, address
            if answer.status_code == 200:
                found[address] = answer.content.decode()
    return found


def cents_in(address: str, text: str) -> set[int]:
    """Every amount that stands in a text; of a call, every whole number too; of a file, every cell."""
    if "format=csv" in address:
        cells = re.split(r"[,;\s]+", text)
        return {round(float(cell) * 100) for cell in cells if PLAIN.fullmatch(cell)}
    amounts = {int(match.replace(",", "").replace(".", "")) for match in AMOUNT.findall(text)}
    if address.startswith("/api/"):
        amounts |= {int(match) for match in re.findall(r":\s?(\d{3,9})(?=[,}\]])", text)}
    return amounts


def secrets_of(run, *, but: str = "") -> dict[int, str]:
    """Awards of single people, and what each group of fewer than five has that a unit or table could hold."""
    awards = {a.person: a.cents for a in AwardLine.objects.filter(run=run) if a.person != but}
    known = {cents: name for name, cents in awards.items() if cents}
    assert len(known) == len([c for c in awards.values() if c])
    for size in (2, 3):
        for some in combinations(sorted(n for n in awards if n.startswith("tiny")), size):
            known[sum(awards[n] for n in some)] = "+".join(some)
    halves = [name for name in awards if name.endswith("-2")]
    assert len(halves) < LEAST
    known[sum(awards[name] for name in halves)] = "part time"
    return known


def leaks(pages: dict[str, str], hidden: dict[int, str]) -> dict[str, str]:
    """Where a number that nobody may know stands, or follows from two that stand somewhere."""
    found, seen = {}, {}
    for path, text in pages.items():
        for cents in cents_in(path, text):
            seen.setdefault(cents, path)
            if cents in hidden:
                found[path] = hidden[cents]
    for one, other in permutations(seen, 2):
        if one - other in hidden:
            found[f"{seen[one]} - {seen[other]}"] = hidden[one - other]
    return found


def test_the_attack_finds_what_is_there(unequal):
    """Were the awards of tiny told, or a table with and without them, it would be noticed."""
    hidden = secrets_of(unequal.run)
    tiny = next(cents for cents, name in hidden.items() if name == "tiny-1+tiny-2")
    assert leaks({"/a": f"<td>€{tiny / 100:,.2f}</td>"}, hidden) == {"/a": "tiny-1+tiny-2"}
    both = {"/a": f"{(tiny + 777_777) / 100:.2f}", "/b": "€7,777.77"}
    assert list(leaks(both, hidden).values()) == ["tiny-1+tiny-2"]
    assert leaks({"/a?format=csv": f"Tiny,2,{tiny / 100:.2f},"}, hidden) != {}
    assert leaks({"/api/a": f'{{"cents": {tiny}}}'}, hidden) != {}


@pytest.mark.parametrize("role", list(Role))
def test_whatever_a_role_reads_tells_of_nobody(unequal, role):
    user = unequal.person(role, email="attacker@example.com", language="en")
    for code in ("care", "north", "south", "tiny"):  # who heads every unit has the most to compare
        one = staged.unit(code)
        one.head = user
        one.save()
    pages = read(signed_in(user), unequal.run) | asked(user, unequal.run)
    if {Right.SEE_PAY_TOTALS, Right.EXPORT} <= rights_of([role]):
        file = f"/pay/totals/{unequal.run.code}/?format=csv"
        assert cents_in(file, pages[file])
    assert leaks(pages, secrets_of(unequal.run)) == {}
    named = {path: PSEUDONYM.findall(text) for path, text in pages.items() if PSEUDONYM.search(text)}
    assert named == {}


def test_an_employee_learns_the_own_award_and_no_other(unequal):
    client = unequal.client("tiny-1")
    user = AwardLine.objects.get(run=unequal.run, person="tiny-1")
    pages = read(client, unequal.run)
    assert any(user.cents in cents_in(path, text) for path, text in pages.items())
    others = secrets_of(unequal.run, but="tiny-1")
    assert leaks(pages, others) == {}
    named = {n for text in pages.values() for n in PSEUDONYM.findall(text)}
    assert named <= {"tiny-1"}


def small_figures(run) -> dict[str, str]:
    """What the team of two was rated at: by measure the page of it."""
    readings = [r for r in run.snapshot.readings if r["window"] == "period" and r["kind"] == "share"]
    tiny = [r for r in readings if r["unit"] == "tiny" and r["value"]]
    assert tiny
    return {r["measure"]: r["page"] for r in tiny}


def test_what_the_team_of_two_was_rated_at_is_no_address_on_a_page(unequal):
    """Its own figure leads nowhere: no page or call names the rows that it was counted from."""
    (address,) = small_figures(unequal.run).values()
    for role in (Role.WORKS_COUNCIL, Role.APPROVER, Role.HR, Role.EMPLOYEE):
        user = unequal.person(role, email=f"{role}-attacks@example.com", language="en")
        pages = read(signed_in(user), unequal.run) | asked(user, unequal.run)
        told = [path for path, text in pages.items() if address in text.replace("&amp;", "&")]
        assert told == [], role
