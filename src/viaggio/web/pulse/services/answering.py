"""The one way in for answers: page, call, widget and kiosk all end in `take`.

`take` looks at what was sent, puts it together with what is known, saves it and moves the invitation on, in
one short transaction; when it returns, the answers are on the disk. The same submission sent again changes
nothing and gets the same answer. Answers are kept as they were sent, also of questions that are not shown (a
page may arrive before the one that decides); whoever reads them goes through `accepted` or `scored`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from django.db import IntegrityError, transaction

from viaggio.pulse.questionnaire import Fault, Questionnaire, accepted, refused, validate
from viaggio.pulse.questionnaire.logic import is_empty
from viaggio.web.pulse.models import Invitation, Pulse, Response, Submission, Wave
from viaggio.web.pulse.services import quotas
from viaggio.web.pulse.services.links import OpenLink, PersonalLink, ResponseLink
from viaggio.web.pulse.services.versions import questionnaire_of

OPEN_FOR = timedelta(hours=24)
"""How long somebody may go on with what was begun on an open link."""
OPEN_BY = frozenset({"link", "qr", "kiosk", "widget"})
TRIES = 3
EVENT = "response.completed"

type Answerable = PersonalLink | ResponseLink | OpenLink


class NotTaken(Exception):
    """Answers that were not stored; `code` says why, `faults` what is wrong with each.

    Codes: unknown, not_yet, closed, expired, quota_full, nothing_answered, faults.
    """

    def __init__(self, code: str, faults: tuple[Fault, ...] = (), *, invitation: str = "") -> None:
        super().__init__(code, *(f"{fault.code} {fault.item}" for fault in faults))
        self.code = code
        self.faults = faults
        self.invitation = invitation


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is stored now. `again`: this submission had been acknowledged before."""

    response: str
    state: str
    answers: Mapping[str, object]
    again: bool


@dataclass(slots=True)
class Place:
    """Where answers go: the response, new or locked, and what it hangs on."""

    response: Response
    pulse: Pulse
    wave: Wave | None
    invitation: Invitation | None = None
    new: bool = False


def take(
    link: Answerable,
    submission: str,
    *,
    page: int,
    answers: Mapping[str, object],
    finished: bool,
    language: str,
    now: datetime,
) -> Taken:
    """Store what was answered; the answers are durable when this returns. Raises `NotTaken`.

    `submission` is the sender's own id of this sending: once is enough, and again does no harm. `answers` by
    item; an empty value takes back what was said. `page` counts from 0. `finished` asks for every required
    answer, over all pages that have arrived.
    """
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                return _taken(link, submission, page, answers, finished=finished, language=language, now=now)
        except IntegrityError:  # the same thing arrived twice at the same moment: one of them is in now
            if attempt == TRIES - 1:
                raise
    raise AssertionError


def _taken(
    link: Answerable,
    submission: str,
    page: int,
    answers: Mapping[str, object],
    *,
    finished: bool,
    language: str,
    now: datetime,
) -> Taken:
    place = place_of(link, submission, language=language, now=now)
    response = place.response
    number = submission_id(response.id, submission)
    if not place.new and Submission.objects.filter(pk=number).exists():
        return _as_stored(response, again=True)
    allow(place, now)
    questionnaire = questionnaire_of(response.version_id)
    known = {} if response.state == "provisional" else response.answers  # what a link said, the form says too
    merged = together(known, answers)
    look_at(questionnaire, merged, finished=finished, context=context_of(response))
    _write(response, merged, finished=finished, language=questionnaire.language(language), now=now)
    news = response.state == "complete" and not response.told
    response.told = response.told or news
    response.save(force_insert=place.new, update_fields=None if place.new else _WRITTEN)
    Submission(id=number, response=response, at=now, page=page).save(force_insert=True)
    try:
        quotas.reserve(response, finished=response.state == "complete", now=now)
    except quotas.QuotaFull:
        raise NotTaken("quota_full") from None
    move(place, now)
    if news:
        _tell(place, questionnaire, now)
    return _as_stored(response, again=False)


_WRITTEN = ["answers", "state", "language", "flags", "changed_at", "completed_at", "change", "told"]


def _as_stored(response: Response, *, again: bool) -> Taken:
    return Taken(response=response.id, state=response.state, answers=response.answers, again=again)


def submission_id(response: str, submission: str) -> str:
    """The record id of a submission: the sender's id counts within its own response only."""
    return sha256(f"{response}\x1f{submission}".encode()).hexdigest()[:32]


# --- where answers go -----------------------------------------------------------------------------


def place_of(link: Answerable, submission: str, *, language: str, now: datetime) -> Place:
    """The response that a link and a submission belong to, locked; made, not saved, when it is the first."""
    if isinstance(link, PersonalLink):
        return _of_invitation(link.invitation, language, now)
    if isinstance(link, ResponseLink):
        return _of_response(link.response)
    return _of_open_link(link, submission, language, now)


