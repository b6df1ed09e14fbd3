"""The walk over answers, as machine code: counts and sums per cell, and sums of squares over sampled units.

A cell is a span, a group and a figure. Of each unit and cell the walk adds the weights W and the weighted
values Y; when the unit ends, W^2, WY and Y^2 join the cell's sums, from which the standard error of the ratio
of totals follows (linearisation). Pillars are counted per response: the mean of its valid items.
"""

from typing import Any, NamedTuple

import numpy as np

from viaggio.journey.compiled import compiled

COUNTS = ("n", "people", "units", "outside", "promoters", "detractors", "top", "left_out")
N, PEOPLE, UNITS, OUTSIDE, PROMOTERS, DETRACTORS, TOP, LEFT_OUT = range(len(COUNTS))
"""Answers (of pillars responses), persons, sampled units, answers off their scale; `left_out`: no weight."""

SUMS = ("w", "y", "yy1", "ww", "wy", "yy", "q", "qq", "wq", "cyy", "cyw", "cwy", "cww")
W, Y, Y2, WW, WY, YY, Q, QQ, WQ, CYY, CYW, CWY, CWW = range(len(SUMS))
"""Over answers: w, wy, wy^2; over units: squares and products of their W, Y and q (sum of w^2).

`c..` over units in this cell and the one it is compared with: products of Y and W here with those there.
"""

FIGURES = 12
CSAT = 1
FIRST_PILLAR = 4
CX = 11
NO_SCALE, SEVERAL_SCALES = -1, -2
LARGEST = 1e9
"""Numbers beyond this are no answers."""


class Rows(NamedTuple):
    """Columns of the index. `keep` may be empty (all); `weight` too (each 1); so may the groups' columns."""

    unit_starts: Any
    response_starts: Any
    customer: Any
    day: Any
    kind: Any
    scale: Any
    value: Any
    keep: Any
    weight: Any
    first: Any
    second: Any


class Plan(NamedTuple):
    """What is asked: scales, spans by day, groups by two codes, which span each is compared with."""

    low: Any
    high: Any
    first_day: int
    segment_of_day: Any
    owner_starts: Any
    owners: Any
    against: Any
    seconds: int
    group_of: Any
    groups: int
    cx_weights: Any


class Sums(NamedTuple):
    """What is found, a row per cell: counts, sums, and the scale of its answers."""

    counts: Any
    sums: Any
    scale: Any


def empty_sums(cells: int) -> Sums:
    """Nothing found yet."""
    return Sums(
        np.zeros((cells, len(COUNTS)), np.int64),
        np.zeros((cells, len(SUMS))),
        np.full(cells, NO_SCALE, np.int32),
    )


class Scratch(NamedTuple):
    """What is known of the unit, customer and response at hand; valid where the stamp is its number."""

    unit: Any
    own: Any
    touched: Any
    person: Any
    response: Any
    item_sums: Any
    item_counts: Any
    item_weight: Any
    begun: Any
    given_cell: Any
    given: Any


