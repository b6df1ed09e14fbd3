"""Pages of plans: the list, one version, its steps from draft to closed."""

from collections.abc import Callable, Mapping
from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import plans as making
from viaggio.web.incentive.services.plan_pages import plan_rows, version_page
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import may, needs
from viaggio.web.shared.roles import Right

DONE: Mapping[str, Promise] = {
    "mark_simulated": gettext_lazy("It is marked as simulated."),
    "submit": gettext_lazy("It waits for approval now: its text never changes again."),
    "send_back": gettext_lazy("It was sent back. Its author can begin a new version from it."),
    "approve": gettext_lazy("It is approved."),
    "publish": gettext_lazy("It is published: everybody it pays has been given the goals."),
    "close": gettext_lazy("It is closed. Runs and corrections of its period stay possible."),
}
BUTTONS: Mapping[str, tuple[Promise, Promise | str, str]] = {
    "mark_simulated": (gettext_lazy("Mark as simulated"), "", ""),
    "submit": (
        gettext_lazy("Hand in for approval"),
        gettext_lazy("Hand it in? From then on this text never changes."),
        "primary",
    ),
    "approve": (gettext_lazy("Approve"), gettext_lazy("Approve this plan?"), "primary"),
    "publish": (
        gettext_lazy("Publish"),
        gettext_lazy("Publish? Everybody it pays is given the goals."),
        "primary",
    ),
    "new_version": (gettext_lazy("New version from it"), "", ""),
    "close": (gettext_lazy("Close"), gettext_lazy("Close this version?"), ""),
}
"""By step: what its button says, what is asked before, its look."""


def me(request: HttpRequest) -> User:
    """Who asks."""
    return cast("User", request.user)


def version_or_404(code: str, number: int) -> PlanVersion:
    """The version of the address."""
    return get_object_or_404(
        PlanVersion.objects.select_related("plan", "author", "approver", "second_approver"),
        plan__code=code,
        number=number,
    )


@needs(Right.SEE_PLANS)
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """All plans with their versions."""
    context = {"rows": plan_rows(), "designs": may(request.user, Right.DESIGN_PLANS)}
    return render(request, "incentive/plans/list.html", context)


@needs(Right.SEE_PLANS)
@require_safe
def plan(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What one version says, and where it stands."""
    version = version_or_404(code, number)
    steps = making.steps(version, me(request))
    context = {
        "page": version_page(version),
        "may": steps.may,
        "waits_for": _waiting(version, steps, me(request)),
        "buttons": [(verb, *words) for verb, words in BUTTONS.items()],
    }
    return render(request, "incentive/plans/plan.html", context)


def _waiting(version: PlanVersion, steps: making.Steps, person: User) -> str:
    """For whom a version waits, and why it is not this person; empty when it is, or nothing waits."""
    if not steps.waits_for or "approve" in steps.may:
        return ""
    if version.author_id == person.pk:
        return _(
            "It waits for somebody else's approval: who wrote a plan never approves it, and you wrote it."
        )
    if steps.waits_for == "second_approver":
        return _("It waits for a second approval, by somebody whom it does not pay and who did not write it.")
    return _("It waits for the approval of somebody who may approve pay.")


@needs(Right.SEE_PLANS)
@require_POST
def move(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take the next step with a version; the services say who may."""
    version = version_or_404(code, number)
    verb = request.POST.get("verb", "")
    if verb == "new_version":
        return _new_version(request, version)
    if verb not in DONE:
        raise Http404(_("There is no such step."))
    step: Callable[..., Any] = getattr(making, verb)
    said = {"reason": request.POST.get("reason", "").strip()} if verb == "send_back" else {}
    try:
        after = step(version, by=me(request), now=timezone.now(), **said)
    except PermissionDenied:
        raise
    except ViaggioError as error:
        messages.error(request, problem_words(error))
    else:
        messages.success(request, _half_approved(after) if verb == "approve" else str(DONE[verb]))
    return redirect("incentive:plan", code=code, number=number)


def _half_approved(version: PlanVersion) -> str:
    if version.state != "approved":
        return _("Approved by you. You are paid by this plan: a second person has to approve it too.")
    return str(DONE["approve"])


def _new_version(request: HttpRequest, version: PlanVersion) -> HttpResponse:
    try:
        fresh = making.new_version(version, by=me(request), now=timezone.now())
    except ViaggioError as error:
        messages.error(request, problem_words(error))
        return redirect("incentive:plan", code=version.plan.code, number=version.number)
    return redirect("incentive:edit-plan", code=version.plan.code, number=fresh.number)
