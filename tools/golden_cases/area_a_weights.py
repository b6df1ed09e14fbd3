"""A04, A05, A09, A15: weights fitted to known totals, replicates, silence."""

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

import numpy as np

from golden_cases.frame import Case
from golden_cases.survey_shapes import (
    errors,
    intervals,
    named,
    points,
    square,
    stratified,
    stratum_weights,
    where_true,
)
from viaggio.estimate import survey
from viaggio.estimate.survey import Design, Margin, Replicated

Found = Mapping[str, Any]


def _wave(case: Case, name: str = "pulse.csv") -> Any:
    """Those of one wave who answered."""
    rows = case.frame(name)
    return rows[(rows.wave == case.inputs["wave"]) & rows.nps.notna()].reset_index(drop=True)


def _margin(case: Case, rows: Any, name: str) -> Margin:
    return Margin(name, rows[name].to_numpy(), case.inputs[name])


def post_stratified_and_raked(case: Case) -> Found:
    """A04."""
    rows = _wave(case)
    design = stratified(rows, stratum_weights(rows, ["stratum"]))
    size = sum(case.inputs["region"].values())
    even = Design.of(weights=np.full(len(rows), size / len(rows)))
    margins = {name: _margin(case, rows, name) for name in ("region", "age", "stratum")}
    region, age = margins["region"], margins["age"]
    after = survey.post_stratify(design, region)
    raked = survey.rake(design, [region, age])
    values = {"y": points(rows.nps), "det": where_true(rows.nps <= 6)}

    def told(of: Design) -> Found:
        return _weighted(of, values)

    return {
        "n": len(rows),
        "base_design": told(design),
        "poststratified_region_strat_fpc": told(after),
        "poststratified_region_srs": told(survey.post_stratify(even, region)),
        "raked_region_age_strat_fpc": told(raked),
        "raked_stratum_region_age_srs": told(survey.rake(even, [margins["stratum"], region, age])),
        "raked_by_region": _by_region(raked, rows, values["y"]),
        "poststratified_by_region": _by_region(after, rows, values["y"]),
    }


def _weighted(design: Design, values: Mapping[str, Any]) -> Found:
    found, weights = survey.mean(design, values), design.weights
    return {
        "mean": named(found),
        "se": errors(found),
        "vcov": square(found),
        "ci_normal": intervals(found, inf),
        "sum_w": weights.sum(),
        "sum_w2": weights @ weights,
        "min_w": weights.min(),
        "max_w": weights.max(),
        "first20_w": weights[:20],
        "kish_n_eff": survey.effective_n(weights),
        "kish_deff": survey.weighting_effect(weights),
    }


def _by_region(design: Design, rows: Any, y: Any) -> Found:
    found = survey.by(design, rows.region, lambda d: survey.mean(d, {"y": y}))
    return {"region": found.names, "nps": found.values, "se": found.errors}


def calibrated(case: Case) -> Found:
    """A05: regression, raking and bounded calibration with an amount among the auxiliaries; trimming."""
    rows, inputs = _wave(case), case.inputs
    design = stratified(rows, stratum_weights(rows, ["stratum"]))
    orders, y = rows.orders.to_numpy(float), points(rows.nps)
    totals: dict[str, tuple[Any, float]] = {
        "(Intercept)": (np.ones(len(rows)), sum(inputs["region"].values()))
    }
    for name in ("region", "age"):
        for level in list(inputs[name])[1:]:
            totals[f"{name}{level}"] = (where_true(rows[name] == level), inputs[name][level])
    totals["orders"] = (orders, inputs["orders_total"])
    bounds = (inputs["bounds"][0], inputs["bounds"][1])
    raked = survey.calibrate(design, totals, distance="raking")
    upper = inputs["trim"] * float(np.median(raked.weights))
    trimmed = survey.trim(raked, upper)

    def told(of: Design) -> Found:
        return _calibrated(of, design, y, orders)

    return {
        "population_totals": {name: total for name, (_, total) in totals.items()},
        "linear": told(survey.calibrate(design, totals)),
        "raking": told(raked),
        "logit_bounded": told(survey.calibrate(design, totals, distance="logit", bounds=bounds)),
        "linear_bounded": told(survey.calibrate(design, totals, bounds=bounds)),
        "trimmed": {
            "upper": upper,
            "sum_w": trimmed.weights.sum(),
            "max_w": trimmed.weights.max(),
            "sum_w2": trimmed.weights @ trimmed.weights,
            "mean": survey.mean(trimmed, {"y": y}).values,
        },
    }


