"""Identifiers of a row become keys: the strongest is the row's customer, the others are links to it."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.customer.model import ACCOUNT_KIND, KINDS
from viaggio.customer.rules import BLOCKED, normalise
from viaggio.store.contracts import FACTS
from viaggio.store.fold.part import coded_schema, repeated
from viaggio.store.hashing import Keys, Words, mix, node_keys, row_digests, row_keys, text_words

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int32]
_CACHE_VALUES = 200_000
_SEEN_SLOTS = 1 << 20
_PLAIN_ID = r"\A[0-9A-Za-z_-]*[1-9A-Za-z][0-9A-Za-z_-]*\z"
"""Ids that `normalise` leaves as they are, unless they are blocked."""
_BLOCKED = pa.array(sorted(BLOCKED), pa.string())


@dataclass(frozen=True, slots=True, eq=False)
class _Named:
    """One identifier column: the node of each row (0 none), and the normalised text behind each.

    `code` says which of `values` and `nodes` a row has, `met` which of them came, in the order of their first
    row.
    """

    kind: str
    node: Keys
    code: Places
    met: Places
    values: list[str]
    nodes: Keys

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
                customer = np.where(first, named[kind].node, customer)
                strongest[first] = place
        account = named[ACCOUNT_KIND].node if ACCOUNT_KIND in named else np.zeros(len(rows), np.int64)
        found = [
            self._links(column, customer, column.there & ((strongest == place) == own))
            for own in (True, False)
            for place, kind in enumerate(KINDS)
            if (column := named.get(kind)) is not None
        ]
        empty = coded_schema(FACTS["identifiers"]).empty_table()
        return Identified(customer, account, pa.concat_tables([empty, *found]))

    def nodes(self, rows: pa.Table) -> dict[str, Keys]:
        """The key of each identifier of the rows, by kind, strongest first; 0 where there is none."""
        return {kind: self._named(kind, rows[kind]).node for kind in KINDS}

    def _named(self, kind: str, column: pa.ChunkedArray) -> _Named:
        known = self._known[kind]
        met, code = known.codes(column)
        return _Named(kind, known.nodes[code], code, met, known.values, known.nodes)

    def _links(self, column: _Named, customer: Keys, mask: Mask) -> pa.Table:
        """Identifier rows for the rows in `mask`, one per pair of customer and identifier not seen lately."""
        rows = np.flatnonzero(mask)
        owner, node, code = customer[rows], column.node[rows], column.code[rows]
        if np.array_equal(owner, column.node[column.there]):  # every identifier its own customer, as is usual
            code = column.met[column.nodes[column.met] != 0]
            owner = node = column.nodes[code]
        words = mix(owner.view(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + node.view(np.uint64)) | np.uint64(
            1
        )
        slot = (words >> np.uint64(40)).astype(np.int64) & (_SEEN_SLOTS - 1)
        unseen = np.flatnonzero(self._seen[slot] != words)
        _, first = np.unique(words[unseen], return_index=True)
        pick = unseen[np.sort(first)]
        self._seen[slot[pick]] = words[pick]
        values = [column.values[place] for place in code[pick].tolist()]
        return _identifier_rows(self.source, column.kind, owner[pick], node[pick], values)


class _Known:
    """Texts of one kind met lately, with their normalised value and node; forgotten when there are many."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self._forget()

    def _forget(self) -> None:
        self.texts = pa.array([], pa.string())
        self._hashes: Words = np.empty(0, np.uint64)
        self._order: npt.NDArray[np.intp] = np.empty(0, np.intp)
        self.values: list[str] = []
        self.nodes: Keys = np.zeros(1, np.int64)  # the last one stands for no identifier

    def codes(self, column: pa.ChunkedArray) -> tuple[Places, Places]:
        """Places of the texts and of each row's among the known ones, learning the new ones; -1 for none."""
        coded = pc.dictionary_encode(column.combine_chunks())
        coded = coded.combine_chunks() if isinstance(coded, pa.ChunkedArray) else coded
        codes = self._codes_of(coded.dictionary)
        rows = pc.fill_null(coded.indices, len(codes)).to_numpy(zero_copy_only=False)
        places: Places = np.append(codes, np.int32(-1))[rows]
        return codes, places

    def _codes_of(self, texts: pa.Array) -> Places:
        """Place of each of these different texts."""
        hashes = text_words(texts)
        codes = self._found(texts, hashes)
        new = np.flatnonzero(codes < 0)
        if not len(new):
            return codes
        if len(self.texts) + len(new) > _CACHE_VALUES and len(self.texts):
            self._forget()
            codes = np.full(len(texts), -1, np.int32)
            new = np.arange(len(texts))
        codes[new] = np.arange(len(self.texts), len(self.texts) + len(new))
        self._learn(texts.take(pa.array(new)), hashes[new])
        return codes

    def _found(self, texts: pa.Array, hashes: Words) -> Places:
        """Places among the known ones, -1 of none: found by hash, and certain because the texts are equal."""
        codes: Places = np.full(len(texts), -1, np.int32)
        if not len(self.texts) or not len(texts):
            return codes
        ordered = self._hashes[self._order]
        place = np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)
        there = np.flatnonzero(ordered[place] == hashes)
        codes[there] = self._order[place[there]]
        if not pc.all(pc.equal(texts.take(pa.array(there)), self.texts.take(pa.array(codes[there])))).as_py():
            codes[:] = pc.fill_null(pc.index_in(texts, value_set=self.texts), -1).to_numpy(
                zero_copy_only=False
            )
        return codes

    def _learn(self, new: pa.Array, hashes: Words) -> None:
        self._hashes = np.concatenate((self._hashes, hashes))
        self._order = np.argsort(self._hashes)
        values = normalised(self.kind, new)
        self.texts = pa.concat_arrays([self.texts, new])
        self.values += [value or "" for value in values]
        self.nodes = np.concatenate((self.nodes[:-1], node_keys(self.kind, values), [0]))


