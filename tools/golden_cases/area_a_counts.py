"""A10 to A12, A14, A16: intervals and tests from counts, and pooling."""

from collections.abc import Callable, Mapping
from math import copysign, exp, inf, log, sqrt
from statistics import NormalDist
from typing import Any

from golden_cases.frame import Case
from golden_cases.r_ways import crossing, halving, profile, spline, zeroin
from viaggio.estimate import differences, imputation, multinomial, recommendation, rules, shares

Found = Mapping[str, Any]

SHARES = {
    "agresti-coull": "agresti_coull",
    "asymptotic": "wald",
    "bayes": "jeffreys_hpd",
    "cloglog": "cloglog",
    "exact": "exact",
    "logit": "logit",
    "probit": "probit",
    "prop.test": "wilson_continuity",
    "wilson": "wilson",
    "wilson_continuity": "wilson_continuity",
    "jeffreys_equal_tailed": "jeffreys",
}


def one_share(case: Case) -> Found:
    """A10."""
    level = case.inputs["conf"]
    return {
        "cases": [
            {
                "x": x,
                "n": n,
                "conf": level,
                **{name: shares.share_bounds(x, n, method, level) for name, method in SHARES.items()},
                "profile": _profiled(x, n, level),
                "lrt": _likelihood_ratio(x, n, level),
            }
            for x, n in zip(_many(case.inputs["x"]), _many(case.inputs["n"]), strict=True)
        ]
    }


def _many(values: Any) -> list[Any]:
    return _nested(values, 1)


def _nested(values: Any, depth: int) -> list[Any]:
    """Lists `depth` deep; the file writes one entry without its list."""
    found, inner = values, values
    for level in range(depth):
        if not isinstance(inner, list):
            for _ in range(depth - level):
                found = [found]
            return list(found)
        inner = inner[0] if inner else []
    return list(found)


def _root_deviance(hits: float, n: float, at: float) -> float:
    """Signed root of the deviance of a share, 0 at the share seen."""
    seen = hits / n
    lost = hits * log(seen / at) if hits else 0.0
    lost += (n - hits) * log((1 - seen) / (1 - at)) if hits < n else 0.0
    return copysign(sqrt(max(2 * lost, 0.0)), at - seen)


def _likelihood_ratio(hits: int, n: int, level: float) -> tuple[float, float]:
    """The "lrt" of binom: `uniroot` with its loose default, one side alone at 0 and n."""
    seen, reach = hits / n, NormalDist().inv_cdf((1 + level) / 2)
    tiny, loose = (2.220446049250313e-16) ** 0.5, 2.220446049250313e-16**0.25

    def beyond(goal: float) -> Callable[[float], float]:
        def statistic(at: float) -> float:
            return (0.0 if abs(at - seen) < tiny else _root_deviance(hits, n, at)) - goal

        return statistic

    low = 0.0 if hits == 0 else zeroin(beyond(-reach), tiny, 1 - tiny if hits == n else seen, loose)
    high = 1.0 if hits == n else zeroin(beyond(reach), tiny if hits == 0 else seen, 1 - tiny, loose)
    return low, high


def _profiled(hits: int, n: int, level: float) -> tuple[float, float]:
    """The "profile" of binom: a spline through points of the likelihood, half a hit added at 0 and n."""
    normal = NormalDist()
    at_edge = hits in {0, n}
    x, size = (hits + 0.5, n + 1.0) if at_edge else (float(hits), float(n))
    narrowing = min(2 / log(size), 0.5 if at_edge else 1.0)
    share = x / size
    farthest = normal.inv_cdf(1 - (1 - level) / 2 / size)
    step = farthest / 5 * sqrt(1 / (size * share * (1 - share))) * narrowing

    def share_at(logit: float) -> float:
        return 1 / (1 + exp(-logit))

    sides = [side for side in (-1, 1) if not (hits == 0 and side == -1) and not (hits == n and side == 1)]
    grid, values = profile(
        lambda at: _root_deviance(x, size, share_at(at)), log(share / (1 - share)), step, farthest,
        most=50, sides=sides,
    )  # fmt: skip
    points, curve = spline([share_at(at) for at in grid], values)
    reach = normal.inv_cdf((1 + level) / 2)
    low = 0.0 if hits == 0 else crossing(points, curve, -reach)
    return low, 1.0 if hits == n else crossing(points, curve, reach)


def two_shares(case: Case) -> Found:
    """A11."""
    x1, n1, x2, n2 = (_many(case.inputs[name]) for name in ("x1", "n1", "x2", "n2"))
    level = case.inputs["conf"]
    return {"cases": [_two(*counts, level) for counts in zip(x1, n1, x2, n2, strict=True)]}


def _two(x1: int, n1: int, x2: int, n2: int, level: float) -> Found:
    first, second = (x1, n1), (x2, n2)

    def bounds(method: str) -> tuple[float, float]:
        return differences.difference_bounds(first, second, method, level)

    test = differences.chi_square(first, second)
    return {
        "x1": x1,
        "n1": n1,
        "x2": x2,
        "n2": n2,
        "conf": level,
        "diff": x1 / n1 - x2 / n2,
        "wald": bounds("wald"),
        "agresti_caffo": bounds("agresti_caffo"),
        "score_diffscoreci_PropCIs": _halved(first, second, level),
        "miettinen_nurminen_ratesci": bounds("miettinen_nurminen"),
        "newcombe_formula": bounds("newcombe"),
        "newcombe_mover_ratesci": bounds("newcombe"),
        "chi2_test": {"statistic": test.statistic, "p": test.probability},
        "fisher_p": differences.fisher_exact(first, second),
    }


