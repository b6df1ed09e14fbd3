"""Hard cases invited less often than easy ones: cherry-picking at the invitation."""

from dataclasses import dataclass
from fractions import Fraction

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
