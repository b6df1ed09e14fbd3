"""Fact tables as views in DuckDB: only rows that hold, customers resolved, and what else figures are cut by.

DuckDB does not drop a join whose columns nobody reads, and each costs about as much as the figure itself.
So each table has a variant per set of joins, made when it is first needed; a question is planned on empty
tables first, which tells the columns it reads.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

import pyarrow as pa

from viaggio.kernel import Contract
from viaggio.store.contracts import FACTS, arrow_type, stored_schema
from viaggio.store.facts import Manifest
from viaggio.store.facts.identity import load_identity
from viaggio.store.facts.live import live_sql
from viaggio.store.sql import identifier, sql

OWNED = ("interactions", "answers", "texts", "coverage")
"""Tables whose rows name a touchpoint, whose owner is their `function`."""

_JOINED = {"customer": "person", "account": "firm", "segment": "who", "region": "who", "function": "place"}
_SQL_TYPE = {pa.int64(): "bigint", pa.string(): "varchar"}


def read_schema(contract: Contract) -> pa.Schema:
    """What figures read of a table: key, source, id, the joined columns, the contract's columns."""
    fields = [pa.field("key", pa.int64()), pa.field("source", pa.string()), pa.field("id", pa.string())]
    if contract.customer:
        fields += [pa.field("customer", pa.int64()), pa.field("account", pa.int64())]
        fields += [pa.field("segment", pa.string()), pa.field("region", pa.string())]
    if contract.name in OWNED:
        fields.append(pa.field("function", pa.string()))
    have = {field.name for field in fields}
    fields += [pa.field(c.name, arrow_type(c.kind)) for c in contract.columns if c.name not in have]
    return pa.schema(fields)


class Views:
    """The views of one state of the facts, in one in-memory database."""

    def __init__(self, connection: Any, facts: Path, manifest: Manifest) -> None:
        self._connection = connection
        self._facts = facts
        self._manifest = manifest
        self._lock = Lock()
        self._made: dict[tuple[str, frozenset[str]], str] = {}
        self._live = {name: self._live_rows(name) for name in FACTS}
        self.identity = manifest.identity.path
        self._load_dimensions()

    def view(self, table: str, columns: Iterable[str] | None = None) -> str:
        """Name of a view that has at least these columns of the table; all of them when none are named."""
        wanted = set(read_schema(FACTS[table]).names) if columns is None else set(columns)
        joined = (join_of(FACTS[table], name) for name in wanted)
        joins = frozenset(join for join in joined if join is not None)
        with self._lock:
            if (table, joins) not in self._made:
                self._made[table, joins] = self._make(table, joins)
            return self._made[table, joins]

    def live(self, table: str) -> str:
        """A query for the stored rows of a table that hold, with `filename` and `place`."""
        return self._live[table]

    def _make(self, table: str, joins: frozenset[str]) -> str:
        name = "_".join([table, *sorted(joins)]) if joins else f"{table}_alone"
        columns, joined = self._columns_and_joins(FACTS[table], joins)
        query = sql(
            "engine_view", columns=", ".join(columns), live=self._live[table], joins="\n".join(joined)
        )
        if table == "touchpoints":
            query = sql("engine_view_touchpoints")
        self._connection.execute(sql("engine_variant", name=identifier(name), query=query))
        return name

    def _columns_and_joins(self, contract: Contract, joins: frozenset[str]) -> tuple[list[str], list[str]]:
        person = "coalesce(person.customer, fact.customer)" if self.identity else "fact.customer"
        firm = "coalesce(firm.customer, fact.account)" if self.identity else "fact.account"
        written = {
            "customer": person, "account": firm, "segment": "who.segment", "region": "who.region",
            "function": "place.owner_function",
        }  # fmt: skip
        columns = []
        for field in read_schema(contract):
            join = join_of(contract, field.name)
            column = identifier(field.name)
            if join is None:
                columns.append(f"fact.{column}")
            elif join in joins:
                columns.append(f"{written[field.name]} as {column}")
            else:
                columns.append(sql("engine_unplanned", column=column, type=_SQL_TYPE[field.type]))
        texts = []
        if self.identity and joins & {"person", "who"}:
            texts.append(sql("engine_join_person"))
        if self.identity and "firm" in joins:
            texts.append(sql("engine_join_account"))
        if "who" in joins:
            texts.append(sql("engine_join_who", customer=person))
        if "place" in joins:
            texts.append(sql("engine_join_place"))
        return columns, texts

    def _live_rows(self, table: str) -> str:
        schema = stored_schema(FACTS[table])
        live = live_sql(
            self._connection, self._facts, self._manifest, table, columns=schema.names, places=True
        )
        if live is not None:
            return live
        extra = [pa.field("filename", pa.string()), pa.field("place", pa.int64())]
        none = f"none_{table}"
        self._connection.from_arrow(pa.schema([*schema, *extra]).empty_table()).create(none)
        return sql("engine_none", table=identifier(none))

    def _load_dimensions(self) -> None:
        run = self._connection.execute
        load_identity(self._connection, self._facts, self.identity)
        run(sql("engine_touchpoints", live=self._live["touchpoints"]))
        live, memberships = self._live["customers"], self._live["identifiers"]
        run(sql("engine_customers", live=live, memberships=memberships))


