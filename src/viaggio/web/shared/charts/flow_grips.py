"""What can be taken hold of in a flow: the anchor, and how many steps are shown on each side of it.

They are marks of the drawing with roles and values for screen readers; `static/viaggio/flow.js` moves them.
Without scripts they are hidden: the form beside the drawing asks the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.safestring import SafeString

from viaggio.web.shared.charts.svg import el, join

TOP, SIZE = 35.0, 24.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Depth:
    """Steps on one side: the form's field, how many there are and may be, and what it is called."""

    field: str
    now: int
    most: int
    label: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Grips:
    """The anchor's name and how to move it; the steps before and after, None where that side has none."""

    anchor: str
    hint: str
    before: Depth | None = None
    after: Depth | None = None


def draw_grips(grips: Grips, xs: Mapping[int, float], apart: float) -> SafeString:
    """The marks under the heads of their columns; `xs` holds the left edge of each column, 0 the anchor's."""
    first, last = xs[min(xs)], xs[max(xs)]
    at = xs.get(0, first)
    taken = []
    if grips.before is not None:
        taken.append(_depth(grips.before, first, -1, apart))
    pin = at + (SIZE + 4 if grips.before is not None and at == first else 0)
    taken.append(_pin(grips, pin))
    if grips.after is not None:
        beside = 0.0 if last > pin else pin - last + SIZE + 4
        taken.append(_depth(grips.after, last + beside, 1, apart))
    return el("g", join(taken), class_="ch-grips")


def _pin(grips: Grips, x: float) -> SafeString:
    marks = [el("circle", cx=x + SIZE / 2, cy=TOP + SIZE / 2, r=5, class_="ch-grip-mark")]
    return _grip(
        x,
        marks,
        role="button",
        aria_label=f"{grips.anchor}: {grips.hint}",
        data_grip="anchor",
        id="grip-anchor",
    )


def _depth(depth: Depth, x: float, way: int, apart: float) -> SafeString:
    middle = TOP + SIZE / 2
    tip, root = x + SIZE / 2 + 5 * way, x + SIZE / 2 - 3 * way
    arrow = el("path", d=f"M{root} {middle - 5}L{tip} {middle}L{root} {middle + 5}", class_="ch-grip-arrow")
    return _grip(
        x, [arrow], role="slider", aria_label=depth.label, aria_valuemin="0", aria_valuemax=str(depth.most),
        aria_valuenow=str(depth.now), aria_valuetext=depth.said, data_grip=depth.field, data_way=str(way),
        data_apart=str(round(apart)), id=f"grip-{depth.field}",
    )  # fmt: skip


def _grip(x: float, marks: list[SafeString], **attributes: str) -> SafeString:
    box = el("rect", x=x, y=TOP, width=SIZE, height=SIZE, rx=6, class_="ch-grip-box")
    return el("g", box, *marks, tabindex="0", class_="ch-grip", **attributes)