def scratch(cells: int, values: int) -> Scratch:
    """Room for one walk whose responses give at most so many values."""
    bases = max(cells // FIGURES, 1)
    return Scratch(
        np.full(cells, -1, np.int64), np.zeros((cells, 3)), np.zeros(cells, np.int64),
        np.full(cells, -1, np.int64), np.full(bases, -1, np.int64), np.zeros((bases, 6)),
        np.zeros((bases, 6), np.int64), np.zeros(bases), np.zeros(bases, np.int64),
        np.zeros(values, np.int64), np.zeros((values, 2)),
    )  # fmt: skip


@compiled
def walk(  # noqa: C901, PLR0912, PLR0915, PLR0917 -- one loop: handing arrays to a function costs ten times what is done with an answer
    rows: Rows, plan: Plan, found: Sums, room: Scratch, start: int, end: int
) -> None:
    """Walk the units from `start` to before `end` and add what is found to `found`."""
    customer, days, kinds, scales, values = rows.customer, rows.day, rows.kind, rows.scale, rows.value
    keep, weight, firsts, seconds = rows.keep, rows.weight, rows.first, rows.second
    filtered, weighted, grouped, twice = len(keep) > 0, len(weight) > 0, len(firsts) > 0, len(seconds) > 0
    unit_starts, response_starts, first_day = rows.unit_starts, rows.response_starts, plan.first_day
    lows, highs, segments, against = plan.low, plan.high, plan.segment_of_day, plan.against
    owner_starts, owners, group_of, groups = plan.owner_starts, plan.owners, plan.group_of, plan.groups
    second_codes, cx_weights, width = plan.seconds, plan.cx_weights, plan.groups * FIGURES
    counts, sums, scale_of = found.counts, found.sums, found.scale
    own, unit_of, person_of, touched = room.own, room.unit, room.person, room.touched
    response_of, item_sums, item_counts = room.response, room.item_sums, room.item_counts
    item_weight, opened, given_cell, given = room.item_weight, room.begun, room.given_cell, room.given
    compared = len(against) > 0
    person = np.int64(0)
    response = np.searchsorted(response_starts, unit_starts[start])
    for unit in range(start, end):
        many = 0
        before = np.int64(0)
        while response_starts[response] < unit_starts[unit + 1]:
            if customer[response_starts[response]] != before or before == 0:
                before = customer[response_starts[response]]
                person += 1
            # 1. What the response gives: single answers at once, items of pillars gathered first.
            begun, gives = 0, 0
            for i in range(response_starts[response], response_starts[response + 1]):
                if filtered and keep[i] == 0:
                    continue
                day = days[i] - first_day
                if day < 0 or day >= len(segments) or segments[day] < 0:
                    continue
                group = np.int64(0)
                if grouped:
                    place = (firsts[i] + 1) * second_codes
                    if twice:
                        place += seconds[i] + 1
                    group = group_of[place]
                kind, scale, value = kinds[i], scales[i], values[i]
                low, high = lows[scale], highs[scale]
                valid = low < high and low <= value <= high and -LARGEST <= value <= LARGEST
                w = weight[i] if weighted else 1.0
                for o in range(owner_starts[segments[day]], owner_starts[segments[day] + 1]):
                    base = owners[o] * groups + group
                    cell = base * FIGURES + (kind if kind < 2 else kind + 1)
                    if not valid or not w >= 0.0:
                        what = LEFT_OUT if valid else OUTSIDE
                        counts[cell, what] += 1
                        if kind == CSAT:
                            counts[cell + 1, what] += 1
                        continue
                    if kind >= FIRST_PILLAR:
                        if response_of[base] != response:
                            response_of[base] = response
                            for p in range(6):
                                item_sums[base, p], item_counts[base, p] = 0.0, 0
                            item_weight[base] = w
                            opened[begun] = base
                            begun += 1
                        item_sums[base, kind - FIRST_PILLAR] += 100.0 * (value - low) / (high - low)
                        item_counts[base, kind - FIRST_PILLAR] += 1
                        continue
                    if scale_of[cell] == NO_SCALE:
                        scale_of[cell] = scale
                    elif scale_of[cell] != scale:
                        scale_of[cell] = SEVERAL_SCALES
                    y = value
                    if kind == 0:
                        y = 0.0
                        if value >= 9.0:
                            y = 1.0
                            counts[cell, PROMOTERS] += 1
                        elif value <= 6.0:
                            y = -1.0
                            counts[cell, DETRACTORS] += 1
                    elif kind == CSAT:
                        scale_of[cell + 1] = scale_of[cell]
                        given_cell[gives], given[gives, 0], given[gives, 1] = cell + 1, w, value
                        gives += 1
                        y = 0.0
                        if value >= high - 1.0:
                            y = 1.0
                            counts[cell, TOP] += 1
                    given_cell[gives], given[gives, 0], given[gives, 1] = cell, w, y
                    gives += 1
            # 2. Its pillars, and the index where it has all of them.
            for b in range(begun):
                base = opened[b]
                complete = True
                whole = 0.0
                for p in range(6):
                    if item_counts[base, p] == 0:
                        complete = False
                    else:
                        y = item_sums[base, p] / item_counts[base, p]
                        whole += cx_weights[p] * y
                        given_cell[gives] = base * FIGURES + FIRST_PILLAR + 1 + p
                        given[gives, 0], given[gives, 1] = item_weight[base], y
                        gives += 1
                if complete:
                    given_cell[gives] = base * FIGURES + CX
                    given[gives, 0], given[gives, 1] = item_weight[base], whole
                    gives += 1
            # 3. What it gives joins what its unit gave.
            for g in range(gives):
                cell, w, y = given_cell[g], given[g, 0], given[g, 1]
                if unit_of[cell] != unit:
                    unit_of[cell] = unit
                    own[cell, 0], own[cell, 1], own[cell, 2] = 0.0, 0.0, 0.0
                    touched[many] = cell
                    many += 1
                if person_of[cell] != person:
                    person_of[cell] = person
                    counts[cell, PEOPLE] += 1
                counts[cell, N] += 1
                own[cell, 0] += w
                own[cell, 1] += w * y
                own[cell, 2] += w * w
                sums[cell, Y2] += w * y * y
            response += 1
        # 4. The unit has ended: its totals join the sums of every cell it touched.
        for t in range(many):
            cell = touched[t]
            w, y, q = own[cell, 0], own[cell, 1], own[cell, 2]
            counts[cell, UNITS] += 1
            sums[cell, W] += w
            sums[cell, Y] += y
            sums[cell, Q] += q
            sums[cell, WW] += w * w
            sums[cell, WY] += w * y
            sums[cell, YY] += y * y
            sums[cell, QQ] += q * q
            sums[cell, WQ] += w * q
            if compared and against[cell // width] >= 0:
                there = cell + (against[cell // width] - cell // width) * width
                if unit_of[there] == unit:
                    sums[cell, CYY] += y * own[there, 1]
                    sums[cell, CYW] += y * own[there, 0]
                    sums[cell, CWY] += w * own[there, 1]
                    sums[cell, CWW] += w * own[there, 0]
