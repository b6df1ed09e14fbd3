"""The page of live events: how each source stands, write keys made and ended."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from viaggio.web.connections.forms import KeyForm
from viaggio.web.connections.services.live import live_state
from viaggio.web.connections.views.post import me
from viaggio.web.shared.models import WriteKey
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right
from viaggio.web.shared.write_keys import BadSource, issue, revoke


@needs(Right.MANAGE_CONNECTIONS)
@require_http_methods(["GET", "HEAD", "POST"])
def live(request: HttpRequest) -> HttpResponse:
    """Sources and keys; a new key is shown once, in the answer."""
    form = KeyForm(request.POST if request.method == "POST" else None)
    page: dict[str, object] = {}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            made, key = issue(said["source"], note=said["note"], by=me(request), now=timezone.now())
        except BadSource:
            form.add_error(
                "source",
                _("Small letters, digits, - and _, beginning with a letter; “pulse” is Viaggio’s own."),
            )
        else:
            page = {"made": made, "key": key}
            form = KeyForm()
    address = request.build_absolute_uri(reverse("events:track"))
    page |= {"form": form, "state": live_state(), "address": address}
    return render(request, "connections/live.html", page)


@needs(Right.MANAGE_CONNECTIONS)
@require_POST
def end_key(request: HttpRequest, pk: int) -> HttpResponse:
    """End a key."""
    revoke(get_object_or_404(WriteKey, pk=pk), by=me(request), now=timezone.now())
    messages.success(request, _("The key is ended: within seconds nothing more comes in under it."))
    return redirect("connections:live")
