"""Lists of customers and of accounts: one page of rows, or all of them for a file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from viaggio.customer.model import Found, Profile
from viaggio.web.customer.names import IDENTIFIERS, name_of
from viaggio.web.shared import formats
from viaggio.web.shared.names import CHANNELS, SEGMENTS, code_name

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.history import AccountLine
    from viaggio.store.seen import Met

PAGE = 50
FILE_ROWS = 100_000
"""A file of customers ends after so many rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One customer of a list, ready to read. `found` says what the search matched, when not the name."""

    key: int
    name: str
    account: bool
    segment: str
    place: str
    found: str
    channels: str
    last: str
    interactions: str
    contacts: str = ""

    @property
    def about(self) -> str:
        """What matched, and the place."""
        return " · ".join(part for part in (self.found, self.place) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """One page of a list; `more` is the cursor to the next one."""

    rows: tuple[Line, ...]
    more: str | None


def title_of(profile: Profile, known_as: str = "") -> str:
    """The name of a customer; what else they are known as where no name was ever heard."""
    return profile.name or known_as or _("Customer without a name")


def at_of(micros: int) -> datetime:
    """The moment of UTC microseconds."""
    return datetime.fromtimestamp(micros / 1_000_000, UTC)


def place_of(profile: Profile) -> str:
    """Town and region."""
    return ", ".join(part for part in (profile.city, profile.region) if part)


def found_lines(engine: "Engine", text: str, segment: str | None, cursor: str | None) -> Lines:
    """One page of a search. Raises `BadCursor`."""
    from viaggio.store.history import find_customers

    page = find_customers(engine, text, limit=PAGE, cursor=cursor, segment=segment)
    known = _met(engine, [found.profile.customer for found in page.found])
    rows = tuple(_found_line(found, known.get(found.profile.customer)) for found in page.found)
    return Lines(rows=rows, more=page.more)


def account_lines(engine: "Engine", text: str, cursor: str | None) -> Lines:
    """One page of the B2B customers. Raises `BadCursor`."""
    from viaggio.store.history import find_accounts

    found, more = find_accounts(engine, text, limit=PAGE, cursor=cursor)
    return Lines(rows=tuple(_account_line(account) for account in found), more=more)


def _met(engine: "Engine", customers: Sequence[int]) -> "dict[int, Met]":
    from viaggio.store.index.open import open_index
    from viaggio.store.seen import met

    return dict(met(open_index(engine.workspace), customers))


def _found_line(found: Found, known: "Met | None") -> Line:
    profile = found.profile
    named = found.why and found.matched and found.why != "name"
    return Line(
        key=profile.customer,
        name=title_of(profile, found.matched or ""),
        account=profile.kind == "account",
        segment=code_name("segment", profile.segment) if profile.segment else "",
        place=place_of(profile),
        found=f"{name_of(IDENTIFIERS, found.why)}: {found.matched}" if named else "",
        channels=", ".join(code_name("channel", channel) for channel in known.channels) if known else "",
        last=formats.day(_local(known.last)) if known else "",
        interactions=formats.number(known.interactions) if known else "",
    )


def _local(micros: int) -> datetime:
    from django.utils import timezone

    return timezone.localtime(at_of(micros))


def _account_line(account: "AccountLine") -> Line:
    profile = account.profile
    return Line(
        key=profile.customer,
        name=title_of(profile),
        account=True,
        segment=str(SEGMENTS["b2b"]),
        place=place_of(profile),
        found="",
        channels="",
        last="",
        interactions="",
        contacts=formats.number(account.contacts),
    )


def customers_file(
    engine: "Engine", text: str, segment: str | None
) -> tuple[list[str], Iterable[Sequence[object]]]:
    """Columns and rows of everything found, up to `FILE_ROWS`."""
    from viaggio.store.history import find_customers

    page = find_customers(engine, text, limit=FILE_ROWS, segment=segment)
    known = _met(engine, [found.profile.customer for found in page.found])
    columns = [
        _("Key"), _("Name"), _("Kind"), _("Segment"), _("Town"), _("Region"), _("Language"),
        _("Customer since"), _("Interactions"), _("Channels"), _("Last contact"),
    ]  # fmt: skip
    return columns, _customer_cells(page.found, known)


def _customer_cells(found: Iterable[Found], known: "dict[int, Met]") -> Iterator[Sequence[object]]:
    for one in found:
        who = one.profile
        seen = known.get(who.customer)
        channels = ", ".join(str(CHANNELS.get(code, code)) for code in seen.channels) if seen else ""
        yield (
            str(who.customer), who.name, who.kind, who.segment, who.city, who.region, who.language, who.since,
            seen.interactions if seen else 0, channels, _local(seen.last) if seen else None,
        )  # fmt: skip


def accounts_file(engine: "Engine", text: str) -> tuple[list[str], Iterable[Sequence[object]]]:
    """Columns and rows of all accounts found, up to `FILE_ROWS`."""
    from viaggio.store.history import find_accounts

    found, _more = find_accounts(engine, text, limit=FILE_ROWS)
    columns = [_("Key"), _("Name"), _("Town"), _("Region"), _("Customer since"), _("Contacts")]
    rows = (
        (
            str(a.profile.customer),
            a.profile.name,
            a.profile.city,
            a.profile.region,
            a.profile.since,
            a.contacts,
        )
        for a in found
    )
    return columns, rows
