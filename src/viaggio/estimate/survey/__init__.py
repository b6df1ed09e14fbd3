"""Inference from drawn samples: designs, weights, estimates with the design's covariance.

A `Design` says how rows were drawn; `weighting` and `calibration` fit its weights to known totals;
`estimates`, `quantiles`, `shares`, `regression` and `independence` compute on it. Everything takes columns
of length n (lists or arrays) and gives frozen results. Loads NumPy; import it where it is needed.
"""

from viaggio.estimate.survey.calibration import Bounds, Distance, calibrate, trim
from viaggio.estimate.survey.design import Design, Floats, Stage
from viaggio.estimate.survey.effects import design_effect, effective_n, spread, weighting_effect
from viaggio.estimate.survey.estimates import Contrast, Estimates, by, mean, ratio, total
from viaggio.estimate.survey.fitting import categories, fit, terms
from viaggio.estimate.survey.independence import IndependenceTest, Table, independence, table
from viaggio.estimate.survey.quantiles import Quantile, quantile, weighted_quantile
from viaggio.estimate.survey.regression import Model, TermTest, difference, regress, term_test
from viaggio.estimate.survey.replicates import Replicated, Replicates, jackknife, weighted_mean
from viaggio.estimate.survey.response import (
    Propensity,
    class_adjusted,
    inverse_propensity,
    propensity,
    response_rate,
)
from viaggio.estimate.survey.shares import share_interval
from viaggio.estimate.survey.weighting import Margin, post_stratify, rake

__all__ = [
    "Bounds",
    "Contrast",
    "Design",
    "Distance",
    "Estimates",
    "Floats",
    "IndependenceTest",
    "Margin",
    "Model",
    "Propensity",
    "Quantile",
    "Replicated",
    "Replicates",
    "Stage",
    "Table",
    "TermTest",
    "by",
    "calibrate",
    "categories",
    "class_adjusted",
    "design_effect",
    "difference",
    "effective_n",
    "fit",
    "independence",
    "inverse_propensity",
    "jackknife",
    "mean",
    "post_stratify",
    "propensity",
    "quantile",
    "rake",
    "ratio",
    "regress",
    "response_rate",
    "share_interval",
    "spread",
    "table",
    "term_test",
    "terms",
    "total",
    "trim",
    "weighted_mean",
    "weighted_quantile",
    "weighting_effect",
]
