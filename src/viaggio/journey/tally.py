"""Counting what is not known beforehand: rows of sums under integer keys, found by open addressing.

Kernels meet pairs (from, to) or steps (place, from, to). Most possible ones never occur, so rows are made
when a key is first met. Merged tallies are sorted by key: the same whatever the order of merging.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from viaggio.journey.compiled import compiled, inlined
from viaggio.journey.index import Array, Order, Whole
from viaggio.journey.spread import (
    COUNT,
    SQUARES,
    add_duration,
    count_customer,
)

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
    keys, at_one, at_other = _union(one.keys, other.keys)
    sums = np.zeros((len(keys), one.sums.shape[1]), np.int64)
    least, most = np.full(len(keys), NEVER), np.full(len(keys), -1)
    for tally, at in ((one, at_one), (other, at_other)):
        _add_rows(at, tally.sums, tally.least, tally.most, sums, least, most)
    return Tally(keys, sums, least, most)


@compiled
def _union(one: Whole, other: Whole) -> tuple[Whole, Whole, Whole]:
    """The keys of two ascending lists in one, and the places there of the keys of each."""
    keys = np.empty(len(one) + len(other), np.int64)
    at_one, at_other = np.empty(len(one), np.int64), np.empty(len(other), np.int64)
    a = b = n = 0
    while a < len(one) or b < len(other):
        key = one[a] if b == len(other) or (a < len(one) and one[a] <= other[b]) else other[b]
        if a < len(one) and one[a] == key:
            at_one[a] = n
            a += 1
        if b < len(other) and other[b] == key:
            at_other[b] = n
            b += 1
        keys[n] = key
        n += 1
    return keys[:n].copy(), at_one, at_other


@compiled
def _add_rows(  # noqa: PLR0917 -- rows are parallel arrays
    at: Whole, sums: Whole, least: Whole, most: Whole, all_sums: Whole, all_least: Whole, all_most: Whole
) -> None:
    for i in range(len(at)):
        row = at[i]
        for k in range(sums.shape[1]):
            all_sums[row, k] += sums[i, k]
        all_least[row] = min(all_least[row], least[i])
        all_most[row] = max(all_most[row], most[i])


# --- inside a walk ------------------------------------------------------------------------------
# `slots` is the open-addressed table: a power of two places, each the number of a row or -1; where it is as
# long as there can be keys, each key has its own place. `keys`, `sums`, `least`, `most` and `seen` (the last
# customer counted, and the count before) are the rows. They do not grow: arrays that change
# inside a compiled loop cost ten times the walk, so a walk that runs out of rows gives up and starts again.

_START = 1024
_NO_SLOTS = np.empty(0, np.int32)
_DIRECT = 2**20
"""Up to so many possible keys the table has a place for each."""

FULL = -1
"""What `row_of` returns, and a walk instead of the number of rows used, when there is no row left."""


def fill[Rest](
    walk: Callable[..., tuple[int, Rest]],
    possible: int,
    width: int,
    *,
    direct: bool = False,
    squares: bool = False,
) -> tuple[Tally, Rest]:
    """What a walk tallies, and the rest of what it returns.

    `walk(slots, keys, sums, least, most, seen)` returns the number of rows used, or `FULL`; it is then called
    again with four times the rows. `possible`: the most keys there can be. `width`: sums in a row. `direct`:
    the walk takes no slots for a word that, as there are few keys, each has the row of its own number.
    `squares`: of how many durations each customer has are kept, for the intervals of medians.
    """
    capacity = min(possible, _START)
    if direct and capacity == possible:
        columns = _rows(capacity, width, squares=squares)
        _, rest = walk(_NO_SLOTS, *columns)
        return _used(np.flatnonzero(columns[1][:, COUNT]), *columns), rest
    while True:
        columns = _rows(capacity, width, squares=squares)
        slots = np.full(1 << max(4 * capacity, min(possible, _DIRECT)).bit_length(), -1, np.int32)
        used, rest = walk(slots, *columns)
        if used != FULL:
            return _used(np.argsort(columns[0][:used]), *columns), rest
        capacity = min(possible, 4 * capacity)


def _rows(capacity: int, width: int, *, squares: bool) -> tuple[Whole, Whole, Whole, Whole, Whole]:
    """Keys, sums, least, most and seen of so many rows that nothing was counted in."""
    keys, least = np.arange(capacity), np.full(capacity, NEVER)
    most, seen = np.full(capacity, -1), np.zeros((capacity, 2 if squares else 1), np.int64)
    seen[:, 0] = -1
    return keys, np.zeros((capacity, width), np.int64), least, most, seen


def _used(  # noqa: PLR0917 -- rows are parallel arrays
    order: Order, keys: Whole, sums: Whole, least: Whole, most: Whole, seen: Whole
) -> Tally:
    if seen.shape[1] > 1:  # as `close_squares`, which is for inside a walk
        sums[:, SQUARES] += (sums[:, COUNT] - seen[:, 1]) ** 2
    return Tally(keys[order], sums[order], least[order], most[order])


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
    row: int | np.uint64, micros: int, customer: int, sums: Whole, least: Whole, most: Whole, seen: Whole
) -> None:
    """Add one duration of one customer to a row."""
    add_duration(sums, row, micros)
    least[row] = min(least[row], micros)
    most[row] = max(most[row], micros)
    count_customer(sums, row, customer, seen)
