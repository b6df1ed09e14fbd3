"""One customer, whole: found by what is known of them, identifiers, why they are one, and a time line."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from viaggio.customer.model import (
    KINDS,
    Consent,
    CustomerRecord,
    Found,
    FoundPage,
    Identifier,
    Link,
    Moment,
    Profile,
)
from viaggio.customer.rules import explain, last_decisions, normalise
from viaggio.kernel import ViaggioError
from viaggio.store.contracts import FACTS
from viaggio.store.engine import Engine
from viaggio.store.landing import decisions, items
from viaggio.store.sql import identifier, sql

TIMELINE = (
    "interactions", "visits", "orders", "payments", "contracts", "answers", "texts", "costs", "consents",
    "referrals",
)  # fmt: skip
"""Tables whose rows are moments of a customer's time line."""

PHASE_OF = {"orders": "purchase", "payments": "purchase"}
"""Tables whose rows are of one phase by their nature."""

_NEWEST = 2**62
_CONTACTS = 500


class BadCursor(ViaggioError):
    """A cursor that no page of ours handed out."""

    code = "cursor.bad"


class UnknownCustomer(ViaggioError):
    """A key that no customer has."""

    code = "customer.unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One B2B customer of a list, with how many persons were seen with it."""

    profile: Profile
    contacts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which moments of a time line are asked for; empty means all."""

    what: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()

    def takes(self, table: str) -> bool:
        """Whether rows of that table can be among them."""
        if self.what and table not in self.what:
            return False
        return not self.phases or _has_phase(table) or PHASE_OF.get(table) in self.phases


def _has_phase(table: str) -> bool:
    return any(column.name == "phase" for column in FACTS[table].columns)


def find_customers(
    engine: Engine, text: str, *, limit: int = 50, cursor: str | None = None, segment: str | None = None
) -> FoundPage:
    """Customers whose name, identifier or order number matches; all customers for an empty text.

    Exact matches come first, then beginnings, then what contains the text. Raises `BadCursor`.
    """
    text = text.strip()
    rank, after, customer = _read_cursor(cursor, (int, str, int)) if cursor else (-1, "", 0)
    parameters: dict[str, object] = {
        "rank": rank, "after": after, "customer": customer, "limit": limit + 1, "segment": segment,
    }  # fmt: skip
    if text:
        exact = [value for kind in KINDS if (value := normalise(kind, text))]
        parameters |= {"text": text, "low": text.lower(), "exact": sorted({text, *exact})}
    find = _matching if text else _everybody
    rows = find(engine, parameters, limit + 1)
    found = tuple(
        Found(profile=_profile(row), why=row["why"], matched=row["matched"]) for row in rows[:limit]
    )
    if len(rows) <= limit:
        return FoundPage(found=found)
    last = rows[limit - 1]
    return FoundPage(found=found, more=_cursor(last["rank"], last["sorted_by"], last["customer"]))


def _matching(engine: Engine, parameters: Mapping[str, object], _limit: int) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = engine.sql(sql("history_find"), parameters).to_pylist()
    return rows


def _everybody(engine: Engine, parameters: Mapping[str, object], limit: int) -> list[dict[str, Any]]:
    """Those with a name, then those without: who has none is sought only when a page reaches them."""
    rows: list[dict[str, Any]] = engine.known(sql("history_named"), parameters).to_pylist()
    if len(rows) < limit:
        rows += engine.sql(sql("history_all"), {**parameters, "limit": limit - len(rows)}).to_pylist()
    return rows


def find_accounts(
    engine: Engine, text: str = "", *, limit: int = 50, cursor: str | None = None
) -> tuple[tuple[AccountLine, ...], str | None]:
    """B2B customers by name with the number of their contacts, and the cursor to more. Raises `BadCursor`."""
    after, customer = _read_cursor(cursor, (str, int)) if cursor else ("", -(2**63))
    parameters = {"low": text.strip().lower(), "after": after, "customer": customer, "limit": limit + 1}
    statement = sql("history_find_accounts", identifiers=engine.live_rows("identifiers"))
    rows = engine.known(statement, parameters).to_pylist()
    found = tuple(AccountLine(profile=_profile(row), contacts=row["contacts"]) for row in rows[:limit])
    if len(rows) <= limit:
        return found, None
    last = rows[limit - 1]
    return found, _cursor(last["sorted_by"], last["customer"])


def customer_record(
    engine: Engine,
    customer: int,
    *,
    limit: int = 200,
    cursor: str | None = None,
    what: Iterable[str] = (),
    phases: Iterable[str] = (),
) -> CustomerRecord:
    """All about the customer to whom an identifier's key belongs; `limit` moments before the cursor.

    The time line has only the tables `what` and the `phases` asked for; all of them when none are named.
    Raises `UnknownCustomer` and `BadCursor`.
    """
    nodes, identifiers = _known_nodes(engine, customer)
    timeline, more = _timeline(engine, nodes, limit, cursor, Wanted(what=tuple(what), phases=tuple(phases)))
    return CustomerRecord(
        profile=_profiles(engine, nodes[:1])[0],
        identifiers=identifiers,
        joined=why_joined(engine, nodes),
        accounts=_profiles(engine, _related(engine, "history_accounts", nodes)),
        contacts=_profiles(engine, _related(engine, "history_contacts", nodes, limit=_CONTACTS)),
        consents=_consents(engine, nodes),
        timeline=timeline,
        more=more,
    )


def nodes_of(engine: Engine, customer: int) -> list[int]:
    """All identifiers of a customer, the customer's own key first. Raises `UnknownCustomer`."""
    return _known_nodes(engine, customer)[0]


