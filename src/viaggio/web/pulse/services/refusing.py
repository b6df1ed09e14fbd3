"""Not wanting to answer, now or ever."""

from datetime import datetime

from django.db import transaction

from viaggio.web.pulse.models import Invitation
from viaggio.web.shared import audit
from viaggio.web.shared.post import suppression

UNDECIDED = ("invited", "opened")
"""Outcomes that a refusal may still change; what was answered stays."""


def refuse(invitation_id: str, *, reason: str, now: datetime) -> bool:
    """The person does not want to answer; False when they have begun to, or refused before.

    An anonymous invitation never learns what became of it.
    """
    with transaction.atomic():
        found = (
            Invitation.objects.select_for_update(of=("self",))
            .select_related("pulse")
            .filter(pk=invitation_id, outcome__in=UNDECIDED)
            .first()
        )
        if found is None or found.pulse.anonymous:
            return False
        found.outcome, found.reason, found.ended_at = "refused", reason, now
        found.change += 1
        found.save(update_fields=["outcome", "reason", "ended_at", "change"])
    return True


def unsubscribe(invitation_id: str, *, now: datetime) -> bool:
    """Never write to this address again, for any pulse; False when the address is not known any more."""
    invitation = Invitation.objects.filter(pk=invitation_id).first()
    if invitation is None or not invitation.address:
        return False
    with transaction.atomic():
        origin = f"invitation:{invitation.id}"
        if suppression.suppress(invitation.address, "unsubscribed", origin=origin, now=now):
            audit.record("respondent", "pulse.unsubscribed", invitation.id)
        refuse(invitation_id, reason="unsubscribed", now=now)
    return True


def is_unsubscribed(invitation: Invitation) -> bool:
    """Whether nothing is sent to this invitation's address any more."""
    return suppression.suppressed(invitation.address) is not None
