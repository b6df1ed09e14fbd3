"""From where to where: every pair of consecutive interactions of a customer, and the time between them."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.rows import arrow_table, names, rank
from viaggio.journey.spread import COUNT, CUSTOMERS, HISTOGRAM, WIDTH, Spread, spread
from viaggio.journey.tally import FULL, Tally, add_to_row, fill, merge_tallies, row_of
from viaggio.journey.where import Keep


@dataclass(frozen=True, slots=True)
class TransitionPlace:
    """One touchpoint (or channel, phase): its interactions, how many are a customer's first or last."""

    name: str | None
    interactions: int
    starts: int
    ends: int


@dataclass(frozen=True, slots=True)
class Transition:
    """`origin` directly followed by `target` (may be the same): how often, by how many, after how long."""

    origin: str | None
    target: str | None
    moves: int
    customers: int
    time: Spread


@dataclass(frozen=True, slots=True)
class Transitions:
    """All places and all pairs seen, most frequent first.

    Of every place: interactions = moves from it + ends = moves to it + starts.
    """

    by: Coded
    customers: int
    interactions: int
    places: tuple[TransitionPlace, ...]
    moves: tuple[Transition, ...]

    def table(self) -> pa.Table:
        """One line per pair; times between the starts, in seconds."""
        return arrow_table(self.moves, Transition, nested=("time",))

    def places_table(self) -> pa.Table:
        """One line per place."""
        return arrow_table(self.places, TransitionPlace)


@dataclass(frozen=True, slots=True, eq=False)
class TransitionPart:
    """Counts by place (rows: interactions, starts, ends); pairs under the key origin * places + target."""

    places: Whole
    pairs: Tally


@compiled
def _walk(  # noqa: PLR0917 -- columns, then rows of a tally
    codes: Array, time: Whole, offsets: Whole, keep: Keep, n: int,
    slots: Array, keys: Whole, sums: Whole, least: Whole, most: Whole, seen: Whole,
) -> tuple[int, Whole]:  # fmt: skip
    masked, direct = len(keep) > 0, len(slots) == 0
    places = np.zeros((3, n), np.int64)
    used, last = 0, len(slots) - 1
    for c in range(len(offsets) - 1):
        before = -1
        since = 0
        for i in range(np.uint64(offsets[c]), np.uint64(offsets[c + 1])):
            if masked and not keep[i]:
                continue
            here = int(codes[i]) + 1
            places[0, here] += 1
            if before < 0:
                places[1, here] += 1
            else:
                key = before * n + here
                row = key
                if not direct:
                    row = int(slots[key & last])
                    if row < 0 or keys[row] != key:
                        row = row_of(key, used, slots, keys)
                        if row == FULL:
                            return FULL, places
                        used = max(used, row + 1)
                # a number without a sign needs no look whether it counts from the end
                add_to_row(np.uint64(row), int(time[i]) - since, c, sums, least, most, seen)
            before = here
            since = int(time[i])
        if before >= 0:
            places[2, before] += 1
    return used, places


@dataclass(frozen=True, slots=True)
class TransitionKernel:
    """Pairs of consecutive values of a coded column; `quantiles=False` leaves the histograms out.

    `intervals`: of the medians; they cost a fifth of the walk.
    """

    by: Coded = "touchpoint"
    quantiles: bool = True
    intervals: bool = False

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> TransitionPart:
        """Counts of one bucket."""
        width = WIDTH if self.quantiles else HISTOGRAM
        n = len(codes.of(self.by)) + 1
        walk = partial(_walk, bucket.coded(self.by), bucket.time, bucket.offsets, keep, n)
        pairs, places = fill(walk, n * n, width, direct=True, squares=self.quantiles and self.intervals)
        return TransitionPart(places, pairs)

    def merge(self, one: TransitionPart, other: TransitionPart) -> TransitionPart:
        """Sums, pair by pair."""
        return TransitionPart(one.places + other.places, merge_tallies(one.pairs, other.pairs))

    def finish(self, part: TransitionPart, codes: Codes) -> Transitions:
        """With names."""
        known = names(codes.of(self.by))
        places = sorted(
            (TransitionPlace(known[i], *map(int, part.places[:, i])) for i in np.flatnonzero(part.places[0])),
            key=lambda p: (-p.interactions, rank(p.name)),
        )
        moves = sorted(
            (_transition(part.pairs, row, known) for row in range(len(part.pairs.keys))),
            key=lambda m: (-m.moves, rank(m.origin), rank(m.target)),
        )
        return Transitions(
            self.by, int(part.places[1].sum()), int(part.places[0].sum()), tuple(places), tuple(moves)
        )


def _transition(pairs: Tally, number: int, known: tuple[str | None, ...]) -> Transition:
    origin, target = divmod(int(pairs.keys[number]), len(known))
    row, least, most = pairs.row(number)
    return Transition(
        known[origin], known[target], int(row[COUNT]), int(row[CUSTOMERS]), spread(row, least, most)
    )
