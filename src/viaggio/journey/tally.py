"""Counting what is not known beforehand: rows of sums under integer keys, found by open addressing.

Kernels meet pairs (from, to) or steps (place, from, to). Most possible ones never occur, so rows are made
when a key is first met. Merged tallies are sorted by key: the same whatever the order of merging.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viaggio.journey.compiled import compiled, inlined
from viaggio.journey.index import Array, Whole
from viaggio.journey.spread import CUSTOMERS, add_duration

NEVER = np.iinfo(np.int64).max
"""Shortest duration of a row that has none."""


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Rows of sums by ascending key, with the least and most of each row's durations in microseconds."""

    keys: Whole
    sums: Whole  # rows x entries
    least: Whole
    most: Whole

    def row(self, number: int) -> tuple[Whole, int, int]:
        """Sums, least and most of one row."""
        return self.sums[number], int(self.least[number]), int(self.most[number])


def merge_tallies(one: Tally, other: Tally) -> Tally:
    """The rows of both; rows of one key add up."""
    if np.array_equal(one.keys, other.keys):
        keys, sums = one.keys, one.sums + other.sums
        return Tally(keys, sums, np.minimum(one.least, other.least), np.maximum(one.most, other.most))
    keys = np.sort(np.concatenate((one.keys, other.keys)), kind="stable")  # two sorted runs
    keys = keys[np.append(True, keys[1:] != keys[:-1])] if len(keys) else keys
    sums = np.zeros((len(keys), one.sums.shape[1]), np.int64)
    least, most = np.full(len(keys), NEVER), np.full(len(keys), -1)
    for tally in (one, other):
        at = np.searchsorted(keys, tally.keys)
        sums[at] += tally.sums
        least[at] = np.minimum(least[at], tally.least)
        most[at] = np.maximum(most[at], tally.most)
    return Tally(keys, sums, least, most)


# --- inside a walk ------------------------------------------------------------------------------
# `slots` is the open-addressed table: a power of two places, each the number of a row or -1; where it is as
# long as there can be keys, each key has its own place. `keys`, `sums`, `least`, `most` and `seen` (the last
# customer counted) are the rows. They do not grow: arrays that change
# inside a compiled loop cost ten times the walk, so a walk that runs out of rows gives up and starts again.

_DIRECT = 2**20
"""Up to so many possible keys the table has a place for each."""

FULL = -1
"""What `row_of` returns, and a walk instead of the number of rows used, when there is no row left."""


def fill[Rest](walk: Callable[..., tuple[int, Rest]], possible: int, width: int) -> tuple[Tally, Rest]:
    """What a walk tallies, and the rest of what it returns.

    `walk(slots, keys, sums, least, most, seen)` returns the number of rows used, or `FULL`; it is then called
    again with four times the rows. `possible`: the most keys there can be. `width`: sums in a row.
    """
    capacity = min(possible, 1024)
    while True:
        keys, least = np.full(capacity, -1), np.full(capacity, NEVER)
        most, seen = np.full(capacity, -1), np.full(capacity, -1)
        sums = np.zeros((capacity, width), np.int64)
        slots = np.full(1 << max(4 * capacity, min(possible, _DIRECT)).bit_length(), -1, np.int32)
        used, rest = walk(slots, keys, sums, least, most, seen)
        if used != FULL:
            order = np.argsort(keys[:used])
            return Tally(keys[order], sums[order], least[order], most[order]), rest
        capacity = min(possible, 4 * capacity)


@compiled
def row_of(key: int, used: int, slots: Array, keys: Whole) -> int:
    """The row of a key, row `used` for a new key, or `FULL`; linear probing from the key itself.

    A walk looks at place `key & (len(slots) - 1)` first, and calls this only when the key is not there.
    """
    last = len(slots) - 1
    at = key & last
    while slots[at] >= 0 and keys[slots[at]] != key:
        at = (at + 1) & last
    row = int(slots[at])
    if row < 0 and used < len(keys):
        row = used
        slots[at] = row
        keys[row] = key
    return row


@inlined
def add_to_row(  # noqa: PLR0917 -- rows are parallel arrays
    row: int, micros: int, customer: int, sums: Whole, least: Whole, most: Whole, seen: Whole
) -> None:
    """Add one duration of one customer to a row."""
    add_duration(sums, row, micros)
    least[row] = min(least[row], micros)
    most[row] = max(most[row], micros)
    sums[row, CUSTOMERS] += seen[row] != customer
    seen[row] = customer
