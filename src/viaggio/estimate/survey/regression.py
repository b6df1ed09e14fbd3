"""Regression in a drawn sample: linear and logistic, with the covariance of the design (Binder 1983)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from viaggio.estimate.errors import BadSample
from viaggio.estimate.survey.design import Design, Floats
from viaggio.estimate.survey.estimates import Contrast, Estimates
from viaggio.estimate.survey.fitting import Curve, Family, fit, terms
from viaggio.estimate.survey.variance import covariance


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Coefficients with the design's covariance; `freedom` of the estimates is the residual one."""

    estimates: Estimates
    curve: Curve
    """The fit to the rows of the domain, weights scaled to a mean of 1."""


@dataclass(frozen=True, slots=True)
class TermTest:
    """Wald test that several coefficients are all 0: F with its degrees of freedom and p-value."""

    statistic: float
    freedom: int
    residual_freedom: float
    probability: float


def regress(
    design: Design,
    outcome: Any,
    columns: Mapping[str, Any],
    family: Family = "linear",
    *,
    tolerance: float = 1e-14,
) -> Model:
    """Regress `outcome` (n,) on an intercept and `columns` (n,) in the design's domain.

    Terms are called "intercept" and by the keys of `columns`; use `fitting.categories` for labels. The
    residual freedom is the design's + 1 - terms. Outcome and columns must be there in the whole domain.
    """
    names, matrix = terms(columns, len(design.weights))
    held = design.effective != 0
    given = np.asarray(outcome, dtype=float)
    if not (np.isfinite(given[held]).all() and np.isfinite(matrix[held]).all()):
        raise BadSample(
            "outcome or terms have missing values", hint="design.within(complete) leaves them out."
        )
    weights = design.effective[held] / design.effective[held].mean()
    curve = fit(matrix[held], given[held], weights, family, tolerance=tolerance)
    scores = np.zeros(matrix.shape)
    pull = (curve.residuals * curve.working)[:, None]
    scores[held] = matrix[held] * pull @ curve.inverse
    freedom = design.freedom + 1 - len(names)
    found = Estimates(names, curve.coefficients, covariance(design, scores), freedom, design.n, scores)
    return Model(found, curve)


def term_test(model: Model, names: Sequence[str]) -> TermTest:
    """Whether the coefficients called `names` are all 0: Wald F on the residual freedom."""
    from scipy.special import fdtrc

    found = model.estimates
    missing = set(names) - set(found.names)
    if missing or not names:
        raise BadSample(f"the model has no term {min(missing, default='')!r}", hint=", ".join(found.names))
    places = [found.names.index(name) for name in names]
    values = found.values[places]
    wald = float(values @ np.linalg.solve(found.covariance[np.ix_(places, places)], values))
    statistic = wald / len(places)
    chance = float(fdtrc(len(places), found.freedom, statistic))
    return TermTest(statistic, len(places), found.freedom, chance)


def difference(design: Design, outcome: Any, group: Any) -> Contrast:
    """Difference of the means of two groups, those of `group` (n,) True less the rest, as a t test.

    The design is kept whole, so that strata, units and customers in both groups count as they must.
    """
    members: Floats = np.asarray(group, dtype=float)
    found = regress(design, outcome, {"group": members}).estimates
    return found.contrast({"group": 1.0})
