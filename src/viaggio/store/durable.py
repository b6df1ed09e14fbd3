"""Files that survive a crash: written aside, synced, renamed; one writer at a time through a locked file."""

import fcntl
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from viaggio.kernel import BadWorkspace

LOCK = ".lock"
ASIDE = ".aside"
"""Ending of a file that is still being written; whatever carries it after a crash is waste."""


def sync_file(path: Path) -> None:
    """Return when the file's content is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(path: Path) -> None:
    """Return when the folder's entries (names, renames) are on the disk."""
    sync_file(path)


def put_in_place(aside: Path, target: Path) -> None:
    """Sync a finished file and give it its name: after a crash it is there whole or not at all."""
    sync_file(aside)
    aside.replace(target)
    sync_folder(target.parent)


def write_durably(target: Path, data: bytes) -> None:
    """Write or replace one small file at once."""
    aside = target.with_name(target.name + ASIDE)
    aside.write_bytes(data)
    put_in_place(aside, target)


def to_json(value: Any) -> bytes:
    """One JSON text for one value: sorted keys, one line per level, ends with a newline."""
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def remove(path: Path) -> None:
    """Remove a file or a whole folder; nothing happens where there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def locked(folder: Path, *, shared: bool = False, wait: bool = True, name: str = LOCK) -> Iterator[None]:
    """Hold the folder's lock; released when the process ends, however it ends.

    Raises `BadWorkspace` when another program holds it and `wait` is off.
    """
    handle = os.open(folder / name, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        try:
            fcntl.flock(handle, kind if wait else kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BadWorkspace(
                "another program is writing here", place=str(folder), hint="Wait until it has finished."
            ) from error
        yield
    finally:
        os.close(handle)
