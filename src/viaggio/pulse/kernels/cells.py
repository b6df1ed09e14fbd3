"""The columns that walks read and the sums they make: plain arrays, for machine code."""

from typing import Any, NamedTuple

import numpy as np

COUNTS = ("n", "people", "units", "outside", "promoters", "detractors", "top", "left_out", "undrawn")
N, PEOPLE, UNITS, OUTSIDE, PROMOTERS, DETRACTORS, TOP, LEFT_OUT, UNDRAWN = range(len(COUNTS))
"""Answers (of pillars responses), persons, sampled units, answers off their scale; `left_out`: no weight;
`undrawn`: of no known stratum, counted where the index has strata."""

SUMS = ("w", "y", "yy1", "ww", "wy", "yy", "q", "qq", "wq", "cyy", "cyw", "cwy", "cww")
W, Y, Y2, WW, WY, YY, Q, QQ, WQ, CYY, CYW, CWY, CWW = range(len(SUMS))
"""Over answers: w, wy, wy^2; over units: squares and products of their W, Y and q (sum of w^2).

`c..` over units in this cell and the one it is compared with: products of Y and W here with those there.
"""

DRAWN = ("aww", "awy", "ayy", "acyy", "acyw", "acwy", "acww")
"""As ww, wy, yy and c.. with each answer raised by the root of n / (n - 1) of the n units of its stratum."""

FIGURES = 12
CSAT = 1
FIRST_PILLAR = 4
CX = 11
NO_SCALE, SEVERAL_SCALES = -1, -2
LARGEST = 1e9
"""Numbers beyond this are no answers."""

OWN = 5  # rows of W, Y, q and raised W and Y of the unit at hand, behind counts and sums


class Sheets(NamedTuple):
    """Sheets in the order of units: what each gives, in which form, for whom.

    `when` places them in spans, `label` is the stratum (-1 none); `dims` and `weights` hold a row per
    dimension and scheme. A sheet with answers between `loose_starts` is looked at answer by answer.
    """

    unit_starts: Any
    when: Any
    day: Any
    dims: Any
    weights: Any
    person: Any
    form: Any
    given: Any
    label: Any
    loose_starts: Any


class Loose(NamedTuple):
    """Answers that are looked at one by one."""

    when: Any
    day: Any
    dims: Any
    weights: Any
    kind: Any
    scale: Any
    value: Any
    low: Any
    high: Any
    cx_weights: Any


class Forms(NamedTuple):
    """By form and figure: 1 for a value given, answers off their scale, valid answers, their scale.

    `bits` are the figures given as bits, `off` whether any answer is off its scale.
    """

    has: Any
    outside: Any
    answers: Any
    scale: Any
    bits: Any
    off: Any


class Plan(NamedTuple):
    """What is asked: conditions and days of all questions; spans, groups and scheme of each.

    `owner_starts` and `owners` say of which spans a segment of days is part, `against` with which base each
    base is compared, -1 for none. `design` names for each base the row of `raised`, the root of n / (n - 1)
    by stratum; both are empty where strata do not matter.
    """

    condition: Any
    allowed: Any
    days: Any
    first: int
    segment: Any
    owner_starts: Any
    owners: Any
    offset: Any
    groups: Any
    by: Any
    seconds: Any
    group_of: Any
    scheme: Any
    against: Any
    design: Any
    raised: Any


class Sums(NamedTuple):
    """What is found, by base: rows of counts and of sums, each with all figures; the scale of answers.

    `strata` holds W and Y of each figure by base and stratum.
    """

    rows: Any
    scale: Any
    strata: Any


def empty_sums(bases: int, strata: int = 0) -> Sums:
    """Nothing found yet."""
    rows = np.zeros((bases, (len(COUNTS) + len(SUMS) + len(DRAWN) + OWN) * FIGURES))
    scale = np.full((bases, FIGURES), NO_SCALE, np.int64)
    return Sums(rows, scale, np.zeros((bases if strata else 0, strata, 2 * FIGURES)))


class Scratch(NamedTuple):
    """What is known of the unit, person and response at hand; valid where the stamp is its number.

    `unit_bits` and `person_bits` are the figures that the unit and the person have given; `form` is the last
    one whose scales were looked at.
    """

    unit: Any
    unit_bits: Any
    person: Any
    person_bits: Any
    form: Any
    touched: Any
    response: Any
    item_sums: Any
    item_counts: Any
    item_weight: Any
    begun: Any
    base: Any
    figure: Any
    value: Any


def scratch(bases: int, values: int) -> Scratch:
    """Room for walks whose loose responses give at most so many values."""
    unit, person, form, response = (np.full(bases, -1, np.int64) for _ in range(4))
    unit_bits, person_bits, touched, begun = (np.zeros(bases, np.int64) for _ in range(4))
    return Scratch(
        unit, unit_bits, person, person_bits, form, touched, response, np.zeros((bases, 6)),
        np.zeros((bases, 6), np.int64), np.zeros(bases), begun, np.zeros(values, np.int64),
        np.zeros(values, np.int64), np.zeros((values, 2)),
    )  # fmt: skip
