"""A01 to A03, A06 to A08: estimates in simple, stratified and clustered samples, domains, waves."""

from collections.abc import Callable, Mapping
from math import inf, sqrt
from statistics import fmean
from typing import Any

import numpy as np

from golden_cases.area_a_likelihood import likelihood_interval, logit_interval
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
from viaggio.estimate import recommendation, survey
from viaggio.estimate.survey import Design, Estimates, Margin

Found = Mapping[str, Any]


def simple_sample(case: Case) -> Found:
    """A01: one question from a simple random sample."""
    level, size = case.inputs["conf"], case.inputs["N"]
    answers = _repeated(case.inputs["counts"])
    n = len(answers)
    y = points(answers)
    promoters, detractors = where_true(answers >= 9), where_true(answers <= 6)
    passives = 1 - promoters - detractors
    counts = (detractors.sum(), passives.sum(), promoters.sum())
    wald = recommendation.wald(counts, level)
    plain, finite = Design.of(n=n), Design.of(n=n, population=size)
    free, bound = survey.mean(plain, {"y": y}), survey.mean(finite, {"y": y})
    shares = survey.mean(
        finite, {"catdetractor": detractors, "catpassive": passives, "catpromoter": promoters}
    )
    contrast = shares.contrast({"catdetractor": -100, "catpromoter": 100})
    csat = _repeated(case.inputs["csat_counts"])
    boxes = survey.mean(
        Design.of(n=len(csat)),
        {"cs": csat, "top2": csat >= 4, "top1": csat == 5, "bot2": csat <= 2},
    )
    return {
        "n": n,
        "promoters": promoters.mean(),
        "passives": passives.mean(),
        "detractors": detractors.mean(),
        "nps": wald.value,
        "variance_one_response_mle": recommendation.variance(counts) / 1e4,
        "se_mle": wald.error,
        "se_n_minus_1": free.errors,
        "ci_normal_mle": [wald.low, wald.high],
        "ci_t_n_minus_1": free.interval(level)[0],
        "survey_no_fpc": {
            "mean": free.values,
            "se": free.errors,
            "ci_normal": free.interval(level, freedom=inf)[0],
            "df": free.freedom,
            "ci_t": free.interval(level)[0],
        },
        "survey_fpc": {
            "mean": bound.values,
            "se": bound.errors,
            "ci_normal": bound.interval(level, freedom=inf)[0],
        },
        "category_shares": named(shares),
        "category_vcov_fpc": square(shares),
        "nps_as_contrast_fpc": {"estimate": contrast.value, "se": contrast.error},
        "mean_0_10": answers.mean(),
        "sd_0_10": answers.std(ddof=1),
        "csat": {"estimates": named(boxes), "se": errors(boxes)},
    }


def _repeated(counts: Mapping[str, int]) -> Any:
    return np.repeat([int(value) for value in counts], list(counts.values())).astype(float)


def stratified_sample(case: Case) -> Found:
    """A02: several questions of a stratified sample, complete cases."""
    rows = case.frame("pulse.csv")
    rows = rows[(rows.wave == case.inputs["wave"]) & rows[["nps", "csat", "effort"]].notna().all(axis=1)]
    weights = stratum_weights(rows, ["stratum"])
    values = {
        "y": points(rows.nps),
        "csat": rows.csat.to_numpy(float),
        "top2": where_true(rows.csat >= 4),
        "effort": rows.effort.to_numpy(float),
    }
    finite = stratified(rows, weights)
    groups = survey.by(finite, rows.stratum, lambda d: survey.mean(d, {"y": values["y"]}))
    detractors = survey.total(finite, {"det": where_true(rows.nps <= 6)})
    return {
        "n": len(rows),
        "stratified_fpc": _with_effects(finite, values),
        "stratified_no_fpc": _with_effects(stratified(rows, weights, finite=False), values),
        "weights_only": _with_effects(Design.of(weights=weights), values),
        "by_stratum": {"stratum": groups.names, "nps": groups.values, "se": groups.errors},
        "unweighted": {name: fmean(column) for name, column in values.items()},
        "total_detractors": {"estimate": detractors.values, "se": detractors.errors},
        "kish": {
            "n_eff": survey.effective_n(weights),
            "deff_weights": survey.weighting_effect(weights),
        },
        "sum_weights": weights.sum(),
    }


