"""Addresses that are not written to any more: one list for all pulses and channels, kept as digests."""

import re
from datetime import datetime
from hashlib import sha256

from viaggio.web.shared.models.outgoing import Suppression

KINDS = ("unsubscribed", "bounced", "complained", "by_hand")


def normalised(address: str) -> str:
    """One form for each address: mail in lower case, telephone numbers as + and digits."""
    bare = address.strip().lower()
    if "@" in bare:
        return bare
    number = re.sub(r"[\s().\-/]", "", bare)
    return f"+{number[2:]}" if number.startswith("00") else number


def digest_of(address: str) -> str:
    """SHA-256 of the normalised address, in hex."""
    return sha256(normalised(address).encode()).hexdigest()


def suppressed(address: str) -> Suppression | None:
    """Why this address is not written to; None when it may be."""
    return Suppression.objects.filter(digest=digest_of(address)).first()


def suppress(address: str, kind: str, *, origin: str, now: datetime) -> bool:
    """Put an address on the list, in the caller's transaction; False when it stands there already.

    `kind` is one of `KINDS`; `origin` says where it came from, without the address. Raises `ValueError`.
    """
    if kind not in KINDS:
        raise ValueError(kind)
    return Suppression.objects.get_or_create(
        digest=digest_of(address), defaults={"kind": kind, "at": now, "origin": origin[:160]}
    )[1]


def release(address: str) -> bool:
    """Take an address off the list; False when it was not on it."""
    return Suppression.objects.filter(digest=digest_of(address)).delete()[0] > 0