def join_of(contract: Contract, column: str) -> str | None:
    """The join that gives a column: `person`, `firm`, `who`, `place`; None for the table's own.

    Who spent a cost is its own `function`.
    """
    joined = contract.name in OWNED if column == "function" else contract.customer
    return _JOINED.get(column) if joined else None


DIMENSIONS = {
    "identity": "node bigint, customer bigint",
    "customer_dimension": "customer bigint, kind varchar, name varchar, segment varchar, region varchar, "
    "city varchar, language varchar, since date",
    "touchpoint_dimension": "id varchar, owner_function varchar",
}
"""Tables of the engine's own that a query may name beside the facts."""


_NONE: Mapping[str, Any] = MappingProxyType({})


def fill(cursor: Any, filled: dict[str, Any], values: Mapping[str, Any]) -> None:
    """Give variables their values on a cursor; `filled` remembers what it has."""
    for name, value in values.items():
        if filled.get(name) != value:
            cursor.execute(sql("engine_variable", name=identifier(name)), {"value": value})
            filled[name] = value


class Planner:
    """Tells which columns of which fact table a question reads, by planning it on empty tables."""

    def __init__(self) -> None:
        import duckdb

        self._lock = Lock()
        self._connection = duckdb.connect()
        self._connection.execute(sql("planner_settings"))
        self._filled: dict[str, Any] = {}
        for name, contract in FACTS.items():
            self._connection.from_arrow(read_schema(contract).empty_table()).create(name)
        for name, columns in DIMENSIONS.items():
            self._connection.execute(sql("planner_dimension", name=name, columns=columns))

    def columns(
        self,
        query: str,
        parameters: Mapping[str, object],
        held: Mapping[str, pa.Schema],
        variables: Mapping[str, Any] = _NONE,
    ) -> dict[str, set[str]]:
        """Columns read, by table. `held` describes the tables in the query that are not facts."""
        with self._lock:
            fill(self._connection, self._filled, variables)
            for name, schema in held.items():
                self._connection.register(name, schema.empty_table())
            try:
                explained = self._connection.execute(sql("planner_explain", query=query), dict(parameters))
                plan = explained.fetchall()[0][1]
            finally:
                for name in held:
                    self._connection.unregister(name)
        read: dict[str, set[str]] = {}
        for table, columns in _scans(json.loads(plan)):
            read.setdefault(table, set()).update(columns)
        # what a condition that never holds makes superfluous is not read, yet its names are looked up
        for table in {name.lower() for name in _NAMED.findall(query)} & FACTS.keys() - read.keys():
            read[table] = set(read_schema(FACTS[table]).names)
        return read


_NAMED = re.compile(r'\b(?:FROM|JOIN)\s+"?(\w+)', re.IGNORECASE)


def _scans(nodes: list[dict[str, Any]]) -> Iterator[tuple[str, list[str]]]:
    for node in nodes:
        about = node.get("extra_info", {})
        if "Table" in about:
            columns = about.get("Projections", [])
            yield about["Table"].rpartition(".")[2], [columns] if isinstance(columns, str) else columns
        yield from _scans(node["children"])
