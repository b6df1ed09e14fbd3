"""The write-ahead file of one process: lines appended, synced once for all who wait, and only then answered.

A line is `checksum blank JSON newline`. The file is locked while a group is written; whoever seals takes it
away under the same lock, by another name, and the next group begins a new file. So nobody needs to know
whether the process that wrote a file is alive: a file is whole up to the last group that was answered, and
what stands behind it was never answered.
"""

import fcntl
import os
import threading
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from viaggio.kernel import ViaggioError
from viaggio.store.durable import sync_folder

FOLDER = "arriving"
"""Folder of a workspace with what arrived and has not landed yet."""
ENDING = ".wal"
_AT_ONCE = 500
"""Parts of one call to the system; POSIX allows 1,024."""


class NotWritten(ViaggioError):
    """Nothing was kept: the disk refused it. Whoever sent it must send it again."""

    code = "events.not_written"


class Ahead:
    """The write-ahead file of this process in a folder, for all its threads."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._name = f"{os.getpid()}-{os.urandom(6).hex()}"
        self._files = 0
        self._file = -1
        self._path = folder
        self._turn = threading.Condition()
        self._waiting: list[bytes] = []
        self._asked = self._done = 0
        self._writing = False
        self._lost: set[int] = set()

    def append(self, *parts: bytes) -> None:
        """Add one line, given in parts; returned means that it is on the disk. Raises `NotWritten`.

        Whoever comes first writes and syncs for all who came meanwhile.
        """
        check = 0
        for part in parts:
            check = zlib.crc32(part, check)
        with self._turn:
            self._waiting += (b"%08x " % check, *parts, b"\n")
            mine = self._asked
            self._asked += 1
            while self._done <= mine:
                if self._writing:
                    self._turn.wait()
                else:
                    self._write_all()
            if mine in self._lost:
                self._lost.discard(mine)
                raise NotWritten("the disk refused the messages", place=str(self._folder))

    def close(self) -> None:
        """Close the file; what is in it waits to be sealed."""
        with self._turn:
            self._forget()

    def _write_all(self) -> None:
        """Write what waits; the lock is given back meanwhile, so that more can come to wait."""
        lines, first = self._waiting, self._done
        self._waiting, upto = [], self._asked
        self._writing = True
        self._turn.release()
        kept = False
        try:
            self._write(lines)
            kept = True
        except OSError:
            self._forget()  # what it holds by now nobody knows: the next group gets a file of its own
        finally:
            self._turn.acquire()
            if not kept:
                self._lost.update(range(first, upto))
            self._writing = False
            self._done = upto
            self._turn.notify_all()

    def _write(self, parts: list[bytes]) -> None:
        file = self._locked()
        try:
            for start in range(0, len(parts), _AT_ONCE):
                _write_whole(file, parts[start : start + _AT_ONCE])
            os.fdatasync(file)
        finally:
            with suppress(OSError):
                fcntl.flock(file, fcntl.LOCK_UN)

    def _locked(self) -> int:
        """Our file, locked and still there under its name; a new one where it was taken away."""
        while True:
            if self._file < 0:
                self._open()
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                there = os.stat(self._path).st_ino == os.fstat(self._file).st_ino  # noqa: PTH116 -- on every group
            except FileNotFoundError:
                there = False
            if there:
                return self._file
            self._forget()

    def _open(self) -> None:
        self._folder.mkdir(exist_ok=True)
        self._files += 1
        self._path = self._folder / f"{self._name}-{self._files:06d}{ENDING}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC
        self._file = os.open(self._path, flags, 0o600)
        sync_folder(self._folder)

    def _forget(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _write_whole(file: int, parts: list[bytes]) -> None:
    written = os.writev(file, parts)
    if written < sum(map(len, parts)):  # the disk is nearly full: the rest says so, or goes in
        rest = memoryview(b"".join(parts))[written:]
        while rest:
            rest = rest[os.write(file, rest) :]


def whole_lines(path: Path) -> Iterator[bytes]:
    """The texts of a write-ahead file; what its checksum does not bear out was never answered."""
    with path.open("rb") as stream:
        for line in stream:
            told, _, text = line.partition(b" ")
            if text.endswith(b"\n") and told == b"%08x" % zlib.crc32(text[:-1]):
                yield text[:-1]
