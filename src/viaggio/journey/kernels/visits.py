"""Visits to site and app, put together from single interactions, and how easy each one was.

A visit is a run of a customer's interactions on the web or in the app without a pause longer than a gap
between their starts. Everything is computed on whole columns at once; integers only, so that nothing depends
on buckets or threads.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from viaggio.journey.index import NONE_CODE, Array, Bucket, Codes, Whole
from viaggio.journey.where import Keep

DIGITAL = ("web", "app")
"""Channels whose interactions are pages of a visit."""

GOALS = ("converted", "booked")
FOUND, NOTHING, BROKEN = "found", "nothing_found", "broken"
"""Outcomes: a search that found something, one that found nothing, a page that could not be shown."""

ON_PAGE = "on_page"
"""Outcome of what was done on a page that is told already: a step of the journey, no page of a visit."""

EXPLORING = ("discovery", "purchase")
"""A visit explores the shop when one of its pages belongs to one of these phases."""

RAGE_CLICKS, RAGE_MICROS = 3, 3_000_000
"""So many times the same within so long is no reading any more."""

EASIEST = 10_000
"""The ease of a visit without any obstacle, in hundredths of a point."""

_MINUTE = 60_000_000
_FIELDS: dict[str, Any] = {
    "customer": np.int64, "started": np.int64, "micros": np.int64, "channel": np.int8, "device": np.int8,
    "pages": np.int32, "to_goal": np.int32, "searches": np.int32, "empty_searches": np.int32,
    "returns": np.int32, "stays": np.int32, "exploring": np.bool_, "in_order": np.bool_, "rage": np.bool_,
    "told": np.bool_, "dead_end": np.bool_,
}  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class VisitPart:
    """Runs of visits, each with one entry per visit in each column."""

    runs: tuple[dict[str, Array], ...]


@dataclass(frozen=True)
class Visits:
    """Every visit in a row, by customer and start.

    `seconds` is from the first start to the last start, and on to the last page's end where the source says
    it; it is empty where a single page has no end: nobody knows how long it was read. `to_goal`: pages up to
    the first one that reached a goal. `searches` counts those that say whether they found anything. `stays`:
    runs of pages at one touchpoint; `returns`: stays where the one before the last was (A B A). `rage`: three
    pages in a row at one touchpoint within three seconds. `dead_end`: ended at a search that found nothing or
    a page that could not be shown. `in_order`: three pages or more, each of a moment of its own; only there
    can returns and rage be seen, and only such a visit that explores the shop has an `ease`, 0 to 100.
    """

    gap_seconds: float
    rows: pa.Table

    def table(self) -> pa.Table:
        """One line per visit; the first columns are those of the fact table `visits`."""
        return self.rows

    @cached_property
    def columns(self) -> dict[str, Array]:
        """The columns as arrays; channels and devices as codes into `names`, -1 for none."""
        return {name: _array(self.rows[name]) for name in self.rows.column_names}

    def names(self, column: str) -> tuple[str, ...]:
        """What the codes of `channel` or `device` stand for."""
        return tuple(self.rows[column].combine_chunks().dictionary.to_pylist())


@dataclass(frozen=True, slots=True)
class VisitKernel:
    """Visits with pauses of at most `gap_micros` between two starts."""

    gap_micros: int = 30 * _MINUTE

    def __post_init__(self) -> None:
        """Raise `ValueError` for a pause shorter than none."""
        if self.gap_micros < 0:
            raise ValueError(f"a pause lasts 0 or more, not {self.gap_micros} microseconds")

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> VisitPart:
        """The visits of one bucket."""
        digital = _is(bucket.channel, codes.channel, DIGITAL)
        digital &= ~_is(bucket.outcome, codes.outcome, (ON_PAGE,))
        rows = np.flatnonzero(digital & keep if len(keep) else digital)
        if not len(rows):
            return VisitPart(())
        columns = _visits(bucket, rows, codes, self.gap_micros)
        return VisitPart(({name: columns[name].astype(dtype) for name, dtype in _FIELDS.items()},))

    def merge(self, one: VisitPart, other: VisitPart) -> VisitPart:
        """The runs of both: no customer is in both."""
        return VisitPart(one.runs + other.runs)

    def finish(self, part: VisitPart, codes: Codes) -> Visits:
        """As a table, with names for codes."""
        found = _in_order(part.runs)
        ends_known = found["micros"] >= 0
        columns = {
            "customer": pa.array(found["customer"]),
            "channel": _named(found["channel"], codes.channel),
            "device": _named(found["device"], codes.device),
            "started_at": pa.array(found["started"]).cast(pa.timestamp("us", tz="UTC")),
            "seconds": pa.array(found["micros"] / 1_000_000, mask=~ends_known),
            "pages": pa.array(found["pages"].astype(np.int64)),
            "bounced": pa.array(found["pages"] == 1),
            "converted": pa.array(found["to_goal"] > 0),
            **{name: pa.array(found[name]) for name in list(_FIELDS)[6:]},
            "ease": pa.array(ease(found) / 100, mask=~(found["exploring"] & found["in_order"])),
        }
        return Visits(self.gap_micros / 1_000_000, pa.table(columns))


def ease(visits: dict[str, Array]) -> Whole:
    """How easy each visit was, from 0 to `EASIEST`: the mean of what can be said of it, rounded half up.

    Found: searches that found something among the searches. Forward: 1 less the share of stays, from the
    third on, that were returns. Calm: 1 without rage. Open end: 1 without a dead end, where the last page
    says how it ended.
    """
    searches, returns = visits["searches"].astype(np.int64), visits["returns"].astype(np.int64)
    places = np.maximum(visits["stays"].astype(np.int64) - 2, 1)
    searched, told = searches > 0, visits["told"].astype(np.int64)
    asked = np.maximum(searches, 1)
    good = np.where(searched, searches - visits["empty_searches"], 0) * places
    good += (places - returns) * asked
    good += (1 - visits["rage"].astype(np.int64)) * asked * places
    good += (told - visits["dead_end"].astype(np.int64)) * asked * places
    of = (2 + searched + told) * asked * places
    whole: Whole = (2 * EASIEST * good + of) // (2 * of)
    return whole


def _in_order(runs: tuple[dict[str, Array], ...]) -> dict[str, Array]:
    """The visits of all runs, by customer and start; those of one bucket come so."""
    if len(runs) == 1:
        return runs[0]
    none = {name: np.empty(0, dtype) for name, dtype in _FIELDS.items()}
    found = {name: np.concatenate([run[name] for run in (none, *runs)]) for name in _FIELDS}
    order = np.lexsort((found["started"], found["customer"]))
    return {name: array[order] for name, array in found.items()}


def _visits(bucket: Bucket, rows: Array, codes: Codes, gap: int) -> dict[str, Array]:
    """Columns of the visits made of these rows of a bucket, which are in order."""
    customer, time, place = bucket.customer[rows], bucket.time[rows], bucket.touchpoint[rows]
    outcome = bucket.outcome[rows]
    same = customer[1:] == customer[:-1]
    starts = np.concatenate(([True], ~(same & (time[1:] - time[:-1] <= gap))))
    first = np.flatnonzero(starts)
    visit = np.cumsum(starts) - 1
    last = np.concatenate((first[1:], [len(rows)])) - 1
    pages = last - first + 1
    searched = _is(outcome, codes.outcome, (FOUND, NOTHING))
    nothing = _is(outcome, codes.outcome, (NOTHING,))
    micros = np.maximum(bucket.ended[rows][last], time[last]) - time[first]
    returns, stays = _returns(visit, place, len(first))
    together = (time[1:] == time[:-1]) & ~starts[1:]
    tied = np.bincount(visit[1:][together], minlength=len(first)) > 0
    dead = _is(outcome[last], codes.outcome, (NOTHING, BROKEN))
    return {
        "customer": customer[first],
        "started": time[first],
        "micros": np.where((pages == 1) & (micros == 0), -1, micros),
        "channel": bucket.channel[rows][first],
        "device": bucket.device[rows][first],
        "pages": pages,
        "to_goal": _to_goal(_is(outcome, codes.outcome, GOALS), visit, first),
        "searches": _count(searched, visit, len(first)),
        "empty_searches": _count(nothing, visit, len(first)),
        "returns": returns,
        "stays": stays,
        "exploring": _count(
            _is(bucket.phase[rows], codes.phase, EXPLORING), visit, len(first)
        ) > 0,
        "in_order": (pages >= RAGE_CLICKS) & ~tied,
        "rage": _rage(visit, place, time, len(first)),
        "told": outcome[last] != NONE_CODE,
        "dead_end": dead,
    }  # fmt: skip


def _is(codes: Array, known: tuple[str, ...], wanted: tuple[str, ...]) -> Array:
    """Which rows have one of the wanted texts; a row without one, -1, finds the last place of the table."""
    table = np.array([*(text in wanted for text in known), False])
    found: Array = table[codes]
    return found


def _count(which: Array, visit: Array, visits: int) -> Array:
    return np.bincount(visit[which], minlength=visits)


def _to_goal(reached: Array, visit: Array, first: Array) -> Array:
    """Pages up to the first one that reached a goal, 0 without one."""
    at = np.flatnonzero(reached)
    goals, place = np.unique(visit[at], return_index=True)
    found = np.zeros(len(first), np.int64)
    found[goals] = at[place] - first[goals] + 1
    return found


def _returns(visit: Array, place: Array, visits: int) -> tuple[Array, Array]:
    """Per visit: stays that are where the one before the last was, and all stays."""
    new = np.concatenate(([True], (place[1:] != place[:-1]) | (visit[1:] != visit[:-1])))
    of, where = visit[new], place[new]
    back = (of[2:] == of[:-2]) & (where[2:] == where[:-2])
    return np.bincount(of[2:][back], minlength=visits), np.bincount(of, minlength=visits)


def _rage(visit: Array, place: Array, time: Whole, visits: int) -> Array:
    """Visits with so many pages in a row at one touchpoint within so long."""
    steps = RAGE_CLICKS - 1
    in_a_row = np.ones(max(len(visit) - steps, 0), np.bool_)
    for step in range(1, RAGE_CLICKS):
        ahead = slice(step, len(visit) - steps + step)
        in_a_row &= (visit[ahead] == visit[:-steps]) & (place[ahead] == place[:-steps])
    in_a_row &= time[steps:] - time[:-steps] <= RAGE_MICROS
    found: Array = np.bincount(visit[steps:][in_a_row], minlength=visits) > 0
    return found


def _named(codes: Array, known: tuple[str, ...]) -> Any:
    indices = pa.array(codes.astype(np.int32), mask=codes == NONE_CODE)
    return pa.DictionaryArray.from_arrays(indices, pa.array(known, pa.string()))


def _array(column: Any) -> npt.NDArray[Any]:
    """A column as numpy: times as microseconds, codes for names, NaN for numbers that are missing."""
    whole = column.combine_chunks()
    if pa.types.is_dictionary(whole.type):
        return np.asarray(whole.indices.fill_null(NONE_CODE))
    if pa.types.is_timestamp(whole.type):
        whole = whole.cast(pa.int64())
    return np.asarray(whole.to_numpy(zero_copy_only=False))
