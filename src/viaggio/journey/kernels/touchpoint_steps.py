"""The first steps of customers, for the flow chart: columns of places, links between neighbours."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Coded, Codes, Whole
from viaggio.journey.rows import arrow_table, names, rank
from viaggio.journey.spread import COUNT
from viaggio.journey.tally import FULL, Tally, fill, merge_tallies, row_of
from viaggio.journey.where import Keep

LEFT = "(left)"
"""Target of a link for customers who have no further step."""

OTHERS = "(others)"
"""All places beyond the most frequent ones, together."""

ENTERED = "(entered)"
"""Origin of a link for journeys that have no earlier step."""

_NO_PLACES = (OTHERS, LEFT, ENTERED, None)


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A place in a column (`step` counts from 1) and the customers who are there at that step."""

    step: int
    name: str | None
    customers: int


@dataclass(frozen=True, slots=True)
class FlowLink:
    """Customers who go from `origin` at `step` to `target` at the next one, or have left (`LEFT`)."""

    step: int
    origin: str | None
    target: str | None
    customers: int


@dataclass(frozen=True, slots=True)
class TouchpointSteps:
    """Columns of the flow chart, largest node first, others and those without a value last.

    Of each column: customers = those of the column before - those who left there. The first column holds all
    customers; the last one has no links, as what follows is not looked at.
    """

    by: Coded
    customers: int
    nodes: tuple[FlowNode, ...]
    links: tuple[FlowLink, ...]

    def table(self) -> pa.Table:
        """One line per link."""
        return arrow_table(self.links, FlowLink)

    def nodes_table(self) -> pa.Table:
        """One line per node."""
        return arrow_table(self.nodes, FlowNode)


@compiled
def _walk(  # noqa: PLR0917 -- columns, then rows of a tally
    codes: Array, offsets: Whole, keep: Keep, n: int, steps: int, once: bool,
    slots: Array, keys: Whole, sums: Whole,
) -> tuple[int, int]:  # fmt: skip
    masked = len(keep) > 0
    used, last = 0, len(slots) - 1
    met = np.full(n, -1, np.int64)  # the last customer who came to each place
    for c in range(len(offsets) - 1):
        before = -1
        step = 0  # steps taken
        end = offsets[c + 1]
        for i in range(offsets[c], end + 1):
            over = i == end
            if not over and masked and not keep[i]:
                continue
            here = n if over else int(codes[i]) + 1  # n: left
            if here == before or (over and before < 0) or (once and not over and met[here] == c):
                continue
            if not over:
                met[here] = c
            # key: the step, its place (n at the start) and the next one
            key = (step * (n + 1) + (before if step else n)) * (n + 1) + here
            row = int(slots[key & last])
            if row < 0 or keys[row] != key:
                row = row_of(key, used, slots, keys)
                if row == FULL:
                    return FULL, 0
                used = max(used, row + 1)
            sums[row, COUNT] += 1
            before = here
            step += 1
            if step == steps:
                break
    return used, 0


@dataclass(frozen=True, slots=True)
class TouchpointStepKernel:
    """The first `steps` steps of each customer; consecutive interactions in one place are one step.

    `once`: only a customer's first visit to each place is a step, so that nobody comes back.
    `top`: places with most customers over all columns; the others are shown together.
    """

    steps: int = 5
    top: int = 12
    by: Coded = "touchpoint"
    once: bool = False

    def __post_init__(self) -> None:
        """Raise `ValueError` for no steps."""
        if self.steps < 1:
            raise ValueError(f"a flow has at least one step, not {self.steps}")

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Tally:
        """Links of one bucket, those from the start to the first step (number 0) included."""
        n = len(codes.of(self.by)) + 1
        walk = partial(_walk, bucket.coded(self.by), bucket.offsets, keep, n, self.steps, self.once)
        return fill(lambda slots, keys, sums, *_: walk(slots, keys, sums), self.steps * (n + 1) ** 2, 1)[0]

    def merge(self, one: Tally, other: Tally) -> Tally:
        """Sums, link by link."""
        return merge_tallies(one, other)

    def finish(self, part: Tally, codes: Codes) -> TouchpointSteps:
        """With names, rare places put together."""
        known = (*names(codes.of(self.by)), LEFT)
        nodes, links = columns_and_links(part, known, shown_places(part, known, self.top))
        return TouchpointSteps(
            self.by,
            sum(count for (step, _), count in nodes.items() if step == 1),
            tuple(
                FlowNode(*at, nodes[at])
                for at in sorted(nodes, key=lambda k: order_in_column(k[0], nodes[k], *k[1:]))
            ),
            tuple(
                FlowLink(*at, links[at])
                for at in sorted(links, key=lambda k: order_in_column(k[0], links[k], *k[1:]))
            ),
        )


def _unpacked(part: Tally, n: int) -> tuple[Whole, Whole, Whole, Whole]:
    """Step, origin, target and count of each link; n places, the last of them where journeys end."""
    step, pair = np.divmod(part.keys, n * n)
    origin, target = np.divmod(pair, n)
    return step, origin, target, part.sums[:, COUNT]


def columns_and_links(
    part: Tally, known: tuple[str | None, ...], shown: set[int]
) -> tuple[dict[tuple[int, str | None], int], dict[tuple[int, str | None, str | None], int]]:
    """Counts of (column, place) and of (column, place, next place), places not shown put together.

    `part`: links under the key (step * n + origin) * n + target; those of step 0 lead into column 1, and
    place n - 1 stands for the end of a journey.
    """
    n = len(known)
    nodes: dict[tuple[int, str | None], int] = {}
    links: dict[tuple[int, str | None, str | None], int] = {}
    for s, a, b, count in zip(*(x.tolist() for x in _unpacked(part, n)), strict=True):
        here = known[b] if b == n - 1 or b in shown else OTHERS
        if b < n - 1:
            nodes[s + 1, here] = nodes.get((s + 1, here), 0) + count
        if s:
            there = known[a] if a in shown else OTHERS
            links[s, there, here] = links.get((s, there, here), 0) + count
    return nodes, links


def shown_places(part: Tally, known: tuple[str | None, ...], top: int) -> set[int]:
    """The `top` places with most visits over all columns; of equals, those that come first by name."""
    n = len(known)
    _, _, target, counts = _unpacked(part, n)
    visits = np.bincount(target[target < n - 1], counts[target < n - 1], minlength=n - 1)
    by_visits = sorted(
        np.flatnonzero(visits).tolist(), key=lambda place: (-visits[place], rank(known[place]))
    )
    return set(by_visits[:top])


def order_in_column(step: int, customers: int, *places: str | None) -> tuple[object, ...]:
    """Sorting key: by column, the largest first, what is no place last."""
    last = any(place in _NO_PLACES for place in places)
    return (step, last, -customers, *map(rank, places))
