"""Attribution over journeys: one walk that cuts each customer's interactions into paths and splits them."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole, bucket_of
from viaggio.journey.kernels.attribution.answer import answer
from viaggio.journey.kernels.attribution.model import (
    MODELS,
    Attribution,
    AttributionRules,
    BadAttribution,
    Model,
)
from viaggio.journey.kernels.attribution.sums import (
    CENT,
    CONVERTERS,
    SPLITS,
    Sums,
    add_to_sums,
    carried,
    no_sums,
    settings,
    whole,
)
from viaggio.journey.kinds import ANY, Bits, InteractionKind, bits_of
from viaggio.journey.rows import names
from viaggio.journey.scratch import room
from viaggio.journey.where import Keep

GROUPS = 32
"""Groups of customers, by a hash of their own, that are left out in turn for the intervals."""

AS_USUAL = AttributionRules()
"""A window of 30 days, a half-life of 7, 40/20/40 by position."""

_BATCH = 4096  # rows, unless one customer has more
_ONE_GROUP = np.empty(0, np.int64)
_SALT = 0x5F3759DF1B873593  # so that groups have nothing to do with buckets
_MOST_MOVES = 2**22  # entries of all groups' moves, 34 MB; beyond that there is one group, and no interval


@dataclass(frozen=True, slots=True, eq=False)
class AttributionPart:
    """Sums by group of customers, `carried`, so that they have no limit."""

    sums: Sums


@compiled
def _walk(  # noqa: PLR0917 -- columns, parameters, then what is filled
    codes: Array, kind: Array, table: Bits, more: Bits, time: Whole, value: Whole, offsets: Whole, keep: Keep,
    by_value: bool, lookback: int, since: int, by_customer: Whole,
    direct: Array, half_life: float, first_share: float, last_share: float, asked: Array,
    places: Whole, times: Whole, bounds: Whole, converted: Array, worth: Whole, groups: Whole, ones: Whole,
    shares: Array,
    given: Array, values: Array, moves: Array, pair_moves: Array, pair_values: Array, totals: Array,
) -> None:  # fmt: skip
    """Cut the journeys into paths and add these up, some customers at a time: what is held stays in cache."""
    customers, rows, first = len(offsets) - 1, len(places), 0
    bounds[0], ones[:] = 0, 1
    while first < customers:
        last = first
        while last < customers and offsets[last + 1] - offsets[first] <= rows:
            last += 1
        paths, converters = _cut(
            codes, kind, table, more, time, value, offsets[first : last + 1], keep,
            by_value, lookback, since, by_customer[first:last],
            places, times, bounds, converted, worth, groups,
        )  # fmt: skip
        add_to_sums(
            places, times, bounds, ones[:paths], worth, converted, groups,
            direct, half_life, first_share, last_share, asked, shares,
            given, values, moves, pair_moves, pair_values, totals,
        )  # fmt: skip
        totals[0, CONVERTERS] += converters
        first = last


@compiled
def _cut(  # noqa: C901, PLR0917 -- columns, parameters, then what is filled; one loop
    codes: Array, kind: Array, table: Bits, more: Bits, time: Whole, value: Whole, offsets: Whole, keep: Keep,
    by_value: bool, lookback: int, since: int, by_customer: Whole,
    places: Whole, times: Whole, bounds: Whole, converted: Array, worth: Whole, groups: Whole,
) -> tuple[int, int]:  # fmt: skip
    """Cut the journeys of some customers into paths: how many, and of how many customers who convert.

    Touches are written one after another. Of those before a conversion the ones too long ago make a path of
    their own; those of a path that is not counted are written over.
    """
    masked, narrowed, grouped = len(keep) > 0, len(more) > 0, len(by_customer) > 0
    paths = converters = 0
    end = 0  # touches of all paths so far
    for c in range(len(offsets) - 1):
        converts = False
        group = by_customer[c] if grouped else 0
        held = end  # the end of the touches since the last conversion
        stop = np.uint64(offsets[c + 1])
        for i in range(
            np.uint64(offsets[c]), stop + np.uint64(1)
        ):  # without a sign: no counting from the end
            over = i == stop
            if not over:
                if masked and not keep[i]:
                    continue
                bits = table[np.uint64(kind[i] + 1)] & (more[i] if narrowed else -1)
                if not (value[i] > 0 if by_value else bits & 1):
                    if bits & 2:
                        places[np.uint64(held)] = codes[i] + 1
                        times[np.uint64(held)] = time[i]
                        held += 1
                    continue
                if time[i] < since:
                    held = end
                    continue
            late = held if over else end
            while late < held and time[i] - times[late] > lookback:
                late += 1
            if late > end and times[late - 1] >= since:
                converted[paths], worth[paths], groups[paths] = False, 0, group
                bounds[paths + 1] = end = late
                paths += 1
            elif late > end:
                for k in range(late, held):
                    places[end + k - late], times[end + k - late] = places[k], times[k]
                held -= late - end
            if not over:
                converted[paths], worth[paths], groups[paths] = True, max(value[i], 0) * CENT, group
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
    before, are not counted, but what lies before may earn credit. Only the `models` are computed, and
    intervals only for a `level`.
    """

    conversion: InteractionKind | None = None
    by: Coded = "channel"
    rules: AttributionRules = AS_USUAL
    touches: InteractionKind = ANY
    since_micros: int | None = None
    models: tuple[Model, ...] = MODELS
    level: float | None = 0.95

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> AttributionPart:
        """Sums of one bucket."""
        known = names(codes.of(self.by))
        sums = no_sums(self._groups(len(known)), len(known), pairs=Model.MARKOV_2 in self.models)
        groups = len(sums.totals)
        kind = bits_of([self.conversion or ANY, self.touches], bucket, codes)
        asked = np.array([model in self.models for model in tuple(Model)[:SPLITS]], np.bool_)
        _walk(
            bucket.coded(self.by), kind.codes, kind.table, kind.more, bucket.time, bucket.value,
            bucket.offsets, keep, self.conversion is None, self.rules.lookback_micros,
            np.iinfo(np.int64).min if self.since_micros is None else self.since_micros,
            bucket_of(bucket.customers ^ _SALT, groups) if groups > 1 else _ONE_GROUP,
            *settings(self.rules, known), asked, *_room(bucket), *sums,
        )  # fmt: skip
        return AttributionPart(carried(sums))

    def merge(self, one: AttributionPart, other: AttributionPart) -> AttributionPart:
        """Sums: no customer is in both."""
        return AttributionPart(Sums(*(a + b for a, b in zip(one.sums, other.sums, strict=True))))

    def finish(self, part: AttributionPart, codes: Codes) -> Attribution:
        """With names, the Markov chains solved, and intervals from leaving out one group at a time."""
        known = names(codes.of(self.by))
        return answer(whole(part.sums), known, self.by, models=self.models, level=self.level, per_unit=CENT)

    def _groups(self, places: int) -> int:
        """Groups of customers; raises `BadAttribution` where even one has too many moves to hold."""
        pairs = Model.MARKOV_2 in self.models
        moves = (places + 1) * (places + 2) * (places if pairs else 1)
        if moves > _MOST_MOVES:
            way_out = "Ask for order 1, or for places that are fewer." if pairs else "Ask for channels."
            raise BadAttribution(f"{places - 1} values of {self.by} are too many", hint=way_out)
        return GROUPS if self.level is not None and GROUPS * moves <= _MOST_MOVES else 1


class _Room(NamedTuple):
    """Where the paths of some customers are held; see `Touches`."""

    places: Whole
    times: Whole
    bounds: Whole
    converted: Array
    worth: Whole
    groups: Whole
    ones: Whole
    shares: Array


def _room(bucket: Bucket) -> _Room:
    """The longest journey has place in it."""
    rows = max(_BATCH, int(np.diff(bucket.offsets).max(initial=0)))
    return _Room(
        places=room("places", rows),
        times=room("times", rows),
        bounds=room("bounds", rows + 1),
        converted=room("converted", rows, "?"),
        worth=room("worth", rows),
        groups=room("groups", rows),
        ones=room("ones", rows),
        shares=room("shares", rows, "f8"),
    )
