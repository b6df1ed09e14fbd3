"""A small company that runs a shared incentive: its staff, its plan, and the people who handle them."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from viaggio.web.incentive.models import Employee, OrgUnit, PlanVersion, Run
from viaggio.web.incentive.services import plans, runs, staff
from viaggio.web.shared.models import User
from viaggio.web.shared.roles import Role

NOW = datetime(2025, 12, 15, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 4, 20, 9, 0, tzinfo=UTC)
NPS = {"type": "linear", "points": [["-20", "0"], ["30", "1"], ["60", "1.5"]]}
CSAT = {"type": "linear", "points": [["40", "0"], ["80", "1"], ["95", "1.5"]]}

PLAN: dict[str, Any] = {
    "plan": "CX-SHARED",
    "version": "1",
    "legal_basis": "PROGRAM",
    "period": {"start": "2026-01-01", "end": "2026-12-31",
               "baseline": {"start": "2025-01-01", "end": "2025-12-31"}},
    "eligibility": {"min_service_days": "30"},
    "absences": {"unpaid_leave": {"lost": "1"}, "L104": {"lost": "0", "protected": "true"}},
    "guardrails": {"k_headcount": "5", "k_responses": "3", "n_min": "5",
                   "ladder": ["rolling:2", "parent", "redistribute", "neutral"]},
    "groups": {
        name: {"shared": [{"measure": "company_nps", "weight": "0.6", "curve": NPS}],
               "function": [{"measure": measure, "weight": "0.4", "curve": CSAT}]}
        for name, measure in (("care", "map:care"), ("field", "team"))
    },
    "contribution_map": {"care": {"help_request": "0.7", "complaint": "0.3"}},
    "measures": {"company_nps": {"metric": "nps"},
                 "team": {"metric": "csat", "by": "touchpoint",
                          "units": {"north": ["delivery"], "south": ["workshop_repair", "technician_visit"],
                                    "tiny": ["service_booking"]}}},
    "individual_cap": "1.5",
    "retro": {"pool": "freeze_lambda", "waive_below": "0.50", "recovery_share": "0.20"},
    "disputes": {"open_days": "30", "acknowledge_days": "5", "appeals": "1"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Office:
    """The people who handle the plan."""

    designer: User
    approver: User
    runner: User
    second: User


def written(**changes: Any) -> str:
    """The plan's text with top-level values changed."""
    return json.dumps({**PLAN, **changes}, indent=1)


def people(office: Office) -> list[Employee]:
    """Care has seven people, north six, south six, tiny two; the third of north moves to south in April."""
    by, first = office.runner, date(2024, 1, 1)
    top = staff.add_unit("", "Officina Blu", "company", by=by, first=first)
    units = {
        code: staff.add_unit(code, code.capitalize(), "cell", by=by, first=first, parent=top)
        for code in ("care", "north", "south", "tiny")
    }
    found = []
    for code, many in (("care", 7), ("north", 6), ("south", 6), ("tiny", 2)):
        for number in range(1, many + 1):
            one = staff.add_employee(
                by=by, hired=first, contract="permanent", pseudonym=f"{code}-{number}",
                gender="f" if number % 2 else "m",
            )  # fmt: skip
            found.append(one)
            group = "care" if code == "care" else "field"
            moves = (code, number) == ("north", 3)
            last = date(2026, 3, 31) if moves else None
            staff.assign(one, units[code], group, first=first, last=last, target_cents=240_000, by=by,
                         fte="0.5" if number == 2 else "1")  # fmt: skip
            if moves:
                staff.assign(
                    one, units["south"], "field", first=date(2026, 4, 1), target_cents=240_000, by=by
                )
    staff.add_absence(found[0], "unpaid_leave", date(2026, 2, 2), date(2026, 2, 15), by=by)
    staff.add_absence(found[1], "L104", date(2026, 2, 2), date(2026, 2, 4), by=by)
    return found


def published(office: Office, *, parts: int = 4, **changes: Any) -> PlanVersion:
    """A plan that everybody knows of."""
    made = plans.create(written(**changes), by=office.designer, now=NOW, parts=parts)
    made = plans.mark_simulated(made, by=office.designer, now=NOW)
    made = plans.submit(made, by=office.designer, now=NOW)
    made = plans.approve(made, by=office.approver, now=NOW)
    return plans.publish(made, by=office.designer, now=NOW)


def paid(version: PlanVersion, office: Office, part: int = 1, now: datetime = LATER) -> Run:
    """A part that is calculated, verified, approved and in the ledger."""
    run = runs.calculate(version, part, by=office.runner, now=now)
    assert runs.verify(run, now=now).same
    run = runs.approve(run, by=office.approver, now=now)
    return runs.publish(run, by=office.runner, now=now)


def handlers(person: Any) -> Office:
    """Made by the fixture `person` of the web tests."""
    return Office(
        designer=person(Role.HR, email="designer@example.com"),
        approver=person(Role.APPROVER, email="first@example.com"),
        runner=person(Role.HR, email="runs@example.com"),
        second=person(Role.APPROVER, email="second@example.com"),
    )


def unit(code: str) -> OrgUnit:
    """A unit by its code."""
    return OrgUnit.objects.get(code=code)
