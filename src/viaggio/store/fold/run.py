"""The fold: landed items become facts, facts give identity and journey index. One at a time per workspace."""

from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

from viaggio.store.answers_index import clean_answers
from viaggio.store.durable import LOCK, locked, remove
from viaggio.store.facts import MANIFEST, FoldedItem, Manifest, read_manifest, write_manifest
from viaggio.store.fold.compact import compact, due
from viaggio.store.fold.erase import (
    Erased,
    begin_erasure,
    begun_erasure,
    end_erasure,
    erase_landed,
    erasure_of,
)
from viaggio.store.fold.identity import resolve
from viaggio.store.fold.item import ItemFold, OnProgress, Progress
from viaggio.store.fold.swap import begin, finish, seal
from viaggio.store.incoming import Reader
from viaggio.store.index import clean_index, read_index_manifest, update_index
from viaggio.store.landing import Item, decisions, items, payload_path, reader, sweep
from viaggio.store.workspace import Workspace

OpenReader = Callable[[Workspace, Item], Reader]
_MEMORY = "256MB"
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
        finish(ws)
        _finish_erasure(ws, on_progress, open_reader)
        return fold_all(ws, on_progress, open_reader)


def rebuild(
    ws: Workspace, *, on_progress: OnProgress = _quiet, wait: bool = True, open_reader: OpenReader = reader
) -> list[FoldedItem]:
    """Make facts, rejects and index again from the landing alone, and put them in the place of the old ones.

    The same bytes come out unless the code that reads has changed. Killed at any moment it leaves the old
    workspace or, from the last step on, one that the next fold finishes. Raises `BadWorkspace`.
    """
    ws.facts.mkdir(exist_ok=True)
    with locked(ws.facts, wait=wait):
        finish(ws)
        _finish_erasure(ws, on_progress, open_reader)
        return _rebuilt(ws, on_progress, open_reader)


def _rebuilt(ws: Workspace, on_progress: OnProgress, open_reader: OpenReader) -> list[FoldedItem]:
    shadow = begin(ws)
    folded = fold_all(shadow, on_progress, open_reader)
    seal(shadow)
    finish(ws)
    tidy(ws)
    return folded


def erase(
    ws: Workspace, nodes: Iterable[int], *, on_progress: OnProgress = _quiet, open_reader: OpenReader = reader
) -> Erased:
    """Take a customer, known by these identifiers, out of landing, facts, rejects and indexes.

    `nodes`: all keys of the customer. It takes about as long as two rebuilds; who reads goes on reading the
    old state until the new one is in its place. Killed at any moment, the next fold finishes it.
    """
    ws.facts.mkdir(exist_ok=True)
    with locked(ws.facts):
        finish(ws)
        _finish_erasure(ws, on_progress, open_reader)
        fold_all(ws, on_progress, open_reader)
        begin_erasure(ws, erasure_of(ws.facts, read_manifest(ws.facts), nodes))
        return _finish_erasure(ws, on_progress, open_reader) or Erased(
            items=(), rows=0, mentions=0, rejects=0
        )


def _finish_erasure(ws: Workspace, on_progress: OnProgress, open_reader: OpenReader) -> Erased | None:
    """Carry out the erasure that was begun, if one was."""
    begun = begun_erasure(ws)
    if begun is None:
        return None
    erased = erase_landed(ws, begun, partial(_reader_of, open_reader))
    _rebuilt(ws, on_progress, open_reader)
    end_erasure(ws)
    return erased


def _reader_of(open_reader: OpenReader, ws: Workspace, item: Item) -> Reader:
    """Rows kept at an erasure are ours, whatever they were read with first."""
    return reader(ws, item) if item.kept else open_reader(ws, item)


def tidy(ws: Workspace) -> None:
    """Remove what killed programs left behind; only under the lock of the facts."""
    finish(ws)
    sweep(ws)
    clean(ws, read_manifest(ws.facts))
    clean_index(ws.index, read_index_manifest(ws.index))
    clean_answers(ws)


def fold_all(ws: Workspace, on_progress: OnProgress, open_reader: OpenReader) -> list[FoldedItem]:
    """Fold what is not folded yet; the caller holds the lock."""
    landed = items(ws)
    manifest = read_manifest(ws.facts)
    clean(ws, manifest)
    before = manifest.last
    connection = _connect(ws.facts / SPILL)
    try:
        manifest = _compacted(ws, connection, manifest, landed)
        for item in landed:
            if item.seq > manifest.last:
                manifest = _fold_item(
                    ws, item, connection, manifest, on_progress=on_progress, open_reader=open_reader
                )
                write_manifest(ws.facts, manifest)
                manifest = _compacted(ws, connection, manifest, landed)
        _derive(ws, connection, manifest, landed, on_progress)
    finally:
        connection.close()
        remove(ws.facts / SPILL)
    return [item for item in manifest.items if item.seq > before]


def _compacted(ws: Workspace, connection: Any, manifest: Manifest, landed: list[Item]) -> Manifest:
    """Small parts merged when a window of items has ended; what is derived from them knows them before."""
    if not due(manifest):
        return manifest
    resolved = resolve(connection, ws.facts, manifest, decisions(landed[: manifest.last]))
    if resolved != manifest:
        write_manifest(ws.facts, resolved)
    update_index(connection, ws.facts, ws.index, resolved, buckets=ws.settings.buckets)
    merged = compact(ws.facts, resolved, {item.seq for item in landed if item.quiet})
    write_manifest(ws.facts, merged)
    return merged


def _derive(
    ws: Workspace, connection: Any, manifest: Manifest, landed: list[Item], on_progress: OnProgress
) -> None:
    """Identity, journey index and answer index of all that is folded."""
    from viaggio.store.answers_build import update_answers  # needs Ibis, which takes long to import

    on_progress(Progress(item=manifest.last, label="", stage="index"))
    resolved = resolve(connection, ws.facts, manifest, decisions(landed))
    if resolved != manifest:
        write_manifest(ws.facts, resolved)
    update_index(connection, ws.facts, ws.index, resolved, buckets=ws.settings.buckets)
    update_answers(ws, resolved)
    clean(ws, resolved)


def _fold_item(
    ws: Workspace, item: Item, connection: Any, manifest: Manifest, *, on_progress: OnProgress,
    open_reader: OpenReader,
) -> Manifest:  # fmt: skip
    if item.kind == "identity":
        return manifest.with_item(FoldedItem(seq=item.seq, source=item.source))
    stored = sum(payload_path(ws, item, payload).stat().st_size for payload in item.payloads)
    work = ItemFold(ws.facts, ws.rejects, item, stored)
    with closing(work):
        return work.fold(lambda: _reader_of(open_reader, ws, item), connection, manifest, on_progress)


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
