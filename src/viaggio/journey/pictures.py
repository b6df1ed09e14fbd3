"""Results as drawings: what a notebook shows for a flow, a funnel, retention or attribution.

Drawings are labelled with the names and codes that the tables of the results have.
"""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Any, Protocol

from viaggio.drawing.alone import alone
from viaggio.drawing.flow_layout import Flow, Link, Node
from viaggio.drawing.lanes import Lane, LaneGroup, draw_lanes
from viaggio.drawing.sankey import sankey
from viaggio.drawing.share_curve import SharePoint, draw_share_curve
from viaggio.drawing.svg import Drawing, el

NOBODY, ENTERED, LEFT = "(none)", "(entered)", "(left)"
MOST_PLACES = 5
"""So many places have bars of their own; what is left stands together below them."""

_ROOM = 72.0  # height of one place of a flow, with its label
_CURVE = (760.0, 260.0)


class Pictured:
    """A result that notebooks draw: `_repr_svg_` and `_repr_html_`, the latter with the numbers below."""

    __slots__ = ()

    def drawing(self) -> Drawing | None:
        """The drawing without style of its own; None where there is nothing to draw."""
        raise NotImplementedError

    def table(self) -> Any:
        """The numbers as an Arrow table."""
        raise NotImplementedError

    def _repr_svg_(self) -> str | None:
        drawn = self.drawing()
        return None if drawn is None else str(alone(drawn))

    def _repr_html_(self) -> str | None:
        svg = self._repr_svg_()
        return None if svg is None else f"{svg}{_numbers(self.table())}"


def _numbers(table: Any) -> Drawing:
    """The numbers behind a disclosure."""
    head = el("tr", *(el("th", name) for name in table.column_names))
    rows = [
        el("tr", *(el("td", "" if value is None else _written(value)) for value in row.values()))
        for row in table.to_pylist()
    ]
    whole = el("table", el("thead", head), el("tbody", *rows))
    return el("details", el("summary", f"{len(rows)} × {len(table.column_names)}"), whole)


