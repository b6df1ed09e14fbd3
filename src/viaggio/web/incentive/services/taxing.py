"""What the tax rules of the year of payment would make of an award: an estimate; pay-roll decides."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from viaggio.incentive.country import Pack
from viaggio.incentive.exact import exact
from viaggio.incentive.italy.regime import parts
from viaggio.incentive.italy.tax import estimate
from viaggio.incentive.payroll import Part
from viaggio.incentive.plan import LegalBasis, Plan
from viaggio.store.incentives.run_payments import earned_from
from viaggio.web.incentive.models import Employee, Run
from viaggio.web.incentive.services.country import rules
from viaggio.web.incentive.services.statement import TaxShare


def parts_of_award(plan: Plan, tree: Mapping[str, Any], pack: Pack) -> tuple[Part, ...]:
    """The payable cents of an award by unit and tax regime."""
    return parts(plan, earned_from(tree["lines"]), mark=pack.mark)


def tax_of(
    run: Run, plan: Plan, tree: Mapping[str, Any], employee: Employee, welfare_cents: int
) -> TaxShare | None:
    """The estimate, before contributions; None where the plan is no bonus under an agreement.

    `employee.limits` may hold, by year of payment, `<year>_income` (of the year before) and `<year>_used` (of
    the limit). Codes in `why`: not_incremental, income, limit, no_table.
    """
    pack, year = rules(), (run.pay_date or run.last).year
    if plan.legal_basis is not LegalBasis.PDR or not pack.mark:
        return None
    payable = sum(part.cents for part in parts_of_award(plan, tree, pack))
    eligible = sum(part.cents for part in parts_of_award(plan, tree, pack) if part.regime == pack.mark)
    if year not in pack.taxes:
        return _none(year, payable, welfare_cents, "no_table")
    if not eligible:
        return _none(year, payable, welfare_cents, "not_incremental")
    rule = pack.taxes[year]
    welfare = min(welfare_cents, eligible)
    income, used = (_limit(employee, f"{year}_{name}") for name in ("income", "used"))
    found = estimate(
        rule, gross=Fraction(eligible, 100), contribution_rate=Fraction(0), welfare=Fraction(welfare, 100),
        income=income, used=used,
    )  # fmt: skip
    why = ("income",) if not found.eligible else ()
    if found.eligible and found.substitute_tax_base < eligible - welfare:
        why = ("limit",)
    return TaxShare(
        year=year, eligible=found.eligible and found.substitute_tax_base > 0, why=why,
        base_cents=found.substitute_tax_base,
        ordinary_cents=payable - welfare_cents - found.substitute_tax_base,
        tax_cents=found.substitute_tax, welfare_cents=welfare_cents,
    )  # fmt: skip


def _none(year: int, payable: int, welfare: int, why: str) -> TaxShare:
    return TaxShare(
        year=year, eligible=False, why=(why,), base_cents=0, ordinary_cents=payable - welfare, tax_cents=0,
        welfare_cents=welfare,
    )  # fmt: skip


def _limit(employee: Employee, name: str) -> Fraction:
    return exact(employee.limits.get(name) or "0", place=f"limits.{name}")
