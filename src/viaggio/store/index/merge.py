"""Sorted events put into a sorted bucket: places found by binary search, columns copied once."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from viaggio.journey.index import COLUMNS, Array, Order, Whole, event_order, offsets_of

ROW = np.dtype([(column.name, column.dtype) for column in COLUMNS.values()])
"""One event as a record: how events travel on their way to their bucket."""

Rows = npt.NDArray[np.void]
Columns = dict[str, Array]


def sorted_columns(rows: Rows) -> Columns:
    """Records as columns, sorted by customer, time, key."""
    columns = {name: np.ascontiguousarray(rows[name]) for name in COLUMNS}
    order = event_order(columns["customer"], columns["time"], columns["key"])
    return {name: column[order] for name, column in columns.items()}


def as_rows(columns: Mapping[str, Array], where: Array) -> Rows:
    """The rows at these places of a bucket, as records."""
    rows = np.empty(len(where), ROW)
    for name in COLUMNS:
        rows[name] = columns[name][where]
    return rows


def merged(old: Mapping[str, Array], gone: Whole, rows: Rows) -> Columns:
    """The columns of a bucket without the events of the keys in `gone` and with these new rows, sorted.

    Ends with `offsets`. `old` is sorted; the result does not depend on how the rows came.
    """
    kept: Mapping[str, Array] = old
    if len(gone):
        keep = ~np.isin(old["key"], gone)
        kept = {name: old[name][keep] for name in COLUMNS}
    columns = _with(kept, sorted_columns(rows)) if len(rows) else {name: kept[name] for name in COLUMNS}
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
        if twin and all(np.array_equal(rows[name], rows[twin]) for rows in (old, new)):
            columns[name] = columns[twin]
        elif _one_value(old[name], new[name]):
            columns[name] = np.full(total, new[name][0])
        else:
            columns[name] = column = np.empty(total, new[name].dtype)
            column[places] = new[name]
            column[is_old] = old[name]
    return columns


_TWINS = {"ended": "time", "node": "customer"}
"""Columns that are often the same as an earlier one: events without an end, customers with one identifier."""


def _one_value(old: Array, new: Array) -> bool:
    """Whether all rows of both hold the same, as columns do that the sources leave empty."""
    return bool((new == old[0]).all() and (old == old[0]).all())


def _places(old: Mapping[str, Array], new: Columns) -> Order:
    """Before which old row each new row goes: binary search inside its customer by time, then key."""
    low = np.searchsorted(old["customer"], new["customer"], "left")
    high = np.searchsorted(old["customer"], new["customer"], "right")
    time, key = old["time"], old["key"]
    active = np.flatnonzero(low < high)
    while len(active):
        middle = (low[active] + high[active]) // 2
        t, at = new["time"][active], time[middle]
        before = (at < t) | ((at == t) & (key[middle] < new["key"][active]))
        low[active] = np.where(before, middle + 1, low[active])
        high[active] = np.where(before, high[active], middle)
        active = active[low[active] < high[active]]
    return low