def _with_effects(design: Design, values: Mapping[str, Any]) -> Found:
    found = survey.mean(design, values)
    effects = survey.design_effect(design, values)
    replaced = survey.design_effect(design, values, replacement=True)
    return {
        "mean": named(found),
        "se": errors(found),
        "deff": dict(zip(values, effects, strict=True)),
        "deff_replace": dict(zip(values, replaced, strict=True)),
        "ci_normal": intervals(found, inf),
        "ci_t": intervals(found),
        "df": design.freedom,
    }


def _cut(values: Any, cut: list[float]) -> Any:
    return np.where(values >= cut[1], 100.0, np.where(values <= cut[0], -100.0, 0.0))


def public_strata(case: Case) -> Found:
    """A03: a public stratified sample: means, quantiles, a ratio, intervals of a share."""
    rows = case.frame("apistrat.csv")
    y, score = _cut(rows.api00, case.inputs["cut"]), rows.api00.to_numpy(float)
    wide = where_true(rows["sch.wide"] == "Yes")
    design = Design.of(
        weights=rows.pw.to_numpy(), strata=rows.stype.to_numpy(), population=rows.fpc.to_numpy()
    )
    values = {"y": y, "api00": score, "sw": wide}
    found = survey.mean(design, values)
    shares = (0.1, 0.25, 0.5, 0.75, 0.9)
    ratio = survey.ratio(design, score, rows.api99)
    methods = {"asin": "arcsine", "beta": "beta", "mean": "plain", "xlogit": "logit"}
    return {
        "mean": named(found),
        "se": errors(found),
        "deff": dict(zip(values, survey.design_effect(design, values), strict=True)),
        "vcov": square(found),
        "df": design.freedom,
        "by_stype": _two_by(design, rows.stype, y, score),
        "quantiles": _quantiles(design, score, shares),
        "ratio": {"estimate": ratio.values, "se": ratio.errors},
        "prop_schwide_ci95": {
            **{name: survey.share_interval(design, wide, method) for name, method in methods.items()},  # type: ignore[arg-type]  # the names are literals
            "logit": logit_interval(design, wide),
            "likelihood": likelihood_interval(design, wide),
        },
    }


def _two_by(design: Design, groups: Any, y: Any, score: Any) -> Found:
    first = survey.by(design, groups, lambda d: survey.mean(d, {"y": y}))
    second = survey.by(design, groups, lambda d: survey.mean(d, {"api00": score}))
    return {
        ".row": first.names,
        "stype": first.names,
        "y": first.values,
        "api00": second.values,
        "se.y": first.errors,
        "se.api00": second.errors,
    }


def _quantiles(design: Design, values: Any, shares: tuple[float, ...]) -> Found:
    found = [survey.quantile(design, values, share) for share in shares]
    return {
        ".row": [f"{share:g}" for share in shares],
        "quantile": [one.value for one in found],
        "ci.2.5": [one.low for one in found],
        "ci.97.5": [one.high for one in found],
        "se": [one.error for one in found],
    }


