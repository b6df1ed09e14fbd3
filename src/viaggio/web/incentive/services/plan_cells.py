"""The cells of a plan: units with the people in them, which answers belong to each, and the list of staff."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.db.models import Q

from viaggio.incentive.combining import Section
from viaggio.incentive.detectors.staff import Staff
from viaggio.incentive.plan import Plan
from viaggio.store.incentives.asking import MANUAL, UnitScope, ask_of, unit_scopes
from viaggio.store.incentives.excluding import Excluding
from viaggio.store.incentives.signals_answers import staff_of
from viaggio.store.incentives.signals_cells import DIMENSIONS, Watched
from viaggio.web.incentive.models import Assignment, Employee, OrgUnit


def units_in(first: date, last: date) -> list[UnitScope]:
    """All units with the people in them, and in units below, within these days."""
    units = {unit.pk: unit for unit in OrgUnit.objects.select_related("parent")}
    people: dict[int, set[int]] = {pk: set() for pk in units}
    there = Assignment.objects.filter(Q(last__isnull=True) | Q(last__gte=first), first__lte=last)
    for unit_id, employee_id in there.values_list("unit_id", "employee_id"):
        above: int | None = unit_id
        seen: set[int] = set()
        while above is not None and above not in seen:
            people[above].add(employee_id)
            seen.add(above)
            above = units[above].parent_id
    return [
        UnitScope(
            code=unit.code, parent=unit.parent.code if unit.parent else "", function=unit.function,
            headcount=len(people[unit.pk]),
        )
        for unit in units.values()
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """Where a flag stands: the unit (empty: all) and the measure (empty: all) whose lines it speaks of."""

    unit: str
    measure: str


def watched(plan: Plan, units: Iterable[UnitScope], groups: Mapping[str, set[str]]) -> dict[Place, Watched]:
    """The cells of a plan: units as a measure is cut by them, else by name, and the composites of functions.

    `groups`: the plan groups with people, by unit.
    """
    scopes = [unit for unit in units if unit.code and unit.headcount]
    parents = {unit.code: unit.parent for unit in scopes}
    found: dict[Place, Watched] = {}
    for group in plan.groups.values():
        for component in group.of(Section.FUNCTION):
            if component.mapped:
                touchpoints = tuple(sorted(plan.contribution_map[component.mapped]))
                place = Place("", component.measure)
                found[place] = Watched(cell=component.measure, where={"touchpoint": touchpoints})
            members = [unit for unit in scopes if group.name in groups.get(unit.code, set())]
            for unit, where in _of_units(plan, component.measure, members):
                place = Place(unit, component.measure)
                found[place] = Watched(
                    cell=f"{unit} {component.measure}",
                    parent=f"{parents.get(unit, '')} {component.measure}",
                    where=where,
                )
    return found


def _of_units(
    plan: Plan, measure: str, units: list[UnitScope]
) -> list[tuple[str, dict[str, tuple[str, ...]]]]:
    """Rows of each unit: by the dimension that the plan names, else by the unit's own name."""
    if not measure.startswith("map:") and plan.measures.get(measure, {}).get("metric") != MANUAL:
        ask = ask_of(plan, measure)
        if ask.by in DIMENSIONS:
            known = {
                code: {name: tuple(v) for name, v in where.key() if name in DIMENSIONS}
                for code, _, _, where in unit_scopes(ask, units)
            }
            return list(known.items())
    return [(unit.code, {"unit": (unit.code,)}) for unit in units]


def groups_in(first: date, last: date) -> dict[str, set[str]]:
    """Plan groups with people within these days, by unit."""
    rows = Assignment.objects.filter(first__lte=last).exclude(last__lt=first)
    found: dict[str, set[str]] = {}
    for unit, group in rows.values_list("unit__code", "group"):
        found.setdefault(unit, set()).add(group)
    return found


def detectors_key() -> bytes:
    """The key under which contacts, devices, networks and answers are hashed."""
    return hashlib.sha256(f"incentive.detectors:{settings.SECRET_KEY}".encode()).digest()


def staff_list() -> Staff:
    """The e-mail addresses of employees who sign in, as keyed hashes."""
    emails = Employee.objects.filter(user__isnull=False).values_list("user__email", flat=True)
    return staff_of(detectors_key(), [("email", address) for address in emails])


def excluding(plan: Plan, first: date, last: date) -> Excluding:
    """What tells answers that nobody is paid on, between two days: by whom, where, in the same words."""
    cells = watched(plan, units_in(first, last), groups_in(first, last))
    return Excluding(key=detectors_key(), staff=staff_list(), cells=tuple(cells.values()))
