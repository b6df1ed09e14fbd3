"""Reach: how many customers come to each place, of those who reach a goal (before it) and of the others."""

from dataclasses import dataclass

import numpy as np

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.kinds import Bits, InteractionKind, bits_of
from viaggio.journey.rows import names
from viaggio.journey.where import Keep


@dataclass(frozen=True, slots=True)
class Group:
    """Customers with their interactions, and by place how many customers came there; None: no value."""

    customers: int
    interactions: int
    reached: dict[str | None, int]
    visits: dict[str | None, int]


@dataclass(frozen=True, slots=True)
class Reach:
    """Those who reach the goal, counted up to it and without it, and those who do not."""

    by: Coded
    converted: Group
    others: Group


@dataclass(frozen=True, slots=True, eq=False)
class ReachPart:
    """Of both groups: customers and interactions; customers and interactions by place."""

    totals: Whole  # 2 x 2
    places: Whole  # 2 x 2 x places


@compiled
def _walk(  # noqa: PLR0917 -- columns, as they are compiled
    codes: Array, kinds: Array, table: Bits, more: Bits, offsets: Whole, keep: Keep, n: int, aims: bool
) -> tuple[Whole, Whole]:
    masked, narrowed = len(keep) > 0, len(more) > 0
    totals = np.zeros((2, 2), np.int64)
    places = np.zeros((2, 2, n), np.int64)
    met = np.full(n, -1, np.int64)
    visits = np.zeros(n, np.int64)
    came = np.zeros(n, np.int64)
    for c in range(len(offsets) - 1):
        many = seen = 0
        group = 1
        for i in range(offsets[c], offsets[c + 1]):
            if masked and not keep[i]:
                continue
            kind = table[int(kinds[i]) + 1]
            if narrowed:
                kind &= more[i]
            if aims and kind != 0:
                group = 0
                break
            here = int(codes[i]) + 1
            if met[here] != c:
                met[here] = c
                visits[here] = 0
                came[many] = here
                many += 1
            visits[here] += 1
            seen += 1
        if seen == 0 and group == 1:
            continue
        totals[group, 0] += 1
        totals[group, 1] += seen
        for m in range(many):
            places[group, 0, came[m]] += 1
            places[group, 1, came[m]] += visits[came[m]]
    return totals, places


@dataclass(frozen=True, slots=True)
class ReachKernel:
    """Who comes where; with a `goal`, customers who reach it apart from those who do not."""

    by: Coded = "touchpoint"
    goal: InteractionKind | None = None

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> ReachPart:
        """Counts of one bucket."""
        kinds = bits_of([self.goal or InteractionKind()], bucket, codes)
        n = len(codes.of(self.by)) + 1
        aims = self.goal is not None
        return ReachPart(
            *_walk(bucket.coded(self.by), kinds.codes, kinds.table, kinds.more, bucket.offsets, keep, n, aims)
        )

    def merge(self, one: ReachPart, other: ReachPart) -> ReachPart:
        """Sums: no customer is in both."""
        return ReachPart(one.totals + other.totals, one.places + other.places)

    def finish(self, part: ReachPart, codes: Codes) -> Reach:
        """With names; places where nobody came are 0."""
        known = names(codes.of(self.by))

        def group(number: int) -> Group:
            customers, interactions = map(int, part.totals[number])
            reached, visits = (
                dict(zip(known, part.places[number, row].tolist(), strict=True)) for row in (0, 1)
            )
            return Group(customers, interactions, reached, visits)

        return Reach(self.by, group(0), group(1))
