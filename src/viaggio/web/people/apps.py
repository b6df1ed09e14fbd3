"""The app of people and roles."""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """Pages only; the person's record belongs to the account face."""

    name = "viaggio.web.people"
    label = "people"
