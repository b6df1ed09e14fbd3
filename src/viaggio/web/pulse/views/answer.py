"""Answering by link: show a screen, take what was answered, show the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from viaggio.pulse.questionnaire import Fault
from viaggio.web.pulse.services import anonymous, opening
from viaggio.web.pulse.services.answering import NotTaken, look_at, take, together
from viaggio.web.pulse.services.links import (
    AnonymousLink,
    OpenLink,
    PersonalLink,
    link_of,
    response_token,
)
from viaggio.web.pulse.services.rates import PERSONAL, RATES, SHARED
from viaggio.web.pulse.services.steps import Step, after, before, step_of, steps, to_resume
from viaggio.web.pulse.services.visits import Visit, visit
from viaggio.web.pulse.views.answer_form import REQUIRED, Sent, faults_on, item_of, read_form, without
from viaggio.web.pulse.views.answer_look import speak
from viaggio.web.pulse.views.answer_pages import Spot, screen, stopped, thanks
from viaggio.web.shared.permissions import open_to_all

OPEN_AND_SEND = require_http_methods(["GET", "HEAD", "POST"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One request of a respondent."""

    request: HttpRequest
    spot: Spot
    found: Visit
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """A sent form beside what was known: all answers together, the screens they show, the one it was."""

    sent: Sent
    merged: Mapping[str, object]
    shown: list[Step]
    step: Step

    @property
    def onward(self) -> Step | None:
        """The next screen: the same one when an answer opened a question on it; None at the end."""
        opened = self.sent.shown and any(item.key not in self.sent.shown for item in self.step.items)
        return self.step if opened else after(self.shown, self.step.place)

    def with_any(self, keys: set[str]) -> Step:
        """The first screen that asks one of these items, else this one."""
        asking = (step for step in self.shown if keys & {item.key for item in step.items})
        return next(asking, self.step)


@open_to_all
@csrf_exempt  # the address is the proof; no cookie could be abused
@OPEN_AND_SEND
def answer(request: HttpRequest, token: str) -> HttpResponse:
    """A respondent's page: `p` names the screen, `l` the language, `q` and `v` a number tapped in a mail."""
    return _page(request, Spot(token=token, language=request.GET.get("l", "")[:12]))


@open_to_all
@csrf_exempt
@OPEN_AND_SEND
def kiosk(request: HttpRequest, token: str, begun: str = "") -> HttpResponse:
    """The same on a screen that stands somewhere: big buttons, and it starts again by itself."""
    if not isinstance(link_of(token), OpenLink):
        return stopped("unknown", _language(request))
    return _page(request, Spot(token=begun or token, kiosk=token, language=request.GET.get("l", "")[:12]))


def _language(request: HttpRequest) -> str:
    return request.GET.get("l", "")[:12] or translation.get_language() or "it"


def _page(request: HttpRequest, spot: Spot) -> HttpResponse:
    now = timezone.now()
    link = link_of(spot.token)
    if link is None:
        return stopped("unknown", _language(request))
    wish = spot.language or ("" if isinstance(link, PersonalLink) else translation.get_language() or "")
    try:
        found = visit(link, secret=spot.token, language=wish, now=now)
        speak(found.language)
        if found.state == "complete" and found.stopped:
            return thanks(spot, found)
        if found.stopped:
            return stopped(found.stopped, found.language, spot=spot)
        turn = Turn(request=request, spot=spot, found=found, now=now)
        return _send(turn) if request.method == "POST" else _show(turn)
    except NotTaken as why:
        return stopped(why.code, _language(request), spot=spot)


# --- showing --------------------------------------------------------------------------------------


def _show(turn: Turn) -> HttpResponse:
    found, asked = turn.found, turn.request.GET
    agent = turn.request.headers.get("User-Agent", "")
    if found.invitation is not None and turn.request.method == "GET":
        opening.note_opened(found.invitation, agent=agent, now=turn.now)
    if asked.get("q"):
        return _show_tapped(turn, asked["q"], asked.get("v", ""))
    if found.state == "complete" and "p" not in asked:
        return thanks(turn.spot, found)
    answers = {} if found.state == "provisional" else found.answers
    shown = steps(found.questionnaire, answers, found.context)
    step = step_of(shown, asked.get("p", "")) or to_resume(shown, answers) or shown[-1]
    faults: list[Fault] = []
    if asked.get("e"):
        keys = [item.key for item in step.items]
        faults = faults_on(found.questionnaire, answers, found.context, keys)
    return screen(turn.spot, found, step, answers=answers, faults=faults)


