"""What becomes of an invitation's messages: sent, come back, no longer wanted. The post tells us by key."""

from datetime import datetime, timedelta

from django.db.models import F

from viaggio.web.pulse.models import Invitation
from viaggio.web.shared.models.outgoing import Outgoing
from viaggio.web.shared.post.outcome import Outcome
from viaggio.web.shared.post.owners import Owner, register

WAITING = ("invited", "opened", "partial")
"""Outcomes after which an invitation or a reminder is still worth sending."""
LOOK_AGAIN = timedelta(hours=1)
"""How long a message of a paused pulse is left before it is looked at again."""
_NO_WISH = {"suppressed_unsubscribed", "suppressed_complained", "suppressed_by_hand"}


def start() -> None:
    """Hear of every row about an invitation."""
    register("invitation", Owner(told=told, unwanted=unwanted))


def unwanted(row: Outgoing, now: datetime) -> Outcome | None:
    """Why a message is not to be sent, or not now: the person answered, refused, or it is too late."""
    key, occasion = _parts(row)
    found = Invitation.objects.select_related("pulse").filter(pk=key).first()
    if found is None:
        return _withdrawn("erased")
    if occasion == "thanks":
        return None
    if found.outcome not in WAITING:
        return _withdrawn(found.outcome)
    if found.expires_at <= now or found.pulse.state == "ended":
        return _withdrawn("expired")
    if found.pulse.state == "paused":
        return Outcome(state="held", answer="pulse_paused", wait=LOOK_AGAIN, counts=False)
    return None


def told(row: Outgoing, state: str, reason: str, now: datetime) -> None:
    """Write down what became of a message. An anonymous invitation never learns it."""
    key, occasion = _parts(row)
    if state == "sent" and occasion == "invite":
        fresh = Invitation.objects.filter(pk=key, sent_at=None, pulse__anonymous=False)
        fresh.update(sent_at=now, change=F("change") + 1)
    elif state in {"bounced", "failed"}:
        _end(key, "bounced", reason or "given_up", now)
    elif state == "withdrawn" and occasion == "invite":
        if reason in _NO_WISH:
            _end(key, "no_consent", reason, now)
        elif reason in {"suppressed_bounced", "no_address"}:
            _end(key, "no_address", reason, now)


def no_address(invitation_id: str, *, reason: str, now: datetime) -> bool:
    """There is nowhere to send it; False when the invitation ended otherwise already."""
    return _end(invitation_id, "no_address", reason, now)


def _end(key: str, outcome: str, reason: str, now: datetime) -> bool:
    open_ones = Invitation.objects.filter(pk=key, outcome="invited", pulse__anonymous=False)
    return bool(open_ones.update(outcome=outcome, reason=reason[:40], ended_at=now, change=F("change") + 1))


def _withdrawn(reason: str) -> Outcome:
    return Outcome(state="withdrawn", answer=reason, reason=reason, counts=False)


def _parts(row: Outgoing) -> tuple[str, str]:
    """The invitation's id and the occasion of a key `invitation:<id>:<occasion>`."""
    _, key, occasion = row.key.split(":", 2)
    return key, occasion
