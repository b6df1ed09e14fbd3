"""Views of the journey explorer: one for each question, and the customers behind."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from viaggio.kernel import BadWorkspace
from viaggio.web.journey.forms import DesignForm
from viaggio.web.journey.models import JourneyDesign
from viaggio.web.journey.services.explore.asking import CannotAnswer
from viaggio.web.journey.services.explore.attribution import AttributionAsked, attribution_page
from viaggio.web.journey.services.explore.behind import behind, who
from viaggio.web.journey.services.explore.calculations import UnderWay
from viaggio.web.journey.services.explore.cell_links import NAMES
from viaggio.web.journey.services.explore.cells import asked_cell
from viaggio.web.journey.services.explore.comparison import comparison_page
from viaggio.web.journey.services.explore.comparison_asked import ComparisonAsked
from viaggio.web.journey.services.explore.conformance import ConformanceAsked, conformance_page
from viaggio.web.journey.services.explore.deviating import asked_deviants
from viaggio.web.journey.services.explore.flow import FlowAsked, flow_page
from viaggio.web.journey.services.explore.funnel import funnel_page
from viaggio.web.journey.services.explore.funnel_asked import FunnelAsked
from viaggio.web.journey.services.explore.keeping import KeepingAsked, keeping_page
from viaggio.web.journey.services.explore.leaving import LeavingAsked, leaving_page
from viaggio.web.journey.services.explore.paths import PathsAsked, paths_page
from viaggio.web.journey.services.explore.retention import RetentionAsked, retention_page
from viaggio.web.journey.services.explore.saved import saved_views
from viaggio.web.journey.services.explore.times import TimesAsked, times_page
from viaggio.web.shared.audit import record
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.permissions import may, needs
from viaggio.web.shared.roles import Right

if TYPE_CHECKING:
    from viaggio.web.shared.models import User

_FLOW = frozenset({"anchor", "which", "before", "after", "places"})
_BEHIND = (
    "design",
    "strict",
    "deviation",
    *NAMES,
    "goal",
    "by",
    "back",
    "unit",
    "first",
    "steps",
    "end",
    "days",
)
_FUNNEL = frozenset({"steps", "within", "without", "entry", "by", "order"})


def explored(
    request: HttpRequest, template: str, said: dict[str, str], own: frozenset[str],
    page_of: Callable[[Desk], Any], **more: Any,
) -> HttpResponse:  # fmt: skip
    """One page of the explorer, or one of its tables as a file; `said` is what links of the page keep.

    `own`: values of the address that the page's own form has fields for.
    """
    try:
        desk = Desk.of(request)
    except BadWorkspace:
        return render(request, "journey/empty.html")
    if desk.extent.empty:
        return render(request, "journey/empty.html")
    desk = desk.keeping(**said)
    context: dict[str, Any] = {
        "filters": desk.filters,
        "desk": desk,
        "tabs_filters": _plain(desk, said),
        "saved": saved_views(cast("User", request.user)),
        "address": desk.filters.to(request.path),
        "kept": [(name, value) for name, value in desk.filters.chosen.items() if name not in own],
    }
    if "stopped" in request.GET:
        return render(request, template, {**context, "working": {"stopped": True}})
    try:
        page = patiently(page_of, desk) if wants_table(request) else page_of(desk)
    except UnderWay as going:
        return render(request, template, {**context, "working": {"calculation": going.calculation}})
    if wants_table(request):
        wanted = request.GET.get("table", "")
        file = next((sheet.file for sheet in page.sheets if sheet.key == wanted), None)
        if file is None:
            raise Http404(_("There is no such table."))
        return table_response(request, file.columns, file.rows, file.name)
    answer = render(request, template, {**context, "page": page, **more})
    if request.headers.get("HX-Request"):
        answer.headers["HX-Push-Url"] = desk.filters.to(request.path)
    return answer


def patiently[Found](find: Callable[[Desk], Found], desk: Desk) -> Found:
    """What is found, however long it takes: for files, which cannot show how far they are."""
    while True:
        try:
            return find(desk)
        except UnderWay as going:
            going.calculation.await_for(desk.person)


def _plain(desk: Desk, said: dict[str, str]) -> str:
    """The query of the filters alone, for the other tabs."""
    return desk.filters.query(**dict.fromkeys(said))


@needs(Right.SEE_FIGURES)
@require_safe
def flow(request: HttpRequest) -> HttpResponse:
    """The steps before and after an anchor."""
    asked = FlowAsked.of(request.GET)
    return explored(
        request, "journey/explore/flow.html", asked.said(), _FLOW, lambda desk: flow_page(desk, asked)
    )


@needs(Right.SEE_FIGURES)
@require_safe
def funnel(request: HttpRequest) -> HttpResponse:
    """A funnel, built in the address: what the form sends is written there in its short form."""
    asked = FunnelAsked.of(request.GET)
    if "step" in request.GET:
        asked = asked.changed(request.GET.get("do", ""))
        if not asked.bad:
            desk = Desk.of(request)
            kept = desk.keeping(**asked.said()).filters.to(reverse("journey:funnel"))
            return redirect(kept)
    return explored(
        request, "journey/explore/funnel.html", asked.said(), _FUNNEL, lambda desk: funnel_page(desk, asked)
    )


@needs(Right.SEE_FIGURES)
@require_safe
def paths(request: HttpRequest) -> HttpResponse:
    """The most frequent paths and parts of paths."""
    asked, own = PathsAsked.of(request.GET), frozenset({"steps", "end", "by"})
    template = "journey/explore/paths.html"
    return explored(request, template, asked.said(), own, lambda desk: paths_page(desk, asked))


@needs(Right.SEE_FIGURES)
@require_safe
def times(request: HttpRequest) -> HttpResponse:
    """Times between phases, within them, and of sessions."""
    asked, own = TimesAsked.of(request.GET), frozenset({"by", "gap"})
    template = "journey/explore/times.html"
    return explored(request, template, asked.said(), own, lambda desk: times_page(desk, asked))


@needs(Right.SEE_FIGURES)
@require_safe
def attribution(request: HttpRequest) -> HttpResponse:
    """Models of attribution side by side."""
    asked, own = AttributionAsked.of(request.GET), frozenset({"goal", "by", "back"})
    template = "journey/explore/attribution.html"
    return explored(request, template, asked.said(), own, lambda desk: attribution_page(desk, asked))


@needs(Right.SEE_FIGURES)
@require_safe
def retention(request: HttpRequest) -> HttpResponse:
    """Cohorts and the curve of returns."""
    asked, own = RetentionAsked.of(request.GET), frozenset({"unit", "first", "back"})
    template = "journey/explore/retention.html"
    return explored(request, template, asked.said(), own, lambda desk: retention_page(desk, asked))


@needs(Right.SEE_FIGURES)
@require_safe
def leaving(request: HttpRequest) -> HttpResponse:
    """Drop-off, dead ends, loops."""
    asked, own = LeavingAsked.of(request.GET), frozenset({"days", "by"})
    template = "journey/explore/leaving.html"
    return explored(request, template, asked.said(), own, lambda desk: leaving_page(desk, asked))


@needs(Right.SEE_FIGURES)
@require_safe
def comparison(request: HttpRequest) -> HttpResponse:
    """Two groups of customers side by side."""
    asked, own = ComparisonAsked.of(request.GET), frozenset({"one", "other", "by"})
    template = "journey/explore/comparison.html"
    return explored(request, template, asked.said(), own, lambda desk: comparison_page(desk, asked))


@needs(Right.SEE_FIGURES)
@require_safe
def keeping(request: HttpRequest) -> HttpResponse:
    """What would be won if fewer left."""
    asked, own = KeepingAsked.of(request.GET), frozenset({"goal", "fewer", "days", "by"})
    template = "journey/explore/keeping.html"
    return explored(request, template, asked.said(), own, lambda desk: keeping_page(desk, asked))


@needs(Right.SEE_FIGURES)
@require_safe
def conformance(request: HttpRequest) -> HttpResponse:
    """A designed journey and how customers deviate from it."""
    asked, own = ConformanceAsked.of(request.GET), frozenset({"design", "strict"})
    designs = may(request.user, Right.MANAGE_PULSES)
    return explored(
        request, "journey/explore/conformance.html", asked.said(), own,
        lambda desk: conformance_page(desk, asked),
        form=DesignForm() if designs else None,
        designs=JourneyDesign.objects.all() if designs else (),
    )  # fmt: skip


@needs(Right.SEE_CUSTOMERS)
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """The customers behind a page: a list with names is a look at these persons."""
    try:
        desk = Desk.of(request)
    except BadWorkspace:
        return render(request, "journey/empty.html")
    said = {name: request.GET[name] for name in _BEHIND if name in request.GET}
    plain, desk = desk.filters.query(), desk.keeping(**said)
    context: dict[str, Any] = {
        "filters": desk.filters,
        "desk": desk,
        "tabs_filters": plain,
        "address": desk.filters.to(request.path),
    }
    template = "journey/explore/customers.html"
    if "stopped" in request.GET:
        return render(request, template, {**context, "working": {"stopped": True}})
    try:
        if wants_table(request):
            keys = patiently(lambda desk: _asked_customers(request, desk)[1], desk).tolist()
            record(request, "customer.listed", "journeys", count=len(keys))
            return table_response(request, ("customer",), [(key,) for key in keys], "journeys customers")
        words, keys = _asked_customers(request, desk)
        found = behind(desk, keys)
    except UnderWay as going:
        return render(request, template, {**context, "working": {"calculation": going.calculation}})
    except CannotAnswer as error:
        return render(request, template, {**context, "reason": str(error)})
    record(request, "customer.listed", "journeys", customers=[str(key) for key, _name in found.listed])
    return render(request, template, {**context, "found": found, "words": words})


def _asked_customers(request: HttpRequest, desk: Desk) -> tuple[str, Any]:
    """Those behind the deviation or the cell that the address names, else those under its filters."""
    deviating = asked_deviants(desk, request.GET)
    if deviating is not None:
        return _("Everybody with this deviation from the designed journey."), deviating
    cell = asked_cell(desk, request.GET)
    return (_("Everybody with an interaction under these filters."), who(desk)) if cell is None else cell
