"""Rows that came before: seldom any, which keys alone tell quickly; and those that are the same row again.

The keys of all that is known go through a filter of bits (Bloom 1970; two hashes, for which the bits of the
keys serve, which are hashes themselves) that lets one in sixty pass. Only those are looked for.
"""

from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from viaggio.store.facts import Part
from viaggio.store.hashing import Keys

HELD_KEYS = 4_000_000
"""Of so many new rows the keys are held in memory, 8 bytes each; more are left to DuckDB, which can spill."""
_SLOTS_PER_KEY = 8
_MOST_BITS = 25
_COMPARED = ["digest", "id"]

Places = npt.NDArray[np.intp]


def same_again(keys: Keys, new: Callable[[], Path], facts: Path, parts: Iterable[Part]) -> Places | None:
    """The places of new rows that came before, among themselves or in the parts, and are no news.

    `keys`: those of all new rows, in their order; `new` gives their file, if it is needed. None where more is
    to be told: a row that came with other content, or whose id only shares its key with another.
    """
    ordered = np.sort(keys)
    known = pa.concat_tables([_NOTHING, *_known(ordered, facts, parts)])
    again = np.concatenate((known["key"].to_numpy(), ordered[1:][ordered[1:] == ordered[:-1]]))
    if not len(again):
        return np.empty(0, np.intp)
    places = _Filter(np.sort(again)).places(keys)
    fresh = pa.table([pa.array(keys[places]), *_read(new(), places)], schema=_NOTHING.schema)
    repeated = _repeats(pa.concat_tables([known, fresh]).combine_chunks())
    return None if repeated is None else places[repeated[len(known) :]]


_NOTHING = pa.schema([("key", pa.int64()), ("digest", pa.int64()), ("id", pa.string())]).empty_table()


def _repeats(rows: pa.Table) -> npt.NDArray[np.bool_] | None:
    """Which rows are the same as an earlier one of their key; None where one differs from it."""
    key, digest = rows["key"].to_numpy(), rows["digest"].to_numpy()
    order = np.argsort(key, kind="stable")
    starts = np.flatnonzero(np.concatenate(([True], key[order][1:] != key[order][:-1])))
    first = np.repeat(order[starts], np.diff(np.append(starts, len(order))))
    same_id = pc.equal(rows["id"].take(pa.array(order)), rows["id"].take(pa.array(first)))
    if (digest[order] != digest[first]).any() or not pc.all(same_id).as_py():
        return None
    repeated = np.ones(len(rows), np.bool_)
    repeated[order[starts]] = False
    return repeated


def _known(keys: Keys, facts: Path, parts: Iterable[Part]) -> Iterator[pa.Table]:
    """Key, digest and id of the rows of these parts that have one of these sorted keys, replaced ones too."""
    passing = _Filter(keys)
    with ThreadPoolExecutor(2, thread_name_prefix="known") as pool:
        for met in pool.map(partial(_met, passing), _groups(facts, parts)):
            if met is not None:
                yield met


def _met(passing: "_Filter", group: "_Group") -> pa.Table | None:
    """The rows of a group that are looked for; None where there is none."""
    with pq.ParquetFile(group.path, metadata=group.about) as file:
        keys = file.read_row_group(group.number, columns=["key"], use_threads=False)["key"].to_numpy()
        places = passing.places(keys)
        if not len(places):
            return None
        rows = file.read_row_group(group.number, columns=["key", *_COMPARED], use_threads=False)
    return rows.take(pa.array(places)).cast(_NOTHING.schema)


class _Group(NamedTuple):
    """A row group of a file, with what the file's end tells about it."""

    path: Path
    about: pq.FileMetaData
    number: int


def _groups(facts: Path, parts: Iterable[Part]) -> Iterator[_Group]:
    for part in parts:
        path = facts / part.path
        about = pq.read_metadata(path)
        for number in range(about.num_row_groups):
            yield _Group(path, about, number)


def _read(path: Path, places: Places) -> list[pa.ChunkedArray]:
    """Digest and id of the rows at these sorted places of a file."""
    found, start = [_NOTHING.select(_COMPARED)], 0
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            rows = file.read_row_group(group, columns=_COMPARED, use_threads=False)
            here = slice(*np.searchsorted(places, (start, start + len(rows))))
            found.append(rows.take(pa.array(places[here] - start)).cast(found[0].schema))
            start += len(rows)
    return list(pa.concat_tables(found).itercolumns())


class _Filter:
    """Finds a few keys, which are sorted, among many."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._bits = min(_MOST_BITS, (_SLOTS_PER_KEY * len(keys)).bit_length())
        self._low = self._marked(keys)
        self._high = self._marked(keys >> self._bits)

    def places(self, others: Keys) -> Places:
        """Where one of the keys stands among these."""
        places = np.flatnonzero(self._low[self._slots(others)])
        places = places[self._high[self._slots(others[places] >> self._bits)]]
        nearest = np.minimum(np.searchsorted(self._keys, others[places]), len(self._keys) - 1)
        found: Places = places[self._keys[nearest] == others[places]]
        return found

    def _marked(self, keys: Keys) -> npt.NDArray[np.bool_]:
        marks = np.zeros(1 << self._bits, np.bool_)
        marks[self._slots(keys)] = True
        return marks

    def _slots(self, keys: Keys) -> Keys:
        slots: Keys = keys & ((1 << self._bits) - 1)
        return slots
