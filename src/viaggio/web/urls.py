"""Every address of the application; each face owns the ones below its prefix."""

from django.urls import URLPattern, URLResolver, include, path

from viaggio.web.api.urls import app_name as api
from viaggio.web.api.urls import patterns as api_patterns
from viaggio.web.connections.api import router as connections
from viaggio.web.incentive.api import router as incentive
from viaggio.web.pulse.api import router as pulse
from viaggio.web.shared.views import health

handler403 = "viaggio.web.shared.views.forbidden"
handler404 = "viaggio.web.shared.views.not_found"
handler500 = "viaggio.web.shared.views.broken"

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("account/", include("viaggio.web.account.urls")),
    path("people/", include("viaggio.web.people.urls")),
    path("audit/", include("viaggio.web.audit.urls")),
    path("customers/", include("viaggio.web.customer.urls")),
    path("data/", include("viaggio.web.data.urls")),
    path("scores/", include("viaggio.web.scores.urls")),
    path("connections/", include("viaggio.web.connections.urls")),
    path("v1/", include("viaggio.web.events.urls")),
    path("pay/", include("viaggio.web.incentive.urls")),
    path("", include("viaggio.web.pulse.urls")),
    path("api/v1/", include((api_patterns(pulse, connections, incentive), api))),
    path("", include("viaggio.web.journey.urls")),
]
