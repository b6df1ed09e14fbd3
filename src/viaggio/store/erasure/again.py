"""A restored workspace forgets again whom it had forgotten: erasures younger than its archive are applied."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.kernel import BadWorkspace
from viaggio.store.durable import sync_folder, to_json, write_durably
from viaggio.store.erasure.ledger import (
    KEY,
    LEDGER,
    Entry,
    beside_name,
    digest_of,
    entries,
    key_of,
    merged,
)
from viaggio.store.erasure.request import AGAIN, FOLDER
from viaggio.store.facts import read_manifest
from viaggio.store.workspace import Workspace


def of_restored(
    root: Path, archive: Path, ledgers: Sequence[Path], *, as_it_was: bool = False
) -> list[Entry]:
    """Write down, in the unpacked workspace at `root`, which erasures it has to apply again.

    `ledgers`: copies of the ledger, or workspaces and folders that hold one; the copy beside the archive is
    found by itself. Raises `BadWorkspace` where there is none and nobody said that it is to be `as_it_was`.
    """
    key = root / KEY
    name = beside_name(key.read_bytes()) if key.exists() else None
    places = [*ledgers, *([archive.absolute().parent / name] if name else [])]
    copies = [found for place in places if (found := _copy(place, name))]
    if not copies and not as_it_was:
        raise BadWorkspace(
            "it is not known who was erased since this archive was made", place=str(archive),
            hint="Name a copy of the ledger of erasures with --erasures, or say --as-it-was.",
        )  # fmt: skip
    own = {entry.id for entry in entries(root / LEDGER)}
    missing = {entry.id: entry for copy in copies for entry in entries(copy) if entry.id not in own}
    if missing:
        (root / FOLDER).mkdir(exist_ok=True, mode=0o700)
        said = [
            {name: getattr(entry, name) for name in Entry.__dataclass_fields__} for entry in missing.values()
        ]
        write_durably(root / FOLDER / AGAIN, to_json(said))
    return list(missing.values())


def _copy(place: Path, name: str | None) -> Path | None:
    names = [place, place / LEDGER, *([place / name] if name else [])]
    return next((path for path in names if path.is_file()), None)


def again(ws: Workspace) -> list[Entry]:
    """The erasures that this workspace still has to apply again."""
    try:
        said = json.loads((ws.root / FOLDER / AGAIN).read_bytes())
    except FileNotFoundError:
        return []
    return [Entry(**{**one, "digests": tuple(one["digests"]), "again": tuple(one["again"])}) for one in said]


def nodes_again(ws: Workspace, waiting: Sequence[Entry]) -> list[int]:
    """Keys of the identifiers in the facts that these entries stand for."""
    wanted = {digest for entry in waiting for digest in entry.digests}
    key = key_of(ws)
    known: set[int] = set()
    for part in read_manifest(ws.facts).parts_of("identifiers"):
        nodes = pc.unique(pq.read_table(ws.facts / part.path, columns=["node"])["node"])
        known |= set(np.asarray(nodes).tolist())
    return sorted(node for node in known if digest_of(key, node) in wanted)


def apply_again(ws: Workspace, waiting: Sequence[Entry]) -> None:
    """The workspace has learnt these erasures: its ledger has them, and nothing waits any more."""
    merged(ws, waiting)
    (ws.root / FOLDER / AGAIN).unlink(missing_ok=True)
    sync_folder(ws.root / FOLDER)