def public_clusters(case: Case) -> Found:
    """A06: a public cluster sample, weighted in several ways; domains that share clusters."""
    rows, inputs = case.frame("apiclus1.csv"), case.inputs
    kind, wide = rows.stype.to_numpy(), rows["sch.wide"].to_numpy()
    y = _cut(rows.api00, inputs["cut"])
    score = rows.api00.to_numpy(float)
    design = Design.of(weights=rows.pw.to_numpy(), units=rows.dnum.to_numpy(), population=rows.fpc.to_numpy())
    by_kind = Margin("stype", kind, inputs["stype"])
    stratified = survey.post_stratify(design, by_kind)
    levels = sorted(inputs["stype"])
    totals: dict[str, tuple[Any, float]] = {"one": (np.ones(len(rows)), sum(inputs["stype"].values()))}
    totals |= {level: (kind == level, inputs["stype"][level]) for level in levels[1:]}
    totals["api99"] = (rows.api99.to_numpy(float), inputs["api99_total"])

    def scores(of: Design) -> Estimates:
        return survey.mean(of, {"y": y})

    domains = survey.by(design, kind, scores)
    after = survey.by(stratified, kind, scores)
    gap = domains.contrast({"H": 1, "E": -1})
    test = survey.difference(design, score, kind == "H")

    def told(of: Design) -> Found:
        return _clustered(of, y, score, rows.enroll.to_numpy(float))

    return {
        "with_fpc": told(design),
        "no_fpc": told(Design.of(weights=rows.pw.to_numpy(), units=rows.dnum.to_numpy())),
        "poststratified": told(stratified),
        "raked": told(survey.rake(design, [by_kind, Margin("sch.wide", wide, inputs["schwide"])])),
        "calibrated_linear": told(survey.calibrate(design, totals)),
        "domain_nps": {"est": named(domains), "se": domains.errors, "vcov": square(domains)},
        "domain_diff_H_minus_E": {"est": gap.value, "se": gap.error},
        "svyttest_api00_H": {
            "diff": test.value,
            "t": test.statistic,
            "df": test.freedom,
            "p": test.probability(),
        },
        "poststratified_domain": {"est": named(after), "se": after.errors},
    }


def _clustered(design: Design, y: Any, score: Any, enrolled: Any) -> Found:
    values = {"y": y, "api00": score}
    found = survey.mean(design, values)
    total = survey.total(design.within(~np.isnan(enrolled)), {"enroll": enrolled})
    return {
        "mean": named(found),
        "se": errors(found),
        "deff": dict(zip(values, survey.design_effect(design, values), strict=True)),
        "vcov": square(found),
        "df": design.freedom,
        "ci_t": intervals(found),
        "total_enroll": total.values,
        "se_total": total.errors,
    }


def domains(case: Case) -> Found:
    """A07: regions as domains of the whole design, a ratio of contacts, waiting times, missing answers."""
    rows = case.frame(case.inputs.get("csv", "pulse_missing.csv"))
    rows = rows[rows.wave == case.inputs["wave"]].reset_index(drop=True)
    first, second = case.inputs["regions"][:2]
    y, region = points(rows.nps), rows.region.to_numpy()
    design = stratified(rows, rows.design_weight.to_numpy())
    answered = design.within(rows.nps.notna())

    def score(of: Design) -> Estimates:
        return survey.mean(of, {"y": y})

    found = survey.by(answered, region, score)
    gap = found.contrast({first: 1, second: -1})
    alone = score(answered.within(region == first))
    kept = rows[rows.nps.notna() & (region == first)]
    wrong = survey.mean(
        stratified(kept, kept.design_weight.to_numpy(), finite=False), {"y": points(kept.nps)}
    )
    contacts = survey.ratio(design, rows.contacts, rows.orders)
    by_region = survey.by(design, region, lambda d: survey.ratio(d, rows.contacts, rows.orders))
    test = survey.difference(answered, y, region == first)
    missing = survey.mean(design, {"missing": rows.nps.isna()})
    return {
        "n": len(rows),
        "n_answered": rows.nps.notna().sum(),
        "domain_nps": {"est": named(found), "se": found.errors, "vcov": square(found)},
        "difference": {"domains": [first, second], "est": gap.value, "se": gap.error},
        "subset_design": {"mean": alone.values, "se": alone.errors},
        "filtered_data_wrong_se_no_fpc": {"mean": wrong.values, "se": wrong.errors},
        "contacts_per_order": {
            "est": contacts.values,
            "se": contacts.errors,
            "by_region": {
                ".row": by_region.names,
                "region": by_region.names,
                "contacts/orders": by_region.values,
                "se.contacts/orders": by_region.errors,
            },
        },
        "minutes_quantiles": _quantiles(design, rows.minutes.to_numpy(float), (0.5, 0.9, 0.95)),
        "svyttest": {"diff": test.value, "t": test.statistic, "df": test.freedom, "p": test.probability()},
        "item_nonresponse": {"est": missing.values, "se": missing.errors},
    }


