"""The app of what every face shares."""

from django.apps import AppConfig


class SharedConfig(AppConfig):
    """Audit entries, API tokens and the leases of background work."""

    name = "viaggio.web.shared"
    label = "shared"
