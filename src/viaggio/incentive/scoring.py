"""From answers of a cell to the value that is credited: raw, mix-adjusted, pooled, shrunk, banded.

Formulas: mean of scores in {-100, 0, 100} with divisor n - 1 for NPS; direct standardisation for the mix;
Buehlmann's credibility n / (n + K) for shrinkage. Everything is exact but square roots (50 digits).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from viaggio.incentive.errors import BadAmount
from viaggio.incentive.exact import root, rounded_even


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A value from `n` answers with the variance of its mean; an adjusted mix makes `n_eff` smaller."""

    value: Fraction
    n: int
    variance: Fraction = Fraction(0)
    n_eff: Fraction = Fraction(0)

    @property
    def se(self) -> Fraction:
        """Standard error, 50 digits."""
        return root(self.variance)


def nps_score(promoters: int, detractors: int, n: int) -> Score:
    """NPS in points with its variance; a single answer has no variance yet and gets 0. `n` above zero."""
    if n <= 0 or promoters + detractors > n or min(promoters, detractors) < 0:
        raise BadAmount(f"{promoters} promoters and {detractors} detractors of {n} answers can not be",
                        hint="Count again.")  # fmt: skip
    p, d = Fraction(promoters, n), Fraction(detractors, n)
    spread = p + d - (p - d) ** 2
    variance = Fraction(10_000) * spread / (n - 1) if n > 1 else Fraction(0)
    return Score(value=100 * (p - d), n=n, variance=variance, n_eff=Fraction(n))


def share_score(hits: int, n: int) -> Score:
    """A share in per cent (top box) with its variance. `n` above zero."""
    if n <= 0 or not 0 <= hits <= n:
        raise BadAmount(f"{hits} of {n} answers can not be", hint="Count again.")
    p = Fraction(hits, n)
    variance = Fraction(10_000) * p * (1 - p) / (n - 1) if n > 1 else Fraction(0)
    return Score(value=100 * p, n=n, variance=variance, n_eff=Fraction(n))


def mean_score(total: Fraction, squares: Fraction, n: int) -> Score:
    """A mean from sum and sum of squares, with the sample variance of the mean. `n` above zero."""
    if n <= 0:
        raise BadAmount("a mean of nothing", hint="Use the guard rails for empty cells.")
    value = total / n
    variance = (squares - n * value**2) / (n - 1) / n if n > 1 else Fraction(0)
    return Score(value=value, n=n, variance=variance, n_eff=Fraction(n))


def standardised(strata: Mapping[str, Score], shares: Mapping[str, Fraction]) -> Score:
    """The value under the reference shares of the strata: what it would be with everybody's mix.

    value = sum pi * mean, variance = sum pi^2 * variance, n_eff = 1 / sum(pi^2 / n). Every stratum with a
    share must have answers: merge empty ones first (`merged`). Raises `BadAmount`.
    """
    if sum(shares.values(), Fraction(0)) != 1:
        raise BadAmount("reference shares must add up to 1", hint="Freeze them anew.")
    missing = [name for name, share in shares.items() if share and name not in strata]
    if missing:
        raise BadAmount(f"stratum '{missing[0]}' has no answers", hint="Merge it with another first.")
    used = {name: share for name, share in shares.items() if share}
    return Score(
        value=sum((share * strata[name].value for name, share in used.items()), Fraction(0)),
        n=sum(score.n for score in strata.values()),
        variance=sum((share**2 * strata[name].variance for name, share in used.items()), Fraction(0)),
        n_eff=1 / sum((share**2 / strata[name].n for name, share in used.items()), Fraction(0)),
    )


def pooled(scores: Iterable[Score]) -> Score:
    """Several windows or cells as one: sum n*x / sum n. Raises `BadAmount` when there are no answers."""
    scores = list(scores)
    n = sum(score.n for score in scores)
    if n == 0:
        raise BadAmount("nothing to pool", hint="Use another step of the ladder.")
    return Score(
        value=sum((score.n * score.value for score in scores), Fraction(0)) / n,
        n=n,
        variance=sum((score.n**2 * score.variance for score in scores), Fraction(0)) / n**2,
        n_eff=sum((score.n_eff for score in scores), Fraction(0)),
    )


class Credit(StrEnum):
    """How a measured value becomes the credited one."""

    POINT = "point"
    LEVEL = "level"  # shrunk to the parent
    CHANGE = "change"  # its change since the baseline shrunk to the parent's change


def credibility(n: Fraction, k: Fraction) -> Fraction:
    """Z = n / (n + K), the weight of the cell's own answers."""
    return n / (n + k)


def shrunk_level(value: Fraction, parent: Fraction, z: Fraction) -> Fraction:
    """Z * own + (1 - Z) * parent."""
    return z * value + (1 - z) * parent


def shrunk_change(value: Fraction, baseline: Fraction, parent_change: Fraction, z: Fraction) -> Fraction:
    """Baseline + Z * own change + (1 - Z) * the parent's change."""
    return baseline + z * (value - baseline) + (1 - z) * parent_change


def dead_band(value: Fraction, target: Fraction, margin: Fraction) -> Fraction:
    """The target when the value is within `margin` (z * se) of it, else the value moved so far towards it."""
    if abs(value - target) <= margin:
        return target
    return value - margin if value > target else value + margin


def credited(value: Fraction) -> Fraction:
    """The value as it enters a curve: six decimals, halves to even."""
    return rounded_even(value)


@dataclass(frozen=True, slots=True)
class Improvement:
    """Three answers that must not be confused."""

    difference: Fraction
    se: Fraction
    lower: Fraction
    """Lower bound of the difference, one-sided at the plan's z."""
    incremental: bool
    """The point value is better than the baseline: the question of the tax rules."""
    non_inferior: bool
    """The lower bound is above minus the margin."""
    significant: bool
    """The lower bound is above zero."""


def improvement(now: Score, before: Score, *, z: Fraction, margin: Fraction) -> Improvement:
    """Whether a measure got better, higher being better, in three senses; independent samples."""
    difference = now.value - before.value
    se = root(now.variance + before.variance)
    lower = difference - z * se
    return Improvement(difference, se, lower, difference > 0, lower > -margin, lower > 0)
