"""Who put a row into the queue hears what became of it, and may say that it is no longer wanted.

A face registers its owner for the first part of its keys (`invitation:...`) when it starts, so that the
queue knows no face.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from viaggio.web.shared.models.outgoing import Outgoing
from viaggio.web.shared.post.outcome import Outcome

Unwanted = Callable[[Outgoing, datetime], Outcome | None]
"""Asked right before sending: an outcome instead (withdrawn, held), or None to send it."""
Told = Callable[[Outgoing, str, str, datetime], None]
"""Told in the transaction that saves it: the row, its state (sent, failed, bounced, withdrawn), why."""


def _always(row: Outgoing, now: datetime) -> Outcome | None:
    return None


@dataclass(frozen=True, slots=True)
class Owner:
    """What the queue asks and tells whoever wrote a row."""

    told: Told
    unwanted: Unwanted = _always


_owners: dict[str, Owner] = {}


def register(prefix: str, owner: Owner) -> None:
    """Make `owner` hear of every row whose key starts with `prefix` and a colon."""
    _owners[prefix] = owner


def owner_of(row: Outgoing) -> Owner | None:
    """The owner of a row, by the first part of its key."""
    return _owners.get(row.key.partition(":")[0])
