"""The app of the scores pages."""

from django.apps import AppConfig


class ScoresConfig(AppConfig):
    """Pages only."""

    name = "viaggio.web.scores"
    label = "scores"
