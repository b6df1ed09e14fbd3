"""A13: independence and regression in a stratified sample."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from golden_cases.comparison import matrix
from golden_cases.frame import Case
from golden_cases.survey_shapes import bands, square, stratified, where_true
from viaggio.estimate import survey
from viaggio.estimate.survey import Estimates

TESTS = {
    "F_rao_scott2": "rao_scott_f",
    "Chisq_rao_scott1": "rao_scott_chi2",
    "adjWald": "adjusted_wald",
    "Wald": "wald",
}


def tests_and_models(case: Case) -> Mapping[str, Any]:
    """A13."""
    rows = case.frame("pulse.csv")
    rows = rows[(rows.wave == case.inputs["wave"]) & rows.nps.notna() & rows.effort.notna()]
    rows = rows.reset_index(drop=True)
    band, region = np.array(bands(rows.nps)), rows.region.to_numpy()
    design = stratified(rows, rows.design_weight.to_numpy())
    counts = survey.table(design, region, band)
    effort = {"effort": rows.effort.to_numpy(float)}
    line = survey.regress(
        design.within(rows.csat.notna()), rows.nps, {**effort, "csat": rows.csat.to_numpy(float)}
    ).estimates
    regions = survey.categories("region", region)
    curve = survey.regress(design, where_true(rows.nps >= 9), {**effort, **regions}, "logit")
    test = survey.term_test(curve, list(regions))
    return {
        "weighted_table": matrix(counts.counts.tolist(), counts.rows, counts.columns),
        "tests": {name: _tested(design, region, band, kind) for name, kind in TESTS.items()},
        "svyglm_linear": {
            **_coefficients(line),
            "vcov": square(line, {"intercept": "(Intercept)"}),
            "df_resid": line.freedom,
        },
        "svyglm_logit": {**_coefficients(curve.estimates), "df_resid": curve.estimates.freedom},
        "wald_region": {
            "F": test.statistic,
            "df": test.freedom,
            "ddf": test.residual_freedom,
            "p": test.probability,
        },
    }


def _tested(design: survey.Design, region: Any, band: Any, kind: Any) -> Mapping[str, Any]:
    found = survey.independence(design, region, band, kind)
    return {"statistic": found.statistic, "parameter": found.freedom, "p": found.probability}


def _coefficients(found: Estimates) -> dict[str, Any]:
    names = ["(Intercept)" if name == "intercept" else name.replace("=", "") for name in found.names]
    return {
        "coef": dict(zip(names, found.values, strict=True)),
        "se": dict(zip(names, found.errors, strict=True)),
    }


CASES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {"A13": tests_and_models}
