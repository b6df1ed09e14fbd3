"""Area B: which drivers go with an outcome (relative importance, regressions, contrasts)."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np

from golden_cases.comparison import matrix
from golden_cases.frame import Case
from golden_cases.polr import polr
from viaggio.estimate.drivers import asymmetry, regression, sandwich
from viaggio.estimate.drivers.importance import (
    Importance,
    car_scores,
    coefficients_by_size,
    covariance,
    importance,
    normalised,
)
from viaggio.estimate.drivers.logit import logit
from viaggio.estimate.drivers.ordinal import Link, ordinal

INTERCEPT = "(Intercept)"
METHODS = MappingProxyType(
    {
        "lmg": "lmg",
        "last": "last",
        "first": "first",
        "betasq": "beta_squared",
        "pratt": "pratt",
        "genizi": "genizi",
        "car": "car",
    }
)
"""Names in R's `relaimpo`, and ours."""


def b01(case: Case) -> dict[str, Any]:
    """Splits of R2 from rows."""
    x, table, n = _columns(case)
    whole = covariance(table)
    found = importance(whole, x)
    fit = regression.regress(table[:, 0], table[:, 1:], x)
    raw = _shares(found)
    return {
        "n": n,
        "r2": found.r2,
        "var_y": whole[0, 0],
        "raw": raw,
        "normalised": {method: _named(x, normalised(list(parts.values()))) for method, parts in raw.items()},
        "mean_coefficient_by_model_size": matrix(
            coefficients_by_size(whole, x), x, ["1X", *(f"{size}Xs" for size in range(2, len(x) + 1))]
        ),
        "coef": _terms(fit, fit.coefficients),
        "se": _terms(fit, fit.errors),
    }


def b02(case: Case) -> dict[str, Any]:
    """Splits of R2 from a population's covariance matrix."""
    names = case.inputs["names"]
    found = importance(np.array(case.inputs["cov"], dtype=float), names[1:], outcome=names[0])
    return {"r2": found.r2, "raw": _shares(found)}


def b03(case: Case) -> dict[str, Any]:
    """Johnson's relative weights."""
    x, table, _ = _columns(case)
    found = importance(covariance(table), x)
    correlation = np.corrcoef(table, rowvar=False)
    # rwa gives each weight the sign of the coefficient on its uncorrelated twin
    signs = np.sign(car_scores(correlation[1:, 1:], correlation[1:, 0]))
    rescaled = normalised(found.genizi)
    return {
        "r2": found.r2,
        "rwa_package": {
            "variables": x,
            "raw": found.genizi,
            "rescaled_percent": [100 * part for part in rescaled],
            "sign": ["-0+"[int(sign) + 1] for sign in signs],
        },
        "formula_raw": _named(x, found.genizi),
        "formula_rescaled": _named(x, rescaled),
        "iopsych_eps": found.genizi,
    }


def b04(case: Case) -> dict[str, Any]:
    """Splits of R2 under survey weights."""
    x, y = case.inputs["x"], case.inputs["y"]
    frame = case.frame(case.inputs["csv"])[[y, *x, "weight"]].dropna()
    table, weight = frame[[y, *x]].to_numpy(float), frame["weight"].to_numpy(float)
    whole = covariance(table, weight)
    found = importance(whole, x)
    root = np.sqrt(weight)[:, None]
    design = np.column_stack([np.ones(len(table)), table[:, 1:]])
    coefficients = np.linalg.lstsq(design * root, table[:, 0] * root[:, 0])[0]
    shares = {
        "r2": found.r2,
        **{method: _named(x, normalised(getattr(found, method))) for method in ("lmg", "first", "last")},
    }
    return {
        "svyvar_covariance": matrix(whole, [y, *x], [y, *x]),
        "svyvar": shares,
        "lm_weights": {**shares, "coef": _named([INTERCEPT, *x], coefficients)},
    }


def b05(case: Case) -> dict[str, Any]:
    """Least squares with robust and clustered errors."""
    x, y = case.inputs["x"], case.inputs["y"]
    frame = case.frame(case.inputs["csv"])
    clusters = frame[case.inputs["cluster"]].to_numpy()
    fit = regression.regress(frame[y].to_numpy(float), frame[x].to_numpy(float), x)
    test = sandwich.clustered_test(fit, clusters)
    statistic, p = regression.breusch_pagan(fit)
    kinds = {kind: _terms(fit, sandwich.clustered_errors(fit, clusters, kind)) for kind in sandwich.Clustered}
    return {
        "coef": _terms(fit, fit.coefficients),
        "se": _terms(fit, fit.errors),
        "t": _terms(fit, fit.t),
        "p": _terms(fit, fit.p),
        "r2": fit.r2,
        "adj_r2": fit.adjusted_r2,
        "F": {"value": fit.f, "numdf": len(x), "dendf": fit.freedom},
        "sigma": fit.sigma,
        "std_beta": _named(x, fit.standardised),
        "vif": _named(x, fit.vif),
        "hc_se": {
            "const": _terms(fit, fit.errors),
            **{kind: _terms(fit, sandwich.robust_errors(fit, kind)) for kind in sandwich.Robust},
        },
        "cluster_se_clubSandwich": kinds,
        "cluster_se_sandwich_vcovCL_HC1": kinds[sandwich.Clustered.CR1S],
        "cr2_satterthwaite": {"t": test.t, "df": test.freedom, "p": test.p},
        "breusch_pagan_studentised": {"stat": statistic, "p": p},
        "aic": fit.aic,
        "bic": fit.bic,
        "loglik": fit.log_likelihood,
    }


