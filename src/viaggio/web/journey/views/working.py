"""How far a calculation is, and the button that stops it."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from viaggio.web.journey.services.explore.asking import calculations
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

if TYPE_CHECKING:
    from viaggio.web.shared.models import User


@needs(Right.SEE_FIGURES)
@require_safe
def progress(request: HttpRequest, code: str) -> HttpResponse:
    """The bar of a calculation; once it is at its end, or not of this process, the page is read again."""
    found = calculations.named(code)
    if found is None or found.finished.is_set():
        done = HttpResponse()
        done.headers["HX-Refresh"] = "true"
        return done
    found.asked_by(cast("User", request.user).pk)
    return render(request, "journey/explore/bar.html", {"calculation": found})


@needs(Right.SEE_FIGURES)
@require_POST
def stop(request: HttpRequest, code: str) -> HttpResponse:
    """Stop waiting: the calculation ends, unless others wait for it too."""
    address = request.POST.get("address", "")
    here = url_has_allowed_host_and_scheme(address, None) and address.startswith("/journeys/")
    address = address if here else reverse("journey:flow")
    found = calculations.named(code)
    if found is None or found.finished.is_set():
        return HttpResponseRedirect(address)
    found.left_by(cast("User", request.user).pk)
    messages.success(request, _("The calculation is stopped."))
    return HttpResponseRedirect(f"{address}{'&' if '?' in address else '?'}stopped=yes")
