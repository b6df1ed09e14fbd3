"""Room that a walk writes to and forgets: kept by each thread, since fresh memory costs more than the walk.

Large arrays come from the system as pages that are zeroed at the first touch, a bucket after the other.
"""

from threading import local

import numpy as np

from viaggio.journey.index import Array

KEPT = 2**18
"""Entries of an array, beyond which it is not kept."""


class _Held(local):
    """The arrays of one thread."""

    def __init__(self) -> None:
        self.arrays: dict[tuple[str, str], Array] = {}


_held = _Held()


def room(name: str, entries: int, dtype: str = "i8") -> Array:
    """An array of so many entries with anything in it; the same memory for each call with that name."""
    found = _held.arrays.get((name, dtype))
    if found is None or len(found) < entries:
        found = np.empty(entries, dtype)
        if entries <= KEPT:
            _held.arrays[name, dtype] = found
    return found[:entries]
