"""Pages of pulses: the list, a new one, its plan with the planner, one pulse."""

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.csp import CSP
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from viaggio.kernel import ViaggioError
from viaggio.pulse.fielding import BadPlan, Plan, PulseKind, plan_findings
from viaggio.web.pulse.forms.pages import initial_of_pages
from viaggio.web.pulse.forms.programme import PulseForm, WishForm
from viaggio.web.pulse.models import Drawing, Pulse, Questionnaire
from viaggio.web.pulse.plan_words import UNITS, finding_words
from viaggio.web.pulse.services import message_look, overview, planner, programmes, pulse_page
from viaggio.web.pulse.services import messages as writing
from viaggio.web.pulse.services.building import NotReady
from viaggio.web.pulse.services.staff_scope import (
    catalogue,
    engine_or_none,
    sight_of,
    touchpoint_choices,
)
from viaggio.web.pulse.views.answer_look import styled_by
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

GET_OR_POST = require_http_methods(["GET", "POST"])
FIELD_OF = {
    "trigger.touchpoints": "touchpoints", "trigger.delay_hours": "delay_hours", "every": "every",
    "hours.weekdays": "weekdays", "hours.last": "hour_last", "reminders.after_days": "reminder_days",
    "sample.rate": "share", "sample.size": "size", "channels": "channels", "wave": "wave",
    "expires_days": "expires_days",
}  # fmt: skip
"""The form's field where a finding about the plan is shown."""


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)


@needs(Right.SEE_FIGURES)
@require_safe
def pulses(request: HttpRequest) -> HttpResponse:
    """All pulses with their state; three steps to the first one while there is none."""
    sight = sight_of(request.user)
    now = timezone.now()
    lines = overview.lines(sight, now=now)
    steps = None if lines else overview.first_steps()
    context = {"lines": lines, "sight": sight, "steps": steps, "now": now}
    context["unreachable"] = overview.unreachable(lines) if sight.manages else []
    return render(request, "pulse/pulses/list.html", context)


# --- the plan ------------------------------------------------------------------------------------------


def _form(request: HttpRequest, pulse: Pulse | None) -> PulseForm:
    """The form of a new pulse or of one there is, with what was sent."""
    asked = Questionnaire.objects.filter(archived_at=None).order_by("slug")
    if pulse is not None:
        asked = Questionnaire.objects.filter(pk=pulse.questionnaire_id)
    initial: dict[str, Any] = {}
    held: tuple[str, ...] = ()
    if pulse is not None:
        initial = {
            "name_it": pulse.name.get("it", ""), "name_en": pulse.name.get("en", ""),
            "questionnaire": pulse.questionnaire.slug, "survey_type": pulse.survey_type,
            "anonymous": pulse.anonymous, **initial_of_pages(pulse.pages),
        }  # fmt: skip
        drawn = Drawing.objects.filter(pulse=pulse).exists()
        held = ("questionnaire", "anonymous", "kind") if drawn else ("questionnaire",)
    elif request.GET.get("questionnaire"):
        initial = {"questionnaire": request.GET["questionnaire"]}
    return PulseForm(
        request.POST or None,
        questionnaires=[(record.slug, overview.title_of(record)) for record in asked],
        touchpoints=touchpoint_choices(catalogue()),
        plan=overview.plan_or_none(pulse) if pulse else None,
        held=held,
        initial=initial,
    )


def _stopped(form: PulseForm) -> Plan | None:
    """The plan when nothing stops it; what does is said at its field."""
    plan = form.result()
    wrong = [finding for finding in plan_findings(plan) if finding.stops]
    for finding in wrong:
        form.add_error(FIELD_OF.get(finding.place), finding_words(finding.code, finding.detail))
    return None if wrong else plan


