"""Weights that meet known population counts: post-stratification and raking.

The scores of a post-stratified or raked estimate are what the counts do not explain; treating the final
weights as if they had been drawn misstates the standard error (Sarndal et al. 1992, 7.6; R's `survey`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viaggio.estimate.errors import BadMargins, BadSample, EmptyCell, NotConverged
from viaggio.estimate.survey.design import Codes, Design, Floats

AGREE = 1e-9
"""Margins agree when their sums differ by less than this share."""

STANDS = 1e-9
"""A misfit under this share that no longer falls is the last digits of the numbers."""


@dataclass(frozen=True, slots=True, eq=False)
class Margin:
    """How many of the population lie in each category of one variable."""

    name: str
    labels: Sequence[Any]
    """(n,) the category of each sampled row."""
    totals: Mapping[Any, float]


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Post-stratification: scores are taken as deviations from the cell's weighted mean."""

    cell: Codes
    before: Floats
    after: Floats

    def residuals(self, scores: Floats) -> Floats:
        """Scores (n, k) less the cell's mean, counted with the weights of before."""
        weight = np.where(self.after == 0, 1.0, self.after)
        share = self.before / weight
        size = np.bincount(self.cell, self.before)
        means = np.column_stack([np.bincount(self.cell, column * share) for column in scores.T])
        means = np.divide(means, size[:, None], out=np.zeros_like(means), where=size[:, None] > 0)
        return np.asarray(scores - means[self.cell] * weight[:, None])


@dataclass(frozen=True, slots=True, eq=False)
class Raked:
    """Raking: scores are freed of each margin in turn, ten times over, by plain means of the rows.

    Plain, not weighted, means are those of R's `survey`; `calibrate(..., distance="raking")` gives the same
    weights with residuals of the weighted regression.
    """

    margins: tuple[Cells, ...]

    def residuals(self, scores: Floats) -> Floats:
        """Scores (n, k) less what the margins explain."""
        left = scores
        for _ in range(10):
            for margin in self.margins:
                left = margin.residuals(left)
        return left


def post_stratify(design: Design, margin: Margin) -> Design:
    """Scale the weights within each category so that they sum to its population.

    Raises `EmptyCell` when a category of the population has no row in the sample.
    """
    cell, totals = _cells(design, margin)
    after = _scaled(design.weights, cell, totals)
    return design.reweighted(after, Cells(cell, design.weights, after))


def rake(design: Design, margins: Sequence[Margin], *, tolerance: float = 1e-12, most: int = 500) -> Design:
    """Scale to each margin in turn until all are met (Deming and Stephan 1940).

    `tolerance` is how far a total may be off, as a share of the population.
    Raises `BadMargins` when the margins sum to different populations, `EmptyCell` when a category has no
    row, `NotConverged` after `most` rounds (often a combination of categories that nobody has).
    """
    if not margins:
        raise BadMargins("raking needs at least one margin")
    coded = [_cells(design, margin) for margin in margins]
    _agree(margins)
    weights, off, before = design.weights, np.inf, np.inf
    for _ in range(most):
        for cell, totals in coded:
            weights = _scaled(weights, cell, totals)
        before, off = off, _misfit(weights, coded)
        if off < tolerance or (off < STANDS and off >= before):  # met, or as near as numbers go
            break
    else:
        raise NotConverged(
            "raking did not meet its margins",
            place=f"after {most} rounds a total is off by {off:.1e} of the population",
            hint="Join sparse categories or leave a margin out.",
        )
    raked = Raked(tuple(Cells(cell, np.ones(len(weights)), weights) for cell, _ in coded))
    return design.reweighted(weights, raked)


def _misfit(weights: Floats, coded: Sequence[tuple[Codes, Floats]]) -> float:
    """The largest gap between a margin's total and its population, as a share of the whole."""
    return max(
        float(np.abs(np.bincount(cell, weights, minlength=len(totals)) - totals).max() / totals.sum())
        for cell, totals in coded
    )


def _cells(design: Design, margin: Margin) -> tuple[Codes, Floats]:
    """The category of each row as a code, and the population of each code."""
    labels = np.asarray(margin.labels)
    if labels.shape != design.weights.shape:
        raise BadSample(f"margin {margin.name!r} has {len(labels)} rows, the design {len(design.weights)}")
    names = list(margin.totals)
    places = {name: index for index, name in enumerate(names)}
    try:
        cell = np.array([places[label] for label in labels.tolist()], dtype=np.int64)
    except KeyError as error:
        raise BadMargins(
            f"margin {margin.name!r} has no population for {error.args[0]!r}",
            hint=f"Known: {', '.join(map(str, names))}.",
        ) from error
    totals = np.array([float(margin.totals[name]) for name in names])
    if not np.isfinite(totals).all() or (totals < 0).any():
        raise BadMargins(f"margin {margin.name!r} has a population below 0 or missing")
    held = np.bincount(cell, design.weights, minlength=len(names))
    empty = (held == 0) & (totals > 0)
    if empty.any():
        raise EmptyCell(
            f"nobody in the sample stands for {names[int(np.argmax(empty))]!r}",
            place=f"margin {margin.name!r}",
            hint="Join the category with a like one.",
        )
    return cell, totals


def _agree(margins: Sequence[Margin]) -> None:
    sums = [float(sum(margin.totals.values())) for margin in margins]
    for margin, size in zip(margins, sums, strict=True):
        if abs(size - sums[0]) > AGREE * sums[0]:
            raise BadMargins(
                f"margin {margin.name!r} sums to {size:g}, margin {margins[0].name!r} to {sums[0]:g}",
                hint="All margins must describe one population.",
            )


def _scaled(weights: Floats, cell: Codes, totals: Floats) -> Floats:
    held = np.bincount(cell, weights, minlength=len(totals))
    factor = np.divide(totals, held, out=np.zeros_like(totals), where=held > 0)
    return np.asarray(weights * factor[cell])
