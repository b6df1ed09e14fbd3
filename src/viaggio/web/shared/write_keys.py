"""Write keys: made once, shown once, kept as a hash; what they open is the door of live events."""

import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from django.db import close_old_connections, transaction

from viaggio.kernel import ViaggioError
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import WriteKey
from viaggio.web.shared.permissions import Person, allow
from viaggio.web.shared.roles import Right

MARK = "vgw_"
SOURCE = re.compile(r"[a-z][a-z0-9_-]{0,39}")
RESERVED = frozenset({"pulse", "identity", "system"})
"""Names of sources that Viaggio writes itself."""
KNOWN_SECONDS = 5.0
"""So long a process may go on with a key that was revoked, and turn away one that was just made."""
SEEN_SECONDS = 60.0
_MOST_KNOWN = 1_000


class BadSource(ViaggioError):
    """A name that can not be that of a source of live events."""

    code = "write_key.bad_source"


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()


@transaction.atomic
def issue(source: str, *, note: str, by: "Person | str", now: datetime) -> tuple[WriteKey, str]:
    """Make a key for a source; returns it and the key itself, kept nowhere.

    `by`: a person with the right, or the name of the system. Raises `PermissionDenied`, `BadSource`.
    """
    if not isinstance(by, str):
        allow(by, Right.MANAGE_CONNECTIONS)
    if not SOURCE.fullmatch(source) or source in RESERVED:
        hint = "Small letters, digits, - and _, beginning with a letter, 40 at most."
        raise BadSource(f"'{source}' can not name a source", place="source", hint=hint)
    key = MARK + secrets.token_urlsafe(24)
    made = WriteKey.objects.create(
        source=source, note=note, prefix=key[: len(MARK) + 8], digest=_digest(key), made_at=now
    )
    record(by, "connections.write_key.made", made.prefix, source=source)
    return made, key


@transaction.atomic
def revoke(key: WriteKey, *, by: "Person | str", now: datetime) -> None:
    """End a key; what came under it stays. A second time changes nothing."""
    if not isinstance(by, str):
        allow(by, Right.MANAGE_CONNECTIONS)
    if key.revoked_at is None:
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        record(by, "connections.write_key.revoked", key.prefix, source=key.source)


@dataclass(slots=True)
class _Found:
    """What the records said of a key, when; `pk` is None for one that opens nothing."""

    pk: int | None
    source: str
    until: float
    seen: float = 0.0


@dataclass(slots=True)
class Keyring:
    """Keys that a process has met, so that not every request asks the records. `clock` in seconds."""

    clock: Callable[[], float] = time.monotonic
    _known: dict[str, _Found] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def source_of(self, key: str) -> str | None:
        """The source that a working key stands for, else None."""
        return self._found(key).source or None

    def seen(self, key: str, *, now: datetime) -> None:
        """Note, once a minute, that something came under this key."""
        found = self._found(key)
        if found.pk is not None and self.clock() >= found.seen:
            found.seen = self.clock() + SEEN_SECONDS
            WriteKey.objects.filter(pk=found.pk).update(seen_at=now)

    def _found(self, key: str) -> _Found:
        found = self._known.get(key)
        if found is not None and self.clock() < found.until:
            return found
        row = None
        if key.startswith(MARK):
            close_old_connections()  # the door stands in front of what does so for pages
            row = WriteKey.objects.filter(digest=_digest(key), revoked_at=None).first()
        made = _Found(
            row.pk if row else None, row.source if row else "", self.clock() + KNOWN_SECONDS,
            found.seen if found else 0.0,
        )  # fmt: skip
        with self._lock:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[key] = made
        return made