def _written(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def count(n: int) -> str:
    """A count as it is written in drawings."""
    return f"{n:,}"


def percent(share: float) -> str:
    """A share as it is written in drawings."""
    return f"{100 * share:.1f} %"


def _key(kind: str, told: object) -> str:
    """An id that only the same drawing has, so that several can stand on one page."""
    return f"{kind}-{blake2b(repr(told).encode(), digest_size=5).hexdigest()}"


# --- flows ---------------------------------------------------------------------------------------


class Stop(Protocol):
    """A place in a column of a flow."""

    @property
    def step(self) -> int: ...
    @property
    def name(self) -> str | None: ...
    @property
    def flows(self) -> int: ...


class Stream(Protocol):
    """Flows from a place to one in the next column."""

    @property
    def step(self) -> int: ...
    @property
    def origin(self) -> str | None: ...
    @property
    def target(self) -> str | None: ...
    @property
    def flows(self) -> int: ...


def flow_drawing(anchor: str | None, stops: Sequence[Stop], streams: Sequence[Stream]) -> Drawing | None:
    """Columns are steps; the anchor is 0. Bands that fade are those who begin or end there."""
    if not stops:
        return None
    lost = {(s.step, s.origin): s.flows for s in streams if s.target == LEFT}
    came = {(s.step + 1, s.target): s.flows for s in streams if s.origin == ENTERED}
    nodes = tuple(
        Node(
            slug=_slug(stop.step, stop.name), name=stop.name or NOBODY, phase=stop.name or "",
            column=stop.step, n=stop.flows, lost=lost.get((stop.step, stop.name), 0),
            came=came.get((stop.step, stop.name), 0),
        )
        for stop in stops
    )  # fmt: skip
    links = tuple(
        Link(_slug(s.step, s.origin), _slug(s.step + 1, s.target), s.flows)
        for s in streams
        if s.target != LEFT and s.origin != ENTERED
    )
    columns = [stop.step for stop in stops]
    most = max(columns.count(step) for step in columns)
    return sankey(
        Flow(nodes, links), key=_key("flow", (nodes, links)), title="flow",
        about=", ".join(f"{n.column}: {n.name} {count(n.n)}" for n in nodes), count=count,
        height=max(320.0, _ROOM * most + 130),
        heads={step: anchor or "0" if step == 0 else _signed(step) for step in columns},
    )  # fmt: skip


def _signed(step: int) -> str:
    return f"{step:+d}".replace("-", "−")


def _slug(step: int, name: str | None) -> str:
    return f"{step}:{name or ''}"


# --- funnels -------------------------------------------------------------------------------------


class Step(Protocol):
    """A step of a funnel."""

    @property
    def step(self) -> int: ...
    @property
    def name(self) -> str: ...
    @property
    def reached(self) -> int: ...
    @property
    def of_all(self) -> float | None: ...
    @property
    def of_all_low(self) -> float | None: ...
    @property
    def of_all_high(self) -> float | None: ...


def funnel_drawing(funnels: Iterable[tuple[str, Sequence[Step]]]) -> Drawing | None:
    """One group of bars per funnel, by name: the share that reached each step, of those who began."""
    groups = tuple(
        LaneGroup(name, tuple(_step_lane(step) for step in steps))
        for name, steps in funnels
        if steps and steps[0].reached
    )
    if not groups:
        return None
    about = "; ".join(f"{lane.label}: {lane.said}" for group in groups for lane in group.lanes)
    return draw_lanes(groups, key=_key("funnel", groups), title="funnel", about=about)


def _step_lane(step: Step) -> Lane:
    share = step.of_all or 0.0
    # all of the first step are there: an interval says nothing
    low, high = (None, None) if step.step == 1 else (step.of_all_low, step.of_all_high)
    return Lane(f"{step.step} {step.name}", share, low, high, f"{count(step.reached)} · {percent(share)}")


# --- retention -----------------------------------------------------------------------------------


def curve_drawing(kind: str, points: Iterable[SharePoint]) -> Drawing | None:
    """A share over the moments from 0 on, with the band of its interval."""
    known = tuple(points)
    if not known:
        return None
    about = ", ".join(f"{point.at}: {percent(point.share)}" for point in known)
    return draw_share_curve(
        known, _CURVE, _key("curve", known), (kind, about), lambda share: f"{100 * share:.0f} %"
    )


# --- attribution ---------------------------------------------------------------------------------


class Given(Protocol):
    """What a model gives to a place."""

    @property
    def model(self) -> str: ...
    @property
    def name(self) -> str | None: ...
    @property
    def conversions(self) -> float: ...
    @property
    def share(self) -> float: ...
    @property
    def low(self) -> float | None: ...
    @property
    def high(self) -> float | None: ...


def attribution_drawing(credits_: Sequence[Given]) -> Drawing | None:
    """Places by their largest share, each with a bar per model; the rest of a model stands together."""
    largest: dict[str | None, float] = {}
    for one in credits_:
        largest[one.name] = max(largest.get(one.name, 0.0), one.share)
    shown = sorted(largest, key=lambda name: (-largest[name], name or ""))[:MOST_PLACES]
    groups = [
        LaneGroup(name or NOBODY, tuple(_credit_lane(one) for one in credits_ if one.name == name))
        for name in shown
    ]
    rest = [one for one in credits_ if one.name not in shown]
    models = dict.fromkeys(one.model for one in rest)
    if rest:
        lanes = []
        for model in models:
            own = [one for one in rest if one.model == model]
            share, n = sum(one.share for one in own), sum(one.conversions for one in own)
            lanes.append(Lane(model, share, None, None, _credited(n, share)))
        groups.append(LaneGroup("(others)", tuple(lanes)))
    if not groups:
        return None
    about = "; ".join(f"{g.name}, {lane.label}: {lane.said}" for g in groups for lane in g.lanes)
    return draw_lanes(groups, key=_key("attribution", groups), title="attribution", about=about)


def _credit_lane(one: Given) -> Lane:
    return Lane(one.model, one.share, one.low, one.high, _credited(one.conversions, one.share))


def _credited(conversions: float, share: float) -> str:
    return f"{conversions:,.1f} · {percent(share)}"


__all__ = [
    "Drawing", "Pictured", "SharePoint", "attribution_drawing", "count", "curve_drawing", "flow_drawing",
    "funnel_drawing", "percent",
]  # fmt: skip
