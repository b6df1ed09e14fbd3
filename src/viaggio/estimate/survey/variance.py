"""Variance of totals of scores by linearisation, over any number of stages.

Sarndal, Swensson and Wretman 1992, chapter 4, in the form of R's `svyrecvar`: at each stage the variance
between the units of a stratum, a later stage counted by the share of earlier units that were drawn.
"""

import numpy as np

from viaggio.estimate.errors import LonelyStratum
from viaggio.estimate.survey.design import Codes, Design, Floats, Lonely, Mask, Stage

CENSUS = 1e-7
"""A stratum of which less than this share was left out counts as fully seen."""


def covariance(design: Design, scores: Floats) -> Floats:
    """Covariance (k, k) of the column totals of weighted `scores` (n, k); rows outside the domain are 0."""
    left = scores
    for adjustment in design.adjustments:
        left = adjustment.residuals(left)
    found = np.zeros((scores.shape[1], scores.shape[1]))
    drawn_share = np.ones(len(left))
    for stage in design.stages:
        found += _between(left, stage, drawn_share, design.lonely)
        if stage.population is None:  # with replacement: the first stage says it all
            break
        drawn_share = drawn_share * stage.sizes[stage.strata] / stage.population
    return found


def _between(scores: Floats, stage: Stage, drawn_share: Floats, lonely: Lonely) -> Floats:
    """Variance between the units of each stratum of one stage, summed over strata."""
    first = stage.rows
    stratum = stage.strata[first]
    drawn = stage.sizes.astype(float)
    totals = np.column_stack([np.bincount(stage.units, column) for column in scores.T])
    factor = _left_out(stage, first, drawn[stratum]) * drawn_share[first]
    alone = (drawn[stratum] == 1) & (factor > 0)
    if alone.any() and lonely == "refuse":
        raise _lonely(stage, alone, first)
    sums = np.column_stack([np.bincount(stratum, column, minlength=len(drawn)) for column in totals.T])
    centres = sums / np.maximum(drawn, 1.0)[:, None]
    several = drawn[stratum] > 1
    centred = np.where(several[:, None], totals - centres[stratum], 0.0 if lonely == "certainty" else totals)
    factor = factor * np.where(several, drawn[stratum] / np.maximum(drawn[stratum] - 1, 1.0), 1.0)
    return np.asarray((centred * factor[:, None]).T @ centred)


def _left_out(stage: Stage, first: Codes, drawn: Floats) -> Floats:
    """Share of each unit's stratum that was not drawn."""
    if stage.population is None:
        return np.ones(len(first))
    size = stage.population[first]
    share = np.where(np.isfinite(size), (size - drawn) / size, 1.0)
    return np.where(share < CENSUS, 0.0, share)


def _lonely(stage: Stage, alone: Mask, first: Codes) -> LonelyStratum:
    row = int(first[np.argmax(alone)])
    return LonelyStratum(
        "a stratum has one sampled unit, so its variance cannot be seen",
        place=f"stratum {int(stage.strata[row]) + 1} in sorted order, row {row + 1}",
        hint="Join it with a like stratum, or choose lonely='adjust' (cautious) or 'certainty'.",
    )
