"""Small groups in a flow: put together with others, so that no number tells of few customers."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from viaggio.journey.kernels.flow import Flow, FlowStop, FlowStream
from viaggio.journey.kernels.touchpoint_steps import ENTERED, LEFT, OTHERS
from viaggio.web.shared.withheld import Sum, withheld

if TYPE_CHECKING:
    from collections.abc import Hashable


def folded(flow: Flow, minimum: int) -> Flow:
    """The flow in which every column's places of fewer than `minimum` flows are among the others.

    Where the others are few even so, the smallest place goes with them. All sums stay what they are.
    """
    if minimum <= 1:
        return flow
    small = _small(flow, minimum)

    def name_of(step: int, name: str | None) -> str | None:
        return OTHERS if (step, name) in small else name

    stops: dict[tuple[int, str | None], int] = defaultdict(int)
    for stop in flow.stops:
        stops[stop.step, name_of(stop.step, stop.name)] += stop.flows
    streams: dict[tuple[int, str | None, str | None], int] = defaultdict(int)
    for s in flow.streams:
        streams[s.step, name_of(s.step, s.origin), name_of(s.step + 1, s.target)] += s.flows
    return replace(
        flow,
        stops=tuple(FlowStop(*at, n) for at, n in stops.items()),
        streams=tuple(FlowStream(*at, n) for at, n in streams.items()),
    )


def _small(flow: Flow, minimum: int) -> set[tuple[int, str | None]]:
    small: set[tuple[int, str | None]] = set()
    for step in {stop.step for stop in flow.stops}:
        column = sorted((s for s in flow.stops if s.step == step), key=lambda s: s.flows)
        others = sum(s.flows for s in column if s.name == OTHERS)
        for stop in column:
            if stop.name != OTHERS and (stop.flows < minimum or 0 < others < minimum):
                small.add((step, stop.name))
                others += stop.flows
    return small


type Place = tuple[int, str | None]
"""A step and a place of it."""


@dataclass(frozen=True, slots=True)
class Untold:
    """Moves and places whose numbers are not told."""

    moves: frozenset[FlowStream]
    places: frozenset[Place]


def untold(flow: Flow, minimum: int) -> Untold:
    """What tells of few, and more wherever it could be worked out from sums.

    Who comes to a place goes on from it or leaves; who is at a place came from one before or begins there.
    """
    cells: dict[Hashable, float] = {s: s.flows for s in flow.streams}
    start = [stop for stop in flow.stops if stop.step == 0]  # all flows pass here, as the page says
    known = (0, start[0].name) if len(start) == 1 else None
    cells |= {(stop.step, stop.name): stop.flows for stop in flow.stops if (stop.step, stop.name) != known}
    onward: dict[Hashable, list[FlowStream]] = defaultdict(list)
    arriving: dict[Hashable, list[FlowStream]] = defaultdict(list)
    for s in flow.streams:
        if s.origin != ENTERED:
            onward[s.step, s.origin].append(s)
        if s.target != LEFT:
            arriving[s.step + 1, s.target].append(s)
    sums = [
        Sum(None if place == known else place, tuple(moves))
        for ways in (onward, arriving)
        for place, moves in ways.items()
    ]
    if known is None:
        sums.append(Sum(None, tuple((0, stop.name) for stop in start)))
    hidden = withheld(cells, sums, minimum)
    moves = frozenset(cell for cell in hidden if isinstance(cell, FlowStream))
    return Untold(moves, frozenset(cell for cell in hidden if isinstance(cell, tuple)))
