"""Sorted events put into a sorted bucket: places found by binary search, columns copied once.

Columns that hold one value throughout, and those that repeat another, are kept as such (see `columnar`): most
sources leave most columns empty, so half of a bucket is neither copied nor written.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from viaggio.journey.index import COLUMNS, Array, Order, Whole, event_order, offsets_of
from viaggio.store.index.columnar import is_one_value, one_value

Columns = dict[str, Array]

_TWINS = {"ended": "time", "node": "customer"}
"""Columns that are often the same as an earlier one: events without an end, customers with one identifier."""
_FIRST_LOOK = 64


def taken(columns: Mapping[str, Array], where: Any) -> Columns:
    """The rows of all columns at these places, in their order, or where a mask says so."""
    rows = int(where.sum()) if where.dtype == np.bool_ else len(where)
    return {
        name: _cut(columns[name], rows) if is_one_value(columns[name]) else columns[name][where]
        for name in COLUMNS
    }


def joined(pieces: Sequence[Mapping[str, Array]]) -> Columns:
    """The rows of all pieces, one piece after the other; no rows of no piece."""
    if not pieces:
        return {name: np.empty(0, column.dtype) for name, column in COLUMNS.items()}
    return {name: _joined([piece[name] for piece in pieces]) for name in COLUMNS}


def _joined(arrays: Sequence[Array]) -> Array:
    first = arrays[0]
    if len(arrays) == 1:
        return first
    if all(is_one_value(array) and array[0] == first[0] for array in arrays):
        return one_value(first[0], first.dtype, sum(map(len, arrays)))
    return np.concatenate(arrays)


def _cut(array: Array, rows: int) -> Array:
    return one_value(array[0], array.dtype, rows)


def sorted_columns(columns: Mapping[str, Array]) -> Columns:
    """The rows sorted by customer, time, key."""
    return taken(columns, event_order(columns["customer"], columns["time"], columns["key"]))


def slim(columns: Columns) -> Columns:
    """The same columns, those of one value and those that repeat another told to be such.

    Files are written from this form, so that their bytes depend on the rows alone.
    """
    if not len(columns["key"]):
        return columns
    made: Columns = {}
    for name in COLUMNS:
        column, twin = columns[name], _TWINS.get(name)
        if is_one_value(column) or _all_equal(column, column[0]):
            made[name] = _cut(column, len(column))
        elif twin and (column is columns[twin] or _all_equal(column, columns[twin])):
            made[name] = made[twin]
        else:
            made[name] = column
    return made


def _all_equal(column: Array, other: Any) -> bool:
    """Whether a column equals a value, or another column, in every row; a difference is found early."""
    start = other if np.ndim(other) == 0 else other[:_FIRST_LOOK]
    return bool((column[:_FIRST_LOOK] == start).all() and (column == other).all())


def merged(old: Mapping[str, Array], gone: Whole, rows: Mapping[str, Array]) -> Columns:
    """The columns of a bucket without the events of the keys in `gone` and with these new rows, sorted.

    `old` is sorted and has `offsets`, as has the result, which does not depend on how the rows came.
    """
    kept: Mapping[str, Array] = old
    if len(gone):
        kept = taken(old, ~np.isin(old["key"], gone))
        kept = {**kept, "offsets": offsets_of(kept["customer"])}
    columns = slim(_with(kept, sorted_columns(rows)) if len(rows["key"]) else dict(kept))
    columns["offsets"] = offsets_of(columns["customer"])
    return columns


def _with(old: Mapping[str, Array], new: Columns) -> Columns:
    if not len(old["key"]):
        return new
    places = _places(old, new) + np.arange(len(new["key"]))
    total = len(old["key"]) + len(new["key"])
    is_old = np.ones(total, np.bool_)
    is_old[places] = False
    columns: Columns = {}
    for name in COLUMNS:
        twin = _TWINS.get(name)
        if twin and old[name] is old[twin] and _all_equal(new[name], new[twin]):
            columns[name] = columns[twin]
        elif is_one_value(old[name]) and _all_equal(new[name], old[name][0]):
            columns[name] = _cut(old[name], total)
        else:
            columns[name] = column = np.empty(total, new[name].dtype)
            column[places] = new[name]
            column[is_old] = old[name]
    return columns


def _places(old: Mapping[str, Array], new: Columns) -> Order:
    """Before which old row each new row goes: binary search inside its customer by time, then key.

    The first look is at the customer's last row: most news is later than all that is known.
    """
    owners = old["customer"][old["offsets"][:-1]]
    at = np.searchsorted(owners, new["customer"])
    known = owners[np.minimum(at, len(owners) - 1)] == new["customer"]
    low, high = old["offsets"][at], old["offsets"][at + known]
    time, key = old["time"], old["key"]
    active = np.flatnonzero(known)
    middle = high[active] - 1
    while len(active):
        t, at = new["time"][active], time[middle]
        before = (at < t) | ((at == t) & (key[middle] < new["key"][active]))
        low[active] = np.where(before, middle + 1, low[active])
        high[active] = np.where(before, high[active], middle)
        active = active[low[active] < high[active]]
        middle = (low[active] + high[active]) // 2
    return low
