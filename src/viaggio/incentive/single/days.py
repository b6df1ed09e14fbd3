"""How many days of a period count for each person and stay, before anything is measured."""

from fractions import Fraction
from typing import Any

from viaggio.incentive import proration
from viaggio.incentive.exact import fraction
from viaggio.incentive.plan import Plan
from viaggio.incentive.run.model import Person
from viaggio.incentive.run.pipeline import joined, opportunities, status_of


def days(plan: Plan, people: tuple[Person, ...]) -> dict[str, Any]:
    """Of each person: whether they take part, days employed, and of each stay the days that count (S1, S2).

    `days` are weighted with working time and absences; `proration` is their share of the period. Raises
    `BadAssignment` for working times over full time and for classes of absence that the plan does not name.
    """
    return {"people": [_person(plan, one) for one in sorted(people, key=lambda person: person.id)]}


def _person(plan: Plan, person: Person) -> dict[str, Any]:
    period, status = plan.period, status_of(plan, person)
    whole = proration.days_between(period.first, period.last, plan.day_count)
    stays = [proration.Stay(p.first, p.last, p.unit, p.fte) for p in person.placements]
    losses = proration.losses(
        {name: (rule.lost, rule.protected) for name, rule in plan.absences.items()},
        ((away.first, away.last, away.kind) for away in person.away),
    )
    first = max(plan.accrues_from or period.first, period.first)
    counted = {
        placement: proration.weighted_days(
            proration.Stay(placement.first, placement.last, placement.unit, placement.fte),
            losses, first, period.last, plan.day_count,
        )
        for placement in joined(person.placements)
    }  # fmt: skip
    total = sum(counted.values(), Fraction(0))
    return {
        "person": person.id,
        "status": str(status),
        "days_employed": proration.days_employed(stays, period.first, period.last),
        "days": fraction(total),
        "proration": fraction(total / whole),
        "stays": [
            {
                "unit": placement.unit,
                "group": placement.group,
                "from": placement.first.isoformat(),
                "to": placement.last.isoformat(),
                "days": fraction(counted[placement]),
                "proration": fraction(counted[placement] / whole),
                "opportunity": fraction(opportunity),
            }
            for placement, opportunity in opportunities(plan, person, status)
        ],
    }
