"""Uploaded files between upload and import: kept aside, owned by who brought them, gone after a day."""

import json
import re
import shutil
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from viaggio.kernel import ViaggioError
from viaggio.store.importers import isolated_value
from viaggio.store.importers.isolation import ProcessLimits
from viaggio.store.recipes import RECIPES
from viaggio.store.workspace import Workspace

KEPT = timedelta(days=1)
MOST_BYTES = 4 << 30  # of one upload
LOOK = ProcessLimits(memory=2 << 30, cpu_seconds=60, silent_seconds=60)
"""What recognising and proposing may take."""

_NOTE = "upload.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """Files that somebody brought. `owner`: that person's id; `recipe`: the one recognised, empty if none."""

    key: uuid.UUID
    owner: int
    files: Mapping[str, int] = field(default_factory=dict)  # sizes in bytes by name
    recipe: str = ""
    folder: Path

    @property
    def paths(self) -> dict[str, Path]:
        """Where the files lie, by name."""
        return {name: self.folder / "files" / name for name in self.files}

    @property
    def unread(self) -> list[str]:
        """Files that the recipe does not read."""
        if not self.recipe:
            return []
        taken = RECIPES[self.recipe].take(self.paths)
        read = {source.name for sources in taken.values() for source in sources}
        return [name for name in self.files if name not in read]


class TooLarge(Exception):
    """More bytes than one upload may have."""


class SameName(Exception):
    """Two files of one upload have the same name."""


def _home(ws: Workspace) -> Path:
    return ws.root / "cache" / "uploads"


def keep(ws: Workspace, files: Iterable[UploadedFile[Any]], *, owner: int, now: datetime) -> Upload:
    """Keep files aside and recognise them. Raises `SameName`, `TooLarge`."""
    sweep(ws, now=now)
    files = list(files)
    names = [file_name(file.name or "") for file in files]
    if len({name.casefold() for name in names}) < len(names):
        raise SameName
    if sum(file.size or 0 for file in files) > MOST_BYTES:
        raise TooLarge
    key = uuid.uuid4()
    folder = _home(ws) / key.hex
    (folder / "files").mkdir(parents=True, mode=0o700)
    folder.chmod(0o700)
    sizes = {}
    for name, file in zip(names, files, strict=True):
        with (folder / "files" / name).open("wb") as out:
            for chunk in file.chunks():
                out.write(chunk)
        sizes[name] = (folder / "files" / name).stat().st_size
    upload = Upload(key=key, owner=owner, files=sizes, folder=folder)
    upload = replace(upload, recipe=_recognised(upload))
    _note(upload)
    return upload


def _note(upload: Upload) -> None:
    written = {"owner": upload.owner, "files": dict(upload.files), "recipe": upload.recipe}
    (upload.folder / _NOTE).write_text(json.dumps(written), encoding="utf-8")


def _recognised(upload: Upload) -> str:
    """The recipe that the files fit, found out apart; what cannot be looked at is not recognised."""
    try:
        return str(isolated_value("viaggio.store.recipes:detect", upload.folder / "files", limits=LOOK) or "")
    except ViaggioError:
        return ""


def file_name(given: str) -> str:
    """The name without folders and without signs that a path could trip over; its ending stays."""
    plain = re.sub(r"[\x00-\x1f\x7f/\\:*?\"<>|]", "_", given.replace("\\", "/").rsplit("/", 1)[-1]).strip(
        " ."
    )
    stem, dot, ending = plain.partition(".")
    return (stem[:100] + dot + ending[-40:]) or "file"


def find(ws: Workspace, key: uuid.UUID, *, owner: int) -> Upload | None:
    """The upload of that key when it is that person's; None otherwise."""
    folder = _home(ws) / key.hex
    try:
        read = json.loads((folder / _NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if read["owner"] != owner:
        return None
    return Upload(key=key, owner=owner, files=read["files"], recipe=read["recipe"], folder=folder)


def drop(upload: Upload) -> None:
    """Throw the files away."""
    shutil.rmtree(upload.folder, ignore_errors=True)


def sweep(ws: Workspace, *, now: datetime) -> int:
    """Throw away what was brought more than a day ago; returns how many uploads."""
    home = _home(ws)
    if not home.is_dir():
        return 0
    old = [f for f in home.iterdir() if now.timestamp() - f.stat().st_mtime > KEPT.total_seconds()]
    for folder in old:
        shutil.rmtree(folder, ignore_errors=True)
    return len(old)
