"""Where the nodes and ribbons of a flow lie: columns, order by neighbours, no overlaps."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

SWEEPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """A touchpoint in column `column` that `n` customers passed, where `came` began and `lost` ended.

    Columns stand in the order of their numbers. `place`: what the flow can be asked around.
    `said`: what stands for the number where it is not told.
    """

    slug: str
    name: str
    phase: str
    column: int
    n: int
    lost: int = 0
    href: str = ""
    came: int = 0
    place: str = ""
    said: str = ""

    def told(self, count: Callable[[int], str]) -> str:
        """Its number as text, or what stands for it."""
        return self.said or count(self.n)


@dataclass(frozen=True, slots=True)
class Link:
    """`n` customers went from one node on to another in a later column."""

    source: str
    target: str
    n: int


@dataclass(frozen=True, slots=True)
class Flow:
    """Nodes and links of one drawing."""

    nodes: tuple[Node, ...]
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A node's rectangle: top and height in units of the drawing."""

    node: Node
    top: float
    height: float

    @property
    def middle(self) -> float:
        """Half way down."""
        return self.top + self.height / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """A link's band: where it leaves and arrives, and how thick it is."""

    link: Link
    leaves: float
    arrives: float
    thickness: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Boxes by slug, ribbons, and units of the drawing for one customer."""

    boxes: Mapping[str, Box]
    ribbons: tuple[Ribbon, ...]
    per_one: float = field(default=0.0)


def layout(flow: Flow, *, top: float, height: float, gap: float = 12.0, label: float = 34.0) -> Layout:
    """Place everything between `top` and `top + height`; every box has room for a label of `label` units."""
    columns = _columns(flow.nodes)
    sizes = {node.slug: float(_size(node, flow.links)) for node in flow.nodes}
    per_one = _per_one(columns, sizes, height, gap, label)
    heights = {slug: max(size * per_one, 1.5) for slug, size in sizes.items()}
    middles = _place(columns, heights, flow.links, (top, height, gap, label))
    boxes = {
        node.slug: Box(node=node, top=middles[node.slug] - heights[node.slug] / 2, height=heights[node.slug])
        for node in flow.nodes
    }
    return Layout(boxes, _ribbons(flow, boxes, per_one), per_one)


def _columns(nodes: Iterable[Node]) -> list[list[Node]]:
    by_column: dict[int, list[Node]] = {}
    for node in nodes:
        by_column.setdefault(node.column, []).append(node)
    return [sorted(by_column[c], key=lambda node: (-node.n, node.slug)) for c in sorted(by_column)]


def _size(node: Node, links: Sequence[Link]) -> int:
    arriving = sum(link.n for link in links if link.target == node.slug) + node.came
    leaving = sum(link.n for link in links if link.source == node.slug) + node.lost
    return max(node.n, arriving, leaving, 0)


def _per_one(
    columns: Sequence[Sequence[Node]], sizes: Mapping[str, float], height: float, gap: float, label: float
) -> float:
    """The largest scale at which every column, with its gaps and room for labels, fits the height."""

    def needed(per_one: float, column: Sequence[Node]) -> float:
        return sum(max(sizes[n.slug] * per_one, label) for n in column) + gap * (len(column) - 1)

    biggest = max((sum(sizes[n.slug] for n in column) for column in columns), default=0.0)
    if biggest <= 0:
        return 0.0
    low, high = 0.0, height / biggest
    for _ in range(40):
        middle = (low + high) / 2
        fits = all(needed(middle, column) <= height for column in columns)
        low, high = (middle, high) if fits else (low, middle)
    return low


def _place(
    columns: Sequence[Sequence[Node]],
    heights: Mapping[str, float],
    links: Sequence[Link],
    room: tuple[float, float, float, float],
) -> dict[str, float]:
    """Middles of all nodes: sweeps to the right and left pull nodes to their neighbours."""
    middles: dict[str, float] = {}
    for column in columns:
        _stack(list(column), heights, middles, room, centred=True)
    for sweep in range(SWEEPS):
        order = columns if sweep % 2 == 0 else list(reversed(columns))
        for column in order:
            for node in column:
                middles[node.slug] = _pull(node, links, middles, forward=sweep % 2 == 0)
            _stack(sorted(column, key=lambda n: middles[n.slug]), heights, middles, room, centred=False)
    return middles


def _pull(node: Node, links: Sequence[Link], middles: Mapping[str, float], *, forward: bool) -> float:
    """The mean height of the neighbours, weighted by customers; where it is, if there are none."""
    near = [
        (middles[link.source if forward else link.target], link.n)
        for link in links
        if (link.target if forward else link.source) == node.slug
    ]
    weight = sum(n for _y, n in near)
    return sum(y * n for y, n in near) / weight if weight else middles[node.slug]


def _stack(
    column: list[Node],
    heights: Mapping[str, float],
    middles: dict[str, float],
    room: tuple[float, float, float, float],
    *,
    centred: bool,
) -> None:
    """Put the column's nodes one under another near their wished middles, inside the room."""
    top, height, gap, label = room
    slots = [max(heights[n.slug], label) for n in column]
    total = sum(slots) + gap * (len(column) - 1)
    y = top + max(0.0, (height - total) / 2) if centred else top
    tops = []
    for node, slot in zip(column, slots, strict=True):
        y = y if centred else max(y, middles[node.slug] - slot / 2)
        tops.append(y)
        y += slot + gap
    floor = top + height
    for i in range(len(column) - 1, -1, -1):
        tops[i] = min(tops[i], floor - slots[i])
        floor = tops[i] - gap
    for node, slot, at in zip(column, slots, tops, strict=True):
        middles[node.slug] = max(at, top) + slot / 2


def _ribbons(flow: Flow, boxes: Mapping[str, Box], per_one: float) -> tuple[Ribbon, ...]:
    """Ribbons leave and arrive in the order of the boxes at their other end, so that few cross."""
    leaving = {slug: box.top for slug, box in boxes.items()}
    arriving = dict(leaving)
    leaves: dict[Link, float] = {}
    for link in sorted(flow.links, key=lambda k: (boxes[k.target].middle, k.target)):
        leaves[link] = leaving[link.source]
        leaving[link.source] += link.n * per_one
    ribbons = []
    for link in sorted(flow.links, key=lambda k: (boxes[k.source].middle, k.source)):
        ribbons.append(
            Ribbon(link=link, leaves=leaves[link], arrives=arriving[link.target], thickness=link.n * per_one)
        )
        arriving[link.target] += link.n * per_one
    return tuple(ribbons)
