"""Replicate weights: the jackknife, also with the weighting done anew in each replicate.

JKn leaves out one unit of a stratum at a time, JK1 one unit of an unstratified sample (Wolter 2007, 4). Any
statistic of weights gets a standard error this way, one without a formula too.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np

from viaggio.estimate.errors import BadSample, LonelyStratum
from viaggio.estimate.survey.design import Design, Floats
from viaggio.estimate.survey.estimates import quantile_of_t

Jackknife = Literal["JK1", "JKn"]
DEPENDENT = 1e-5
"""A column of weights with less than this share of its length left is a mixture of the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Replicates:
    """A design with R sets of weights, each standing for another sample that might have been drawn."""

    design: Design
    weights: Floats
    """(n, R) analysis weights of each replicate."""
    scale: float
    factors: Floats
    """(R,) what the squared deviation of each replicate counts."""

    @property
    def freedom(self) -> int:
        """Degrees of freedom: rank of the replicate weights, less one."""
        basis: list[Floats] = []
        for column in self.weights.T:
            left = column
            for _ in range(2):  # twice is enough (Kahan)
                for axis in basis:
                    left = left - axis * float(axis @ left)
            length = float(np.linalg.norm(left))
            if length > DEPENDENT * float(np.linalg.norm(column)):
                basis.append(left / length)
        return len(basis) - 1

    def estimate(self, statistic: Callable[[Floats], float]) -> "Replicated":
        """A statistic of weights (n,) with the variance of its replicates around their mean."""
        value = float(statistic(self.design.effective))
        kept = np.where(self.design.inside[:, None], self.weights, 0.0)
        found = np.array([float(statistic(column)) for column in kept.T])
        spread = found - found[self.factors > 0].mean()
        variance = self.scale * float(self.factors @ spread**2)
        return Replicated(value, variance**0.5, self.freedom, tuple(found.tolist()))

    def reweighted(self, method: Callable[[Design], Design]) -> "Replicates":
        """The weighting `method` (raking, calibration ...) done on the sample and on each replicate."""
        columns = [
            method(replace(self.design, weights=column, adjustments=())).weights for column in self.weights.T
        ]
        return replace(self, design=method(self.design), weights=np.column_stack(columns))


@dataclass(frozen=True, slots=True)
class Replicated:
    """A value with its standard error over replicates."""

    value: float
    error: float
    freedom: int
    replicates: tuple[float, ...]

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Bounds by Student's t."""
        half = quantile_of_t(level, self.freedom) * self.error
        return self.value - half, self.value + half


def jackknife(design: Design, kind: Jackknife = "JKn") -> Replicates:
    """Leave out one first-stage unit at a time and raise the rest of its stratum.

    Finite populations count through the factors. Raises `BadSample` for JK1 of a stratified design and
    `LonelyStratum` when a stratum has one unit.
    """
    stage = design.stages[0]
    first, units = stage.rows, np.arange(len(stage.rows))
    stratum, drawn = stage.strata[first], stage.sizes.astype(float)
    if kind == "JK1" and len(drawn) > 1:
        raise BadSample("JK1 knows no strata", place=f"{len(drawn)} strata", hint="Use JKn.")
    if (drawn[stratum] == 1).any():
        raise LonelyStratum(
            "leaving out the only unit of a stratum leaves nothing", hint="Join it with a like stratum."
        )
    raised = drawn / (drawn - 1)
    same = stage.strata[:, None] == stratum[None, :]
    out = stage.units[:, None] == units[None, :]
    share = np.where(out, 0.0, np.where(same, raised[stratum][None, :], 1.0))
    unseen = np.ones(len(units))
    if stage.population is not None:
        unseen = 1 - drawn[stratum] / stage.population[first]
    if kind == "JK1":
        scale, factors = float((drawn[0] - 1) / drawn[0] * unseen[0]), np.ones(len(units))
    else:
        scale, factors = 1.0, (drawn[stratum] - 1) / drawn[stratum] * unseen
    return Replicates(design, design.weights[:, None] * share, scale, factors)


def weighted_mean(values: Any) -> Callable[[Floats], float]:
    """The mean of `values` (n,) as a statistic of weights; rows of weight 0 may be missing."""
    numbers = np.asarray(values, dtype=float)

    def statistic(weights: Floats) -> float:
        held = weights != 0
        return float(weights[held] @ numbers[held] / weights[held].sum())

    return statistic
