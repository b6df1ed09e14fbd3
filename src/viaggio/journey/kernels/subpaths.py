"""Frequent sub-paths: what many customers do one thing after another, wherever in their journey."""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from viaggio.estimate import wilson
from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.kernels.paths import ARROW, NO_PLACE
from viaggio.journey.packed import Packing, Pile, Rows, by_name, mixed
from viaggio.journey.rows import arrow_table, names
from viaggio.journey.where import Keep
from viaggio.kernel import ViaggioError


class TooManySubPaths(ViaggioError):
    """More different sub-paths than are held in memory."""

    code = "journey.too_many_sub_paths"


@dataclass(frozen=True, slots=True)
class SubPath:
    """Places one directly after another. `customers`: with at least one such run; `times`: runs in all."""

    places: tuple[str | None, ...]
    customers: int
    times: int


@dataclass(frozen=True, slots=True)
class SubPathLine:
    """A sub-path as a line of a table; `share` of all customers, 0 to 1, in Wilson's interval at 95 %."""

    path: str
    length: int
    customers: int
    times: int
    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class SubPaths:
    """Sub-paths of most customers first; of equals those met more often, then those first by name."""

    by: Coded
    customers: int
    different: int
    paths: tuple[SubPath, ...]

    def lines(self) -> tuple[SubPathLine, ...]:
        """The sub-paths with the share of customers who do them."""
        return tuple(map(self._line, self.paths))

    def table(self) -> pa.Table:
        """One line per sub-path."""
        return arrow_table(self.lines(), SubPathLine)

    def _line(self, path: SubPath) -> SubPathLine:
        text = ARROW.join(place or NO_PLACE for place in path.places)
        share, interval = path.customers / self.customers, wilson(path.customers, self.customers)
        return SubPathLine(text, len(path.places), path.customers, path.times, share, *interval)


@dataclass(frozen=True, slots=True, eq=False)
class SubPathPart:
    """Customers seen, and all sub-paths of theirs."""

    customers: int
    pile: Pile


@dataclass(slots=True)
class _Room:
    """What a walk counts into: an open-addressed table of rows under their keys."""

    slots: Array
    keys: Whole
    sums: Whole
    seen: Whole

    @classmethod
    def of(cls, rows: int) -> "_Room":
        return cls(
            np.full(4 * rows, -1, np.int32),
            np.zeros(rows, np.int64),
            np.zeros((rows, 2), np.int64),
            np.full(rows, -1, np.int64),
        )

    def grown(self, rows: int) -> "_Room":
        """The same rows with room for more."""
        room, used = self.of(rows), len(self.keys)
        room.keys[:used], room.sums[:used], room.seen[:used] = self.keys, self.sums, self.seen
        _enter(room.slots, room.keys, used)
        return room


@compiled
def _enter(slots: Array, keys: Whole, used: int) -> None:
    last = len(slots) - 1
    for row in range(used):
        at = mixed(0, keys[row]) & last
        while slots[at] >= 0:
            at = (at + 1) & last
        slots[at] = row


@compiled
def _walk(  # noqa: PLR0917 -- columns, parameters, where the walk stands, then what it fills
    codes: Array, offsets: Whole, keep: Keep, renumbered: Whole, bits: int, longest: int, collapse: bool,
    c: int, i: int, window: int, held: int, customers: int, used: int,
    slots: Array, keys: Whole, sums: Whole, seen: Whole,
) -> tuple[int, int, int, int, int, int]:  # fmt: skip
    """Walk on from row `i` of customer `c`, to the end or until there may be no room for the next row.

    `window`: the last `held` steps, the newest in the lowest bits.
    """
    masked = len(keep) > 0
    last = len(slots) - 1
    step = (1 << bits) - 1
    whole = (1 << bits * longest) - 1
    while c < len(offsets) - 1:
        while i < offsets[c + 1]:
            if masked and not keep[i]:
                i += 1
                continue
            here = renumbered[codes[i] + 1] + 1
            if collapse and held > 0 and window & step == here:
                i += 1
                continue
            if used + longest > len(keys):
                return c, i, window, held, customers, used
            customers += held == 0
            window = (window << bits | here) & whole
            held = min(held + 1, longest)
            for length in range(2, held + 1):
                key = window & ((1 << bits * length) - 1)
                at = mixed(0, key) & last
                while slots[at] >= 0 and keys[slots[at]] != key:
                    at = (at + 1) & last
                row = int(slots[at])
                if row < 0:
                    row = used
                    slots[at] = row
                    keys[row] = key
                    used += 1
                sums[row, 0] += 1
                sums[row, 1] += seen[row] != c
                seen[row] = c
            i += 1
        c += 1
        window = held = 0
    return c, i, window, held, customers, used


