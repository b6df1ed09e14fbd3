"""The queue: rows are written, claimed under a lease, settled, taken back from the dead, emptied at last."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet

from viaggio.web.shared.models.outgoing import Outgoing
from viaggio.web.shared.post import owners, rates
from viaggio.web.shared.post.outcome import GIVE_UP, Kind, Outcome, wait_after
from viaggio.web.shared.post.suppression import suppress
from viaggio.web.shared.worker import is_gone

LEASE = timedelta(seconds=90)
BATCH = 20
KEEP = timedelta(days=7)
"""How long the words of a row are kept after it ended."""
ENDED = ("sent", "failed", "bounced", "withdrawn")
REPEATABLE = ("sent", "failed")
"""States in which somebody may have a row sent once more; what bounced or was not wanted stays unsent."""
CHANNELS: Mapping[str, Kind] = {"mail": "mail", "sms": "gateway", "whatsapp": "gateway", "webhook": "webhook"}


def post(
    kind: Kind, key: str, *, to: str, payload: Mapping[str, Any], due_at: datetime, now: datetime
) -> bool:
    """Queue one row, in the caller's transaction; False when `key` was queued before, ever.

    A mail's payload has `subject`, `text` and perhaps `html` and `headers`; a gateway's has `channel` (sms,
    whatsapp) and `text`. Webhooks are queued by `webhooks.tell`.
    """
    if Outgoing.objects.filter(key=key).exists():
        return False
    row = Outgoing(key=key, kind=kind, to=to, payload=dict(payload), due_at=due_at, queued_at=now)
    Outgoing.objects.bulk_create([row], ignore_conflicts=True)
    return True


def post_mails(mails: Mapping[str, tuple[str, Mapping[str, Any]]], *, now: datetime) -> int:
    """Queue many mails at once, in the caller's transaction: address and payload by key; how many are new."""
    known = set(Outgoing.objects.filter(key__in=mails).values_list("key", flat=True))
    rows = [
        Outgoing(key=key, kind="mail", to=to, payload=dict(payload), due_at=now, queued_at=now)
        for key, (to, payload) in mails.items()
        if key not in known
    ]
    Outgoing.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
    return len(rows)


def due(channel: str, *, now: datetime) -> QuerySet[Outgoing]:
    """The rows of a channel that are due and not in anybody's hands."""
    kind = CHANNELS[channel]
    rows = Outgoing.objects.filter(state="waiting", kind=kind, due_at__lte=now)
    return rows.filter(payload__channel=channel) if kind == "gateway" else rows


def claim(channel: str, worker: str, *, rate: float, now: datetime, most: int = BATCH) -> list[Outgoing]:
    """Take rows that are due under a lease, as many as the channel's rate allows."""
    if not due(channel, now=now).exists():  # a look that takes no write lock
        return []
    with transaction.atomic():
        allowed = rates.draw(channel, most, rate=rate, now=now)
        rows = list(due(channel, now=now).select_for_update(skip_locked=True)[:allowed])
        rates.give_back(channel, allowed - len(rows), rate=rate)
        for row in rows:
            row.state, row.worker, row.lease_until = "sending", worker, now + LEASE
            row.until = row.until or now + GIVE_UP[row.kind]
        Outgoing.objects.bulk_update(rows, ["state", "worker", "lease_until", "until"])
    return rows


def renew(rows: list[Outgoing], worker: str, *, now: datetime) -> int:
    """Prolong the leases of rows that are still ours; returns how many are."""
    ours = Outgoing.objects.filter(pk__in=[row.pk for row in rows], worker=worker, state="sending")
    return ours.update(lease_until=now + LEASE)


