"""The journey index: events of each customer in order, in fixed-width columns, cut into buckets.

A bucket holds whole customers. Inside it the rows are sorted by customer, then time, then key; `key` (hash of
source and id) settles ties in time, so the order is the same whatever way the rows came in. `offsets` says
where each customer starts. Arrays are plain numpy, in memory or mapped from files, and can not be written.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import blake2b
from types import MappingProxyType
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

Whole = npt.NDArray[np.int64]
Order = npt.NDArray[np.intp]
Array = npt.NDArray[Any]
Coded = Literal["touchpoint", "channel", "device", "phase", "moment", "outcome"]

NONE_CODE = -1
"""Code of a row that has no value in a coded column."""


@dataclass(frozen=True, slots=True)
class IndexColumn:
    """One column of the index: its dtype (little-endian), the value that means none, what it holds.

    Where `empty` is None the column takes the row's `time`. `coded`: small integers into `Codes`.
    """

    name: str
    dtype: str
    about: str
    empty: int | None = 0
    coded: bool = False
    needed: bool = False


COLUMNS: Mapping[str, IndexColumn] = MappingProxyType(
    {
        column.name: column
        for column in (
            IndexColumn("customer", "<i8", "resolved customer", needed=True),
            IndexColumn("time", "<i8", "start, UTC microseconds", needed=True),
            IndexColumn("touchpoint", "<i2", "where", NONE_CODE, coded=True, needed=True),
            IndexColumn("channel", "<i1", "medium", NONE_CODE, coded=True),
            IndexColumn("device", "<i1", "device", NONE_CODE, coded=True),
            IndexColumn("phase", "<i1", "one of four", NONE_CODE, coded=True),
            IndexColumn("moment", "<i1", "before, during, after the purchase", NONE_CODE, coded=True),
            IndexColumn("outcome", "<i2", "how it ended", NONE_CODE, coded=True),
            IndexColumn("episode", "<i8", "hash of the episode, 0 none"),
            IndexColumn("value", "<i8", "what it brought, cents, 0 none"),
            IndexColumn("cost", "<i8", "what it cost, cents, 0 none"),
            IndexColumn("ended", "<i8", "end, UTC microseconds; the start where there is none", None),
            IndexColumn("key", "<i8", "hash of source and id; settles ties in time"),
            IndexColumn("node", "<i8", "identifier the row came with, before identity"),
            IndexColumn("account", "<i8", "resolved account, 0 none"),
        )
    }
)
"""The columns of every bucket, in the order in which they are written."""

OFFSETS = IndexColumn("offsets", "<i8", "first row of each customer, then the number of rows", needed=True)
"""Beside the columns: one more row than customers."""


_DTYPES = tuple((column.name, np.dtype(column.dtype)) for column in (*COLUMNS.values(), OFFSETS))


def _is_sealed(array: Array, dtype: np.dtype[Any]) -> bool:
    if type(array) is not np.ndarray or array.dtype != dtype:
        return False
    flags = array.flags
    return flags.c_contiguous and not flags.writeable


def _sealed(array: Array, dtype: np.dtype[Any]) -> Array:
    """The array as plain, contiguous, read-only numpy of that dtype; no copy when it is so already."""
    plain = np.ascontiguousarray(np.asarray(array), dtype=dtype).view()
    plain.flags.writeable = False
    return plain


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Bucket:
    """The events of some customers, sorted by customer, time, key. One array per name in `COLUMNS`."""

    customer: Whole
    time: Whole
    touchpoint: npt.NDArray[np.int16]
    channel: npt.NDArray[np.int8]
    device: npt.NDArray[np.int8]
    phase: npt.NDArray[np.int8]
    moment: npt.NDArray[np.int8]
    outcome: npt.NDArray[np.int16]
    episode: Whole
    value: Whole
    cost: Whole
    ended: Whole
    key: Whole
    node: Whole
    account: Whole
    offsets: Whole

    def __post_init__(self) -> None:
        """Seal the arrays: read-only views, so that kernels compile once and nobody edits an index."""
        for name, dtype in _DTYPES:
            array = getattr(self, name)
            if not _is_sealed(array, dtype):  # those of a mapped file are: opening it is a matter of 40 us
                object.__setattr__(self, name, _sealed(array, dtype))

    @property
    def n_events(self) -> int:
        """Number of rows."""
        return len(self.time)

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return len(self.offsets) - 1

    @property
    def customers(self) -> Whole:
        """The customers' keys, ascending, one each."""
        return self.customer[self.offsets[:-1]]

    def coded(self, column: Coded) -> Array:
        """The codes of a coded column."""
        codes: Array = getattr(self, column)
        return codes


@dataclass(frozen=True, slots=True, kw_only=True)
class Codes:
    """Dictionaries of the coded columns: the text of code i stands at place i."""

    touchpoint: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    device: tuple[str, ...] = ()
    phase: tuple[str, ...] = ()
    moment: tuple[str, ...] = ()
    outcome: tuple[str, ...] = ()

    def of(self, column: Coded) -> tuple[str, ...]:
        """The dictionary of one coded column."""
        texts: tuple[str, ...] = getattr(self, column)
        return texts


class Journeys(Protocol):
    """Buckets of events, in memory or on disk. `version` changes whenever any row does."""

    @property
    def codes(self) -> Codes:
        """Dictionaries of the coded columns."""

    @property
    def version(self) -> str:
        """Name of this state of the data; answers may be kept under it."""

    def __len__(self) -> int:
        """Number of buckets."""

    def bucket(self, number: int) -> Bucket:
        """One bucket; 0 <= number < len."""


