"""The funnel as a kernel: parts of buckets, their merge, the result with names."""

from dataclasses import dataclass

import numpy as np

from viaggio.journey.groups import CustomerGroups
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.kernels.funnel.definition import BadFunnel, Entry, FunnelRules
from viaggio.journey.kernels.funnel.results import Funnel, FunnelNext, FunnelSegment, funnel_steps
from viaggio.journey.kernels.funnel.walk import (
    EVERY,
    FIRST,
    FOREVER,
    FURTHEST,
    SINCE_BEFORE,
    SINCE_START,
    walk,
)
from viaggio.journey.kernels.touchpoint_steps import LEFT
from viaggio.journey.kinds import bits_of
from viaggio.journey.rows import names, rank
from viaggio.journey.spread import SQUARES, WIDTH, Spread, TimeBin, spread, time_bins
from viaggio.journey.where import Keep

MOST_ROWS = 20_000
"""Segments times steps: each has two histograms of times."""

_ENTRIES = {Entry.FURTHEST: FURTHEST, Entry.FIRST: FIRST, Entry.EVERY: EVERY}


@dataclass(frozen=True, slots=True, eq=False)
class FunnelPart:
    """Attempts by segment and furthest step, rows of times, attempts by last step and what followed it."""

    customers: int
    furthest: Whole  # segments x (steps + 1)
    sums: Whole  # (segments x steps x 2) x WIDTH
    least: Whole
    most: Whole
    dropped: Whole  # (steps + 1) x (touchpoints + 1); the last column: nothing followed
    squares: Whole  # (steps x 2): of how many times each customer has, over all segments


@dataclass(frozen=True, slots=True)
class FunnelKernel:
    """A funnel, as a whole, by a coded column's value at the attempt's start, or by customers' groups."""

    rules: FunnelRules
    by: Coded | CustomerGroups | None = None

    def _names(self, codes: Codes) -> tuple[str, ...]:
        """The segments' names by code."""
        if self.by is None:
            return ()
        return self.by.names if isinstance(self.by, CustomerGroups) else codes.of(self.by)

    def _segments(self, bucket: Bucket) -> Array:
        """Codes of the segments, row by row; read only where there are segments."""
        if isinstance(self.by, CustomerGroups):
            return self.by.of_rows(bucket)
        return bucket.coded(self.by or "touchpoint")

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> FunnelPart:
        """Counts of one bucket."""
        rules = self.rules
        kinds = bits_of(rules.kinds, bucket, codes)
        first = np.cumsum([0, *(len(stage.steps) for stage in rules.stages)]).astype(np.int64)
        windows = np.array([_micros(stage.within_micros) for stage in rules.stages], np.int64)
        excluded = np.zeros(len(rules.stages), np.int64)
        for number, exclusion in enumerate(rules.exclusions, start=len(rules.steps)):
            excluded[exclusion.after : exclusion.before] |= 1 << number
        segments = 1 if self.by is None else len(self._names(codes)) + 1
        if segments * len(rules.steps) > MOST_ROWS:
            raise BadFunnel(
                f"{segments} segments of {len(rules.steps)} steps", hint="Filter or group them first."
            )
        return FunnelPart(
            *walk(
                kinds.codes, kinds.table, kinds.more, bucket.time, bucket.offsets, keep,
                self._segments(bucket), segments, bucket.touchpoint, len(codes.touchpoint) + 1,
                first, windows, _micros(rules.within_micros), excluded, _ENTRIES[rules.entry], WIDTH,
            )
        )  # fmt: skip

    def merge(self, one: FunnelPart, other: FunnelPart) -> FunnelPart:
        """Sums: no customer is in both."""
        return FunnelPart(
            one.customers + other.customers,
            one.furthest + other.furthest,
            one.sums + other.sums,
            np.minimum(one.least, other.least),
            np.maximum(one.most, other.most),
            one.dropped + other.dropped,
            one.squares + other.squares,
        )

    def finish(self, part: FunnelPart, codes: Codes) -> Funnel:
        """With names and intervals; segments with attempts only."""
        labels = self.rules.labels
        shape = (len(part.furthest), len(labels), 2)
        whole = part.sums.reshape(*shape, -1).sum(axis=0)
        whole[..., SQUARES] = part.squares.reshape(shape[1:])
        least, most = part.least.reshape(shape), part.most.reshape(shape)
        steps = funnel_steps(
            labels, part.furthest.sum(axis=0).tolist(), _spreads(whole, least.min(axis=0), most.max(axis=0))
        )
        groups = []
        for place, name in enumerate(names(self._names(codes)) if self.by else ()):
            if part.furthest[place].any():
                since = _spreads(part.sums.reshape(*shape, -1)[place], least[place], most[place])
                groups.append(FunnelSegment(name, funnel_steps(labels, part.furthest[place].tolist(), since)))
        following = (*names(codes.touchpoint), LEFT)
        onward = [
            FunnelNext(int(step), following[place], int(part.dropped[step, place]))
            for step, place in np.argwhere(part.dropped)
        ]
        return Funnel(
            self.rules.entry.value,
            self.by.name if isinstance(self.by, CustomerGroups) else self.by,
            part.customers,
            steps,
            tuple(sorted(groups, key=lambda g: rank(g.segment))),
            tuple(sorted(onward, key=lambda n: (n.step, n.target == LEFT, -n.count, rank(n.target)))),
        )


def _micros(window: int | None) -> int:
    return FOREVER if window is None else window


def _spreads(sums: Whole, least: Whole, most: Whole) -> list[tuple[Spread, Spread, tuple[TimeBin, ...]]]:
    """Of each step, the spread since the start and since the stage before, and the bars of the first."""
    rows = []
    for step in range(len(sums)):
        start, before = (
            spread(sums[step, kind], int(least[step, kind]), int(most[step, kind]))
            for kind in (SINCE_START, SINCE_BEFORE)
        )
        rows.append((start, before, time_bins(sums[step, SINCE_START])))
    return rows