@transaction.atomic
def settle(row: Outgoing, outcome: Outcome, worker: str, *, now: datetime) -> bool:
    """Save what a try gave and tell the row's owner; False when the row is no longer ours."""
    found = Outgoing.objects.select_for_update().filter(pk=row.pk, worker=worker, state="sending").first()
    if found is None:
        return False
    found.tries += outcome.counts
    found.worker, found.lease_until = "", None
    found.answer = (outcome.answer or found.answer)[:300]
    if outcome.state in {"later", "held"}:
        _again(found, outcome, now)
    else:
        found.state = outcome.state
    if found.state == "sent":
        found.sent_at = now
        if outcome.reference:
            found.payload = {**found.payload, "reference": outcome.reference}
    found.save()
    if found.state == "bounced" and found.kind != "webhook":
        suppress(found.to, "bounced", origin=found.key, now=now)
    _tell(found, outcome.reason, now)
    return True


def _again(row: Outgoing, outcome: Outcome, now: datetime) -> None:
    if outcome.state == "held":
        row.until = None
    elif row.until is not None and now >= row.until:
        row.state = "failed"
        return
    row.state = "waiting"
    row.due_at = now + (outcome.wait or wait_after(max(1, row.tries), row.key))


def _tell(row: Outgoing, reason: str, now: datetime) -> None:
    owner = owners.owner_of(row)
    if owner is not None and row.state in ENDED:
        owner.told(row, row.state, reason, now)


@transaction.atomic
def returned(row: Outgoing, kind: str, *, answer: str, now: datetime) -> bool:
    """A message came back after it was sent; False when this was known already.

    `bounced` (no such address) and `complained` (called spam): the address is written to no more. `failed`:
    this message did not arrive, the next one may.
    """
    found = Outgoing.objects.select_for_update().get(pk=row.pk)
    if found.state in {"bounced", "failed"}:
        return False
    fresh = bool(found.to) and kind != "failed" and suppress(found.to, kind, origin=found.key, now=now)
    if kind == "complained":
        return fresh
    found.state, found.answer = kind, answer[:300]
    found.save(update_fields=["state", "answer"])
    _tell(found, "returned", now)
    return True


@transaction.atomic
def reclaim(*, now: datetime) -> int:
    """Put the rows of dead workers back into the queue, or fail those whose time is over; how many."""
    held = Outgoing.objects.select_for_update(skip_locked=True).filter(state="sending")
    back = [row for row in held if row.lease_until is None or row.lease_until <= now or is_gone(row.worker)]
    for row in back:
        over = row.until is not None and now >= row.until
        row.state, row.worker, row.lease_until = ("failed" if over else "waiting"), "", None
        row.save(update_fields=["state", "worker", "lease_until"])
        _tell(row, "worker_lost", now)
    return len(back)


def again(row: Outgoing, *, now: datetime) -> bool:
    """Send a row once more, under the same id; False when its words are gone or it is none to repeat."""
    if not row.payload or row.state not in REPEATABLE:
        return False
    fresh = Outgoing.objects.filter(pk=row.pk, state=row.state)
    return bool(fresh.update(state="waiting", due_at=now, until=None, answer="", sent_at=None))


def withdraw(prefix: str, reason: str) -> int:
    """Take the rows whose key starts with `prefix` out of the queue, in the caller's transaction."""
    rows = Outgoing.objects.filter(key__startswith=prefix, state="waiting")
    return rows.update(state="withdrawn", answer=reason[:300])


def empty(*, now: datetime) -> int:
    """Throw away words and addresses of rows that ended `KEEP` ago; what happened to them stays."""
    old = Outgoing.objects.filter(state__in=ENDED).exclude(payload={})
    old = old.filter(Q(sent_at__lte=now - KEEP) | Q(sent_at=None, due_at__lte=now - KEEP))
    persons = old.exclude(kind="webhook").update(payload={}, to="")
    return persons + old.filter(kind="webhook").update(payload={})


def forget(address: str) -> int:
    """Erase an address from every row, sent or not; what was still to be sent is withdrawn."""
    rows = Outgoing.objects.exclude(kind="webhook").filter(to=address)
    rows.filter(state="waiting").update(state="withdrawn", answer="erased")
    return rows.update(to="", payload={})
