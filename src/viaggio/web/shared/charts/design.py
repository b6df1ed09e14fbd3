"""A designed journey: steps as boxes from left to right, arrows for its moves, dashed arcs for detours."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.drawing.sankey import wrapped
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.line import phase_class, phase_mark
from viaggio.web.shared.charts.svg import el, join, picture, px, text

WIDTH, TALL, APART, TOP = 1120.0, 54.0, 34.0, 60.0
MOST_WIDE, CHARACTER = 150.0, 7.2


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnStep:
    """A step; `start` and `end`: a journey may begin or end there."""

    slug: str
    name: str
    phase: str
    start: bool = False
    end: bool = False


@dataclass(frozen=True, slots=True)
class Detour:
    """A move that is not in the design, and the customers who make it."""

    source: str
    target: str
    n: int


def design_chart(
    steps: Sequence[DrawnStep],
    moves: Sequence[tuple[str, str]],
    detours: Sequence[Detour],
    *,
    title: str,
    about: str,
    count: Callable[[int], str],
) -> Chart:
    """The drawing for wide containers, a list of steps for narrow ones, the moves as a table."""
    layers = layers_of(steps, moves)
    columns: dict[int, list[DrawnStep]] = {}
    for step in steps:
        columns.setdefault(layers[step.slug], []).append(step)
    wide = min(MOST_WIDE, (WIDTH - 8) / len(columns) - 30)
    apart = (WIDTH - 8 - wide) / max(len(columns) - 1, 1) if len(columns) > 1 else 0.0
    most = max(len(column) for column in columns.values())
    height = TOP + most * (TALL + APART) + 50
    at = {
        step.slug: (4 + apart * layer, TOP + (i + 0.5 + (most - len(column)) / 2) * (TALL + APART))
        for layer, column in columns.items()
        for i, step in enumerate(column)
    }
    arcs = [_arc(at[d.source], at[d.target], wide, count(d.n)) for d in detours]
    parts = [
        _heads(),
        *(_arrow(at[a], at[b], wide) for a, b in moves),
        *(path for path, _label in arcs),
        *(_box(step, at[step.slug], wide) for step in steps),
        *(label for _path, label in arcs),  # over the boxes, so that no number is hidden
    ]
    drawing = picture(WIDTH, height, *parts, key="design", title=title, about=about)
    names = {step.slug: step.name for step in steps}
    rows = [(names[a], names[b], _("as designed"), "–") for a, b in moves]
    rows += [(names[d.source], names[d.target], _("deviation"), count(d.n)) for d in detours]
    table = Table((_("From"), _("To"), _("Kind"), _("Customers")), tuple(rows))
    return Chart(wide=drawing, narrow=_list(steps, moves, names), table=table, title=title)


def layers_of(steps: Sequence[DrawnStep], moves: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How many moves each step is away from the nearest start; whatever is not reached stands first."""
    layers = {step.slug: 0 for step in steps if step.start}
    edge = list(layers)
    while edge:
        reached = [b for a in edge for x, b in moves if x == a and b not in layers]
        for b in reached:
            layers.setdefault(b, 1 + min(layers[a] for a, x in moves if x == b and a in layers))
        edge = list(dict.fromkeys(reached))
    return {step.slug: layers.get(step.slug, 0) for step in steps}


def _heads() -> SafeString:
    return el("defs", _head("ds-on", "ds-tip"), _head("ds-off", "ds-tip off"))


def _head(key: str, kind: str) -> SafeString:
    tip = el("path", d="M0 0L8 4L0 8Z", class_=kind)
    return el(
        "marker", tip, id=key, viewBox="0 0 8 8", refX=7, refY=4, markerWidth=7, markerHeight=7, orient="auto"
    )


def _box(step: DrawnStep, at: tuple[float, float], wide: float) -> SafeString:
    x, y = at
    lines = wrapped(step.name, max(int((wide - 16) / CHARACTER), 6))
    notes = [note for on, note in ((step.start, _("start")), (step.end, _("end"))) if on]
    return el(
        "g",
        el("title", step.name),
        el("rect", x=x, y=y - TALL / 2, width=wide, height=TALL, rx=8, class_="ds-box"),
        el(
            "rect",
            x=x,
            y=y - TALL / 2,
            width=6,
            height=TALL,
            rx=3,
            class_=f"ph-fill {phase_class(step.phase)}",
        ),
        *(
            text(x + 13, y + 5 - 8 * (len(lines) - 1) + 16 * i, line, kind="ch-name")
            for i, line in enumerate(lines)
        ),
        text(x, y + TALL / 2 + 15, " · ".join(notes), kind="ch-note") if notes else "",
    )


def _arrow(a: tuple[float, float], b: tuple[float, float], wide: float) -> SafeString:
    if b[0] > a[0]:
        x1, x2 = a[0] + wide, b[0] - 3
        half = (x1 + x2) / 2
        path = f"M{px(x1)} {px(a[1])}C{px(half)} {px(a[1])} {px(half)} {px(b[1])} {px(x2)} {px(b[1])}"
    elif b[0] == a[0]:  # in the same column: straight from edge to edge
        way = 1 if b[1] > a[1] else -1
        x = a[0] + wide * (0.35 if way > 0 else 0.5)
        path = f"M{px(x)} {px(a[1] + way * TALL / 2)}V{px(b[1] - way * (TALL / 2 + 3))}"
    else:  # to a step before: round the foot
        low = max(a[1], b[1]) + TALL / 2 + 22
        x1, x2 = a[0] + wide * 0.6, b[0] + wide * 0.4
        top = f"M{px(x1)} {px(a[1] + TALL / 2)}"
        path = f"{top}C{px(x1)} {px(low)} {px(x2)} {px(low)} {px(x2)} {px(b[1] + TALL / 2 + 3)}"
    return el("path", d=path, class_="ds-move", marker_end="url(#ds-on)")


def _arc(
    a: tuple[float, float], b: tuple[float, float], wide: float, said: str
) -> tuple[SafeString, SafeString]:
    """Over the boxes, higher the farther it goes; its number stands at the top."""
    x1, x2 = a[0] + wide * (0.75 if b[0] > a[0] else 0.25), b[0] + wide * (0.25 if b[0] > a[0] else 0.75)
    top = min(a[1], b[1]) - TALL / 2
    high = top - min(24 + abs(x2 - x1) * 0.07, 54)
    foot = b[1] - TALL / 2 - 3
    path = f"M{px(x1)} {px(a[1] - TALL / 2)}C{px(x1)} {px(high)} {px(x2)} {px(high)} {px(x2)} {px(foot)}"
    label = text((x1 + x2) / 2, (top + 3 * high) / 4 - 3, said, kind="ch-lost", anchor="middle")
    return el("path", d=path, class_="ds-off", marker_end="url(#ds-off)"), label


def _list(
    steps: Sequence[DrawnStep], moves: Sequence[tuple[str, str]], names: Mapping[str, str]
) -> SafeString:
    def item(step: DrawnStep) -> SafeString:
        onward = [names[b] for a, b in moves if a == step.slug] + ([_("end")] if step.end else [])
        return format_html(
            '<li><span class="nm">{}{}</span><span class="pm">{}</span></li>',
            phase_mark(step.phase),
            step.name,
            _("then: %(steps)s") % {"steps": ", ".join(onward) or "–"},
        )

    return format_html('<ol class="stages">{}</ol>', join(item(step) for step in steps))
