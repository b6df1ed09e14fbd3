"""The guarded switch for measures of single persons: an agreement, an impact assessment, two approvers."""

from datetime import datetime

from django.db import transaction

from viaggio.web.incentive.models.switches import PersonSwitch
from viaggio.web.incentive.services.errors import Missing, NotThatState, SamePerson
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right


def is_on() -> bool:
    """Whether measures of persons are allowed now."""
    return PersonSwitch.objects.filter(on_at__isnull=False, off_at__isnull=True).exists()


@transaction.atomic
def ask(agreement: str, assessment: str, *, by: User, now: datetime) -> PersonSwitch:
    """Ask for the switch, with the numbers of the agreement and of the impact assessment."""
    allow(by, Right.DESIGN_PLANS)
    if not agreement.strip() or not assessment.strip():
        raise Missing("the agreement and the impact assessment are named", place="agreement",
                      hint="Write the number of each.")  # fmt: skip
    made = PersonSwitch.objects.create(
        agreement=agreement.strip(), assessment=assessment.strip(), asked_by=by, asked_at=now
    )
    record(by, "incentive.person_switch.asked", made)
    return made


@transaction.atomic
def approve(switch: PersonSwitch, *, by: User, now: datetime) -> PersonSwitch:
    """Approve it; the second of two approvers, neither of whom asked, turns it on. Raises `SamePerson`."""
    allow(by, Right.APPROVE_PAY)
    held = PersonSwitch.objects.select_for_update().get(pk=switch.pk)
    if held.on_at or held.off_at:
        raise NotThatState("it was decided already", place=str(held), hint="Ask anew.")
    if by.pk in {held.asked_by_id, held.first_approver_id}:
        raise SamePerson("two others approve", place=str(held), hint="Ask another approver.")
    if held.first_approver is None:
        held.first_approver = by
    else:
        held.second_approver, held.on_at = by, now
    held.save()
    record(by, "incentive.person_switch.approved", held, on=held.on_at is not None)
    return held


@transaction.atomic
def turn_off(switch: PersonSwitch, *, by: User, now: datetime) -> PersonSwitch:
    """Turn it off, or refuse it: one person is enough."""
    allow(by, Right.APPROVE_PAY)
    held = PersonSwitch.objects.select_for_update().get(pk=switch.pk)
    held.off_at = held.off_at or now
    held.save(update_fields=["off_at"])
    record(by, "incentive.person_switch.off", held)
    return held
