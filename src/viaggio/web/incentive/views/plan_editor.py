"""The editor of a plan's text: a new plan, the text with what is found in it beside, nothing lost."""

import difflib
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from viaggio.incentive.combining import Section
from viaggio.kernel import ViaggioError
from viaggio.web.incentive.forms.plan import NewPlanForm, PlanTextForm
from viaggio.web.incentive.models import IncentivePlan, PlanVersion
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import plans as making
from viaggio.web.incentive.services.plan_drafts import ChangedMeanwhile, plain, save, seal
from viaggio.web.incentive.services.plan_example import nine_functions
from viaggio.web.incentive.services.plan_pages import grouped, plan_name
from viaggio.web.incentive.services.plan_parts import blocks_of, groups_of
from viaggio.web.incentive.services.plan_text import ReadText, read_text
from viaggio.web.incentive.views.plans import me, version_or_404
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

GET_OR_POST = require_http_methods(["GET", "HEAD", "POST"])


@needs(Right.DESIGN_PLANS)
@GET_OR_POST
def new(request: HttpRequest) -> HttpResponse:
    """A new plan, from the example with nine functions."""
    form = NewPlanForm(request.POST or None, initial={"year": timezone.localdate().year + 1, "parts": "4"})
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if IncentivePlan.objects.filter(code__iexact=said["code"]).exists():
            form.add_error("code", _("There is a plan with this code: open it and begin a new version."))
        else:
            version = making.create(
                nine_functions(said["code"], said["year"]),
                by=me(request),
                now=timezone.now(),
                parts=said["parts"],
                name={"it": said["name_it"], "en": said["name_en"]},
            )
            return redirect("incentive:edit-plan", code=version.plan.code, number=version.number)
    return render(request, "incentive/plans/new.html", {"form": form})


@needs(Right.DESIGN_PLANS)
@GET_OR_POST
def edit(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The text of a draft; what stands in its way stays on the page with the text as it was typed."""
    version = version_or_404(code, number)
    if "edit" not in making.steps(version, me(request)).may:
        messages.error(request, _("This version can not be edited any more: begin a new one from it."))
        return redirect("incentive:plan", code=code, number=number)
    form = PlanTextForm(request.POST or None, version=version)
    context: dict[str, Any] = {"version": version, "name": plan_name(version.plan), "form": form}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            save(
                version, said["source"], seen=said["seen"], by=me(request), now=timezone.now(),
                parts=said["parts"], changes=said["changes"],
            )  # fmt: skip
        except ChangedMeanwhile as error:
            context |= _conflict(version, said, error.theirs)
        except ViaggioError as error:
            context["not_saved"] = problem_words(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("incentive:edit-plan", code=code, number=number)
    source = plain(request.POST.get("source", "")) if request.method == "POST" else version.source
    context |= beside(read_text(source))
    return render(request, "incentive/plans/edit.html", context)


@needs(Right.DESIGN_PLANS)
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What is found in the text as it is typed, with the weights and curves; a part of the editor."""
    return render(
        request, "incentive/plans/beside.html", beside(read_text(plain(request.POST.get("source", ""))))
    )


def beside(read: ReadText) -> dict[str, Any]:
    """What stands beside the text."""
    return {
        "read": read,
        "findings": grouped(read.findings),
        "groups": groups_of(read.plan) if read.plan else [],
        "blocks": blocks_of(read.plan, *Section) if read.plan else [],
    }


def _conflict(version: PlanVersion, said: dict[str, Any], theirs: str) -> dict[str, Any]:
    """Both texts: one's own stays in the field, the other's is shown; saving again then counts."""
    form = PlanTextForm({**said, "seen": seal(theirs)}, version=version)
    mine = plain(said["source"])
    lines = difflib.unified_diff(theirs.splitlines(), mine.splitlines(), lineterm="", n=1)
    marked = [(line[:1], line[1:]) for line in list(lines)[2:] if line[:2] != "@@"]
    return {"form": form, "theirs": theirs, "difference": marked}
