"""Who is who, brought up to facts and decisions: a file of identifiers that are another's customer."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.customer.model import KINDS, Decision
from viaggio.customer.rules import Sightings, customers_of
from viaggio.store.durable import ASIDE, put_in_place
from viaggio.store.facts import Identity, Manifest
from viaggio.store.facts.live import live_sql
from viaggio.store.hashing import Keys, file_sha256
from viaggio.store.sql import quoted, sql

IDENTITY_SCHEMA = pa.schema([
    pa.field("node", pa.int64(), nullable=False),
    pa.field("customer", pa.int64(), nullable=False),
])  # fmt: skip
_COLUMNS = ("customer", "node", "kind")


def resolve(connection: Any, facts: Path, manifest: Manifest, decisions: Sequence[Decision]) -> Manifest:
    """The manifest with the identity of all its items; writes that file, does not swap the manifest.

    `decisions` are those landed up to the last item.
    """
    if manifest.identity.item == manifest.last:
        return manifest
    if not _news(connection, facts, manifest, decisions):
        return replace(manifest, identity=replace(manifest.identity, item=manifest.last))
    node, customer = identity_of(connection, facts, manifest, decisions)
    return replace(manifest, identity=_write(facts, node, customer, manifest.last))


def _news(connection: Any, facts: Path, manifest: Manifest, decisions: Sequence[Decision]) -> bool:
    since = manifest.identity.item
    if any(decision.item > since for decision in decisions):
        return True
    new = [part for part in manifest.parts_of("identifiers") if part.item > since]
    live = live_sql(connection, facts, manifest, "identifiers", columns=_COLUMNS, parts=new)
    if live is None:
        return False
    statement = sql("identity_new_links", identifiers=live, nodes=_decided(decisions))
    return bool(connection.execute(statement).fetchone()[0])


def identity_of(
    connection: Any, facts: Path, manifest: Manifest, decisions: Sequence[Decision]
) -> tuple[Keys, Keys]:
    live = live_sql(connection, facts, manifest, "identifiers", columns=_COLUMNS, places=True)
    if live is None:
        none = np.empty(0, np.int64)
        kinds = np.empty(0, np.int8)
        return customers_of(
            Sightings(a=none, b=none, a_kind=kinds, b_kind=kinds, nodes=none, rank=none), decisions
        )
    kinds_list = "[" + ", ".join(quoted(kind) for kind in KINDS) + "]"
    connection.execute(sql("identity_decided", nodes=_decided(decisions)))
    connection.execute(sql("identity_links", identifiers=live, kinds=kinds_list))
    links = connection.table("links").fetchnumpy()
    ranks = connection.sql(sql("identity_ranks", identifiers=live)).fetchnumpy()
    seen = Sightings(
        a=np.asarray(links["a"]), b=np.asarray(links["b"]),
        a_kind=np.asarray(links["a_kind"]), b_kind=np.asarray(links["b_kind"]),
        nodes=np.asarray(ranks["node"]), rank=np.asarray(ranks["rank"]),
    )  # fmt: skip
    return customers_of(seen, decisions)


def _decided(decisions: Sequence[Decision]) -> str:
    """The identifiers decided about, as a list literal of numbers."""
    return str(sorted({node for decision in decisions for node in (decision.a, decision.b)}))


def _write(facts: Path, node: Keys, customer: Keys, item: int) -> Identity:
    if not len(node):
        return Identity(item=item)
    folder = facts / "identity"
    folder.mkdir(exist_ok=True)
    aside = folder / f"{item:08d}{ASIDE}"
    pq.write_table(pa.table([node, customer], schema=IDENTITY_SCHEMA), aside, compression="zstd")
    identity = Identity(item=item, rows=len(node), sha256=file_sha256(aside))
    put_in_place(aside, facts / str(identity.path))
    return identity
