"""The flow around an anchor: what is asked in the address, the drawing, the list of moves."""

from dataclasses import dataclass, replace
from typing import cast

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from viaggio.estimate import wilson
from viaggio.journey.filter import Among, Did, all_of, write_filter
from viaggio.journey.kernels.flow import Flow as JourneyFlow
from viaggio.journey.kernels.flow import FlowStop, FlowStream, Which
from viaggio.journey.kernels.touchpoint_steps import ENTERED, LEFT, OTHERS
from viaggio.web.journey.services.explore.asking import CannotAnswer, answer, known_kinds
from viaggio.web.journey.services.explore.sheet import Cell, Sheet, share_cell, told_cell
from viaggio.web.journey.services.explore.small import Untold, folded, untold
from viaggio.web.journey.services.explore.words import (
    Choices,
    kind_choices,
    kind_words,
    place_words,
    read_kind,
)
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Chart, Flow, Link, Node, flow_chart
from viaggio.web.shared.charts.flow_grips import Depth, Grips
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.filters import Option

DEPTH, MOST_DEPTH = 3, 5
PLACES = (5, 8, 12)
ROOM = 72.0  # height of one place in the drawing, with its label


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowAsked:
    """What the address asks: around what, which occurrence, how many steps on each side, how many places."""

    anchor: str = ""
    which: str = "start"
    before: int = DEPTH
    after: int = DEPTH
    places: int = 8

    @classmethod
    def of(cls, query: QueryDict) -> "FlowAsked":
        """Read kindly: what makes no sense is left as it would be without."""
        anchor = query.get("anchor", "").strip()
        which = query.get("which", "")
        allowed = ("first", "last", "every") if anchor else ("start", "end")
        return cls(
            anchor=anchor,
            which=which if which in allowed else allowed[0],
            before=_whole(query, "before", DEPTH, 0, MOST_DEPTH),
            after=_whole(query, "after", DEPTH, 0, MOST_DEPTH),
            places=_whole(query, "places", 8, 1, 20),
        )

    def said(self) -> dict[str, str]:
        """The address' values, those alone that are not the usual ones."""
        usual = {"which": "first" if self.anchor else "start", "before": str(DEPTH), "after": str(DEPTH),
                 "places": "8", "anchor": ""}  # fmt: skip
        now = {"anchor": self.anchor, "which": self.which, "before": str(self.before),
               "after": str(self.after), "places": str(self.places)}  # fmt: skip
        return {name: value for name, value in now.items() if value != usual[name]}


@dataclass(frozen=True, slots=True, kw_only=True)
class FlowPage:
    """The page: the form's choices, the drawing, the numbers."""

    asked: FlowAsked
    anchors: list[Choices]
    whiches: list[Option]
    depths: dict[str, list[Option]]
    chart: Chart | None = None
    base: str = ""
    reason: str = ""
    sheets: tuple[Sheet, ...] = ()


def _whole(query: QueryDict, name: str, usual: int, least: int, most: int) -> int:
    text = query.get(name, "")
    return min(max(int(text), least), most) if text.isascii() and text.isdigit() and len(text) < 4 else usual


def flow_page(desk: Desk, asked: FlowAsked) -> FlowPage:
    """The page under the desk's filters; with the reason where there is nothing to show."""
    whiches = _whiches(asked)
    page = FlowPage(
        asked=asked,
        anchors=kind_choices(desk, asked.anchor, empty=_("The whole journey")),
        whiches=whiches,
        depths={
            "before": _numbers(asked.before, range(MOST_DEPTH + 1)),
            "after": _numbers(asked.after, range(MOST_DEPTH + 1)),
            "places": _numbers(asked.places, sorted({*PLACES, asked.places})),
        },
    )
    try:
        found = asked_flow(desk, asked)
    except CannotAnswer as error:
        return _with(page, reason=str(error))
    if not found.flows or found.reaching < desk.minimum:
        return _with(page, reason=_("No journeys to show in this period and selection."))
    hidden = untold(found, desk.minimum)
    return _with(
        page,
        chart=_chart(desk, asked, found, hidden),
        base=_base(desk, asked, found),
        sheets=(moves_sheet(desk, asked, found, hidden), places_sheet(desk, asked, found, hidden)),
    )


def _with(page: FlowPage, **changes: object) -> FlowPage:
    return replace(page, **changes)  # type: ignore[arg-type]  # names and types stand just above


