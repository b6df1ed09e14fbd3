"""Area F: control charts, run lengths, many tests, breaks, trend and season."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from golden_cases.changepoint import hasty_pelt
from golden_cases.comparison import matrix
from golden_cases.frame import Case
from viaggio.estimate import changes, control, season
from viaggio.estimate.control import Chart, RangeConstants, Spread
from viaggio.estimate.multiplicity import adjusted

# The printed constants that R's qcc 2.7 carries instead of exact ones, for groups of 2 to 25.
QCC_D2 = (
    1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078, 3.173, 3.258, 3.336,
    3.407, 3.472, 3.532, 3.588, 3.640, 3.689, 3.735, 3.778, 3.819, 3.858, 3.895, 3.931,
)  # fmt: skip
QCC_D3 = (
    0.8525033, 0.8883697, 0.8798108, 0.8640855, 0.8480442, 0.8332108, 0.8198378, 0.8078413,
    0.7970584, 0.7873230, 0.7784873, 0.7704257, 0.7630330, 0.7562217, 0.7499188, 0.7440627,
    0.7386021, 0.7334929, 0.7286980, 0.7241851, 0.7199267, 0.7158987, 0.7120802, 0.7084528,
)  # fmt: skip


def rows_of(value: Any) -> list[list[float]]:
    """A list of rows; R's writer may have left the brackets of a single one out."""
    listed = list(value)
    return [list(row) for row in listed] if isinstance(listed[0], Sequence) else [listed]


def listed(value: Any) -> list[Any]:
    """A list; a lone value is a list of one."""
    return list(value) if isinstance(value, Sequence) else [value]


def shewhart(case: Case) -> Mapping[str, Any]:
    """F01."""
    inputs = case.inputs
    groups = rows_of(inputs["groups"])
    size = len(groups[0])
    printed, pairs = (RangeConstants(d2=QCC_D2[n - 2], d3=QCC_D3[n - 2]) for n in (size, 2))
    return {
        "xbar_R": _chart(control.mean_chart(groups, constants=printed)),
        "xbar_S": _chart(control.mean_chart(groups, spread=Spread.DEVIATION)),
        "R": _chart(control.range_chart(groups, constants=printed)),
        "S": _chart(control.spread_chart(groups)),
        "individuals_MR": _chart(control.individuals_chart(inputs["ind"], constants=pairs)),
        "p": _chart(control.share_chart(inputs["det"], inputs["n"])),
        "u": _chart(control.rate_chart(inputs["complaints"], inputs["orders"])),
        "c": _chart(control.count_chart(inputs["complaints"])),
        "np": _chart(control.hits_chart(inputs["np"], inputs["np_n"])),
    }


def _chart(chart: Chart) -> dict[str, Any]:
    limits = [list(pair) for pair in zip(chart.low.tolist(), chart.high.tolist(), strict=True)]
    if all(pair == limits[0] for pair in limits):
        limits = limits[:1]
    return {
        "center": _alike(chart.centre.tolist()),
        "std_dev": _alike(chart.sigma.tolist()),
        "limits": matrix(limits, [""] * len(limits), ["LCL", "UCL"]),
        "statistics": chart.points,
        "beyond": _from_one(chart.beyond),
        "runs": _from_one(chart.runs),
    }


def _alike(values: list[float]) -> Any:
    return values[0] if all(value == values[0] for value in values) else values


def _from_one(places: Sequence[int]) -> list[int]:
    return [place + 1 for place in places]


def cumulative(case: Case) -> Mapping[str, Any]:
    """F02."""
    given = case.inputs
    known = {"centre": given["center"], "sigma": given["sd"]}
    sums = control.cusum(given["x"], **known, shift=given["shift"], limit=given["h"])
    moving = control.ewma(given["x"], **known, weight=given["lambda"], width=given["L"])
    above, below = _from_one(sums.above), _from_one(sums.below)
    return {
        "cusum": {
            "pos": sums.upper,
            "neg": -sums.lower,
            "violations": {"lower": below, "upper": above},
        },
        "cusum_formula": {
            "upper": sums.upper,
            "lower": sums.lower,
            "first_alarm_upper": above[0] if above else None,
            "first_alarm_lower": below[0] if below else None,
        },
        "ewma": {
            "y": moving.smooth,
            "limits": {**matrix(zip(moving.low, moving.high, strict=True), (), ["LCL", "UCL"]), "rows": None},
            "violations": _from_one(moving.beyond),
            "lambda": given["lambda"],
            "L": given["L"],
        },
    }


