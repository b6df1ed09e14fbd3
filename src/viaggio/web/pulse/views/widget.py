"""The widget on somebody's own pages: one script with the first question in it, and where it sends answers.

No cookie, no style sheet, no font, nothing from anywhere else. Answers are taken from the origins that the
pulse names (`pages.origins`) and from nowhere else.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from viaggio.pulse.questionnaire import Questionnaire
from viaggio.web.pulse.models import Pulse
from viaggio.web.pulse.services.answering import NotTaken, take, together
from viaggio.web.pulse.services.links import OpenLink, ResponseLink, link_of, open_token, response_token
from viaggio.web.pulse.services.rates import PERSONAL, RATES, SHARED
from viaggio.web.pulse.services.steps import Step, after, step_of, steps
from viaggio.web.pulse.services.versions import questionnaire_of
from viaggio.web.pulse.services.visits import Visit, visit
from viaggio.web.pulse.views.answer_call import Unreadable, body_of, problem
from viaggio.web.pulse.views.answer_fields import Field, Speech, fields
from viaggio.web.pulse.views.answer_form import faults_on, read_fields
from viaggio.web.pulse.views.answer_look import speak
from viaggio.web.shared.permissions import open_to_all

CACHED_SECONDS = 300
_SOURCE = Path(__file__).parents[1] / "inline" / "widget.js"


@cache
def _program() -> str:
    lines = _SOURCE.read_text(encoding="utf-8").splitlines()
    return "\n".join(line.strip() for line in lines if line.strip() and not line.strip().startswith("//"))


def _open_pulse(slug: str) -> Pulse | None:
    return Pulse.objects.filter(slug=slug, state="running", anonymous=False, version__isnull=False).first()


@open_to_all
@require_safe
def script(request: HttpRequest, slug: str) -> HttpResponse:
    """The script of a pulse; empty when there is nothing to ask."""
    pulse = _open_pulse(slug)
    found = _configured(request, pulse) if pulse is not None else ""
    response = HttpResponse(found, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = f"public, max-age={CACHED_SECONDS}"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _configured(request: HttpRequest, pulse: Pulse) -> str:
    assert pulse.version_id is not None
    asked = questionnaire_of(pulse.version_id)
    config = {
        "send": request.build_absolute_uri(reverse("pulse:widget-answers", args=[pulse.slug])),
        "use": request.build_absolute_uri(
            reverse("pulse:answer-use", args=[open_token(OpenLink(pulse=pulse.pk, asked_by="widget"))])
        ),
        "origins": pulse.pages.get("origins", []),
        "share": float(pulse.pages.get("share", 1.0)),
        "first": {language: _first(asked, language) for language in asked.languages},
    }
    said = json.dumps(config, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return _program().replace("__CONFIG__", said)


def _first(asked: Questionnaire, language: str) -> dict[str, Any]:
    speak(language)
    shown = steps(asked, {}, {})
    speech = Speech(questionnaire=asked, language=language, answers={}, context={})
    return _drawn(shown[0], shown, speech)


def _drawn(step: Step, shown: list[Step], speech: Speech) -> dict[str, Any]:
    """A screen as plain values, with the words around it."""
    last = step.place == shown[-1].place
    return {
        "step": step.key,
        "tap": step.one_tap,
        "title": speech.text(step.title),
        "fields": [_plain(field) for field in fields(step.items, speech)],
        "words": {
            "go": pgettext("button", "Send") if last else pgettext("button", "Next"),
            "close": _("Close"),
            "thanks": speech.text(speech.questionnaire.thanks) or _("Thank you!"),
            "use": _("How we use your answers"),
            "optional": pgettext("question", "optional"),
            "other": _("If something else, what?"),
            "again": _("That did not work. Please try again."),
            "look": _("Please have another look at this:"),
        },
    }


def _plain(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {"name": field.name, "form": field.form, "text": field.text}
    found["points"] = [[point.value, point.label, point.spoken] for point in field.points]
    if field.not_applicable:
        found["na"] = [field.not_applicable.value, field.not_applicable.label]
    optional = {
        "help": field.help, "low": field.low, "high": field.high, "named": field.named,
        "required": field.required, "other": field.has_other, "places": field.places,
        "rows": [_plain(row) for row in field.rows],
    }  # fmt: skip
    return found | {name: value for name, value in optional.items() if value}


@open_to_all
@csrf_exempt  # no cookie is read; the origin is checked instead
@require_http_methods(["POST", "OPTIONS"])
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """Take one screen from the widget and give back the next one."""
    pulse = _open_pulse(slug)
    origin = request.headers.get("Origin", "")
    if pulse is None or origin not in pulse.pages.get("origins", []):
        return problem(NotTaken("unknown"))
    if request.method == "OPTIONS":
        response = HttpResponse(status=204)
        response.headers["Access-Control-Allow-Methods"] = "POST"
        response.headers["Access-Control-Allow-Headers"] = "Content-Type"
        response.headers["Access-Control-Max-Age"] = "3600"
    else:
        response = _answered(request, pulse)
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Vary"] = "Origin"
    response.headers["Cache-Control"] = "no-store"
    return response


def _answered(request: HttpRequest, pulse: Pulse) -> HttpResponse:
    try:
        return JsonResponse(_step(pulse, body_of(request)))
    except Unreadable:
        return problem(NotTaken("unreadable"))
    except NotTaken as why:
        return problem(why)


def _step(pulse: Pulse, body: dict[str, Any]) -> dict[str, Any]:
    """Store what the widget sent; the next screen, or none at the end. Raises `NotTaken`, `Unreadable`."""
    now = timezone.now()
    link = link_of(str(body.get("token", ""))) or OpenLink(
        pulse=pulse.pk, asked_by="widget", touchpoint=str(pulse.pages.get("touchpoint", "")), channel="web"
    )
    if not isinstance(link, OpenLink | ResponseLink):
        raise NotTaken("unknown")
    shared = isinstance(link, OpenLink)
    if not RATES.allows(body["token"] if not shared else pulse.slug, SHARED if shared else PERSONAL, now=now):
        raise NotTaken("too_many")
    language = str(body.get("language", ""))[:12] or translation.get_language() or ""
    found = visit(link, secret="", language=language, now=now)
    if found.stopped or found.pulse.pk != pulse.pk:
        raise NotTaken(found.stopped or "unknown")
    speak(found.language)
    sent = read_fields(_pairs(body), found.questionnaire)
    merged = together(found.answers, sent.answers)
    shown = steps(found.questionnaire, merged, found.context)
    step = step_of(shown, sent.step) or shown[0]
    faults = faults_on(found.questionnaire, merged, found.context, sent.shown)
    if faults:
        raise NotTaken("faults", tuple(faults))
    onward = after(shown, step.place)
    taken = take(
        link,
        sent.submission,
        page=shown.index(step),
        answers=sent.answers,
        finished=onward is None,
        language=found.language,
        now=now,
        known=found.place,
    )
    speech = _speech(found, merged)
    following = _drawn(onward, shown, speech) if onward else None
    return {"token": response_token(taken.response), "next": following}


def _speech(found: Visit, answered: dict[str, object]) -> Speech:
    return Speech(
        questionnaire=found.questionnaire,
        language=found.language,
        answers=answered,
        context=found.context,
    )


def _pairs(body: dict[str, Any]) -> dict[str, list[str]]:
    """Form fields from `fields`, a list of name and value."""
    sent: dict[str, list[str]] = {}
    listed = body.get("fields")
    if not isinstance(listed, list):
        raise Unreadable
    for pair in listed:
        if not (isinstance(pair, list) and len(pair) == 2 and all(isinstance(part, str) for part in pair)):
            raise Unreadable
        sent.setdefault(pair[0], []).append(pair[1])
    return sent
