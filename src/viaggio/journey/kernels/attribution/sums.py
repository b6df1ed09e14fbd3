"""What attribution adds up, in whole numbers, and how one path is split.

Credits are counted in small units, so that sums do not depend on the order of adding: a conversion has 2^36
units, a cent 2^20. Inside a path the shares are rounded to units cumulatively: they sum to the conversion
exactly, and no share is off by more than one unit (1.5e-11 conversions). An int64 holds 134 million
conversions and 88 billion euros per bucket and group; across buckets numbers have no limit.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Whole
from viaggio.journey.kernels.attribution.model import AttributionRules

CONVERSION = 1 << 36
"""Units of one conversion."""

CENT = 1 << 20
"""Units of one cent."""

FIRST, LAST, LAST_NON_DIRECT, LINEAR, POSITION, TIME_DECAY, SHAPLEY = range(7)
"""Rows of credits, in the order of `Model`."""
SPLITS = 7

_LARGE = {"credits", "values", "pair_values", "totals"}
_HALF = 32

CONVERSIONS, VALUE, CONVERTERS, UNTOUCHED, LOST, CONVERTED = range(6)
"""Entries of `totals`: conversions, value units, customers who convert, conversions untouched, paths."""


class Sums(NamedTuple):
    """All sums of a bucket, by group of customers (first axis).

    n places; place n of credits is no touch. A path moves from n (the start) through places to n (converted)
    or n + 1 (lost). `pair_moves`, `pair_values` are for a chain of order 2 (empty otherwise): the place
    before (n: the start), the place, and where to; the value of conversions by the last two places.
    """

    credits: Array  # groups x SPLITS x (n + 1), conversion units
    values: Array  # the same, value units
    moves: Array  # groups x (n + 1) x (n + 2)
    pair_moves: Array  # groups x (n + 1) x n x (n + 2)
    pair_values: Array  # groups x (n + 1) x n, value units
    totals: Array  # groups x 6


def no_sums(groups: int, n: int, *, pairs: bool) -> Sums:
    """Sums of nothing."""
    two = (groups, n + 1, n) if pairs else (groups, 0, 0)
    return Sums(
        np.zeros((groups, SPLITS, n + 1), np.int64),
        np.zeros((groups, SPLITS, n + 1), np.int64),
        np.zeros((groups, n + 1, n + 2), np.int64),
        np.zeros((*two, n + 2), np.int64),
        np.zeros(two, np.int64),
        np.zeros((groups, 6), np.int64),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """Paths one after another: path p has the touches `bounds[p]` to `bounds[p + 1]` - 1, maybe none.

    `weights`: how often the path occurs; `worth`: value units of all of these; `groups`: of its customer.
    `times` in whatever unit the half-life has.
    """

    places: Whole
    times: Whole
    bounds: Whole
    converted: npt.NDArray[np.bool_]
    weights: Whole
    worth: Whole
    groups: Whole


def add_paths(touches: Touches, rules: AttributionRules, known: tuple[str | None, ...], sums: Sums) -> None:
    """Add paths to sums, for all models; `known` names by place."""
    t = touches
    longest = int(np.diff(t.bounds).max(initial=0))
    add_to_sums(
        t.places, t.times, t.bounds, t.weights, t.worth, t.converted, t.groups, *settings(rules, known),
        np.ones(SPLITS, np.bool_), np.empty(longest, np.float64), *sums,
    )  # fmt: skip


def settings(rules: AttributionRules, known: tuple[str | None, ...]) -> tuple[Array, float, float, float]:
    """What `add_to_sums` needs to know of the rules: direct places, half-life, first and last share."""
    direct = np.array([name in rules.direct for name in known], dtype=np.bool_)
    return direct, float(rules.half_life_micros), rules.first_share, rules.last_share


def carried(sums: Sums) -> Sums:
    """Large sums as two numbers, multiples of 2^32 and the rest, so that int64 can add up any number of them.

    Moves are counts of rows and fit as they are.
    """
    return Sums(
        *(_in_two(array) if name in _LARGE else array for name, array in zip(Sums._fields, sums, strict=True))
    )


def _in_two(array: Array) -> Array:
    halves = np.empty((*array.shape, 2), np.int64)
    np.right_shift(array, _HALF, out=halves[..., 0])
    np.bitwise_and(array, (1 << _HALF) - 1, out=halves[..., 1])
    return halves


def whole(sums: Sums) -> Sums:
    """What was `carried`, as Python's integers, which have no limit."""
    return Sums(
        *(
            (array[..., 0].astype(object) << _HALF) + array[..., 1].astype(object)
            if name in _LARGE
            else array
            for name, array in zip(Sums._fields, sums, strict=True)
        )
    )


@compiled
def add_to_sums(  # noqa: PLR0917 -- paths, rules, scratch, then what is filled
    places: Whole, times: Whole, bounds: Whole, weights: Whole, worth: Whole, converted: Array, groups: Whole,
    direct: Array, half_life: float, first_share: float, last_share: float, asked: Array, shares: Array,
    given: Array, values: Array, moves: Array, pair_moves: Array, pair_values: Array, totals: Array,
) -> None:  # fmt: skip
    """Add paths (see `Touches`) to sums (see `Sums`).

    Of the models that split a conversion only the `asked` ones are computed, a row of credits each; the
    others cost next to nothing. `shares`: room for the touches of the longest path.
    """
    _move(places, bounds, weights, worth, converted, groups, moves, totals)
    if pair_moves.shape[1] > 0:
        _move_pairs(places, bounds, weights, worth, converted, groups, pair_moves, pair_values)
    _give_whole(places, bounds, weights, worth, converted, groups, direct, given, values)
    seen = np.full(len(direct), -1, np.int64)
    for split in range(LINEAR, SPLITS):
        if asked[split]:
            _give_shares(
                split, places, times, bounds, weights, worth, converted, groups, half_life, first_share,
                last_share, shares, seen, given, values,
            )  # fmt: skip


