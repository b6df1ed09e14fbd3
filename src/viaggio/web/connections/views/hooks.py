"""Pages of webhook endpoints: add, look at, test, pause, change the secret, delete."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from viaggio.web.connections.forms import EndpointForm, EventsForm
from viaggio.web.connections.services import endpoints, state
from viaggio.web.connections.views.post import me, worded
from viaggio.web.connections.words import REFUSED_URLS
from viaggio.web.shared.models import WebhookEndpoint
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.post.http import NotAllowed
from viaggio.web.shared.roles import Right

CALLS = 20  # newest calls on an endpoint's page


@needs(Right.MANAGE_CONNECTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    """A new endpoint; the answer shows its secret once."""
    form = EndpointForm(
        request.POST if request.method == "POST" else None, initial={"events": ["response.completed"]}
    )
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        try:
            made = endpoints.add(
                fields["url"],
                events=fields["events"],
                note=fields["note"],
                by=me(request),
                now=timezone.now(),
            )
        except NotAllowed as refusal:
            form.add_error("url", str(REFUSED_URLS[refusal.code]))
        else:
            return _page(request, made, secret=made.secret)
    return render(request, "connections/new.html", {"form": form})


@needs(Right.MANAGE_CONNECTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def endpoint(request: HttpRequest, pk: int) -> HttpResponse:
    """One endpoint and its newest calls."""
    found = get_object_or_404(WebhookEndpoint, pk=pk)
    form = EventsForm(
        request.POST if request.method == "POST" else None,
        initial={"events": found.events, "note": found.note},
    )
    if request.method == "POST" and form.is_valid():
        fields = form.cleaned_data
        endpoints.change(found, events=fields["events"], note=fields["note"], by=me(request))
        messages.success(request, _("Saved."))
        return redirect("connections:endpoint", pk=pk)
    return _page(request, found, form=form)


def _page(
    request: HttpRequest, found: WebhookEndpoint, *, secret: str = "", form: EventsForm | None = None
) -> HttpResponse:
    calls = state.rows(kind="webhook", endpoint=found)
    page = {
        "endpoint": found,
        "form": form or EventsForm(initial={"events": found.events, "note": found.note}),
        "secret": secret,
        "rows": worded(state.shown(calls[:CALLS])),
    }
    return render(request, "connections/endpoint.html", page)


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def test(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a test call."""
    endpoints.test(get_object_or_404(WebhookEndpoint, pk=pk), by=me(request), now=timezone.now())
    messages.success(request, _("The test call is on its way. Load the page again to see what became of it."))
    return redirect("connections:endpoint", pk=pk)


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def set_active(request: HttpRequest, pk: int) -> HttpResponse:
    """Pause or take up again."""
    active = request.POST.get("active") == "yes"
    endpoints.set_active(get_object_or_404(WebhookEndpoint, pk=pk), active, by=me(request))
    said = (
        _("The endpoint is called again.") if active else _("The endpoint is paused: nothing is told to it.")
    )
    messages.success(request, said)
    return redirect("connections:endpoint", pk=pk)


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def secret(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown once; or an end to the one before."""
    found = get_object_or_404(WebhookEndpoint, pk=pk)
    if request.POST.get("do") == "end":
        endpoints.end_previous(found, by=me(request))
        messages.success(request, _("Only the new secret signs now."))
        return redirect("connections:endpoint", pk=pk)
    return _page(request, found, secret=endpoints.rotate(found, by=me(request)))


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """Delete an endpoint."""
    endpoints.delete(get_object_or_404(WebhookEndpoint, pk=pk), by=me(request))
    messages.success(request, _("The endpoint was deleted."))
    return redirect("connections:home")
