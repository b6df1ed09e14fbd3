"""The one door: files are hashed, copied aside, synced and renamed; what has its number is sealed."""

import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pyarrow as pa

from viaggio.kernel import BadFile, BadWorkspace
from viaggio.store.durable import LOCK, locked, remove, sync_file, sync_folder, to_json
from viaggio.store.hashing import file_sha256
from viaggio.store.landing.item import (
    ITEM_FILE,
    MAPPING_FILE,
    Item,
    Kind,
    Payload,
    content_digest,
    item_json,
    read_item,
)
from viaggio.store.workspace import Workspace

INCOMING = ".incoming-"
_NUMBER = re.compile(r"\d{8}")
_PACKED = (".gz", ".zst", ".zstd", ".zip", ".xlsx", ".parquet", ".bz2", ".xz", ".7z")
_BLOCK_BYTES = 1 << 20


def items(ws: Workspace) -> list[Item]:
    """Everything landed, in order. Raises `BadWorkspace`."""
    if not ws.landing.is_dir():
        return []
    return [read_item(ws.landing / name) for name in sorted(_sealed(ws))]


def _sealed(ws: Workspace) -> Iterator[str]:
    """Names of the folders of items."""
    with os.scandir(ws.landing) as entries:
        yield from (entry.name for entry in entries if _NUMBER.fullmatch(entry.name))


def item(ws: Workspace, seq: int) -> Item:
    """The item of that number. Raises `BadWorkspace`."""
    return read_item(ws.landing / f"{seq:08d}")


def came_packed(name: str) -> bool:
    """Whether a file of that name is compressed already and is kept as it is."""
    return name.lower().endswith(_PACKED)


def payload_path(ws: Workspace, landed: Item, payload: Payload) -> Path:
    """Where a landed file lies; text is stored compressed with zstd, as its ending says."""
    return ws.landing / landed.folder / payload.stored


def mapping_text(ws: Workspace, landed: Item) -> str:
    """The mapping landed with it."""
    return (ws.landing / landed.folder / MAPPING_FILE).read_text("utf-8")


def land(
    ws: Workspace, *, kind: Kind, source: str, label: str, files: Mapping[str, Path],
    mapping_text: str | None = None, recipe: str | None = None, options: Mapping[str, str] | None = None,
    landed_at: int, by: str,
) -> tuple[Item, bool]:  # fmt: skip
    """Seal files in the landing; returned means durable. The flag says whether they are new.

    The same files with the same mapping or recipe and options are landed once: the earlier item comes back.
    `landed_at` in UTC microseconds. Raises `BadFile` for a file that is missing or changes while it is read.
    """
    _check_names(files)
    options = dict(options or {})
    hashes = {name: _hash(path) for name, path in files.items()}
    digest = content_digest(kind, source, hashes, mapping=mapping_text, recipe=recipe, options=options)
    draft = Item(
        seq=0, kind=kind, source=source, label=label, recipe=recipe, options=options,
        mapping_sha256=None if mapping_text is None else sha256(mapping_text.encode()).hexdigest(),
        landed_at=landed_at, by=by, digest=digest,
    )  # fmt: skip
    with _incoming(ws) as aside:
        if known := _known(ws, draft):
            return known, False
        payloads = tuple(
            _copy(path, name, number, aside, hashes[name])
            for number, (name, path) in enumerate(files.items(), start=1)
        )
        if mapping_text is not None:
            _write(aside / MAPPING_FILE, mapping_text.encode())
        return _seal(ws, replace(draft, payloads=payloads), aside)


def _seal(ws: Workspace, draft: Item, aside: Path) -> tuple[Item, bool]:
    with locked(ws.landing):
        if known := _known(ws, draft):  # another program was faster
            return known, False
        landed = replace(draft, seq=_next(ws))
        _write(aside / ITEM_FILE, to_json(item_json(landed)))
        remove(aside / LOCK)
        sync_folder(aside)
        aside.rename(ws.landing / landed.folder)
        sync_folder(ws.landing)
    return landed, True


def _next(ws: Workspace) -> int:
    return max(map(int, _sealed(ws)), default=0) + 1


def _known(ws: Workspace, draft: Item) -> Item | None:
    if draft.kind == "identity":  # a decision may be taken, undone and taken again
        return None
    return next((old for old in items(ws) if old.digest == draft.digest), None)


def _check_names(files: Mapping[str, Path]) -> None:
    for name in files:
        parts = name.split("/")
        if not name or name != name.strip() or any(part in {"", ".", ".."} for part in parts) or "\0" in name:
            raise BadFile("a file name can not be used", place=repr(name), hint="Rename the file.")


def _hash(path: Path) -> str:
    try:
        return file_sha256(path)
    except OSError as error:
        raise BadFile("the file can not be opened", place=path.name, hint=str(error.strerror)) from error


def _write(path: Path, data: bytes) -> None:
    path.write_bytes(data)
    sync_file(path)


def _copy(path: Path, name: str, number: int, aside: Path, expected: str) -> Payload:
    packed = came_packed(name)
    safe = re.sub(r"[^A-Za-z0-9._-]", "_", name.rsplit("/", 1)[-1])[-80:]
    stored = f"{number:03d}-{safe}" if packed else f"{number:03d}-{safe}.zst"
    digest, size = sha256(), 0
    target = aside / stored
    with path.open("rb") as read, pa.OSFile(str(target), "wb") as raw:
        written = raw if packed else pa.CompressedOutputStream(raw, "zstd")
        while block := read.read(_BLOCK_BYTES):
            digest.update(block)
            size += len(block)
            written.write(block)
        if not packed:
            written.close()
    if digest.hexdigest() != expected:
        raise BadFile("the file changed while it was read", place=name, hint="Import it again later.")
    sync_file(target)
    return Payload(name=name, stored=stored, sha256=expected, size=size)


@contextmanager
def _incoming(ws: Workspace) -> Iterator[Path]:
    """A locked folder of our own to write in; it is gone at the end unless it was renamed.

    Dead ones are swept first. All this under the landing's lock, so that no sweep meets a folder between
    its making and its locking.
    """
    ws.landing.mkdir(exist_ok=True)
    aside = ws.landing / f"{INCOMING}{os.getpid()}-{os.urandom(4).hex()}"
    with ExitStack() as held:
        with locked(ws.landing):
            _sweep(ws)
            aside.mkdir()
            held.enter_context(locked(aside))
        try:
            yield aside
        finally:
            shutil.rmtree(aside, ignore_errors=True)


def sweep(ws: Workspace) -> None:
    """Remove what killed programs left in the landing; folders in use are locked and stay."""
    if ws.landing.is_dir():
        with locked(ws.landing):
            _sweep(ws)


def _sweep(ws: Workspace) -> None:
    for folder in leftovers(ws):
        with suppress(BadWorkspace, FileNotFoundError), locked(folder, wait=False):
            remove(folder)


def leftovers(ws: Workspace) -> list[Path]:
    """Folders begun and not sealed: of a killed program, or of one that is landing now."""
    return sorted(ws.landing.glob(f"{INCOMING}*")) if ws.landing.is_dir() else []