def _known_nodes(engine: Engine, customer: int) -> tuple[list[int], tuple[Identifier, ...]]:
    nodes = [row["node"] for row in engine.known(sql("history_nodes"), {"node": customer}).to_pylist()]
    identifiers = _identifiers(engine, nodes)
    if not identifiers:
        raise UnknownCustomer(f"no customer has the key {customer}")
    return nodes, identifiers


def links_of(engine: Engine, nodes: Sequence[int]) -> list[Link]:
    """Everything that joins these identifiers of one customer: seen in one row, or decided."""
    rows = engine.known(
        sql("history_links", identifiers=engine.live_rows("identifiers")), {"nodes": list(nodes)}
    ).to_pylist()
    decided = decisions(items(engine.workspace)) if len(nodes) > 1 else []
    held = last_decisions(decided)
    links = [Link(**row) for row in rows]
    links = [link for link in links if held.get((min(link.a, link.b), max(link.a, link.b))) != "split"]
    known = set(nodes)
    return links + [
        Link(a=d.a, b=d.b, kind="decision", source=d.by, item=d.item)
        for d in decided
        if d.action == "merge" and {d.a, d.b} <= known and held[min(d.a, d.b), max(d.a, d.b)] == "merge"
    ]


def why_joined(engine: Engine, nodes: Sequence[int]) -> Mapping[int, tuple[Link, ...]]:
    """For every identifier of a customer but the first: the links that lead from the first to it."""
    links = links_of(engine, nodes)
    return {node: explain(links, nodes[0], node) for node in nodes[1:]}


def _identifiers(engine: Engine, nodes: Sequence[int]) -> tuple[Identifier, ...]:
    statement = sql("history_identifiers", identifiers=engine.live_rows("identifiers"))
    return tuple(Identifier(**row) for row in engine.known(statement, {"nodes": list(nodes)}).to_pylist())


def _related(engine: Engine, name: str, nodes: Sequence[int], **more: object) -> list[int]:
    statement = sql(name, identifiers=engine.live_rows("identifiers"))
    rows = engine.known(statement, {"nodes": list(nodes), **more}).to_pylist()
    return [row["customer"] for row in rows]


def _profiles(engine: Engine, customers: Iterable[int]) -> tuple[Profile, ...]:
    rows = engine.known(sql("history_profiles"), {"customers": list(customers)}).to_pylist()
    return tuple(_profile(row) for row in rows)


def _profile(row: Mapping[str, Any]) -> Profile:
    names = ("customer", "kind", "name", "segment", "region", "city", "language", "since")
    return Profile(**{name: row[name] for name in names})