def b06(case: Case) -> dict[str, Any]:
    """Ordered and yes/no outcomes of the recommendation question."""
    x = case.inputs["x"]
    frame = case.frame(case.inputs["csv"])[["nps", *x]].dropna()
    answers, drivers = frame["nps"].to_numpy(float), frame[x].to_numpy(float)
    band = np.where(answers >= 9, 2, np.where(answers <= 6, 0, 1))
    by_link = {link: ordinal(band, drivers, x, link=link) for link in Link}
    levels = [f"{level:g}" for level in by_link[Link.LOGIT].levels]
    between = [f"{low}|{high}" for low, high in pairwise(levels)]
    stopped = polr(band, drivers)
    yes = logit((answers >= 9).astype(float), drivers, x)
    terms = [INTERCEPT, *x]
    return {
        "band_counts": dict(zip(levels, by_link[Link.LOGIT].counts, strict=True)),
        **{
            f"{link}_clm": {
                "coef": _named([*between, *x], [*fit.thresholds, *fit.coefficients]),
                "se": _named([*between, *x], [*fit.threshold_errors, *fit.errors]),
                "loglik": fit.log_likelihood,
            }
            for link, fit in by_link.items()
        },
        "polr": {
            "coef": _named(x, stopped.coefficients),
            "zeta": _named(between, stopped.thresholds),
            "deviance": stopped.deviance,
        },
        "promoter_logit": {
            "coef": _named(terms, yes.coefficients),
            "se": _named(terms, yes.errors),
            "hc0_se": _named(terms, yes.robust_errors),
            "deviance": yes.deviance,
            "null_deviance": yes.null_deviance,
            "mcfadden": yes.mcfadden,
            "auc": yes.auc,
            "brier": yes.brier,
            "average_marginal_effects": _named(x, yes.effects),
            "odds_ratios": _named(terms, yes.odds_ratios),
            "ci_wald": matrix(np.column_stack([yes.low, yes.high]), terms, ["2.5 %", "97.5 %"]),
        },
    }


def b07(case: Case) -> dict[str, Any]:
    """Penalty-reward contrasts, importance and performance."""
    x, table, _ = _columns(case)
    found = asymmetry.penalty_reward(
        table[:, 0], table[:, 1:], x, low=case.inputs["low"], high=case.inputs["high"]
    )
    rated = asymmetry.performances(table[:, 0], table[:, 1:], x)
    marks = [INTERCEPT, *(f"pen_{name}" for name in x), *(f"rew_{name}" for name in x)]
    contrasts = found.contrasts
    errors = [
        found.intercept_error,
        *(c.penalty_error for c in contrasts),
        *(c.reward_error for c in contrasts),
    ]
    return {
        "coef": _named(
            marks, [found.intercept, *(c.penalty for c in contrasts), *(c.reward for c in contrasts)]
        ),
        "se": {mark: error for mark, error in zip(marks, errors, strict=True) if error is not None},
        "r2": found.r2,
        "importance_performance": {
            ".row": x,
            "mean": [each.mean for each in rated],
            "pearson": [each.pearson for each in rated],
            "spearman": [each.spearman for each in rated],
            "kendall_b": [each.kendall for each in rated],
        },
        "partial_correlation": {each.driver: each.partial for each in rated},
        "quadrant_cut_means": {
            "performance": np.mean([each.mean for each in rated]),
            "importance": np.mean([each.pearson for each in rated]),
        },
    }


def _columns(case: Case) -> tuple[list[str], Any, int]:
    """Names of the drivers; outcome and drivers of the complete rows; the number of all rows."""
    x = list(case.inputs["x"])
    frame = case.frame(case.inputs["csv"])[[case.inputs["y"], *x]]
    return x, frame.dropna().to_numpy(float), len(frame)


def _shares(found: Importance) -> dict[str, dict[str, float]]:
    return {theirs: _named(found.drivers, getattr(found, ours)) for theirs, ours in METHODS.items()}


def _terms(fit: regression.Regression, values: Any) -> dict[str, float]:
    return _named([INTERCEPT, *fit.terms[1:]], values)


def _named(names: Sequence[str], values: Any) -> dict[str, Any]:
    return dict(zip(names, values, strict=True))


CASES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = MappingProxyType(
    {"B01": b01, "B02": b02, "B03": b03, "B04": b04, "B05": b05, "B06": b06, "B07": b07}
)
