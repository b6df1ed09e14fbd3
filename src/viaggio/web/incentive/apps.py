"""The app of the shared incentive."""

from django.apps import AppConfig


class IncentiveConfig(AppConfig):
    """Staff, plans, runs, the ledger, statements, appeals."""

    name = "viaggio.web.incentive"
    label = "incentive"