def _halved(first: tuple[int, int], second: tuple[int, int], level: float) -> tuple[float, float]:
    """Miettinen and Nurminen's bounds where PropCIs stops halving."""
    seen = first[0] / first[1] - second[0] / second[1]
    goal = NormalDist().inv_cdf((1 + level) / 2) ** 2

    def squared(gap: float) -> float:
        return differences.score_statistic(first, second, gap) ** 2

    return halving(squared, seen, -1.0, goal)[0], halving(squared, seen, 1.0, goal)[0]


def recommendation_intervals(case: Case) -> Found:
    """A12."""
    level = case.inputs["conf"]
    return {
        "one_sample": [_one_sample(counts, level) for counts in _nested(case.inputs["one"], 2)],
        "two_sample": [_two_samples(x, y, level) for x, y in _nested(case.inputs["two"], 3)],
    }


def _one_sample(counts: list[int], level: float) -> Found:
    answers = (counts[0], counts[1], counts[2])
    wald, adjusted = recommendation.wald(answers, level), recommendation.adjusted_wald(answers, level)
    return {
        "counts_detractor_passive_promoter": counts,
        "conf": level,
        "nps": recommendation.score(answers),
        "wald": {"se": wald.error, "ci": [wald.low, wald.high], "p_vs_zero": _chance(wald)},
        "adjusted_wald_0.75_1.5_0.75": {"ci": [adjusted.low, adjusted.high], "se": adjusted.error},
        "score_iterative": {"ci": _halved_score(answers, level)},
    }


def _halved_score(answers: tuple[int, int, int], level: float) -> tuple[float, float]:
    """The score interval where the program stops halving; its way down starts from its last way up."""
    detractors, _, promoters = answers
    n = sum(answers)
    seen = (promoters - detractors) / n
    goal = NormalDist().inv_cdf((1 + level) / 2)

    def statistic(at: float) -> float:
        spread = rules.score_variance(promoters, answers[1], detractors, at)
        gap = seen - at
        return (0.0 if gap == 0 else copysign(inf, gap)) if spread == 0 else gap / sqrt(spread / n)

    high, at = (1.0, seen) if promoters == n else halving(statistic, seen, 1.0, goal)
    low = -1.0 if detractors == n else halving(statistic, at, -1.0, goal)[0]
    return 100 * low, 100 * high


def _two_samples(x: list[int], y: list[int], level: float) -> Found:
    """The program's intervals are of the size of the difference; ours are signed, and turned here."""
    first, second = (x[0], x[1], x[2]), (y[0], y[1], y[2])
    plain = _turned(recommendation.wald_difference(first, second, level))
    adjusted = _turned(recommendation.adjusted_wald_difference(first, second, level))
    return {
        "x": x,
        "y": y,
        "abs_difference": plain["size"],
        "wald": {key: plain[key] for key in ("se", "ci_of_abs_difference", "p")},
        "adjusted_wald": {"abs_difference_shrunk": adjusted["size"], **adjusted},
    }


def _turned(found: recommendation.ScoreEstimate) -> dict[str, Any]:
    ends = [found.low, found.high] if found.value >= 0 else [-found.high, -found.low]
    return {
        "size": abs(found.value),
        "se": found.error,
        "ci_of_abs_difference": ends,
        "p": _chance(found),
    }


def _chance(found: recommendation.ScoreEstimate) -> float | None:
    """The p-value; the program divides 0 by 0 where we say 1: a score of 0 without any spread."""
    return None if found.error == 0 and found.value == 0 else found.probability


JOINT = {
    "sisonglaz": "sison_glaz",
    "goodman": "goodman",
    "wald": "wald",
    "wilson": "wilson",
    "qh": "quesenberry_hurst",
}


def joint_shares(case: Case) -> Found:
    """A14."""
    level = case.inputs["conf"]
    return {"cases": [_joint(one, level) for one in _nested(case.inputs["counts"], 2)]}


def _joint(counts: list[int], level: float) -> Found:
    found = {name: multinomial.joint_bounds(counts, method, level) for name, method in JOINT.items()}
    return {
        "counts": counts,
        "conf": level,
        "intervals": {name: {"lower": low, "upper": high} for name, (low, high) in found.items()},
    }


def pooled(case: Case) -> Found:
    """A16: mitools knows Rubin's freedom alone, mice Barnard and Rubin's."""
    estimates, variances = case.inputs["estimates"], case.inputs["variances"]
    endless = imputation.pool(estimates, variances)
    known = imputation.pool(estimates, variances, complete_freedom=case.inputs["n"] - 1)
    freedom = _floored(known, len(estimates), case.inputs["n"] - 1)
    return {
        "qbar": endless.value,
        "total_variance": endless.variance,
        "se": endless.error,
        "df_old_rubin": endless.freedom,
        "missing_info": endless.missing_information,
        "ci95": endless.interval(0.95),
        "mice": {
            "qbar": known.value,
            "ubar": known.within,
            "b": known.between,
            "t": known.variance,
            "df_barnard_rubin": freedom,
            "r": known.increase,
            "fmi": (known.increase + 2 / (freedom + 3)) / (known.increase + 1),
        },
    }


def _floored(found: imputation.Pooled, m: int, complete: float) -> float:
    """Barnard and Rubin's freedom; mice takes no share of the variance below 1e-4 as added."""
    share = found.between * (1 + 1 / m) / found.variance
    if share >= 1e-4 and found.completed_freedom is not None:
        return found.completed_freedom
    old, seen = (m - 1) / 1e-8, (complete + 1) / (complete + 3) * complete * (1 - 1e-4)
    return old * seen / (old + seen)


CASES: Mapping[str, Callable[[Case], Found]] = {
    "A10": one_share,
    "A11": two_shares,
    "A12": recommendation_intervals,
    "A14": joint_shares,
    "A16": pooled,
}
