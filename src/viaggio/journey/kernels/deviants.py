"""Who deviates from a designed journey, and how: the customers behind each deviation, with what they brought.

The same moves are judged as in `kernels.conformance`, here whole columns at a time: a list of customers is
longer than a count, so one more sort does not matter.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from viaggio.estimate import mean
from viaggio.journey.design.model import Design
from viaggio.journey.index import Array, Bucket, Codes, Whole
from viaggio.journey.kernels.conformance import DEVIATIONS, judged_moves
from viaggio.journey.kernels.goal_value import squares_of
from viaggio.journey.where import Keep
from viaggio.kernel import Estimate

_WRONG_START, _STOPPED, _BESIDE = (DEVIATIONS.index(kind) for kind in ("wrong_start", "stopped", "outside"))

type Way = tuple[str, str | None, str | None]
"""A deviation: its kind, from where, to where."""


@dataclass(frozen=True, slots=True, eq=False)
class Deviants:
    """Customers (ascending) with what they brought and cost in cents; by deviation their places in that list.

    `conforming`: those with a step of the design and no other move.
    """

    customers: Whole
    value: Whole
    cost: Whole
    conforming: Whole
    by_way: dict[Way, Whole]

    def who(self, way: Way) -> Whole:
        """The keys of the customers with this deviation, ascending."""
        return self.customers[self.by_way.get(way, np.empty(0, np.int64))]

    def mean_of(self, cents: Whole, places: Whole) -> Estimate:
        """The mean of `value` or `cost` over some customers, with the t interval of a mean."""
        chosen = cents[places]
        return mean(len(chosen), int(chosen.sum()), squares_of(chosen))


@dataclass(frozen=True, slots=True, eq=False)
class DeviantsPart:
    """Customers met with their sums, whether they took a step; pairs of a customer's key and a deviation."""

    customers: Whole
    value: Whole
    cost: Whole
    stepped: npt.NDArray[np.bool_]
    who: Whole
    what: Whole


@dataclass(frozen=True, slots=True)
class DeviantsKernel:
    """The customers behind the deviations; `strict`: touchpoints that are no step deviate."""

    design: Design
    strict: bool = False

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> DeviantsPart:
        """Those of one bucket."""
        rows = np.flatnonzero(keep) if len(keep) else np.arange(bucket.n_events)
        met, who = np.unique(np.asarray(bucket.customer)[rows], return_inverse=True)
        value, cost = np.zeros((2, len(met)), np.int64)
        np.add.at(value, who, bucket.value[rows])
        np.add.at(cost, who, bucket.cost[rows])
        touchpoint = np.asarray(bucket.touchpoint)[rows].astype(np.int64) + 1
        step = self._steps(codes)[touchpoint]
        base = self._base(codes)
        pairs = [self._moves(who[step >= 0], step[step >= 0], base)]
        if self.strict:
            pairs.append(_beside(who, step, touchpoint, base))
        at, what = (np.concatenate(columns) for columns in zip(*pairs, strict=True))
        each = np.unique(at * base**3 + what)
        stepped = np.zeros(len(met), np.bool_)
        stepped[who[step >= 0]] = True
        return DeviantsPart(met, value, cost, stepped, met[each // base**3], each % base**3)

    def merge(self, one: DeviantsPart, other: DeviantsPart) -> DeviantsPart:
        """No customer is in both."""
        names = ("customers", "value", "cost", "stepped", "who", "what")
        return DeviantsPart(*(np.concatenate((getattr(one, n), getattr(other, n))) for n in names))

    def finish(self, part: DeviantsPart, codes: Codes) -> Deviants:
        """In the order of the customers' keys, with names."""
        order = np.argsort(part.customers, kind="stable")
        customers = part.customers[order]
        place = np.searchsorted(customers, part.who)
        base = self._base(codes)
        conforming = part.stepped[order]
        conforming[place[part.what // base**2 != _BESIDE]] = False
        by_way = {
            self._way(int(what), base, codes): np.sort(place[part.what == what])
            for what in np.unique(part.what)
        }
        return Deviants(customers, part.value[order], part.cost[order], np.flatnonzero(conforming), by_way)

    def _steps(self, codes: Codes) -> Whole:
        """The step of each touchpoint's code + 1; -1 for none."""
        of = {t: number for number, step in enumerate(self.design.steps) for t in step.touchpoints}
        return np.array([-1, *(of.get(text, -1) for text in codes.touchpoint)], np.int64)

    def _base(self, codes: Codes) -> int:
        return max(len(self.design.steps), len(codes.touchpoint)) + 2

    def _moves(self, who: Whole, step: Whole, base: int) -> tuple[Whole, Whole]:
        """Wrong starts, moves that are not designed, and stops: customers and deviations."""
        new = np.ones(len(who), np.bool_)
        new[1:] = (who[1:] != who[:-1]) | (step[1:] != step[:-1])
        who, step = who[new], step[new]
        begins, ends = (
            np.array([one.name in names for one in self.design.steps])
            for names in (self.design.starts, self.design.ends)
        )
        first = np.ones(len(who), np.bool_)
        first[1:] = who[1:] != who[:-1]
        last = np.append(first[1:], np.ones(min(len(who), 1), np.bool_))
        origin = np.where(first, -1, np.concatenate((step[:1] * 0 - 1, step[:-1])))
        kind: Array = np.where(first, 0, judged_moves(self.design)[origin, step])
        wrong = np.where(first, ~begins[step], (kind != 0) & ~(ends[origin] & begins[step]))
        stopped = last & ~ends[step]
        moved = _code(kind[wrong], origin[wrong], step[wrong], base)
        stops = _code(np.full(int(stopped.sum()), _STOPPED), step[stopped], step[stopped] * 0, base)
        return np.concatenate((who[wrong], who[stopped])), np.concatenate((moved, stops))

    def _way(self, what: int, base: int, codes: Codes) -> Way:
        names = [step.name for step in self.design.steps]
        rest, target = divmod(what, base)
        kind, origin = divmod(rest, base)
        reached = None if kind == _STOPPED else names[target] if kind != _BESIDE else None
        if kind == _BESIDE:
            reached = (None, *codes.touchpoint)[target]
        return DEVIATIONS[kind], names[origin - 1] if origin else None, reached


def _code(kind: Whole, origin: Whole, target: Whole, base: int) -> Whole:
    return (np.asarray(kind, np.int64) * base + origin + 1) * base + target


def _beside(who: Whole, step: Whole, touchpoint: Whole, base: int) -> tuple[Whole, Whole]:
    """Interactions that are no step: after which step of the same customer they come, and where."""
    here = np.arange(len(who))
    before = np.maximum.accumulate(np.where(step >= 0, here, -1)) if len(who) else here
    known = (before >= 0) & (who[before] == who)
    origin = np.where(known, step[before], -1)
    beside = step < 0
    return who[beside], _code(np.full(int(beside.sum()), _BESIDE), origin[beside], touchpoint[beside], base)
