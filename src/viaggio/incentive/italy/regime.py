"""Which part of a premium may have the tax regime: flagged apart from what is paid, payroll decides.

A part may have it when the plan is a premio di risultato, the result is better than the baseline by the same
formula (Ris. AE 78/E 2018), and it was earned after the agreement was signed (Ris. AE 36/E 2020).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from viaggio.incentive.errors import BadPlan
from viaggio.incentive.exact import cents
from viaggio.incentive.italy.checks import first_eligible
from viaggio.incentive.payroll import ORDINARY, Part
from viaggio.incentive.plan import LegalBasis, Plan
from viaggio.incentive.plan.checks import accrues
from viaggio.incentive.proration import days_between
from viaggio.incentive.run import Line


class Rule(StrEnum):
    """Whose increment counts for a line of the award: the agreement says."""

    LINE = "line"  # its own
    ANY = "any"  # that of any line of the person: goals are alternatives
    ALL = "all"  # every line of the person must be better


@dataclass(frozen=True, slots=True, kw_only=True)
class Earned:
    """A line of an award: cents, the days it was earned on, and whether its measure is better than before."""

    unit: str
    first: date
    last: date
    cents: int
    incremental: bool | None


def earned(lines: Iterable[Line]) -> list[Earned]:
    """Lines of a run, those that are held left out."""
    return [
        Earned(
            unit=line.unit,
            first=line.first,
            last=line.last,
            cents=line.cents,
            incremental=line.result.incremental,
        )
        for line in lines
        if not line.held
    ]


def parts(plan: Plan, lines: Sequence[Earned], *, mark: str, rule: Rule = Rule.LINE) -> tuple[Part, ...]:
    """The cents of an award by unit (cost centre) and regime; they add up to the lines, to the cent.

    `mark`: how the country calls its regime. A line of a stay across the signature is divided by days.
    """
    found: dict[tuple[str, str], int] = {}
    better = [line.incremental is True for line in lines]
    for line, own in zip(lines, better, strict=True):
        counts = {Rule.LINE: own, Rule.ANY: any(better), Rule.ALL: all(better)}[rule]
        eligible = cents(Fraction(line.cents, 100) * _share(plan, line)) if counts else 0
        for regime, amount in ((mark, eligible), (ORDINARY, line.cents - eligible)):
            key = (line.unit, regime)
            found[key] = found.get(key, 0) + amount
    return tuple(
        Part(cents=amount, cost_centre=unit, regime=regime)
        for (unit, regime), amount in sorted(found.items())
        if amount
    )


def _share(plan: Plan, line: Earned) -> Fraction:
    """Share of the line's days from the first eligible one on."""
    start = first_eligible(plan)
    if plan.legal_basis is not LegalBasis.PDR or start is None:
        return Fraction(0)
    first = max(line.first, plan.period.first, accrues(plan))
    last = min(line.last, plan.period.last)
    whole = days_between(first, last, plan.day_count)
    return Fraction(days_between(max(first, start), last, plan.day_count), whole) if whole else Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Election:
    """What somebody chose within a window: so much as welfare, the rest in cash."""

    cents: int
    on: date


def welfare_cents(payable: int, election: Election | None, *, allowed: bool, first: date, last: date) -> int:
    """How much is taken as welfare: what was chosen within the window; without a choice all is cash.

    Raises `BadPlan` when the agreement does not allow it, it was chosen outside of the window, or more was
    chosen than there is.
    """
    if election is None or not election.cents:
        return 0
    if not allowed:
        raise BadPlan("the agreement does not allow welfare", place="welfare", hint="Pay it in cash.")
    if not first <= election.on <= last:
        raise BadPlan(f"welfare was chosen on {election.on}, outside of the window", place="welfare",
                      hint=f"It was open from {first} to {last}.")  # fmt: skip
    if not 0 <= election.cents <= max(0, payable):
        raise BadPlan("more goes to welfare than there is", place="welfare",
                      hint="Choose at most the payable amount.")  # fmt: skip
    return election.cents
