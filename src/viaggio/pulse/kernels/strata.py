"""What strata explain: sums of squares over units, less what the means of their strata make of them.

A unit's residual total is expected to be the sum of the means of the strata that it was drawn in; the
variance of a total is that of what is left. Where every unit is of one stratum this is the textbook's: over
strata, n / (n - 1) sum (z - mean z)^2 (Sarndal, Swensson and Wretman 1992, 4.3). Units of several strata,
such as an account with customers in two, are in the mean of each, and what its parts share stays in.

The n units of a stratum are those with any answer in the span, whatever else is filtered: a domain is looked
at inside its sample. A stratum with one unit is not centred, so it counts with its whole distance from the
figure (R's `survey.lonely.psu = "adjust"`, our `Design(lonely="adjust")`).
"""

from typing import Any, NamedTuple

import numpy as np

from viaggio.pulse.index import Array
from viaggio.pulse.kernels.cells import COUNTS, DRAWN, FIGURES, SUMS, Plan, Sums

STRATA = ("strata", "sww", "swy", "syy", "scyy", "scyw", "scwy", "scww")
"""Strata with answers in the cell; then as ww, wy, yy and c.., of what strata leave unexplained."""

DESIGN = frozenset({"pulse", "wave", "source"})
"""Dimensions that say which sample is meant; every other condition looks at a part of it."""


class Members(NamedTuple):
    """Units of each design base by pairs of strata, of compared ones too; the design base of each base."""

    held: Array
    both: Array
    design: Array


def raised(held: Array) -> Array:
    """The root of n / (n - 1) by design base and stratum; 1 where there is one unit."""
    n = np.diagonal(held, axis1=1, axis2=2)
    return np.where(n > 1, np.sqrt(n / np.maximum(n - 1, 1)), 1.0)


def unexplained(found: Sums, plan: Plan, members: Members) -> Array:
    """`STRATA` by base and figure."""
    first = len(COUNTS) + len(SUMS)
    whole = found.rows.reshape(len(found.rows), -1, FIGURES)[:, first : first + len(DRAWN)]
    result = np.concatenate([(found.strata[:, :, :FIGURES] > 0).sum(axis=1)[:, None], whole], axis=1)
    n = np.diagonal(members.held, axis1=1, axis2=2)
    share = np.where(n > 1, plan.raised / np.maximum(n, 1), 0.0)[members.design]
    means = found.strata * share[:, :, None]  # raised mean W and Y of the units of each stratum
    for design in range(len(members.held)):
        bases = np.flatnonzero(members.design == design)
        w, y = means[bases, :, :FIGURES], means[bases, :, FIGURES:]
        expected_w, expected_y = members.held[design] @ w, members.held[design] @ y
        for place, one, other in ((1, w, expected_w), (2, y, expected_w), (3, y, expected_y)):
            result[bases, place] -= (one * other).sum(axis=1)
        there = plan.against[bases] if len(plan.against) else np.full(len(bases), -1)
        bases, there = bases[there >= 0], there[there >= 0]
        if not len(bases):
            continue
        w, y = means[bases, :, :FIGURES], means[bases, :, FIGURES:]
        other_w = members.both[design] @ means[there, :, :FIGURES]
        other_y = members.both[design] @ means[there, :, FIGURES:]
        for place, one, other in ((4, y, other_y), (5, y, other_w), (6, w, other_y), (7, w, other_w)):
            result[bases, place] -= (one * other).sum(axis=1)
    return np.ascontiguousarray(result.swapaxes(1, 2))


def design_bases(questions: Any, groups: Any, design_groups: Any, offset: Any) -> Array:
    """For each base the design base that holds its sample."""
    found = list[Array]()
    for question, texts, mine, start in zip(questions, groups, design_groups, offset, strict=True):
        kept = [place for place, name in enumerate(question.by) if name in DESIGN]
        place = {group: i for i, group in enumerate(mine)}
        of_group = np.array([place[tuple(group[i] for i in kept)] for group in texts], np.int64)
        spans = np.arange(len(question.spans))[:, None] * len(mine)
        found.append((int(start) + spans + of_group).ravel())
    return np.concatenate(found)
