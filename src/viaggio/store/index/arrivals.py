"""Events on their way to their bucket: held in memory, spilled to a file per bucket when there are many."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import numpy.typing as npt

from viaggio.journey.index import COLUMNS, Array, Whole, bucket_of
from viaggio.store.index.columnar import is_one_value
from viaggio.store.index.merge import Columns, joined, taken

HELD_BYTES = 100_000_000
"""So much is held in memory: from a million events on, more where columns are empty."""
RECORD = np.dtype([(column.name, column.dtype) for column in COLUMNS.values()])
"""One event in a spilled file."""


class Arrivals:
    """Events sorted into buckets; memory stays bounded."""

    def __init__(self, spill: Path, buckets: int, *, held_bytes: int = HELD_BYTES) -> None:
        self._spill = spill
        self._buckets = buckets
        self._limit = held_bytes
        self._held: list[_Block] = []
        self._spilled: set[int] = set()

    def add(self, columns: Mapping[str, Array]) -> None:
        """Add events; their bucket is that of their customer."""
        if not len(columns["customer"]):
            return
        numbers = bucket_of(np.ascontiguousarray(columns["customer"]), self._buckets).astype(np.uint16)
        order = np.argsort(numbers, kind="stable")
        self._held.append(_Block(taken(columns, order), np.bincount(numbers, minlength=self._buckets)))
        if sum(block.nbytes for block in self._held) > self._limit:
            self._flush()

    @property
    def touched(self) -> set[int]:
        """Buckets that get rows."""
        return self._spilled.union(*(block.touched for block in self._held))

    def take(self, number: int) -> Columns:
        """The events of one bucket, in the order in which they came; asked for once."""
        pieces: list[Mapping[str, Array]] = []
        if number in self._spilled:
            path = self._path(number)
            records = np.fromfile(path, RECORD)
            pieces.append({name: np.ascontiguousarray(records[name]) for name in COLUMNS})
            path.unlink()
        return joined([*pieces, *self._pieces(number)])

    def _pieces(self, number: int) -> list[Columns]:
        return [block.of(number) for block in self._held if block.has(number)]

    def _flush(self) -> None:
        self._spill.mkdir(parents=True, exist_ok=True)
        for number in set().union(*(block.touched for block in self._held)):
            columns = joined(self._pieces(number))
            records = np.empty(len(columns["key"]), RECORD)
            for name in COLUMNS:
                records[name] = columns[name]
            with self._path(number).open("ab") as out:
                records.tofile(out)
            self._spilled.add(number)
        self._held = []

    def _path(self, number: int) -> Path:
        return self._spill / f"{number:05d}.rows"


class _Block:
    """Events that came together, in the order of their buckets."""

    def __init__(self, columns: Columns, sizes: npt.NDArray[np.intp]) -> None:
        self._columns = columns
        self._bounds = np.concatenate(([0], np.cumsum(sizes))).tolist()
        self.touched: set[int] = set(np.flatnonzero(sizes).tolist())
        self.nbytes = sum(column.nbytes for column in columns.values() if not is_one_value(column))

    def has(self, number: int) -> bool:
        """Whether some are of that bucket."""
        return bool(self._bounds[number] < self._bounds[number + 1])

    def of(self, number: int) -> Columns:
        """Those of one bucket."""
        mine = slice(self._bounds[number], self._bounds[number + 1])
        return {name: column[mine] for name, column in self._columns.items()}


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
