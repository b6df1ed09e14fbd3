"""The app of the scores pages."""

from typing import Any

from django.apps import AppConfig


class ScoresConfig(AppConfig):
    """Pages, watched figures, targets."""

    name = "viaggio.web.scores"
    label = "scores"

    def ready(self) -> None:
        """Look at watched figures whenever the facts have changed."""
        from viaggio.web.shared.folding import folded

        folded.connect(_look, dispatch_uid="scores.watched")


def _look(**_: Any) -> None:
    from viaggio.web.scores.tasks import look_at_watched

    look_at_watched.enqueue()
