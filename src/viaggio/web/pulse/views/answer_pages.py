"""The pages a respondent sees: one screen of questions, thanks, and why there is nothing to answer."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from viaggio.pulse.questionnaire import NOT_APPLICABLE, Fault, ItemKind, estimated_seconds
from viaggio.web.pulse.models import KIOSK_THANKS_SECONDS
from viaggio.web.pulse.services import links
from viaggio.web.pulse.services.steps import Step, before, steps
from viaggio.web.pulse.services.visits import Visit
from viaggio.web.pulse.views.answer_fields import Speech, fields
from viaggio.web.pulse.views.answer_form import as_fields
from viaggio.web.pulse.views.answer_look import draw, speak
from viaggio.web.pulse.views.answer_words import how_long, stopped_words
from viaggio.web.shared.navigation import company_name

KIOSK_IDLE_SECONDS = 90
STATUS = {"unknown": 404, "not_yet": 404, "quota_full": 409, "too_many": 429, "busy": 503}
GONE = 410


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where the page stands: its token, and the kiosk's own when it stands on one."""

    token: str
    kiosk: str = ""
    language: str = ""  # asked for in the address

    def at(self, step: str = "", *, language: str = "", token: str = "", **more: str) -> str:
        """The address of a screen."""
        spoken = language or self.language
        query = {"p": step, "l": spoken, **more}
        said = urlencode({name: value for name, value in query.items() if value})
        return self.path(token or self.token) + (f"?{said}" if said else "")

    def path(self, token: str) -> str:
        """The path of the page for a token; that of the kiosk where it stands on one."""
        if not self.kiosk:
            return reverse("pulse:answer", args=[token])
        begun = token != self.kiosk
        return reverse("pulse:kiosk-on", args=[self.kiosk, token]) if begun else self.start

    @property
    def start(self) -> str:
        """Where a kiosk starts again."""
        return reverse("pulse:kiosk", args=[self.kiosk])


def _around(spot: Spot, visit: Visit, step: str = "", *, languages: bool = True) -> dict[str, Any]:
    """What every page has around it: company, the way to other languages, the page about use."""
    others = [
        {
            "code": code,
            "name": get_language_info(code)["name_local"].capitalize(),
            "address": spot.at(step, language=code),
        }
        for code in visit.questionnaire.languages
        if code != visit.language and languages
    ]
    return {
        "company": company_name(),
        "languages": others,
        "kiosk": bool(spot.kiosk),
        "use": reverse("pulse:answer-use", args=[spot.token]) + f"?l={visit.language}",
    }


def screen(
    spot: Spot,
    visit: Visit,
    step: Step,
    *,
    answers: Mapping[str, object],
    faults: Sequence[Fault] = (),
    tapped: tuple[str, str] | None = None,
    items_shown: bool = True,
) -> HttpResponse:
    """One screen of questions; `tapped` is a provisional answer of the screen before."""
    speech = _speech(visit, answers)
    shown = steps(visit.questionnaire, answers, visit.context)
    previous = before(shown, step.place)
    items = step.items if items_shown else ()
    drawn = fields(items, speech, faults)
    said = _said(previous if items_shown else step, answers, speech)
    page = {
        **_around(spot, visit, step.key, languages=not (visit.anonymous and previous)),
        "title": speech.text(visit.questionnaire.title),
        "heading": speech.text(step.title) or speech.text(visit.questionnaire.title),
        "lead": "" if previous else speech.text(visit.questionnaire.intro),
        "fields": drawn,
        "alone": len(drawn) == 1 and not said,
        "one_tap": step.one_tap and items_shown,
        "first": previous is None,
        "last": step.place == shown[-1].place,
        "step": [each.key for each in shown].index(step.key) + 1,
        "steps": len(shown),
        "saved": visit.state in {"partial", "complete"} and not faults,
        "said": said,
        "back": _back(spot, visit, step, previous, items_shown=items_shown),
        "back_button": visit.anonymous and previous is not None,
        "action": spot.at(),
        "submission": secrets.token_hex(12),
        "key": step.key,
        "shown": ",".join(item.key for item in items),
        "carried": _carried(visit, answers, items, tapped),
        "faults": [
            {"id": each.id, "text": each.text}
            for each in (line for one in drawn for line in [one, *one.rows])
            if each.faults
        ],
        "anonymous_note": visit.anonymous,
        "how_long": "" if previous or spot.kiosk else _how_long(visit, shown),
        "refuse": _refuse(spot, visit),
        **_seen(spot, tapped),
    }
    if spot.kiosk and previous:
        page["refresh"] = f"{KIOSK_IDLE_SECONDS}; url={spot.start}"
    return draw("page", visit.language, page, status=422 if faults else 200)


