"""The papers of a plan version, to be read here or taken away as text."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from viaggio.web.incentive.models import PlanVersion
from viaggio.web.incentive.services.goals_page import concerns
from viaggio.web.incentive.services.plan_pages import plan_name
from viaggio.web.incentive.services.plan_papers import annex_table, as_text, notice_of, papers_of
from viaggio.web.incentive.views.mine import employee_of
from viaggio.web.incentive.views.plans import version_or_404
from viaggio.web.shared.export import CSV
from viaggio.web.shared.formats import reader_language
from viaggio.web.shared.notices import markdown
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


@needs(Right.SEE_OWN_STATEMENT)
@require_safe
def notice(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """How money is worked out by program: the notice, for everybody whom this version of a plan concerns.

    With `?format=text` as a file.
    """
    version = own_version_or_404(request, code, number)
    language = reader_language(get_language())
    title, sections = notice_of(version, language)
    if request.GET.get("format") == "text":
        name = f"{code}-{number}-notice-{language}.md"
        return HttpResponse(
            markdown(title, sections),
            content_type="text/markdown; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    context = {"version": version, "name": plan_name(version.plan), "title": title, "sections": sections}
    return render(request, "incentive/mine/notice.html", context)


def own_version_or_404(request: HttpRequest, code: str, number: int) -> PlanVersion:
    """A version that gave goals to the person who asks, or a published award. Others do not exist."""
    employee = employee_of(request)
    version = PlanVersion.objects.filter(plan__code=code, number=number).select_related("plan").first()
    if employee is None or version is None or not concerns(version, employee):
        raise Http404(_("There is no such plan of yours."))
    return version


@needs(Right.SEE_PLANS)
@require_safe
def papers(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The notice and the annex; `?paper=` takes one of them away, the annex as a table too."""
    version = version_or_404(code, number)
    if not version.document:
        raise Http404(_("The text is no plan yet: mend it first."))
    language = reader_language(get_language())
    found = papers_of(version, language)
    which = request.GET.get("paper", "")
    if which == "annex" and request.GET.get("format") == "csv":
        name = f"{version.plan.code}-{version.number}-annex-{language}.csv"
        return HttpResponse(
            annex_table(found),
            content_type=CSV,
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    if which in {"notice", "annex"}:
        name = f"{version.plan.code}-{version.number}-{which}-{language}.md"
        return HttpResponse(
            as_text(found, which, language),
            content_type="text/markdown; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )
    context = {"version": version, "name": plan_name(version.plan), "papers": found}
    return render(request, "incentive/plans/papers.html", context)
