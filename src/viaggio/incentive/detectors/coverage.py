"""Hard cases invited less often than easy ones: cherry-picking at the invitation."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from viaggio.incentive.detectors.judging import Seen, judged
from viaggio.incentive.detectors.model import Count, Detector, Finding, Limits
from viaggio.incentive.detectors.rates import SMALL, at_least, excess
from viaggio.incentive.errors import BadAmount
from viaggio.incentive.exact import root

LEAST_RATIO = Fraction(4, 5)
Z = Fraction("2.326348")  # one-sided 1 %


@dataclass(frozen=True, slots=True, kw_only=True)
class Invited:
    """Customers that could have been asked and those that were, with easy and with hard cases."""

    eligible_easy: int
    invited_easy: int
    eligible_hard: int
    invited_hard: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Rates, their ratio (None when no easy case was invited), the pooled z, and whether it is flagged."""

    rate_easy: Fraction
    rate_hard: Fraction
    ratio: Fraction | None
    z: Fraction
    flag: bool


def coverage(invited: Invited, *, least: Fraction = LEAST_RATIO, z: Fraction = Z) -> Coverage:
    """Compare how often hard and easy cases were invited: ratio of rates, z with the pooled rate.

    Flagged when the ratio is under `least` and the z above `z`. Raises `BadAmount` without eligible cases.
    """
    if not invited.eligible_easy or not invited.eligible_hard:
        raise BadAmount("no eligible cases to compare", hint="Wait until both kinds occurred.")
    easy = Fraction(invited.invited_easy, invited.eligible_easy)
    hard = Fraction(invited.invited_hard, invited.eligible_hard)
    both = Fraction(
        invited.invited_easy + invited.invited_hard, invited.eligible_easy + invited.eligible_hard
    )
    spread = both * (1 - both) * (Fraction(1, invited.eligible_easy) + Fraction(1, invited.eligible_hard))
    statistic = (easy - hard) / root(spread) if spread else Fraction(0)
    ratio = hard / easy if easy else None
    flag = ratio is not None and ratio < least and statistic > z
    return Coverage(rate_easy=easy, rate_hard=hard, ratio=ratio, z=statistic, flag=flag)


def coverages(cells: Mapping[str, Invited], limits: Limits) -> tuple[Finding, ...]:
    """`coverage` of every cell: the statistic is the ratio, p the tail of z (exact on a small base)."""
    return judged(
        Detector.COVERAGE,
        [_seen(cell, own, limits) for cell, own in cells.items()],
        level=limits.coverage_p,
        rate=limits.false_flags,
    )


def _seen(cell: str, own: Invited, limits: Limits) -> Seen:
    if not own.eligible_easy or not own.eligible_hard:
        return Seen(cell=cell, statistic=None, p=None, large=False, values={"without": "eligible"})
    found = coverage(own, least=limits.coverage_ratio, z=limits.coverage_z)
    easy, hard = Count(own.invited_easy, own.eligible_easy), Count(own.invited_hard, own.eligible_hard)
    few = min(own.eligible_hard, own.eligible_easy) < SMALL
    return Seen(
        cell=cell,
        statistic=float(found.ratio) if found.ratio is not None else None,
        p=excess(easy, hard) if few else at_least(float(found.z)),
        large=found.flag,
        values={"invited_easy": easy.hits, "eligible_easy": easy.n, "invited_hard": hard.hits,
                "eligible_hard": hard.n, "z": float(found.z)},
    )  # fmt: skip
