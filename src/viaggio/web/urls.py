"""Every address of the application; each face owns the ones below its prefix."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

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
    path("", include("viaggio.web.pulse.urls")),
]
if find_spec("viaggio.web.api"):  # the token API is a face of its own
    urlpatterns.append(path("api/v1/", include("viaggio.web.api.urls")))
urlpatterns.append(path("", include("viaggio.web.journey.urls")))
