"""What the pages of staff show: employees by pseudonym, the units above one another, who has no goals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch, Q, QuerySet

from viaggio.web.incentive.models import Absence, Assignment, Employee, OrgUnit, PlanVersion
from viaggio.web.incentive.services import plans


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitShown:
    """A unit in the tree: how deep it stands, who heads it, how many work in it and below it today."""

    unit: OrgUnit
    depth: int
    people: int
    below: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeeRow:
    """An employee in the list: the stays of today, or the last one."""

    employee: Employee
    stays: Sequence[Assignment]
    employed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployeePage:
    """One employee: stays and absences, newest first."""

    employee: Employee
    stays: Sequence[Assignment]
    absences: Sequence[Absence]
    known: bool
    """Whether pay-roll knows who it is."""


def units_shown(today: date) -> list[UnitShown]:
    """The tree from the company down, units that ended left out."""
    units = list(
        OrgUnit.objects.select_related("head")
        .filter(Q(last__isnull=True) | Q(last__gte=today))
        .order_by("name")
    )
    here = _today(today)
    people: dict[int, set[int]] = {}
    for place, employee in here.values_list("unit_id", "employee_id"):
        people.setdefault(place, set()).add(employee)
    children: dict[int | None, list[OrgUnit]] = {}
    known = {unit.pk for unit in units}
    for unit in units:
        children.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    shown: list[UnitShown] = []

    def walk(unit: OrgUnit, depth: int) -> set[int]:
        place = len(shown)
        shown.append(UnitShown(unit=unit, depth=depth, people=0, below=0))
        own = people.get(unit.pk, set())
        all_below = set(own)
        for child in children.get(unit.pk, []):
            all_below |= walk(child, depth + 1)
        shown[place] = UnitShown(unit=unit, depth=depth, people=len(own), below=len(all_below))
        return all_below

    for root in children.get(None, []):
        walk(root, 0)
    return shown


def _today(today: date) -> QuerySet[Assignment]:
    return Assignment.objects.filter(Q(last__isnull=True) | Q(last__gte=today), first__lte=today)


def employees(*, search: str, unit: str, without_goals: bool) -> QuerySet[Employee]:
    """Employees by pseudonym, narrowed by a part of it, by unit, or to those without goals."""
    found = Employee.objects.prefetch_related(
        Prefetch("assignments", Assignment.objects.select_related("unit").order_by("-first"))
    )
    if search:
        found = found.filter(pseudonym__icontains=search)
    if unit:
        found = found.filter(assignments__unit__code=unit).distinct()
    if without_goals:
        missing: set[str] = set()
        for version in PlanVersion.objects.filter(state__in=["published", "active"]):
            missing |= set(plans.assigned(version).without_goals)
        found = found.filter(pseudonym__in=missing)
    return found


def row_of(employee: Employee, today: date) -> EmployeeRow:
    """An employee with the stays of today, or the last one."""
    stays = list(employee.assignments.all())
    now = [s for s in stays if s.first <= today and (s.last is None or s.last >= today)]
    employed = employee.hired <= today and (employee.left is None or employee.left >= today)
    return EmployeeRow(employee=employee, stays=now or stays[:1], employed=employed)


def employee_page(employee: Employee) -> EmployeePage:
    """One employee."""
    return EmployeePage(
        employee=employee,
        stays=list(employee.assignments.select_related("unit").order_by("-first")),
        absences=list(employee.absences.order_by("-first")),
        known=hasattr(employee, "payroll"),
    )