def asked_flow(desk: Desk, asked: FlowAsked) -> JourneyFlow:
    """The flow, small groups folded; raises `CannotAnswer`."""
    kind = read_kind(asked.anchor)
    if asked.anchor and kind is None:
        raise CannotAnswer(_("The anchor is not understood: choose it from the list."))
    if kind is not None:
        known_kinds(desk, [kind])
    found = answer(
        desk, "flow", anchor=kind, which=cast("Which", asked.which), before=asked.before, after=asked.after,
        top=asked.places,
    )  # fmt: skip
    return folded(found, desk.minimum)


def _base(desk: Desk, asked: FlowAsked, found: JourneyFlow) -> str:
    kind = read_kind(asked.anchor)
    n, all_of_them = formats.number(found.reaching), formats.number(found.customers)
    if kind is None:
        return ngettext("%(n)s customer.", "%(n)s customers.", found.reaching) % {"n": n}
    words = {"n": n, "all": all_of_them, "anchor": kind_words(desk, kind),
             "share": formats.share(found.reaching / found.customers)}  # fmt: skip
    text = _("%(n)s of %(all)s customers (%(share)s) come to %(anchor)s.") % words
    if asked.which == "every":
        times = ngettext("%(n)s occurrence.", "%(n)s occurrences.", found.flows)
        text += " " + times % {"n": formats.number(found.flows)}
    return text


def _chart(desk: Desk, asked: FlowAsked, found: JourneyFlow, hidden: Untold) -> Chart:
    heads = {stop.step: _head(desk, asked, stop.step) for stop in found.stops}
    most = max(sum(stop.step == step for stop in found.stops) for step in heads)
    return flow_chart(
        drawing(desk, asked, found, hidden),
        key="around",
        title=_("Steps before and after"),
        about=_("Columns are steps; the thickness of a band is the number of customers who take it."),
        phases={},
        heads=heads,
        count=formats.number,
        height=max(360.0, ROOM * most + 130),
        grips=_grips(desk, asked),
    )


def _grips(desk: Desk, asked: FlowAsked) -> Grips:
    """What can be moved in the drawing: the anchor and, where there are any, the steps on each side."""
    kind = read_kind(asked.anchor)
    return Grips(
        anchor=_("The whole journey") if kind is None else kind_words(desk, kind),
        hint=_("drag it onto a touchpoint, or choose one with the arrow keys and Enter"),
        before=None if asked.which == "start" else Depth(
            field="before", now=asked.before, most=MOST_DEPTH, label=_("Steps before"),
            said=ngettext("%(n)d step before", "%(n)d steps before", asked.before) % {"n": asked.before},
        ),
        after=None if asked.which == "end" else Depth(
            field="after", now=asked.after, most=MOST_DEPTH, label=_("Steps after"),
            said=ngettext("%(n)d step after", "%(n)d steps after", asked.after) % {"n": asked.after},
        ),
    )  # fmt: skip


def _head(desk: Desk, asked: FlowAsked, step: int) -> str:
    if step == 0:
        kind = read_kind(asked.anchor)
        if kind is not None:
            return kind_words(desk, kind)
        return _("Last step") if asked.which == "end" else _("First step")
    if asked.which == "start":
        return _("Step %(n)d") % {"n": step + 1}
    if step < 0:
        return ngettext("%(n)d step before", "%(n)d steps before", -step) % {"n": -step}
    return ngettext("%(n)d step after", "%(n)d steps after", step) % {"n": step}


def drawing(desk: Desk, asked: FlowAsked, found: JourneyFlow, hidden: Untold) -> Flow:
    """Places as nodes in the columns of their steps; who begins or ends there as its stubs."""
    catalogue = desk.extent.touchpoints
    lost = {(s.step, s.origin): s.flows for s in found.streams if s.target == LEFT and s not in hidden.moves}
    came = {
        (s.step + 1, s.target): s.flows
        for s in found.streams
        if s.origin == ENTERED and s not in hidden.moves
    }
    nodes = tuple(
        Node(
            slug=_slug(stop.step, stop.name), name=place_words(desk, stop.name),
            phase=str(catalogue.get(stop.name or "", {}).get("phase", "")), column=stop.step,
            n=_told_flows(found, stop, hidden), said="·" if (stop.step, stop.name) in hidden.places else "",
            lost=lost.get((stop.step, stop.name), 0), came=came.get((stop.step, stop.name), 0),
            href=who_did(desk, stop.name), place=stop.name if stop.name and stop.name != OTHERS else "",
        )
        for stop in found.stops
    )  # fmt: skip
    links = tuple(
        Link(_slug(s.step, s.origin), _slug(s.step + 1, s.target), s.flows)
        for s in found.streams
        if s.target != LEFT and s.origin != ENTERED and s not in hidden.moves
    )
    return Flow(nodes, links)


