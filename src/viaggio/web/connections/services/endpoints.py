"""Changes to webhook endpoints: each is allowed, decided, saved and recorded in one function."""

import secrets
from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from viaggio.web.shared import webhooks
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import Outgoing, WebhookEndpoint
from viaggio.web.shared.permissions import Person, allow
from viaggio.web.shared.post import queue
from viaggio.web.shared.post.http import checked
from viaggio.web.shared.post.setup import connections
from viaggio.web.shared.roles import Right


@transaction.atomic
def add(url: str, *, events: Iterable[str], note: str, by: Person, now: datetime) -> WebhookEndpoint:
    """Add an endpoint with a fresh secret. Raises `http.NotAllowed` for an address that is not called."""
    allow(by, Right.MANAGE_CONNECTIONS)
    checked(url, inside=connections().webhooks_inside)
    made = WebhookEndpoint.objects.create(
        url=url, secret=webhooks.new_secret(), events=_known(events), note=note, created_at=now
    )
    record(by, "connections.endpoint.added", url, events=list(made.events))
    return made


@transaction.atomic
def change(endpoint: WebhookEndpoint, *, events: Iterable[str], note: str, by: Person) -> None:
    """Let an endpoint hear of other events."""
    allow(by, Right.MANAGE_CONNECTIONS)
    before = list(endpoint.events)
    endpoint.events, endpoint.note = _known(events), note
    endpoint.save(update_fields=["events", "note"])
    record(by, "connections.endpoint.changed", endpoint.url, before=before, after=list(endpoint.events))


@transaction.atomic
def set_active(endpoint: WebhookEndpoint, active: bool, *, by: Person) -> None:
    """Pause the calls to an endpoint, or take them up again; what was queued meanwhile is not called."""
    allow(by, Right.MANAGE_CONNECTIONS)
    endpoint.active = active
    endpoint.save(update_fields=["active"])
    record(by, f"connections.endpoint.{'resumed' if active else 'paused'}", endpoint.url)


@transaction.atomic
def rotate(endpoint: WebhookEndpoint, *, by: Person) -> str:
    """A new secret, returned to be shown once; the one before goes on signing until `end_previous`."""
    allow(by, Right.MANAGE_CONNECTIONS)
    endpoint.previous_secret, endpoint.secret = endpoint.secret, webhooks.new_secret()
    endpoint.save(update_fields=["secret", "previous_secret"])
    record(by, "connections.endpoint.rotated", endpoint.url)
    return endpoint.secret


@transaction.atomic
def end_previous(endpoint: WebhookEndpoint, *, by: Person) -> None:
    """Sign with the new secret alone."""
    allow(by, Right.MANAGE_CONNECTIONS)
    endpoint.previous_secret = ""
    endpoint.save(update_fields=["previous_secret"])
    record(by, "connections.endpoint.previous_ended", endpoint.url)


@transaction.atomic
def delete(endpoint: WebhookEndpoint, *, by: Person) -> None:
    """Call an endpoint no more; its calls that wait are withdrawn when they are due."""
    allow(by, Right.MANAGE_CONNECTIONS)
    url = endpoint.url
    endpoint.delete()
    record(by, "connections.endpoint.deleted", url)


@transaction.atomic
def test(endpoint: WebhookEndpoint, *, by: Person, now: datetime) -> str:
    """Queue a test call, also to a paused endpoint; returns the key of its row."""
    allow(by, Right.MANAGE_CONNECTIONS)
    event_id = f"test_{secrets.token_hex(8)}"
    queue_words = {"endpoint": endpoint.pk, "message": "A test call from Viaggio."}
    webhooks.queue([endpoint], webhooks.TEST_EVENT, event_id, queue_words, now=now)
    record(by, "connections.endpoint.tested", endpoint.url)
    return f"webhook:{endpoint.pk}:{event_id}"


def send_again(row_id: int, *, by: Person, now: datetime) -> bool:
    """Send a row once more under the same id; False when its words are gone or it is on its way."""
    allow(by, Right.MANAGE_CONNECTIONS)
    with transaction.atomic():
        row = Outgoing.objects.select_for_update().filter(pk=row_id).first()
        if row is None or not queue.again(row, now=now):
            return False
        record(by, "connections.post.sent_again", row.key)
    return True


def _known(events: Iterable[str]) -> list[str]:
    wanted = set(events)
    return [event for event in webhooks.EVENTS if event in wanted]
