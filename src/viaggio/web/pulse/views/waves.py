"""The page of one wave, and its ledger as a file."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from viaggio.web.pulse.models import Wave
from viaggio.web.pulse.services import wave_pages
from viaggio.web.pulse.services.staff_scope import sight_of
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.names import metric_short
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


@needs(Right.SEE_FIGURES)
@require_safe
def wave(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """One wave: coverage funnel, response rates, who is missing, weights."""
    found = get_object_or_404(Wave.objects.select_related("pulse"), pulse__slug=slug, code=code)
    sight = sight_of(request.user)
    if wants_table(request):
        columns, rows = wave_pages.ledger_file(found, sight)
        return table_response(request, columns, rows, f"{slug} {code}")
    page = wave_pages.page_of(found, sight)
    context = {"page": page, "pulse": found.pulse, "sight": sight}
    if page.weights:
        context["weighting"] = wave_pages.method_words(page.weights.method)
        context["score"] = metric_short(page.weights.plain.metric) if page.weights.plain else ""
    return render(request, "pulse/waves/wave.html", context)
