"""Journeys from any table of interactions: Arrow, pandas, Polars, Ibis, or what speaks Arrow's C stream."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.journey.index import COLUMNS, Array, Coded, Codes, MemoryJourneys, Whole, build_buckets
from viaggio.kernel import UnknownColumn, ViaggioError

_CODED = ("touchpoint", "channel", "device", "phase", "moment", "outcome")
_WHOLE = {"value": "value_cents", "cost": "cost_cents", "account": "account", "key": "key"}

NAMES = ("customer", "touchpoint", "started_at")
"""The columns that a table must have."""

OPTIONAL = ("ended_at", "channel", "device", "phase", "moment", "outcome", "episode", *_WHOLE.values())
"""The columns that are taken where they are."""


class BadColumn(ViaggioError):
    """A column whose type can not be read as what it stands for."""

    code = "column.bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What became of the rows of a table. rows = taken + those without customer, touchpoint or time.

    A row without several of them counts once, in this order. `ambiguous_times`: local times that occur twice
    (when clocks go back: the first is taken) or never (when they go forward: the moment of the change).
    """

    rows: int
    taken: int
    without_customer: int = 0
    without_touchpoint: int = 0
    without_time: int = 0
    ambiguous_times: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class TableJourneys(MemoryJourneys):
    """Journeys of a table, what was taken of it, and the name of customer i at place i, if they are text."""

    taken: Taken
    names: tuple[str, ...] | None = None

    def keys_of(self, customers: tuple[str, ...] | list[str]) -> Whole:
        """The keys of customers by name, for `Where(customers=...)`; those unknown are left out."""
        if self.names is None:
            raise BadColumn("the customers of this table are numbers: they are their own keys")
        wanted = set(customers)
        return np.array([key for key, name in enumerate(self.names) if name in wanted], dtype=np.int64)


def from_table(
    table: Any,
    *,
    columns: Mapping[str, str] | None = None,
    zone: str = "UTC",
    buckets: int = 16,
    needs: Coded | None = None,
) -> TableJourneys:
    """Journeys of a table with customer, touchpoint and started_at, one row per interaction.

    `columns` says how the table calls them: `{"customer": "user_id", "started_at": "ts"}`; besides `NAMES`,
    `OPTIONAL` columns are taken where they are there. Times with a zone are taken as they are, times without
    one as local times in `zone`. Ties in time keep the order of the rows, unless there is a number `key`.
    `needs`: an optional column that the question can not do without. Raises `UnknownColumn` and `BadColumn`.
    """
    arrow = arrow_of(table)
    found = _found(arrow, columns or {}, needs)
    customer, names = _customers(arrow[found["customer"]])
    times, ambiguous = _micros(arrow[found["started_at"]], found["started_at"], zone)
    touchpoints = arrow[found["touchpoint"]]
    has_customer, has_touchpoint = _valid(customer), _valid(touchpoints)
    kept = has_customer & has_touchpoint & _valid(times)
    taken = Taken(
        rows=len(kept),
        taken=int(kept.sum()),
        without_customer=int((~has_customer).sum()),
        without_touchpoint=int((has_customer & ~has_touchpoint).sum()),
        without_time=int((has_customer & has_touchpoint & ~kept).sum()),
        ambiguous_times=ambiguous,
    )
    index: dict[str, Array] = {"customer": _whole(customer)[kept], "time": _whole(times)[kept]}
    texts: dict[str, tuple[str, ...]] = {}
    for name in _CODED:
        if name in found:
            index[name], texts[name] = _codes(arrow[found[name]], found[name], COLUMNS[name].dtype, kept)
    if "ended_at" in found:
        ended = _micros(arrow[found["ended_at"]], found["ended_at"], zone)[0]
        index["ended"] = np.where(_valid(ended)[kept], _whole(ended)[kept], index["time"])
    if "episode" in found:
        index["episode"] = _episodes(arrow[found["episode"]])[kept]
    for name, given in _WHOLE.items():
        if given in found:
            index[name] = _whole(_numbers(arrow[found[given]], found[given]))[kept]
    index.setdefault("key", np.flatnonzero(kept).astype(np.int64))
    return TableJourneys(build_buckets(index, buckets), Codes(**texts), taken, names)


def arrow_of(table: Any) -> pa.Table:
    """The table as Arrow; Ibis expressions and Polars' lazy frames are run here."""
    if hasattr(table, "to_pyarrow"):
        table = table.to_pyarrow()
    if hasattr(table, "collect"):
        table = table.collect()
    arrow: pa.Table = pa.table(table)
    # Polars hands over views of texts, for which Arrow has few functions
    views = [i for i, field in enumerate(arrow.schema) if pa.types.is_string_view(field.type)]
    for i in views:
        arrow = arrow.set_column(i, arrow.schema.names[i], arrow.column(i).cast(pa.large_string()))
    return arrow


