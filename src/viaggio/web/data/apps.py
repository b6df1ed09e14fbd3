"""The app of the data pages."""

from django.apps import AppConfig


class DataConfig(AppConfig):
    """Pages only; what lies in the workspace belongs to the store."""

    name = "viaggio.web.data"
    label = "data"
