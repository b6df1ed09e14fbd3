"""The app of people's own accounts."""

from django.apps import AppConfig


class AccountConfig(AppConfig):
    """Users, their sessions and their attempts to sign in."""

    name = "viaggio.web.account"
    label = "account"
