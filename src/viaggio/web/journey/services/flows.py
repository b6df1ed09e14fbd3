"""The flow of customers between touchpoints, from the journey index."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from viaggio.journey.kernels.touchpoint_steps import LEFT, OTHERS, TouchpointStepKernel, TouchpointSteps
from viaggio.journey.kernels.transitions import TransitionKernel, Transitions
from viaggio.journey.run import run
from viaggio.kernel import Population, UnknownDimension
from viaggio.store.journeys import where_of
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Chart, Flow, Link, Node, flow_chart
from viaggio.web.shared.charts.line import ORDER
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import PHASES, dimension_name, touchpoint_name

SHOWN, STEPS, THREADS = 14, 24, 2
THIN = 0.004  # share of all customers under which a ribbon is not drawn


@dataclass(frozen=True, slots=True)
class FlowView:
    """The chart with the customers it is about, or the reason why there is none."""

    chart: Chart | None = None
    customers: int = 0
    reason: str = ""
    links: tuple[tuple[str, str, int], ...] = ()


def flow_view(desk: Desk) -> FlowView:
    """The flow under the desk's filters; moves of fewer customers than the smallest cell are left out."""
    if desk.filters.only("touchpoint"):
        return FlowView(reason=_("One touchpoint has no flow: choose all touchpoints to see it."))
    try:
        where = where_of(desk.engine, desk.filters.period, desk.filters.population, desk.filters.condition)
    except UnknownDimension as error:
        return FlowView(reason=cannot_words(error))
    steps: TouchpointSteps = run(
        desk_journeys(desk),
        TouchpointStepKernel(steps=STEPS, top=SHOWN, once=True),
        where=where,
        threads=THREADS,
    )
    if not steps.customers or steps.customers < desk.minimum:
        return FlowView(reason=_("No journeys to show in this period and selection."))
    links = moves_of(steps, desk.minimum)
    flow = drawing_of(steps, desk)
    chart = flow_chart(
        flow,
        key="flow",
        title=_("Where customers pass"),
        about=_(
            "Touchpoints from left to right by phase; the thickness of a band is the number of customers."
        ),
        phases={slug: str(name) for slug, name in PHASES.items()},
        count=formats.number,
        height=max(
            440.0, 70.0 * max((sum(n.column == c for n in flow.nodes) for c in range(13)), default=1) + 130
        ),
    )
    return FlowView(chart, steps.customers, links=links)


def cannot_words(error: UnknownDimension) -> str:
    """Why there are no journeys under a filter."""
    return _("Journeys cannot be filtered by %(dimension)s.") % {
        "dimension": dimension_name(error.name).lower()
    }


def desk_journeys(desk: Desk) -> Any:
    """The workspace's journey index, opened."""
    from viaggio.store.index.open import open_index

    return open_index(desk.workspace)


def moves_of(steps: TouchpointSteps, minimum: int) -> tuple[tuple[str, str, int], ...]:
    """All moves between shown touchpoints, and to `LEFT`, of at least `minimum` customers; largest first."""
    total: dict[tuple[str, str], int] = defaultdict(int)
    for link in steps.links:
        if link.origin and link.target:
            total[link.origin, link.target] += link.customers
    rows = [(a, b, n) for (a, b), n in total.items() if n >= max(minimum, 1)]
    return tuple(sorted(rows, key=lambda row: (-row[2], row[0], row[1])))


def drawing_of(steps: TouchpointSteps, desk: Desk) -> Flow:
    """What is drawn: places in the columns of their phases, and the moves onward between them."""
    catalogue = desk.extent.touchpoints
    columns = columns_of(steps, {slug: str(row.get("phase")) for slug, row in catalogue.items()})
    customers = dict.fromkeys(columns, 0)
    for place in steps.nodes:
        if place.name in customers:
            customers[place.name] += place.customers
    moves = moves_of(steps, desk.minimum)
    least = max(desk.minimum, round(THIN * steps.customers), 1)
    links = tuple(
        Link(a, b, n) for a, b, n in moves
        if a in columns and b in columns and columns[a][1] < columns[b][1] and n >= least
    )  # fmt: skip
    ends = {a: n for a, b, n in moves if b == LEFT}
    far = max((column for _phase, column in columns.values()), default=0)
    nodes = tuple(
        Node(
            slug=slug,
            name=touchpoint_name(slug, catalogue),
            phase=phase,
            column=column,
            n=customers[slug],
            lost=ends.get(slug, 0) if column < far else 0,
            href=desk.filters.to(reverse("journey:touchpoint", args=[slug])),
        )
        for slug, (phase, column) in columns.items()
        if customers[slug] >= max(desk.minimum, 1)
    )
    shown = {node.slug for node in nodes}
    return Flow(nodes, tuple(link for link in links if {link.source, link.target} <= shown))


def columns_of(steps: TouchpointSteps, phases: Mapping[str, str]) -> dict[str, tuple[str, int]]:
    """Phase and column of every place: phases in order, each with up to three columns, early places first."""
    reached: dict[str, list[int]] = {}
    for place in steps.nodes:
        if place.name and place.name != OTHERS and phases.get(place.name) in ORDER:
            sums = reached.setdefault(place.name, [0, 0])
            sums[0] += place.step * place.customers
            sums[1] += place.customers
    columns: dict[str, tuple[str, int]] = {}
    first = 0
    for phase in ORDER:
        places = sorted(
            (slug for slug in reached if phases[slug] == phase),
            key=lambda slug: (reached[slug][0] / max(reached[slug][1], 1), slug),
        )
        wide = 0 if not places else 1 if len(places) <= 2 else 2 if len(places) <= 5 else 3
        columns |= {slug: (phase, first + i * wide // len(places)) for i, slug in enumerate(places)}
        first += wide
    return columns


def transitions_of(desk: Desk, population: Population) -> Transitions | None:
    """From where to where customers go in the desk's period; None under a filter that the index lacks."""
    try:
        where = where_of(desk.engine, desk.filters.period, population, desk.filters.condition)
    except UnknownDimension:
        return None
    answer: Transitions = run(
        desk_journeys(desk), TransitionKernel(quantiles=False), where=where, threads=THREADS
    )
    return answer
