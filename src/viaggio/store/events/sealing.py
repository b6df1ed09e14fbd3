"""From write-ahead files to the landing: one item for each source, exactly once, whoever is killed when.

The files are taken away into a folder first; what is in it lands, and then the folder goes as a whole. Killed
in between, the next who seals lands the same files again, and the landing knows them. Messages that were
answered are in a file from the answer until they are in the landing, and nowhere twice in the facts.
"""

import fcntl
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import msgspec
import pyarrow.parquet as pq

from viaggio.store.durable import locked, remove, sync_folder, to_json
from viaggio.store.events.ahead import ENDING, FOLDER, whole_lines
from viaggio.store.facts import read_manifest
from viaggio.store.landing import Item, land
from viaggio.store.landing.item import SYSTEM
from viaggio.store.recipes.segment import CATALOGUE, MESSAGES, NAME
from viaggio.store.recipes.segment.rules import FILE, read_rules
from viaggio.store.workspace import Workspace

_TAKEN, _GONE = "taken", ".gone"


class _Line(msgspec.Struct):
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """What arrived and has not landed: bytes, and since when in seconds since 1970 (0: nothing waits)."""

    size: int
    since: float


def waiting(ws: Workspace) -> Waiting:
    """How much waits to be sealed; a look at a few file names."""
    size, since = 0, 0.0
    for path in _all(ws.root / FOLDER):
        with suppress(FileNotFoundError):
            found = path.stat()
            if found.st_size:
                size += found.st_size
                since = min(since or found.st_ctime, found.st_ctime)
    return Waiting(size=size, since=since)


def bytes_waiting(root: Path) -> int:
    """Bytes that wait in the workspace at `root`."""
    size = 0
    for path in _all(root / FOLDER):
        with suppress(FileNotFoundError):
            size += path.stat().st_size
    return size


def rules_text(ws: Workspace) -> str | None:
    """The company's rules from `events.toml`, checked; None where there are none. Raises `BadMapping`."""
    path = ws.root / FILE
    if not path.is_file():
        return None
    text = path.read_text("utf-8")
    read_rules(text)
    return text


def catalogue_of(ws: Workspace, source: str) -> dict[str, list[str]]:
    """Phase and moment of the touchpoints that other sources have brought, by slug."""
    known: dict[str, list[str]] = {}
    for part in read_manifest(ws.facts).parts_of("touchpoints"):
        if part.source != source:
            rows = pq.read_table(ws.facts / part.path, columns=["id", "source", "phase", "moment"])
            known |= {
                row["id"]: [row["phase"], row["moment"]]
                for row in rows.to_pylist()
                if row["source"] != source
            }
    return known


def seal(ws: Workspace, *, now: int) -> list[Item]:
    """Land everything that arrived; returns the items, one for each source. `now` in UTC microseconds.

    Raises `BadMapping` while the company's rules can not be read: what arrived is safe and waits.
    """
    folder = ws.root / FOLDER
    if not folder.is_dir():
        return []
    with locked(folder):
        rules = rules_text(ws)
        for gone in folder.glob(f"{_GONE}*"):
            remove(gone)
        landed = _land_taken(ws, folder / _TAKEN, rules, now)  # of one that was killed
        _take(folder)
        return [*landed, *_land_taken(ws, folder / _TAKEN, rules, now)]


def _take(folder: Path) -> None:
    """Move the files that hold something; whoever writes one is waited for, and begins a new one."""
    files = sorted(folder.glob(f"*{ENDING}"))
    if files:
        (folder / _TAKEN).mkdir(exist_ok=True)
    for path in files:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if os.fstat(handle).st_size:
                path.rename(folder / _TAKEN / path.name)
            else:
                path.unlink()
        finally:
            os.close(handle)
    if files:
        sync_folder(folder / _TAKEN)
        sync_folder(folder)


def _land_taken(ws: Workspace, taken: Path, rules: str | None, now: int) -> list[Item]:
    if not taken.is_dir():
        return []
    landed = []
    with TemporaryDirectory(dir=taken.parent, prefix=_GONE) as aside:
        for source, path in sorted(_parted(taken, Path(aside)).items()):
            files = {MESSAGES: path, **_beside(ws, source, rules, path.parent)}
            item, new = land(
                ws, kind="recipe", source=source, recipe=NAME, label=f"{source}, live", files=files,
                options={"currency": ws.settings.currency}, landed_at=now, by=SYSTEM,
            )  # fmt: skip
            landed += [item] if new else []
    gone = taken.rename(taken.with_name(f"{_GONE}-{os.urandom(6).hex()}"))
    sync_folder(taken.parent)
    remove(gone)
    return landed


def _parted(taken: Path, aside: Path) -> Mapping[str, Path]:
    """The lines of all files, in order of their names, into one file for each source."""
    decode = msgspec.json.Decoder(_Line).decode
    files: dict[str, BinaryIO] = {}
    paths: dict[str, Path] = {}
    try:
        for file in sorted(taken.iterdir()):
            for line in whole_lines(file):
                source = decode(line).source
                if source not in files:
                    (aside / str(len(files))).mkdir()
                    paths[source] = aside / str(len(files)) / MESSAGES
                    files[source] = paths[source].open("wb")
                files[source].write(line + b"\n")
    finally:
        for out in files.values():
            out.close()
    return paths


def _beside(ws: Workspace, source: str, rules: str | None, folder: Path) -> Mapping[str, Path]:
    """What the messages are to be read with: kept with them, so that a rebuild gives the same facts."""
    beside: dict[str, Path] = {}
    if rules is not None:
        beside[FILE] = folder / FILE
        beside[FILE].write_text(rules, "utf-8")
    if known := catalogue_of(ws, source):
        beside[CATALOGUE] = folder / CATALOGUE
        beside[CATALOGUE].write_bytes(to_json(known))
    return beside


def _all(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return []
    return [*folder.glob(f"*{ENDING}"), *(folder / _TAKEN).glob(f"*{ENDING}")]
