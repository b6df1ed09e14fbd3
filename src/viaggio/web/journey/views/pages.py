"""Pages of the journey: the overview, one metric, what is behind it, the touchpoints."""

from dataclasses import replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from viaggio.kernel import BadWorkspace, Flag, UnknownMetric
from viaggio.measure.catalogue import Metric, metric
from viaggio.web.journey.services.cases import PAGE, Cases, cases_of
from viaggio.web.journey.services.files import (
    File,
    NoSuchTable,
    cases_file,
    metric_file,
    overview_file,
    touchpoints_file,
)
from viaggio.web.journey.services.metrics import metric_page
from viaggio.web.journey.services.overview import overview
from viaggio.web.journey.services.rows import behind
from viaggio.web.journey.services.touchpoints import score_columns, touchpoint_page, touchpoint_rows
from viaggio.web.shared.audit import record
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.names import ROW_KINDS, metric_definition, metric_name, metric_short
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


def shown(request: HttpRequest, template: str, desk: Desk, context: dict[str, Any]) -> HttpResponse:
    """The page; a script's navigation gets the address without empty or repeated filters."""
    answer = render(request, template, {"filters": desk.filters, "desk": desk, **context})
    if request.headers.get("HX-Request"):
        answer.headers["HX-Push-Url"] = desk.filters.to(request.path)
    return answer


def as_file(request: HttpRequest, file: File) -> HttpResponse:
    """The file that the address asks for."""
    return table_response(request, file.columns, file.rows, file.name)


def declared_or_404(slug: str) -> Metric:
    """The metric of the address."""
    try:
        return metric(slug)
    except UnknownMetric as error:
        raise Http404(str(error)) from error


@needs(Right.SEE_FIGURES)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """The journey at a glance; the first-run page while there is no data."""
    try:
        desk = Desk.of(request)
    except BadWorkspace:
        return render(request, "journey/empty.html")
    if desk.extent.empty:
        return render(request, "journey/empty.html")
    if wants_table(request):
        try:
            return as_file(request, overview_file(desk, request.GET.get("table", "metrics")))
        except NoSuchTable as error:
            raise Http404(_("There is no such table.")) from error
    return shown(request, "journey/home.html", desk, {"page": overview(desk)})


@needs(Right.SEE_FIGURES)
@require_safe
def one_metric(request: HttpRequest, slug: str) -> HttpResponse:
    """One metric: value, trend, cuts, distribution, definition."""
    declared = declared_or_404(slug)
    desk = Desk.of(request)
    if wants_table(request):
        try:
            return as_file(request, metric_file(desk, declared, request.GET.get("table", "trend")))
        except NoSuchTable as error:
            raise Http404(_("There is no such table.")) from error
    return shown(request, "journey/metric.html", desk, {"page": metric_page(desk, declared)})


@needs(Right.SEE_FIGURES)
@require_safe
def cases(request: HttpRequest, slug: str) -> HttpResponse:
    """The answers, orders, visits or contacts behind a metric."""
    declared = declared_or_404(slug)
    desk = Desk.of(request)
    now = desk.totals([slug], [desk.filters.period])[slug][desk.filters.period]
    if Flag.HIDDEN in now.flags:
        return shown(request, "journey/cases.html", desk, _head(declared, hidden=True))
    if wants_table(request):
        try:
            file = cases_file(desk, declared)
        except NoSuchTable as error:
            raise Http404(_("There is no such table.")) from error
        return as_file(request, file)
    found = cases_of(desk, declared, _page_number(request))
    if found and desk.sees_customers:
        _tell_who_was_seen(request, slug, found)
    return shown(
        request, "journey/cases.html", desk, {**_head(declared, hidden=False), "found": found, "size": PAGE}
    )


def _head(declared: Metric, *, hidden: bool) -> dict[str, Any]:
    return {
        "declared": declared,
        "name": metric_name(declared.slug),
        "definition": metric_definition(declared.slug),
        "kind": ROW_KINDS.get(source[0], "") if (source := behind(declared)) else "",
        "hidden": hidden,
    }


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _tell_who_was_seen(request: HttpRequest, slug: str, found: Cases) -> None:
    """A list with names is a look at these persons."""
    keys = sorted({case.customer for case in found.rows if case.customer is not None})
    if keys:
        record(request, "customer.listed", f"metric {slug}", customers=keys)


@needs(Right.SEE_FIGURES)
@require_safe
def touchpoints(request: HttpRequest) -> HttpResponse:
    """Every touchpoint with its figures."""
    desk = Desk.of(request)
    if wants_table(request):
        return as_file(request, touchpoints_file(desk))
    scores = score_columns(desk)
    context = {"rows": touchpoint_rows(desk), "scores": [(slug, metric_short(slug)) for slug in scores]}
    return shown(request, "journey/touchpoints.html", desk, context)


@needs(Right.SEE_FIGURES)
@require_safe
def touchpoint(request: HttpRequest, slug: str) -> HttpResponse:
    """One touchpoint: figures, trend, pillars, channels, steps around it, what customers write."""
    desk = Desk.of(request)
    if slug not in desk.extent.touchpoints:
        raise Http404(_("There is no such touchpoint."))
    desk = replace(desk, filters=desk.filters.at(touchpoint=slug))
    page = touchpoint_page(desk, slug)
    seen = sorted({voice.customer for voice in page.voices if voice.customer is not None})
    if seen and desk.sees_customers:
        record(request, "customer.listed", f"touchpoint {slug}", customers=seen)
    return shown(request, "journey/touchpoint.html", desk, {"page": page})
