"""Attribution over journeys: one walk that cuts each customer's interactions into paths and splits them."""

from dataclasses import dataclass

import numpy as np

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole, bucket_of
from viaggio.journey.kernels.attribution.answer import answer
from viaggio.journey.kernels.attribution.model import Attribution, AttributionRules, BadAttribution
from viaggio.journey.kernels.attribution.sums import (
    CENT,
    CONVERTERS,
    Sums,
    Touches,
    add_paths,
    no_sums,
)
from viaggio.journey.kinds import ANY, Bits, InteractionKind, bits_of
from viaggio.journey.rows import names
from viaggio.journey.where import Keep

GROUPS = 32
"""Groups of customers, by a hash of their own, that are left out in turn for the intervals."""

AS_USUAL = AttributionRules()
"""A window of 30 days, a half-life of 7, 40/20/40 by position."""

_SALT = 0x5F3759DF1B873593  # so that groups have nothing to do with buckets
_MOST_MOVES = 2**22  # entries of all groups' moves, 34 MB; beyond that there is one group, and no interval


@dataclass(frozen=True, slots=True, eq=False)
class AttributionPart:
    """Sums by group of customers, as Python's integers where they are merged: these have no limit."""

    sums: Sums


@compiled
def _walk(  # noqa: C901, PLR0917 -- columns, parameters, then what is filled; one loop
    codes: Array, kind: Array, table: Bits, more: Bits, time: Whole, value: Whole, offsets: Whole, keep: Keep,
    by_value: bool, lookback: int, since: int,
    places: Whole, times: Whole, bounds: Whole, converted: Keep, worth: Whole, customers: Whole,
) -> tuple[int, int]:  # fmt: skip
    """Cut the journeys into paths: how many, and of how many customers who convert.

    Touches are written one after another. Of those before a conversion the ones too long ago make a path of
    their own; those of a path that is not counted are written over.
    """
    masked, narrowed = len(keep) > 0, len(more) > 0
    paths = converters = 0
    end = 0  # touches of all paths so far
    for c in range(len(offsets) - 1):
        converts = False
        held = end  # the end of the touches since the last conversion
        for i in range(offsets[c], offsets[c + 1] + 1):
            over = i == offsets[c + 1]
            if not over:
                if masked and not keep[i]:
                    continue
                bits = table[kind[i] + 1] & (more[i] if narrowed else -1)
                if not (value[i] > 0 if by_value else bits & 1):
                    if bits & 2:
                        places[held] = codes[i] + 1
                        times[held] = time[i]
                        held += 1
                    continue
                if time[i] < since:
                    held = end
                    continue
            late = end
            while late < held and (over or time[i] - times[late] > lookback):
                late += 1
            if late > end and times[late - 1] >= since:
                converted[paths], worth[paths], customers[paths] = False, 0, c
                bounds[paths + 1] = end = late
                paths += 1
            elif late > end:
                for k in range(late, held):
                    places[end + k - late], times[end + k - late] = places[k], times[k]
                held -= late - end
            if not over:
                converted[paths], worth[paths], customers[paths] = True, max(value[i], 0) * CENT, c
                bounds[paths + 1] = end = held
                paths += 1
                converts = True
        converters += converts
    return paths, converters


@dataclass(frozen=True, slots=True)
class AttributionKernel:
    """Conversions split among what came before them.

    A conversion is an interaction of the kind `conversion`, or, without one, any with a value. `touches`:
    the interactions that may earn credit; conversions never do. A path begins after the conversion before,
    and takes in what lies at most `lookback_micros` back; what lies further back is a path that led nowhere,
    as is what follows the last conversion. `since_micros`: earlier conversions, and paths that led nowhere
    before, are not counted, but what lies before may earn credit. `pairs`: also a chain of order 2.
    """

    conversion: InteractionKind | None = None
    by: Coded = "channel"
    rules: AttributionRules = AS_USUAL
    touches: InteractionKind = ANY
    since_micros: int | None = None
    pairs: bool = False
    level: float = 0.95

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> AttributionPart:
        """Sums of one bucket."""
        known = names(codes.of(self.by))
        sums = no_sums(self._groups(len(known)), len(known), pairs=self.pairs)
        touches, converters = self._cut(bucket, keep, codes, len(sums.totals))
        add_paths(touches, self.rules, known, sums)
        sums.totals[0, CONVERTERS] += converters
        return AttributionPart(_unlimited(sums))

    def _cut(self, bucket: Bucket, keep: Keep, codes: Codes, groups: int) -> tuple[Touches, int]:
        """The paths of one bucket, and its customers who convert."""
        n = bucket.n_events
        kind = bits_of([self.conversion or ANY, self.touches], bucket, codes)
        places, times, worth, customers = (np.empty(n, np.int64) for _ in range(4))
        bounds, converted = np.zeros(n + 1, np.int64), np.empty(n, np.bool_)
        paths, converters = _walk(
            bucket.coded(self.by), kind.codes, kind.table, kind.more, bucket.time, bucket.value,
            bucket.offsets, keep, self.conversion is None, self.rules.lookback_micros,
            np.iinfo(np.int64).min if self.since_micros is None else self.since_micros,
            places, times, bounds, converted, worth, customers,
        )  # fmt: skip
        by_customer = bucket_of(bucket.customers ^ _SALT, groups)
        found = Touches(
            places, times, bounds[: paths + 1], converted[:paths], np.ones(paths, np.int64), worth[:paths],
            by_customer[customers[:paths]],
        )  # fmt: skip
        return found, converters

    def merge(self, one: AttributionPart, other: AttributionPart) -> AttributionPart:
        """Sums: no customer is in both."""
        return AttributionPart(Sums(*(a + b for a, b in zip(one.sums, other.sums, strict=True))))

    def finish(self, part: AttributionPart, codes: Codes) -> Attribution:
        """With names, the Markov chains solved, and intervals from leaving out one group at a time."""
        return answer(part.sums, names(codes.of(self.by)), self.by, level=self.level, per_unit=CENT)

    def _groups(self, places: int) -> int:
        """Groups of customers; raises `BadAttribution` where even one has too many moves to hold."""
        moves = (places + 1) * (places + 2) * (places if self.pairs else 1)
        if moves > _MOST_MOVES:
            way_out = "Ask for order 1, or for places that are fewer." if self.pairs else "Ask for channels."
            raise BadAttribution(f"{places - 1} values of {self.by} are too many", hint=way_out)
        return GROUPS if GROUPS * moves <= _MOST_MOVES else 1


def _unlimited(sums: Sums) -> Sums:
    """Credits and values as Python's integers; moves are counts of rows and fit an int64."""
    large = {"credits", "values", "pair_values", "totals"}
    return Sums(*(a.astype(object) if n in large else a for n, a in zip(Sums._fields, sums, strict=True)))
