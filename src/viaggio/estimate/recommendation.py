"""The recommendation score from counts of detractors, passives and promoters: other intervals than `rules`.

Scores are in points, -100 to 100. Wald's interval is for large samples only; the adjusted one (Rocks 2016)
adds 3/4 detractor, 3/2 passives and 3/4 promoter; both can leave the scale and are not clipped. The score
interval (`rules.nps_score_interval`) never does.
"""

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from viaggio.estimate.errors import BadCounts

Answers = tuple[float, float, float]
"""Detractors, passives, promoters."""

ADDED: Answers = (0.75, 1.5, 0.75)
"""Rocks' pseudo-answers."""


@dataclass(frozen=True, slots=True)
class ScoreEstimate:
    """A score or a difference of two, in points, with its standard error, bounds and p-value of 0."""

    value: float
    error: float
    low: float
    high: float
    probability: float


def score(answers: Answers) -> float:
    """100 * (promoters - detractors) / n. Raises `BadCounts` without answers or below 0."""
    n = sum(answers)
    if n <= 0 or min(answers) < 0:
        raise BadCounts(f"{answers} detractors, passives and promoters", hint="At least one answer.")
    return 100 * (answers[2] - answers[0]) / n


def variance(answers: Answers) -> float:
    """Variance of one answer in squared points, by the shares: 1e4 * (p + d - (p - d)^2)."""
    n, value = sum(answers), score(answers) / 100
    return 1e4 * ((answers[0] + answers[2]) / n - value * value)


def wald(answers: Answers, level: float = 0.95) -> ScoreEstimate:
    """Score with its normal interval, variance with divisor n."""
    return _estimate(score(answers), variance(answers) / sum(answers), level)


def adjusted_wald(answers: Answers, level: float = 0.95) -> ScoreEstimate:
    """Wald's interval after adding Rocks' three answers; the value is drawn towards 0."""
    return wald(_added(answers), level)


def wald_difference(first: Answers, second: Answers, level: float = 0.95) -> ScoreEstimate:
    """Score of `first` less that of `second`, signed, of two samples without a customer in common."""
    error = variance(first) / sum(first) + variance(second) / sum(second)
    return _estimate(score(first) - score(second), error, level)


def adjusted_wald_difference(first: Answers, second: Answers, level: float = 0.95) -> ScoreEstimate:
    """Signed difference after adding Rocks' three answers to each sample."""
    return wald_difference(_added(first), _added(second), level)


def _added(answers: Answers) -> Answers:
    score(answers)  # refuses samples without answers before they get some
    return answers[0] + ADDED[0], answers[1] + ADDED[1], answers[2] + ADDED[2]


def _estimate(value: float, squared: float, level: float) -> ScoreEstimate:
    normal = NormalDist()
    error = sqrt(max(squared, 0.0))
    half = normal.inv_cdf((1 + level) / 2) * error
    far = float("inf") if error == 0 and value else 0.0 if error == 0 else abs(value) / error
    chance = 2 * normal.cdf(-far)
    return ScoreEstimate(value, error, value - half, value + half, chance)
