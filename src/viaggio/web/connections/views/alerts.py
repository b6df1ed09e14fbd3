"""Alerts: which ones I want by mail, and the newest ones."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from viaggio.web.connections.forms import AlertsForm
from viaggio.web.connections.services import wishes
from viaggio.web.connections.views.post import me
from viaggio.web.shared.alerts import KINDS
from viaggio.web.shared.models import Alert
from viaggio.web.shared.names import code_name, metric_short
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


@needs(Right.SEE_FIGURES)
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """Choose the alerts that come by mail."""
    form = AlertsForm(
        request.POST if request.method == "POST" else None, initial={"kinds": wishes.wanted_by(me(request))}
    )
    if request.method == "POST" and form.is_valid():
        wishes.want(me(request), form.cleaned_data["kinds"])
        messages.success(request, _("Saved."))
        return redirect("connections:alerts")
    page = {"form": form, "alerts": [_worded(alert) for alert in wishes.raised(me(request))]}
    return render(request, "connections/alerts.html", page)


def _worded(alert: Alert) -> dict[str, object]:
    data = alert.data
    names = data.get("names") or {}
    codes = ", ".join(code_name(dimension, value) for dimension, value in data.get("of", {}).items())
    return {
        "kind": KINDS.get(alert.kind, alert.kind),
        "metric": metric_short(data["reading"]["metric"]),
        "of": names.get(translation.get_language() or "it") or codes,
        "raised_at": alert.raised_at,
        "path": data.get("path", ""),
    }
