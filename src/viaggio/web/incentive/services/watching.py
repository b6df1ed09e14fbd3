"""Which cells of a plan are watched for gaming, and whose lines a flag on one of them would hold."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from django.conf import settings

from viaggio.incentive.combining import Section
from viaggio.incentive.detectors import Finding, look
from viaggio.incentive.detectors.bunching import Reached
from viaggio.incentive.plan import Plan
from viaggio.kernel import Period
from viaggio.store.incentives.asking import UnitScope, ask_of, unit_scopes
from viaggio.store.incentives.signals import signals_of
from viaggio.store.incentives.signals_answers import staff_of
from viaggio.store.incentives.signals_cells import DIMENSIONS, Watched
from viaggio.web.incentive.models import Assignment, Employee, PlanVersion, Run
from viaggio.web.incentive.services.gathering import PartOf
from viaggio.web.incentive.services.measuring import units_in
from viaggio.web.shared.workspace import current_engine


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
    if not measure.startswith("map:"):
        ask = ask_of(plan, measure)
        if ask.by in DIMENSIONS:
            known = {
                code: {name: tuple(v) for name, v in where.key() if name in DIMENSIONS}
                for code, _, _, where in unit_scopes(ask, units)
            }
            return list(known.items())
    return [(unit.code, {"unit": (unit.code,)}) for unit in units]


def findings(version: PlanVersion, plan: Plan, part: PartOf) -> list[tuple[Place, Finding]]:
    """What the ten detectors find in the cells of a plan in a part of its period; the same every time."""
    cells = watched(plan, units_in(part.first, part.last), _groups(part))
    key = hashlib.sha256(f"incentive.detectors:{settings.SECRET_KEY}".encode()).digest()
    emails = Employee.objects.filter(user__isnull=False).values_list("user__email", flat=True)
    period = Period(part.first, part.last + timedelta(days=1))
    signals = signals_of(
        current_engine(), period, list(cells.values()), key=key,
        staff=staff_of(key, [("email", address) for address in emails]),
        reached=list(_reached(version, plan, part, cells)),
    )  # fmt: skip
    places = {cell.cell: place for place, cell in cells.items()}
    return [(places[one.cell], one) for one in look(signals, seed=version.pk) if one.cell in places]


def _groups(part: PartOf) -> dict[str, set[str]]:
    rows = Assignment.objects.filter(first__lte=part.last).exclude(last__lt=part.first)
    found: dict[str, set[str]] = {}
    for unit, group in rows.values_list("unit__code", "group"):
        found.setdefault(unit, set()).add(group)
    return found


def _reached(
    version: PlanVersion, plan: Plan, part: PartOf, cells: Mapping[Place, Watched]
) -> Iterable[Reached]:
    """What each cell reached by the newest run, beside the points of its curve."""
    run = Run.objects.filter(version=version, part=part.part).order_by("-number").first()
    curves = {c.measure: c.curve for group in plan.groups.values() for c in group.components}
    for row in run.snapshot.readings if run else []:
        place = Place(row["unit"], row["measure"])
        if row["window"] == "period" and row["value"] is not None and place in cells:
            points = tuple(float(x) for x, _ in curves[row["measure"]].points)
            value = float(Fraction(row["value"]))
            yield Reached(cell=cells[place].cell, measure=row["measure"], value=value, points=points)
