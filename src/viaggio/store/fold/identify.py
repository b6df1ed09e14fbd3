"""Identifiers of a row become keys: the strongest is the row's customer, the others are links to it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.customer.model import ACCOUNT_KIND, KINDS
from viaggio.customer.rules import normalise
from viaggio.store.contracts import FACTS, stored_schema
from viaggio.store.hashing import Keys, mix, node_key, row_digests, row_keys

Mask = npt.NDArray[np.bool_]
_CACHE_VALUES = 200_000
_SEEN_SLOTS = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """One identifier column: the node of each row (0 none), and the normalised text behind each."""

    kind: str
    node: Keys
    code: npt.NDArray[np.int32]
    values: list[str]

    @property
    def there(self) -> Mask:
        there: Mask = self.node != 0
        return there


@dataclass(frozen=True, slots=True, eq=False)
class Identified:
    """Keys of the rows' customers and accounts, 0 where there is none, and the identifier rows new to us."""

    customer: Keys
    account: Keys
    identifiers: pa.Table


class Identifier:
    """Reads identifiers of one source's rows; remembers lately seen ones so as not to repeat itself."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._known = {kind: _Known(kind) for kind in KINDS}
        self._seen = np.zeros(_SEEN_SLOTS, np.uint64)

    def identify(self, rows: pa.Table) -> Identified:
        """Keys for rows in an incoming schema."""
        named = {kind: self._named(kind, rows[kind]) for kind in KINDS if rows[kind].null_count < len(rows)}
        customer: Keys = np.zeros(len(rows), np.int64)
        strongest = np.full(len(rows), -1, np.int8)
        for place, kind in enumerate(KINDS):
            if kind in named:
                first = (customer == 0) & named[kind].there
                customer[first] = named[kind].node[first]
                strongest[first] = place
        account = named[ACCOUNT_KIND].node if ACCOUNT_KIND in named else np.zeros(len(rows), np.int64)
        found = [
            self._links(column, customer, column.there & ((strongest == place) == own))
            for own in (True, False)
            for place, kind in enumerate(KINDS)
            if (column := named.get(kind)) is not None
        ]
        empty = stored_schema(FACTS["identifiers"]).empty_table()
        return Identified(customer, account, pa.concat_tables([empty, *found]))

    def nodes(self, rows: pa.Table) -> dict[str, Keys]:
        """The key of each identifier of the rows, by kind, strongest first; 0 where there is none."""
        return {kind: self._named(kind, rows[kind]).node for kind in KINDS}

    def _named(self, kind: str, column: pa.ChunkedArray) -> _Named:
        known = self._known[kind]
        code = known.codes(column)
        return _Named(kind, known.nodes[code], code, known.values)

    def _links(self, column: _Named, customer: Keys, mask: Mask) -> pa.Table:
        """Identifier rows for the rows in `mask`, one per pair of customer and identifier not seen lately."""
        rows = np.flatnonzero(mask)
        owner, node = customer[rows], column.node[rows]
        words = mix(owner.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + node.view(np.uint64)) | np.uint64(
            1
        )
        slot = (words >> np.uint64(40)).astype(np.int64) & (_SEEN_SLOTS - 1)
        unseen = np.flatnonzero(self._seen[slot] != words)
        _, first = np.unique(words[unseen], return_index=True)
        pick = unseen[np.sort(first)]
        self._seen[slot[pick]] = words[pick]
        values = [column.values[code] for code in column.code[rows[pick]].tolist()]
        return _identifier_rows(self.source, column.kind, owner[pick], node[pick], values)


class _Known:
    """Texts of one kind met lately, with their normalised value and node; forgotten when there are many."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._forget()

    def _forget(self) -> None:
        self.texts = pa.array([], pa.string())
        self.values: list[str] = []
        self.nodes: Keys = np.zeros(1, np.int64)  # the last one stands for no identifier

    def codes(self, column: pa.ChunkedArray) -> npt.NDArray[np.int32]:
        """Place of each row's text among the known ones, learning those that are new; -1 for none."""
        found = pc.index_in(column, value_set=self.texts)
        if found.null_count > column.null_count:
            new = pc.unique(column.filter(pc.and_(pc.is_null(found), pc.is_valid(column))))
            if len(self.texts) + len(new) > _CACHE_VALUES and len(self.texts):
                self._forget()
                return self.codes(column)
            self._learn(new)
            found = pc.index_in(column, value_set=self.texts)
        codes: npt.NDArray[np.int32] = pc.fill_null(found, -1).to_numpy()
        return codes

    def _learn(self, new: pa.Array) -> None:
        values = [normalise(self.kind, text) for text in new.to_pylist()]
        nodes = [0 if value is None else node_key(self.kind, value) for value in values]
        self.texts = pa.concat_arrays([self.texts, new])
        self.values += [value or "" for value in values]
        self.nodes = np.concatenate((self.nodes[:-1], np.array([*nodes, 0], np.int64)))


def _identifier_rows(source: str, kind: str, owner: Keys, node: Keys, values: list[str]) -> pa.Table:
    ids = pa.array(
        [f"{a:016x}-{b:016x}" for a, b in zip(owner.view(np.uint64).tolist(), node.view(np.uint64).tolist(),
                                             strict=True)], pa.string())  # fmt: skip
    rows = len(ids)
    columns = {
        "kind": pa.chunked_array([pa.array([kind] * rows, pa.string())]),
        "value": pa.chunked_array([pa.array(values, pa.string())]),
        "node": pa.chunked_array([pa.array(node)]),
    }
    digest = row_digests(((name, column, name == "kind") for name, column in columns.items()), rows)
    table = {
        "key": row_keys(source, ids),
        "digest": digest,
        "source": pa.array([source] * rows, pa.string()),
        "id": ids,
        "customer": owner,
        "account": pa.nulls(rows, pa.int64()),
        **columns,
    }
    return pa.table(table, schema=stored_schema(FACTS["identifiers"]))


def nullable(keys: Keys) -> pa.Array:
    """Keys as Arrow, empty where they are 0."""
    return pa.array(keys, mask=keys == 0)
