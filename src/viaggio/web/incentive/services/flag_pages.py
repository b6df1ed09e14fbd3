"""What the pages of flags show: what a detector found, what it holds, who may decide until when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from viaggio.web.incentive.models import Flag, OrgUnit
from viaggio.web.incentive.services import flags
from viaggio.web.incentive.services.plan_pages import plan_name
from viaggio.web.shared.models import User

UNDECIDED = ("open", "held")


@dataclass(frozen=True, slots=True, kw_only=True)
class FlagShown:
    """A flag with its cell by name, the cents that it holds, and whether this person may decide."""

    flag: Flag
    plan: str
    unit: str
    held_cents: int
    may_decide: bool
    heads: bool
    late: bool
    facts: Sequence[tuple[str, Any]]

    @property
    def undecided(self) -> bool:
        """Whether somebody still has to decide."""
        return self.flag.state in UNDECIDED


def flag_shown(flag: Flag, person: User, *, now: datetime) -> FlagShown:
    """One flag for one person."""
    unit = OrgUnit.objects.filter(code=flag.unit).first()
    may = flags.may_decide(flag, person)
    return FlagShown(
        flag=flag,
        plan=plan_name(flag.version.plan),
        unit=unit.name if unit else flag.unit,
        held_cents=flags.held_cents(flag),
        may_decide=may,
        heads=not may and unit is not None and _heads(unit, person),
        late=flag.state in UNDECIDED and flag.due_at < now,
        facts=_facts(flag.finding),
    )


def _heads(unit: OrgUnit, person: User) -> bool:
    """Whether this person heads the unit or one above it."""
    above: OrgUnit | None = unit
    while above is not None:
        if above.head_id == person.pk:
            return True
        above = above.parent
    return False


def _facts(finding: dict[str, Any]) -> list[tuple[str, Any]]:
    """The statistic and what it was computed from; which answers it speaks of is not shown."""
    plain = {**finding, **finding.get("values", {})}
    return [
        (name, value)
        for name, value in plain.items()
        if name not in {"values", "responses"} and value not in (None, "", 0)
    ]


def flags_shown(person: User, *, decided: bool, now: datetime) -> list[FlagShown]:
    """Flags to be decided, those due first; or those decided, newest first."""
    found = Flag.objects.select_related("version__plan", "decided_by")
    found = found.exclude(state__in=UNDECIDED) if decided else found.filter(state__in=UNDECIDED)
    return [
        flag_shown(flag, person, now=now) for flag in found.order_by("-decided_at" if decided else "due_at")
    ]
