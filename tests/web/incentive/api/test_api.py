"""The API of shared incentives: each call needs its right, of the person and of the token alike."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.web.incentive import staged
from tests.web.incentive.golden_plans import examples
from tests.web.incentive.staged import LATER, paid, published
from tests.web.journey.conftest import company, company_root

from viaggio.web.incentive.models import Employee, LedgerEntry, PlanVersion
from viaggio.web.incentive.services import runs, staff
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

__all__ = ["company", "company_root"]

pytestmark = pytest.mark.django_db
PAY = (Right.SEE_PLANS, Right.DESIGN_PLANS, Right.RUN_INCENTIVES, Right.APPROVE_PAY, Right.EXPORT_PAYROLL,
       Right.SEE_OWN_STATEMENT)  # fmt: skip
Call = Callable[..., tuple[int, Any]]


def calls(user, *scopes: Right) -> Call:
    """Calls the API as a person with a token of these scopes."""
    _, secret = issue(user, name="t", scopes=scopes, lifetime=timedelta(days=1), now=timezone.now())

    def ask(verb: str, address: str, body: Any = None) -> tuple[int, Any]:
        more = {"data": body, "content_type": "application/json"} if body is not None else {}
        answer = getattr(Client(), verb)(
            f"/api/v1/incentive{address}", headers={"Authorization": f"Bearer {secret}"}, **more
        )
        told = answer.headers["Content-Type"].startswith("application/")
        return answer.status_code, answer.json() if told else answer.content

    return ask


@pytest.fixture
def office(company, person) -> staged.Office:
    return staged.handlers(person)


@pytest.fixture
def staffed(office):
    staged.people(office)
    return office


@pytest.fixture
def owner(person) -> Call:
    return calls(person(Role.OWNER, email="owner@example.com"), *PAY)


def test_a_plan_is_checked_with_its_findings(owner, workspace):
    text = staged.written(min_shared_weight="0.9")
    status, told = owner("post", "/check", {"plan": text})
    assert (status, told["refused"]) == (200, True)
    assert {f["code"] for f in told["findings"]} == {"shared.below_minimum"}
    status, told = owner("post", "/check", {"plan": json.loads(staged.written())})
    assert (status, told["refused"], len(told["sha256"])) == (200, False, 64)
    status, told = owner("post", "/check", {"plan": "plan: ["})
    assert (status, told["refused"]) == (200, True)
    assert owner("post", "/check", {})[0] == 422


def test_what_can_not_be_computed_says_where(owner, workspace):
    case = next(examples()).sums[0].body
    sent = {"plan": case["plan"], "people": [*case["people"], {"person": "x", "first": "soon"}],
            "results": case["results"]}  # fmt: skip
    status, told = owner("post", "/simulate", sent)
    assert (status, told["code"]) == (422, "incentive.bad_rows")
    assert "people.csv" in told["title"]
    status, told = owner("post", "/simulate", {**sent, "people": [{"salary": "1"}]})
    assert (status, told["code"]) == (422, "file.bad")
    refused = {**case["plan"], "min_shared_weight": "0.9"}
    assert owner("post", "/simulate", {**sent, "plan": refused})[1]["code"] == "incentive.plan_refused"


def test_a_plan_and_a_run_go_their_whole_way_with_four_eyes(staffed, owner, person):
    made = owner("post", "/plans", {"source": staged.written(), "parts": 4})[1]
    assert (made["plan"], made["version"], made["state"]) == ("CX-SHARED", 1, "draft")
    other = calls(person(Role.OWNER, email="other@example.com"), *PAY)
    for verb in ("simulated", "submit"):
        assert owner("post", f"/plans/CX-SHARED/1/{verb}")[0] == 200
    status, told = owner("post", "/plans/CX-SHARED/1/approve")
    assert (status, told["code"]) == (422, "incentive.same_person")
    assert other("post", "/plans/CX-SHARED/1/approve")[1]["state"] == "approved"
    status, told = owner("post", "/plans/CX-SHARED/1/publish")
    assert (status, told["code"]) == (422, "incentive.plan_refused")  # its period has begun
    later = staged.written(accrues_from=str(timezone.localdate() + timedelta(days=1)))
    owner("post", "/plans", {"source": later, "parts": 4})
    for who, verb in ((owner, "simulated"), (owner, "submit"), (other, "approve"), (owner, "publish")):
        status, told = who("post", f"/plans/CX-SHARED/2/{verb}")
        assert status == 200, told
    status, run = owner("post", "/runs", {"plan": "CX-SHARED", "version": 2, "part": 4})
    assert (status, run["state"]) == (200, "calculated")
    code = run["run"]
    assert owner("post", f"/runs/{code}/verify")[1] == {"same": True, "differences": []}
    assert owner("post", f"/runs/{code}/approve")[1]["code"] == "incentive.same_person"
    assert other("post", f"/runs/{code}/approve")[1]["state"] == "approved"
    assert owner("post", f"/runs/{code}/publish")[1]["state"] == "published"
    status, file = owner("get", f"/runs/{code}/file")
    assert owner("post", "/verify", file)[1]["same"] is True
    file["outcome"]["total"] = "0.01"
    assert owner("post", "/verify", file)[1]["same"] is False
    assert owner("get", "/ledger/check")[1]["whole"] is True


def test_a_run_in_totals_tells_of_no_small_unit_and_of_nobody(staffed, owner):
    run = paid(published(staffed), staffed)
    for address in ("/runs", f"/runs/{run.code}", "/plans", f"/plans/CX-SHARED/{run.version.number}"):
        status, told = owner("get", address)
        assert status == 200
        text = json.dumps(told)
        assert not [e for e in Employee.objects.values_list("pseudonym", flat=True) if f'"{e}"' in text]
    costs = owner("get", f"/runs/{run.code}")[1]["outcome"]["cost_by_unit"]
    assert costs["tiny"] is None
    assert sum(cents is None for cents in costs.values()) >= 2


def test_the_own_statement_and_nobody_elses(staffed, person):
    version = published(staffed)
    run = paid(version, staffed)
    later = runs.calculate(version, 2, by=staffed.runner, now=LATER)
    mine, other = (person(Role.EMPLOYEE, Role.ANALYST, email=f"{n}@example.com") for n in ("a", "b"))
    for name, user in (("care-1", mine), ("care-3", other)):
        staff.change_employee(Employee.objects.get(pseudonym=name), by=staffed.runner, user=user)
    ask = calls(mine, *PAY)
    assert [one["run"] for one in ask("get", "/statements")[1]["items"]] == [run.code]
    status, told = ask("get", f"/statements/{run.code}")
    assert (status, told["person"]) == (200, "care-1")
    assert sum(line["cents"] for line in told["lines"]) == told["cents"]
    assert "care-3" not in json.dumps(told)
    assert ask("get", f"/statements/{later.code}")[0] == 404
    assert ask("get", "/statements/none")[0] == 404
    for address in ("/runs", "/plans", f"/runs/{run.code}/file", "/payroll"):
        assert ask("get", address)[0] == 403


def test_a_token_does_what_it_was_given_and_no_more(staffed, person):
    published(staffed)
    boss = person(Role.OWNER, email="boss@example.com")
    reader = calls(boss, Right.SEE_PLANS)
    version = PlanVersion.objects.get()
    assert reader("get", "/plans")[0] == 200
    refused = {
        ("post", "/plans"): {"source": "x"},
        ("post", f"/plans/CX-SHARED/{version.number}/close"): {},
        ("post", "/runs"): {"plan": "CX-SHARED", "version": version.number, "part": 1},
        ("get", "/statements"): None,
        ("get", "/payroll"): None,
        ("post", "/payroll/2026-05"): {},
    }
    assert {reader(*call, body)[0] for call, body in refused.items()} == {403}
    run = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    for verb in ("approve", "publish"):
        assert reader("post", f"/runs/{run.code}/{verb}")[0] == 403
    assert reader("get", f"/runs/{run.code}/file")[0] == 403


def test_the_payroll_file_adds_up_to_the_ledger(staffed, owner):
    paid(published(staffed), staffed)
    (period,) = owner("get", "/payroll")[1]["items"]
    status, file = owner("post", f"/payroll/{period}?form=csv")
    assert status == 200
    last = file.decode().strip().splitlines()[-1].split(";")
    total = sum(LedgerEntry.objects.values_list("amount_cents", flat=True))
    assert last[0] == "TRAILER"
    assert last[4].replace(",", ".") == f"{total / 100:.2f}"
    assert owner("post", "/payroll/1999-01")[0] == 404
