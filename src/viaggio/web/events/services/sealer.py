"""The clock of the door: what arrived is sealed by and by, often when much waits, and folded."""

import logging
import threading
import time

from django.db import close_old_connections, connections
from django.utils import timezone

from viaggio.kernel import BadMapping, BadWorkspace, utc_micros
from viaggio.web.shared.folding import fold_soon
from viaggio.web.shared.workspace import workspace

logger = logging.getLogger("viaggio.events")

EVERY = 5.0  # seconds between two looks
SHORTEST, LONGEST = 60.0, 300.0
"""Seconds that a message waits to be sealed: five minutes when it is quiet, one when there is much."""
BUSY = 1_000_000
"""So many waiting bytes halve the time."""


def wait_for(size: int) -> float:
    """Seconds to wait while so many bytes wait: 288 items a day of a quiet source, 1,440 of a busy one."""
    return max(SHORTEST, LONGEST / (1 + size / BUSY))


def seal_due(*, now: float, at_once: bool = False) -> int:
    """Seal what has waited long enough at `now`, seconds since 1970; returns the number of items."""
    from viaggio.store.events import seal, waiting

    ws = workspace()
    found = waiting(ws)
    if not found.size or not (at_once or now - found.since >= wait_for(found.size)):
        return 0
    landed = seal(ws, now=utc_micros(timezone.now()))
    if landed:
        fold_soon()
    return len(landed)


class Sealer(threading.Thread):
    """Seals until `stop`. Never fails: what goes wrong is logged and tried again."""

    def __init__(self, every: float = EVERY) -> None:
        super().__init__(name="viaggio-sealer", daemon=True)
        self._every = every
        self._ended = threading.Event()

    def run(self) -> None:
        """One look after the other; at the first one whatever waits is sealed, of whoever died too."""
        first = True
        try:
            while not self._ended.is_set():
                close_old_connections()
                try:
                    seal_due(now=time.time(), at_once=first)
                    first = False
                except BadWorkspace:
                    logger.debug("There is no workspace to seal in.")
                except BadMapping as error:
                    logger.error("Live events wait, because events.toml can not be used: %s", error)  # noqa: TRY400 -- the sentence says it all
                except Exception:
                    logger.exception("What arrived could not be sealed.")
                self._ended.wait(self._every)
        finally:
            connections.close_all()

    def stop(self, *, wait_seconds: float = 5.0) -> None:
        """Seal no more; what is under way is finished by the next one where it does not end in time."""
        self._ended.set()
        self.join(wait_seconds)
