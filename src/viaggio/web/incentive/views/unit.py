"""What a head sees of the own unit: totals, its measures, never a single person, never another unit."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from viaggio.web.incentive.models import OrgUnit, Run
from viaggio.web.incentive.services import totals
from viaggio.web.incentive.services.totals_page import run_choices, unit_page
from viaggio.web.incentive.views.mine import me, sees_all_figures
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

PUBLISHED = ("published", "exported", "locked")


@needs(Right.SEE_CELL)
@require_safe
def units(request: HttpRequest) -> HttpResponse:
    """My units with their newest settlements."""
    context = {"units": list(totals.units_of(me(request))), "runs": run_choices(PUBLISHED)}
    return render(request, "incentive/unit/list.html", context)


@needs(Right.SEE_CELL)
@require_safe
def unit(request: HttpRequest, code: str, run: str) -> HttpResponse:
    """One of my units in one settlement; other people's units do not exist."""
    one = next((u for u in totals.units_of(me(request)) if u.code == code), None)
    found = get_object_or_404(Run.objects.select_related("version__plan"), code=run, state__in=PUBLISHED)
    if one is None:
        raise Http404(_("There is no such unit of yours."))
    return _shown(request, one, found)


def _shown(request: HttpRequest, one: OrgUnit, run: Run) -> HttpResponse:
    try:
        cell = totals.own_cell(run, one, by=me(request))
    except PermissionDenied as error:
        raise Http404(_("There is no such unit of yours.")) from error
    page = unit_page(cell, run)
    context = {"page": page, "unit": one, "run": run, "linked": sees_all_figures(me(request))}
    return render(request, "incentive/unit/unit.html", context)
