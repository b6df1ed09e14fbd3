"""Events on their way to their bucket: held in memory, spilled to a file per bucket when there are many."""

from pathlib import Path

import numpy as np

from viaggio.journey.index import Whole, bucket_of
from viaggio.store.index.merge import ROW, Rows

HELD_ROWS = 1_000_000
"""So many events (80 bytes each) are held in memory."""


class Arrivals:
    """Rows sorted into buckets; memory stays bounded."""

    def __init__(self, spill: Path, buckets: int, *, held_rows: int = HELD_ROWS) -> None:
        self._spill = spill
        self._buckets = buckets
        self._limit = held_rows
        self._held: dict[int, list[Rows]] = {}
        self._held_rows = 0
        self._spilled: set[int] = set()

    def add(self, rows: Rows) -> None:
        """Add events; their bucket is that of their customer."""
        if not len(rows):
            return
        numbers = bucket_of(np.ascontiguousarray(rows["customer"]), self._buckets).astype(np.uint16)
        order = np.argsort(numbers, kind="stable")
        rows, numbers = rows[order], numbers[order]
        bounds = np.flatnonzero(np.diff(numbers)) + 1
        for piece, number in zip(np.split(rows, bounds), numbers[[0, *bounds]].tolist(), strict=True):
            self._held.setdefault(number, []).append(piece)
        self._held_rows += len(rows)
        if self._held_rows > self._limit:
            self._flush()

    @property
    def touched(self) -> set[int]:
        """Buckets that get rows."""
        return self._spilled | self._held.keys()

    def take(self, number: int) -> Rows:
        """The rows of one bucket, in the order in which they came; they are forgotten here."""
        pieces: list[Rows] = []
        if number in self._spilled:
            path = self._path(number)
            pieces.append(np.fromfile(path, ROW))
            path.unlink()
            self._spilled.discard(number)
        pieces += self._held.pop(number, [])
        return np.concatenate(pieces) if pieces else np.empty(0, ROW)

    def _flush(self) -> None:
        self._spill.mkdir(parents=True, exist_ok=True)
        for number, pieces in self._held.items():
            with self._path(number).open("ab") as out:
                for piece in pieces:
                    out.write(piece.tobytes())
        self._spilled |= self._held.keys()
        self._held, self._held_rows = {}, 0

    def _path(self, number: int) -> Path:
        return self._spill / f"{number:05d}.rows"


class Removals:
    """Keys of events to leave out, by bucket."""

    def __init__(self) -> None:
        self._keys: dict[int, list[Whole]] = {}

    def add(self, number: int, keys: Whole) -> None:
        """Leave these events out of a bucket."""
        if len(keys):
            self._keys.setdefault(number, []).append(keys)

    def add_all(self, numbers: Whole, keys: Whole) -> None:
        """Leave out one event per place."""
        for number in np.unique(numbers).tolist():
            self.add(number, keys[numbers == number])

    @property
    def touched(self) -> set[int]:
        """Buckets that lose rows."""
        return set(self._keys)

    def of(self, number: int) -> Whole:
        """The keys to leave out of a bucket."""
        return np.concatenate([np.empty(0, np.int64), *self._keys.get(number, ())])


def touched_buckets(*of: Arrivals | Removals) -> list[int]:
    """All buckets that change, in order."""
    return sorted(set().union(*(part.touched for part in of)))