def _of_invitation(key: str, language: str, now: datetime) -> Place:
    found = (
        Invitation.objects.select_related("pulse", "wave", "response")
        .select_for_update(of=("self",))
        .filter(pk=key)
        .first()
    )
    if found is None:
        raise NotTaken("unknown")
    known: Response | None = getattr(found, "response", None)
    response = known or Response(
        id=sha256(f"response\x1f{found.id}".encode()).hexdigest()[:32],
        pulse_id=found.pulse_id,
        wave_id=found.wave_id,
        invitation=found,
        version_id=found.version_id,
        state="provisional",
        language=language,
        asked_by=found.asked_by,
        touchpoint=found.touchpoint,
        phase=found.phase,
        channel=found.channel,
        shown=found.shown,
        started_at=now,
        changed_at=now,
        change=0,
    )
    return Place(response, found.pulse, found.wave, found, new=known is None)


def _of_response(key: str) -> Place:
    found = (
        Response.objects.select_related("pulse", "wave")
        .select_for_update(of=("self",))
        .filter(pk=key)
        .first()
    )
    if found is None:
        raise NotTaken("unknown")
    return Place(found, found.pulse, found.wave)


def _of_open_link(link: OpenLink, submission: str, language: str, now: datetime) -> Place:
    pulse = Pulse.objects.filter(pk=link.pulse, anonymous=False).first()
    if pulse is None or pulse.version_id is None or link.asked_by not in OPEN_BY:
        raise NotTaken("unknown")
    key = begun_id(link, submission)
    known = Response.objects.select_for_update().filter(pk=key).first()
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


# --- what was answered ----------------------------------------------------------------------------


def together(known: Mapping[str, object], new: Mapping[str, object]) -> dict[str, object]:
    """What was known, and what is said now on top; rows of a matrix each for itself."""
    merged = dict(known)
    for key, value in new.items():
        before = merged.get(key)
        if isinstance(value, Mapping) and isinstance(before, Mapping):
            value = {**before, **value}  # noqa: PLW2901 -- the value that stays
        merged[key] = value
    return {key: value for key, value in merged.items() if not is_empty(value)}


def look_at(
    questionnaire: Questionnaire,
    answers: Mapping[str, object],
    *,
    finished: bool,
    context: Mapping[str, str],
) -> None:
    """Pass, or raise `NotTaken` with every fault; an end without a single answer is none."""
    faults = validate(questionnaire, answers, finished=finished, context=context)
    if refused(faults):
        raise NotTaken("faults", tuple(fault for fault in faults if not fault.note))
    if finished and not accepted(questionnaire, answers, context):
        raise NotTaken("nothing_answered")


def _write(
    response: Response, answers: Mapping[str, object], *, finished: bool, language: str, now: datetime
) -> None:
    """The response as it is after this submission; a finished one stays finished."""
    if response.state == "complete":
        late = answers != response.answers and "changed_after_end" not in response.flags
        response.flags = [*response.flags, "changed_after_end"] if late else response.flags
    elif finished:
        response.state, response.completed_at = "complete", now
    else:
        response.state = "partial"
    response.answers = dict(answers)
    response.language = language
    response.changed_at = now
    response.change += 1


# --- what follows ---------------------------------------------------------------------------------


def move(place: Place, now: datetime) -> None:
    """The invitation learns how far its answer has come, when that is news."""
    invitation, state = place.invitation, place.response.state
    if invitation is None or state == "provisional" or invitation.outcome in {"complete", state}:
        return
    invitation.outcome, invitation.reason = state, ""
    invitation.opened_at = invitation.opened_at or now
    invitation.ended_at = now if state == "complete" else None
    invitation.change += 1
    invitation.save(update_fields=["outcome", "reason", "opened_at", "ended_at", "change"])


def _tell(place: Place, questionnaire: Questionnaire, now: datetime) -> None:
    """Queue `response.completed` for who wants to hear of it, once, with the answers as they count."""
    from viaggio.web.shared.webhooks import tell

    response, invitation = place.response, place.invitation
    data = {
        "response": response.id,
        "pulse": place.pulse.slug,
        "wave": place.wave.code if place.wave else None,
        "asked_by": response.asked_by,
        "touchpoint": response.touchpoint,
        "phase": response.phase,
        "channel": response.channel,
        "language": response.language,
        "customer_number": invitation.customer_number if invitation else None,
        "about": {"unit": invitation.unit, "id": invitation.about} if invitation else None,
        "answers": accepted(questionnaire, response.answers, context_of(response)),
    }
    tell(EVENT, f"response-{response.id}", data, now)
