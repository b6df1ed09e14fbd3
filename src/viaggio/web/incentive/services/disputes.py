"""Disputes: opened within the window, acknowledged, decided by somebody outside the first run, one appeal."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone

from viaggio.web.incentive.models import AwardLine, Dispute, Employee, Run
from viaggio.web.incentive.services.errors import Missing, NotThatState, SamePerson, TooLate
from viaggio.web.incentive.services.gathering import terms
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow, may
from viaggio.web.shared.roles import Right

OUTCOMES = ("upheld", "partly", "rejected")
LONGEST = 4000  # characters
LARGEST = 2 << 20  # bytes of an attachment
_SATURDAY = 5


def working_days_after(day: date, days: int) -> date:
    """The day so many Mondays to Fridays later."""
    while days > 0:
        day += timedelta(days=1)
        days -= day.weekday() < _SATURDAY
    return day


@transaction.atomic
def open_dispute(
    run: Run, employee: Employee, *, reason: str, text: str, by: User, now: datetime, line: str = "",
    attachment: bytes = b"", attachment_name: str = "",
) -> Dispute:  # fmt: skip
    """Open a dispute about the own statement. Raises `TooLate`, `Missing`, `PermissionDenied`."""
    _own(employee, by)
    held = Run.objects.select_for_update().get(pk=run.pk)
    award = AwardLine.objects.filter(run=held, person=employee.pseudonym).first()
    if held.published_at is None or award is None:
        raise NotThatState("there is no statement to dispute", place=held.code, hint="Wait for it.")
    if held.dispute_until is None or timezone.localdate(now) > held.dispute_until:
        raise TooLate("the time to dispute is over", place=held.code, hint="Ask the staff office.")
    places = {f"lines[{place}]" for place in range(len(award.tree["lines"]))}
    if reason not in Dispute.REASONS or (line and line not in places):
        raise Missing("a dispute names its reason and a line that is there", place="reason",
                      hint=f"Known: {', '.join(Dispute.REASONS)}.")  # fmt: skip
    if Dispute.objects.filter(run=held, employee=employee).exclude(state="closed").exists():
        raise NotThatState("a dispute about this statement is open", place=held.code, hint="Wait for it.")
    return _opened(
        held, employee, reason=reason, text=text, line=line, by=by, now=now, attachment=attachment,
        attachment_name=attachment_name,
    )  # fmt: skip


def _own(employee: Employee, by: User) -> None:
    allow(by, Right.SEE_OWN_STATEMENT)
    if employee.user_id is None or employee.user_id != by.pk:
        raise PermissionDenied(Right.SEE_OWN_STATEMENT)


def _opened(
    run: Run, employee: Employee, *, reason: str, text: str, line: str, by: User, now: datetime,
    attachment: bytes = b"", attachment_name: str = "", appeals: Dispute | None = None,
) -> Dispute:  # fmt: skip
    if not text.strip() or len(text) > LONGEST or len(attachment) > LARGEST:
        raise Missing("a dispute has words, and what is attached is small", place="text",
                      hint="Write at most 4,000 characters; attach at most 2 MB.")  # fmt: skip
    days = terms(run.version)["acknowledge_days"]
    made = Dispute.objects.create(
        run=run, employee=employee, line=line, reason=reason, text=text.strip(),
        attachment=attachment or None, attachment_name=attachment_name[:120], opened_at=now,
        acknowledge_by=working_days_after(timezone.localdate(now), days), appeals=appeals,
    )  # fmt: skip
    record(by, "incentive.dispute.opened", made, run=run.code, reason=reason, appeal=appeals is not None)
    return made


def may_review(dispute: Dispute, person: User) -> bool:
    """Whether this person may review: has the right, no part in the run, not the own, not reviewed before."""
    if not may(person, Right.REVIEW_DISPUTES) or dispute.employee.user_id == person.pk:
        return False
    if person.pk in _took_part(dispute.run):
        return False
    before = dispute.appeals
    return before is None or before.reviewer_id != person.pk


def _took_part(run: Run) -> set[int]:
    """Who calculated or approved the run, or one that it corrects."""
    found: set[int] = set()
    here: Run | None = run
    while here is not None:
        found |= {pk for pk in (here.calculated_by_id, here.approved_by_id) if pk is not None}
        here = here.corrects
    return found


def _held(dispute: Dispute, by: User, *states: str) -> Dispute:
    """The dispute for a step of its reviewer. Raises `SamePerson`, `NotThatState`."""
    allow(by, Right.REVIEW_DISPUTES)
    held = Dispute.objects.select_for_update().get(pk=dispute.pk)
    if held.state not in states:
        raise NotThatState(f"the dispute is {held.state}", place=str(held), hint=f"Needed: {states}.")
    if not may_review(held, by):
        raise SamePerson("somebody outside the run reviews", place=str(held), hint="Ask a colleague.")
    return held


@transaction.atomic
def acknowledge(dispute: Dispute, *, by: User, now: datetime) -> Dispute:
    """Say that it was received: whoever does reviews it, and had no part in the run. Raises `SamePerson`."""
    held = _held(dispute, by, "open")
    held.state, held.acknowledged_at, held.reviewer = "acknowledged", now, by
    held.save(update_fields=["state", "acknowledged_at", "reviewer"])
    record(by, "incentive.dispute.acknowledged", held)
    return held


@transaction.atomic
def decide(dispute: Dispute, outcome: str, *, answer: str, by: User, now: datetime) -> Dispute:
    """Uphold it, partly, or reject it, with a written reason. Raises `SamePerson`, `Missing`."""
    held = _held(dispute, by, "acknowledged")
    if outcome not in OUTCOMES or not answer.strip():
        raise Missing("a decision has a written reason", place="answer", hint=f"Known: {OUTCOMES}.")
    held.state, held.answer, held.decided_at, held.reviewer = outcome, answer.strip(), now, by
    held.save(update_fields=["state", "answer", "decided_at", "reviewer"])
    record(by, "incentive.dispute.decided", held, outcome=outcome)
    return held


@transaction.atomic
def settle(dispute: Dispute, correction: Run | None, *, by: User, now: datetime) -> Dispute:
    """Close a decided dispute; one that was upheld needs the published run that set it right."""
    allow(by, Right.REVIEW_DISPUTES)
    held = Dispute.objects.select_for_update().get(pk=dispute.pk)
    if held.state not in OUTCOMES:
        raise NotThatState(f"the dispute is {held.state}", place=str(held), hint="Decide it first.")
    if held.state != "rejected":
        right = correction is not None and correction.published_at is not None
        if not right or correction is None or not _corrects(correction, held.run):
            raise Missing("what was upheld is set right by a published run", place="correction",
                          hint="Correct the run, and publish it.")  # fmt: skip
        held.correction = correction
    held.state, held.closed_at = "closed", now
    held.save(update_fields=["state", "closed_at", "correction"])
    record(by, "incentive.dispute.closed", held, correction=correction.code if correction else "")
    return held


def _corrects(correction: Run, run: Run) -> bool:
    here: Run | None = correction
    while here is not None:
        here = here.corrects
        if here is not None and here.pk == run.pk:
            return True
    return False


@transaction.atomic
def appeal(dispute: Dispute, *, text: str, by: User, now: datetime) -> Dispute:
    """Open the one appeal against a decision, within the window of the plan after it."""
    held = Dispute.objects.select_for_update().get(pk=dispute.pk)
    _own(held.employee, by)
    rules = terms(held.run.version)
    if held.decided_at is None or held.appeals_id is not None or not rules["appeals"]:
        raise NotThatState("there is no decision to appeal against", place=str(held), hint="Wait for it.")
    if Dispute.objects.filter(appeals=held).exists():
        raise NotThatState("there is one appeal only", place=str(held), hint="Ask the works council.")
    until = timezone.localdate(held.decided_at) + timedelta(days=rules["open_days"])
    if timezone.localdate(now) > until:
        raise TooLate("the time to appeal is over", place=str(held), hint="Ask the works council.")
    return _opened(
        held.run, held.employee, reason=held.reason, text=text, line=held.line, by=by, now=now, appeals=held
    )


def late(now: datetime) -> Sequence[Dispute]:
    """Disputes that nobody acknowledged in time."""
    return list(Dispute.objects.filter(state="open", acknowledge_by__lt=timezone.localdate(now)))
