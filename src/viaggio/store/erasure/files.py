"""Files of a workspace beside landing, facts and index: exports, uploads, what is about to land."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from viaggio.store.durable import LOCK, remove, sync_folder
from viaggio.store.erasure.ledger import KEY, LEDGER
from viaggio.store.erasure.request import FOLDER
from viaggio.store.traces import Traces
from viaggio.store.workspace import SETTINGS_FILE, Workspace

MADE_AGAIN = ("exports", "cache", "fielding", ".generated")
"""Folders whose files are made again when they are wanted: one that names the person is removed whole."""

SNAPSHOT = re.compile(r"\.backup-(\d+)")
"""Links that a backup makes aside, with the number of its process; one that was killed leaves them behind."""

_ELSEWHERE = {"landing", "facts", "index", "rejects", FOLDER}
_OWN = {SETTINGS_FILE, "secret.key", KEY, LEDGER, LOCK}
_STATIC = ("cache", "static")


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """Files beside the facts: those that name the person, and those whose form can not be read."""

    named: tuple[Path, ...]
    unread: tuple[Path, ...]


def files_of(ws: Workspace, traces: Traces) -> Swept:
    """What lies in the workspace beside its facts and records, by whether it names the person."""
    looked = {path: traces.in_file(path) for path in _files(ws)}
    return Swept(
        named=tuple(path for path, said in looked.items() if said),
        unread=tuple(path for path, said in looked.items() if said is None),
    )


def sweep_files(ws: Workspace, traces: Traces) -> Swept:
    """Remove the files that name the person from the folders `MADE_AGAIN`; what stays is told.

    `named` of the result are those that were left, because somebody else put them here.
    """
    for path in ws.root.iterdir():
        if (left := SNAPSHOT.fullmatch(path.name)) and not _is_running(int(left[1])):
            remove(path)
    found = files_of(ws, traces)
    gone = [path for path in found.named if path.relative_to(ws.root).parts[0] in MADE_AGAIN]
    for path in gone:
        remove(path)
        sync_folder(path.parent)
    return Swept(named=tuple(path for path in found.named if path not in gone), unread=found.unread)


def _is_running(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _files(ws: Workspace) -> Iterator[Path]:
    for folder, names, files in os.walk(ws.root):
        here = Path(folder)
        inside = here.relative_to(ws.root).parts
        if not inside:
            names[:] = [name for name in names if name not in _ELSEWHERE and not SNAPSHOT.fullmatch(name)]
        if inside == _STATIC[:1]:
            names[:] = [name for name in names if name != _STATIC[1]]
        names.sort()
        for name in sorted(files):
            path = here / name
            if path.is_symlink() or name == LOCK or path.stat().st_size == 0:
                continue
            if inside or not (name in _OWN or name.startswith(ws.records.name)):
                yield path
