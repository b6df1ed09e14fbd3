"""The goals that a plan version hands to a person: each line with its weight and what its curve pays."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from viaggio.incentive.plan import read_plan
from viaggio.web.incentive.models import Acknowledgement, AwardLine, Employee, PlanVersion
from viaggio.web.incentive.plan_words import measure_name
from viaggio.web.incentive.services.statement_words import (
    in_language,
    per_cent,
    plain_number,
)

HANDED = ("published", "active")


@dataclass(frozen=True, slots=True)
class Goal:
    """A line of a group: its name, its weight, and what its curve pays."""

    name: str
    value: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GoalsPage:
    """The goals of one plan version."""

    pk: int
    code: str
    number: int
    plan: str
    delivered_at: datetime
    acknowledged_at: datetime | None
    lines: tuple[Goal, ...]


def goals_of(employee: Employee) -> list[GoalsPage]:
    """Goals of plans that are in force, newest first."""
    handed = Acknowledgement.objects.filter(employee=employee, version__state__in=HANDED)
    rows = handed.select_related("version__plan").order_by("-delivered_at")
    return [
        GoalsPage(
            pk=row.pk,
            code=row.version.plan.code,
            number=row.version.number,
            plan=in_language(row.version.plan.name) or row.version.plan.code,
            delivered_at=row.delivered_at,
            acknowledged_at=row.acknowledged_at,
            lines=_lines(row.version, employee),
        )
        for row in rows
    ]


def concerns(version: PlanVersion, employee: Employee) -> bool:
    """Whether a version gave goals to this person, or an award that is published."""
    if Acknowledgement.objects.filter(version=version, employee=employee).exists():
        return True
    awards = AwardLine.objects.filter(run__version=version, person=employee.pseudonym)
    return awards.filter(run__published_at__isnull=False).exists()


def _lines(version: PlanVersion, employee: Employee) -> tuple[Goal, ...]:
    plan = read_plan(version.document)
    stays = employee.assignments.filter(first__lte=plan.period.last).exclude(last__lt=plan.period.first)
    groups = list(dict.fromkeys(stays.values_list("group", flat=True)))
    found = []
    for name in groups:
        for one in plan.groups[name].components if name in plan.groups else ():
            points = "; ".join(
                _("%(value)s pays %(payout)s") % {"value": plain_number(x), "payout": per_cent(y)}
                for x, y in one.curve.points
            )
            found.append(Goal(measure_name(one.measure), per_cent(one.weight), points))
    return tuple(found)
