"""The clock of the pulses: a thread that ticks beside the task worker, in as many processes as there are."""

import logging
import threading

from django.db import close_old_connections, connections
from django.utils import timezone

from viaggio.kernel import BadWorkspace
from viaggio.web.pulse.services.schedule import Pace, tick

logger = logging.getLogger("viaggio.pulse")

EVERY = 20.0
"""Seconds between two ticks."""


class Ticker(threading.Thread):
    """Ticks until `stop`. Never fails: what goes wrong is logged and tried again."""

    def __init__(self, every: float = EVERY) -> None:
        super().__init__(name="viaggio-ticker", daemon=True)
        self._every = every
        self._ended = threading.Event()
        self._pace = Pace()

    def run(self) -> None:
        """One tick after the other; the first one at once, for what waited while nothing ran."""
        try:
            while not self._ended.is_set():
                close_old_connections()
                try:
                    tick(timezone.now(), pace=self._pace)
                except BadWorkspace:
                    logger.debug("There is no workspace to field in.")
                except Exception:
                    logger.exception("A tick failed.")
                self._ended.wait(self._every)
        finally:
            connections.close_all()

    def stop(self, *, wait_seconds: float = 5.0) -> None:
        """Tick no more; what is under way is finished by the next one where it does not end in time."""
        self._ended.set()
        self.join(wait_seconds)
