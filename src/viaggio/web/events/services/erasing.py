"""Erasing and live events: what arrived lands first, and is then erased like everything that landed."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.utils import timezone

from viaggio.kernel import utc_micros
from viaggio.web.shared.erasing.keepers import register

if TYPE_CHECKING:
    from viaggio.store.erasure import Request
    from viaggio.store.workspace import Workspace


class EventsKeeper:
    """The door keeps nothing in the records; its files are sealed."""

    def settle(self, ws: "Workspace") -> None:
        """Seal what arrived."""
        from viaggio.store.events import seal

        seal(ws, now=utc_micros(timezone.now()))

    def look(self, request: "Request") -> Mapping[str, int]:
        """There are no rows; files that wait are found by whoever looks through the workspace."""
        del request
        return {}

    def erase(self, request: "Request") -> None:
        """There is nobody."""


def start() -> None:
    """Be asked when a customer is erased."""
    register("events", EventsKeeper())