def _speech(visit: Visit, answers: Mapping[str, object]) -> Speech:
    return Speech(
        questionnaire=visit.questionnaire,
        language=visit.language,
        answers=answers,
        context=visit.context,
    )


def _said(previous: Step | None, answers: Mapping[str, object], speech: Speech) -> str:
    """What was tapped on the screen before, so that it can be seen and changed."""
    if previous is None or not previous.one_tap:
        return ""
    item = previous.items[0]
    value = answers.get(item.key)
    if value is None or value == NOT_APPLICABLE:
        return ""
    shown = f"{value}★" if item.kind is ItemKind.STARS else value
    return _("Your answer: %(value)s") % {"value": shown}


def _back(spot: Spot, visit: Visit, step: Step, previous: Step | None, *, items_shown: bool) -> str:
    if visit.anonymous:
        return ""
    if not items_shown:
        return spot.at(step.key)
    return spot.at(previous.key) if previous else ""


def _carried(
    visit: Visit, answers: Mapping[str, object], items: Sequence[Any], tapped: tuple[str, str] | None
) -> list[tuple[str, str]]:
    """What the form says beside its questions: all that went before where nothing is stored, or the tap."""
    if visit.anonymous:
        on_page = [item.key for item in items]
        return list(as_fields(answers, visit.questionnaire.by_key, but=on_page))
    return [tapped] if tapped else []


def _seen(spot: Spot, tapped: tuple[str, str] | None) -> dict[str, str]:
    if tapped is None:
        return {}
    address = reverse("pulse:answer-seen", args=[spot.token])
    return {"seen": address, "seen_item": tapped[0], "seen_value": tapped[1]}


def _refuse(spot: Spot, visit: Visit) -> str:
    undecided = visit.invitation is not None and visit.state in {"", "provisional"} and not spot.kiosk
    return reverse("pulse:answer-no", args=[spot.token]) + f"?l={visit.language}" if undecided else ""


def _how_long(visit: Visit, shown: Sequence[Step]) -> str:
    seconds = estimated_seconds(visit.questionnaire, visit.language)
    return how_long(sum(len(step.items) for step in shown), seconds)


def thanks(spot: Spot, visit: Visit) -> HttpResponse:
    """All is said and stored."""
    speech = _speech(visit, visit.answers)
    own = speech.text(visit.questionnaire.thanks)
    page = {
        **_around(spot, visit),
        "title": _("Thank you!"),
        "paragraphs": [own or _("Your answers have arrived. You can close this page.")],
        "preferences": preferences(visit),
    }
    if spot.kiosk:
        seconds = int(visit.pulse.pages.get("kiosk_seconds", KIOSK_THANKS_SECONDS))
        page |= {
            "refresh": f"{seconds}; url={spot.start}",
            "onward": spot.start,
            "onward_words": _("Start again"),
        }
    elif visit.answerable and not visit.stopped:
        shown = steps(visit.questionnaire, visit.answers, visit.context)
        if shown:
            page |= {"onward": spot.at(shown[0].key), "onward_words": _("Change your answers")}
    return draw("message", visit.language, page)


def preferences(visit: Visit) -> str:
    """Where somebody who was written to stops that; empty for others."""
    if visit.invitation is None or not visit.invitation.address:
        return ""
    return links.unsubscribe_path(visit.invitation) + f"?l={visit.language}"


def stopped(code: str, language: str, *, spot: Spot | None = None) -> HttpResponse:
    """Why there is nothing to answer here, said kindly."""
    speak(language)
    heading, sentence = stopped_words(code)
    page: dict[str, Any] = {"company": company_name(), "title": heading, "paragraphs": [sentence]}
    if spot is not None and spot.kiosk:
        page |= {"kiosk": True, "refresh": f"{KIOSK_IDLE_SECONDS}; url={spot.start}"}
    response = draw("message", language, page, status=STATUS.get(code, GONE))
    if code == "too_many":
        response.headers["Retry-After"] = "60"
    return response
