"""Small groups in a flow: put together with others, so that no number tells of few customers."""

from collections import defaultdict
from dataclasses import replace

from viaggio.journey.kernels.flow import Flow, FlowStop, FlowStream
from viaggio.journey.kernels.touchpoint_steps import ENTERED, LEFT, OTHERS


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


def untold(flow: Flow, minimum: int) -> frozenset[FlowStream]:
    """Streams that are not told: few, and one more wherever a single one could be worked out from a sum."""
    hidden = {s for s in flow.streams if s.flows < minimum}
    groups: dict[tuple[object, ...], list[FlowStream]] = defaultdict(list)
    for s in flow.streams:
        if s.origin != ENTERED:
            groups["from", s.step, s.origin].append(s)
        if s.target != LEFT:
            groups["to", s.step, s.target].append(s)
    changed = bool(hidden)
    while changed:
        changed = False
        for group in groups.values():
            left = sorted((s for s in group if s not in hidden), key=lambda s: (s.flows, str(s)))
            if len(group) - len(left) == 1 and left:
                hidden.add(left[0])
                changed = True
    return frozenset(hidden)
