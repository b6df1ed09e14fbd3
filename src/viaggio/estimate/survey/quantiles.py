"""Weighted quantiles with Woodruff's interval (Woodruff 1952)."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from viaggio.estimate.errors import BadSample
from viaggio.estimate.survey.design import Design, Floats
from viaggio.estimate.survey.estimates import mean, quantile_of_t


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile with its interval; a bound is None when the sample does not reach so far."""

    share: float
    value: float
    low: float | None
    high: float | None
    error: float | None
    """Half the interval over the t quantile, the customary standard error."""


def quantile(design: Design, values: Any, share: float, *, level: float = 0.95) -> Quantile:
    """The smallest value below or at which `share` of the population lies (inverse of the distribution).

    The interval is that of the share below the value, carried back to values; R's `svyquantile` with
    `qrule="math"`. Values must be there for all rows of the domain.
    """
    numbers = np.asarray(values, dtype=float)
    held = np.where(design.inside, numbers, 0.0)
    weights = design.effective
    found = weighted_quantile(held, weights, share)
    below = mean(design, {"below": (held <= found).astype(float)})
    low, high = below.interval(level)[0]
    seen = float(below.values[0]) < 1  # at the largest value the sample shows no spread above it
    lower = weighted_quantile(held, weights, low) if seen and low >= 0 else None
    upper = weighted_quantile(held, weights, high) if seen and high <= 1 else None
    error = None
    if lower is not None and upper is not None:
        error = (upper - lower) / (2 * quantile_of_t(level, design.freedom))
    return Quantile(share, found, lower, upper, error)


def weighted_quantile(values: Floats, weights: Floats, share: float) -> float:
    """The smallest of `values` whose cumulated weight reaches `share` of the whole.

    Sums are kept in extended precision, so that a share that is met exactly is seen as met (as in R).
    """
    if not 0 <= share <= 1:
        raise BadSample(f"a quantile of {share:g}", hint="Between 0 and 1.")
    carried = weights > 0
    if not carried.any():
        raise BadSample("no row carries weight")
    numbers, weight = values[carried], weights[carried]
    order = np.argsort(numbers, kind="stable")
    reached = np.cumsum(weight[order].astype(np.longdouble)).astype(float)
    whole = float(weight.astype(np.longdouble).sum())
    place = int(np.searchsorted(reached, share * whole, side="right"))
    if place > 0 and share == reached[place - 1] / whole:
        place -= 1
    return float(numbers[order][min(place, len(numbers) - 1)])
