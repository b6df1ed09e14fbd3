"""Who answered: response rates, propensities, weights that make up for silence, and the R-indicator.

A response rate says nothing about bias; the R-indicator (Schouten, Cobben and Bethlehem 2009) says how
unequal the chances of answering are over what is known of everybody: 1 is even, 0 as uneven as can be.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from viaggio.estimate.errors import BadSample, EmptyCell
from viaggio.estimate.survey.design import Floats, codes
from viaggio.estimate.survey.fitting import fit, terms


@dataclass(frozen=True, slots=True, eq=False)
class Propensity:
    """A logistic model of answering, over all who were invited."""

    names: tuple[str, ...]
    coefficients: Floats
    errors: Floats
    fitted: Floats
    """(n,) chance of answering of each person invited."""
    deviance: float

    @property
    def r_indicator(self) -> float:
        """1 less twice the standard deviation of the chances."""
        return 1 - 2 * float(self.fitted.std(ddof=1))


def propensity(answered: Any, columns: Mapping[str, Any]) -> Propensity:
    """Model who of the n invited answered on columns known for all of them; use `categories` for labels."""
    outcome = np.asarray(answered, dtype=float)
    names, matrix = terms(columns, len(outcome))
    if not np.isfinite(matrix).all():
        raise BadSample("a term is missing for some of those invited", hint="It must be known for everybody.")
    curve = fit(matrix, outcome, np.ones(len(outcome)), "logit")
    errors = np.sqrt(np.diag(curve.inverse))
    return Propensity(names, curve.coefficients, errors, curve.fitted, curve.deviance)


def response_rate(answered: Any, weights: Any = None) -> float:
    """Share of those invited who answered, by weight when weights are given."""
    outcome = np.asarray(answered, dtype=float)
    weight = np.ones(len(outcome)) if weights is None else np.asarray(weights, dtype=float)
    if weight.sum() <= 0:
        raise BadSample("nobody was invited")
    return float(weight @ outcome / weight.sum())


def inverse_propensity(weights: Any, fitted: Any) -> Floats:
    """Weights over the chance of answering, for those who answered."""
    return np.asarray(np.asarray(weights, dtype=float) / np.asarray(fitted, dtype=float))


def class_adjusted(weights: Any, answered: Any, classes: Any) -> Floats:
    """Weights (n,) raised so that those who answered stand for all invited of their class.

    Raises `EmptyCell` when nobody of a class answered.
    """
    weight, outcome = np.asarray(weights, dtype=float), np.asarray(answered, dtype=float)
    cell, labels = codes(classes)
    invited, seen = np.bincount(cell, weight), np.bincount(cell, weight * outcome)
    if (seen == 0).any():
        silent = labels[int(np.argmax(seen == 0))]
        raise EmptyCell(f"nobody of {silent!r} answered", hint="Join the class with a like one.")
    return np.asarray(weight * (invited / seen)[cell])
