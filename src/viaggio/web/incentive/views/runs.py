"""Pages of runs: the list with what is still to be settled, one run, its steps to publication."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.models import PlanVersion, Run
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import runs as running
from viaggio.web.incentive.services.run_pages import run_page, run_rows, to_run
from viaggio.web.incentive.views.plans import me
from viaggio.web.shared.permissions import may, needs
from viaggio.web.shared.roles import Right

BUTTONS: Mapping[str, tuple[Promise, Promise | str, str]] = {
    "verify": (gettext_lazy("Compute again and compare"), "", "primary"),
    "approve": (
        gettext_lazy("Approve"),
        gettext_lazy("Approve this run? It can be published then."),
        "primary",
    ),
    "publish": (
        gettext_lazy("Publish"),
        gettext_lazy("Publish? Everybody can read their statement, and the ledger is written for good."),
        "primary",
    ),
    "lock": (gettext_lazy("Close for good"), gettext_lazy("Close this run for good?"), ""),
}


@needs(Right.SEE_PLANS)
@require_safe
def runs(request: HttpRequest) -> HttpResponse:
    """All runs, and the parts of plans that nobody has computed yet."""
    waiting = to_run(timezone.localdate()) if may(request.user, Right.RUN_INCENTIVES) else []
    return render(request, "incentive/runs/list.html", {"rows": run_rows(me(request)), "waiting": waiting})


@needs(Right.RUN_INCENTIVES)
@require_POST
def calculate(request: HttpRequest) -> HttpResponse:
    """Freeze the inputs of a part and compute it."""
    version = get_object_or_404(PlanVersion, pk=_number(request, "version"))
    try:
        run = running.calculate(version, _number(request, "part"), by=me(request), now=timezone.now())
    except ViaggioError as error:
        messages.error(request, problem_words(error))
        return redirect("incentive:runs")
    messages.success(
        request, _("Computed. Now compute it again and compare, then somebody else approves it.")
    )
    return redirect("incentive:run", code=run.code)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def run_or_404(code: str) -> Run:
    """The run of the address."""
    found = Run.objects.select_related(
        "version__plan", "snapshot", "calculated_by", "approved_by", "corrects"
    )
    return get_object_or_404(found, code=code)


@needs(Right.SEE_PLANS)
@require_safe
def run(request: HttpRequest, code: str) -> HttpResponse:
    """One run: its steps, what was measured, what it pays by unit, what waits; without names."""
    shown = run_or_404(code)
    allowed = running.steps(shown, me(request))
    context = {
        "page": run_page(shown, me(request)),
        "may": allowed,
        "buttons": [
            (verb, label, question, look if verb != "verify" or shown.state == "calculated" else "")
            for verb, (label, question, look) in BUTTONS.items()
            if verb in allowed
        ],
        "why_not": _why_not(request, shown, allowed),
        "figures": may(request.user, Right.SEE_FIGURES),
    }
    return render(request, "incentive/runs/run.html", context)


def _why_not(request: HttpRequest, shown: Run, allowed: frozenset[str]) -> str:
    """Why the step that comes next is not this person's to take."""
    if shown.state == "verified" and "approve" not in allowed:
        if shown.calculated_by_id == me(request).pk:
            return _("You computed this run, so somebody else has to approve it.")
        if may(request.user, Right.APPROVE_PAY):
            return _("You can not approve this run: two different people are needed.")
        return _("It waits for the approval of somebody who may approve pay.")
    if shown.state == "calculated" and not allowed:
        return _("It waits until it is computed again and compared.")
    return ""


@needs(Right.SEE_PLANS)
@require_POST
def move(request: HttpRequest, code: str) -> HttpResponse:
    """Take the next step with a run; the services say who may."""
    found = run_or_404(code)
    verb = request.POST.get("verb", "")
    if verb not in {"verify", "approve", "publish", "correct", "lock"}:
        raise Http404(_("There is no such step."))
    try:
        target = _moved(request, found, verb)
    except ViaggioError as error:
        messages.error(request, problem_words(error))
        target = found
    return redirect("incentive:run", code=target.code)


def _moved(request: HttpRequest, found: Run, verb: str) -> Run:
    common: dict[str, Any] = {"by": me(request), "now": timezone.now()}
    if verb == "verify":
        verified = running.verify(found, **common)
        if verified.same:
            messages.success(request, _("It came out the same, to the last cent and hash."))
        else:
            messages.error(request, _("It did not come out the same: do not approve it."))
        return found
    if verb == "correct":
        fresh = running.correct(
            found,
            request.POST.get("cause", "").strip(),
            reopen_pool=request.POST.get("reopen_pool") == "yes",
            fresh_measures=request.POST.get("fresh_measures") == "yes",
            **common,
        )
        messages.success(request, _("The correction is computed. It needs an approval of its own."))
        return fresh
    step = {"approve": running.approve, "publish": running.publish, "lock": running.lock}[verb]
    step(found, **common)
    messages.success(request, str(DONE[verb]))
    return found


DONE: Mapping[str, Promise] = {
    "approve": gettext_lazy("Approved. It can be published now."),
    "publish": gettext_lazy("Published: statements can be read, the ledger holds every award."),
    "lock": gettext_lazy("Closed for good."),
}
