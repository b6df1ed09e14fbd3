"""Flows around an anchor: the steps before and after it, as columns of places with links between them."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.kernels.touchpoint_steps import (
    ENTERED,
    LEFT,
    columns_and_links,
    order_in_column,
    shown_places,
)
from viaggio.journey.kinds import Bits, InteractionKind, bits_of
from viaggio.journey.pictures import Drawing, Pictured, flow_drawing
from viaggio.journey.rows import arrow_table, names
from viaggio.journey.spread import COUNT
from viaggio.journey.tally import FULL, Tally, fill, merge_tallies, row_of
from viaggio.journey.where import Keep
from viaggio.kernel import ViaggioError

MOST_COLUMNS = 50
"""Steps on one side of the anchor."""

Which = Literal["first", "last", "every", "start", "end"]
_WHICH = ("first", "last", "every", "start", "end")
FIRST, LAST, EVERY, START, END = range(5)
"""Places in `_WHICH`, for the walk."""


class BadAnchor(ViaggioError):
    """A flow around nothing, or an anchor where none belongs."""

    code = "journey.anchor.bad"


@dataclass(frozen=True, slots=True)
class FlowStop:
    """A place in a column and the flows that are there; `step` 0 is the anchor, -1 the column before it."""

    step: int
    name: str | None
    flows: int


@dataclass(frozen=True, slots=True)
class FlowStream:
    """Flows from `origin` in column `step` to `target` in the next; `ENTERED` and `LEFT` are no places."""

    step: int
    origin: str | None
    target: str | None
    flows: int


@dataclass(frozen=True, slots=True)
class Flow(Pictured):
    """Columns around an anchor, largest first; others and those without a value last.

    `customers` of all have interactions, `reaching` of them come to the anchor, `flows` times in all: once
    each, unless every occurrence is asked for. Of each place: flows = streams from it = streams to it, where
    there is a column before or after. Each column is the one nearer to the anchor without those who entered
    (or left) there; column 0 holds all flows.
    """

    by: Coded
    anchor: str | None
    which: Which
    customers: int
    reaching: int
    flows: int
    stops: tuple[FlowStop, ...]
    streams: tuple[FlowStream, ...]

    def table(self) -> pa.Table:
        """One line per stream."""
        return arrow_table(self.streams, FlowStream)

    def stops_table(self) -> pa.Table:
        """One line per place and column."""
        return arrow_table(self.stops, FlowStop)

    def drawing(self) -> Drawing | None:
        """The columns with their bands; None without flows."""
        return flow_drawing(self.anchor, self.stops, self.streams)


@dataclass(frozen=True, slots=True, eq=False)
class FlowPart:
    """Customers, those who reach the anchor, and links, away from the anchor.

    Link keys are (s * (n + 1) + nearer) * (n + 1) + farther: s = 0 leads from nowhere to the anchor itself,
    s = 1 to `after` forwards, s beyond that backwards. Place n is nowhere.
    """

    customers: int
    reaching: int
    links: Tally


@compiled
def _steps(  # noqa: PLR0917 -- columns, a range of rows, then what is filled
    codes: Array, kind: Array, table: Bits, more: Bits, keep: Keep, start: int, end: int, collapse: bool,
    places: Whole, marked: Keep,
) -> int:  # fmt: skip
    """The steps of one customer, and which of them are anchors; returns how many there are."""
    masked, narrowed = len(keep) > 0, len(more) > 0
    steps = 0
    for i in range(start, end):
        if masked and not keep[i]:
            continue
        here = int(codes[i]) + 1
        hit = table[kind[i] + 1] != 0 and (not narrowed or more[i] != 0)
        if collapse and steps > 0 and places[steps - 1] == here:
            marked[steps - 1] |= hit
            continue
        places[steps] = here
        marked[steps] = hit
        steps += 1
    return steps


@compiled
def _add_links(  # noqa: PLR0917 -- the customer's steps, parameters, then rows of a tally
    places: Whole, steps: int, anchor: int, n: int, ahead: int, back: int, used: int,
    slots: Array, keys: Whole, sums: Whole,
) -> int:  # fmt: skip
    """Add the links around one anchor; returns the rows used or `FULL`."""
    last = len(slots) - 1
    for way in (1, -1):
        nearer = n if way > 0 else int(places[anchor])
        for s in range(0 if way > 0 else 1, (ahead if way > 0 else back) + 1):
            at = anchor + way * s
            farther = int(places[at]) if 0 <= at < steps else n
            key = ((s if way > 0 else ahead + s) * (n + 1) + nearer) * (n + 1) + farther
            row = int(slots[key & last])
            if row < 0 or keys[row] != key:
                row = row_of(key, used, slots, keys)
                if row == FULL:
                    return FULL
                used = max(used, row + 1)
            sums[row, COUNT] += 1
            nearer = farther
            if farther == n:
                break
    return used


@compiled
def _walk(  # noqa: PLR0917 -- columns, parameters, then rows of a tally
    codes: Array, kind: Array, table: Bits, more: Bits, offsets: Whole, keep: Keep, n: int,
    which: int, ahead: int, back: int, collapse: bool, slots: Array, keys: Whole, sums: Whole,
) -> tuple[int, tuple[int, int]]:  # fmt: skip
    longest = 0
    for c in range(len(offsets) - 1):
        longest = max(longest, offsets[c + 1] - offsets[c])
    places = np.zeros(longest, np.int64)
    marked = np.zeros(longest, np.bool_)
    used = customers = reaching = 0
    for c in range(len(offsets) - 1):
        start, end = offsets[c], offsets[c + 1]
        steps = _steps(codes, kind, table, more, keep, start, end, collapse, places, marked)
        met = False
        for j in range(steps):
            anchor = steps - 1 - j if which in (LAST, END) else j
            if not marked[anchor] and which not in (START, END):
                continue
            met = True
            used = _add_links(places, steps, anchor, n, ahead, back, used, slots, keys, sums)
            if used == FULL:
                return FULL, (0, 0)
            if which != EVERY:
                break
        customers += steps > 0
        reaching += met
    return used, (customers, reaching)


@dataclass(frozen=True, slots=True)
class FlowKernel:
    """Up to `before` steps before and `after` steps after an anchor.

    `which`: the `first`, `last` or `every` step with an interaction of the kind `anchor`, or the `start` or
    `end` of the journey, which need no anchor. With `collapse` consecutive interactions in one place are one
    step and one occurrence. `top`: places with most flows over all columns; the others are shown together.
    """

    anchor: InteractionKind | None = None
    which: Which = "first"
    before: int = 3
    after: int = 3
    top: int = 12
    by: Coded = "touchpoint"
    collapse: bool = True

    def __post_init__(self) -> None:
        """Raise `BadAnchor` where the anchor and `which` do not fit together, `ValueError` for no columns."""
        if not (0 <= self.before <= MOST_COLUMNS and 0 <= self.after <= MOST_COLUMNS):
            raise ValueError(f"a flow has 0 to {MOST_COLUMNS} steps on each side")
        if self.which not in _WHICH:
            raise BadAnchor(f"'{self.which}' is no anchor", hint=f"Known: {', '.join(_WHICH)}.")
        if (self.anchor is None) != (self.which in {"start", "end"}):
            raise BadAnchor(
                f"a flow around '{self.which}' {'without' if self.anchor is None else 'with'} an anchor",
                hint="first, last and every need one; start and end take none.",
            )

    @property
    def _ahead(self) -> int:
        return 0 if self.which == "end" else self.after

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> FlowPart:
        """Links of one bucket."""
        n = len(codes.of(self.by)) + 1
        kind = bits_of([self.anchor or InteractionKind()], bucket, codes)
        back = 0 if self.which == "start" else self.before

        def walk(slots: Array, keys: Whole, sums: Whole, *_: Whole) -> tuple[int, tuple[int, int]]:
            return _walk(
                bucket.coded(self.by), kind.codes, kind.table, kind.more, bucket.offsets, keep, n,
                _WHICH.index(self.which), self._ahead, back, self.collapse, slots, keys, sums,
            )  # fmt: skip

        links, (customers, reaching) = fill(walk, (self._ahead + back + 1) * (n + 1) ** 2, 1)
        return FlowPart(customers, reaching, links)

    def merge(self, one: FlowPart, other: FlowPart) -> FlowPart:
        """Sums, link by link."""
        return FlowPart(
            one.customers + other.customers,
            one.reaching + other.reaching,
            merge_tallies(one.links, other.links),
        )

    def finish(self, part: FlowPart, codes: Codes) -> Flow:
        """With names, rare places put together."""
        known = (*names(codes.of(self.by)), LEFT)
        shown = shown_places(part.links, known, self.top)
        stops: list[FlowStop] = []
        streams: list[FlowStream] = []
        ahead = self._ahead
        nodes, links = columns_and_links(part.links, known, shown)
        for (column, name), flows in nodes.items():
            step = column - 1
            stops.append(FlowStop(step if step <= ahead else ahead - step, name, flows))
        for (step, nearer, farther), flows in links.items():
            if step <= ahead:
                streams.append(FlowStream(step - 1, nearer, farther, flows))
            else:
                streams.append(
                    FlowStream(ahead - step, ENTERED if farther == LEFT else farther, nearer, flows)
                )
        return Flow(
            self.by,
            self.anchor.label if self.anchor else None,
            self.which,
            part.customers,
            part.reaching,
            sum(stop.flows for stop in stops if stop.step == 0),
            tuple(sorted(stops, key=lambda s: order_in_column(s.step, s.flows, s.name))),
            tuple(sorted(streams, key=lambda s: order_in_column(s.step, s.flows, s.origin, s.target))),
        )
