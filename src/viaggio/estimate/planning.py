"""How many to ask: sample sizes for shares, means and NPS, allocation to strata, waves, contacts and rest.

Sizes come back as the formula gives them, not rounded, but for `Plan.completes` and `Plan.invitations`. NPS
is in points (-100 to 100), margins are half widths in the unit of the score, shares are 0 to 1.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil, isfinite, sqrt
from statistics import NormalDist

from viaggio.estimate.errors import BadNumber

PLACE = "planning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """Answers needed, step by step.

    From a simple random sample of an endless population, with the design
    effect, with the finite population; then whole answers, and invitations at the response rate.
    """

    simple: float
    with_design: float
    with_population: float
    completes: int
    invitations: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Contacts:
    """What rest allows: `pool` customers, each asked at most once in `rest_days`."""

    pool: int
    rest_days: float
    per_days: float
    most: float
    """Invitations possible in `per_days`, when they are spread evenly."""


def plan(
    simple: float, *, design_effect: float = 1, population: float | None = None, response_rate: float = 1
) -> Plan:
    """Completed answers and invitations for a simple-random size.

    Finite population: n / (1 + (n - 1) / N) (Cochran 1977), after the design effect. A response rate of
    0.18 means 18 completed answers of 100 invitations.
    """
    _positive(simple=simple, design_effect=design_effect)
    _inside("response_rate", response_rate, 0, 1, low_open=True)
    with_design = simple * design_effect
    with_population = with_design
    if population is not None:
        _positive(population=population)
        with_population = with_design / (1 + (with_design - 1) / population)
    completes = ceil(with_population)
    return Plan(
        simple=simple,
        with_design=with_design,
        with_population=with_population,
        completes=completes,
        invitations=ceil(completes / response_rate),
    )


def size_for_mean(deviation: float, margin: float, *, level: float = 0.95) -> float:
    """Answers for a mean within `margin` (half width) at `level`: (z * deviation / margin)^2."""
    _positive(deviation=deviation, margin=margin)
    return (_z(level) * deviation / margin) ** 2


def size_for_share(share: float, margin: float, *, level: float = 0.95) -> float:
    """Answers for a share within `margin`; 0.5 is the worst case."""
    _inside("share", share, 0, 1, low_open=True, high_open=True)
    return size_for_mean(sqrt(share * (1 - share)), margin, level=level)


def size_for_nps(
    margin: float, *, promoters: float | None = None, detractors: float | None = None, level: float = 0.95
) -> float:
    """Answers for an NPS within `margin` points; without shares the worst case, half and half."""
    if promoters is None or detractors is None:
        return size_for_mean(100.0, margin, level=level)
    return size_for_mean(sqrt(nps_variance(promoters, detractors)), margin, level=level)


def nps_variance(promoters: float, detractors: float) -> float:
    """Variance of one answer worth +100, 0 or -100, in points squared."""
    _inside("promoters", promoters, 0, 1)
    _inside("detractors", detractors, 0, 1 - promoters + 1e-12)
    return 1e4 * (promoters + detractors - (promoters - detractors) ** 2)


def margin_of_mean(
    deviation: float,
    answers: float,
    *,
    design_effect: float = 1,
    population: float | None = None,
    level: float = 0.95,
) -> float:
    """Half width that `answers` give: what `plan` of `size_for_mean` turns round."""
    _positive(deviation=deviation, answers=answers, design_effect=design_effect)
    kept = 1.0
    if population is not None:
        _inside("answers", answers, 0, population)
        # the finite population's formula of `plan`, solved for the size before it
        kept = (population - answers) / (population - 1) if population > 1 else 0.0
    return _z(level) * deviation * sqrt(design_effect * kept / answers)


def size_per_wave(
    before: float,
    after: float,
    difference: float,
    *,
    overlap: float = 0,
    correlation: float = 0,
    power: float = 0.8,
    alpha: float = 0.05,
) -> float:
    """Answers in each of two waves to see a change of `difference` with `power`, at two-sided `alpha`.

    `before` and `after` are the variances of one answer (see `nps_variance`). A share `overlap` of the
    customers answers in both waves, and their answers correlate: var = v1 + v2 - 2 r overlap sqrt(v1 v2).
    """
    _positive(before=before, after=after, difference=abs(difference))
    _inside("overlap", overlap, 0, 1)
    _inside("correlation", correlation, -1, 1)
    variance = before + after - 2 * correlation * overlap * sqrt(before * after)
    return (_z(1 - alpha) + NormalDist().inv_cdf(power)) ** 2 * variance / difference**2


def cluster_design_effect(answers_per_cluster: float, correlation: float) -> float:
    """1 + (m - 1) * correlation within clusters (Kish 1965)."""
    _positive(answers_per_cluster=answers_per_cluster)
    return 1 + (answers_per_cluster - 1) * correlation


def allocate(
    total: float,
    sizes: Mapping[str, float],
    *,
    deviations: Mapping[str, float] | None = None,
    costs: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Answers per stratum, adding up to `total`.

    By `sizes` alone proportional; with `deviations` Neyman's (1934), which gives the smallest error; with
    `costs` of one answer too, the smallest error for the money. Can exceed a small stratum: see `sizes`.
    """
    _positive(total=total)
    _same_strata(sizes, deviations, costs)
    weights = {
        name: size * (deviations[name] if deviations else 1) / (sqrt(costs[name]) if costs else 1)
        for name, size in sizes.items()
    }
    whole = sum(weights.values())
    _positive(sum_of_strata=whole)
    return {name: total * weight / whole for name, weight in weights.items()}


def neyman_error(total: float, sizes: Mapping[str, float], deviations: Mapping[str, float]) -> float:
    """Standard error of the population mean with `total` answers allocated after Neyman, without return."""
    _positive(total=total)
    _same_strata(sizes, deviations, None)
    spread = sum(size * deviations[name] for name, size in sizes.items())
    kept = sum(size * deviations[name] ** 2 for name, size in sizes.items())
    return sqrt(max(spread**2 / total - kept, 0.0)) / sum(sizes.values())


def contacts(pool: int, rest_days: float, *, per_days: float = 30) -> Contacts:
    """Most invitations in `per_days` when each of `pool` customers rests `rest_days` after one."""
    _positive(rest_days=rest_days, per_days=per_days)
    return Contacts(pool=pool, rest_days=rest_days, per_days=per_days, most=pool * per_days / rest_days)


def _z(level: float) -> float:
    _inside("level", level, 0, 1, low_open=True, high_open=True)
    return NormalDist().inv_cdf((1 + level) / 2)


def _positive(**numbers: float) -> None:
    for name, number in numbers.items():
        if not (isfinite(number) and number > 0):
            raise BadNumber(f"{name} = {number:g}", place=PLACE, hint="It must be above 0.")


def _inside(
    name: str, number: float, low: float, high: float, *, low_open: bool = False, high_open: bool = False
) -> None:
    below = number <= low if low_open else number < low
    above = number >= high if high_open else number > high
    if below or above or not isfinite(number):
        raise BadNumber(
            f"{name} = {number:g}", place=PLACE, hint=f"It must lie between {low:g} and {high:g}."
        )


def _same_strata(sizes: Mapping[str, float], *others: Mapping[str, float] | None) -> None:
    for other in others:
        if other is not None and set(other) != set(sizes):
            odd = ", ".join(sorted(set(other) ^ set(sizes)))
            raise BadNumber(
                f"Strata do not match: {odd}", place=PLACE, hint="Name the same strata everywhere."
            )
