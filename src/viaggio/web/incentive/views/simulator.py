"""The simulator: what a version would cost and whom it would pay, before anybody is promised anything."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.forms.whatif import WhatIfForm
from viaggio.web.incentive.models import PlanVersion, Simulation
from viaggio.web.incentive.office_words import code_words, problem_words
from viaggio.web.incentive.services import plans as making
from viaggio.web.incentive.services import simulating
from viaggio.web.incentive.services.plan_pages import plan_name
from viaggio.web.incentive.services.simulator_pages import shown
from viaggio.web.incentive.tasks_office import simulate
from viaggio.web.incentive.views.plans import me, version_or_404
from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import may, needs
from viaggio.web.shared.roles import Right

KEPT = 12  # simulations in the list


@needs(Right.SEE_PLANS)
@require_http_methods(["GET", "HEAD", "POST"])
def simulator(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Ask, and read what came out."""
    version = version_or_404(code, number)
    context: dict[str, Any] = {"version": version, "name": plan_name(version.plan)}
    if not version.document:
        return render(request, "incentive/plans/simulator.html", context)
    designs = may(request.user, Right.DESIGN_PLANS)
    form = WhatIfForm(request.POST or None, version=version)
    if request.method == "POST" and designs and form.is_valid():
        try:
            asked = _ask(request, version, form)
        except ViaggioError as error:
            messages.error(request, problem_words(error))
        else:
            return redirect("incentive:simulation", code=code, number=number, pk=asked.pk)
    newest = version.simulations.first()
    context |= {"form": form if designs else None, **_context(request, version, newest)}
    return render(request, "incentive/plans/simulator.html", context)


def _ask(request: HttpRequest, version: PlanVersion, form: WhatIfForm) -> Simulation:
    asked = simulating.ask(
        version, form.wish(), part=form.cleaned_data["part"], against=form.other(), by=me(request),
        now=timezone.now(),
    )  # fmt: skip
    simulate.enqueue(asked.pk)
    return asked


def _context(request: HttpRequest, version: PlanVersion, one: Simulation | None) -> dict[str, Any]:
    result = shown(one) if one else None
    sees_people = may(request.user, Right.RUN_INCENTIVES)
    if result and result.comparison and result.comparison.people and sees_people:
        people = [row.name for row in result.comparison.people]
        record(request, "incentive.simulation.people_seen", str(version), people=people)
    return {
        "simulation": one,
        "result": result,
        "failure": code_words(one.failure) if one and one.failure else "",
        "sees_people": sees_people,
        "others": version.simulations.select_related("asked_by")[:KEPT],
        "may": making.steps(version, me(request)).may,
    }


def _one(version: PlanVersion, pk: int) -> Simulation:
    return get_object_or_404(
        Simulation.objects.select_related("version__plan", "against"), pk=pk, version=version
    )


@needs(Right.SEE_PLANS)
@require_safe
def simulation(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """One simulation, finished or not; its form asks the next."""
    version = version_or_404(code, number)
    one = _one(version, pk)
    designs = may(request.user, Right.DESIGN_PLANS)
    form = WhatIfForm(version=version) if designs else None
    context = {"version": version, "name": plan_name(version.plan), "form": form}
    return render(request, "incentive/plans/simulator.html", context | _context(request, version, one))


@needs(Right.SEE_PLANS)
@require_safe
def progress(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """How far a simulation is; a part of the page, which loads the whole page once it is finished."""
    version = version_or_404(code, number)
    one = _one(version, pk)
    answer = render(request, "incentive/plans/progress.html", {"simulation": one, "version": version})
    if one.state not in simulating.UNFINISHED:
        answer.headers["HX-Refresh"] = "true"
    return answer


@needs(Right.DESIGN_PLANS)
@require_POST
def cancel(request: HttpRequest, code: str, number: int, pk: int) -> HttpResponse:
    """Stop a simulation."""
    version = version_or_404(code, number)
    if simulating.cancel(_one(version, pk), by=me(request), now=timezone.now()):
        messages.success(request, _("Stopped."))
    return redirect("incentive:simulation", code=code, number=number, pk=pk)
