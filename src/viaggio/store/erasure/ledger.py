"""The ledger of erasures: what was removed where, how much, when, by whom. It holds no personal data.

Who was erased stands there as keyed digests of the identifiers' keys: with the key, which lies in the
workspace and its archives alone, an archive made before can be told whom it must forget again; without it
they say nothing. Each entry is sealed over the one before. A copy lies beside every archive.
"""

import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

from viaggio.kernel import BadFile
from viaggio.store.durable import sync_folder, to_json, write_durably
from viaggio.store.workspace import Workspace

KEY, LEDGER, ARCHIVES = "erasures.key", "erasures.jsonl", "archives.json"
START = "0" * 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One person erased. `at` (asked) and `ended` in UTC microseconds; `removed` and `left`: counts by place.

    `again`: ids of the entries that this one applied once more, after a restore.
    """

    id: str
    at: int
    ended: int
    by: str
    origin: str
    digests: tuple[str, ...]
    removed: Mapping[str, int]
    left: Mapping[str, int]
    again: tuple[str, ...] = field(default=())
    previous: str = START
    seal: str = ""

    def sealed(self) -> str:
        """SHA-256 of the previous entry's seal and this entry."""
        said = {name: value for name, value in asdict(self).items() if name != "seal"}
        return sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def key_of(ws: Workspace) -> bytes:
    """The key of the digests, made once; readable by its owner alone."""
    path = ws.root / KEY
    if not path.exists():
        aside = path.with_name(f"{KEY}.{os.getpid()}")
        handle = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(aside, path)  # who comes second keeps the first one's
        except FileExistsError:
            pass
        finally:
            aside.unlink()
        sync_folder(ws.root)
    return path.read_bytes()


def digest_of(key: bytes, node: int) -> str:
    """What stands in the ledger for the key of an identifier."""
    return blake2b(node.to_bytes(8, "big", signed=True), key=key, digest_size=16).hexdigest()


def entries(path: Path) -> list[Entry]:
    """The entries of a ledger, in order; none where there is no file. Raises `BadFile` for a broken seal."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return []
    found, previous = [], START
    for number, line in enumerate(lines, start=1):
        try:
            entry = _entry(json.loads(line))
        except (ValueError, TypeError) as error:
            raise BadFile("the ledger of erasures can not be read", place=f"{path}, line {number}") from error
        if entry.previous != previous or entry.seal != entry.sealed():
            raise BadFile("the ledger of erasures was changed by hand", place=f"{path}, line {number}")
        found.append(entry)
        previous = entry.seal
    return found


def ledger_of(ws: Workspace) -> list[Entry]:
    """The entries of a workspace's own ledger."""
    return entries(ws.root / LEDGER)


def write_entry(ws: Workspace, entry: Entry) -> Entry:
    """Add an entry and copy the ledger to the archives' folders; one whose id is known changes nothing.

    Only under the lock of whoever erases.
    """
    known = entries(ws.root / LEDGER)
    same = [one for one in known if one.id == entry.id]
    if same:
        return same[0]
    made = _followed(entry, known)
    _write(ws.root / LEDGER, [*known, made])
    spread(ws)
    return made


def merged(ws: Workspace, learnt: Iterable[Entry]) -> list[Entry]:
    """Add entries of another copy of this ledger; those new here, as they were there, sealed anew."""
    known = entries(ws.root / LEDGER)
    ids = {one.id for one in known}
    new: list[Entry] = []
    for entry in learnt:
        if entry.id not in ids:
            ids.add(entry.id)
            new.append(_followed(entry, [*known, *new]))
    if new:
        _write(ws.root / LEDGER, [*known, *new])
    return new


def keep_beside(ws: Workspace, archive: Path) -> None:
    """Remember where an archive lies, and put a copy of the ledger beside it."""
    folders = sorted({*_folders(ws), str(archive.absolute().parent)})
    write_durably(ws.root / ARCHIVES, to_json(folders))
    spread(ws)


def spread(ws: Workspace) -> list[Path]:
    """Copy the ledger to every folder with archives; returns the folders that can not be reached now."""
    away = []
    text = b"".join(_line(entry) for entry in entries(ws.root / LEDGER))
    for folder in map(Path, _folders(ws)):
        try:
            write_durably(folder / beside_name(key_of(ws)), text)
        except OSError:
            away.append(folder)
    return away


def beside_name(key: bytes) -> str:
    """Name of the copy beside archives: archives of several companies may lie in one folder."""
    return f"erasures-{sha256(key).hexdigest()[:12]}.jsonl"


def _folders(ws: Workspace) -> list[str]:
    try:
        return list(json.loads((ws.root / ARCHIVES).read_bytes()))
    except FileNotFoundError:
        return []


def _followed(entry: Entry, known: list[Entry]) -> Entry:
    said = {name: getattr(entry, name) for name in Entry.__dataclass_fields__}
    open_ = Entry(**{**said, "previous": known[-1].seal if known else START, "seal": ""})
    return Entry(**{**{name: getattr(open_, name) for name in said}, "seal": open_.sealed()})


def _entry(said: dict[str, Any]) -> Entry:
    return Entry(**{**said, "digests": tuple(said["digests"]), "again": tuple(said["again"])})


def _line(entry: Entry) -> bytes:
    return json.dumps(asdict(entry), sort_keys=True, separators=(",", ":")).encode() + b"\n"


def _write(path: Path, known: list[Entry]) -> None:
    write_durably(path, b"".join(map(_line, known)))
