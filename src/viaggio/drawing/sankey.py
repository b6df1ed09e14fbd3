"""Where customers pass: a Sankey of places with fading stubs for those who leave and those who arrive."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from viaggio.drawing.flow_layout import Box, Flow, Layout, Node, Ribbon, layout
from viaggio.drawing.phases import ORDER, phase_class
from viaggio.drawing.svg import Drawing, el, join, picture, px, text

WIDTH, BAR, TOP, CHARACTER = 1120.0, 12.0, 44.0, 6.9
LAST, LABEL = (
    118.0,
    46.0,
)  # room for the labels of the last column; height of a label of two lines and a number
type Count = Callable[[int], str]
type More = Callable[[Mapping[int, float], float], str]
"""Marks besides, from the left edges of the columns and how far they are apart."""


def sankey(
    flow: Flow,
    *,
    key: str,
    title: str,
    about: str,
    count: Count,
    height: float = 420.0,
    heads: Mapping[int, str] | None = None,
    phases: Mapping[str, str] | None = None,
    more: More | None = None,
) -> Drawing:
    """The drawing; `heads` stand over each column, else the `phases` over theirs. `key` makes ids unique."""
    placed = layout(flow, top=TOP + 16, height=height - TOP - 40, gap=22, label=LABEL)
    xs = _places(flow.nodes)
    parts = [
        _gradient(key), _heads(flow.nodes, xs, phases or {}) if heads is None else _step_heads(xs, heads),
        *(_ribbon(ribbon, placed, xs) for ribbon in placed.ribbons),
        *(_stub(box, placed, xs, key, count) for box in placed.boxes.values()),
        *(_arrival(box, placed, xs, key, count) for box in placed.boxes.values()),
        *(_node(box, placed, xs, count) for box in placed.boxes.values()),
        *([more(xs, _apart(xs))] if more else []),
    ]  # fmt: skip
    linked = more is not None or any(node.href for node in flow.nodes)
    return picture(WIDTH, height, *parts, key=key, title=title, about=about, linked=linked)


def _places(nodes: Sequence[Node]) -> dict[int, float]:
    """Left edge of each column; the last leaves room for its labels."""
    columns = sorted({node.column for node in nodes})
    room = WIDTH - 8 - BAR - LAST
    apart = room / max(len(columns) - 1, 1)
    return {column: 4 + i * apart for i, column in enumerate(columns)}


def _apart(xs: Mapping[int, float]) -> float:
    places = sorted(xs.values())
    return min((b - a for a, b in pairwise(places)), default=WIDTH / 2)


def _heads(nodes: Sequence[Node], xs: Mapping[int, float], phases: Mapping[str, str]) -> Drawing:
    """The phase's name over a bar in its colour that spans its columns."""
    marks = []
    for phase in ORDER:
        at = sorted(xs[node.column] for node in nodes if node.phase == phase)
        if not at:
            continue
        far = max(at[-1] + BAR + 40, at[0] + CHARACTER * len(phases.get(phase, phase)))
        later = [x for x in xs.values() if x > at[-1]]
        far = min(far, min(later, default=WIDTH) - 10)
        marks.append(text(at[0], 16, phases.get(phase, phase), kind="ch-head"))
        marks.append(
            el(
                "rect",
                x=at[0],
                y=24,
                width=far - at[0],
                height=4,
                rx=1,
                class_=f"ph-fill {phase_class(phase)}",
            )
        )
    return join(marks)


def _step_heads(xs: Mapping[int, float], heads: Mapping[int, str]) -> Drawing:
    """The step's name over each column, on two lines where it is long."""
    room = max(int(_apart(xs) / CHARACTER) - 2, 8)
    return join(
        text(x, 14 + 15 * i, line, kind="ch-head")
        for column, x in xs.items()
        for i, line in enumerate(wrapped(heads.get(column, ""), room))
    )


def _ribbon(ribbon: Ribbon, placed: Layout, xs: Mapping[int, float]) -> Drawing:
    source = placed.boxes[ribbon.link.source].node
    x1 = xs[source.column] + BAR
    x2 = xs[placed.boxes[ribbon.link.target].node.column]
    half = (x1 + x2) / 2
    a, b, thick = ribbon.leaves, ribbon.arrives, max(ribbon.thickness, 0.8)
    path = (
        f"M{px(x1)} {px(a)}C{px(half)} {px(a)} {px(half)} {px(b)} {px(x2)} {px(b)}V{px(b + thick)}"
        f"C{px(half)} {px(b + thick)} {px(half)} {px(a + thick)} {px(x1)} {px(a + thick)}Z"
    )
    return el("path", d=path, class_=f"ch-ribbon {phase_class(source.phase)}")


