"""The simulator: what a version would cost and whom it would pay, before anybody is promised anything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from viaggio.web.incentive.services.plan_pages import plan_name
from viaggio.web.incentive.views.plans import version_or_404
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


@needs(Right.SEE_PLANS)
@require_safe
def simulator(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The questions and answers of a version."""
    version = version_or_404(code, number)
    context = {"version": version, "name": plan_name(version.plan)}
    return render(request, "incentive/plans/simulator.html", context)