@compiled
def _move(  # noqa: PLR0917 -- paths, then what is filled
    places: Whole, bounds: Whole, weights: Whole, worth: Whole, converted: Array, groups: Whole,
    moves: Array, totals: Array,
) -> None:  # fmt: skip
    n = np.uint64(moves.shape[1] - 1)
    for p in range(len(weights)):
        group, weight = np.uint64(groups[p]), weights[p]
        start, stop = np.uint64(bounds[p]), np.uint64(bounds[p + 1])
        if converted[p]:
            totals[group, CONVERSIONS] += weight
            totals[group, VALUE] += worth[p]
            totals[group, UNTOUCHED if start == stop else CONVERTED] += weight
        elif start < stop:
            totals[group, LOST] += weight
        if start == stop:
            continue
        before = n
        for k in range(start, stop):  # numbers without a sign: no look whether they count from the end
            here = np.uint64(places[k])
            moves[group, before, here] += weight
            before = here
        moves[group, before, n if converted[p] else n + np.uint64(1)] += weight


@compiled
def _move_pairs(  # noqa: PLR0917 -- paths, then what is filled
    places: Whole, bounds: Whole, weights: Whole, worth: Whole, converted: Array, groups: Whole,
    pair_moves: Array, pair_values: Array,
) -> None:  # fmt: skip
    n = pair_moves.shape[2]
    for p in range(len(weights)):
        start, stop = bounds[p], bounds[p + 1]
        before = n
        for k in range(start, stop):
            end = n if converted[p] else n + 1
            pair_moves[groups[p], before, places[k], places[k + 1] if k + 1 < stop else end] += weights[p]
            if k + 1 == stop:
                pair_values[groups[p], before, places[k]] += worth[p]
            before = places[k]


@compiled
def _give_whole(  # noqa: PLR0917 -- paths, then what is filled
    places: Whole, bounds: Whole, weights: Whole, worth: Whole, converted: Array, groups: Whole,
    direct: Array, given: Array, values: Array,
) -> None:  # fmt: skip
    """The models that give a conversion to one touch; a conversion without any goes to place n in all."""
    n = given.shape[2] - 1
    for p in range(len(weights)):
        if not converted[p]:
            continue
        group, start, stop = groups[p], bounds[p], bounds[p + 1]
        units = weights[p] * CONVERSION
        if start == stop:
            for split in range(SPLITS):
                given[group, split, n] += units
                values[group, split, n] += worth[p]
            continue
        chosen = stop - 1
        while chosen >= start and direct[places[chosen]]:
            chosen -= 1
        chosen = chosen if chosen >= start else stop - 1
        for split, k in ((FIRST, start), (LAST, stop - 1), (LAST_NON_DIRECT, chosen)):
            given[group, split, places[k]] += units
            values[group, split, places[k]] += worth[p]


@compiled
def _give_shares(  # noqa: PLR0917 -- a model, paths, rules, scratch, then what is filled; one loop
    split: int, places: Whole, times: Whole,
    bounds: Whole, weights: Whole, worth: Whole, converted: Array, groups: Whole,
    half_life: float, first_share: float, last_share: float, shares: Array, seen: Whole,
    given: Array, values: Array,
) -> None:  # fmt: skip
    """The models that give each touch a share: of a conversion, then of its value, rounded cumulatively.

    Shapley's value of a place, with v(S) the conversions of paths whose places all lie in S, is the sum of
    1/k over the paths it is in, k their different places: v is a sum of unanimity games, one for each path
    (Shapley 1953). No set of places needs to be kept, however many places there are.
    """
    ends = first_share + last_share
    for p in range(len(weights)):
        start, n = bounds[p], bounds[p + 1] - bounds[p]
        if not converted[p] or n == 0:
            continue
        total = 0.0
        for k in range(n):  # the share of each touch and of all before it
            if split == LINEAR:
                total = float(k + 1)
            elif split == POSITION:
                total = first_share / ends if n == 2 else first_share + (1.0 - ends) * k / max(n - 2, 1)
            elif split == TIME_DECAY:
                total += 2.0 ** ((times[start + k] - times[start + n - 1]) / half_life)
            elif seen[places[start + k]] != p:
                seen[places[start + k]] = p
                total += 1.0
            shares[k] = total
        whole = 1.0 if split == POSITION else total
        units = weights[p] * CONVERSION
        so_far = 0
        for k in range(n):
            up_to = int(units * (shares[k] / whole)) if k + 1 < n else units
            given[groups[p], split, places[start + k]] += up_to - so_far
            so_far = up_to
        so_far = 0
        for k in range(n if worth[p] > 0 else 0):
            up_to = int(worth[p] * (shares[k] / whole)) if k + 1 < n else worth[p]
            values[groups[p], split, places[start + k]] += up_to - so_far
            so_far = up_to
