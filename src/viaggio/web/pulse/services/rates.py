"""How often one link may be used: counted by link, never by address, so that a whole shop can answer."""

from collections import OrderedDict
from datetime import datetime, timedelta
from threading import Lock

WINDOW = timedelta(minutes=1)
PERSONAL = 60
"""Sendings a minute with one person's link."""
SHARED = 1_200
"""Sendings a minute with a link that hangs for everybody."""
REMEMBERED = 20_000


class Rates:
    """Counts of the running minute by link, in this process; the least used are forgotten first."""

    def __init__(self) -> None:
        self._counts: OrderedDict[str, tuple[datetime, int]] = OrderedDict()
        self._lock = Lock()

    def allows(self, link: str, most: int, *, now: datetime) -> bool:
        """Count one use; False when there were too many in this minute."""
        with self._lock:
            since, used = self._counts.pop(link, (now, 0))
            if now - since >= WINDOW:
                since, used = now, 0
            self._counts[link] = (since, used + 1)
            if len(self._counts) > REMEMBERED:
                self._counts.popitem(last=False)
        return used < most


RATES = Rates()