def bucket_of(customers: Whole, buckets: int) -> Whole:
    """Bucket of each customer key: splitmix64 of the key, modulo the number of buckets.

    The same for ever: files on disk are laid out by it. (Steele, Lea, Flood 2014, "Fast splittable
    pseudorandom number generators", the mixing step of `SplittableRandom`.)
    """
    mixed = np.ascontiguousarray(customers, dtype=np.int64).view(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed = mixed ^ (mixed >> np.uint64(31))
    return (mixed % np.uint64(buckets)).astype(np.int64)


def event_order(customer: Whole, time: Whole, key: Whole) -> Order:
    """Row numbers in the order customer, time, key; rows equal in all three keep their place."""
    order = np.lexsort((time, customer))
    customer, time = customer[order], time[order]
    same = (customer[1:] == customer[:-1]) & (time[1:] == time[:-1])
    if not same.any():  # the usual case: two sorts instead of three
        return order
    first = np.concatenate(([True], ~same))
    tied = np.flatnonzero(~first | np.append(same, False))
    group = np.cumsum(first)[tied]
    order[tied] = order[tied][np.lexsort((key[order[tied]], group))]
    return order


def complete(columns: Mapping[str, Array]) -> dict[str, Array]:
    """All columns of the index in their dtypes; those not given hold their empty value.

    Raises `KeyError` for a column that the index does not have and `ValueError` where a needed one is left
    out, lengths differ or a value does not fit its dtype.
    """
    if unknown := set(columns) - set(COLUMNS):
        raise KeyError(f"the journey index has no column {sorted(unknown)}")
    if missing := {c.name for c in COLUMNS.values() if c.needed} - set(columns):
        raise ValueError(f"the journey index needs column {sorted(missing)}")
    rows = len(columns["customer"])
    whole: dict[str, Array] = {}
    for column in COLUMNS.values():
        given = columns.get(column.name)
        if given is None:
            given = columns["time"] if column.empty is None else np.full(rows, column.empty, column.dtype)
        whole[column.name] = _fitting(column, np.asarray(given), rows)
    return whole


def _fitting(column: IndexColumn, given: Array, rows: int) -> Array:
    if len(given) != rows:
        raise ValueError(f"column '{column.name}' has {len(given)} rows, customer has {rows}")
    if given.dtype == np.dtype(column.dtype):
        return given
    limits = np.iinfo(column.dtype)
    if rows and (given.min() < limits.min or given.max() > limits.max):
        raise ValueError(f"column '{column.name}' holds values that do not fit {column.dtype}")
    return given.astype(column.dtype)


def sort_events(columns: Mapping[str, Array]) -> dict[str, Array]:
    """The columns of one bucket, completed and sorted by customer, time, key; no offsets yet."""
    whole = complete(columns)
    order = event_order(whole["customer"], whole["time"], whole["key"])
    return {name: array[order] for name, array in whole.items()}


def offsets_of(customer: Whole) -> Whole:
    """First row of each customer in a sorted column, then the number of rows; [0] for no rows."""
    if not len(customer):
        return np.zeros(1, np.int64)
    starts = np.flatnonzero(customer[1:] != customer[:-1]) + 1
    return np.concatenate(([0], starts, [len(customer)])).astype(np.int64)


def build_bucket(columns: Mapping[str, Array]) -> Bucket:
    """One bucket from unsorted columns."""
    whole = sort_events(columns)
    return Bucket(**whole, offsets=offsets_of(whole["customer"]))


def build_buckets(columns: Mapping[str, Array], buckets: int) -> tuple[Bucket, ...]:
    """The rows cut into `buckets` by `bucket_of`, each sorted; needs customer, time, touchpoint."""
    whole = complete(columns)
    number = bucket_of(whole["customer"], buckets)
    order = np.argsort(number.astype(np.uint16) if buckets <= 2**16 else number, kind="stable")
    bounds = np.concatenate(([0], np.cumsum(np.bincount(number, minlength=buckets))))
    rows_of = (order[bounds[i] : bounds[i + 1]] for i in range(buckets))
    return tuple(build_bucket({name: array[rows] for name, array in whole.items()}) for rows in rows_of)


EMPTY_BUCKET = build_bucket({name: np.empty(0, column.dtype) for name, column in COLUMNS.items()})
"""A bucket without customers."""


@dataclass(frozen=True, slots=True, eq=False)
class MemoryJourneys:
    """Journeys held in memory."""

    buckets: tuple[Bucket, ...]
    codes: Codes

    def __len__(self) -> int:
        """Number of buckets."""
        return len(self.buckets)

    def bucket(self, number: int) -> Bucket:
        """One bucket; raises `IndexError`."""
        return self.buckets[number]

    @property
    def version(self) -> str:
        """Hash of codes and all rows."""
        digest = blake2b(repr(self.codes).encode(), digest_size=8)
        for bucket in self.buckets:
            for name in COLUMNS:
                digest.update(getattr(bucket, name).data)
        return digest.hexdigest()

    @property
    def n_events(self) -> int:
        """Number of rows."""
        return sum(bucket.n_events for bucket in self.buckets)

    @property
    def n_customers(self) -> int:
        """Number of customers."""
        return sum(bucket.n_customers for bucket in self.buckets)


def memory_journeys(columns: Mapping[str, Array], codes: Codes, *, buckets: int = 16) -> MemoryJourneys:
    """Journeys from plain columns and their dictionaries."""
    return MemoryJourneys(build_buckets(columns, buckets), codes)
