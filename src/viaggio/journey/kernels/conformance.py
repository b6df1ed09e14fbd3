"""Conformance: how customers travel, held against the designed journey; deviations and what they cost."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from viaggio.estimate import wilson
from viaggio.journey.compiled import compiled
from viaggio.journey.design.model import Design
from viaggio.journey.index import Array, Bucket, Codes, Whole
from viaggio.journey.kernels.drop_off import clustered_wilson
from viaggio.journey.rows import arrow_table
from viaggio.journey.spread import COUNT, CUSTOMERS, WIDTH, Spread, spread
from viaggio.journey.tally import FULL, Tally, add_to_row, fill, merge_tallies, row_of
from viaggio.journey.where import Keep

VALUE, COST = WIDTH, WIDTH + 1
(
    _CUSTOMERS, _CONFORM, _FINISHED, _MOVES, _GOOD, _ROUNDS, _OUTSIDE, _VALUE, _COST, _NEVER, _GG, _MM, _GM,
) = range(13)  # fmt: skip
_NOWHERE, _START, _END = -1, -2, -3
DEVIATIONS = ("wrong_start", "skipped", "back", "jump", "stopped", "outside")
_WRONG_START, _SKIPPED, _BACK, _JUMP, _STOPPED, _BESIDE = range(len(DEVIATIONS))


@dataclass(frozen=True, slots=True)
class Deviation:
    """One way in which customers deviate.

    `kind`: wrong_start (began at `target`), skipped (from `origin` to `target`, passing over `skipped`), back
    (to a step before), jump (no way leads there), stopped (last seen at `origin`, which is no end; they may
    still come), outside (touchpoint `target`, which is no step, after `origin`). `time`: between the two;
    `value_cents`, `cost_cents`: mean per customer with this deviation, all their interactions.
    """

    kind: str
    origin: str | None
    target: str | None
    skipped: tuple[str, ...]
    times: int
    customers: int
    value_cents: float
    cost_cents: float
    time: Spread


@dataclass(frozen=True, slots=True)
class Conformance:
    """How well the design is followed.

    `moves`: beginnings, moves between different steps and ends (a last step that is no end counts as a move
    that is missing); `good`: those as designed. fitness = good / moves, with 95 % interval over customers
    (see `clustered_wilson`). `conforming`: customers all of whose moves are good, `finished`: who were last
    seen at an end, both with 95 % interval (Wilson); `rounds`: journeys
    begun. `outside`: interactions that are no step; `never`: customers with no step at all, who are in
    nothing else. `value_cents`, `cost_cents`: mean per conforming customer, to compare deviations with.
    """

    design: str
    customers: int
    conforming: int
    conforming_low: float | None
    conforming_high: float | None
    finished: int
    rounds: int
    moves: int
    good: int
    outside: int
    never: int
    value_cents: float | None
    cost_cents: float | None
    deviations: tuple[Deviation, ...]
    fitness_low: float | None = None
    fitness_high: float | None = None
    finished_low: float | None = None
    finished_high: float | None = None

    @property
    def fitness(self) -> float | None:
        """Share of moves that are as designed; None without moves."""
        return self.good / self.moves if self.moves else None

    def table(self) -> pa.Table:
        """One line per deviation, most customers first."""
        return arrow_table(self.deviations, Deviation, nested=("time",), leave=("skipped",))


@dataclass(frozen=True, slots=True, eq=False)
class ConformancePart:
    """Totals, and rows under the key (kind, origin + 1, target)."""

    totals: Whole
    rows: Tally


@compiled
def _walk(  # noqa: C901, PLR0912, PLR0915, PLR0917 -- one loop over columns, then rows of a tally
    codes: Array, time: Whole, value: Whole, cost: Whole, offsets: Whole, keep: Keep,
    step_of: Array, judged: Array, begins: Array, ends: Array, strict: bool, n: int,
    slots: Array, keys: Whole, sums: Whole, least: Whole, most: Whole, seen: Whole,
) -> tuple[int, Whole]:  # fmt: skip
    masked = len(keep) > 0
    totals = np.zeros(13, np.int64)
    used, last = 0, len(slots) - 1
    mine = np.zeros(len(keys), np.int64)  # rows of this customer's deviations
    for c in range(len(offsets) - 1):
        before = -1
        since = np.int64(0)
        many = moves = good = 0
        brought = spent = np.int64(0)
        any_ = False
        end = offsets[c + 1]
        for i in range(offsets[c], end + 1):
            over = i == end
            if not over and masked and not keep[i]:
                continue
            kind = -1
            origin = before
            target = 0
            micros = 0
            if over:
                if before < 0:
                    break
                moves += 1
                if ends[before]:
                    good += 1
                    totals[2] += 1
                else:
                    kind = 4
            else:
                any_ = True
                brought += value[i]
                spent += cost[i]
                here = step_of[int(codes[i]) + 1]
                if here < 0:
                    totals[6] += 1
                    if strict:
                        kind, target = 5, int(codes[i]) + 1
                        micros = int(time[i] - since) if before >= 0 else 0
                elif here == before:
                    since = time[i]
                    continue
                else:
                    target = here
                    moves += 1
                    if before < 0:
                        totals[5] += 1
                        if begins[here]:
                            good += 1
                        else:
                            kind = 0
                    elif judged[before, here] == 0:
                        good += 1
                    elif ends[before] and begins[here]:
                        good += 1
                        totals[5] += 1
                    else:
                        kind = int(judged[before, here])
                    micros = int(time[i] - since) if before >= 0 else 0
                    before = here
                    since = time[i]
            if kind >= 0:
                key = (kind * (n + 1) + origin + 1) * (n + 1) + target
                row = int(slots[key & last])
                if row < 0 or keys[row] != key:
                    row = row_of(key, used, slots, keys)
                    if row == FULL:
                        return FULL, totals
                    used = max(used, row + 1)
                if seen[row, 0] != c:
                    mine[many] = row
                    many += 1
                add_to_row(row, micros, c, sums, least, most, seen)
        for m in range(many):
            sums[mine[m], VALUE] += brought
            sums[mine[m], COST] += spent
        if before < 0:
            totals[9] += any_
            continue
        totals[0] += 1
        totals[3] += moves
        totals[4] += good
        totals[10] += good * good
        totals[11] += moves * moves
        totals[12] += good * moves
        if moves == good:
            totals[1] += 1
            totals[7] += brought
            totals[8] += spent
    return used, totals


@dataclass(frozen=True, slots=True)
class ConformanceKernel:
    """The designed journey held against what is done; `strict`: touchpoints that are no step deviate."""

    design: Design
    strict: bool = False

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> ConformancePart:
        """Counts of one bucket."""
        places = {step.name: number for number, step in enumerate(self.design.steps)}
        of = {touchpoint: places[s.name] for s in self.design.steps for touchpoint in s.touchpoints}
        step_of = np.array([-1, *(of.get(text, -1) for text in codes.touchpoint)], np.int64)
        begins = np.array([step.name in self.design.starts for step in self.design.steps])
        ends = np.array([step.name in self.design.ends for step in self.design.steps])
        n = max(len(places), len(codes.touchpoint)) + 1
        walk = partial(
            _walk, bucket.touchpoint, bucket.time, bucket.value, bucket.cost, bucket.offsets, keep,
            step_of, judged_moves(self.design), begins, ends, self.strict, n,
        )  # fmt: skip
        rows, totals = fill(walk, len(DEVIATIONS) * (n + 1) ** 2, WIDTH + 2, squares=True)
        return ConformancePart(totals, rows)

    def merge(self, one: ConformancePart, other: ConformancePart) -> ConformancePart:
        """Sums: no customer is in both."""
        return ConformancePart(one.totals + other.totals, merge_tallies(one.rows, other.rows))

    def finish(self, part: ConformancePart, codes: Codes) -> Conformance:
        """With names, most customers first."""
        totals = part.totals.tolist()
        customers, conforming = totals[_CUSTOMERS], totals[_CONFORM]
        low, high = wilson(conforming, customers) if customers else (None, None)
        found = [self._deviation(part.rows, row, codes) for row in range(len(part.rows.keys))]
        return Conformance(
            self.design.name, customers, conforming, low, high, totals[_FINISHED], totals[_ROUNDS],
            totals[_MOVES], totals[_GOOD], totals[_OUTSIDE], totals[_NEVER],
            totals[_VALUE] / conforming if conforming else None,
            totals[_COST] / conforming if conforming else None,
            tuple(sorted(found, key=_order)),
            *clustered_wilson(
                totals[_GOOD], totals[_MOVES], customers, (totals[_GG], totals[_MM], totals[_GM])
            ),
            *(wilson(totals[_FINISHED], customers) if customers else (None, None)),
        )  # fmt: skip

    def _deviation(self, rows: Tally, number: int, codes: Codes) -> Deviation:
        names = [step.name for step in self.design.steps]
        n = max(len(names), len(codes.touchpoint)) + 1
        rest, target = divmod(int(rows.keys[number]), n + 1)
        kind, origin = divmod(rest, n + 1)
        known = (None, *codes.touchpoint)
        row, least, most = rows.row(number)
        left = names[origin - 1] if origin else None
        reached = None if kind == _STOPPED else known[target] if kind == _BESIDE else names[target]
        passed = self.design.between(left, reached) if kind == _SKIPPED and left and reached else ()
        customers = int(row[CUSTOMERS])
        return Deviation(
            DEVIATIONS[kind], left, reached, passed, int(row[COUNT]), customers,
            int(row[VALUE]) / customers, int(row[COST]) / customers, spread(row[:WIDTH], least, most),
        )  # fmt: skip


def _order(one: Deviation) -> tuple[int, int, str, str, str]:
    return -one.customers, -one.times, one.kind, str(one.origin), str(one.target)


def judged_moves(design: Design) -> Array:
    """What each move between two steps is: 0 as designed, else the kind of deviation."""
    names = [step.name for step in design.steps]
    judged = np.zeros((len(names), len(names)), np.int64)
    for i, origin in enumerate(names):
        for j, target in enumerate(names):
            if i == j or target in design.nexts[origin]:
                continue
            ahead, behind = target in design.beyond[origin], origin in design.beyond[target]
            judged[i, j] = _SKIPPED if ahead else _BACK if behind else _JUMP
    return judged
