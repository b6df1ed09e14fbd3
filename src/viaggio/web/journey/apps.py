"""The app of the journey pages."""

from django.apps import AppConfig


class JourneyConfig(AppConfig):
    """Pages of the journey; records of designs and of saved views."""

    name = "viaggio.web.journey"
    label = "journey"
