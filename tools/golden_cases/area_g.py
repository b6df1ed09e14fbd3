"""Area G: units' figures drawn to the whole, and what may be decided on them."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from golden_cases.frame import Case
from golden_cases.glmer import glmer_laplace
from viaggio.estimate import shrinkage
from viaggio.estimate.shrinkage import Between, Credibility, Fit, Heterogeneity, KnownVariances


def _model(case: Case) -> tuple[list[float], list[Any], Any, list[str]]:
    """Outcome, units, drivers and their names, from the CSV and R's formula `y ~ x + (1 | unit)`."""
    formula = case.inputs["formula"]
    left, right = formula.split("~")
    grouping = re.search(r"\(\s*1\s*\|\s*([\w.]+)\s*\)", right)
    if not grouping:
        raise ValueError(f"no random intercept in {formula}")
    names = [term.strip() for term in right.replace(grouping.group(), "").split("+")]
    names = [name for name in names if name and name != "1"]
    rows = case.frame(case.inputs["csv"])
    rows = rows.dropna(subset=[left.strip(), grouping.group(1), *names])
    drivers = rows[names].to_numpy(dtype=float) if names else None
    return rows[left.strip()].tolist(), rows[grouping.group(1)].tolist(), drivers, names


def _named(names: list[str], values: Any) -> dict[str, float]:
    return dict(zip(["(Intercept)", *names], np.asarray(values).tolist(), strict=True))


def mixed(case: Case) -> Mapping[str, Any]:
    """G01."""
    outcome, units, drivers, names = _model(case)
    result: dict[str, Any] = {"n": len(outcome)}
    for fit in Fit:
        found = shrinkage.random_intercept(outcome, units, drivers, fit=fit)
        result[fit.value] = {
            "fixef": _named(names, found.effects),
            "se": _named(names, found.errors),
            "var_group": found.between,
            "var_resid": found.within,
            "icc": found.icc,
            "loglik": found.log_likelihood,
            "ranef": {
                "unit": [str(unit) for unit in found.units],
                "effect": found.added,
                "cond_sd": found.errors_added,
            },
        }
    return result


def rates(case: Case) -> Mapping[str, Any]:
    """G02."""
    found = shrinkage.beta_binomial(case.inputs["x"], case.inputs["n"])
    return {
        "alpha": found.a,
        "beta": found.b,
        "mean": found.mean,
        "rho": found.correlation,
        "loglik": found.log_likelihood,
        "vgam": {"mu": found.mean, "rho": found.correlation, "loglik": found.log_likelihood},
        "raw": found.raw,
        "shrunk": found.shrunk,
        "weight_on_own_data": found.own_weight,
        "posterior_interval95": {"lower": found.low, "upper": found.high},
        "prob_above_target": found.prob_above(case.inputs["target"]),
    }


def credibility(case: Case) -> Mapping[str, Any]:
    """G03."""
    ratios, weights = (np.array(case.inputs[name], dtype=float) for name in ("ratios", "weights"))
    weights, ratios = np.where(np.isnan(ratios), 0.0, np.nan_to_num(weights)), np.nan_to_num(ratios)
    return {
        "buhlmann": _credibility(shrinkage.buhlmann(ratios)),
        "buhlmann_straub": _credibility(shrinkage.buhlmann_straub(ratios, weights)),
        "buhlmann_straub_iterative": _credibility(
            shrinkage.buhlmann_straub(ratios, weights, between=Between.ITERATIVE)
        ),
    }


def _credibility(found: Credibility) -> dict[str, Any]:
    return {
        "collective_mean": found.collective,
        "unit_means": found.own,
        "between_var": found.estimated_between,
        "within_var": found.within,
        "credibility": found.credibility,
        "premium": found.shrunk,
    }


def known_errors(case: Case) -> Mapping[str, Any]:
    """G04."""
    y, v, x = (case.inputs[name] for name in ("y", "v", "x"))
    fixed = shrinkage.pooled(y, v)
    return {
        "intercept_only": {
            by.name: _known(shrinkage.known_variances(y, v, by=by))
            for by in (Heterogeneity.REML, Heterogeneity.ML, Heterogeneity.DL, Heterogeneity.PM)
        },
        "with_covariate": {"REML": _known(shrinkage.known_variances(y, v, x))},
        "fixed": {"est": fixed.value, "se": fixed.se, "ci": [fixed.low, fixed.high]},
    }


def _known(found: KnownVariances) -> dict[str, Any]:
    return {
        "tau2": found.between,
        "coef": found.effects,
        "se": found.errors,
        "blup": found.shrunk,
        "blup_se": found.shrunk_errors,
        "I2": 100 * found.share_real,
        "Q": found.q,
        "Qp": found.q_p,
    }


def incentive(case: Case) -> Mapping[str, Any]:
    """G05."""
    given = case.inputs
    y, between, target = given["y"], given["tau2"], given["target"]
    v = given["s2"] / np.array(given["n"], dtype=float)
    found = shrinkage.standing(y, v, between)
    return {
        "weighted_grand_mean": found.mean,
        "reliability": found.reliability,
        "shrunk": found.shrunk,
        "posterior_sd": found.deviations,
        "prob_above_target_shrunk": shrinkage.prob_above(found.shrunk, found.deviations, target),
        "z_raw_vs_target": (np.array(y) - target) / np.sqrt(v),
        "p_one_sided_raw": shrinkage.prob_above(-np.array(y), np.sqrt(v), -target),
        "guard_band_score_needed_raw": shrinkage.guard_band(v, target, given["conf"]),
        "rankability": shrinkage.rankability(v, between),
        "expected_rank_1_best": shrinkage.expected_ranks(found.shrunk, found.deviations),
        "n_needed_for_reliability": shrinkage.answers_needed(given["rel"], given["s2"], between),
        "spearman_brown_double": shrinkage.reliability_of_repeats(found.reliability),
        "prob_real_change": shrinkage.prob_real_change(given["y2"], given["v2"], y, v),
    }


def mixed_logit(case: Case) -> Mapping[str, Any]:
    """G06."""
    outcome, units, drivers, names = _model(case)
    quadrature = shrinkage.random_intercept_logit(outcome, units, drivers, nodes=9)
    laplace = glmer_laplace(
        outcome, units, drivers, near=shrinkage.random_intercept_logit(outcome, units, drivers, nodes=1)
    )
    return {
        "n": len(outcome),
        **{
            name: {
                "fixef": _named(names, found.effects),
                "se": _named(names, found.errors),
                "sd_group": found.deviation,
                "loglik": found.log_likelihood,
                "ranef": {"unit": [str(unit) for unit in found.units], "effect": found.added},
            }
            for name, found in (("laplace", laplace), ("agq9", quadrature))
        },
    }


CASES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {
    "G01": mixed,
    "G02": rates,
    "G03": credibility,
    "G04": known_errors,
    "G05": incentive,
    "G06": mixed_logit,
}
