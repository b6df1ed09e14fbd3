"""Pages of scores: the morning's screen, one score, what changed, what weighs most."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from viaggio.kernel import UnknownMetric
from viaggio.measure.catalogue import Metric, metric
from viaggio.web.scores.services.cross import DIMENSIONS, by_of, cross_page
from viaggio.web.scores.services.files import NoSuchTable, changes_file, overview_file, score_file
from viaggio.web.scores.services.overview import overview
from viaggio.web.scores.services.real import cuts_of, real_page
from viaggio.web.scores.services.screen import SCREEN, judged
from viaggio.web.scores.services.targets import targets
from viaggio.web.scores.services.weighing import GROUPS, goals
from viaggio.web.scores.views.common import as_file, desk_of, shown
from viaggio.web.shared.export import wants_table
from viaggio.web.shared.names import dimension_name, metric_definition, metric_name
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


def score_or_404(slug: str) -> Metric:
    """The score of the address."""
    try:
        declared = metric(slug)
    except UnknownMetric as error:
        raise Http404(str(error)) from error
    if not declared.figure:
        raise Http404(_("This figure is no score of answers."))
    return declared


@needs(Right.SEE_FIGURES)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What customers say, and whether it changed."""
    desk = desk_of(request)
    if wants_table(request):
        try:
            return as_file(request, overview_file(desk, request.GET.get("table", "scores")))
        except NoSuchTable as error:
            raise Http404(_("There is no such table.")) from error
    by_wave = request.GET.get("trend") == "wave"
    if by_wave:
        desk = desk.keeping(trend="wave")
    page = overview(desk, by_wave=by_wave, targets=targets())
    return shown(request, "scores/home.html", desk, {"page": page})


@needs(Right.SEE_FIGURES)
@require_safe
def one_score(request: HttpRequest, slug: str) -> HttpResponse:
    """One score by one or two dimensions."""
    declared = score_or_404(slug)
    desk = desk_of(request)
    by = by_of(",".join(request.GET.get(name, "") for name in ("by", "by2")))
    desk = desk.keeping(by=",".join(by))
    if wants_table(request):
        try:
            return as_file(request, score_file(desk, declared, by, request.GET.get("table", "by")))
        except NoSuchTable as error:
            raise Http404(_("There is no such table.")) from error
    context = {
        "page": cross_page(desk, declared, by),
        "declared": declared,
        "name": metric_name(slug),
        "definition": metric_definition(slug),
    }
    return shown(request, "scores/metric.html", desk, context)


@needs(Right.SEE_FIGURES)
@require_safe
def changes(request: HttpRequest) -> HttpResponse:
    """What changed, and whether it is real."""
    desk = desk_of(request)
    asked = request.GET.get("by", "").strip()
    chosen = asked if asked in DIMENSIONS and asked != "wave" else ""
    if chosen:
        desk = desk.keeping(by=chosen)
    if wants_table(request):
        return as_file(request, changes_file(judged(desk, SCREEN, cuts_of(chosen)), "changes"))
    return shown(request, "scores/changes.html", desk, {"page": real_page(desk, chosen)})


@needs(Right.SEE_FIGURES)
@require_safe
def weights(request: HttpRequest) -> HttpResponse:
    """What the pillars weigh for recommending and for buying again."""
    desk = desk_of(request)
    asked = request.GET.get("by", "").strip()
    by = asked if asked in GROUPS else ""
    if by:
        desk = desk.keeping(by=by)
    choices = [(name, dimension_name(name), name == by) for name in GROUPS]
    return shown(request, "scores/weights.html", desk, {"goals": goals(desk, by), "choices": choices})
