"""A rebuilt workspace put in the place of the old one: file by file, and finished after a crash."""

import json
from pathlib import Path

from viaggio.store.durable import remove, sync_folder, to_json, write_durably
from viaggio.store.facts import MANIFEST
from viaggio.store.workspace import Workspace

REBUILD = ".rebuild"
READY = "ready.json"
_FOLDERS = ("facts", "index", "rejects")


def begin(ws: Workspace) -> Workspace:
    """An empty workspace beside the facts that reads the same landing."""
    root = ws.root / REBUILD
    remove(root)
    shadow = Workspace(root, ws.settings)
    for folder in (shadow.facts, shadow.index, shadow.rejects):
        folder.mkdir(parents=True)
    shadow.landing.symlink_to(ws.landing)
    return shadow


def seal(shadow: Workspace) -> None:
    """From here on the rebuilt files are the truth, even if we are killed."""
    rejects = sorted(path.name for path in shadow.rejects.iterdir())
    write_durably(shadow.root / READY, to_json({"rejects": rejects}))


def finish(ws: Workspace) -> None:
    """Put a sealed rebuild in place and drop an unsealed one; nothing to do where there is none."""
    root = ws.root / REBUILD
    if (root / READY).exists():
        _move(ws, root)
        keep = set(json.loads((root / READY).read_bytes())["rejects"])
        for path in ws.rejects.iterdir():
            if path.name not in keep:
                remove(path)
    remove(root)


def _move(ws: Workspace, root: Path) -> None:
    """Manifests come last in their folder: a reader never meets a list of files that are not there yet."""
    for folder in _FOLDERS:
        files = sorted(path for path in (root / folder).rglob("*") if path.is_file())
        for path in sorted(files, key=lambda path: path.name == MANIFEST):
            target = ws.root / folder / path.relative_to(root / folder)
            target.parent.mkdir(parents=True, exist_ok=True)
            if path.name == MANIFEST:
                _sync(ws.root / folder)
            path.replace(target)
        _sync(ws.root / folder)


def _sync(folder: Path) -> None:
    for path in (folder, *(path for path in folder.rglob("*") if path.is_dir())):
        sync_folder(path)
