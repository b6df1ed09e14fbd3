"""Plans and their versions: draft, simulated, submitted, approved, published, active, closed.

The author never approves; an approver whom the plan pays needs a second one. From `submitted` on the text
stays as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Max, Q
from django.utils import timezone

from viaggio.incentive.plan import Finding, Plan, check, read_plan
from viaggio.kernel import ViaggioError
from viaggio.web.incentive.models import Acknowledgement, Assignment, Employee, IncentivePlan, PlanVersion
from viaggio.web.incentive.services import alarms, switch
from viaggio.web.incentive.services.country import findings_of
from viaggio.web.incentive.services.errors import Missing, NotThatState, PlanRefused, SamePerson
from viaggio.web.incentive.services.plan_text import ReadText, read_text
from viaggio.web.shared.audit import SYSTEM, record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow, may
from viaggio.web.shared.roles import Right

FREE = ("draft", "simulated")
STANDING = ("published", "active")
MOST_PARTS = 12

_VERSION = re.compile(r"""^(\s*["']?version["']?\s*:\s*)["']?[^\s,"'#}]*["']?""", re.MULTILINE)


class Unreadable(ViaggioError):
    """A text that is no plan."""

    code = "incentive.unreadable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What this person may do with a version now, and for whom it waits; codes.

    `may` holds names of this module's functions: edit, mark_simulated, submit, send_back, approve, publish,
    close, new_version. `waits_for` is approver, second_approver or empty.
    """

    may: frozenset[str]
    waits_for: str


def plan_of(version: PlanVersion) -> Plan:
    """The plan that a version's document says. Raises `BadPlan`."""
    return read_plan(version.document)


def standing_findings(read: ReadText) -> list[Finding]:
    """What keeps a text from being submitted, by the country's rules too.

    Measures of persons only while the guarded switch is off.
    """
    if read.plan is None:
        first = read.findings[0]
        raise Unreadable(first.what or first.code, place=first.place, hint=first.hint)
    return [
        finding
        for finding in (*check(read.plan), *findings_of(read.plan))
        if finding.refuses and not (finding.code == "measure.person" and switch.is_on())
    ]


def _read(source: str) -> ReadText:
    """The text as a plan. Raises `Unreadable`."""
    read = read_text(source)
    if read.plan is None:
        first = read.findings[0]
        raise Unreadable(first.what or first.code, place=first.place, hint=first.hint)
    return read


def _numbered(source: str, number: int) -> str:
    """The text with this version number in its own line."""
    said, times = _VERSION.subn(rf"\g<1>{number}", source, count=1)
    return said if times else f"version: {number}\n{source}"


@transaction.atomic
def create(
    source: str, *, by: User, now: datetime, parts: int = 1, name: Mapping[str, str] | None = None,
    changes: str = "",
) -> PlanVersion:  # fmt: skip
    """A new plan with its first version, or the next version of the plan whose code stands in the text.

    The number is the next free one and is written into the text. Raises `Unreadable` when it is no plan;
    findings do not matter yet.
    """
    allow(by, Right.DESIGN_PLANS)
    read = _read(source)
    assert read.plan is not None
    known, _new = IncentivePlan.objects.get_or_create(
        code=read.plan.code, defaults={"name": dict(name or {}), "created_at": now}
    )
    if name and known.name != dict(name):
        known.name = dict(name)
        known.save(update_fields=["name"])
    number = (known.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    read = _read(_numbered(source, number))
    made = PlanVersion.objects.create(
        plan=known, number=number, source=_numbered(source, number), document=dict(read.document),
        sha256=read.sha256, parts=_parts(parts), author=by, created_at=now, changes=changes,
    )  # fmt: skip
    record(by, "incentive.plan.created", f"{known.code}@{number}", sha256=made.sha256)
    return made


def _parts(parts: int) -> int:
    if not 1 <= parts <= MOST_PARTS:
        raise NotThatState("a period has 1 to 12 parts", place="parts", hint="Write 4 for quarters.")
    return parts


def _held(version: PlanVersion, *states: str) -> PlanVersion:
    """The version for a change, in one of these states."""
    held = PlanVersion.objects.select_for_update().select_related("plan").get(pk=version.pk)
    if held.state not in states:
        raise NotThatState(f"the plan is {held.state}", place=str(held), hint=f"Needed: {', '.join(states)}.")
    return held


@transaction.atomic
def edit(
    version: PlanVersion, source: str, *, by: User, now: datetime, parts: int | None = None,
    changes: str | None = None,
) -> PlanVersion:  # fmt: skip
    """Other text for a draft; what was simulated is a draft again. Who edits is its author from then on.

    Raises `NotThatState`, `Unreadable`.
    """
    allow(by, Right.DESIGN_PLANS)
    held = _held(version, *FREE)
    source = _numbered(source, held.number)
    read = _read(source)
    assert read.plan is not None
    if read.plan.code != held.plan.code:
        raise NotThatState("a version keeps its plan's code", place="plan", hint=f"Write {held.plan.code}.")
    held.source, held.document, held.sha256 = source, dict(read.document), read.sha256
    held.state, held.author = "draft", by
    held.parts = held.parts if parts is None else _parts(parts)
    held.changes = held.changes if changes is None else changes
    held.save(update_fields=["source", "document", "sha256", "state", "author", "parts", "changes"])
    record(by, "incentive.plan.edited", _name(held), sha256=held.sha256)
    return held


def new_version(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """A draft that begins as this version's text."""
    return create(version.source, by=by, now=now, parts=version.parts)


def _name(version: PlanVersion) -> str:
    return f"{version.plan.code}@{version.number}"


def _refuse(version: PlanVersion) -> None:
    findings = standing_findings(read_text(version.source))
    if findings:
        raise PlanRefused(findings)


def _moved(version: PlanVersion, state: str, by: User | str, **saved: object) -> PlanVersion:
    """Save the new state with what else was set, and record it."""
    version.state = state
    for field, value in saved.items():
        setattr(version, field, value)
    version.save(update_fields=["state", *saved])
    record(by, f"incentive.plan.{state}", _name(version), sha256=version.sha256)
    return version


@transaction.atomic
def mark_simulated(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Say that a simulation of this very text was looked at. Raises `NotThatState`, `PlanRefused`."""
    allow(by, Right.DESIGN_PLANS)
    held = _held(version, *FREE)
    _refuse(held)
    return _moved(held, "simulated", by)


@transaction.atomic
def submit(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Hand a simulated plan in for approval: its text never changes again. Raises `PlanRefused`."""
    allow(by, Right.DESIGN_PLANS)
    held = _held(version, "simulated")
    _refuse(held)
    return _moved(held, "submitted", by, submitted_at=now)


@transaction.atomic
def send_back(version: PlanVersion, *, by: User, now: datetime, reason: str) -> PlanVersion:
    """Refuse a submitted plan with a reason: it is closed, and its author may begin a new version from it."""
    allow(by, Right.APPROVE_PAY)
    if not reason.strip():
        raise Missing("a refusal has a reason", place="reason", hint="Write why.")
    held = _held(version, "submitted", "approved")
    _moved(held, "closed", by, closed_at=now)
    record(by, "incentive.plan.refused", _name(held), reason=reason.strip())
    return held


def is_beneficiary(version: PlanVersion, person: User) -> bool:
    """Whether a plan pays this person: an employee with a stay in one of its groups within its period."""
    return _stays(version).filter(employee__user=person).exists()


def _stays(version: PlanVersion) -> models.QuerySet[Assignment]:
    """Stays in the plan's groups that touch its period."""
    plan = plan_of(version)
    return Assignment.objects.filter(
        Q(last__isnull=True) | Q(last__gte=plan.period.first),
        group__in=sorted(plan.groups), first__lte=plan.period.last,
    )  # fmt: skip


@transaction.atomic
def approve(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Approve, as somebody who is not the author; a beneficiary's approval waits for a second person's.

    Raises `SamePerson`, `NotThatState`, `PlanRefused` where the country's rules refuse it by now.
    """
    allow(by, Right.APPROVE_PAY)
    held = _held(version, "submitted")
    if by.pk in {held.author_id, held.approver_id}:
        raise SamePerson("somebody else approves", place=_name(held), hint="Ask another approver.")
    _refuse(held)
    if held.approver is None:
        held.approver = by
        if is_beneficiary(held, by):
            held.save(update_fields=["approver"])
            record(by, "incentive.plan.approved_first", _name(held), sha256=held.sha256)
            return held
        return _moved(held, "approved", by, approver=by, approved_at=now)
    return _moved(held, "approved", by, second_approver=by, approved_at=now)


@transaction.atomic
def publish(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Publish an approved plan and hand the goals to everybody it pays; an older version of it is closed.

    After the period has begun, only with `accrues_from` on or after the day. Raises `NotThatState`,
    `PlanRefused`.
    """
    allow(by, Right.DESIGN_PLANS)
    held = _held(version, "approved")
    plan, today = plan_of(held), timezone.localdate(now)
    late = today > plan.period.first and (plan.accrues_from is None or plan.accrues_from < today)
    if late:
        raise PlanRefused([Finding(code="published.after_start", place="accrues_from", detail=str(today))])
    for older in held.plan.versions.filter(state__in=STANDING).exclude(pk=held.pk):
        _moved(older, "closed", by, closed_at=now)
    _moved(held, "active" if today >= plan.period.first else "published", by, published_at=now)
    hand_over(held, now)
    return held


def hand_over(version: PlanVersion, now: datetime) -> int:
    """Hand the goals to everybody whom the plan pays and who does not have them yet; how many that were."""
    people = set(_stays(version).values_list("employee_id", flat=True))
    people -= set(version.acknowledgements.values_list("employee_id", flat=True))
    Acknowledgement.objects.bulk_create(
        [Acknowledgement(version=version, employee_id=pk, delivered_at=now) for pk in sorted(people)]
    )
    return len(people)


@transaction.atomic
def begin(now: datetime) -> Sequence[PlanVersion]:
    """Make published versions active whose period has begun; raise the alarm where goals are not assigned.

    The alarm: a period has begun and its plan is not published, or somebody employed in it has no goals.
    """
    today, begun = timezone.localdate(now), []
    for version in PlanVersion.objects.exclude(state="closed").select_related("plan"):
        plan = plan_of(version)
        if not plan.period.first <= today <= plan.period.last:
            continue
        if version.state in STANDING:
            hand_over(version, now)
            if version.state == "published":
                begun.append(_moved(version, "active", SYSTEM))
            if assigned(version, plan).without_goals:
                alarms.goals_missing(version, now)
        elif not version.plan.versions.filter(state__in=STANDING).exists():
            alarms.goals_missing(version, now)
    return begun


@transaction.atomic
def close(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Close a version; its runs, its ledger and their corrections stay possible."""
    allow(by, Right.DESIGN_PLANS)
    return _moved(_held(version, *STANDING), "closed", by, closed_at=now)


_STEPS: Mapping[str, tuple[tuple[str, Right], ...]] = {
    "draft": (("edit", Right.DESIGN_PLANS), ("mark_simulated", Right.DESIGN_PLANS)),
    "simulated": (("edit", Right.DESIGN_PLANS), ("submit", Right.DESIGN_PLANS)),
    "submitted": (("send_back", Right.APPROVE_PAY), ("approve", Right.APPROVE_PAY)),
    "approved": (("send_back", Right.APPROVE_PAY), ("publish", Right.DESIGN_PLANS)),
    "published": (("close", Right.DESIGN_PLANS),),
    "active": (("close", Right.DESIGN_PLANS),),
    "closed": (),
}


def steps(version: PlanVersion, person: User) -> Steps:
    """What this person may do with the version now."""
    allowed = {name for name, right in _STEPS[version.state] if may(person, right)}
    if person.pk in {version.author_id, version.approver_id}:
        allowed.discard("approve")
    if may(person, Right.DESIGN_PLANS):
        allowed.add("new_version")
    waits = ""
    if version.state == "submitted":
        waits = "second_approver" if version.approver_id else "approver"
    return Steps(may=frozenset(allowed), waits_for=waits)


@transaction.atomic
def acknowledge(version: PlanVersion, employee: Employee, *, by: User, now: datetime) -> Acknowledgement:
    """The employee's own word to know the goals. Raises `PermissionDenied` for anybody else's."""
    allow(by, Right.SEE_OWN_STATEMENT)
    if employee.user_id != by.pk:
        raise PermissionDenied(Right.SEE_OWN_STATEMENT)
    known = Acknowledgement.objects.select_for_update().filter(version=version, employee=employee).first()
    if known is None or version.state not in (*STANDING, "closed"):
        raise NotThatState(
            "no goals were handed over", place=_name(version), hint="Wait for its publication."
        )
    if known.acknowledged_at is None:
        known.acknowledged_at = now
        known.save(update_fields=["acknowledged_at"])
        record(by, "incentive.goals.acknowledged", _name(version), person=employee.pseudonym)
    return known


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """How far the goals of a version have come: people it pays, handed to, said to know; who has none.

    `without_goals`: pseudonyms of people employed in the period who are in no group of the plan.
    """

    people: int
    delivered: int
    acknowledged: int
    without_goals: tuple[str, ...]


def assigned(version: PlanVersion, plan: Plan | None = None) -> Assigned:
    """Who has goals under a version, and who has not."""
    plan = plan or plan_of(version)
    paid = set(_stays(version).values_list("employee_id", flat=True))
    there = _employed(plan.period.first, plan.period.last)
    if plan.eligibility.contracts:
        there = there.filter(contract__in=["", *plan.eligibility.contracts])
    known = version.acknowledgements.all()
    return Assigned(
        people=len(paid),
        delivered=known.count(),
        acknowledged=known.filter(acknowledged_at__isnull=False).count(),
        without_goals=tuple(
            there.exclude(pk__in=paid).order_by("pseudonym").values_list("pseudonym", flat=True)
        ),
    )


def _employed(first: date, last: date) -> models.QuerySet[Employee]:
    return Employee.objects.filter(Q(left__isnull=True) | Q(left__gte=first), hired__lte=last)