def _consents(engine: Engine, nodes: Sequence[int]) -> tuple[Consent, ...]:
    statement = sql("history_consents", consents=engine.live_rows("consents"))
    return tuple(Consent(**row) for row in engine.known(statement, {"nodes": list(nodes)}).to_pylist())


def _timeline(
    engine: Engine, nodes: Sequence[int], limit: int, cursor: str | None, wanted: Wanted
) -> tuple[tuple[Moment, ...], str | None]:
    at, what, key = _read_cursor(cursor, (int, str, int)) if cursor else (_NEWEST, "", 0)
    found: list[tuple[int, str, int, dict[str, Any]]] = []
    for table in TIMELINE:
        if not engine.rows(table) or not wanted.takes(table):
            continue
        tie = {"tie": table >= what, "key": key if table == what else -(2**63)}
        for who in _whose(nodes):
            rows = _moments(engine, table, who, {"at": at, "limit": limit + 1, **tie}, wanted.phases)
            found += [(-row.pop("happened"), table, row.pop("key"), row) for row in rows]
    found.sort(key=lambda row: row[:3])
    page = found[:limit]
    _add_lines(engine, nodes, [row for _, table, _, row in page if table == "orders"])
    moments = tuple(_moment(-at, table, row) for at, table, _, row in page)
    if len(found) <= limit:
        return moments, None
    last = page[-1]
    return moments, _cursor(-last[0], last[1], last[2])


def _whose(nodes: Sequence[int]) -> tuple[str, str]:
    """Conditions for the rows of a customer: its own, and those in which it is the account of a contact."""
    listed = ", ".join(str(int(node)) for node in nodes)
    return sql("history_own", nodes=listed), sql("history_of_contacts", nodes=listed)


def _moments(
    engine: Engine, table: str, who: str, parameters: Mapping[str, object], phases: Sequence[str]
) -> list[dict[str, Any]]:
    time = identifier(str(FACTS[table].time))
    live = engine.live_rows(table)
    if phases and _has_phase(table):
        live, parameters = sql("history_of_phases", rows=live), {**parameters, "phases": list(phases)}
    statement = sql("history_moments", rows=live, time=time, who=who)
    rows: list[dict[str, Any]] = engine.known(statement, parameters).to_pylist()
    return rows


def _add_lines(engine: Engine, nodes: Sequence[int], orders: Sequence[dict[str, Any]]) -> None:
    if not orders or not engine.rows("order_lines"):
        return
    statement = sql("history_lines", order_lines=engine.live_rows("order_lines"))
    wanted = sorted({order["id"] for order in orders})
    lines: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for line in engine.known(statement, {"nodes": list(nodes), "orders": wanted}).to_pylist():
        lines.setdefault((line.pop("source"), line.pop("order_id")), []).append(line)
    for order in orders:
        order["lines"] = lines.get((order["source"], order["id"]), [])


_PLACED = ("id", "source", "touchpoint", "channel", "phase")
_HIDDEN = {*_PLACED, "digest", "customer", "account", "filename", "place"}


def _moment(at: int, table: str, row: Mapping[str, Any]) -> Moment:
    detail = {name: value for name, value in row.items() if name not in _HIDDEN and value is not None}
    detail.pop(str(FACTS[table].time), None)
    row = {**row, "phase": row.get("phase") or PHASE_OF.get(table)}
    return Moment(at=at, what=table, detail=detail, **{name: row.get(name) for name in _PLACED})  # type: ignore[arg-type]  # id and source are never empty


def cursor_before(at: int) -> str:
    """The cursor of a time line's moments before `at`, UTC microseconds."""
    return _cursor(at, "", _NEWEST)


def _cursor(*parts: object) -> str:
    return urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")


def _read_cursor(cursor: str, kinds: tuple[type, ...]) -> Any:
    try:
        parts = json.loads(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        if [type(part) for part in parts] == list(kinds):
            return parts
    except (ValueError, TypeError) as error:
        raise BadCursor(f"'{cursor}' is no cursor", hint="Begin with the first page.") from error
    raise BadCursor(f"'{cursor}' is no cursor", hint="Begin with the first page.")
