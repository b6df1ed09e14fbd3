"""The one way in for answers: page, call, widget and kiosk all end in `take`.

`take` looks at what was sent, puts it together with what is known, saves it and moves the invitation on, in
one short transaction; when it returns, the answers are on the disk. The same submission sent again changes
nothing and gets the same answer. Nothing is locked while we think: every write says which `change` it builds
on, and where somebody else was quicker, everything is read again and decided again.

Answers are kept as they were sent, also of questions that are not shown (a page may arrive before the one
that decides); whoever reads them goes through `accepted` or `scored`.
"""

from collections.abc import Mapping
from copy import copy
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from hashlib import sha256

from django.db import IntegrityError, transaction

from viaggio.pulse.questionnaire import Questionnaire, accepted, refused, validate
from viaggio.pulse.questionnaire.logic import is_empty
from viaggio.web.pulse.models import Invitation, Response, Submission
from viaggio.web.pulse.services import quotas
from viaggio.web.pulse.services.places import (
    OPEN_BY,
    OPEN_FOR,
    Answerable,
    NotTaken,
    Place,
    allow,
    begun_id,
    context_of,
    place_of,
)
from viaggio.web.pulse.services.versions import questionnaire_of
from viaggio.web.shared.prepared import Insert, Update

__all__ = [
    "OPEN_BY", "OPEN_FOR", "Answerable", "NotTaken", "Overtaken", "Place", "Taken", "allow", "begun_id",
    "context_of", "look_at", "move", "place_of", "save", "submission_id", "take", "together",
]  # fmt: skip

TRIES = 8
EVENT = "response.completed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What is stored now. `again`: this submission had been acknowledged before."""

    response: str
    state: str
    answers: Mapping[str, object]
    again: bool


def take(
    link: Answerable,
    submission: str,
    *,
    page: int,
    answers: Mapping[str, object],
    finished: bool,
    language: str,
    now: datetime,
    known: Place | None = None,
) -> Taken:
    """Store what was answered; the answers are durable when this returns. Raises `NotTaken`.

    `submission` is the sender's own id of this sending: once is enough, and again does no harm. `answers` by
    item; an empty value takes back what was said. `page` counts from 0. `finished` asks for every required
    answer, over all pages that have arrived. `known` spares reading again what was just read.
    """
    for _attempt in range(TRIES):
        place = known or place_of(link, submission, language=language, now=now)
        known = None
        number = submission_id(place.response.id, submission)
        try:
            allow(place, now)
            made = _answered(place, answers, finished=finished, language=language, now=now)
            with transaction.atomic():
                _store(made, Submission(id=number, response=made.response, at=now, page=page), now)
        except (IntegrityError, Overtaken, NotTaken, quotas.QuotaFull) as why:
            if _was_taken(number):
                fresh = place_of(link, submission, language=language, now=now)
                return _as_stored(fresh.response, again=True)
            if isinstance(why, NotTaken):
                raise
            if isinstance(why, quotas.QuotaFull):
                raise NotTaken("quota_full") from None
            continue  # somebody was quicker: look again
        return _as_stored(made.response, again=False)
    raise NotTaken("busy")


def _was_taken(number: str) -> bool:
    """Whether this very submission was acknowledged before."""
    return Submission.objects.filter(pk=number).exists()


def _answered(
    place: Place, answers: Mapping[str, object], *, finished: bool, language: str, now: datetime
) -> Place:
    """The place with these answers in it, if they can be taken; nothing is written, and `place` stays."""
    response = copy(place.response)
    questionnaire = questionnaire_of(response.version_id)
    said = {} if response.state == "provisional" else response.answers  # what a link said, the form says too
    merged = together(said, answers)
    look_at(questionnaire, merged, finished=finished, context=context_of(response))
    _write(response, merged, finished=finished, language=questionnaire.language(language), now=now)
    return replace(place, response=response)


def _store(place: Place, submission: Submission, now: datetime) -> None:
    """Write response, submission and invitation together; raises when something changed since it was read."""
    response = place.response
    news = response.state == "complete" and not response.told
    response.told = response.told or news
    save(place, *_WRITTEN)
    _insert_submission(submission)
    quotas.reserve(response, finished=response.state == "complete", now=now)
    move(place, now)
    if news:
        _tell(place, questionnaire_of(response.version_id), now)


_insert_response, _insert_submission = Insert(Response), Insert(Submission)


@cache
def _update(*names: str) -> Update[Response]:
    return Update(Response, *names)


_WRITTEN = ("answers", "state", "language", "flags", "changed_at", "completed_at", "told")


def save(place: Place, *names: str) -> None:
    """Save these fields of the response, and count the change; raises when it is not as it was read."""
    response = place.response
    response.change += 1
    if place.new:
        _insert_response(response)
        return
    values = {name: getattr(response, name) for name in (*names, "change")}
    if not _update(*values)(response.pk, response.change - 1, values):
        raise Overtaken


class Overtaken(Exception):
    """The records changed between reading and writing."""


def _as_stored(response: Response, *, again: bool) -> Taken:
    return Taken(response=response.id, state=response.state, answers=response.answers, again=again)


def submission_id(response: str, submission: str) -> str:
    """The record id of a submission: the sender's id counts within its own response only."""
    return sha256(f"{response}\x1f{submission}".encode()).hexdigest()[:32]


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


# --- what follows ---------------------------------------------------------------------------------


def move(place: Place, now: datetime) -> None:
    """The invitation learns how far its answer has come, when that is news."""
    invitation, state = place.invitation, place.response.state
    if invitation is None or state == "provisional" or invitation.outcome in {"complete", state}:
        return
    values = {
        "outcome": state,
        "reason": "",
        "opened_at": invitation.opened_at or now,
        "ended_at": now if state == "complete" else None,
        "change": invitation.change + 1,
    }
    if not _move(invitation.pk, invitation.change, values):
        raise Overtaken


_move = Update(Invitation, "outcome", "reason", "opened_at", "ended_at", "change")


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
