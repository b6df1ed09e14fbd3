"""How long customers stay in a phase (or touchpoint, channel) and wait between one and the next."""

from dataclasses import dataclass
from functools import partial

import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.rows import arrow_table, names, rank
from viaggio.journey.spread import COUNT, CUSTOMERS, WIDTH, Spread, spread
from viaggio.journey.tally import FULL, Tally, add_to_row, fill, merge_tallies, row_of
from viaggio.journey.where import Keep


@dataclass(frozen=True, slots=True)
class Stay:
    """Stays in one place: consecutive interactions there, from the start of the first to that of the last.

    A stay of one interaction lasts 0 seconds.
    """

    name: str | None
    stays: int
    customers: int
    time: Spread


@dataclass(frozen=True, slots=True)
class Wait:
    """From the start of the last interaction in `origin` to that of the next, in another place `target`."""

    origin: str | None
    target: str | None
    moves: int
    customers: int
    time: Spread


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Stays by place, and waits by pair of places; the four phases in their order, other places by letter."""

    by: Coded
    stays: tuple[Stay, ...]
    waits: tuple[Wait, ...]

    def table(self) -> pa.Table:
        """One line per pair of places; waits in seconds."""
        return arrow_table(self.waits, Wait, nested=("time",))

    def stays_table(self) -> pa.Table:
        """One line per place; stays in seconds."""
        return arrow_table(self.stays, Stay, nested=("time",))


@compiled
def _walk(  # noqa: PLR0917 -- columns, then rows of a tally
    codes: Array, time: Whole, offsets: Whole, keep: Keep, n: int,
    slots: Array, keys: Whole, sums: Whole, least: Whole, most: Whole, seen: Whole,
) -> tuple[int, int]:  # fmt: skip
    masked = len(keep) > 0
    used, last = 0, len(slots) - 1
    for c in range(len(offsets) - 1):
        before = -1
        since = first = 0  # starts of the last and of the first interaction of the stay
        end = offsets[c + 1]
        for i in range(offsets[c], end + 1):
            over = i == end  # one step beyond the last row closes the last stay
            if not over and masked and not keep[i]:
                continue
            here = -1 if over else int(codes[i]) + 1
            now = since if over else int(time[i])
            if here != before and before >= 0:
                for target in (n, here):  # target n stands for the stay itself
                    if target < 0:
                        continue
                    key = before * (n + 1) + target
                    row = int(slots[key & last])
                    if row < 0 or keys[row] != key:
                        row = row_of(key, used, slots, keys)
                        if row == FULL:
                            return FULL, 0
                        used = max(used, row + 1)
                    micros = since - first if target == n else now - since
                    add_to_row(row, micros, c, sums, least, most, seen)
            if here != before:
                first = now
            before, since = here, now
    return used, 0


@dataclass(frozen=True, slots=True)
class StepTimeKernel:
    """Stays and waits in the values of a coded column; `intervals`: of their medians."""

    by: Coded = "phase"
    intervals: bool = False

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Tally:
        """Stays under the key place * (n + 1) + n, waits under origin * (n + 1) + target, of one bucket."""
        n = len(codes.of(self.by)) + 1
        walk = partial(_walk, bucket.coded(self.by), bucket.time, bucket.offsets, keep, n)
        return fill(walk, n * (n + 1), WIDTH, squares=self.intervals)[0]

    def merge(self, one: Tally, other: Tally) -> Tally:
        """Sums, key by key."""
        return merge_tallies(one, other)

    def finish(self, part: Tally, codes: Codes) -> StepTimes:
        """With names."""
        known = names(codes.of(self.by))
        stays, waits = [], []
        for number, key in enumerate(part.keys):
            origin, target = divmod(int(key), len(known) + 1)
            row, least, most = part.row(number)
            counts = int(row[COUNT]), int(row[CUSTOMERS]), spread(row, least, most)
            if target == len(known):
                stays.append(Stay(known[origin], *counts))
            else:
                waits.append(Wait(known[origin], known[target], *counts))
        return StepTimes(
            self.by,
            tuple(sorted(stays, key=lambda s: rank(s.name))),
            tuple(sorted(waits, key=lambda w: (rank(w.origin), rank(w.target)))),
        )
