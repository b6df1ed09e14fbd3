"""The substitute tax on performance bonuses: an estimate by a yearly table that the company can edit.

Source of the shipped table: L. 208/2015 art. 1 c. 182-190 and the yearly budget laws. An adviser confirms it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from viaggio.incentive.country import TaxYear
from viaggio.incentive.errors import BadPlan
from viaggio.incentive.exact import cents

__all__ = ["TaxYear", "Taxed", "estimate", "year_of"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxed:
    """An estimate in cents. Welfare pays neither contributions nor tax, but uses up the limit."""

    gross: int
    welfare: int
    contributions: int
    net_of_contributions: int
    substitute_tax_base: int
    substitute_tax: int
    ordinary_taxed: int
    eligible: bool


def estimate(
    year: TaxYear,
    *,
    gross: Fraction,
    contribution_rate: Fraction,
    welfare: Fraction = Fraction(0),
    income: Fraction = Fraction(0),
    incremental: bool = True,
    used: Fraction = Fraction(0),
) -> Taxed:
    """How a bonus of `gross` euros paid in that year is taxed, when everything else is as stated.

    `income`: employment income of the year before; `incremental`: the result was better than before the
    period; `used`: what earlier bonuses of the year used of the limit. Raises `BadPlan` for more welfare
    than there is.
    """
    if not 0 <= welfare <= gross:
        raise BadPlan("more goes to welfare than there is", hint="Choose at most the gross amount.")
    cash = gross - welfare
    contributions = cents(cash * contribution_rate)
    net = cents(cash) - contributions
    eligible = income <= year.income_cap and incremental
    room = max(0, cents(year.limit - used - welfare)) if eligible else 0
    base = min(net, room)
    return Taxed(
        gross=cents(gross),
        welfare=cents(welfare),
        contributions=contributions,
        net_of_contributions=net,
        substitute_tax_base=base,
        substitute_tax=cents(Fraction(base, 100) * year.rate),
        ordinary_taxed=net - base,
        eligible=eligible,
    )


def year_of(table: Mapping[int, TaxYear], year: int) -> TaxYear:
    """The rules for payments of a year; raises `BadPlan` for one that the table does not have."""
    if year not in table:
        raise BadPlan(
            f"the table has no year {year}", place="bonus_tax", hint="Add its rate, limit and income cap."
        )
    return table[year]
