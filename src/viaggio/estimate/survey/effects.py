"""What drawing and weighting cost: design effects and effective sample sizes."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from viaggio.estimate.errors import BadSample
from viaggio.estimate.survey.design import Design, Floats
from viaggio.estimate.survey.estimates import mean


def spread(design: Design, values: Mapping[str, Any]) -> Floats:
    """Estimated population variance of each column (k,), divisor n - 1 over weighted squares."""
    average = mean(design, values)
    columns = [np.where(design.inside, np.asarray(column, dtype=float), 0.0) for column in values.values()]
    squares = (np.column_stack(columns) - average.values) ** 2
    weights = design.effective
    return np.asarray(weights @ squares / weights.sum() * design.n / (design.n - 1))


def design_effect(design: Design, values: Mapping[str, Any], *, replacement: bool = False) -> Floats:
    """Variance of each mean over that of a simple random sample of as many rows (Kish 1965).

    `replacement` compares with drawing with replacement; otherwise the simple sample is drawn from a
    population of the sum of weights, which must then be larger than the sample.
    """
    size, n = float(design.effective.sum()), design.n
    if not replacement and size < n:
        raise BadSample(
            "weights sum to less than the sample",
            place=f"{size:g} of {n}",
            hint="Scale them to the population, or compare with replacement.",
        )
    simple = spread(design, values) / n
    if not replacement:
        simple = simple * (size - n) / size
    variance = np.diag(mean(design, values).covariance)
    return np.divide(variance, simple, out=np.full_like(simple, np.nan), where=simple > 0)


def effective_n(weights: Any) -> float:
    """Kish's effective sample size, (sum w)^2 / sum w^2: what unequal weights alone leave of n."""
    held = np.asarray(weights, dtype=float)
    squares = float(held @ held)
    if squares == 0:
        raise BadSample("no row carries weight")
    return float(held.sum()) ** 2 / squares


def weighting_effect(weights: Any) -> float:
    """Kish's design effect of unequal weights, n sum w^2 / (sum w)^2, n counting all rows given."""
    return len(weights) / effective_n(weights)
