"""Erasing a customer in two steps, look and type the name; and the ledger of what was erased."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from viaggio.web.customer.services.erasures import cells, places
from viaggio.web.customer.services.erasures import erasures as lines
from viaggio.web.customer.services.whole import Asked, whole
from viaggio.web.customer.views import engine_or_404, found_or_404, key_or_404
from viaggio.web.shared.audit import record
from viaggio.web.shared.erasing.run import ask, would_go
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


def _same(typed: str, wanted: str) -> bool:
    return " ".join(typed.split()).casefold() == " ".join(wanted.split()).casefold()


@needs(Right.ERASE_CUSTOMERS)
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest, key: str) -> HttpResponse:
    """What would go; a POST with the customer's name in `typed` has it erased."""
    engine = engine_or_404()
    found = found_or_404(engine, key, Asked(), limit=1)
    page = whole(engine, found)
    wrong = False
    if request.method == "POST":
        if _same(request.POST.get("typed", ""), page.title):
            nodes = [known.node for known in found.identifiers]
            ask(request, engine.workspace, [*nodes, found.profile.customer], origin="page")
            messages.success(request, _("The customer is being erased. This page tells when it is done."))
            return redirect("customer:erasures")
        wrong = True
    _nodes, counts = would_go(engine, key_or_404(key))
    record(request, "customer.erasure.looked", str(found.profile.customer))
    context = {"page": page, "places": places(counts), "total": sum(counts.values()), "wrong": wrong}
    return render(request, "customer/erase.html", context, status=422 if wrong else 200)


@needs(Right.ERASE_CUSTOMERS)
@require_safe
def erasures(request: HttpRequest) -> HttpResponse:
    """The ledger of erasures, with those that are being carried out."""
    found = lines(engine_or_404().workspace)
    if wants_table(request):
        columns = (
            _("Erasure"),
            _("Asked for"),
            _("Carried out"),
            _("By whom"),
            _("Place"),
            _("Removed"),
            _("Left"),
        )
        return table_response(request, columns, cells(found), "erasures")
    waits = any(one.ended is None for one in found)
    return render(request, "customer/erasures.html", {"lines": found, "waits": waits})
