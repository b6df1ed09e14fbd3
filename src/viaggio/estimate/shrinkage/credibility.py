"""Credibility: figures of units over periods, each unit drawn to the whole by Z = w / (w + within / between).

Buehlmann (1967) for equal weights, Buehlmann and Straub (1970) for weights (answers); in the form of
Goulet's `actuar`.
"""

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from viaggio.estimate.errors import BadSample, NotConverged, TooFew
from viaggio.estimate.series import Floats

PLACE = "credibility"


class Between(StrEnum):
    """How the variance between units is estimated: without bias, or by repeating (Bischel and Straub)."""

    UNBIASED = "unbiased"
    ITERATIVE = "iterative"


@dataclass(frozen=True, slots=True, kw_only=True)
class Credibility:
    """Per unit its own mean, credibility (0 to 1) and the mean drawn to `collective`.

    `between` is 0 where units differ no more than chance lets them; then nobody has credibility.
    `estimated_between` is what the estimator gave, which may be negative.
    """

    collective: float
    between: float
    within: float
    estimated_between: float
    own: Floats
    credibility: Floats
    shrunk: Floats


def buhlmann(values: npt.ArrayLike) -> Credibility:
    """Equal weights: `values` (units x periods), no gaps."""
    table = np.asarray(values, dtype=np.float64)
    if not np.isfinite(table).all():
        raise BadSample("a unit has a period without value", place=PLACE, hint="Use weights, 0 for the gap.")
    return buhlmann_straub(table, np.ones_like(table))


def buhlmann_straub(
    values: npt.ArrayLike,
    weights: npt.ArrayLike,
    *,
    between: Between = Between.UNBIASED,
    tolerance: float = 2.0**-26,
) -> Credibility:
    """Weighted: `values` and `weights` (units x periods); a weight of 0 is a gap.

    `within` is the variance of one unit of weight. Raises `BadSample` for shapes or weights that do not
    fit, `TooFew` for a single unit or period.
    """
    table, weight = _table(values, weights)
    size = weight.sum(axis=1)
    own = (weight * table).sum(axis=1) / size
    units = len(own)
    within = float((weight * (table - own[:, None]) ** 2).sum() / ((weight > 0).sum() - units))
    total = size.sum()
    spread = float((size * (own - (size * own).sum() / total) ** 2).sum())
    estimated = float(total * (spread - (units - 1) * within) / (total**2 - (size**2).sum()))
    varying = np.ptp(weight[weight > 0]) > 1e-8
    if between is Between.ITERATIVE and estimated > 0 and varying:
        estimated = _iterated(estimated, within, size, own, tolerance)
    found = max(estimated, 0.0)
    trust = size * found / (size * found + within) if found > 0 else np.zeros(units)
    by = trust if found > 0 else size
    collective = float((by * own).sum() / by.sum())
    return Credibility(
        collective=collective,
        between=found,
        within=within,
        estimated_between=estimated,
        own=own,
        credibility=trust,
        shrunk=collective + trust * (own - collective),
    )


def _iterated(start: float, within: float, size: Floats, own: Floats, tolerance: float) -> float:
    """Pseudo-estimator: sum of Z (own - mean)^2 / (units - 1), Z from the last round."""
    between = start
    for _ in range(10_000):
        trust = size * between / (size * between + within)
        mean = (trust * own).sum() / trust.sum()
        found = float((trust * (own - mean) ** 2).sum() / (len(own) - 1))
        if abs(found - between) < tolerance * between:
            return found
        between = found
        if between < 1e-12 * start:
            return 0.0
    raise NotConverged(
        "the variance between units does not settle", place=PLACE, hint="Use the unbiased one."
    )


def _table(values: npt.ArrayLike, weights: npt.ArrayLike) -> tuple[Floats, Floats]:
    table = np.asarray(values, dtype=np.float64)
    weight = np.asarray(weights, dtype=np.float64)
    if table.ndim != 2 or table.shape != weight.shape:
        raise BadSample(f"values of shape {table.shape}, weights of {weight.shape}", place=PLACE)
    if min(table.shape) < 2:
        raise TooFew(f"{table.shape[0]} units over {table.shape[1]} periods", place=PLACE)
    if not np.isfinite(weight).all() or (weight < 0).any() or (weight.sum(axis=1) <= 0).any():
        raise BadSample("a unit without weight, or a negative one", place=PLACE, hint="Leave the unit out.")
    table = np.where(weight > 0, table, 0.0)
    if not np.isfinite(table).all():
        raise BadSample("a value is missing where its weight is not 0", place=PLACE)
    return table, weight
