"""What the explorer keeps: designed journeys and saved views."""

from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from viaggio.web.journey.forms import DesignForm
from viaggio.web.journey.models import JourneyDesign
from viaggio.web.journey.services.explore.designs import NoDesign, drop_design, keep_design, read_design
from viaggio.web.journey.services.explore.saved import NoView, drop_view, keep_view
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

if TYPE_CHECKING:
    from viaggio.web.shared.models import User


@needs(Right.MANAGE_PULSES)
@require_POST
def add_design(request: HttpRequest) -> HttpResponse:
    """Keep a designed journey."""
    form = DesignForm(request.POST, request.FILES)
    if not form.is_valid():
        for errors in form.errors.values():
            messages.error(request, " ".join(str(error) for error in errors))
        return redirect("journey:conformance")
    try:
        design = read_design(form.cleaned_data["name"], form.content())
    except NoDesign as error:
        messages.error(request, str(error))
        return redirect("journey:conformance")
    kept = keep_design(design, by=cast("User", request.user), now=timezone.now())
    messages.success(request, _("The designed journey is kept."))
    return redirect(f"{reverse('journey:conformance')}?design={kept.pk}")


@needs(Right.MANAGE_PULSES)
@require_POST
def remove_design(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a designed journey out."""
    drop_design(get_object_or_404(JourneyDesign, pk=pk), by=cast("User", request.user))
    messages.success(request, _("The designed journey is taken out."))
    return redirect("journey:conformance")


@needs(Right.SEE_FIGURES)
@require_POST
def add_view(request: HttpRequest) -> HttpResponse:
    """Give the address of a page a name."""
    address = request.POST.get("address", "")
    try:
        kept = keep_view(
            cast("User", request.user), request.POST.get("name", ""), address, now=timezone.now()
        )
    except NoView as error:
        messages.error(request, str(error))
        here = url_has_allowed_host_and_scheme(address, None) and address.startswith("/journeys/")
        return redirect(address if here else reverse("journey:flow"))
    messages.success(request, _("The view is kept: it stands at the foot of every page of the journeys."))
    return redirect(kept.address)


@needs(Right.SEE_FIGURES)
@require_POST
def remove_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Take one of the own views out."""
    if not drop_view(cast("User", request.user), pk):
        raise Http404(_("There is no such view."))
    messages.success(request, _("The view is taken out."))
    return redirect("journey:flow")
