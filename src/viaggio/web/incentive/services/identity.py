"""The noun of who a pseudonym is for pay-roll."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a pseudonym is for pay-roll."""

    payroll_id: str
    name: str
    cost_centre: str