def normalised(kind: str, texts: pa.Array) -> list[str | None]:
    """`normalise` of each text: ids that are plain already, as nearly all are, are found all at once."""
    values: list[str | None] = texts.to_pylist()
    if kind in {"email", "phone"}:
        return [normalise(kind, text or "") for text in values]
    plain = pc.match_substring_regex(texts, _PLAIN_ID)
    blocked = pc.is_in(pc.ascii_lower(texts), value_set=_BLOCKED)
    for place in np.flatnonzero(~pc.and_not(plain, blocked).to_numpy(zero_copy_only=False)).tolist():
        values[place] = normalise(kind, values[place] or "")
    return values


def _identifier_rows(source: str, kind: str, owner: Keys, node: Keys, values: list[str]) -> pa.Table:
    ids, rows = pair_ids(owner, node), len(owner)
    columns = {
        "kind": pa.chunked_array([repeated(kind, rows)]),
        "value": pa.chunked_array([pa.array(values, pa.string())]),
        "node": pa.chunked_array([pa.array(node)]),
    }
    digest = row_digests(columns.items(), rows)
    table = {
        "key": row_keys(source, ids),
        "digest": digest,
        "source": repeated(source, rows),
        "id": ids,
        "customer": owner,
        "account": pa.nulls(rows, pa.int64()),
        **columns,
    }
    return pa.table(table, schema=coded_schema(FACTS["identifiers"]))


def pair_ids(one: Keys, other: Keys) -> pa.Array:
    """Both keys of each place in hexadecimal with a hyphen between."""
    letters = np.full((len(one), 33), ord("-"), np.uint8)
    for start, keys in ((0, one), (17, other)):
        digits = keys.astype(">i8").tobytes().hex().encode()
        letters[:, start : start + 16] = np.frombuffer(digits, np.uint8).reshape(-1, 16)
    bounds = pa.array(np.arange(len(one) + 1, dtype=np.int32) * 33).buffers()[1]
    return pa.StringArray.from_buffers(len(one), bounds, pa.py_buffer(letters.tobytes()))


def nullable(keys: Keys) -> pa.Array:
    """Keys as Arrow, empty where they are 0."""
    return pa.array(keys, mask=keys == 0)
