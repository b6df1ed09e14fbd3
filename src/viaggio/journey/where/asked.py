"""Which interactions a question is about: composable filters, as one mask per bucket.

Events are masked first; sequences (transitions, sessions, stays, steps) are then formed of what remains.
A filter on a channel therefore joins the two events around a masked one. To choose *customers* by what
they did, and keep their whole journey, pass their keys in `customers`.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Self
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from viaggio.journey.compiled import compiled
from viaggio.journey.filter import EVERY, Condition, read_filter
from viaggio.journey.index import Bucket, Coded, Codes, Whole
from viaggio.journey.where.keep import ALL, Keep
from viaggio.journey.where.rows import Rows, Sets

_UTC = ZoneInfo("UTC")
_CODED: tuple[tuple[str, Coded], ...] = (
    ("phases", "phase"),
    ("moments", "moment"),
    ("touchpoints", "touchpoint"),
    ("channels", "channel"),
    ("devices", "device"),
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Where:
    """A filter; None asks nothing, an empty tuple or array lets nothing through, parts combine with *and*.

    `period_micros`: [from, to) of the start in UTC microseconds (`Period.micros` makes them of local days).
    Values are texts as in the data; one that does not occur lets nothing through. `customers`: int64 keys.
    `condition`: what the filter language says; its days are cut in `zone`, `sets` names the customers and
    `events` the rows (by `key`) of conditions on what the index does not hold.
    """

    period_micros: tuple[int, int] | None = None
    phases: tuple[str, ...] | None = None
    moments: tuple[str, ...] | None = None
    touchpoints: tuple[str, ...] | None = None
    channels: tuple[str, ...] | None = None
    devices: tuple[str, ...] | None = None
    customers: Whole | None = None
    condition: Condition | None = None
    zone: ZoneInfo = _UTC
    sets: Sets = field(default_factory=dict)
    events: Sets = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str, *, zone: ZoneInfo = _UTC) -> Self:
        """The filter that a text says, in the filter language. Raises `BadFilter`."""
        return cls(condition=read_filter(text), zone=zone)

    def __post_init__(self) -> None:
        """Sort the customers, so that a walk can go along both lists."""
        for name, _ in _CODED:
            if (texts := getattr(self, name)) is not None:
                object.__setattr__(self, name, _texts(name, texts))
        if self.customers is not None:
            keys = np.unique(np.asarray(self.customers, dtype=np.int64))
            keys.flags.writeable = False
            object.__setattr__(self, "customers", keys)
        if self.condition == EVERY:
            object.__setattr__(self, "condition", None)

    @property
    def empty(self) -> bool:
        """Whether it asks nothing."""
        return all(getattr(self, name) is None for name in _ASKING)

    def within(self, period_micros: tuple[int, int] | None) -> Self:
        """The same filter, narrowed to what also lies in [from, to) of UTC microseconds."""
        if period_micros is None:
            return self
        first, last = period_micros
        if self.period_micros is not None:
            first, last = max(first, self.period_micros[0]), min(last, self.period_micros[1])
        given = {name: getattr(self, name) for name in self.__dataclass_fields__}
        return type(self)(**given | {"period_micros": (first, last)})


EVERYTHING = Where()
_ASKING = tuple(name for name in Where.__dataclass_fields__ if name not in {"zone", "sets", "events"})


def as_where(where: Where | str | None) -> Where:
    """A filter as such or as text, with days in UTC; None asks nothing. Raises `BadFilter`."""
    if isinstance(where, str):
        return Where.parse(where)
    return EVERYTHING if where is None else where


def _texts(name: str, texts: Iterable[str]) -> tuple[str, ...]:
    if isinstance(texts, str):
        raise TypeError(f"{name} takes several texts: write ({texts!r},)")
    return tuple(texts)


def mask(where: Where, bucket: Bucket, codes: Codes) -> Keep:
    """The rows of the bucket that the filter keeps; `ALL` where it asks nothing."""
    if where.empty:
        return ALL
    keep = np.ones(bucket.n_events, np.bool_)
    if where.period_micros is not None:
        _and_period(keep, bucket.time, *where.period_micros)
    for name, column in _CODED:
        texts: tuple[str, ...] | None = getattr(where, name)
        if texts is not None:
            _and_codes(keep, bucket.coded(column), _wanted(texts, codes.of(column)))
    if where.customers is not None:
        _and_customers(keep, bucket.customer, bucket.offsets, where.customers)
    if where.condition is not None:
        keep &= Rows(bucket, codes, where.zone, where.sets, where.events).mask(where.condition)
    keep.flags.writeable = False
    return keep


def _wanted(texts: tuple[str, ...], known: tuple[str, ...]) -> Keep:
    """Entry code + 1 says whether the code is wanted; entry 0 stands for rows without a value."""
    return np.array([False, *(text in texts for text in known)], dtype=np.bool_)


@compiled
def _and_period(keep: Keep, time: Whole, first: int, last: int) -> None:
    for i in range(len(keep)):
        keep[i] &= first <= time[i] < last


@compiled
def _and_codes(keep: Keep, codes: npt.NDArray[Any], wanted: Keep) -> None:
    for i in range(len(keep)):
        keep[i] &= wanted[codes[i] + 1]


@compiled
def _and_customers(keep: Keep, customer: Whole, offsets: Whole, subset: Whole) -> None:
    at = 0
    for c in range(len(offsets) - 1):
        start = offsets[c]
        while at < len(subset) and subset[at] < customer[start]:
            at += 1
        if at == len(subset) or subset[at] != customer[start]:
            keep[start : offsets[c + 1]] = False
