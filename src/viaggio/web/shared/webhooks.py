"""Webhooks out, by the Standard Webhooks convention: `tell` queues, `signed` makes the headers of a call.

An event has one id for ever. It stands in `webhook-id`, so a receiver that is called again after a lost
answer counts the event once. Signatures are HMAC-SHA256 over `id.timestamp.body`, in base64 behind `v1,`;
while a secret is rotated the call carries one signature of each.
"""

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from viaggio.web.shared.models.outgoing import Outgoing, WebhookEndpoint
from viaggio.web.shared.prepared import Prepared

EVENTS = ("response.completed", "alert.raised")
"""What an endpoint may ask to hear of."""
TEST_EVENT = "endpoint.test"
"""The event of a test call; every endpoint gets it when somebody asks."""

SECRET_PREFIX = "whsec_"  # noqa: S105 -- the convention's mark of a secret, no secret
SECRET_BYTES = 32
_EVENT_ID = re.compile(r"[A-Za-z0-9_:-]{1,120}")


class BadEventId(ValueError):
    """An event's id has characters that the signature or the queue can not carry."""

    def __init__(self, event_id: str) -> None:
        super().__init__(f"An event's id has 1 to 120 letters, digits and _ : - only: {event_id!r}")


_active = Prepared(lambda: WebhookEndpoint.objects.filter(active=True))


def tell(event: str, event_id: str, data: Mapping[str, Any], now: datetime) -> int:
    """Queue one call for every active endpoint that wants the event, in the caller's transaction.

    `event` is one of `EVENTS`, `event_id` is the event's own for ever (telling it again queues nothing),
    `data` is plain JSON. Returns how many calls were queued. Raises `BadEventId`.
    """
    wanting = [endpoint for endpoint in _active() if event in endpoint.events]
    return queue(wanting, event, event_id, data, now=now)


def queue(
    endpoints: list[WebhookEndpoint], event: str, event_id: str, data: Mapping[str, Any], *, now: datetime
) -> int:
    """Queue one call for each of these endpoints, once per event; returns how many are new."""
    if not _EVENT_ID.fullmatch(event_id):
        raise BadEventId(event_id)
    if not endpoints:
        return 0
    body = json.dumps(
        {"type": event, "timestamp": _instant(now), "data": dict(data)},
        ensure_ascii=False,
        separators=(",", ":"),
        allow_nan=False,
    )
    rows = [
        Outgoing(
            key=f"webhook:{endpoint.pk}:{event_id}",
            kind="webhook",
            to=endpoint.url[:254],  # for people; the call goes to the endpoint's own address
            payload={"endpoint": endpoint.pk, "id": event_id, "event": event, "body": body},
            due_at=now,
            queued_at=now,
        )
        for endpoint in endpoints
    ]
    known = set(Outgoing.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
    fresh = [row for row in rows if row.key not in known]
    Outgoing.objects.bulk_create(fresh, ignore_conflicts=True)
    return len(fresh)


def new_secret() -> str:
    """A fresh signing secret, `whsec_` and 32 random bytes in base64."""
    return SECRET_PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, event_id: str, timestamp: int, body: str) -> str:
    """`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; `timestamp` in seconds since 1970."""
    key = base64.b64decode(secret.removeprefix(SECRET_PREFIX))
    signed_text = f"{event_id}.{timestamp}.{body}".encode()
    return "v1," + base64.b64encode(hmac.new(key, signed_text, hashlib.sha256).digest()).decode()


def signed(endpoint: WebhookEndpoint, event_id: str, body: str, *, now: datetime) -> dict[str, str]:
    """The three headers of a call, one signature for each secret of the endpoint."""
    timestamp = int(now.timestamp())
    keys = [secret for secret in (endpoint.secret, endpoint.previous_secret) if secret]
    return {
        "webhook-id": event_id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(key, event_id, timestamp, body) for key in keys),
    }


def _instant(when: datetime) -> str:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