def _calibrated(design: Design, before: Design, y: Any, orders: Any) -> Found:
    found, total = survey.mean(design, {"y": y}), survey.total(design, {"orders": orders})
    weights = design.weights
    factors = weights / before.weights
    return {
        "mean": found.values,
        "se": found.errors,
        "sum_w": weights.sum(),
        "sum_w2": weights @ weights,
        "min_w": weights.min(),
        "max_w": weights.max(),
        "min_g": factors.min(),
        "max_g": factors.max(),
        "total_orders": total.values,
        "se_total_orders": total.errors,
        "first10_w": weights[:10],
    }


def replicated(case: Case) -> Found:
    """A09: the jackknife, and raking done in each replicate."""
    rows = _wave(case, case.inputs.get("csv", "pulse.csv"))
    weights, y = stratum_weights(rows, ["stratum"]), points(rows.nps)
    rank = np.unique(rows.customer_id, return_inverse=True)[1] + 1
    group = np.array(
        [f"{s} {r % case.inputs['groups']}" for s, r in zip(rows.stratum, rank.tolist(), strict=True)]
    )
    design = Design.of(weights=weights, strata=rows.stratum.to_numpy(), units=group)
    margins = [_margin(case, rows, name) for name in ("region", "age")]
    by_stratum = survey.jackknife(design)
    plain = survey.jackknife(Design.of(weights=weights, units=group), "JK1")
    raked = by_stratum.reweighted(lambda d: survey.rake(d, margins))
    score, taylor = survey.weighted_mean(y), survey.mean(design, {"y": y})
    minutes = rows.minutes.to_numpy(float)
    slow = by_stratum.estimate(lambda w: _reached(minutes, w, 0.9))
    return {
        "n_psu": len(set(group.tolist())),
        "taylor": {"mean": taylor.values, "se": taylor.errors, "df": taylor.freedom},
        "jkn": _replicated(by_stratum.estimate(score)),
        "jk1": _replicated(plain.estimate(score)),
        "jkn_raked_in_each_replicate": _replicated(raked.estimate(score)),
        "jkn_mse_scale": {"scale": by_stratum.scale, "rscales": by_stratum.factors},
        "jkn_p90_minutes": {"est": slow.value, "se": slow.error},
    }


def _replicated(found: Replicated) -> Found:
    return {"mean": found.value, "se": found.error, "df": found.freedom}


def _reached(values: Any, weights: Any, share: float) -> float:
    """The first value at which the cumulated share of weight reaches `share`, as the case's R code has it."""
    return survey.weighted_quantile(values, weights, share)


def silence(case: Case) -> Found:
    """A15: chances of answering, weights that make up for silence, how even the answering is."""
    rows = case.frame("pulse_missing.csv")
    rows = rows[rows.wave == case.inputs["wave"]].reset_index(drop=True)
    answered, base = rows.nps.notna().to_numpy(), rows.design_weight.to_numpy(float)
    terms = {
        **survey.categories("region", rows.region),
        **survey.categories("age", rows.age),
        "contacts": rows.contacts,
    }
    model = survey.propensity(answered, terms)
    names = ["(Intercept)", *[name.replace("=", "") for name in terms]]
    kept = rows[answered]

    def told(weights: Any) -> Found:
        weight = weights[answered]
        found = survey.mean(stratified(kept, weight, finite=False), {"y": points(kept.nps)})
        return {
            "nps": found.values,
            "se_ignoring_estimation_of_propensity": found.errors,
            "sum_w": weight.sum(),
            "kish_n_eff": survey.effective_n(weight),
        }

    return {
        "n_invited": len(rows),
        "n_resp": answered.sum(),
        "response_rate_unweighted": survey.response_rate(answered),
        "response_rate_weighted": survey.response_rate(answered, base),
        "logit": {
            "coef": dict(zip(names, model.coefficients, strict=True)),
            "se": dict(zip(names, model.errors, strict=True)),
            "deviance": model.deviance,
        },
        "propensity_first10": model.fitted[:10],
        "r_indicator": model.r_indicator,
        "base_weights": told(base),
        "propensity": told(survey.inverse_propensity(base, model.fitted)),
        "stratum_class_adjustment": told(survey.class_adjusted(base, answered, rows.stratum)),
    }


CASES: Mapping[str, Callable[[Case], Found]] = {
    "A04": post_stratified_and_raked,
    "A05": calibrated,
    "A09": replicated,
    "A15": silence,
}
