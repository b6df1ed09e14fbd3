"""Sequences of places as rows of int64 words, and counting equal rows.

A step takes as many bits as the largest place needs; the first step stands in the highest bits of the first
word, 0 means no step. Rows are therefore in the order of their steps, shorter ones before those they begin.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Self

import numpy as np

from viaggio.journey.compiled import compiled, inlined
from viaggio.journey.index import Array, Whole
from viaggio.journey.rows import rank
from viaggio.journey.scratch import room

_FEW = 2**14  # rows that are not worth putting together
_MANY = 2**17  # rows whose table does not stay in the processor's own memory
_SHARES = 6  # bits: so many rows are cut into 64 shares
_BITS = 63  # of an int64, its sign left out
SPREADER = -7046029254386353131
"""2^64 divided by the golden ratio, as int64: its multiples are spread evenly (Knuth, TAOCP 3, 6.4)."""


@dataclass(frozen=True, slots=True)
class Packing:
    """How `steps` steps of places 0 to `places` - 1 are written into words."""

    places: int
    steps: int

    @property
    def bits(self) -> int:
        """Bits of one step; places are written as place + 1."""
        return self.places.bit_length()

    @property
    def per_word(self) -> int:
        """Steps in one word."""
        return _BITS // self.bits

    @property
    def words(self) -> int:
        """Words of one row."""
        return -(-self.steps // self.per_word)

    def unpack(self, words: Whole) -> tuple[int, ...]:
        """The places of one row, up to its last step."""
        found = []
        for step in range(self.steps):
            word, at = divmod(step, self.per_word)
            place = int(words[word]) >> (self.bits * (self.per_word - 1 - at)) & ((1 << self.bits) - 1)
            if not place:
                break
            found.append(place - 1)
        return tuple(found)


@lru_cache(maxsize=64)
def by_name(known: tuple[str | None, ...]) -> tuple[Whole, tuple[str | None, ...]]:
    """Places renumbered in the order of their names, so that rows of words sort by name.

    Returns the new place of each old one, and the names by new place.
    """
    order = sorted(range(len(known)), key=lambda place: rank(known[place]))
    renumbered = np.empty(len(known), np.int64)
    renumbered[order] = np.arange(len(known))
    renumbered.flags.writeable = False  # every bucket of a question gets the same
    return renumbered, tuple(known[place] for place in order)


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Different rows of words, how often each was met and by how many customers."""

    words: Whole  # rows x words
    times: Whole
    customers: Whole

    def __len__(self) -> int:
        """Number of different rows."""
        return len(self.times)


@dataclass(frozen=True, slots=True, eq=False)
class Pile:
    """Rows in pieces, put together only when they have doubled since `distinct` was known.

    Thus the merges of many parts cost no more than a few passes over the rows.
    """

    pieces: tuple[Rows, ...]
    distinct: int

    @classmethod
    def of(cls, rows: Rows) -> Self:
        """A pile of one piece, whose rows are all different."""
        return cls((rows,), len(rows))

    def with_all(self, other: Self) -> Self:
        """The rows of both."""
        pieces, distinct = self.pieces + other.pieces, max(self.distinct, other.distinct)
        if sum(map(len, pieces)) <= 2 * distinct + _FEW:
            return type(self)(pieces, distinct)
        return self.of(joined(pieces))

    def rows(self) -> Rows:
        """All different rows."""
        return joined(self.pieces) if len(self.pieces) > 1 else self.pieces[0]


@inlined
def mixed(seed: int, word: int) -> int:
    """A hash of what was hashed before and one more word; wraps around in 64 bits.

    The high bits are brought down before the multiplication, which only carries upwards, and after it.
    """
    both = seed ^ word
    product = (both ^ (both >> 32)) * SPREADER
    return product ^ (product >> 29)


def counted(words: Whole, times: Whole, customers: Whole, owner: Whole) -> Rows:
    """Equal rows put together; `customers` of neighbouring rows with one `owner` are counted once."""
    n = len(words)
    slots = room("slots", 1 << max(4, (2 * n).bit_length()), "i4" if n < 2**31 else "i8")
    slots[:] = -1
    first, sums = room("first", n), room("sums", 2 * n).reshape(n, 2)
    sums[:] = 0
    used = _count(words, times, customers, owner, slots, first, sums, room("seen", n))
    return Rows(words[first[:used]], sums[:used, 0].copy(), sums[:used, 1].copy())


def joined(parts: tuple[Rows, ...]) -> Rows:
    """The rows of all parts, equal ones put together; no customer is in two parts.

    Many rows are cut into shares by a hash, so that each is counted in a table of its own, which stays near:
    that halves the time, and keeps a row's cost the same for ten times the rows.
    """
    words = np.concatenate([part.words for part in parts])
    times = np.concatenate([part.times for part in parts])
    customers = np.concatenate([part.customers for part in parts])
    if len(words) <= _MANY:
        return counted(words, times, customers, np.arange(len(words)))
    share = _share(words)
    ends = np.cumsum(np.bincount(share, minlength=1 << _SHARES))[:-1]
    found = [
        counted(words[rows], times[rows], customers[rows], np.arange(len(rows)))
        for rows in np.split(np.argsort(share, kind="stable"), ends)
    ]
    return Rows(
        np.concatenate([part.words for part in found]),
        np.concatenate([part.times for part in found]),
        np.concatenate([part.customers for part in found]),
    )


def _share(words: Whole) -> Array:
    """The share of each row, the same for equal rows: the high bits of what its words are multiplied to."""
    hashed = np.zeros(len(words), np.uint64)
    for word in words.view(np.uint64).T:
        hashed = (hashed ^ word) * np.uint64(SPREADER % 2**64)
    return (hashed >> np.uint64(64 - _SHARES)).astype(np.uint8)


@compiled
def _count(  # noqa: PLR0917 -- columns, then rows of sums
    words: Whole, times: Whole, customers: Whole, owner: Whole,
    slots: Array, first: Whole, sums: Whole, seen: Whole,
) -> int:  # fmt: skip
    last = len(slots) - 1
    width = words.shape[1]
    used = 0
    for i in range(len(words)):
        spot = 0
        for w in range(width):
            spot = mixed(spot, words[i, w])
        at = spot & last
        row = -1
        while slots[at] >= 0:
            row = int(slots[at])
            same = True
            for w in range(width):
                same &= words[first[row], w] == words[i, w]
            if same:
                break
            row = -1
            at = (at + 1) & last
        if row < 0:
            row = used
            slots[at] = row
            first[row] = i
            seen[row] = -1
            used += 1
        sums[row, 0] += times[i]
        if seen[row] != owner[i]:
            sums[row, 1] += customers[i]
            seen[row] = owner[i]
    return used
