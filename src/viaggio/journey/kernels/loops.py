"""Loops: customers who do the same again, go back and forth, or come round to where they were."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.rows import arrow_table, names, rank
from viaggio.journey.spread import COUNT, CUSTOMERS, MICROS, REST, SECONDS, WIDTH, Spread, spread
from viaggio.journey.tally import FULL, Tally, add_to_row, fill, merge_tallies, row_of
from viaggio.journey.where import Keep

_ALL, _REPEATING, _LOOPING, _REPEAT_SECONDS, _REPEAT_REST, _LOOP_SECONDS, _LOOP_REST = range(7)


@dataclass(frozen=True, slots=True)
class Loop:
    """Coming back to a place after `length` steps: 1 a repeat (A A), 2 back and forth (A B A, B is `via`).

    A step is a stay: consecutive interactions in one place count as one for lengths above 1. `time`: from the
    customer's last interaction in the place to the return; `total_seconds`: of all these loops.
    """

    length: int
    name: str | None
    via: str | None
    loops: int
    customers: int
    total_seconds: float
    time: Spread


@dataclass(frozen=True, slots=True)
class Loops:
    """All loops up to a length, most frequent first. Every return counts: A B A B A holds three of length 2.

    `repeating`, `looping`: customers with any repeat, with any loop of length 2 or more. `repeat_seconds`,
    `loop_seconds`: their time in them; time that lies in several loops at once counts once here.
    """

    by: Coded
    longest: int
    customers: int
    repeating: int
    looping: int
    repeat_seconds: float
    loop_seconds: float
    loops: tuple[Loop, ...]

    def table(self) -> pa.Table:
        """One line per length, place, and place between."""
        return arrow_table(self.loops, Loop, nested=("time",))


@dataclass(frozen=True, slots=True, eq=False)
class LoopPart:
    """Totals, and rows under the key (length, place, place between)."""

    totals: Whole
    loops: Tally


@compiled
def _walk(  # noqa: C901, PLR0912, PLR0915, PLR0917 -- one loop over columns, then rows of a tally
    codes: Array, time: Whole, offsets: Whole, keep: Keep, n: int, longest: int, within: int,
    slots: Array, keys: Whole, sums: Whole, least: Whole, most: Whole, seen: Whole,
) -> tuple[int, Whole]:  # fmt: skip
    masked = len(keep) > 0
    totals = np.zeros(7, np.int64)
    used, last = 0, len(slots) - 1
    visitor = np.full(n, -1, np.int64)  # the last customer in each place
    stay_of = np.zeros(n, np.int64)  # the number of that customer's last stay there
    left = np.zeros(n, np.int64)  # and its last moment
    # of the last stays, by number modulo `longest`: time from the stay before, time in it; what was counted
    ring = np.zeros((longest, 2), np.int64)
    counted = np.zeros((longest, 2), np.bool_)
    for c in range(len(offsets) - 1):
        before = -1
        stay = 0
        repeated = looped = 0  # microseconds; -1 in `again` and `round_` says that there was none
        again = round_ = False
        for i in range(offsets[c], offsets[c + 1]):
            if masked and not keep[i]:
                continue
            here = int(codes[i]) + 1
            now = int(time[i])
            length = 0
            via = 0
            if here == before:
                length = 1
            else:
                stay += 1
                at = stay % longest
                if visitor[here] == c and stay - stay_of[here] <= longest:
                    length = stay - stay_of[here]
                    via = before if length == 2 else 0
                ring[at, 0] = now - left[before] if before >= 0 else 0
                ring[at, 1] = 0
                counted[at] = False
            micros = now - left[here]
            if length > 0 and micros <= within:
                key = (length * n + here) * n + via
                row = int(slots[key & last])
                if row < 0 or keys[row] != key:
                    row = row_of(key, used, slots, keys)
                    if row == FULL:
                        return FULL, totals
                    used = max(used, row + 1)
                add_to_row(row, micros, c, sums, least, most, seen)
                if length == 1:
                    again = True
                    repeated += micros
                else:
                    round_ = True
                    for back in range(length):  # from this stay back to the one after the place was left
                        at = (stay - back) % longest
                        if not counted[at, 0]:
                            counted[at, 0] = True
                            looped += ring[at, 0]
                        if back > 0 and not counted[at, 1]:
                            counted[at, 1] = True
                            looped += ring[at, 1]
            if here == before:
                ring[stay % longest, 1] += micros
            visitor[here] = c
            stay_of[here] = stay
            left[here] = now
            before = here
        totals[_ALL] += before >= 0
        totals[_REPEATING] += again
        totals[_LOOPING] += round_
        totals[_REPEAT_SECONDS] += repeated // MICROS
        totals[_REPEAT_REST] += repeated % MICROS
        totals[_LOOP_SECONDS] += looped // MICROS
        totals[_LOOP_REST] += looped % MICROS
    return used, totals


@dataclass(frozen=True, slots=True)
class LoopKernel:
    """Returns to a place within `longest` steps (1 or more) and, where given, `within_micros`.

    `intervals`: of the median times.
    """

    longest: int = 3
    by: Coded = "touchpoint"
    within_micros: int | None = None
    intervals: bool = False

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> LoopPart:
        """Counts of one bucket."""
        n = len(codes.of(self.by)) + 1
        within = 2**62 if self.within_micros is None else self.within_micros
        walk = partial(
            _walk, bucket.coded(self.by), bucket.time, bucket.offsets, keep, n, self.longest, within
        )
        loops, totals = fill(walk, (self.longest + 1) * n * n, WIDTH, squares=self.intervals)
        return LoopPart(totals, loops)

    def merge(self, one: LoopPart, other: LoopPart) -> LoopPart:
        """Sums: no customer is in both."""
        return LoopPart(one.totals + other.totals, merge_tallies(one.loops, other.loops))

    def finish(self, part: LoopPart, codes: Codes) -> Loops:
        """With names."""
        known = names(codes.of(self.by))
        rows = []
        for number, key in enumerate(part.loops.keys.tolist()):
            rest, via = divmod(key, len(known))
            length, here = divmod(rest, len(known))
            row, least, most = part.loops.row(number)
            rows.append(
                Loop(
                    length,
                    known[here],
                    known[via] if length == 2 else None,
                    int(row[COUNT]),
                    int(row[CUSTOMERS]),
                    _seconds(int(row[SECONDS]), int(row[REST])),
                    spread(row, least, most),
                )
            )
        totals = part.totals.tolist()
        return Loops(
            self.by,
            self.longest,
            totals[_ALL],
            totals[_REPEATING],
            totals[_LOOPING],
            _seconds(totals[_REPEAT_SECONDS], totals[_REPEAT_REST]),
            _seconds(totals[_LOOP_SECONDS], totals[_LOOP_REST]),
            tuple(sorted(rows, key=lambda r: (-r.loops, r.length, rank(r.name), rank(r.via)))),
        )


def _seconds(seconds: int, micros: int) -> float:
    return (seconds * MICROS + micros) / MICROS
