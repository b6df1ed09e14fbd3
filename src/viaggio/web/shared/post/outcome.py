"""What one try to send gave, and when the next one is due."""

from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Literal

Kind = Literal["mail", "gateway", "webhook"]

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=6)
JITTER = 0.25  # the wait is this share shorter or longer
GIVE_UP: dict[str, timedelta] = {
    "mail": timedelta(days=2),
    "gateway": timedelta(hours=24),
    "webhook": timedelta(days=3),
}
"""How long after it was due for the first time a row is tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of a try.

    `sent`; `later`: try again, after `wait` when the other side said so; `failed`: never by this way;
    `held`: not now, and the time to give up does not run; `bounced`: this address is no good; `withdrawn`:
    not to be sent after all. `answer` is for people, without
    addresses; `counts` is False when nothing was tried.
    """

    state: Literal["sent", "later", "held", "failed", "bounced", "withdrawn"]
    answer: str = ""
    reason: str = ""
    wait: timedelta | None = None
    reference: str = ""
    counts: bool = True


def wait_after(tries: int, key: str) -> timedelta:
    """Exponential back-off from 15 s to 6 h with a jitter of a quarter, drawn from the key and the try."""
    base = min(LONGEST_WAIT.total_seconds(), FIRST_WAIT.total_seconds() * 2 ** min(tries - 1, 20))
    chance = int.from_bytes(sha256(f"{key}\x1f{tries}".encode()).digest()[:4]) / 2**32
    return timedelta(seconds=base * (1 + JITTER * (2 * chance - 1)))
