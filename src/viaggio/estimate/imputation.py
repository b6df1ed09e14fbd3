"""Pooling estimates from several completed data sets (Rubin 1987; Barnard and Rubin 1999).

Missing answers to other items may be filled in several times; the recommendation answer on which pay
depends is never filled in.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt

from viaggio.estimate.errors import TooFew


@dataclass(frozen=True, slots=True)
class Pooled:
    """One estimate out of m, with what the filling in added to its variance."""

    value: float
    within: float
    """Mean of the m variances."""
    between: float
    """Variance of the m estimates."""
    variance: float
    freedom: float
    """Rubin's degrees of freedom, for endless data."""
    completed_freedom: float | None
    """Barnard and Rubin's, for data with known degrees of freedom."""
    increase: float
    """Relative increase of the variance by the missing answers."""

    @property
    def error(self) -> float:
        """Standard error."""
        return sqrt(self.variance)

    @property
    def missing_information(self) -> float:
        """Share of the information that is missing, by Rubin's freedom."""
        return _missing(self.increase, self.freedom)

    @property
    def completed_missing_information(self) -> float | None:
        """The same by Barnard and Rubin's freedom."""
        return None if self.completed_freedom is None else _missing(self.increase, self.completed_freedom)

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Bounds by t, with Barnard and Rubin's freedom where known, else Rubin's."""
        from scipy.special import ndtri, stdtrit

        freedom = self.freedom if self.completed_freedom is None else self.completed_freedom
        upper = 1 - (1 - level) / 2
        half = float(ndtri(upper) if freedom == inf else stdtrit(freedom, upper)) * self.error
        return self.value - half, self.value + half


def pool(
    estimates: Sequence[float], variances: Sequence[float], *, complete_freedom: float | None = None
) -> Pooled:
    """Pool m estimates with their variances; `complete_freedom` is that of data without a gap (n - k)."""
    m = len(estimates)
    if m < 2 or len(variances) != m:
        raise TooFew(f"{m} estimates and {len(variances)} variances", hint="Two or more, as many of each.")
    value = sum(estimates) / m
    within = sum(variances) / m
    between = sum((estimate - value) ** 2 for estimate in estimates) / (m - 1)
    added = (1 + 1 / m) * between
    variance = within + added
    increase = added / within if within > 0 else inf
    known = 1 + within / added if added > 0 else inf
    freedom = (m - 1) * known * known
    completed = None
    if complete_freedom is not None:
        share = added / variance if variance > 0 else 0.0
        seen = (complete_freedom + 1) / (complete_freedom + 3) * complete_freedom * (1 - share)
        completed = seen if freedom == inf else freedom * seen / (freedom + seen)
    return Pooled(value, within, between, variance, freedom, completed, increase)


def _missing(increase: float, freedom: float) -> float:
    if increase == inf:
        return 1.0
    return (increase + 2 / (freedom + 3)) / (increase + 1)
