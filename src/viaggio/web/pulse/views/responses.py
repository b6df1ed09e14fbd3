"""Answers one by one: the list, and one answer with its customer."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from viaggio.web.pulse.models import Pulse, Response
from viaggio.web.pulse.services import overview, response_pages
from viaggio.web.pulse.services.one_answer import answer_page
from viaggio.web.pulse.services.staff_scope import sight_of
from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


def _number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


@needs(Right.SEE_FIGURES)
@require_safe
def answers(request: HttpRequest, slug: str) -> HttpResponse:
    """The answers of a pulse, newest first; those of an anonymous pulse are never shown one by one."""
    pulse = get_object_or_404(Pulse.objects.select_related("questionnaire"), slug=slug)
    sight = sight_of(request.user)
    context = {"pulse": pulse, "name": overview.name_of(pulse), "sight": sight}
    if not pulse.anonymous:
        query = {name: str(value).replace("\0", "")[:80] for name, value in request.GET.items()}
        found = response_pages.listed(pulse, sight, query, number=_number(request))
        if found.customers:
            record(request, "customer.listed", f"pulse {slug}", customers=found.customers)
        context["found"] = found
    return render(request, "pulse/responses/list.html", context)


@needs(Right.SEE_CUSTOMERS)
@require_safe
def answer(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One answer whole, with its customer and the journey around it."""
    rows = Response.objects.exclude(state="provisional").select_related(
        "pulse", "wave", "version", "invitation"
    )
    found = get_object_or_404(rows, pulse__slug=slug, pulse__anonymous=False, pk=key)
    page = answer_page(found)
    seen = [page.customer] if page.customer else []
    record(request, "pulse.answer.seen", f"{slug} {found.pk}", customers=seen)
    return render(request, "pulse/responses/answer.html", {"page": page, "pulse": found.pulse})
