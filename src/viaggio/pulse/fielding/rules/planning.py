"""How many to ask for a wanted precision: margin, base, expected response, design effect.

n0 = z^2 v / margin^2, with the design effect n1 = n0 deff, in a base of N n2 = n1 / (1 + (n1 - 1) / N)
(Cochran 1977, 4.6); whole completes, then invitations by the response expected.
"""

import math
from dataclasses import dataclass
from statistics import NormalDist

from viaggio.kernel import ViaggioError

NPS_WORST = 10_000.0
"""Largest variance of a recommendation scored -100, 0, 100."""


class BadSamplePlan(ViaggioError):
    """A margin, share or response rate that no sample can have."""

    code = "sample.bad_plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSize:
    """Completes and invitations needed; `reachable` is False where the base has not so many to invite."""

    simple: float
    with_design: float
    with_base: float
    completes: int
    invitations: int
    reachable: bool


def sample_size(
    *, margin: float, variance: float, base: int, response_rate: float, design_effect: float = 1.0,
    level: float = 0.95,
) -> SampleSize:  # fmt: skip
    """Sample size for a margin of error in the units of the figure.

    `variance` of one answer: 10^4 (p + d - (p - d)^2) for NPS in points, p (1 - p) for a share, the squared
    standard deviation for a mean. Raises `BadSamplePlan`.
    """
    if margin <= 0 or variance <= 0 or base < 1 or not 0 < response_rate <= 1 or design_effect <= 0:
        raise BadSamplePlan("margin, variance, base, response rate and design effect must be above 0")
    z = NormalDist().inv_cdf((1 + level) / 2)
    simple = z * z * variance / margin**2
    designed = simple * design_effect
    based = designed / (1 + (designed - 1) / base)
    completes = math.ceil(based)
    invitations = math.ceil(completes / response_rate)
    return SampleSize(
        simple=simple,
        with_design=designed,
        with_base=based,
        completes=completes,
        invitations=invitations,
        reachable=invitations <= base,
    )


def nps_variance(promoters: float, detractors: float) -> float:
    """Variance of one recommendation scored -100, 0, 100, from the shares of promoters and detractors."""
    return 1e4 * (promoters + detractors - (promoters - detractors) ** 2)
