"""What a unit's own figure is worth: estimates drawn to what all units share, the more the fewer answers.

Means of answers (`random_intercept`), shares of answers (`beta_binomial`, `random_intercept_logit`), figures
of several periods (`buhlmann_straub`), figures with known errors (`known_variances`, the one for NPS),
and what may be decided on them (`reliability`).
"""

from viaggio.estimate.shrinkage.beta_binomial import BetaBinomial, beta_binomial, prior_moments
from viaggio.estimate.shrinkage.credibility import Between, Credibility, buhlmann, buhlmann_straub
from viaggio.estimate.shrinkage.known_variance import (
    Heterogeneity,
    KnownVariances,
    Pooled,
    known_variances,
    pooled,
)
from viaggio.estimate.shrinkage.random_intercept import Fit, RandomIntercept, random_intercept
from viaggio.estimate.shrinkage.random_intercept_logit import RandomInterceptLogit, random_intercept_logit
from viaggio.estimate.shrinkage.reliability import (
    Standing,
    answers_needed,
    expected_ranks,
    guard_band,
    prob_above,
    prob_real_change,
    rankability,
    reliability_of_repeats,
    standing,
)

__all__ = [
    "BetaBinomial",
    "Between",
    "Credibility",
    "Fit",
    "Heterogeneity",
    "KnownVariances",
    "Pooled",
    "RandomIntercept",
    "RandomInterceptLogit",
    "Standing",
    "answers_needed",
    "beta_binomial",
    "buhlmann",
    "buhlmann_straub",
    "expected_ranks",
    "guard_band",
    "known_variances",
    "pooled",
    "prior_moments",
    "prob_above",
    "prob_real_change",
    "random_intercept",
    "random_intercept_logit",
    "rankability",
    "reliability_of_repeats",
    "standing",
]