def _gradient(key: str) -> Drawing:
    stops = (el("stop", offset="0", class_="exit-a"), el("stop", offset="1", class_="exit-b"))
    came = (el("stop", offset="0", class_="entry-a"), el("stop", offset="1", class_="entry-b"))
    return el(
        "defs",
        el("linearGradient", *stops, id=f"{key}-exit"),
        el("linearGradient", *came, id=f"{key}-entry"),
    )


def _stub(box: Box, placed: Layout, xs: Mapping[int, float], key: str, count: Count) -> Drawing:
    """Those who end here: a short band from the box's foot that fades, with their number."""
    if box.node.lost <= 0:
        return join([])
    thick = max(box.node.lost * placed.per_one, 1.0)
    x, foot = xs[box.node.column] + BAR, box.top + box.height
    top, long = foot - thick, min(46.0, _apart(xs) * 0.4)
    drop = min(10.0, 4 + thick / 6)
    path = (
        f"M{px(x)} {px(top)}Q{px(x + long * 0.7)} {px(top)} {px(x + long)} {px(top + drop)}V{px(foot + drop)}"
        f"Q{px(x + long * 0.7)} {px(foot)} {px(x)} {px(foot)}Z"
    )
    fade = el("path", d=path, fill=f"url(#{key}-exit)")
    label = text(x + 6, foot + drop + 6, f"−{count(box.node.lost)}", kind="ch-lost")
    return join([fade, label])


def _arrival(box: Box, placed: Layout, xs: Mapping[int, float], key: str, count: Count) -> Drawing:
    """Those who begin here: a short band that fades in towards the box's foot, with their number."""
    if box.node.came <= 0 or box.node.column == min(xs):
        return join([])
    thick = max(box.node.came * placed.per_one, 1.0)
    x, foot = xs[box.node.column], box.top + box.height
    top, long = foot - thick, min(38.0, _apart(xs) * 0.3)
    path = (
        f"M{px(x)} {px(top)}Q{px(x - long * 0.7)} {px(top)} {px(x - long)} {px(top + 6)}V{px(foot + 6)}"
        f"Q{px(x - long * 0.7)} {px(foot)} {px(x)} {px(foot)}Z"
    )
    band = el("path", d=path, fill=f"url(#{key}-entry)")
    return join([band, text(x - 4, foot + 15, f"+{count(box.node.came)}", kind="ch-came", anchor="end")])


def _node(box: Box, placed: Layout, xs: Mapping[int, float], count: Count) -> Drawing:
    x, name = xs[box.node.column], box.node.name
    room = int((LAST if box.node.column == max(xs) else _apart(xs) - BAR - 12) / CHARACTER)
    lines = wrapped(name, max(room, 6))
    bar = el(
        "rect",
        x=x,
        y=box.top,
        width=BAR,
        height=box.height,
        rx=2,
        class_=f"ph-fill {phase_class(box.node.phase)}",
    )
    # A target of 24 units, whatever the height of the box, for fingers and pointers.
    tall = max(box.height, LABEL)
    area = el("rect", x=x - 2, y=box.middle - tall / 2, width=_apart(xs) * 0.8, height=tall, class_="ch-hit")
    stub = max(box.node.lost * placed.per_one, 1.0) if box.node.lost > 0 else 0.0
    top = box.middle + 4 - 7.5 * len(lines)
    top = min(top, box.top + box.height - stub - 4 - 15 * len(lines))  # a low box: above its stub
    labels = join(
        [
            *(text(x + BAR + 5, top + 15 * i, line, kind="ch-name") for i, line in enumerate(lines)),
            text(x + BAR + 5, top + 15 * len(lines), box.node.told(count), kind="ch-note"),
        ]
    )
    inside = join([el("title", f"{name}: {box.node.told(count)}"), area, bar, labels])
    place = {"data_place": box.node.place or None, "data_name": name if box.node.place else None}
    if box.node.href:
        return el("a", inside, href=box.node.href, class_="ch-node", **place)
    return el("g", inside, **place)


def wrapped(name: str, room: int) -> list[str]:
    """The name in one line or two of `room` characters, cut with an ellipsis where it is longer still."""
    if len(name) <= room:
        return [name]
    cut = name.rfind(" ", 0, room + 1)
    first, rest = (name[:cut], name[cut + 1 :]) if cut > 0 else (name[:room], name[room:])
    return [first, rest if len(rest) <= room else f"{rest[: room - 1].rstrip()}…"]