def _found(arrow: pa.Table, columns: Mapping[str, str], needs: Coded | None) -> dict[str, str]:
    """The name in the table of each column that is there; raises `UnknownColumn`."""
    for name in columns:
        if name not in NAMES + OPTIONAL:
            raise UnknownColumn(name, known=NAMES + OPTIONAL, place="columns of from_table")
    there = arrow.column_names
    for name in (*NAMES, *columns, *([needs] if needs else [])):
        if columns.get(name, name) not in there:
            raise UnknownColumn(columns.get(name, name), known=there, place="interactions")
    return {name: columns.get(name, name) for name in NAMES + OPTIONAL if columns.get(name, name) in there}


def _valid(array: Any) -> Array:
    return np.asarray(array.is_valid())


def _whole(array: Any) -> Whole:
    """The numbers of an Arrow column, 0 for nulls."""
    return np.asarray(pc.fill_null(array.cast(pa.int64()), 0), dtype=np.int64)


def _dictionary(array: Any) -> tuple[Any, Any]:
    """Indices into the distinct texts of a column, in the order of their first row."""
    if pa.types.is_dictionary(array.type):  # as texts, because chunks may have dictionaries of their own
        array = array.cast(array.type.value_type)
    chunks = [chunk.cast(pa.large_string()) for chunk in array.chunks]
    encoded = pa.concat_arrays(chunks or [pa.array([], pa.large_string())]).dictionary_encode()
    return encoded.indices, encoded.dictionary


def _customers(array: Any) -> tuple[Any, tuple[str, ...] | None]:
    """Keys of the customers, and their names where they are not numbers."""
    if pa.types.is_integer(array.type) or pa.types.is_floating(array.type):
        return _numbers(array, "customer"), None
    indices, texts = _dictionary(array)
    return indices, tuple(texts.to_pylist())


def _episodes(array: Any) -> Whole:
    """A number above 0 for each episode, 0 for none."""
    numbers, _ = _dictionary(array)
    return np.asarray(pc.fill_null(numbers, -1), dtype=np.int64) + 1


def _codes(array: Any, name: str, dtype: str, kept: Array) -> tuple[Array, tuple[str, ...]]:
    try:
        indices, texts = _dictionary(array.filter(pa.array(kept)))
    except pa.ArrowInvalid as error:
        raise BadColumn(f"column '{name}' is {array.type}, not text") from error
    if len(texts) > np.iinfo(dtype).max:
        most = np.iinfo(dtype).max
        raise BadColumn(f"column '{name}' has {len(texts)} values", hint=f"At most {most}; group them first.")
    return np.asarray(pc.fill_null(indices, -1)).astype(dtype), tuple(texts.to_pylist())


def _numbers(array: Any, name: str) -> Any:
    """Whole numbers with nulls; pandas turns whole numbers with gaps into floats, which are taken back."""
    if pa.types.is_floating(array.type):
        array = pc.if_else(pc.is_nan(array), None, array)
    elif not (pa.types.is_integer(array.type) or pa.types.is_null(array.type)):
        raise BadColumn(
            f"column '{name}' is {array.type}", hint="It must hold whole numbers (money in cents)."
        )
    try:
        return array.cast(pa.int64())
    except pa.ArrowInvalid as error:
        raise BadColumn(f"column '{name}' holds fractions", hint="Write money in cents.") from error


def _micros(array: Any, name: str, zone: str) -> tuple[Any, int]:
    """UTC microseconds with nulls, and how many local times were ambiguous or did not exist."""
    kind = array.type
    if not (pa.types.is_date(kind) or pa.types.is_timestamp(kind)):
        raise BadColumn(
            f"column '{name}' is {kind}, not a time",
            hint="Read it with its format first; Viaggio does not guess.",
        )
    array = pc.cast(
        array, pa.timestamp("us", tz=kind.tz if pa.types.is_timestamp(kind) else None), safe=False
    )
    if array.type.tz is not None or zone == "UTC":
        return array.cast(pa.int64()), 0
    taken = pc.assume_timezone(array, zone, ambiguous="earliest", nonexistent="latest")
    other = pc.assume_timezone(array, zone, ambiguous="latest", nonexistent="earliest")
    return taken.cast(pa.int64()), int(pc.sum(pc.not_equal(taken, other)).as_py() or 0)
