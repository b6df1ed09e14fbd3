"""The fold: landed items become facts, facts give identity and journey index. One at a time per workspace."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from viaggio.store.durable import LOCK, locked, remove
from viaggio.store.facts import MANIFEST, FoldedItem, Manifest, read_manifest, write_manifest
from viaggio.store.fold.identity import resolve
from viaggio.store.fold.item import ItemFold, OnProgress, Progress
from viaggio.store.incoming import Reader
from viaggio.store.index import read_index_manifest, update_index
from viaggio.store.landing import Item, decisions, items, payload_path, reader
from viaggio.store.workspace import Workspace

OpenReader = Callable[[Workspace, Item], Reader]
_MEMORY = "384MB"
SPILL = ".spill"


def _quiet(_: Progress) -> None:
    """Tell nobody."""


def fold(
    ws: Workspace, *, on_progress: OnProgress = _quiet, wait: bool = True, open_reader: OpenReader = reader
) -> list[FoldedItem]:
    """Fold every landed item that is not folded yet, in order; returns what became of each.

    Killed at any moment it leaves whole facts, and the next fold goes on where this one was. Raises
    `BadWorkspace` when another program folds and `wait` is off.
    """
    ws.facts.mkdir(exist_ok=True)
    with locked(ws.facts, wait=wait):
        return _fold(ws, items(ws), on_progress, open_reader)


def _fold(
    ws: Workspace, landed: list[Item], on_progress: OnProgress, open_reader: OpenReader
) -> list[FoldedItem]:
    manifest = read_manifest(ws.facts)
    clean(ws, manifest)
    before = manifest.last
    connection = _connect(ws.facts / SPILL)
    try:
        for item in landed:
            if item.seq > manifest.last:
                manifest = _fold_item(
                    ws, item, connection, manifest, on_progress=on_progress, open_reader=open_reader
                )
                write_manifest(ws.facts, manifest)
        _derive(ws, connection, manifest, landed, on_progress)
    finally:
        connection.close()
        remove(ws.facts / SPILL)
    return [item for item in manifest.items if item.seq > before]


def _derive(
    ws: Workspace, connection: Any, manifest: Manifest, landed: list[Item], on_progress: OnProgress
) -> None:
    """Identity and journey index of all that is folded."""
    on_progress(Progress(item=manifest.last, label="", stage="index"))
    resolved = resolve(connection, ws.facts, manifest, decisions(landed))
    if resolved != manifest:
        write_manifest(ws.facts, resolved)
    update_index(connection, ws.facts, ws.index, resolved, buckets=ws.settings.buckets)
    clean(ws, resolved)


def _fold_item(
    ws: Workspace, item: Item, connection: Any, manifest: Manifest, *, on_progress: OnProgress,
    open_reader: OpenReader,
) -> Manifest:  # fmt: skip
    if item.kind == "identity":
        return manifest.with_item(FoldedItem(seq=item.seq, source=item.source))
    stored = sum(payload_path(ws, item, payload).stat().st_size for payload in item.payloads)
    work = ItemFold(ws.facts, ws.rejects, item, stored)
    return work.fold(lambda: open_reader(ws, item), connection, manifest, on_progress)


def _connect(spill: Path) -> Any:
    import duckdb

    spill.mkdir(exist_ok=True)
    settings = {"memory_limit": _MEMORY, "temp_directory": str(spill), "preserve_insertion_order": False}
    return duckdb.connect(config=settings)


def clean(ws: Workspace, manifest: Manifest) -> None:
    """Remove what a killed fold left: facts that no manifest names, rejects of items not folded."""
    for path in leftovers(ws, manifest):
        remove(path)


def leftovers(ws: Workspace, manifest: Manifest) -> list[Path]:
    """Files under facts and rejects that belong to nothing folded.

    The identity that the journey index was made with stays until the index has followed.
    """
    index = read_index_manifest(ws.index)
    named = {*manifest.paths(), MANIFEST, LOCK, *([index.identity] if index and index.identity else [])}
    waste = [path for path in _files(ws.facts) if path.relative_to(ws.facts).as_posix() not in named]
    late = [path for path in _files(ws.rejects) if not _is_reject_of(path, manifest.last)]
    return sorted(waste + late)


def _is_reject_of(path: Path, last: int) -> bool:
    return path.suffix == ".csv" and path.name[:8].isdigit() and int(path.name[:8]) <= last


def _files(folder: Path) -> Iterable[Path]:
    return (path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else ()
