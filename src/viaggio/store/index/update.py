"""The index brought up to the facts: new events in, replaced ones out, moved customers to their bucket.

Whatever the way, the files are those that a whole build from the same facts would write.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from viaggio.journey.index import bucket_of
from viaggio.store.durable import remove
from viaggio.store.facts import Manifest
from viaggio.store.facts.identity import load_identity
from viaggio.store.facts.live import live_sql
from viaggio.store.index.arrivals import Arrivals, Removals, touched_buckets
from viaggio.store.index.columnar import forget, map_arrays
from viaggio.store.index.dictionaries import Dictionaries
from viaggio.store.index.manifest import (
    FORMAT,
    MANIFEST,
    BucketFile,
    IndexManifest,
    read_index_manifest,
    write_index_manifest,
)
from viaggio.store.index.merge import joined, merged, taken
from viaggio.store.index.reading import TABLE, event_rows
from viaggio.store.index.widen import can_widen, enough, widened
from viaggio.store.index.writing import Written, put_files, write_file
from viaggio.store.sql import paths, sql

SPILL = ".spill"
ANSWERS = "answers"
"""Folder of the answer index, which has a manifest of its own."""


def update_index(
    connection: Any, facts: Path, index: Path, manifest: Manifest, *, buckets: int
) -> IndexManifest:
    """Bring the index to the state of the facts; only touched buckets are written. Safe to kill at any time.

    There are `buckets`, or more when they would be too large: those of an index that has fewer are cut.
    All are written where the index is of an older format.
    `connection` is a DuckDB of the fold's own. Raises `BadWorkspace`.
    """
    buckets = enough(buckets, manifest.rows(TABLE))
    index.mkdir(exist_ok=True)
    clean_index(index, read_index_manifest(index))
    known = read_index_manifest(index)
    if known and (known.buckets, known.item, known.identity, known.format) == (
        buckets,
        manifest.last,
        manifest.identity.path,
        FORMAT,
    ):
        return known
    state = _usable(connection, facts, known, manifest, buckets)
    if state.buckets != buckets:
        state = widened(index, state, buckets)
    try:
        done = _Update(connection, facts, index, manifest, state).run()
    finally:
        remove(index / SPILL)
    write_index_manifest(index, done)
    clean_index(index, done)
    return done


def clean_index(index: Path, manifest: IndexManifest | None) -> None:
    """Remove files that the manifest does not name."""
    waste = leftovers(index, manifest)
    with ThreadPoolExecutor(min(len(waste), 8) or 1, thread_name_prefix="sweep") as pool:
        list(pool.map(remove, waste))  # the disk is waited for: some give blocks back one file at a time


def leftovers(index: Path, manifest: IndexManifest | None) -> list[Path]:
    """Files under the index folder that belong to nothing."""
    named = {MANIFEST, ANSWERS, *(manifest.paths() if manifest else ())}
    return sorted(path for path in index.iterdir() if path.name not in named) if index.is_dir() else []


def _usable(
    connection: Any, facts: Path, known: IndexManifest | None, manifest: Manifest, buckets: int
) -> IndexManifest:
    """The state to start from: the index as it is, or an empty one where it can not be carried on."""
    empty = IndexManifest(buckets=buckets)
    if known is None or known.item > manifest.last:
        return empty
    if known.buckets != buckets and not can_widen(known, buckets):
        return empty
    if known.identity is not None and not (facts / known.identity).exists():
        return empty
    load_identity(connection, facts, known.identity, name="identity_before")
    load_identity(connection, facts, manifest.identity.path)
    connection.execute(sql("index_load_moved"))
    return empty if _accounts_moved(connection, facts, manifest) else known


def _accounts_moved(connection: Any, facts: Path, manifest: Manifest) -> bool:
    """Whether an account became another's: rare, and such an event may lie in any bucket."""
    live = live_sql(connection, facts, manifest, "identifiers", columns=["kind", "node"])
    if live is None:
        return False
    ((accounts,),) = connection.execute(sql("index_moved_accounts", identifiers=live)).fetchall()
    return bool(accounts)


class _Update:
    """One update, from a state to that of the manifest."""

    def __init__(
        self, connection: Any, facts: Path, index: Path, manifest: Manifest, state: IndexManifest
    ) -> None:
        self.connection = connection
        self.facts = facts
        self.index = index
        self.manifest = manifest
        self.state = state
        self.new_parts = tuple(p for p in manifest.parts_of(TABLE) if p.item > state.item)
        self.files = {file.number: file for file in state.files}
        self.arrivals = Arrivals(index / SPILL, state.buckets)
        self.removals = Removals()

    def run(self) -> IndexManifest:
        dictionaries = Dictionaries(self.state.codes)
        for columns in event_rows(self.facts, self.manifest, self.new_parts, dictionaries):
            self.arrivals.add(columns)
        if self.state.item:
            self._remove_voided()
            self._move()
        changed = self._write_buckets()
        return replace(
            self.state, item=self.manifest.last, identity=self.manifest.identity.path,
            codes=dictionaries.codes, files=self.state.with_files(changed), format=FORMAT,
        )  # fmt: skip

    def _remove_voided(self) -> None:
        files = [v for v in self.manifest.voided_of(TABLE) if v.item > self.state.item]
        if not files:
            return
        load_identity(self.connection, self.facts, self.state.identity)
        listed = paths(self.facts / file.path for file in files)
        query = sql("index_voided", paths=listed, item=str(self.state.item))
        gone = self.connection.sql(query).fetchnumpy()
        customer = np.asarray(gone["customer"], np.int64)
        self.removals.add_all(bucket_of(customer, self.state.buckets), np.asarray(gone["key"], np.int64))

    def _move(self) -> None:
        """Take the events of identifiers that changed their customer out of one bucket, into another."""
        moved = self.connection.sql(sql("index_moved")).fetchnumpy()
        node, before, after = (np.asarray(moved[name], np.int64) for name in ("node", "before", "after"))
        numbers = bucket_of(before, self.state.buckets)
        for number in np.unique(numbers).tolist():
            if number not in self.files:
                continue
            columns = map_arrays(self.index / self.files[number].path)
            here = numbers == number
            place = np.minimum(np.searchsorted(node[here], columns["node"]), here.sum() - 1)
            hit = node[here][place] == columns["node"]
            hit &= ~np.isin(columns["key"], self.removals.of(number))
            where = np.flatnonzero(hit)
            rows = {**taken(columns, where), "customer": after[here][place[where]]}
            self.removals.add(number, columns["key"][where])
            self.arrivals.add(rows)

    def _write_buckets(self) -> list[BucketFile]:
        """Two at a time: columns are copied, hashed and written without Python in the way."""
        touched = set(touched_buckets(self.arrivals, self.removals))
        if self.state.format < FORMAT:
            touched |= self.files.keys()
        with ThreadPoolExecutor(2, thread_name_prefix="index") as pool:
            return put_files(self.index, pool.map(self._write, sorted(touched)))

    def _write(self, number: int) -> Written:
        gone, new = self.removals.of(number), self.arrivals.take(number)
        known = self.files.get(number)
        if known is None:
            return write_file(self.index, number, merged(joined(()), gone, new))
        path = self.index / known.path
        columns = merged(map_arrays(path), gone, new)
        forget(path)
        return write_file(self.index, number, columns)
