"""A condition of the filter language as a mask over the rows of a bucket."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

from viaggio.journey.compiled import compiled
from viaggio.journey.filter import (
    AllOf,
    Among,
    AnyOf,
    Compared,
    Condition,
    Did,
    During,
    Every,
    Missing,
    Not,
)
from viaggio.journey.filter.model import LENGTHS, MONEY, NUMBERS, TEXTS
from viaggio.journey.index import NONE_CODE, Bucket, Codes, Whole
from viaggio.journey.where.deeds import did, did_around, did_at_first, did_together, spread
from viaggio.journey.where.keep import Keep
from viaggio.kernel import UnknownDimension

Sets = Mapping[Among | Missing, Whole]
"""Keys of customers or of events, ascending, for conditions on what the index does not hold."""


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A bucket with what is needed to read conditions on its rows. Days are cut in `zone`.

    `sets` names the customers of conditions on them, `events` the rows of those on sources' own columns.
    """

    bucket: Bucket
    codes: Codes
    zone: ZoneInfo
    sets: Sets
    events: Sets

    def mask(self, condition: Condition) -> Keep:
        """One entry per row. Raises `UnknownDimension` for a name that these journeys do not have."""
        match condition:
            case AllOf(parts):
                keep = self.mask(parts[0])
                for part in parts[1:]:
                    keep &= self.mask(part)
            case AnyOf(parts):
                keep = self.mask(parts[0])
                for part in parts[1:]:
                    keep |= self.mask(part)
            case Not(what):
                keep = self.mask(what)
                np.logical_not(keep, out=keep)
            case Did():
                keep = spread(self._customers(condition), self.bucket.offsets)
            case _:
                keep = self._plain(condition)
        return keep

    def _plain(self, condition: Every | Among | Missing | Compared | During) -> Keep:
        match condition:
            case Every():
                keep = np.ones(self.bucket.n_events, np.bool_)
            case Among() if condition.name in TEXTS:
                known = self.codes.of(condition.name)  # type: ignore[arg-type]  # TEXTS are the coded columns
                wanted = np.array([False, *(text in condition.values for text in known)], np.bool_)
                keep = _coded(getattr(self.bucket, condition.name), wanted)
            case Among() if condition.name in NUMBERS:
                keep = self._keyed(
                    condition.name, np.sort(np.array([int(v) for v in condition.values], np.int64))
                )
            case Missing(name) if name in TEXTS:
                keep = np.asarray(getattr(self.bucket, name) == NONE_CODE)
            case Missing(name) if name in (*NUMBERS, *MONEY, *LENGTHS):
                keep = np.asarray(self._number(name) == 0)
            case Compared(name, sign, bound):
                keep = _SIGNS[sign](self._number(name), bound)
            case During(period):
                keep = _between(self.bucket.time, *period.micros(self.zone))
            case _:
                keep = self._looked_up(condition)
        return keep

    def _number(self, name: str) -> Whole:
        bucket = self.bucket
        return bucket.ended - bucket.time if name in LENGTHS else getattr(bucket, name)

    def _keyed(self, name: str, keys: Whole) -> Keep:
        if name == "customer":
            return spread(_held(self.bucket.customers, keys), self.bucket.offsets)
        return _held(self._number(name), keys)

    def _looked_up(self, condition: Among | Missing) -> Keep:
        if (keys := self.events.get(condition)) is not None:
            return _held(self.bucket.key, keys)
        if (keys := self.sets.get(condition)) is not None:
            return self._keyed("customer", keys)
        looked_up = (asked.name for asked in (*self.sets, *self.events))
        known = dict.fromkeys((*TEXTS, *NUMBERS, *MONEY, *LENGTHS, *looked_up))
        raise UnknownDimension(condition.name, known=known, place="journeys")

    def _customers(self, asked: Did) -> Keep:
        """One entry per customer."""
        bucket, within = self.bucket, asked.within
        done = self.mask(asked.what)
        if asked.during is not None:
            done &= _between(bucket.time, *asked.during.micros(self.zone))
        if within is None:
            return did(done, bucket.offsets, asked.times)
        if within.first:
            return did_at_first(done, bucket.time, bucket.offsets, asked.times, within.micros)
        if within.anchor is None:
            return did_together(done, bucket.time, bucket.offsets, asked.times, within.micros)
        before = 0 if within.side == "after" else within.micros
        after = 0 if within.side == "before" else within.micros
        anchor = self.mask(within.anchor)
        return did_around(done, anchor, bucket.time, bucket.offsets, asked.times, before, after)


_SIGNS: Mapping[str, Any] = {
    "<": np.less,
    "<=": np.less_equal,
    "=": np.equal,
    ">=": np.greater_equal,
    ">": np.greater,
}


@compiled
def _coded(codes: npt.NDArray[Any], wanted: Keep) -> Keep:
    """Rows whose code is wanted; entry code + 1 says so, entry 0 stands for rows without a value."""
    keep = np.empty(len(codes), np.bool_)
    for i in range(len(codes)):
        keep[i] = wanted[codes[i] + 1]
    return keep


@compiled
def _between(time: Whole, first: int, last: int) -> Keep:
    keep = np.empty(len(time), np.bool_)
    for i in range(len(time)):
        keep[i] = first <= time[i] < last
    return keep


@compiled
def _held(values: Whole, keys: Whole) -> Keep:
    """Whether each value is one of the keys, which ascend: searched one by one, as keys may be millions."""
    keep = np.empty(len(values), np.bool_)
    for i in range(len(values)):
        low, high = 0, len(keys)
        while low < high:
            middle = (low + high) // 2
            if keys[middle] < values[i]:
                low = middle + 1
            else:
                high = middle
        keep[i] = low < len(keys) and keys[low] == values[i]
    return keep
