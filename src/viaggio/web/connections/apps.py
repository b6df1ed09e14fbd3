"""The app of the connections pages."""

from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    """Pages only."""

    name = "viaggio.web.connections"
    label = "connections"