def run_lengths(case: Case) -> Mapping[str, Any]:
    """F03."""
    given = case.inputs
    return {
        "cusum_arl": [
            {
                "k": slack,
                "h": limit,
                "mu": shift,
                "sided": "two",
                "arl": control.cusum_run_length(slack, limit, shift),
                "arl_one": control.cusum_run_length(slack, limit, shift, both_sides=False),
            }
            for slack, limit, shift in rows_of(given["cusum"])
        ],
        "ewma_arl": [
            {"lambda": weight, "L": width, "mu": shift, "arl": control.ewma_run_length(weight, width, shift)}
            for weight, width, shift in rows_of(given["ewma"])
        ],
        "cusum_h_for_arl0": [
            {
                "k": 0.5,
                "arl0": wanted,
                "h_two": control.cusum_limit(0.5, wanted),
                "ewma_L_lambda_0.1": control.ewma_limit(0.1, wanted),
            }
            for wanted in listed(given["crit"])
        ],
        "shewhart_3sigma_arl": [control.shewhart_run_length(3, shift) for shift in (0, 0.5, 1, 2)],
    }


def many_tests(case: Case) -> Mapping[str, Any]:
    """F04."""
    methods = ("bonferroni", "holm", "hochberg", "hommel", "BH", "BY")
    return {
        "cases": [
            {"p": p, **{name: list(adjusted(p, name.lower())) for name in methods}}
            for p in map(listed, case.inputs["p"])
        ]
    }


def structural_breaks(case: Case) -> Mapping[str, Any]:
    """F05."""
    y = case.inputs["y"]
    found = changes.breaks(y, least=case.inputs["h"])
    worst = changes.worst_split(y)
    drift = changes.residual_cusum(y)
    chow = changes.break_after(y, case.inputs["chow"])
    return {
        "n": len(y),
        "optimal_breaks_bic": list(found.dates) or None,
        "rss_by_m": {str(count): value for count, value in enumerate(found.squares)},
        "bic_by_m": {str(count): value for count, value in enumerate(found.bic)},
        "segment_means": list(found.means),
        "supF": {"stat": worst.statistic, "p": worst.p, "at": worst.after},
        "ols_cusum": {"stat": drift.statistic, "p": drift.p},
        "chow": {"F": chow.statistic, "p": chow.p},
    }


def pelt(case: Case) -> Mapping[str, Any]:
    """F06."""
    given = case.inputs
    y, sigma = given["y"], given["sigma"]
    level = sum(y) / len(y)
    means = changes.mean_changes(y, sigma=sigma, penalty=given["pen"], shortest=given["min"])
    both = changes.segments(np.array(y, dtype=float), hasty_pelt(y))
    return {
        "pelt_mean": {
            "changepoints_last_index_of_segment": list(means.dates),
            "means_scaled": [(mean - level) / sigma for mean in means.means],
        },
        "pelt_meanvar_mbic": {
            "cpts": list(both.dates),
            "mean": list(both.means),
            "variance": list(both.variances),
        },
    }


def trend_and_season(case: Case) -> Mapping[str, Any]:
    """F07."""
    y, period = case.inputs["y"], int(case.inputs["freq"])
    kendall = season.kendall_trend(y)
    line = season.line_trend(y, lags=case.inputs["nwlag"])
    periodic, moving = season.decompose(y, period), season.decompose(y, period, season_window=7)
    box = season.ljung_box(y, 6)
    winters = season.holt_winters(y, period, level_weight=0.3, slope_weight=0.05, season_weight=0.2)
    simple = season.smooth(y, 0.3)
    return {
        "n": len(y),
        "kendall_S": kendall.score,
        "kendall_tau": kendall.tau,
        "kendall_p_no_continuity": kendall.p,
        "sen_slope": season.sen_slope(y),
        "ols": {
            "coef": [line.intercept, line.slope],
            "se": list(line.errors),
            "newey_west_se": list(line.robust_errors),
        },
        "stl_periodic": {
            "seasonal": periodic.season[:period],
            "trend_first5": periodic.trend[:5],
            "trend_last": periodic.trend[-1],
        },
        "stl_s7": {"seasonal_first": moving.season[:period], "trend_first5": moving.trend[:5]},
        "acf": season.autocorrelation(y, 6),
        "ljung_box6": {"stat": box.statistic, "p": box.p},
        "holt_winters_fixed": {
            "sse": winters.squares,
            "fitted_last": winters.forecasts[-1],
            "level": winters.level,
            "slope": winters.slope,
        },
        "simple_exponential": {"sse": simple.squares, "level": simple.level},
    }


CASES: Mapping[str, Callable[[Case], Mapping[str, Any]]] = {
    "F01": shewhart,
    "F02": cumulative,
    "F03": run_lengths,
    "F04": many_tests,
    "F05": structural_breaks,
    "F06": pelt,
    "F07": trend_and_season,
}
