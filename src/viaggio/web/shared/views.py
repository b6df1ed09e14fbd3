"""Health, and the pages for what went wrong: each says what happened and what to do next."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import translation

from viaggio import __version__
from viaggio.web.shared.permissions import open_to_all


@open_to_all
def health(request: HttpRequest) -> JsonResponse:
    """200 when the records can be read; for start scripts and load balancers."""
    with connection.cursor():
        return JsonResponse({"status": "ok", "version": __version__})


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: the person is known but lacks a right."""
    return render(request, "errors/403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: no such page or record."""
    return render(request, "errors/404.html", status=404)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403: the form was sent without its proof of origin, mostly because the page was open for long."""
    return render(request, "errors/csrf.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """500: our fault. Rendered without the request, which may be what failed."""
    with translation.override(translation.get_language() or "it"):
        return HttpResponse(render_to_string("errors/500.html"), status=500)
