"""Where attempts end: at a goal, by leaving, or still open; the counts behind every what-if."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.kinds import InteractionKind, bits_of
from viaggio.journey.rows import arrow_table, names, rank
from viaggio.journey.spread import COUNT, MICROS
from viaggio.journey.tally import FULL, Tally, fill, merge_tallies, row_of
from viaggio.journey.where import Keep

_GOAL, _LEFT, _OPEN = 0, 1, 2
_NEVER_ENDING = 2**61
"""Microseconds; longer than any journey."""


@dataclass(frozen=True, slots=True)
class LeavingMove:
    """Moves of attempts from one place to the next one, which may be the same."""

    origin: str | None
    target: str | None
    moves: int


@dataclass(frozen=True, slots=True)
class LeavingPlace:
    """A place that attempts go through: visits = moves from it + goal + left + open = starts + moves to it.

    `goal`: how often the goal came next; `left`: the attempt ended by leaving; `open`: it may still go on.
    """

    name: str | None
    visits: int
    starts: int
    goal: int
    left: int
    open: int


@dataclass(frozen=True, slots=True)
class Leaving:
    """Attempts to reach a goal. attempts = converted + left + open; `at_once`: began with the goal itself.

    An attempt begins with a customer's first interaction, or the first one after a goal or after a silence
    longer than `silence_seconds`. It ends when the goal is reached; by leaving, when such a silence follows;
    it is open when knowledge ends before that. Without a silence, who never reaches the goal has left.
    """

    by: Coded
    goal: str
    silence_seconds: float | None
    customers: int
    attempts: int
    at_once: int
    converted: int
    left: int
    open: int
    places: tuple[LeavingPlace, ...]
    moves: tuple[LeavingMove, ...]

    def table(self) -> pa.Table:
        """One line per place."""
        return arrow_table(self.places, LeavingPlace)

    def moves_table(self) -> pa.Table:
        """One line per pair of places."""
        return arrow_table(self.moves, LeavingMove)


@dataclass(frozen=True, slots=True, eq=False)
class LeavingPart:
    """Attempts by first place (the goal last), by last place and end; moves by origin * places + target."""

    customers: int
    starts: Whole
    ends: Whole
    moves: Tally


@compiled
def _walk(  # noqa: C901, PLR0917 -- one loop over columns, then rows of a tally
    places: Array, codes: Array, table: npt.NDArray[np.int32], more: npt.NDArray[np.int32], time: Whole,
    offsets: Whole, keep: Keep, n: int, silence: int, until: int,
    slots: Array, keys: Whole, sums: Whole,
) -> tuple[int, tuple[int, Whole, Whole]]:  # fmt: skip
    masked, narrowed = len(keep) > 0, len(more) > 0
    starts = np.zeros(n + 1, np.int64)
    ends = np.zeros((n, 3), np.int64)
    used, last = 0, len(slots) - 1
    customers = 0
    for c in range(len(offsets) - 1):
        before = -1  # the place before; none at the start of an attempt
        since = 0
        met = False
        for i in range(offsets[c], offsets[c + 1]):
            if masked and not keep[i]:
                continue
            met = True
            bits = int(table[codes[i] + 1])
            if narrowed:
                bits &= int(more[i])
            here = n if bits else int(places[i]) + 1
            if before >= 0 and time[i] - since > silence:
                ends[before, _LEFT] += 1
                before = -1
            if before < 0:
                starts[here] += 1
            elif here == n:
                ends[before, _GOAL] += 1
            else:
                key = before * n + here
                row = int(slots[key & last])
                if row < 0 or keys[row] != key:
                    row = row_of(key, used, slots, keys)
                    if row == FULL:
                        return FULL, (0, starts, ends)
                    used = max(used, row + 1)
                sums[row, 0] += 1
            before = -1 if here == n else here
            since = int(time[i])
        if before >= 0:
            ends[before, _OPEN if until - since <= silence else _LEFT] += 1
        customers += met
    return used, (customers, starts, ends)


@dataclass(frozen=True, slots=True)
class LeavingKernel:
    """Attempts to reach an interaction of kind `goal`; a silence longer than `silence_micros` ends one.

    `until_micros`: the moment up to which interactions are known; not asked without a silence.
    """

    goal: InteractionKind
    until_micros: int
    silence_micros: int | None = None
    by: Coded = "touchpoint"

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> LeavingPart:
        """Counts of one bucket."""
        n = len(codes.of(self.by)) + 1
        kinds = bits_of((self.goal,), bucket, codes)
        silence, until = self.silence_micros, self.until_micros
        if silence is None:
            silence, until = _NEVER_ENDING, 2 * _NEVER_ENDING  # all knowledge is there, after any silence
        columns = kinds.codes, kinds.table, kinds.more, bucket.time, bucket.offsets, keep, n, silence, until
        walk = partial(_walk, bucket.coded(self.by), *columns)
        moves, rest = fill(lambda slots, keys, sums, *_: walk(slots, keys, sums), n * n, 1)
        return LeavingPart(*rest, moves)

    def merge(self, one: LeavingPart, other: LeavingPart) -> LeavingPart:
        """Sums: no customer is in both."""
        return LeavingPart(
            one.customers + other.customers,
            one.starts + other.starts,
            one.ends + other.ends,
            merge_tallies(one.moves, other.moves),
        )

    def finish(self, part: LeavingPart, codes: Codes) -> Leaving:
        """With names; places with most who left first."""
        known = names(codes.of(self.by))
        counts = part.moves.sums[:, COUNT]
        origin, target = np.divmod(part.moves.keys, len(known))
        visits = part.starts[:-1] + np.bincount(target, counts, minlength=len(known)).astype(np.int64)
        places = [
            LeavingPlace(known[i], int(visits[i]), int(part.starts[i]), *map(int, part.ends[i]))
            for i in np.flatnonzero(visits)
        ]
        moves = [
            LeavingMove(known[a], known[b], count)
            for a, b, count in zip(origin.tolist(), target.tolist(), counts.tolist(), strict=True)
        ]
        at_once = int(part.starts[-1])
        goal, left, still_open = part.ends.sum(axis=0).tolist()
        return Leaving(
            self.by,
            self.goal.label,
            None if self.silence_micros is None else self.silence_micros / MICROS,
            part.customers,
            int(part.starts.sum()),
            at_once,
            at_once + goal,
            left,
            still_open,
            tuple(sorted(places, key=lambda p: (-p.left, rank(p.name)))),
            tuple(sorted(moves, key=lambda m: (-m.moves, rank(m.origin), rank(m.target)))),
        )
