"""Pages of plans: the list, one version, a new one."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from viaggio.web.incentive.models import IncentivePlan
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


@needs(Right.SEE_PLANS)
@require_safe
def plans(request: HttpRequest) -> HttpResponse:
    """All plans with their versions."""
    rows = IncentivePlan.objects.prefetch_related("versions")
    return render(request, "incentive/plans/list.html", {"rows": rows})
