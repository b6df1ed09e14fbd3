"""Is the workspace healthy: what has landed is as it came, facts and index are whole and agree with it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.kernel import BadFile, BadWorkspace
from viaggio.store.answers_index import answers_faults
from viaggio.store.durable import locked
from viaggio.store.erasure import again, begun, ledger_of
from viaggio.store.erasure.request import FOLDER
from viaggio.store.facts import Manifest, read_manifest
from viaggio.store.facts.live import live_sql
from viaggio.store.fold import tidy
from viaggio.store.fold.identity import identity_of
from viaggio.store.hashing import file_sha256
from viaggio.store.index import IndexManifest, read_index_manifest
from viaggio.store.index.check import facts_sum, file_faults, index_sum
from viaggio.store.landing import Item, came_packed, decisions, items, mapping_text, payload_path
from viaggio.store.sql import sql
from viaggio.store.workspace import Workspace

_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Finding:
    """Something wrong: a stable code, where, and what was seen."""

    code: str
    place: str
    detail: str = ""


def doctor(ws: Workspace) -> list[Finding]:
    """Everything that is wrong with a workspace; nothing when it is healthy.

    Waits for a running fold. Sweeps away first what killed programs left, as the next fold would; items that
    wait for a fold, and an index that waits for the rest of one, are no faults.
    """
    ws.facts.mkdir(exist_ok=True)
    with locked(ws.facts):
        try:
            tidy(ws)
            manifest = read_manifest(ws.facts)
            index = read_index_manifest(ws.index)
        except BadWorkspace as error:
            return [Finding("manifest.unreadable", error.place, error.what)]
        found = [*_landing(ws, manifest), *_facts(ws, manifest)]
        if not found:
            found = [*_contents(ws, manifest), *_index(ws, manifest, index)]
            found += [Finding(*fault) for fault in answers_faults(ws)]
        return [*found, *_erasures(ws), *_records(ws)]


def _landing(ws: Workspace, manifest: Manifest) -> Iterator[Finding]:
    try:
        landed = items(ws)
    except BadWorkspace as error:
        yield Finding("landing.unreadable", error.place, error.what)
        return
    for number, item in enumerate(landed, start=1):
        if item.seq != number:
            yield Finding("landing.gap", item.folder, f"number {number} is missing")
            break
        yield from _item(ws, item)
    if manifest.last > len(landed):
        yield Finding("landing.missing", f"{manifest.last:08d}", "folded, but no longer landed")


def _item(ws: Workspace, item: Item) -> Iterator[Finding]:
    for payload in item.payloads:
        path = payload_path(ws, item, payload)
        try:
            whole = _arrived_sha256(path, packed=came_packed(payload.name)) == payload.sha256
        except OSError as error:
            yield Finding("landing.unreadable", f"{item.folder}/{payload.stored}", str(error))
        else:
            if not whole:
                yield Finding("landing.damaged", f"{item.folder}/{payload.stored}", "not as it arrived")
    if item.mapping_sha256 is not None:
        written = sha256(mapping_text(ws, item).encode()).hexdigest()
        if written != item.mapping_sha256:
            yield Finding("landing.damaged", f"{item.folder}/mapping.toml", "not as it arrived")


def _arrived_sha256(path: Path, *, packed: bool) -> str:
    """SHA-256 of a landed file as it came, before we compressed it."""
    digest = sha256()
    with pa.input_stream(str(path), compression=None if packed else "zstd") as stream:
        while block := stream.read(_BLOCK_BYTES):
            digest.update(block)
    return digest.hexdigest()


def _facts(ws: Workspace, manifest: Manifest) -> Iterator[Finding]:
    listed = [(part.path, part.sha256) for part in manifest.parts]
    listed += [(void.path, void.sha256) for void in manifest.voided]
    if manifest.identity.path:
        listed.append((manifest.identity.path, manifest.identity.sha256))
    for path, expected in listed:
        if not (ws.facts / path).exists():
            yield Finding("facts.missing", path)
        elif file_sha256(ws.facts / path) != expected:
            yield Finding("facts.damaged", path, "its content is not what was written")


def _contents(ws: Workspace, manifest: Manifest) -> Iterator[Finding]:
    with closing(_connect()) as connection:
        for table in dict.fromkeys(part.table for part in manifest.parts):
            live = live_sql(connection, ws.facts, manifest, table, columns=["key"])
            row = connection.execute(sql("doctor_repeated", live=str(live))).fetchone()
            if row is not None:
                yield Finding("facts.repeated_key", table, f"key {row[0]} holds {row[1]} times")
        if manifest.identity.item == manifest.last:
            yield from _identity(ws, manifest, connection)


def _identity(ws: Workspace, manifest: Manifest, connection: Any) -> Iterator[Finding]:
    decided = [decision for decision in decisions(items(ws)) if decision.item <= manifest.last]
    node, customer = identity_of(connection, ws.facts, manifest, decided)
    path = manifest.identity.path
    stored = pq.read_table(ws.facts / path) if path else pa.table({"node": [], "customer": []})
    if stored["node"].to_pylist() != node.tolist() or stored["customer"].to_pylist() != customer.tolist():
        yield Finding("identity.differs", str(path), "not what the identifiers and decisions say")


def _index(ws: Workspace, manifest: Manifest, index: IndexManifest | None) -> Iterator[Finding]:
    if index is None:
        return
    faults = [Finding(*fault) for fault in file_faults(ws.index, index)]
    yield from faults
    current = index.item == manifest.last and index.identity == manifest.identity.path
    if current and not faults:
        expected = facts_sum(ws.facts, manifest, index)
        held = index_sum(ws.index, index)
        if held != expected:
            detail = f"{held[0]} events in the index, {expected[0]} in the facts, or other values"
            yield Finding("index.differs", "index", detail)


def _erasures(ws: Workspace) -> Iterator[Finding]:
    waiting = len(begun(ws)) + len(again(ws))
    if waiting:
        hint = "viaggio customer erase --waiting"
        yield Finding("erasure.waiting", FOLDER, f"{waiting} not carried out yet; run {hint}")
    try:
        ledger_of(ws)
    except BadFile as error:
        yield Finding("erasure.ledger", error.place, error.what)


def _records(ws: Workspace) -> Iterator[Finding]:
    if not ws.records.exists():
        return
    try:
        with closing(sqlite3.connect(f"file:{ws.records}?mode=ro", uri=True)) as database:
            (said,) = database.execute("pragma integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        said = str(error)
    if said != "ok":
        yield Finding("records.damaged", ws.records.name, said)


def _connect() -> Any:
    import duckdb

    return duckdb.connect()
