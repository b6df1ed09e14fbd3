"""A customer taken out of the landing: every item that names one of the identifiers keeps the other rows.

What is to be erased is written down first, so that the next fold finishes what a killed program began. Facts,
index and rejects follow by a rebuild. Rows go when they are the customer's own; where another's row only
mentions an identifier, in a column of its own or in a text, that mention goes. Orders take with them the rows
that know nothing but the order. A file whose rows say nothing of the customer, and which names them all the
same in what nobody reads, is replaced by its rows.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.customer.model import KINDS
from viaggio.customer.rules import normalise
from viaggio.kernel import ViaggioError
from viaggio.store.contracts import FACTS
from viaggio.store.durable import remove, sync_folder, to_json, write_durably
from viaggio.store.facts import Manifest
from viaggio.store.fold.identify import Identifier
from viaggio.store.hashing import Keys, node_key
from viaggio.store.incoming import Batch, Reader, Reject
from viaggio.store.landing import Item, items
from viaggio.store.landing.item import ITEM_FILE, MAPPING_FILE, item_json
from viaggio.store.landing.kept import write_kept
from viaggio.store.traces import Traces
from viaggio.store.workspace import Workspace

MARK = "erasing.json"
OpenReader = Callable[[Workspace, Item], Reader]


@dataclass(frozen=True, slots=True)
class Erasure:
    """What is to be erased: keys of identifiers, ids of orders with their source, the identifiers."""

    nodes: frozenset[int]
    orders: frozenset[tuple[str, str]] = frozenset()
    words: frozenset[tuple[str, str]] = frozenset()

    @property
    def traces(self) -> Traces:
        """What to look for in texts."""
        return Traces(tuple(sorted(self.words)), self.nodes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """What was done: items that were changed, rows taken out, mentions blanked, rejected rows dropped.

    `unread`: items that no reader can read, and which are as they arrived.
    """

    items: tuple[int, ...]
    rows: int
    mentions: int
    rejects: int
    unread: tuple[int, ...] = ()


def erasure_of(facts: Path, manifest: Manifest, nodes: Iterable[int]) -> Erasure:
    """What erasing these identifiers means: they, and the orders under them."""
    keys = np.array(sorted(nodes), np.int64)
    orders: set[tuple[str, str]] = set()
    for part in manifest.parts_of("orders"):
        rows = pq.read_table(facts / part.path, columns=["source", "id", "customer"])
        mine = rows.filter(pa.array(np.isin(rows["customer"].fill_null(0).to_numpy(), keys)))
        orders |= set(zip(mine["source"].to_pylist(), mine["id"].to_pylist(), strict=True))
    return Erasure(frozenset(keys.tolist()), frozenset(orders), words_of(facts, manifest, keys.tolist()))


def words_of(facts: Path, manifest: Manifest, nodes: Iterable[int]) -> frozenset[tuple[str, str]]:
    """The identifiers behind these keys: kind and normalised value."""
    keys = np.array(sorted(nodes), np.int64)
    words: set[tuple[str, str]] = set()
    for part in manifest.parts_of("identifiers"):
        rows = pq.read_table(facts / part.path, columns=["kind", "value", "node"])
        mine = rows.filter(pa.array(np.isin(rows["node"].to_numpy(), keys)))
        words |= set(zip(mine["kind"].to_pylist(), mine["value"].to_pylist(), strict=True))
    return frozenset(words)


def begin_erasure(ws: Workspace, erasure: Erasure) -> None:
    """Write down what is to be erased: from here on it will be, even if we are killed."""
    said = {
        "nodes": sorted(erasure.nodes),
        "orders": sorted(map(list, erasure.orders)),
        "words": sorted(map(list, erasure.words)),
    }
    write_durably(ws.landing / MARK, to_json(said))


def begun_erasure(ws: Workspace) -> Erasure | None:
    """What is being erased, if anything is."""
    try:
        said = json.loads((ws.landing / MARK).read_bytes())
    except FileNotFoundError:
        return None
    return Erasure(
        frozenset(said["nodes"]),
        frozenset((source, id_) for source, id_ in said["orders"]),
        frozenset((kind, value) for kind, value in said["words"]),
    )


def end_erasure(ws: Workspace) -> None:
    """Nothing is left to erase."""
    (ws.landing / MARK).unlink(missing_ok=True)
    sync_folder(ws.landing)


def erase_landed(ws: Workspace, erasure: Erasure, open_reader: OpenReader) -> Erased:
    """Take the customer out of every landed item; the same again does nothing."""
    changed, unread = [], []
    counted = np.zeros(3, np.int64)
    for item in items(ws):
        if item.kind == "identity":
            _forget_reason(ws, item, erasure)
            continue
        try:
            found = _erase_item(ws, item, erasure, open_reader)
        except ViaggioError:
            unread.append(item.seq)
            continue
        if found.any():
            changed.append(item.seq)
            counted += found
    rows, mentions, rejects = counted.tolist()
    return Erased(items=tuple(changed), rows=rows, mentions=mentions, rejects=rejects, unread=tuple(unread))


def _erase_item(ws: Workspace, item: Item, erasure: Erasure, open_reader: OpenReader) -> npt.NDArray[Any]:
    folder = ws.landing / item.folder
    sweep_item(folder, item)
    looking = _Sieve(item.source, erasure)
    if not any(looking.found(batch) for batch in open_reader(ws, item).batches()) and not any(
        erasure.traces.in_file(folder / payload.stored) for payload in item.payloads
    ):
        return np.zeros(3, np.int64)
    sieve = _Sieve(item.source, erasure)
    payloads = write_kept(folder, sieve.sifted(open_reader(ws, item).batches()))
    sync_folder(folder)
    kept = replace(item, payloads=payloads, kept=True)
    write_durably(folder / ITEM_FILE, to_json(item_json(kept)))
    sweep_item(folder, kept)
    unread = not (sieve.rows or sieve.mentions or sieve.rejects)
    return np.array([sieve.rows, sieve.mentions + unread, sieve.rejects])


def sweep_item(folder: Path, item: Item) -> None:
    """Remove files that the item does not name: what it was before an erasure, or one that was killed."""
    named = {ITEM_FILE, MAPPING_FILE, *(payload.stored for payload in item.payloads)}
    waste = [path for path in folder.iterdir() if path.name not in named]
    for path in waste:
        remove(path)
    if waste:
        sync_folder(folder)


def _forget_reason(ws: Workspace, item: Item, erasure: Erasure) -> None:
    """Why staff decided is free text; that they did stays, as keys."""
    about = {int(item.options["a"]), int(item.options["b"])}
    if about & erasure.nodes and item.options.get("reason"):
        silent = replace(item, options={**item.options, "reason": ""})
        write_durably(ws.landing / item.folder / ITEM_FILE, to_json(item_json(silent)))


class _Sieve:
    """Lets through what is not to be erased, and counts the rest."""

    def __init__(self, source: str, erasure: Erasure) -> None:
        self.rows = self.mentions = self.rejects = 0
        self._nodes = np.array(sorted(erasure.nodes), np.int64)
        self._erasure = erasure
        self._orders = pa.array([id_ for of, id_ in sorted(erasure.orders) if of == source], pa.string())
        self._identifier = Identifier(source)
        self._traces = erasure.traces

    def found(self, batch: Batch) -> bool:
        """Whether anything of the batch is to be erased."""
        self.sift(batch)
        return bool(self.rows or self.mentions or self.rejects)

    def sifted(self, batches: Iterable[Batch]) -> Iterator[Batch]:
        """The batches with what is left of them."""
        return map(self.sift, batches)

    def sift(self, batch: Batch) -> Batch:
        """The batch without the rows, mentions and rejects to be erased."""
        rejects = tuple(reject for reject in batch.rejects if not self._names(reject))
        self.rejects += len(batch.rejects) - len(rejects)
        rows = batch.rows
        if rows is not None and len(rows):
            rows = self._left(rows) if FACTS[batch.table].customer else rows
            rows = self._silent(rows)
        return replace(batch, rows=rows, rejects=rejects)

    def _silent(self, rows: Any) -> Any:
        """What is left, without the customer's identifiers in texts of others."""
        for name in rows.schema.names:
            if name == "id" or not pa.types.is_string(rows[name].type):
                continue
            said = self._traces.in_column(rows[name])
            if said.any():
                self.mentions += int(said.sum())
                texts = zip(rows[name].to_pylist(), said.tolist(), strict=True)
                mended = [self._mended(name, text) if named else text for text, named in texts]
                column = pa.array(mended, pa.string())
                rows = rows.set_column(rows.schema.get_field_index(name), rows.schema.field(name), column)
        return rows

    def _mended(self, column: str, text: str) -> str | None:
        return None if column in KINDS else self._traces.without(text)

    def _left(self, rows: Any) -> Any:
        nodes = self._identifier.nodes(rows)
        gone = self._own(rows, nodes)
        self.rows += int(gone.sum())
        for kind in KINDS:
            said = np.isin(nodes[kind], self._nodes) & ~gone
            if said.any():
                self.mentions += int(said.sum())
                blank = pa.array(
                    rows[kind].to_pylist(), pa.string(), mask=said | rows[kind].is_null().to_numpy()
                )
                rows = rows.set_column(rows.schema.get_field_index(kind), kind, blank)
        return rows.filter(pa.array(~gone)) if gone.any() else rows

    def _own(self, rows: Any, nodes: dict[str, Keys]) -> npt.NDArray[np.bool_]:
        """Rows of the customer: by their strongest identifier, as the one who was won, or by their order."""
        strongest: Keys = np.zeros(len(rows), np.int64)
        for kind in KINDS:
            strongest = np.where(strongest == 0, nodes[kind], strongest)
        own = np.isin(strongest, self._nodes)
        if "referred_number" in rows.schema.names:
            own |= np.array(
                [self._is("customer_number", text) for text in rows["referred_number"].to_pylist()]
            )
        if "order_id" in rows.schema.names and len(self._orders):
            of_order = pc.is_in(rows["order_id"], value_set=self._orders).to_numpy()
            own |= (strongest == 0) & of_order
        return own

    def _is(self, kind: str, text: str | None) -> bool:
        value = None if text is None else normalise(kind, text)
        return value is not None and node_key(kind, value) in self._erasure.nodes

    def _names(self, reject: Reject) -> bool:
        texts = {text for text in (*reject.raw.values(), reject.value) if text}
        return any(self._is(kind, text) for text in texts for kind in KINDS) or any(
            self._traces.found(text) for text in texts
        )
