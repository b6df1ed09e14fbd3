"""The app of the customer pages."""

from django.apps import AppConfig


class CustomerConfig(AppConfig):
    """Pages without records of their own."""

    name = "viaggio.web.customer"
    label = "customer"
