"""A whole workspace in one archive, taken while it is in use, and unpacked again."""

import os
import shutil
import sqlite3
import tarfile
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa

from viaggio.kernel import BadFile, BadWorkspace
from viaggio.store.durable import ASIDE, LOCK, locked, put_in_place, remove
from viaggio.store.erasure import Entry, keep_beside, of_restored
from viaggio.store.erasure.ledger import KEY, LEDGER, key_of
from viaggio.store.fold import tidy
from viaggio.store.landing.land import INCOMING
from viaggio.store.workspace import SETTINGS_FILE, Workspace

SNAPSHOT = ".backup-"
FIELDING = "fielding"
"""Folder of what the pulses decided and the landing does not have yet."""
_ARRIVING = "arriving"
"""Folder of messages that were answered and have not landed: linked before the landing, to miss none."""
_FOLDERS = ("landing", "facts", "index", "rejects", FIELDING, "erasing")
_FILES = (SETTINGS_FILE, "events.toml", "secret.key", KEY, LEDGER)
_TOP = "workspace"


def backup(ws: Workspace, to: Path) -> None:
    """Write the workspace into an archive: `.tar`, or compressed where the name ends in `.zst`.

    Folds wait only while the files are linked aside; readers and the web server go on. The archive can be
    read by its owner alone, because it holds the server's secret key and personal data. Beside it lies a copy
    of the ledger of erasures, which later ones are added to, so that `restore` forgets again who was erased.
    """
    key_of(ws)  # whoever is erased later must be known by it
    snapshot = ws.root / f"{SNAPSHOT}{os.getpid()}"
    remove(snapshot)
    try:
        (ws.root / FIELDING).mkdir(exist_ok=True)
        with locked(ws.root / FIELDING):  # what the records decided and what has landed belong together
            _link(ws, snapshot)
            _copy_records(ws, snapshot)
        aside = to.with_name(to.name + ASIDE)
        _pack(snapshot, aside, compress=to.suffix == ".zst")
        put_in_place(aside, to)
        keep_beside(ws, to)
    finally:
        remove(snapshot)


def restore(archive: Path, to: Path, *, ledgers: Sequence[Path] = (), as_it_was: bool = False) -> list[Entry]:
    """Unpack an archive into a new folder; returns the erasures that are to be applied to it again.

    They are written down in it before it gets its name, so that whoever opens it can finish. `ledgers`: more
    copies of the ledger of erasures than the one beside the archive. Raises `BadWorkspace` when the folder
    exists, or when no ledger is found and it is not to be `as_it_was`; and `BadFile`.
    """
    if to.exists() and any(to.iterdir()):
        raise BadWorkspace("the folder is not empty", place=str(to), hint="Restore into a new one.")
    to.parent.mkdir(parents=True, exist_ok=True)
    aside = to.with_name(f".{to.name}.restoring")
    remove(aside)
    try:
        _unpack(archive, aside)
        if not (aside / _TOP / SETTINGS_FILE).is_file():
            raise BadFile("the archive holds no workspace", place=str(archive))
        missing = of_restored(aside / _TOP, archive, ledgers, as_it_was=as_it_was)
        if to.exists():
            to.rmdir()
        (aside / _TOP).rename(to)
    finally:
        remove(aside)
    return missing


def _link(ws: Workspace, snapshot: Path) -> None:
    """Hard links to what never changes: sealed items, parts, buckets and the manifests that name them."""
    ws.facts.mkdir(exist_ok=True)
    with locked(ws.facts):
        tidy(ws)
        if (arriving := ws.root / _ARRIVING).is_dir():
            with locked(arriving):  # nobody seals meanwhile
                shutil.copytree(arriving, snapshot / _ARRIVING, copy_function=_link_or_copy, ignore=_unsealed)
        for name in _FOLDERS:
            folder = ws.root / name
            if folder.is_dir():
                shutil.copytree(folder, snapshot / name, copy_function=_link_or_copy, ignore=_unsealed)
        for name in _FILES:
            if (ws.root / name).is_file():
                shutil.copy2(ws.root / name, snapshot / name)


def _unsealed(_: str, names: list[str]) -> set[str]:
    return {name for name in names if name == LOCK or name.startswith(INCOMING)}


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system, or one without links
        shutil.copy2(source, target)


def _copy_records(ws: Workspace, snapshot: Path) -> None:
    if not ws.records.exists():
        return
    with (
        closing(sqlite3.connect(ws.records)) as source,
        closing(sqlite3.connect(snapshot / ws.records.name)) as target,
    ):
        source.backup(target)


def _pack(folder: Path, archive: Path, *, compress: bool) -> None:
    handle = os.open(archive, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as raw:
        out: Any = pa.CompressedOutputStream(pa.PythonFile(raw, mode="w"), "zstd") if compress else raw
        with tarfile.open(fileobj=out, mode="w|") as tar:
            tar.add(folder, arcname=_TOP)
        if compress:
            out.close()


def _unpack(archive: Path, to: Path) -> None:
    try:
        with archive.open("rb") as raw:
            compressed = raw.read(4) == b"\x28\xb5\x2f\xfd"
            raw.seek(0)
            stream: Any = (
                pa.CompressedInputStream(pa.PythonFile(raw, mode="r"), "zstd") if compressed else raw
            )
            with tarfile.open(fileobj=stream, mode="r|") as tar:
                tar.extractall(to, filter="data")
    except (OSError, tarfile.TarError) as error:
        raise BadFile("the archive can not be unpacked", place=str(archive), hint=str(error)) from error