def _show_tapped(turn: Turn, item: str, value: str) -> HttpResponse:
    """A number was tapped in a mail: keep it for now where we may, and show what comes next."""
    found = turn.found
    answered = opening.value_of(found.questionnaire, item, value)
    stored = {} if found.state == "provisional" else found.answers
    answers = stored if answered is None else {**stored, item: answered}
    shown = steps(found.questionnaire, answers, found.context)
    step = next((each for each in shown if any(one.key == item for one in each.items)), shown[0])
    fresh = found.state in {"", "provisional"} and isinstance(found.link, PersonalLink)
    if answered is None or not fresh or not step.one_tap:
        return screen(turn.spot, found, step, answers=answers)  # chosen already; one tap makes it count
    if turn.request.method == "GET":
        assert isinstance(found.link, PersonalLink)
        agent = turn.request.headers.get("User-Agent", "")
        opening.tapped(found.link, item, value, agent=agent, language=found.language, now=turn.now)
    onward = after(shown, step.place)
    tapped = (item, str(answered))
    if onward is None:
        return screen(turn.spot, found, step, answers=answers, tapped=tapped, items_shown=False)
    return screen(turn.spot, found, onward, answers=answers, tapped=tapped)


# --- taking ---------------------------------------------------------------------------------------


def _send(turn: Turn) -> HttpResponse:
    found = turn.found
    shared = isinstance(found.link, OpenLink)
    if not RATES.allows(turn.spot.token, SHARED if shared else PERSONAL, now=turn.now):
        return stopped("too_many", found.language, spot=turn.spot)
    sent = read_form(turn.request, found.questionnaire)
    known = {} if found.anonymous or found.state == "provisional" else found.answers
    merged = together(known, sent.answers)
    shown = steps(found.questionnaire, merged, found.context)
    step = step_of(shown, sent.step) or shown[0]
    filled = Filled(sent=sent, merged=merged, shown=shown, step=step)
    if found.anonymous and sent.back:
        return screen(turn.spot, found, before(shown, step.place) or step, answers=merged)
    faults = faults_on(found.questionnaire, merged, found.context, sent.shown)
    if not faults:
        return _go_on_anonymous(turn, filled) if found.anonymous else _go_on(turn, filled)
    kept = without(sent.answers, faults)
    if any(value != "" for value in kept.values()) and not shared and not found.anonymous:
        _take(turn, filled, kept, finished=False)
    return screen(turn.spot, found, step, answers={**merged, **sent.answers}, faults=faults)


def _take(turn: Turn, filled: Filled, answers: Mapping[str, object], *, finished: bool) -> str:
    """Store answers of this form; returns the response they belong to."""
    assert turn.found.answerable is not None
    return take(
        turn.found.answerable,
        filled.sent.submission,
        page=filled.shown.index(filled.step),
        answers=answers,
        finished=finished,
        language=turn.found.language,
        now=turn.now,
        known=turn.found.place,
    ).response


def _go_on(turn: Turn, filled: Filled) -> HttpResponse:
    """Store, and lead to the next screen, or to the gap that keeps the end from being one."""
    onward, said, error = filled.onward, filled.sent.answers, ""
    try:
        response = _take(turn, filled, said, finished=onward is None)
    except NotTaken as why:
        if onward is not None or why.code not in {"faults", "nothing_answered"}:
            raise
        if why.code == "nothing_answered":
            return screen(turn.spot, turn.found, filled.step, answers=said, faults=_nothing(filled.step))
        onward = filled.with_any({item_of(fault) for fault in why.faults})
        error = "1"
        response = _take(turn, filled, said, finished=False)
    token = response_token(response) if isinstance(turn.found.link, OpenLink) else turn.spot.token
    return _see(turn.spot.at(onward.key if onward else "", token=token, e=error))


def _nothing(step: Step) -> list[Fault]:
    return [Fault(code=REQUIRED, item=step.items[0].key)]


def _see(address: str) -> HttpResponse:
    response = HttpResponseRedirect(address, status=303)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _go_on_anonymous(turn: Turn, filled: Filled) -> HttpResponse:
    """Anonymous answers travel with the pages and are stored together, at the end."""
    found, link = turn.found, turn.found.link
    assert isinstance(link, AnonymousLink | OpenLink)
    if filled.onward is not None:
        return screen(turn.spot, found, filled.onward, answers=filled.merged)
    try:
        look_at(found.questionnaire, filled.merged, finished=True, context={})
    except NotTaken as why:
        wrong = list(why.faults) or _nothing(filled.step)
        place = filled.with_any({item_of(fault) for fault in wrong})
        return screen(turn.spot, found, place, answers=filled.merged, faults=wrong)
    open_link = isinstance(link, OpenLink)
    secret = filled.sent.submission.partition(":")[0] if open_link else turn.spot.token
    anonymous.take(link, secret, answers=filled.merged, now=turn.now)
    return thanks(turn.spot, found)
