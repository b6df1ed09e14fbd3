"""The works council's pages: totals of a settlement, indicators, the pack about a plan; never a person."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from viaggio.web.incentive.models import PlanVersion, Run
from viaggio.web.incentive.services import totals as adding
from viaggio.web.incentive.services.council_pack import pack_of
from viaggio.web.incentive.services.totals_page import run_choices, totals_file, totals_page
from viaggio.web.incentive.views.mine import me, sees_all_figures
from viaggio.web.incentive.views.unit import PUBLISHED
from viaggio.web.shared.audit import record
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.permissions import allow, may, needs
from viaggio.web.shared.roles import Right

IN_FORCE = ("published", "active", "closed")


@needs(Right.SEE_PAY_TOTALS)
@require_safe
def totals(request: HttpRequest) -> HttpResponse:
    """Settlements and plans."""
    context = {
        "runs": run_choices(PUBLISHED),
        "plans": PlanVersion.objects.filter(state__in=IN_FORCE).select_related("plan"),
    }
    return render(request, "incentive/totals/list.html", context)


@needs(Right.SEE_PAY_TOTALS)
@require_safe
def run_totals(request: HttpRequest, code: str) -> HttpResponse:
    """One settlement in totals; with `?format=` as a file."""
    runs = Run.objects.select_related("version__plan", "corrects").filter(published_at__isnull=False)
    run = get_object_or_404(runs, code=code)
    found, measures = adding.totals(run), adding.measures(run)
    record(request, "incentive.totals.seen", run.code)
    if wants_table(request):
        file = totals_file(found, measures, run)
        return table_response(request, file.columns, file.rows, f"totals {run.code}",
                              Right.EXPORT_PAY_TOTALS)  # fmt: skip
    page = totals_page(found, measures, run)
    linked = sees_all_figures(me(request))
    return render(request, "incentive/totals/run.html", {"page": page, "run": run, "linked": linked})


@needs(Right.SEE_PAY_TOTALS)
@require_safe
def pack(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """What the works council gets about a plan version: text, changes, rules in words, an example a group.

    With `?format=text` the plan's text as a file.
    """
    version = get_object_or_404(
        PlanVersion.objects.select_related("plan"), plan__code=code, number=number, state__in=IN_FORCE
    )
    if request.GET.get("format") == "text":
        if not may(request.user, Right.EXPORT):
            allow(request.user, Right.EXPORT_PAY_TOTALS)
        record(request, "incentive.pack.taken", f"{code}@{number}")
        answer = HttpResponse(version.source, content_type="text/plain; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{code}-{number}.yaml"'
        return answer
    return render(request, "incentive/totals/pack.html", {"pack": pack_of(version), "version": version})