def _page(
    request: HttpRequest, form: PulseForm, pulse: Pulse | None, outlook: dict[str, Any]
) -> HttpResponse:
    weak = [finding_words(f.code) for f in plan_findings(form.plan) if not f.stops] if form.plan else []
    context = {
        "form": form, "pulse": pulse, "name": overview.name_of(pulse) if pulse else "", "weak": weak,
        "wishes": WishForm(request.POST if "plan_margin" in request.POST else None), **outlook,
    }  # fmt: skip
    return render(request, "pulse/pulses/form.html", context)


@needs(Right.MANAGE_PULSES)
@GET_OR_POST
def new(request: HttpRequest) -> HttpResponse:
    """A new pulse: a draft that asks nobody until it is started."""
    form = _form(request, None)
    if not form.fields["questionnaire"].choices:  # type: ignore[attr-defined]  # a choice field, typed as the base field
        messages.info(request, _("A pulse asks a questionnaire: begin with one."))
        return redirect("pulse:new-questionnaire")
    if request.method == "POST" and request.POST.get("look") != "planner" and form.is_valid():
        plan = _stopped(form)
        if plan is not None:
            said = form.cleaned_data
            made = programmes.create(
                {"it": said["name_it"], "en": said["name_en"]},
                Questionnaire.objects.get(slug=said["questionnaire"]),
                plan,
                survey_type=said["survey_type"],
                anonymous=said["anonymous"],
                pages=form.pages(),
                by=_me(request),
                now=timezone.now(),
            )
            messages.success(request, _("Saved as a draft. It asks nobody until you start it."))
            return redirect("pulse:pulse", slug=made.slug)
    return _page(request, form, None, _outlook(request, form, None))


@needs(Right.MANAGE_PULSES)
@GET_OR_POST
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """The plan of a pulse there is; what was drawn already stays as it was."""
    pulse = get_object_or_404(Pulse.objects.select_related("questionnaire"), slug=slug)
    if pulse.state == "ended":
        messages.error(request, _("An ended pulse does not change. Copy it instead."))
        return redirect("pulse:pulse", slug=slug)
    form = _form(request, pulse)
    if request.method == "POST" and request.POST.get("look") != "planner" and form.is_valid():
        plan = _stopped(form)
        if plan is not None and _changed(request, form, pulse, plan):
            messages.success(request, _("Saved."))
            return redirect("pulse:pulse", slug=slug)
    return _page(request, form, pulse, _outlook(request, form, pulse))


def _changed(request: HttpRequest, form: PulseForm, pulse: Pulse, plan: Plan) -> bool:
    said = form.cleaned_data
    try:
        programmes.change(
            pulse, by=_me(request), plan=plan, name={"it": said["name_it"], "en": said["name_en"]},
            survey_type=said["survey_type"], anonymous=said["anonymous"], pages=form.pages(),
        )  # fmt: skip
    except ViaggioError:  # somebody started or ended it since the form was shown
        form.add_error(None, _("The pulse was started or ended meanwhile. Load the page again."))
        return False
    return True


# --- the planner ---------------------------------------------------------------------------------------


@needs(Right.MANAGE_PULSES)
@require_POST
def look_ahead(request: HttpRequest) -> HttpResponse:
    """The planner for what the form says now; a part of the page."""
    pulse = Pulse.objects.select_related("questionnaire").filter(slug=request.POST.get("pulse", "")).first()
    form = _form(request, pulse)
    return render(request, "pulse/pulses/planner.html", _outlook(request, form, pulse))


