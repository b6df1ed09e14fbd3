"""What comes back: delivery reports (RFC 3464), complaints (RFC 5965), and reports of gateways.

A mail is known by its Message-ID, which is sealed with the server's key: an invented report strikes nobody
off. The address that takes reports has a token of its own for the same reason.
"""

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from email import message_from_bytes, policy
from email.message import Message
from typing import Literal
from urllib.parse import parse_qsl

from django.conf import settings

from viaggio.web.shared.models.outgoing import Outgoing
from viaggio.web.shared.post import queue
from viaggio.web.shared.post.gateway import field_of
from viaggio.web.shared.post.mail import key_of
from viaggio.web.shared.post.setup import Connections

MOST = 512 * 1024
"""Bytes of a report that are read."""
MOST_PARTS = 50
GATEWAYS = ("sms", "whatsapp")


@dataclass(frozen=True, slots=True)
class Returned:
    """One message that came back: the key of its row, what became of it, and the status for people."""

    key: str
    kind: Literal["bounced", "failed", "complained"]
    status: str


def report_token() -> str:
    """The token in the address that takes reports; it follows from the server's key."""
    return hmac.new(settings.SECRET_KEY.encode(), b"viaggio.post.returns", hashlib.sha256).hexdigest()[:32]


def is_report_token(token: str) -> bool:
    """Whether somebody who sends a report was given the address by us."""
    return hmac.compare_digest(token.encode(), report_token().encode())


def mail_report(raw: bytes) -> Returned | None:
    """What a mail says about one of ours that came back; None for any other mail."""
    message = message_from_bytes(raw[:MOST], policy=policy.compat32)
    parts = _parts(message)
    key = next(_keys(parts), None)
    if key is None:
        return None
    if any(part.get_content_type() == "message/feedback-report" for part in parts):
        return Returned(key, "complained", "complaint")
    for part in parts:
        if part.get_content_type() == "message/delivery-status":
            return _delivery(key, part)
    return None


def _parts(message: Message) -> list[Message]:
    found = []
    for part in message.walk():
        found.append(part)
        if len(found) == MOST_PARTS:
            break
    return found


def _keys(parts: list[Message]) -> Iterator[str]:
    """Keys of ours in the message that is returned, whole or with its headers alone."""
    for number, part in enumerate(parts):
        names = [str(part.get("Message-ID", ""))] if number else []
        if part.get_content_type() == "text/rfc822-headers":
            payload = part.get_payload(decode=True)
            headers = message_from_bytes(payload if isinstance(payload, bytes) else b"")
            names.append(str(headers.get("Message-ID", "")))
        for name in names:
            if key := key_of(name):
                yield key


def _delivery(key: str, part: Message) -> Returned | None:
    """The first recipient's fate: 5.x.x is for ever unless the box is full or a policy said no."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if not isinstance(block, Message) or str(block.get("Action", "")).strip().lower() != "failed":
            continue
        status = str(block.get("Status", "")).split()[0:1]
        code = status[0] if status else ""
        for_ever = code.startswith("5.") and not code.startswith("5.7.") and code != "5.2.2"
        return Returned(key, "bounced" if for_ever else "failed", code)
    return None


def gateway_report(body: bytes, kind: str, setup: Connections) -> Returned | None:
    """What a gateway's report (JSON or form) says about a message that did not arrive; None when it did."""
    said: object
    try:
        words = body[:MOST].decode("utf-8")
        said = dict(parse_qsl(words)) if "form" in kind else json.loads(words)
    except (ValueError, RecursionError):
        return None
    for channel in GATEWAYS:
        way = setup.gateway(channel)
        if way is None or not way.report_id or field_of(said, way.report_field) not in way.report_dead:
            continue
        reference = field_of(said, way.report_id)
        rows = Outgoing.objects.filter(kind="gateway", payload__channel=channel)
        row = rows.filter(payload__reference=reference).first() if reference else None
        if row is not None:
            return Returned(row.key, "failed", field_of(said, way.report_field))
    return None


def note(found: Returned, *, now: datetime) -> bool:
    """Write down what came back; False when it was known, or the row is not there."""
    row = Outgoing.objects.filter(key=found.key).first()
    return row is not None and queue.returned(row, found.kind, answer=found.status, now=now)
