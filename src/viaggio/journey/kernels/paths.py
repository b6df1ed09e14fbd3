"""Paths: the first or last steps of customers, sessions or episodes, and complete variants."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from viaggio.estimate import wilson
from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.kernels.touchpoint_steps import OTHERS
from viaggio.journey.packed import Packing, Pile, Rows, by_name, counted, mixed
from viaggio.journey.rows import arrow_table, names
from viaggio.journey.scratch import room
from viaggio.journey.spread import MICROS
from viaggio.journey.where import ALL, Keep

Per = Literal["customer", "session", "episode"]

ARROW = " > "
"""Between the places of a path written as text."""

MOST_STEPS = 1000
"""Steps of a path; complete variants may be longer, of which so many can be shown."""

NO_PLACE = "(none)"
"""An interaction without a value in the column, in a path written as text."""


@dataclass(frozen=True, slots=True)
class Path:
    """A sequence of places. `length`: its steps, more than are in `places` where a variant is long.

    `journeys`: how many customers (or sessions, episodes) take it. `customers`: how many different customers.
    """

    places: tuple[str | None, ...]
    length: int
    journeys: int
    customers: int

    @property
    def text(self) -> str:
        """The places with arrows between them; dots where a variant goes on."""
        shown = [place or NO_PLACE for place in self.places]
        return ARROW.join([*shown, "…"] if self.length > len(self.places) else shown)


@dataclass(frozen=True, slots=True)
class PathLine:
    """A path as a line of a table; the line `OTHERS` makes the journeys sum to all.

    `share` of all journeys, 0 to 1, with Wilson's interval [low, high] at 95 %: only per customer, as the
    sessions and episodes of one customer are not independent of each other.
    """

    path: str
    length: int | None
    journeys: int
    customers: int | None
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Paths:
    """The most frequent paths; of equals, those that come first by name.

    journeys = those of `paths` + `others`; `different` paths there are in all. `per`: what a journey is.
    """

    by: Coded
    per: Per
    journeys: int
    customers: int
    different: int
    paths: tuple[Path, ...]
    others: int

    def lines(self) -> tuple[PathLine, ...]:
        """The paths with their shares, then the others, if any."""
        found = [self._line(path.text, path.length, path.journeys, path.customers) for path in self.paths]
        if self.others:
            customers = self.others if self.per == "customer" else None
            found.append(self._line(OTHERS, None, self.others, customers))
        return tuple(found)

    def table(self) -> pa.Table:
        """One line per path, then the others."""
        return arrow_table(self.lines(), PathLine)

    def _line(self, text: str, length: int | None, journeys: int, customers: int | None) -> PathLine:
        low, high = wilson(journeys, self.journeys) if self.per == "customer" else (None, None)
        return PathLine(text, length, journeys, customers, journeys / self.journeys, low, high)


@dataclass(frozen=True, slots=True, eq=False)
class PathPart:
    """Customers, and all paths of theirs."""

    customers: int
    pile: Pile


@compiled
def _count_sessions(time: Whole, offsets: Whole, keep: Keep, gap: int) -> int:
    masked = len(keep) > 0
    sessions = 0
    for c in range(len(offsets) - 1):
        since = 0
        fresh = True
        for i in range(offsets[c], offsets[c + 1]):
            if masked and not keep[i]:
                continue
            sessions += fresh or time[i] - since > gap
            since = time[i]
            fresh = False
    return sessions


@compiled
def _end_of(time: Whole, keep: Keep, start: int, stop: int, gap: int) -> int:
    """The row after the last of the session that begins in row `start`."""
    masked = len(keep) > 0
    since = time[start]
    end = start + 1
    for i in range(start + 1, stop):
        if masked and not keep[i]:
            continue
        if time[i] - since > gap:
            break
        since = time[i]
        end = i + 1
    return end


@compiled
def _walk(  # noqa: C901, PLR0917 -- columns, parameters, then what is filled; one loop
    codes: Array, time: Whole, offsets: Whole, keep: Keep, renumbered: Whole,
    bits: int, per_word: int, steps: int, gap: int, last: bool, collapse: bool, whole: bool,
    words: Whole, owner: Whole,
) -> int:  # fmt: skip
    masked = len(keep) > 0
    width = words.shape[1]
    picked = np.zeros(steps, np.int64)
    journeys = 0
    for c in range(len(offsets) - 1):
        row, stop = offsets[c], offsets[c + 1]
        while row < stop:
            if masked and not keep[row]:
                row += 1
                continue
            end = stop if gap < 0 else _end_of(time, keep, row, stop, gap)
            n = 0
            before = -1
            rest = 0
            for j in range(end - row):
                i = end - 1 - j if last else row + j
                if masked and not keep[i]:
                    continue
                here = renumbered[codes[i] + 1]
                if collapse and here == before:
                    continue
                before = here
                if n < steps:
                    picked[n] = here + 1
                elif whole:
                    rest = mixed(rest, here + 1)
                else:
                    break
                n += 1
            taken = min(n, steps)
            word, shift = 0, bits * (per_word - 1)
            for s in range(taken):
                words[journeys, word] |= picked[taken - 1 - s if last else s] << shift
                shift -= bits
                if shift < 0:
                    word, shift = word + 1, bits * (per_word - 1)
            if whole:
                words[journeys, width - 2] = n
                words[journeys, width - 1] = rest
            owner[journeys] = c
            journeys += 1
            row = end
    return journeys


def _by_episode(bucket: Bucket, keep: Keep, codes: Array) -> tuple[Array, Whole, Whole, Whole]:
    """Codes and times of the rows with an episode, one after the other; its first rows and its customer."""
    with_one = bucket.episode != 0
    rows = np.flatnonzero(with_one & keep if len(keep) else with_one)
    customer = np.repeat(np.arange(bucket.n_customers), np.diff(bucket.offsets))[rows]
    order = np.lexsort((bucket.episode[rows], customer))  # stable: rows of an episode stay in their order
    rows, customer = rows[order], customer[order]
    episode = bucket.episode[rows]
    fresh = np.ones(len(rows), np.bool_)
    fresh[1:] = (customer[1:] != customer[:-1]) | (episode[1:] != episode[:-1])
    first = np.flatnonzero(fresh)
    return codes[rows], bucket.time[rows], np.append(first, len(rows)), customer[first]


@dataclass(frozen=True, slots=True)
class PathKernel:
    """Paths of the first (or, with `last`, the last) `steps` steps of each customer; the `top` of them.

    `collapse`: consecutive interactions in one place are one step. `per`: a path per customer; per session,
    as `SessionKernel` cuts them with `gap_micros`; or per episode, what belongs to none left out. `whole`:
    complete variants, of which `steps` are shown; what lies beyond is compared by length and a 64-bit hash.

    Memory: 8 bytes for each 63 bits of a path, and 16 more, for each different path (at most one per
    customer, session or episode); 16 more for variants. Nothing else is kept of a journey, however long.
    """

    steps: int = 10
    top: int = 50
    by: Coded = "touchpoint"
    last: bool = False
    collapse: bool = True
    per: Per = "customer"
    gap_micros: int = 30 * 60 * MICROS
    whole: bool = False

    def __post_init__(self) -> None:
        """Raise `ValueError` for what can not be asked."""
        if self.steps < 1:
            raise ValueError(f"a path has at least one step, not {self.steps}")
        if self.steps > MOST_STEPS:
            raise ValueError(
                f"a path of {self.steps} steps: at most {MOST_STEPS} are told apart step by step"
            )
        if self.per not in {"customer", "session", "episode"} or self.gap_micros < 0:
            raise ValueError(
                "a path is per customer, session or episode, and no pause is shorter than nothing"
            )
        if self.last and self.whole:
            raise ValueError("a complete variant has no last steps: ask for one of both")

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> PathPart:
        """The paths of one bucket."""
        known = names(codes.of(self.by))
        packing = Packing(len(known), self.steps)
        places, time, offsets = bucket.coded(self.by), bucket.time, bucket.offsets
        customers = np.arange(bucket.n_customers)
        if self.per == "episode":
            places, time, offsets, customers = _by_episode(bucket, keep, places)
            keep = ALL
        gap = self.gap_micros if self.per == "session" else -1
        n = len(customers) if gap < 0 else _count_sessions(time, offsets, keep, gap)
        width = packing.words + 2 * self.whole
        words, taker = room("words", n * width).reshape(n, width), room("taker", n)
        words[:] = 0
        journeys = _walk(
            places, time, offsets, keep, by_name(known)[0],
            packing.bits, packing.per_word, self.steps, gap, self.last, self.collapse, self.whole,
            words, taker,
        )  # fmt: skip
        owner = customers[taker[:journeys]]
        ones = room("ones", journeys)
        ones[:] = 1
        rows = counted(words[:journeys], ones, ones, owner)
        return PathPart(int(np.count_nonzero(np.diff(owner))) + (journeys > 0), Pile.of(rows))

    def merge(self, one: PathPart, other: PathPart) -> PathPart:
        """Sums, path by path."""
        return PathPart(one.customers + other.customers, one.pile.with_all(other.pile))

    def finish(self, part: PathPart, codes: Codes) -> Paths:
        """With names, most frequent first."""
        _, known = by_name(names(codes.of(self.by)))
        packing = Packing(len(known), self.steps)
        rows = part.pile.rows()
        shown = [_path(rows, row, packing, known, whole=self.whole) for row in _top(rows, self.top)]
        journeys = int(rows.times.sum())
        return Paths(
            self.by,
            self.per,
            journeys,
            part.customers,
            len(rows),
            tuple(shown),
            journeys - sum(path.journeys for path in shown),
        )


def _top(rows: Rows, top: int) -> list[int]:
    """The `top` rows met most often; of equals, those of more customers, then those first by name."""
    at = np.arange(len(rows))
    if 0 < top < len(rows):
        at = np.flatnonzero(rows.times >= np.partition(rows.times, -top)[-top])
    by_words = [rows.words[at, word] for word in reversed(range(rows.words.shape[1]))]
    order = at[np.lexsort((*by_words, -rows.customers[at], -rows.times[at]))]
    return [int(row) for row in order[: max(top, 0)]]


def _path(rows: Rows, row: int, packing: Packing, known: tuple[str | None, ...], *, whole: bool) -> Path:
    places = packing.unpack(rows.words[row])
    length = int(rows.words[row, -2]) if whole else len(places)
    shown = tuple(known[place] for place in places)
    return Path(shown, length, int(rows.times[row]), int(rows.customers[row]))
