"""Nouns of who: identifiers, what links them, decisions about links, and one customer's whole record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

PERSON_KINDS = ("customer_number", "email", "phone", "visitor")
"""Kinds of identifier by which a person is known, strongest first."""

ACCOUNT_KIND = "account_id"
"""The identifier of a B2B customer; it never makes two of its contacts one."""

KINDS = (*PERSON_KINDS, ACCOUNT_KIND)


@dataclass(frozen=True, slots=True, kw_only=True)
class Identifier:
    """One identifier of a customer: its kind, normalised value, key, and where it was seen first."""

    kind: str
    value: str
    node: int
    source: str
    item: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """Two identifiers seen in the same row, or joined by a decision: why two records are one customer."""

    a: int
    b: int
    kind: str
    source: str
    item: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What staff decided about two records. The last decision about a pair holds.

    `merge`: they are one customer. `split`: what was seen of these two in one row does not count; so it
    undoes a merge, and a wrong link. `item` is its place in the landing, 0 before it is sealed.
    """

    action: Literal["merge", "split"]
    a: int
    b: int
    reason: str = ""
    item: int = 0
    by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How many customer numbers, e-mail addresses or phones one identifier may be seen with.

    One that is seen with more is shared by many (a shop's till, a switchboard, a test account): it links
    nobody.
    """

    neighbours: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One line of a customer's time line. `at` in UTC microseconds; `what` names the fact table."""

    at: int
    what: str
    id: str
    source: str
    touchpoint: str | None = None
    channel: str | None = None
    phase: str | None = None
    detail: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The last statement of a customer about one purpose. `stated_at` in UTC microseconds."""

    purpose: str
    granted: bool
    stated_at: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """What is known of a customer; of several sources the one heard last."""

    customer: int
    kind: str | None = None
    name: str | None = None
    segment: str | None = None
    region: str | None = None
    city: str | None = None
    language: str | None = None
    since: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A customer found by a search: `why` names what matched (an identifier's kind, name, order)."""

    profile: Profile
    why: str | None = None
    matched: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPage:
    """One page of a search; `more` is the cursor to the next one, None on the last."""

    found: tuple[Found, ...]
    more: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CustomerRecord:
    """One customer, whole: the 360-degree contract that people and systems read.

    `joined` says for each identifier beyond the first how it leads to the first: the links on the way.
    `more` is the cursor to older moments, None when there are none.
    """

    profile: Profile
    identifiers: tuple[Identifier, ...]
    joined: Mapping[int, tuple[Link, ...]]
    accounts: tuple[Profile, ...]
    contacts: tuple[Profile, ...]
    consents: tuple[Consent, ...]
    timeline: tuple[Moment, ...]
    more: str | None = None
