"""The customers behind the deviations of a designed journey: who they are, their money and their score."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import QueryDict
from django.urls import reverse

from viaggio.estimate.contrast import Contrast, contrast
from viaggio.journey.design import Design
from viaggio.journey.kernels.conformance import Deviation
from viaggio.journey.kernels.deviants import Deviants, DeviantsKernel, Way
from viaggio.journey.run import run
from viaggio.web.journey.models import JourneyDesign
from viaggio.web.journey.services.explore.asking import THREADS, computed, where_at
from viaggio.web.journey.services.explore.designs import design_of
from viaggio.web.journey.services.explore.scores import score_of
from viaggio.web.shared.desk import Desk

if TYPE_CHECKING:
    from viaggio.journey.index import Journeys, Whole

BETWEEN = "|"
LEAST_ANSWERS = 2
"""So many answers at least for a score with an interval."""


@dataclass(frozen=True, slots=True)
class GoesWith:
    """What goes with a deviation, against the customers who follow the design; None where nothing is told."""

    value: Contrast | None
    cost: Contrast | None
    score: Contrast | None
    answers: int


def deviants(desk: Desk, design: Design, *, strict: bool) -> Deviants:
    """Who deviates under the desk's filters, remembered; raises `CannotAnswer`."""

    def compute(journeys: "Journeys") -> Deviants:
        return run(journeys, DeviantsKernel(design, strict), where=where_at(desk), threads=THREADS)

    found: Deviants = computed(desk, ("deviants", design, strict), compute)
    return found


def goes_with(desk: Desk, found: Deviants, one: Deviation) -> GoesWith:
    """Mean value, cost and score of a deviation's customers less those of the ones who follow the design."""
    places = found.by_way.get(way_of(one), found.conforming[:0])
    if min(len(places), len(found.conforming)) < max(desk.minimum, 1):
        return GoesWith(None, None, None, 0)
    value, cost = (
        contrast(found.mean_of(cents, places), found.mean_of(cents, found.conforming))
        for cents in (found.value, found.cost)
    )
    theirs, others = (score_of(desk, found.customers[at]) for at in (places, found.conforming))
    enough = min(theirs.n, others.n) >= max(desk.minimum, LEAST_ANSWERS)
    return GoesWith(value, cost, contrast(theirs, others) if enough else None, theirs.n)


def way_of(one: Deviation) -> Way:
    """What tells a deviation from the others."""
    return one.kind, one.origin, one.target


def behind_address(desk: Desk, pk: int, one: Deviation) -> str:
    """The list of the customers with a deviation; empty for people who may not see customers."""
    if not desk.sees_customers:
        return ""
    way = BETWEEN.join(name or "" for name in way_of(one))
    return desk.filters.to(reverse("journey:customers"), design=str(pk), deviation=way)


def asked_deviants(desk: Desk, query: QueryDict) -> "Whole | None":
    """The customers of the deviation that an address names; None where it names none."""
    parts = query.get("deviation", "").split(BETWEEN)
    number = query.get("design", "")
    if len(parts) != 3 or not (number.isascii() and number.isdigit() and len(number) < 10):
        return None
    kept = JourneyDesign.objects.filter(pk=int(number)).first()
    if kept is None:
        return None
    kind, origin, target = parts
    found = deviants(desk, design_of(kept), strict=query.get("strict", "") == "yes")
    return found.who((kind, origin or None, target or None))
