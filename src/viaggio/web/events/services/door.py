"""The door: a body is unpacked, its key looked up, its line made durable; only then it is answered."""

import base64
import binascii
import itertools
import json
import os
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import DatabaseError

from viaggio.web.shared.write_keys import Keyring

if TYPE_CHECKING:
    from viaggio.store.events import Arrived

CALLS = ("track", "identify", "page", "screen", "group", "alias", "batch", "import")
SHORT = {"t": "track", "i": "identify", "p": "page", "s": "screen", "g": "group", "a": "alias", "b": "batch"}
"""The paths that Segment's browser client uses."""
BATCHES = frozenset({"batch", "import"})
MOST_AT_ONCE = 64 << 20
"""Bytes of bodies that may wait for the disk in one process; above, others are asked to come again."""
MOST_WAITING = 2 << 30
"""Bytes that may wait for the landing; above, something is wrong and nothing more is taken."""
LOOK_SECONDS = 5.0
OPEN_TO_BROWSERS: Mapping[str, str] = {"Access-Control-Allow-Origin": "*"}
PREFLIGHT: Mapping[str, str] = {
    **OPEN_TO_BROWSERS,
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "authorization, content-type, content-encoding",
    "Access-Control-Max-Age": "86400",
}


@dataclass(frozen=True)
class Answer:
    """What the door says: an HTTP status, a stable code with words for programmers, seconds to wait."""

    status: int
    code: str = ""
    message: str = ""
    retry_after: int = 0

    @cached_property
    def body(self) -> bytes:
        """What the client reads."""
        said: dict[str, str | bool] = {"success": self.status == 200}
        if self.code:
            said |= {"code": self.code, "message": self.message}
        return json.dumps(said).encode()

    @cached_property
    def headers(self) -> dict[str, str]:
        """Its headers; browsers of every site may call, as the key is what counts and no cookie is read."""
        said = {"Content-Type": "application/json", "X-Content-Type-Options": "nosniff", **OPEN_TO_BROWSERS}
        if self.retry_after:
            said["Retry-After"] = str(self.retry_after)
        if self.status == 401:
            said["WWW-Authenticate"] = 'Basic realm="events"'
        return said


TAKEN = Answer(200)
TOO_LONG = Answer(413, "body.too_long", "The body is too long. Send fewer messages at once.")


class _Refused(Exception):
    """A request is not taken; `answer` says why."""

    def __init__(self, answer: Answer) -> None:
        super().__init__(answer.code)
        self.answer = answer


class Door:
    """The door of one workspace in this process, for all its threads."""

    def __init__(self, root: Path) -> None:
        from viaggio.store.events import FOLDER, Ahead

        self.root = root
        self.keys = Keyring()
        self._ahead = Ahead(root / FOLDER)
        self._process = os.urandom(8).hex()
        self._numbers = itertools.count(1)
        self._held = 0
        self._lock = threading.Lock()
        self._full_until = self._looked_at = 0.0

    def take(self, path: str, body: bytes, authorization: str) -> Answer:
        """Take one request; an answer of 200 means that its messages are on the disk."""
        from viaggio.store.events import NotWritten

        call = SHORT.get(path, path)
        if call not in CALLS:
            return Answer(404, "path.unknown", "There is no such call.")
        try:
            return self._taken(call, body, basic_user(authorization))
        except _Refused as refusal:
            return refusal.answer
        except NotWritten as error:
            return Answer(503, error.code, str(error), retry_after=10)

    def close(self) -> None:
        """Close the file."""
        self._ahead.close()

    def _taken(self, call: str, body: bytes, user: str) -> Answer:
        from viaggio.store.events import line_of

        found = self._read(call, body, user)
        key = user or found.write_key or ""
        source = self._source(key)
        if not found.empty:
            line = line_of(
                found, source=source, received_at=time.time_ns() // 1000, path=call,
                request=f"{self._process}-{next(self._numbers)}",
            )  # fmt: skip
            self._keep(*line)
            with suppress(DatabaseError):  # when a key was seen last is told within minutes, or not
                self.keys.seen(key, now=datetime.now(UTC))
        return TAKEN

    def _read(self, call: str, body: bytes, user: str) -> "Arrived":
        from viaggio.store.events import BadBody, TooLong, arrived, unpacked

        try:
            return arrived(unpacked(body), batched=call in BATCHES)
        except BadBody as error:
            self._source(user)  # nobody learns without a key what we think of a body
            status = 413 if isinstance(error, TooLong) else 400
            raise _Refused(Answer(status, error.code, str(error))) from error

    def _source(self, key: str) -> str:
        source = self.keys.source_of(key) if key else None
        if source is None:
            raise _Refused(_NOBODY)
        return source

    def _keep(self, *line: bytes) -> None:
        """Make a line durable, if there is room for it."""
        size = sum(map(len, line))
        with self._lock:
            self._make_room(size)
            self._held += size
        try:
            self._ahead.append(*line)
        finally:
            with self._lock:
                self._held -= size

    def _make_room(self, size: int) -> None:
        now = time.monotonic()
        if now - self._looked_at >= LOOK_SECONDS:
            self._looked_at = now
            self._full_until = now + LOOK_SECONDS if self._too_much_waits() else 0.0
        if now < self._full_until:
            raise _Refused(Answer(503, "events.full", "Too much waits to be read.", retry_after=60))
        if self._held + size > MOST_AT_ONCE:
            raise _Refused(Answer(429, "events.busy", "Too much at once.", retry_after=1))

    def _too_much_waits(self) -> bool:
        from viaggio.store.events import bytes_waiting

        return bytes_waiting(self.root) > MOST_WAITING


_NOBODY = Answer(401, "key.unknown", "Give a write key by Basic authentication or as writeKey.")


def basic_user(authorization: str) -> str:
    """The user name of a Basic authentication, where clients put the write key; empty without one."""
    kind, _, said = authorization.partition(" ")
    if kind.lower() != "basic":
        return ""
    try:
        return base64.b64decode(said.strip()).decode().partition(":")[0]
    except (binascii.Error, ValueError):
        return ""


_doors: dict[Path, Door] = {}
_making = threading.Lock()


def door(root: Path) -> Door:
    """The door of the workspace at `root` in this process; made with the first request."""
    found = _doors.get(root)
    if found is None:
        with _making:
            if root not in _doors:  # another thread may have made it meanwhile
                _doors[root] = Door(root)
            found = _doors[root]
    return found


def close(root: Path) -> None:
    """Forget the door of a workspace; its file stays, to be sealed."""
    with _making:
        if found := _doors.pop(root, None):
            found.close()
