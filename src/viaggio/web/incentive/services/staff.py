"""Staff: units, employees by pseudonym, stays, absences; who a pseudonym is for pay-roll stays sealed."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from viaggio.incentive.errors import BadAssignment
from viaggio.web.incentive.models import (
    Absence,
    Acknowledgement,
    Assignment,
    AwardLine,
    Dispute,
    Employee,
    LedgerEntry,
    OrgUnit,
    PayrollIdentity,
    WelfareElection,
)
from viaggio.web.incentive.services.errors import NotThatState
from viaggio.web.incentive.services.identity import Identity
from viaggio.web.incentive.services.people_file import Imported, Reject, import_people
from viaggio.web.incentive.services.sealing import seal as sealed_of
from viaggio.web.incentive.services.sealing import unseal
from viaggio.web.incentive.services.stays import check_working_time, new_pseudonym
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow, may
from viaggio.web.shared.roles import Right

__all__ = [
    "Identity", "Imported", "Reject", "add_absence", "add_employee", "add_unit", "assign", "change_employee",
    "change_unit", "end_assignment", "erase_person", "export_person", "import_people", "new_pseudonym",
    "remove_absence", "remove_assignment", "seal", "unsealed",
]  # fmt: skip

UNIT_FIELDS = frozenset({"name", "function", "head", "parent", "last"})
EMPLOYEE_FIELDS = frozenset({"user", "contract", "hired", "left", "leave_reason", "gender", "limits"})


@transaction.atomic
def add_unit(
    code: str, name: str, kind: str, *, by: User, first: date, parent: OrgUnit | None = None,
    function: str = "", head: User | None = None,
) -> OrgUnit:  # fmt: skip
    """A new unit. Raises `NotThatState` for a second company, one without a unit above, a code taken."""
    allow(by, Right.MANAGE_STAFF)
    if (
        kind not in OrgUnit.KINDS
        or (kind == "company") != (parent is None)
        or (kind == "company") != (not code)
    ):
        raise NotThatState("only the company stands at the top, and its code is empty", place=code or kind,
                           hint="Give the unit above.")  # fmt: skip
    if OrgUnit.objects.filter(code=code).exists():
        raise NotThatState("this code is taken", place=code or "company", hint="Choose another.")
    made = OrgUnit.objects.create(
        code=code, name=name, kind=kind, parent=parent, function=function, head=head, first=first
    )
    record(by, "incentive.unit.made", made, kind=kind)
    return made


@transaction.atomic
def change_unit(unit: OrgUnit, *, by: User, **fields: Any) -> OrgUnit:
    """Change name, function, head, parent or last day. Raises `NotThatState` for a ring of units."""
    allow(by, Right.MANAGE_STAFF)
    held = OrgUnit.objects.select_for_update().get(pk=unit.pk)
    changed = sorted(UNIT_FIELDS & fields.keys())
    for name in changed:
        setattr(held, name, fields[name])
    above = held.parent
    while above is not None:
        if above.pk == held.pk:
            raise NotThatState("a unit is not below itself", place=held.code, hint="Choose another parent.")
        above = above.parent
    held.save(update_fields=changed)
    record(by, "incentive.unit.changed", held, fields=changed)
    return held


@transaction.atomic
def add_employee(
    *, by: User, hired: date, contract: str = "", pseudonym: str = "", user: User | None = None,
    gender: str = "", identity: Identity | None = None,
) -> Employee:  # fmt: skip
    """A new employee; the pseudonym is drawn by chance unless one is given, such as by an import."""
    allow(by, Right.MANAGE_STAFF)
    made = Employee.objects.create(
        pseudonym=pseudonym or new_pseudonym(), user=user, contract=contract, hired=hired, gender=gender
    )
    record(by, "incentive.employee.made", made)
    if identity is not None:
        seal(made, identity, by=by)
    return made


@transaction.atomic
def change_employee(employee: Employee, *, by: User, **fields: Any) -> Employee:
    """Change user, contract, hired, left, leave_reason, gender or limits."""
    allow(by, Right.MANAGE_STAFF)
    held = Employee.objects.select_for_update().get(pk=employee.pk)
    changed = sorted(EMPLOYEE_FIELDS & fields.keys())
    for name in changed:
        setattr(held, name, fields[name])
    held.save(update_fields=changed)
    record(by, "incentive.employee.changed", held, fields=changed)
    return held


@transaction.atomic
def assign(
    employee: Employee, unit: OrgUnit, group: str, *, first: date, target_cents: int, by: User,
    last: date | None = None, fte: str = "1",
) -> Assignment:  # fmt: skip
    """A stay. Raises `BadAssignment` where working times would exceed full time, `BadAmount`."""
    allow(by, Right.MANAGE_STAFF)
    if target_cents < 0:
        raise BadAssignment("a target is never below zero", place="target", hint="Write the amount of 100 %.")
    Employee.objects.select_for_update().get(pk=employee.pk)
    made = Assignment(
        employee=employee, unit=unit, group=group.strip(), first=first, last=last, fte=fte.strip(),
        target_cents=target_cents,
    )  # fmt: skip
    check_working_time(employee, made)
    made.save()
    record(by, "incentive.stay.made", employee, unit=unit.code, group=made.group, first=str(first))
    return made


@transaction.atomic
def end_assignment(assignment: Assignment, last: date, *, by: User) -> Assignment:
    """The last day of a stay."""
    allow(by, Right.MANAGE_STAFF)
    held = Assignment.objects.select_for_update().get(pk=assignment.pk)
    if last < held.first:
        raise BadAssignment("a stay ends after it begins", place=str(held), hint="Remove it instead.")
    held.last = last
    held.save(update_fields=["last"])
    record(by, "incentive.stay.ended", held.employee, last=str(last))
    return held


@transaction.atomic
def remove_assignment(assignment: Assignment, *, by: User) -> None:
    """Take out a stay that never was."""
    allow(by, Right.MANAGE_STAFF)
    record(by, "incentive.stay.removed", assignment.employee, first=str(assignment.first))
    assignment.delete()


@transaction.atomic
def add_absence(employee: Employee, kind: str, first: date, last: date, *, by: User) -> Absence:
    """Days away, of a class."""
    allow(by, Right.MANAGE_STAFF)
    if last < first or not kind.strip():
        raise BadAssignment("an absence has a class, a first and a last day", place=str(first),
                            hint="Give all three.")  # fmt: skip
    made = Absence.objects.create(employee=employee, kind=kind.strip(), first=first, last=last)
    record(by, "incentive.absence.made", employee, first=str(first), last=str(last))
    return made


@transaction.atomic
def remove_absence(absence: Absence, *, by: User) -> None:
    """Take out an absence that never was."""
    allow(by, Right.MANAGE_STAFF)
    record(by, "incentive.absence.removed", absence.employee, first=str(absence.first))
    absence.delete()


@transaction.atomic
def seal(employee: Employee, identity: Identity, *, by: User) -> None:
    """Keep who a pseudonym is for pay-roll, encrypted. Raises `NoKey`."""
    allow(by, Right.MANAGE_STAFF)
    PayrollIdentity.objects.update_or_create(employee=employee, defaults={"sealed": sealed_of(identity)})
    record(by, "incentive.identity.sealed", employee)


@transaction.atomic
def unsealed(employees: Sequence[Employee], *, by: User) -> dict[str, Identity]:
    """Who these are for pay-roll, by pseudonym; those without an identity are left out; recorded.

    For whoever manages staff or hands over to pay-roll. Raises `NoKey`, `PermissionDenied`.
    """
    if not may_unseal(by):
        allow(by, Right.EXPORT_PAYROLL)
    rows = PayrollIdentity.objects.filter(employee__in=[e.pk for e in employees]).select_related("employee")
    found = {row.employee.pseudonym: unseal(row.sealed) for row in rows}
    record(by, "incentive.identity.seen", "pay-roll identities", people=len(found))
    return found


def may_unseal(by: User) -> bool:
    """Whether a person manages staff, and so may see who a pseudonym is."""
    return may(by, Right.MANAGE_STAFF)


@transaction.atomic
def export_person(employee: Employee, *, by: User) -> dict[str, Any]:
    """Everything that is kept of a person, as plain values, recorded. For the person or the staff office."""
    if employee.user_id != by.pk:
        allow(by, Right.MANAGE_STAFF)
    who = PayrollIdentity.objects.filter(employee=employee).first()
    identity = unseal(who.sealed) if who else None
    record(by, "incentive.person.exported", employee)
    return {
        "pseudonym": employee.pseudonym,
        "identity": None if identity is None else {
            "payroll_id": identity.payroll_id, "name": identity.name, "cost_centre": identity.cost_centre,
        },
        "contract": employee.contract, "hired": str(employee.hired),
        "left": str(employee.left) if employee.left else None, "leave_reason": employee.leave_reason,
        "gender": employee.gender, "limits": employee.limits,
        "stays": [
            {"unit": a.unit.code, "group": a.group, "first": str(a.first),
             "last": str(a.last) if a.last else None, "fte": a.fte, "target_cents": a.target_cents}
            for a in Assignment.objects.filter(employee=employee).select_related("unit")
        ],
        "absences": [
            {"kind": a.kind, "first": str(a.first), "last": str(a.last)}
            for a in Absence.objects.filter(employee=employee)
        ],
        "goals": [
            {"plan": f"{a.version.plan.code}@{a.version.number}", "delivered_at": a.delivered_at.isoformat(),
             "acknowledged_at": a.acknowledged_at.isoformat() if a.acknowledged_at else None}
            for a in Acknowledgement.objects.filter(employee=employee).select_related("version__plan")
        ],
        "awards": [
            {"run": a.run.code, "award": a.tree}
            for a in AwardLine.objects.filter(person=employee.pseudonym).select_related("run")
        ],
        "ledger": list(
            LedgerEntry.objects.filter(person=employee.pseudonym).values(
                "seq", "period", "pay_period", "plan_version", "kind", "amount_cents", "run", "note"
            )
        ),
        "disputes": [
            {"run": d.run.code, "reason": d.reason, "text": d.text, "answer": d.answer, "state": d.state}
            for d in Dispute.objects.filter(employee=employee).select_related("run")
        ],
        "welfare": list(WelfareElection.objects.filter(employee=employee).values("run__code", "cents")),
    }  # fmt: skip


@transaction.atomic
def erase_person(employee: Employee, *, by: User, now: datetime) -> None:
    """Erase who a pseudonym is: identity, account, absences, gender, income limits, words of disputes.

    Closed runs and the ledger know the pseudonym only, and still verify. Somebody who is still employed, or
    whose run is not finished, is not erased: raises `NotThatState`.
    """
    allow(by, Right.MANAGE_STAFF)
    held = Employee.objects.select_for_update().get(pk=employee.pk)
    if held.left is None or held.left >= now.date():
        raise NotThatState("this person is still employed", place=held.pseudonym, hint="Enter the last day.")
    if held.disputes.exclude(state="closed").exists():
        raise NotThatState("a dispute is open", place=held.pseudonym, hint="Close it first.")
    PayrollIdentity.objects.filter(employee=held).delete()
    Absence.objects.filter(employee=held).delete()
    Dispute.objects.filter(employee=held).update(text="", answer="", attachment=None, attachment_name="")
    held.user, held.gender, held.limits = None, "", {}
    held.save(update_fields=["user", "gender", "limits"])
    record(by, "incentive.person.erased", held.pseudonym)
