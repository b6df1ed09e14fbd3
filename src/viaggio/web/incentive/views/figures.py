"""Figures that no data of ours gives: entered by one person with a note, confirmed by another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.forms.kpi import FigureForm
from viaggio.web.incentive.models import ManualKpi, PlanVersion
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import measuring
from viaggio.web.incentive.services.plan_pages import plan_name
from viaggio.web.incentive.views.plans import me, version_or_404
from viaggio.web.shared.permissions import allow, may, needs
from viaggio.web.shared.roles import Right


@needs(Right.SEE_PLANS)
@require_http_methods(["GET", "HEAD", "POST"])
def figures(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The figures of a plan, those that wait for a second person first; a new one."""
    version = version_or_404(code, number)
    enters = may(request.user, Right.RUN_INCENTIVES)
    form = FigureForm(request.POST or None, version=version)
    if request.method == "POST":
        allow(request.user, Right.RUN_INCENTIVES)
        if form.is_valid() and _entered(request, form):
            return redirect("incentive:figures", code=code, number=number)
    return render(
        request, "incentive/plans/figures.html", _context(request, version, form if enters else None)
    )


def _entered(request: HttpRequest, form: FigureForm) -> bool:
    first, last = form.span()
    said = form.cleaned_data
    try:
        measuring.enter_kpi(
            said["name"], first, last, said["value"], said["note"], by=me(request), now=timezone.now()
        )
    except ViaggioError as error:
        messages.error(request, problem_words(error))
        return False
    messages.success(request, _("Entered. It counts once somebody else has confirmed it."))
    return True


def _context(request: HttpRequest, version: PlanVersion, form: FigureForm | None) -> dict[str, object]:
    confirms = may(request.user, Right.RUN_INCENTIVES) or may(request.user, Right.APPROVE_PAY)
    return {
        "version": version,
        "name": plan_name(version.plan),
        "rows": [
            (row, confirms and row.entered_by_id != me(request).pk and not row.confirmed_at)
            for row in measuring.kpis(version)
        ],
        "form": form if form is not None and form.fields["name"].choices else None,  # type: ignore[attr-defined]  # a choice field, typed as the base field
    }


@needs(Right.SEE_PLANS)
@require_POST
def settle(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """Confirm a figure that somebody else entered, or take one out of use."""
    version = version_or_404(code, number)
    kpi = get_object_or_404(ManualKpi, pk=pk)
    step = measuring.withdraw_kpi if request.POST.get("verb") == "withdraw" else measuring.confirm_kpi
    try:
        step(kpi, by=me(request), now=timezone.now())
    except ViaggioError as error:
        messages.error(request, problem_words(error))
    else:
        messages.success(request, _("Saved."))
    return redirect("incentive:figures", code=version.plan.code, number=number)
