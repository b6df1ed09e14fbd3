"""What an answer page knows about who opened it: what is asked, in which language, what was answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from viaggio.pulse.questionnaire import Questionnaire
from viaggio.web.pulse.models import Invitation, Pulse, Response
from viaggio.web.pulse.services import anonymous, quotas
from viaggio.web.pulse.services.answering import (
    OPEN_BY,
    Answerable,
    NotTaken,
    Place,
    allow,
    context_of,
    place_of,
)
from viaggio.web.pulse.services.links import AnonymousLink, Link, OpenLink, PersonalLink, ResponseLink
from viaggio.web.pulse.services.versions import questionnaire_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """One opening of an answer page. `stopped` says why no more answers are taken, else it is empty."""

    link: Link
    pulse: Pulse
    questionnaire: Questionnaire
    language: str
    answers: Mapping[str, object] = field(default_factory=dict)
    state: str = ""  # of the response; empty before the first answer
    context: Mapping[str, str] = field(default_factory=dict)
    asked_by: str = "link"
    invitation: Invitation | None = None
    anonymous: bool = False
    stopped: str = ""
    place: Place | None = None  # as it was read, for `take` to go on with

    @property
    def answerable(self) -> Answerable | None:
        """The link, where answers are stored as they come; None in anonymous pulses."""
        return None if self.anonymous or isinstance(self.link, AnonymousLink) else self.link


def visit(link: Link, *, secret: str, language: str, now: datetime) -> Visit:
    """What stands behind a link; `language` is the visitor's own wish, else that of the link decides.

    `secret` is the token, which an anonymous link may use once. Raises `NotTaken` (unknown).
    """
    if isinstance(link, PersonalLink):
        return _personal(link, language, now)
    if isinstance(link, ResponseLink):
        return _begun(link, language, now)
    if isinstance(link, AnonymousLink) or anonymous.is_anonymous(link.pulse):
        return _anonymous(link, secret, language, now)
    return _open(link, language, now)


def _personal(link: PersonalLink, language: str, now: datetime) -> Visit:
    place = place_of(link, "", language=language, now=now)
    response, invitation = place.response, place.invitation
    assert invitation is not None
    questionnaire = questionnaire_of(response.version_id)
    return Visit(
        link=link,
        pulse=place.pulse,
        questionnaire=questionnaire,
        language=questionnaire.language(language or response.language),
        answers=response.answers,
        state="" if place.new else response.state,
        context=context_of(response),
        asked_by=response.asked_by,
        invitation=invitation,
        stopped=_stopped(place, now),
        place=place,
    )


def _begun(link: ResponseLink, language: str, now: datetime) -> Visit:
    place = place_of(link, "", language=language, now=now)
    response = place.response
    questionnaire = questionnaire_of(response.version_id)
    return Visit(
        link=link,
        pulse=place.pulse,
        questionnaire=questionnaire,
        language=questionnaire.language(language or response.language),
        answers=response.answers,
        state=response.state,
        context=context_of(response),
        asked_by=response.asked_by,
        stopped=_stopped(place, now),
        place=place,
    )


def _open(link: OpenLink, language: str, now: datetime) -> Visit:
    pulse = Pulse.objects.filter(pk=link.pulse).first()
    if pulse is None or pulse.version_id is None or link.asked_by not in OPEN_BY:
        raise NotTaken("unknown")
    questionnaire = questionnaire_of(pulse.version_id)
    response = Response(
        touchpoint=link.touchpoint,
        channel=link.channel,
        shown={"store": link.place} if link.place else {},
        started_at=now,
    )
    stopped = _stopped(Place(response, pulse, None, new=True), now)
    return Visit(
        link=link,
        pulse=pulse,
        questionnaire=questionnaire,
        language=questionnaire.language(language),
        context=context_of(response),
        asked_by=link.asked_by,
        stopped=stopped or ("quota_full" if quotas.is_full(pulse.pk, now=now) else ""),
    )


def _anonymous(link: AnonymousLink | OpenLink, secret: str, language: str, now: datetime) -> Visit:
    stopped = ""
    try:
        wave, version = anonymous.where(link, now=now)
    except NotTaken as why:
        if why.code == "unknown" or isinstance(link, OpenLink):
            raise
        wave, version = anonymous.wave_of(link), link.version
        stopped = why.code
    else:
        if isinstance(link, AnonymousLink) and anonymous.is_spent(link, secret, now=now):
            stopped = "spent"
    questionnaire = questionnaire_of(version)
    return Visit(
        link=link,
        pulse=wave.pulse,
        questionnaire=questionnaire,
        language=questionnaire.language(language),
        asked_by=link.asked_by if isinstance(link, OpenLink) else "link",
        anonymous=True,
        stopped=stopped,
    )


def _stopped(place: Place, now: datetime) -> str:
    try:
        allow(place, now)
    except NotTaken as why:
        return why.code
    return ""
