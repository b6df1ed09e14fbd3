"""What the detectors find in the cells of a plan."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from fractions import Fraction

from viaggio.incentive.detectors import Finding, look
from viaggio.incentive.detectors.bunching import Reached
from viaggio.incentive.plan import Plan
from viaggio.kernel import Period
from viaggio.store.incentives.signals import signals_of
from viaggio.store.incentives.signals_cells import Watched
from viaggio.web.incentive.models import PlanVersion, Run
from viaggio.web.incentive.services.gathering import PartOf
from viaggio.web.incentive.services.plan_cells import (
    Place,
    detectors_key,
    groups_in,
    staff_list,
    units_in,
    watched,
)
from viaggio.web.shared.pay_base import no_pay_base
from viaggio.web.shared.workspace import current_engine


def findings(version: PlanVersion, plan: Plan, part: PartOf) -> list[tuple[Place, Finding]]:
    """What the ten detectors find in the cells of a plan in a part of its period; the same every time."""
    cells = watched(plan, units_in(part.first, part.last), groups_in(part.first, part.last))
    period = Period(part.first, part.last + timedelta(days=1))
    signals = signals_of(
        current_engine(), period, list(cells.values()), key=detectors_key(), staff=staff_list(),
        reached=list(_reached(version, plan, part, cells)), apart=no_pay_base(),
    )  # fmt: skip
    places = {cell.cell: place for place, cell in cells.items()}
    return [(places[one.cell], one) for one in look(signals, seed=version.pk) if one.cell in places]


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