def waves(case: Case) -> Found:
    """A08: change between two waves with customers in both."""
    rows = case.frame("pulse.csv")
    rows = rows[rows.nps.notna()].reset_index(drop=True)
    y, wave = points(rows.nps), rows.wave.astype(str).to_numpy()
    weights = stratum_weights(rows, ["wave", "stratum"])
    one, two = (_wave(rows[wave == k], weights[wave == k]) for k in ("1", "2"))
    apart = float(two.values[0] - one.values[0])
    error = sqrt(one.errors[0] ** 2 + two.errors[0] ** 2)
    design = Design.of(weights=weights, strata=rows.stratum.to_numpy(), units=rows.customer_id.to_numpy())
    both = survey.by(design, wave, lambda d: survey.mean(d, {"y": y}))
    change = both.contrast({"1": -1, "2": 1})
    test = survey.difference(design, y, wave == "2")
    spread = both.covariance
    independent = survey.Contrast(apart, error, inf)
    plain = [_unweighted(y[wave == k]) for k in ("1", "2")]
    return {
        "n": [(wave == "1").sum(), (wave == "2").sum()],
        "wave1": {"est": one.values, "se": one.errors},
        "wave2": {"est": two.values, "se": two.errors},
        "independent": {
            "diff": apart,
            "se": error,
            "z": independent.statistic,
            "p": independent.probability(),
        },
        "overlapping_customer_clusters": {
            "est": named(both),
            "vcov": square(both),
            "correlation": spread[0, 1] / sqrt(spread[0, 0] * spread[1, 1]),
            "diff": change.value,
            "se": change.error,
            "z": change.statistic,
            "p": change.probability(inf),
            "svyttest": {"t": test.statistic, "df": test.freedom, "p": test.probability()},
        },
        "unweighted_srs_two_sample": {
            "wave1": plain[0],
            "wave2": plain[1],
            "diff": plain[1]["nps"] - plain[0]["nps"],
            "se": 100 * sqrt(sum(one["v"] / one["n"] for one in plain)),
        },
        **_paired(rows.assign(y=y, wave=wave)),
    }


def _wave(rows: Any, weights: Any) -> Estimates:
    return survey.mean(stratified(rows, weights, finite=False), {"y": points(rows.nps)})


def _unweighted(y: Any) -> dict[str, Any]:
    counts = ((y < 0).sum(), (y == 0).sum(), (y > 0).sum())
    return {
        "n": len(y),
        "nps": recommendation.score(counts),
        "v": recommendation.variance(counts) / 1e4,
    }


def _paired(rows: Any) -> Found:
    """The customers of both waves alone: a t test of their differences, one draw each."""
    before = rows[rows.wave == "1"][["customer_id", "y"]]
    both = before.merge(rows[rows.wave == "2"][["customer_id", "y"]], on="customer_id")
    change = survey.mean(Design.of(n=len(both)), {"change": both.y_y - both.y_x})
    test = change.contrast({"change": 1})
    return {
        "n_overlap": len(both),
        "paired_overlap_only": {
            "diff": test.value,
            "t": test.statistic,
            "df": test.freedom,
            "p": test.probability(),
            "ci": change.interval()[0],
        },
    }


CASES: Mapping[str, Callable[[Case], Found]] = {
    "A01": simple_sample,
    "A02": stratified_sample,
    "A03": public_strata,
    "A06": public_clusters,
    "A07": domains,
    "A08": waves,
}
