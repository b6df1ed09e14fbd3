"""Where answers go: the response that a link belongs to, what it hangs on, and whether it still takes any."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from viaggio.pulse.questionnaire import Fault
from viaggio.web.pulse.models import Invitation, Pulse, Response, Wave
from viaggio.web.pulse.services.links import OpenLink, PersonalLink, ResponseLink
from viaggio.web.shared.prepared import Prepared

OPEN_FOR = timedelta(hours=24)
"""How long somebody may go on with what was begun on an open link."""
OPEN_BY = frozenset({"link", "qr", "kiosk", "widget"})

type Answerable = PersonalLink | ResponseLink | OpenLink


class NotTaken(Exception):
    """Answers that were not stored; `code` says why, `faults` what is wrong with each.

    Codes: unknown, not_yet, closed, expired, quota_full, nothing_answered, faults, busy (send it again).
    """

    def __init__(self, code: str, faults: tuple[Fault, ...] = (), *, invitation: str = "") -> None:
        super().__init__(code, *(f"{fault.code} {fault.item}" for fault in faults))
        self.code = code
        self.faults = faults
        self.invitation = invitation


@dataclass(frozen=True, slots=True)
class Place:
    """Where answers go: the response, new or as it was read, and what it hangs on."""

    response: Response
    pulse: Pulse
    wave: Wave | None
    invitation: Invitation | None = None
    new: bool = False


def place_of(link: Answerable, submission: str, *, language: str, now: datetime) -> Place:
    """The response that a link and a submission belong to; made, not saved, when it is the first."""
    if isinstance(link, PersonalLink):
        return _of_invitation(link.invitation, language, now)
    if isinstance(link, ResponseLink):
        return _of_response(link.response)
    return _of_open_link(link, submission, language, now)


_OF_INVITATION = (
    "pulse_id", "wave_id", "version_id", "touchpoint", "phase", "channel", "asked_by", "address", "language",
    "shown", "outcome", "unit", "about", "customer_number", "sent_at", "opened_at", "expires_at", "change",
    "pulse__slug", "pulse__state", "pulse__pages", "pulse__anonymous", "wave__code", "wave__closed_at",
)  # fmt: skip
"""All that answering needs to know; the rest is not read."""


_invitations = Prepared(
    lambda key: (
        Invitation.objects.select_related("pulse", "wave").only(*_OF_INVITATION).filter(pk=key).order_by()
    ),
    "key",
)
_responses = Prepared(lambda key: Response.objects.filter(invitation_id=key).order_by(), "key")


def _of_invitation(key: str, language: str, now: datetime) -> Place:
    invitation = next(iter(_invitations(key)), None)
    if invitation is None:
        raise NotTaken("unknown")
    known = next(iter(_responses(key)), None)
    response = known or Response(
        id=sha256(f"response\x1f{key}".encode()).hexdigest()[:32],
        pulse_id=invitation.pulse_id,
        wave_id=invitation.wave_id,
        invitation=invitation,
        version_id=invitation.version_id,
        state="provisional",
        language=language or invitation.language,
        asked_by=invitation.asked_by,
        touchpoint=invitation.touchpoint,
        phase=invitation.phase,
        channel=invitation.channel,
        shown=invitation.shown,
        started_at=now,
        changed_at=now,
        change=0,
    )
    return Place(response, invitation.pulse, invitation.wave, invitation, new=known is None)


def _of_response(key: str) -> Place:
    found = Response.objects.select_related("pulse", "wave").filter(pk=key).first()
    if found is None:
        raise NotTaken("unknown")
    return Place(found, found.pulse, found.wave)


def _of_open_link(link: OpenLink, submission: str, language: str, now: datetime) -> Place:
    pulse = Pulse.objects.filter(pk=link.pulse, anonymous=False).first()
    if pulse is None or pulse.version_id is None or link.asked_by not in OPEN_BY:
        raise NotTaken("unknown")
    key = begun_id(link, submission)
    known = Response.objects.select_related("wave").filter(pk=key).first()
    if known is not None:
        return Place(known, pulse, known.wave)
    wave = (
        Wave.objects.filter(pulse=pulse, starts_at__lte=now, ends_at__gt=now, closed_at__isnull=True)
        .order_by("-code")
        .first()
    )
    response = Response(
        id=key,
        pulse=pulse,
        wave=wave,
        version_id=pulse.version_id,
        state="provisional",
        language=language,
        asked_by=link.asked_by,
        touchpoint=link.touchpoint,
        phase=link.phase,
        channel=link.channel,
        shown={"store": link.place} if link.place else {},
        started_at=now,
        changed_at=now,
        change=0,
    )
    return Place(response, pulse, wave, new=True)


def begun_id(link: OpenLink, submission: str) -> str:
    """The id of the response that a first submission on an open link begins; the same one begins it once.

    What stands before a colon names the visit: a form sent again with another answer is the same visit.
    """
    visit = submission.partition(":")[0]
    return sha256(f"open\x1f{link.pulse}\x1f{link.asked_by}\x1f{visit}".encode()).hexdigest()[:32]


def context_of(response: Response) -> dict[str, str]:
    """What is known of the response's occasion, for conditions and texts."""
    known = {"touchpoint": response.touchpoint, "channel": response.channel}
    return {name: value for name, value in known.items() if value} | dict(response.shown)


def allow(place: Place, now: datetime) -> None:
    """Pass while answers are taken here, or raise `NotTaken`."""
    if place.pulse.state == "draft":
        raise NotTaken("not_yet")
    if place.wave is not None and place.wave.closed_at is not None:
        raise NotTaken("closed")
    if place.invitation is not None:
        if place.invitation.expires_at <= now or place.invitation.outcome == "expired":
            raise NotTaken("expired")
        return
    if place.pulse.state != "running" and place.new:
        raise NotTaken("closed")
    if now - place.response.started_at > OPEN_FOR:
        raise NotTaken("expired")
