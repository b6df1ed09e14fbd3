"""A customer's record as JSON and back: the API and the command line say it in the same words."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from viaggio.customer.model import CustomerRecord, Found, Link, Profile
from viaggio.store.history import UnknownCustomer

_KEY_DIGITS = 20


def read_key(text: str) -> int:
    """A customer's key as addresses and commands write it; raises `UnknownCustomer` for any other text."""
    try:
        key = int(text) if len(text) <= _KEY_DIGITS and text.isascii() else None
    except ValueError:
        key = None
    if key is None or not -(2**63) <= key < 2**63:
        raise UnknownCustomer(f"'{text[:40]}' is no customer's key")
    return key


def plain_profile(profile: Profile) -> dict[str, Any]:
    """A profile for JSON; keys are text, because few JSON readers hold 64 bits."""
    plain = asdict(profile)
    return {"key": str(plain.pop("customer")), **plain}


def plain_found(found: Found) -> dict[str, Any]:
    """What a search found, for JSON."""
    return {**plain_profile(found.profile), "why": found.why, "matched": found.matched}


def plain_record(record: CustomerRecord) -> dict[str, Any]:
    """A whole record for JSON: keys as text, times as ISO 8601 in UTC."""
    return {
        "profile": plain_profile(record.profile),
        "identifiers": [
            {**asdict(known), "node": str(known.node), "joined": _path(record.joined.get(known.node))}
            for known in record.identifiers
        ],
        "accounts": [plain_profile(account) for account in record.accounts],
        "contacts": [plain_profile(contact) for contact in record.contacts],
        "consents": [{**asdict(said), "stated_at": utc_text(said.stated_at)} for said in record.consents],
        "timeline": [
            {
                "at": utc_text(moment.at), "what": moment.what, "id": moment.id, "source": moment.source,
                "touchpoint": moment.touchpoint, "channel": moment.channel, "phase": moment.phase,
                "detail": _plain(moment.detail),
            }
            for moment in record.timeline
        ],
        "next": record.more,
    }  # fmt: skip


def utc_text(micros: int) -> str:
    """UTC microseconds as ISO 8601, to the microsecond where there is one."""
    at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    return at.isoformat().replace("+00:00", "Z")


def _path(links: Sequence[Link] | None) -> list[dict[str, Any]]:
    return [{**asdict(link), "a": str(link.a), "b": str(link.b)} for link in links or ()]


def _plain(value: Any) -> Any:
    """Dates and times as ISO 8601, whatever they lie in."""
    if isinstance(value, Mapping):
        return {name: _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
