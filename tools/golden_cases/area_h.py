"""Area H: planning a sample, reliability of scales, agreement of coders, ordered correlations."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

import numpy as np

from golden_cases.comparison import matrix
from golden_cases.frame import Case
from golden_cases.polychor import Stopped, polychor
from golden_cases.psych_fa import one_factor_loadings
from viaggio.estimate import agreement, factor, planning, polychoric, power, reliability

MISSING = -1


def h01(case: Case) -> dict[str, Any]:
    """Power and sizes for shares and means."""
    share, mean = case.inputs["prop"], case.inputs["mean"]
    firsts, seconds = np.atleast_1d(share["p1"]).tolist(), np.atleast_1d(share["p2"]).tolist()
    aim = {"power": share["power"], "alpha": share["alpha"]}
    mean_aim = {"power": mean["power"], "alpha": mean["alpha"]}
    pairs = list(zip(firsts, seconds, strict=True))
    return {
        "power_prop_test_n": [power.two_shares(*pair, **aim) for pair in pairs],
        "pwr_2p_n": [power.two_shares_arcsine(*pair, **aim) for pair in pairs],
        "pwr_2p2n_power": power.power_of_two_shares(
            *pairs[0], (share["n1"], share["n2"]), alpha=share["alpha"]
        ),
        "pwr_p_n": power.one_share(*pairs[0], **aim),
        "power_t_n": power.two_means(mean["delta"], mean["sd"], **mean_aim),
        "power_t_paired_n": power.paired_means(mean["delta"], mean["sd_diff"], **mean_aim),
        "min_detectable_delta": power.detectable_difference(mean["sd"], mean["n"], **mean_aim),
        "min_detectable_p2": power.detectable_share(firsts[0], share["n_each"], **aim),
    }


def h02(case: Case) -> dict[str, Any]:
    """Sizes, allocation, waves and contacts."""
    given = case.inputs
    level, margin = given["conf"], given["moe_nps"]
    before = planning.nps_variance(given["promoters"], given["detractors"])
    after = planning.nps_variance(given["promoters2"], given["detractors2"])
    aim = {"power": given["power"], "alpha": given["alpha"]}
    total, sizes, deviations, costs = given["n_total"], *(_strata(given[key]) for key in ("Nh", "Sh", "cost"))

    def shown(answers: dict[str, float]) -> Any:
        return answers if isinstance(given["Nh"], dict) else list(answers.values())

    allowed = planning.contacts(given["N"], given["quarantine"])
    shares = {"promoters": given["promoters"], "detractors": given["detractors"]}
    simple = {
        "share": planning.size_for_share(given["p"], given["moe_share"], level=level),
        "nps": planning.size_for_nps(margin, **shares, level=level),
        "nps_worst_case": planning.size_for_nps(margin, level=level),
        "mean": planning.size_for_mean(given["sd"], given["moe_mean"], level=level),
    }
    return {
        **{name: _plan(size, given) for name, size in simple.items()},
        "nps_variance": before,
        "two_wave_n_each_for_nps_change": planning.size_per_wave(before, after, given["delta_nps"], **aim),
        "two_wave_n_each_with_overlap": planning.size_per_wave(
            before, after, given["delta_nps"], overlap=given["overlap"], correlation=given["rho"], **aim
        ),
        "neyman": shown(planning.allocate(total, sizes, deviations=deviations)),
        "optimal_with_cost": shown(planning.allocate(total, sizes, deviations=deviations, costs=costs)),
        "proportional": shown(planning.allocate(total, sizes)),
        "se_neyman": planning.neyman_error(total, sizes, deviations),
        "cluster_deff": planning.cluster_design_effect(given["m"], given["icc"]),
        "contacts_per_month_cap": {
            "pool": allowed.pool,
            "quarantine_days": allowed.rest_days,
            "max_invitations_per_30_days": allowed.most,
        },
    }


def h03(case: Case) -> dict[str, Any]:
    """Reliability and one factor of a scale."""
    items = list(case.inputs["items"])
    table = case.frame(case.inputs["csv"])[items].to_numpy(float)
    found = reliability.reliability(table, items)
    one = factor.one_factor(table, items)
    # lavaan starts from the first item's loading, which stays positive
    turn = np.sign(one.loadings[0]) or 1.0
    correlation = np.corrcoef(table, rowvar=False)
    chi_square, freedom, p = reliability.sphericity(correlation, len(table))
    return {
        "n": found.n,
        "k": len(items),
        "raw_alpha": found.alpha,
        "std_alpha": found.standardised,
        "guttman_lambda6": found.lambda6,
        "average_r": found.average_r,
        "feldt_ci95": [found.low, found.high],
        "alpha_if_dropped": {item.item: item.alpha_without for item in found.items},
        "item_rest_correlation": {item.item: item.rest for item in found.items},
        "cfa_loadings": turn * one.loadings,
        "cfa_residuals": one.residuals,
        "cfa_std_loadings": turn * one.standardised,
        "omega_total_cfa": one.omega,
        "ave": one.ave,
        "composite_reliability": one.composite,
        "fit": {
            "chisq": one.fit.chi_square,
            "df": one.fit.freedom,
            "cfi": one.fit.cfi,
            "tli": one.fit.tli,
            "rmsea": one.fit.rmsea,
            "srmr": one.fit.srmr,
        },
        "split_half_odd_even_spearman_brown": reliability.split_half(table),
        "kr20_dichotomised": reliability.kr20(table >= case.inputs["cut"]),
        "ml_factor_loadings": one_factor_loadings(correlation),
        "eigenvalues": np.linalg.eigvalsh(correlation)[::-1],
        "kmo": reliability.sampling_adequacy(correlation),
        "bartlett": {"chisq": chi_square, "df": freedom, "p": p},
    }


def h04(case: Case) -> dict[str, Any]:
    """Agreement of coders."""
    ratings = np.array(case.inputs["ratings"], dtype=float)
    ratings[ratings == MISSING] = np.nan
    complete = ratings[:, np.isfinite(ratings).all(axis=0)]
    alphas = {metric: agreement.krippendorff(ratings, metric) for metric in agreement.Metric}
    in_packages = {metric: _as_irr_counts(ratings, alpha) for metric, alpha in alphas.items()}
    fleiss = agreement.fleiss(ratings)
    kappas = {
        weighting: agreement.cohen(complete[0], complete[1], weighting).value
        for weighting in agreement.Weighting
    }
    found = agreement.intraclass(ratings)
    six = [found.one, found.two, found.three, found.one_mean, found.two_mean, found.three_mean]
    return {
        "coders": ratings.shape[0],
        "units": ratings.shape[1],
        "krippendorff_formula": alphas,
        "krippendorff_irr_package": in_packages,
        "krippendorff_desctools": in_packages,
        "complete_units": fleiss.units,
        "fleiss_kappa": fleiss.value,
        "fleiss_z": fleiss.z,
        "cohen_kappa_first_two": kappas[agreement.Weighting.NONE],
        "cohen_weighted_quadratic": kappas[agreement.Weighting.QUADRATIC],
        "cohen_weighted_linear": kappas[agreement.Weighting.LINEAR],
        "icc": {
            "type": ["ICC1", "ICC2", "ICC3", "ICC1k", "ICC2k", "ICC3k"],
            "ICC": [each.value for each in six],
            "F": [each.f for each in six],
            "lower": [each.low for each in six],
            "upper": [each.high for each in six],
        },
    }


def h05(case: Case) -> dict[str, Any]:
    """Polychoric and polyserial correlations."""
    items = list(case.inputs["items"])
    frame = case.frame(case.inputs["csv"])[[*items, case.inputs["cont"]]]
    table = frame[items].to_numpy(float)
    two_step = polychoric.polychoric(table[:, 0], table[:, 1])
    stopped = polychor(two_step)
    serial = polychoric.polyserial(frame[case.inputs["cont"]].to_numpy(float), table[:, 0])
    return {
        "table": matrix(two_step.table.tolist(), _levels(two_step.rows), _levels(two_step.columns)),
        "two_step": _polychoric(two_step, two_step),
        "ml": _polychoric(stopped, two_step),
        "polyserial_two_step": {"rho": serial.correlation},
        "psych_polychoric_matrix": matrix(polychoric.polychoric_matrix(table), items, items),
        "pearson": matrix(np.corrcoef(table, rowvar=False), items, items),
    }


def _strata(values: Any) -> dict[str, float]:
    """Numbers by stratum; strata without names are numbered."""
    named = values if isinstance(values, dict) else dict(enumerate(np.atleast_1d(values).tolist()))
    return {str(name): number for name, number in named.items()}


def _plan(simple: float, given: Mapping[str, Any]) -> dict[str, float]:
    made = planning.plan(
        simple,
        design_effect=given["deff"],
        population=given["N"],
        response_rate=given["response_rate"],
    )
    return {
        "n_srs_infinite": made.simple,
        "with_deff": made.with_design,
        "with_fpc": made.with_population,
        "completes": made.completes,
        "invitations": made.invitations,
    }


def _as_irr_counts(ratings: Any, alpha: float) -> float:
    """What R's `irr` and `DescTools` give: without a gap they count each pair once for every other coder.

    All coincidences are then (coders - 1) times too large, which only shows in the correction n - 1.
    """
    coders, pairable = ratings.shape[0], np.isfinite(ratings).sum()
    if not np.isfinite(ratings).all():
        return alpha
    disagreement = (1 - alpha) / (pairable - 1)
    return float(1 - (pairable - 1 / (coders - 1)) * disagreement)


def _polychoric(found: polychoric.Polychoric | Stopped, of: polychoric.Polychoric) -> dict[str, Any]:
    return {
        "rho": found.correlation,
        "var": found.variance,
        "row_cuts": dict(zip(_levels(of.rows), found.row_cuts, strict=False)),
        "col_cuts": dict(zip(_levels(of.columns), found.column_cuts, strict=False)),
    }


def _levels(levels: tuple[float, ...]) -> list[str]:
    return [f"{level:g}" for level in levels]


CASES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = MappingProxyType(
    {"H01": h01, "H02": h02, "H03": h03, "H04": h04, "H05": h05}
)