def _told_flows(found: JourneyFlow, stop: FlowStop, hidden: Untold) -> int:
    """How thick a place is drawn: as many as come there; where that is not told, those told who go on."""
    if (stop.step, stop.name) not in hidden.places:
        return stop.flows
    at = (stop.step, stop.name)
    return sum(s.flows for s in found.streams if (s.step, s.origin) == at and s not in hidden.moves)


def _slug(step: int, name: str | None) -> str:
    return f"{step}:{name or ''}"


def who_did(desk: Desk, touchpoint: str | None) -> str:
    """The address of this page for the customers who did a touchpoint in the period; empty for no place."""
    if touchpoint is None or touchpoint == OTHERS:
        return ""
    did = Did(what=Among("touchpoint", (touchpoint,)), during=desk.filters.period)
    return desk.filters.to(reverse("journey:flow"), where=write_filter(all_of([desk.filters.said, did])))


def _order(s: FlowStream) -> tuple[object, ...]:
    return (s.step, -s.flows, s.origin or "", s.target or "")


def moves_sheet(desk: Desk, asked: FlowAsked, found: JourneyFlow, hidden: Untold) -> Sheet:
    """One row per move between neighbouring columns."""
    rows = [
        (
            Cell(place_words(desk, s.origin), s.origin), Cell(place_words(desk, s.target), s.target),
            Cell(formats.number(s.step, signed=True) if s.step else "0", s.step),
            told_cell(s.flows, desk.minimum, told=s not in hidden.moves),
            *_shares(asked, s.flows if s not in hidden.moves else None, found.flows),
        )
        for s in sorted(found.streams, key=_order)
    ]  # fmt: skip
    return Sheet(
        key="moves",
        title=_("Moves"),
        columns=((_("From"), "origin"), (_("To"), "target"), (_("Step"), "step"),
                 (_("Customers"), "flows"), (_("Share"), "share")),
        rows=rows,
        more=("low", "high"),
        lead=_(
            "Shares are of all occurrences. A customer can be counted several times, so there is no interval."
        )
        if asked.which == "every"
        else _("Shares are of all customers shown, with Wilson's interval at 95%."),
    )  # fmt: skip


def _shares(asked: FlowAsked, n: int | None, of: int) -> tuple[Cell, Cell, Cell]:
    """The share, then its ends for the file: none where a customer can be counted several times."""
    if n is None:
        return Cell("·", None), Cell("", None), Cell("", None)
    low, high = (None, None) if asked.which == "every" else wilson(n, of)
    return share_cell(n / of, low, high), Cell("", low), Cell("", high)


def places_sheet(desk: Desk, asked: FlowAsked, found: JourneyFlow, hidden: Untold) -> Sheet:
    """One row per place and column."""

    def order(stop: FlowStop) -> tuple[object, ...]:
        return (stop.step, stop.name == OTHERS, -stop.flows, stop.name or "")

    rows = [
        (
            Cell(place_words(desk, stop.name), stop.name, who_did(desk, stop.name)),
            Cell(_head(desk, asked, stop.step), stop.step),
            told_cell(stop.flows, desk.minimum, told=(stop.step, stop.name) not in hidden.places),
            *_shares(
                asked, None if (stop.step, stop.name) in hidden.places else stop.flows, found.flows
            ),
        )
        for stop in sorted(found.stops, key=order)
    ]  # fmt: skip
    return Sheet(
        key="places",
        title=_("Places step by step"),
        columns=((_("Touchpoint"), "place"), (_("Step"), "step"), (_("Customers"), "flows"),
                 (_("Share"), "share")),
        rows=rows,
        more=("low", "high"),
        lead=_("Choose a touchpoint to see only the journeys of the customers who were there."),
    )  # fmt: skip


def _whiches(asked: FlowAsked) -> list[Option]:
    labels = (
        {"first": _("First time"), "last": _("Last time"), "every": _("Every time")}
        if asked.anchor
        else {"start": _("From the first step"), "end": _("Up to the last step")}
    )
    return [Option(value, label, value == asked.which) for value, label in labels.items()]


def _numbers(now: int, values: "range | list[int]") -> list[Option]:
    return [Option(str(value), str(value), value == now) for value in values]
