"""How one bonus would be taxed by a country's yearly table: an estimate, pay-roll decides."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from viaggio.incentive.country import Pack
from viaggio.incentive.exact import amount, cents, fraction
from viaggio.incentive.italy.tax import estimate, year_of
from viaggio.incentive.single.asked import Asked


def tax(values: Mapping[str, Any], pack: Pack) -> dict[str, Any]:
    """The tax of a bonus of `gross` currency units paid in `year`.

    `contribution_rate` of the employee, `welfare` taken instead of money, `income` of the year before,
    `used` of the year's limit by earlier bonuses, `incremental`: better than before the period. Raises
    `BadPlan` for a year that the table does not have.
    """
    asked = Asked(values, ("year", "gross", "contribution_rate", "welfare", "income", "used", "incremental"))
    nothing = Fraction(0)
    year = asked.whole("year")
    rules = year_of(pack.taxes, year)
    found = estimate(
        rules,
        gross=asked.number("gross"),
        contribution_rate=asked.number("contribution_rate", nothing),
        welfare=asked.number("welfare", nothing),
        income=asked.number("income", nothing),
        used=asked.number("used", nothing),
        incremental=asked.yes("incremental", otherwise=True),
    )
    sums = ("gross", "welfare", "contributions", "net_of_contributions", "substitute_tax_base",
            "substitute_tax", "ordinary_taxed")  # fmt: skip
    return {
        "year": str(year),
        **{name: amount(getattr(found, name)) for name in sums},
        "eligible": found.eligible,
        "rate": fraction(rules.rate),
        "limit": amount(cents(rules.limit)),
        "income_cap": amount(cents(rules.income_cap)),
        "source": rules.source,
    }
