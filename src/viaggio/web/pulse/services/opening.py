"""What opening a link does: an invitation is noticed as opened, a number tapped in a mail is kept for now.

A GET never makes an answer count. `tapped` keeps it as provisional; it counts when the person goes on (the
form of the next page says it again, see `answering.take`), when the page says that it is being looked at
(`confirm`), or when nothing speaks against it after a while (`confirm_waiting`).
"""

from contextlib import suppress
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction

from viaggio.pulse.questionnaire import RATINGS, Item, ItemKind, Questionnaire, scale_of, validate
from viaggio.web.pulse.models import Invitation, Response
from viaggio.web.pulse.services import quotas
from viaggio.web.pulse.services.answering import NotTaken, Overtaken, Place, allow, move, place_of, save
from viaggio.web.pulse.services.links import PersonalLink
from viaggio.web.pulse.services.scanners import (
    TOO_FAST,
    WAIT,
    Hit,
    acted_like_a_person,
    counts_by_itself,
    is_scanner,
    noted,
)
from viaggio.web.pulse.services.versions import questionnaire_of

LOOK_BACK = timedelta(days=3)
"""Provisional answers older than this are left as they are."""


def note_opened(invitation: Invitation, *, agent: str, now: datetime) -> None:
    """The first time a person opens the page, the invitation becomes `opened`."""
    if invitation.outcome != "invited" or is_scanner(agent):
        return
    if invitation.sent_at is not None and now - invitation.sent_at < TOO_FAST:
        return
    invitation.change += 1
    invitation.outcome, invitation.opened_at = "opened", now
    Invitation.objects.filter(pk=invitation.pk, outcome="invited").update(
        outcome="opened", opened_at=now, change=invitation.change
    )


def value_of(questionnaire: Questionnaire, item: str, text: str) -> object:
    """The answer that a link says for an item, None when it says none that could be given."""
    asked = questionnaire.by_key.get(item)
    if asked is None or (asked.kind not in RATINGS and asked.kind is not ItemKind.SINGLE):
        return None
    value: object = int(text) if asked.kind in RATINGS and text.isdecimal() and len(text) < 4 else text
    faults = validate(questionnaire, {item: value}, finished=False)
    return None if any(not fault.note for fault in faults) else value


def tapped(
    link: PersonalLink, item: str, text: str, *, agent: str, language: str, now: datetime
) -> object | None:
    """Keep what a link in a mail says, as provisional; returns the answer to show, None when there is none.

    Answers that count already are not touched. Raises `NotTaken` where answers are no longer taken.
    """
    place = place_of(link, "", language=language, now=now)
    allow(place, now)
    questionnaire = questionnaire_of(place.response.version_id)
    value = value_of(questionnaire, item, text)
    if value is not None and place.response.state == "provisional":
        _keep(place, questionnaire.by_key[item], value, agent=agent, now=now)
    return value


def _keep(place: Place, item: Item, value: object, *, agent: str, now: datetime) -> None:
    response, invitation = place.response, place.invitation
    assert invitation is not None
    response.flags = noted(
        response.flags,
        Hit(item.key, str(value), now),
        agent=agent,
        delivered_at=invitation.sent_at,
        choices=len(scale_of(item).values) if item.kind in RATINGS else len(item.options),
    )
    if not is_scanner(agent):
        response.answers, response.changed_at = {item.key: value}, now
    _save_quietly(place, "flags", "answers", "changed_at")


def _save_quietly(place: Place, *names: str) -> None:
    """Save what a GET found out, unless somebody else wrote meanwhile: then that matters more."""
    with suppress(Overtaken, IntegrityError), transaction.atomic():
        save(place, *names)


def confirm(link: PersonalLink, item: str, text: str, *, now: datetime) -> bool:
    """The page that shows a provisional answer is being looked at: it counts, unless a program opened it."""
    place = place_of(link, "", language="", now=now)
    said = place.response.answers.get(item)
    if place.new or place.response.state != "provisional" or str(said) != text:
        return False
    delivered = place.invitation.sent_at if place.invitation else None
    return acted_like_a_person(place.response.flags, delivered_at=delivered) and _count(place, now)


def confirm_waiting(*, now: datetime, most: int = 500) -> int:
    """Provisional answers that have waited long enough and that no rule suspects count now; returns how many.

    To be called now and then, together with whatever else is due.
    """
    waiting = Response.objects.filter(
        state="provisional", changed_at__lte=now - WAIT, changed_at__gt=now - LOOK_BACK, answers__gt={}
    )
    counted = 0
    for key, flags in waiting.values_list("invitation_id", "flags").order_by("changed_at")[:most]:
        if key is not None and counts_by_itself(flags):
            place = place_of(PersonalLink(key), "", language="", now=now)
            if place.response.state == "provisional" and counts_by_itself(place.response.flags):
                counted += _count(place, now)
    return counted


def _count(place: Place, now: datetime) -> bool:
    """Make a provisional answer count, where answers are still taken and a quota has room."""
    response = place.response
    try:
        allow(place, now)
        with transaction.atomic():
            response.state, response.changed_at = "partial", now
            save(place, "state", "changed_at")
            quotas.reserve(response, finished=False, now=now)
            move(place, now)
    except (NotTaken, quotas.QuotaFull, Overtaken):
        return False
    return True


def trapped(link: PersonalLink, *, now: datetime) -> None:
    """A link that no person sees was opened: whatever this visitor opened before or after is a program's."""
    place = place_of(link, "", language="", now=now)
    response = place.response
    if response.state == "provisional" and "honeypot" not in response.flags:
        response.flags = [*response.flags, "honeypot"]
        _save_quietly(place, "flags")
