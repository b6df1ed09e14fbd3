"""The audit: `record` adds a sealed row, `verify` finds the first row that was tampered with."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac

from viaggio.web.shared.address import address_of
from viaggio.web.shared.models.audit import START, AuditEntry, AuditHead

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

SYSTEM = "system"
"""The actor of what nobody asked for: scheduled work, the command line."""

Plain = str | int | float | bool | None | list[str] | list[int]


class Actor(Protocol):
    """A person who did something."""

    email: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What checking the chain gave: rows read, and the first broken row when there is one."""

    rows: int
    broken: int | None = None

    @property
    def whole(self) -> bool:
        """Whether every row is as it was written and none is missing."""
        return self.broken is None


def _actor_and_address(who: "HttpRequest | Actor | AnonymousUser | str") -> tuple[str, str]:
    if isinstance(who, str):
        return who, ""
    if isinstance(who, HttpRequest):
        token = getattr(who, "api_token", None)
        name = getattr(who.user, "email", "") or "anonymous"
        return (f"token {token.prefix} of {name}" if token else name), address_of(who)
    return getattr(who, "email", "") or "anonymous", ""


def record(
    who: "HttpRequest | Actor | AnonymousUser | str", action: str, subject: object, /, **details: Plain
) -> AuditEntry:
    """Add one row to the audit, in the caller's transaction when there is one.

    `action` is a stable code such as "people.roles.changed"; `subject` is what it was done to; details are
    plain values without secrets. `who` is the request, a person, or `SYSTEM`.
    """
    actor, address = _actor_and_address(who)
    with transaction.atomic():
        AuditHead.objects.get_or_create(pk=1)
        head = AuditHead.objects.select_for_update().get(pk=1)  # writers queue here
        entry = AuditEntry(
            seq=head.seq + 1,
            at=timezone.now(),
            actor=actor[:254],
            action=action,
            subject=str(subject)[:200],
            details=dict(details),
            address=address,
            previous=head.digest,
        )
        entry.digest = entry.sealed()
        entry.save(force_insert=True)
        head.seq, head.digest = entry.seq, entry.digest
        head.save(update_fields=["seq", "digest"])
    return entry


def text_mark(text: str) -> str:
    """What the audit says of words that somebody searched for: the same for the same words, and not they.

    They may be an address or a name, and the audit can not forget. Keyed by the server's secret.
    """
    words = " ".join(text.split()).casefold()
    return salted_hmac("viaggio.audit.words", words, algorithm="sha256").hexdigest()[:16] if words else ""


def chain(
    entries: Iterable[AuditEntry], *, head: tuple[int, str], first: int = 1, previous: str = START
) -> Verdict:
    """Check entries in the order of `seq` against each other and against the head (seq, digest).

    `first` is the number that the first entry must have and `previous` the digest it must follow. The first
    broken row is the first whose number, link or seal is wrong; where the tail is cut off, it is the first
    missing number.
    """
    expected = first
    for entry in entries:
        if entry.seq != expected or entry.previous != previous or entry.digest != entry.sealed():
            return Verdict(rows=expected - first, broken=expected)
        expected, previous = expected + 1, entry.digest
    if (expected - 1, previous) != head:
        return Verdict(rows=expected - first, broken=expected)
    return Verdict(rows=expected - first)


def verify(newest: int | None = None) -> Verdict:
    """Read the audit, or only its `newest` rows, and check the chain."""
    with transaction.atomic():
        head = AuditHead.objects.filter(pk=1).first() or AuditHead()
        first = 1 if newest is None else max(1, head.seq - newest + 1)
        before = AuditEntry.objects.filter(seq=first - 1).values_list("digest", flat=True).first()
        entries = AuditEntry.objects.filter(seq__gte=first).order_by("seq").iterator(chunk_size=2000)
        return chain(entries, head=(head.seq, head.digest), first=first, previous=before or START)
