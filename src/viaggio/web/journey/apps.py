"""The app of the journey pages."""

from django.apps import AppConfig


class JourneyConfig(AppConfig):
    """Pages without records of their own."""

    name = "viaggio.web.journey"
    label = "journey"
