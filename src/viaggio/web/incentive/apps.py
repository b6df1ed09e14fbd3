"""The app of the shared incentive."""

from typing import Any

from django.apps import AppConfig


class IncentiveConfig(AppConfig):
    """Staff, plans, runs, the ledger, statements, appeals."""

    name = "viaggio.web.incentive"
    label = "incentive"

    def ready(self) -> None:
        """Do what is due about pay whenever the facts have changed; hear who is erased."""
        from viaggio.web.incentive.services import erasing
        from viaggio.web.shared.folding import folded

        erasing.start()

        folded.connect(_keep_up, dispatch_uid="incentive.upkeep")


def _keep_up(**_: Any) -> None:
    from viaggio.web.incentive.tasks import keep_pay_up

    keep_pay_up.enqueue()
