"""Interactions in the order of journeys, one at a time."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from viaggio.store.engine import Engine

ROWS_AT_ONCE = 10_000
ATTRIBUTES = (
    "channel",
    "device",
    "phase",
    "moment",
    "outcome",
    "source",
    "cost_cents",
    "value_cents",
    "currency",
)
"""What an event tells besides its touchpoint and time."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def interactions(source: Engine, first: str) -> Iterator[dict[str, Any]]:
    """The interactions with a customer by `first` (customer or episode), then time and key."""
    table = source.tables().interactions
    columns = ("id", "key", "customer", "account", "episode", "touchpoint", "started_at", *ATTRIBUTES)
    whole = table.filter(table.customer.notnull()).select(*columns)
    if first == "episode":
        whole = whole.filter(whole.episode.notnull())
    for batch in source.batches(whole.order_by([first, "started_at", "key"]), ROWS_AT_ONCE):
        yield from batch.to_pylist()


def iso(moment: Any) -> str:
    """A moment as ISO 8601 in UTC, with microseconds where it has any."""
    at = moment if isinstance(moment, datetime) else _EPOCH + timedelta(microseconds=int(moment))
    return at.astimezone(UTC).isoformat()