def _outlook(request: HttpRequest, form: PulseForm, pulse: Pulse | None) -> dict[str, Any]:
    """What the planner says: a look ahead, or why there is none (`why`)."""
    if form.is_bound:
        if not form.is_valid():
            return {"why": "unreadable"}
        plan = form.result()
    elif form.plan is None:
        return {"why": "new"}
    else:
        plan = form.plan
    wish = WishForm(request.POST if "plan_margin" in request.POST else None)
    rate, margin = None, 5.0
    if wish.is_bound and wish.is_valid():
        rate, margin = wish.cleaned_data["plan_rate"], wish.cleaned_data["plan_margin"] or 5.0
    found = [finding_words(f.code, f.detail) for f in plan_findings(plan) if f.stops]
    if found:
        return {"why": "stopped", "found": found}
    if plan.kind is PulseKind.OPEN:
        return {"why": "open"}
    engine = engine_or_none()
    if engine is None or not engine.rows("interactions") + engine.rows("orders"):
        return {"why": "empty"}
    asked = planner.Wish(rate=rate / 100 if rate else None, margin=margin)
    ahead = planner.planned(plan, engine, asked, pulse=pulse, now=timezone.now())
    return {"ahead": ahead, "unit": UNITS[ahead.unit], "shares": planner.shares(ahead)}


# --- one pulse -----------------------------------------------------------------------------------------


@needs(Right.SEE_FIGURES)
@require_safe
def pulse(request: HttpRequest, slug: str) -> HttpResponse:
    """One pulse: state, what goes out next, waves, links, settings in words, quotas, the mail."""
    found = get_object_or_404(Pulse.objects.select_related("questionnaire", "version"), slug=slug)
    sight = sight_of(request.user)
    place = pulse_page.Place(
        touchpoint=request.GET.get("touchpoint", "")[:80], name=request.GET.get("place", "")[:60].strip()
    )
    page = pulse_page.page_of(found, sight, place, now=timezone.now())
    response = render(request, "pulse/pulses/pulse.html", {"page": page, "pulse": found, "sight": sight})
    response._csp_config = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}  # type: ignore[attr-defined]  # noqa: SLF001 -- for the preview of the mail
    return response


@needs(Right.MANAGE_PULSES)
@require_POST
def move(request: HttpRequest, slug: str) -> HttpResponse:
    """Start, pause, go on with, end or copy a pulse; or ask the newest version of its questionnaire."""
    found = get_object_or_404(Pulse.objects.select_related("questionnaire"), slug=slug)
    verb, by, now = request.POST.get("verb", ""), _me(request), timezone.now()
    try:
        if verb == "copy":
            name = {code: _("%(name)s (copy)") % {"name": text} for code, text in found.name.items()}
            made = programmes.copy(found, name, by=by, now=now)
            messages.success(request, _("A copy, as a draft. It draws people of its own."))
            return redirect("pulse:edit-pulse", slug=made.slug)
        if verb == "start":
            programmes.publish(found, by=by, now=now)
            messages.success(request, _("The pulse is running."))
        elif verb == "pause":
            programmes.pause(found, by=by)
            messages.success(request, _("Paused: nothing goes out. Whoever was asked may still answer."))
        elif verb == "end":
            programmes.end(found, by=by)
            messages.success(request, _("Ended. Its answers and figures stay."))
    except BadPlan as error:
        messages.error(request, " ".join(finding_words(f.code, f.detail) for f in error.findings))
    except NotReady:
        messages.error(request, _("Its questionnaire can not be published yet: see what stops it."))
        return redirect("pulse:questionnaire", slug=found.questionnaire.slug)
    except programmes.NotThatState:
        messages.error(request, _("Somebody changed the pulse meanwhile. Here it is as it stands now."))
    return redirect("pulse:pulse", slug=slug)


@needs(Right.SEE_FIGURES)
@require_safe
def mail(request: HttpRequest, slug: str, language: str) -> HttpResponse:
    """The mail of the pulse as a customer would get it; its links lead nowhere."""
    found = get_object_or_404(Pulse.objects.select_related("questionnaire", "version"), slug=slug)
    shown = pulse_page.sample_of(found, language, now=timezone.now())
    if shown is None:
        raise Http404(_("This questionnaire can not be read yet."))
    response = HttpResponse(writing.page_of(shown, now=timezone.now()))
    framed = {**styled_by(message_look.sheet(whole=True)), "frame-ancestors": [CSP.SELF]}
    response._csp_config = framed  # type: ignore[attr-defined]  # noqa: SLF001 -- what csp_override sets
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    return response