@dataclass(frozen=True, slots=True)
class SubPathKernel:
    """Runs of 2 to `longest` places, exactly counted; shown are the `top` ones of at least `least_customers`.

    `collapse`: consecutive interactions in one place are one step. All different runs are held, at most
    `most` of them (24 bytes each while parts are merged, 48 in the bucket at work: 100 MB at the default):
    beyond that `TooManySubPaths` is raised, because an answer cut short would depend on the buckets.
    """

    longest: int = 4
    top: int = 50
    by: Coded = "touchpoint"
    collapse: bool = True
    least_customers: int = 1
    most: int = 2**21

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> SubPathPart:
        """The sub-paths of one bucket."""
        known = names(codes.of(self.by))
        bits = self._packing(known).bits
        columns = bucket.coded(self.by), bucket.offsets, keep, by_name(known)[0]
        room = _Room.of(2**12)
        state = (0, 0, 0, 0, 0, 0)
        while True:
            state = _walk(
                *columns,
                bits,
                self.longest,
                self.collapse,
                *state,
                room.slots,
                room.keys,
                room.sums,
                room.seen,
            )
            if state[0] == bucket.n_customers:
                break
            self._check(state[-1])
            room = room.grown(4 * len(room.keys))
        *_, customers, used = state
        times, of_customers = room.sums[:used].T.copy()
        return SubPathPart(customers, Pile.of(Rows(room.keys[:used, None].copy(), times, of_customers)))

    def merge(self, one: SubPathPart, other: SubPathPart) -> SubPathPart:
        """Sums, run by run."""
        pile = one.pile.with_all(other.pile)
        self._check(pile.distinct)
        return SubPathPart(one.customers + other.customers, pile)

    def finish(self, part: SubPathPart, codes: Codes) -> SubPaths:
        """With names, most customers first."""
        rows = part.pile.rows()
        self._check(len(rows))
        _, known = by_name(names(codes.of(self.by)))
        packing = self._packing(known)
        keys = rows.words[:, 0]
        # the first step into the highest bits, as `Packing` has it, so that rows sort by name
        length = np.zeros(len(rows), np.int64)
        for step in range(self.longest):
            length += (keys >> packing.bits * step) > 0
        keys = keys << packing.bits * (packing.per_word - length)
        often = np.flatnonzero(rows.customers >= self.least_customers)
        order = often[np.lexsort((keys[often], -rows.times[often], -rows.customers[often]))][: self.top]
        paths = (
            SubPath(
                tuple(known[place] for place in packing.unpack(keys[row : row + 1])),
                int(rows.customers[row]),
                int(rows.times[row]),
            )
            for row in order
        )
        return SubPaths(self.by, part.customers, len(rows), tuple(paths))

    def _packing(self, known: tuple[str | None, ...]) -> Packing:
        packing = Packing(len(known), self.longest)
        if self.longest < 2:
            raise ValueError(f"a sub-path has two steps at least, not {self.longest}")
        if packing.words > 1:
            raise TooManySubPaths(
                f"runs of {self.longest} among {len(known) - 1} values are too many",
                hint=f"Ask for at most {packing.per_word} steps.",
            )
        return packing

    def _check(self, different: int) -> None:
        if different > self.most:
            raise TooManySubPaths(
                f"there are more than {self.most} different sub-paths",
                hint="Ask for shorter ones, or for fewer places.",
            )
