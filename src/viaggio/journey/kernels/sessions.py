"""Sessions: interactions of a customer with no pause longer than a gap between their starts."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Bucket, Codes, Whole
from viaggio.journey.rows import arrow_table, names, rank
from viaggio.journey.spread import (
    CUSTOMERS,
    MICROS,
    SQUARES,
    WIDTH,
    Spread,
    add_duration,
    close_squares,
    count_customer,
    nobody_seen,
    spread,
)
from viaggio.journey.tally import NEVER
from viaggio.journey.where import Keep

LENGTHS = 65
"""Session lengths counted one by one: 0 (never) to 63 interactions; the last entry is 64 or more."""

_INTERACTIONS, _SINGLE = 0, 1


@dataclass(frozen=True, slots=True)
class SessionGroup:
    """Sessions that began on one channel.

    `single`: sessions of one interaction (their duration is 0). `time`: from the start of the first to the
    start of the last interaction, single ones included.
    """

    channel: str | None
    sessions: int
    customers: int
    interactions: int
    single: int
    time: Spread


@dataclass(frozen=True, slots=True)
class Sessions:
    """All sessions, and by the channel of their first interaction. No session is counted twice.

    `lengths[i]`: sessions of i interactions; the last entry counts those of as many or more.
    """

    gap_seconds: float
    sessions: int
    customers: int
    interactions: int
    single: int
    time: Spread
    lengths: tuple[int, ...]
    channels: tuple[SessionGroup, ...]

    @property
    def mean_interactions(self) -> float | None:
        """Interactions per session; None without sessions."""
        return self.interactions / self.sessions if self.sessions else None

    def table(self) -> pa.Table:
        """One line per channel; durations in seconds."""
        return arrow_table(self.channels, SessionGroup, nested=("time",))


@dataclass(frozen=True, slots=True, eq=False)
class SessionPart:
    """By place of the first channel: durations, interactions and single ones; lengths over all.

    `squares`: of how many sessions each customer has, whatever their channel.
    """

    customers: int
    squares: int
    counts: Whole  # places x 2
    sums: Whole  # places x WIDTH
    least: Whole
    most: Whole
    lengths: Whole


@compiled
def _walk(  # noqa: PLR0917 -- columns, as they are compiled
    channel: npt.NDArray[np.int8], time: Whole, offsets: Whole, keep: Keep, n: int, gap: int
) -> tuple[int, int, Whole, Whole, Whole, Whole, Whole]:
    masked = len(keep) > 0
    counts = np.zeros((n, 2), np.int64)
    sums = np.zeros((n, WIDTH), np.int64)
    least, most = np.full(n, NEVER, np.int64), np.full(n, -1, np.int64)
    lengths = np.zeros(LENGTHS, np.int64)
    seen = nobody_seen(n, True)
    customers = squares = 0
    for c in range(len(offsets) - 1):
        length = mine = 0
        first = last = 0
        place = 0
        for i in range(offsets[c], offsets[c + 1] + 1):
            over = i == offsets[c + 1]  # one step beyond the last row closes the last session
            if not over and masked and not keep[i]:
                continue
            if length > 0 and (over or time[i] - last > gap):
                add_duration(sums, place, last - first)
                least[place] = min(least[place], last - first)
                most[place] = max(most[place], last - first)
                counts[place, _INTERACTIONS] += length
                counts[place, _SINGLE] += length == 1
                lengths[min(length, LENGTHS - 1)] += 1
                customers += over
                count_customer(sums, place, c, seen)
                mine += 1
                length = 0
            if over:
                squares += mine * mine
                break
            if length == 0:
                first = int(time[i])
                place = int(channel[i]) + 1
            last = int(time[i])
            length += 1
    close_squares(sums, seen)
    return customers, squares, counts, sums, least, most, lengths


@dataclass(frozen=True, slots=True)
class SessionKernel:
    """Sessions: a pause of exactly `gap_micros` still belongs to the session, a longer one ends it."""

    gap_micros: int = 30 * 60 * MICROS

    def __post_init__(self) -> None:
        """Raise `ValueError` for a pause shorter than none."""
        if self.gap_micros < 0:
            raise ValueError(f"a pause lasts 0 or more, not {self.gap_micros} microseconds")

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> SessionPart:
        """Counts of one bucket."""
        n = len(codes.channel) + 1
        return SessionPart(*_walk(bucket.channel, bucket.time, bucket.offsets, keep, n, self.gap_micros))

    def merge(self, one: SessionPart, other: SessionPart) -> SessionPart:
        """Sums: no customer is in both."""
        return SessionPart(
            one.customers + other.customers,
            one.squares + other.squares,
            one.counts + other.counts,
            one.sums + other.sums,
            np.minimum(one.least, other.least),
            np.maximum(one.most, other.most),
            one.lengths + other.lengths,
        )

    def finish(self, part: SessionPart, codes: Codes) -> Sessions:
        """With names; channels with sessions only, most sessions first."""
        groups = [_group(part, i, name) for i, name in enumerate(names(codes.channel)) if part.sums[i, 0]]
        whole = part.sums.sum(axis=0)
        whole[SQUARES] = part.squares
        interactions, single = map(int, part.counts.sum(axis=0))
        return Sessions(
            self.gap_micros / MICROS,
            int(whole[0]),
            part.customers,
            interactions,
            single,
            spread(whole, int(part.least.min()), int(part.most.max())),
            tuple(map(int, part.lengths)),
            tuple(sorted(groups, key=lambda g: (-g.sessions, rank(g.channel)))),
        )


def _group(part: SessionPart, place: int, name: str | None) -> SessionGroup:
    row = part.sums[place]
    interactions, single = map(int, part.counts[place])
    time = spread(row, int(part.least[place]), int(part.most[place]))
    return SessionGroup(name, int(row[0]), int(row[CUSTOMERS]), interactions, single, time)
