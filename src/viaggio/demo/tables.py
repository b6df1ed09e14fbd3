"""The rows of one simulated block as Arrow tables, by source, in the column contracts."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from viaggio.customer.tables import CONSENTS, CUSTOMERS, REFERRALS
from viaggio.demo.arrow import codes, hide, join, json_object, numbered, table, whole
from viaggio.demo.block import Simulated
from viaggio.demo.book import (
    BLOCK_NUMBERS,
    BY_ACCOUNT,
    BY_EMAIL,
    BY_NUMBER,
    BY_PHONE,
    BY_VISITOR,
    Book,
    Ints,
    Mask,
)
from viaggio.demo.clock import DAY
from viaggio.demo.company import (
    CAMPAIGNS,
    CAUSES,
    EPISODES,
    LANGUAGES,
    OUTCOMES,
    REGIONS,
    SOURCES,
    TEAMS,
    TOUCHPOINTS,
)  # fmt: skip
from viaggio.demo.people import Naming, account_numbers, firm_names, towns_of, visitors
from viaggio.journey.model import CHANNELS, DEVICES
from viaggio.journey.tables import INTERACTIONS, VISITS
from viaggio.kernel import Contract

Columns = Mapping[str, NDArray[Any]]
Piece = tuple[str, Contract, Any]
"""Source, contract, Arrow table."""

SLUGS = tuple(touchpoint.slug for touchpoint in TOUCHPOINTS)
PHASES = tuple(str(touchpoint.phase) for touchpoint in TOUCHPOINTS)
MOMENTS = tuple(str(touchpoint.moment) for touchpoint in TOUCHPOINTS)
SITES = ("StelleVere", "DilloATutti", "RuoteEPareri")


class Desk:
    """Turns the rows of one block into tables: knows how each system names customers."""

    def __init__(self, simulated: Simulated) -> None:
        self.simulated = simulated
        self.book: Book = simulated.book
        self.until = simulated.book.world.clock.until
        self.naming = Naming(simulated.book.people)

    def rows(self, name: str, at: str) -> dict[str, NDArray[Any]]:
        """Rows of one kind up to the end, by column."""
        columns = self.book.rows[name].columns()
        inside = columns[at] < self.until
        return {key: values[inside] for key, values in columns.items()}

    def who(self, person: Ints, naming: Any, visitor: Ints | None = None) -> dict[str, Any]:
        """Identifier columns of rows; `naming` adds up the bits of how a row names its customer."""
        bits = np.broadcast_to(np.asarray(naming, np.int64), (len(person),))
        at = pa.array(person, pa.int64())
        sources = {"customer_number": (self.naming.number, BY_NUMBER), "email": (self.naming.email, BY_EMAIL),
                   "phone": (self.naming.phone_spaced, BY_PHONE), "account_id": (self.naming.account,
                       BY_ACCOUNT)}  # fmt: skip
        found: dict[str, Any] = {}
        for name, (texts, bit) in sources.items():
            if (bits & bit).any():
                found[name] = hide(texts.take(at), (bits & bit) == 0)
        if visitor is not None and (bits & BY_VISITOR).any():
            found["visitor"] = hide(visitors(np.maximum(visitor, 0)), (bits & BY_VISITOR) == 0)
        return found

    def ids(self, prefix: str, n: int) -> Any:
        """Ids of rows that have no number of their own."""
        return numbered(prefix, self.book.block * BLOCK_NUMBERS + np.arange(n, dtype=np.int64), 10)


def facts(desk: Desk) -> Iterator[Piece]:
    """Customers, consents, referrals, interactions and visits of a block, source by source."""
    yield from _customers(desk)
    yield from _interactions(desk)
    yield from _visits(desk)


def order_ids(number: Ints) -> Any:
    """Order numbers; none for negative ones."""
    return hide(numbered("O", np.maximum(number, 0), 10), number < 0)


def _customers(desk: Desk) -> Iterator[Piece]:
    book, people, naming = desk.book, desk.book.people, desk.naming
    known = np.flatnonzero(book.registered < desk.until)
    at = pa.array(known)
    since = book.world.clock.local(book.registered[known]) // DAY
    common = {
        "kind": "person", "name": naming.name.take(at), "segment": codes(("b2c", "b2b"),
            people.b2b[known] * 1),
        "region": naming.region.take(at), "city": naming.town.take(at),
        "language": codes(LANGUAGES, people.english[known] * 1), "since": since,
    }  # fmt: skip
    yield "crm", CUSTOMERS, table(CUSTOMERS, len(known), {
        "id": join("P-", naming.number.take(at)), "customer_number": naming.number.take(at),
        "email": naming.email.take(at), "phone": naming.phone.take(at),
        "account_id": naming.account.take(at), **common,
    })  # fmt: skip
    yield "crm", CUSTOMERS, _accounts(desk, known, since)
    yield from _consents(desk, known)
    rows = desk.rows("referrals", "at")
    n = len(rows["at"])
    yield "crm", REFERRALS, table(REFERRALS, n, {
        "id": desk.ids("RF", n), **desk.who(rows["person"], BY_NUMBER),
        "referred_number": naming.number.take(pa.array(rows["referred"])), "referred_at": rows["at"],
        "converted": _has_ordered(book, desk.until)[rows["referred"]],
    })  # fmt: skip


def _has_ordered(book: Book, until: int) -> Mask:
    orders = book.rows["orders"].columns()
    found = np.zeros(len(book.people), bool)
    found[orders["person"][orders["ordered"] < until]] = True
    return found


def _accounts(desk: Desk, known: Ints, since: Ints) -> Any:
    people = desk.book.people
    contacts = people.b2b[known]
    account = people.account[known][contacts]
    distinct, first = np.unique(account, return_index=True)
    earliest = np.full(len(distinct), np.iinfo(np.int64).max)
    np.minimum.at(earliest, np.searchsorted(distinct, account), since[contacts])
    region = people.region[known][contacts][first]
    return table(CUSTOMERS, len(distinct), {
        "id": join("A-", account_numbers(distinct)), "account_id": account_numbers(distinct),
        "kind": "account",
        "name": firm_names(distinct), "segment": "b2b", "region": codes([r[0] for r in REGIONS], region),
        "city": towns_of(region, distinct), "language": "it", "since": earliest,
    })  # fmt: skip


def _consents(desk: Desk, known: Ints) -> Iterator[Piece]:
    book, people = desk.book, desk.book.people
    given = {
        "service": np.ones(len(known), bool), "survey": book.agrees[known],
        "marketing": people.newsletter[known],
        "profiling": people.newsletter[known] & (people.number[known] % 3 > 0),
    }  # fmt: skip
    number = desk.naming.number.take(pa.array(known))
    for purpose, granted in given.items():
        yield "crm", CONSENTS, table(CONSENTS, len(known), {
            "id": join("CO-", number, f"-{purpose}"), "customer_number": number, "purpose": purpose,
            "granted": granted, "stated_at": np.minimum(book.registered[known] + 60_000_000, desk.until - 1),
        })  # fmt: skip


def _interactions(desk: Desk) -> Iterator[Piece]:
    columns = desk.rows("interactions", "started")
    for source in np.unique(columns["source"]):
        at = np.flatnonzero(columns["source"] == source)
        rows = {name: values[at] for name, values in columns.items()}
        yield SOURCES[source], INTERACTIONS, _interaction_table(desk, SOURCES[source], rows)


def _interaction_table(desk: Desk, source: str, rows: Columns) -> Any:
    n = len(rows["started"])
    place = rows["touchpoint"]
    names = desk.who(rows["person"], rows["naming"], rows["visitor"])
    if source == "shop" and "email" in names:  # the shop keeps addresses as people typed them
        names["email"] = pc.if_else(
            pa.array(rows["person"] % 7 == 0), pc.utf8_upper(names["email"]), names["email"]
        )
    prefix = codes([EPISODES[kind] for kind in range(len(EPISODES))], rows["kind"])
    episode = join(prefix, pc.utf8_lpad(pa.array(np.maximum(rows["episode"], 0)).cast(pa.string()), 10, "0"))
    money = (rows["cost"] != 0) | (rows["value"] != 0)
    ended = np.where(rows["ended"] > desk.until, -1, rows["ended"])
    return table(INTERACTIONS, n, {
        "id": desk.ids("I", n), **names, "touchpoint": codes(SLUGS, place), "channel": codes(CHANNELS,
            rows["channel"]),
        "device": codes(DEVICES, rows["device"]), "phase": codes(PHASES, place), "moment": codes(MOMENTS,
            place),
        "started_at": rows["started"], "ended_at": whole(ended, -1), "episode": hide(episode,
            rows["kind"] == 0),
        "outcome": codes(OUTCOMES, rows["outcome"]), "cost_cents": whole(rows["cost"], 0),
        "value_cents": whole(rows["value"], 0), "currency": codes(("EUR",), np.where(money, 0, -1)),
        "properties": json_object(n, _properties(rows)),
    })  # fmt: skip


def _properties(rows: Columns) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    if (rows["team"] >= 0).any():
        fields["team"] = codes(TEAMS, rows["team"])
    if (rows["cause"] >= 0).any():
        fields["cause"] = codes(CAUSES, rows["cause"])
    if (rows["campaign"] > 0).any():
        fields["campaign"] = codes(CAMPAIGNS, np.where(rows["campaign"] > 0, rows["campaign"], -1))
    if (rows["results"] >= 0).any():
        fields["results"] = whole(rows["results"], -1)
    if (rows["reasked"] > 0).any():
        fields["asked_again"] = whole(rows["reasked"], 0)
    return fields


def _visits(desk: Desk) -> Iterator[Piece]:
    rows = desk.rows("visits", "started")
    n = len(rows["started"])
    goal = np.where(rows["booking"], 1, np.where(rows["converted"], 0, -1))
    value = np.where(rows["converted"], rows["value"], 0)
    yield "shop", VISITS, table(VISITS, n, {
        "id": numbered("V", rows["number"], 10),
        **desk.who(rows["person"], BY_VISITOR + BY_EMAIL * rows["named"], rows["visitor"]),
        "channel": codes(CHANNELS, rows["channel"]), "device": codes(DEVICES, rows["device"]),
        "started_at": rows["started"], "seconds": rows["seconds"], "pages": rows["pages"],
        "bounced": rows["pages"] == 1, "converted": rows["converted"], "goal": codes(("purchase",
            "booking"), goal),
        "value_cents": whole(value, 0), "currency": codes(("EUR",), np.where(value > 0, 0, -1)),
        "returning": rows["returning"],
        "properties": json_object(n, {"campaign": codes(CAMPAIGNS, np.where(rows["campaign"] > 0,
            rows["campaign"], -1))}),
    })  # fmt: skip
