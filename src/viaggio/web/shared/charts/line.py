"""La linea: the journey as a transit line of four stops, which is the phase filter too."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html
from django.utils.safestring import SafeString

from viaggio.drawing.phases import ORDER, phase_class
from viaggio.web.shared.charts.svg import el, join

__all__ = ["ORDER", "Stop", "phase_class", "phase_mark", "shape", "the_line"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One phase on the line. `value`, `delta` and `base` are ready to read; `href` filters by the phase.

    The value of `few` cases is not set in bold.
    """

    phase: str
    name: str
    value: str
    base: str
    href: str
    delta: SafeString | str = ""
    current: bool = False
    few: bool = False


def phase_mark(phase: str, *, size: float = 14.0, filled: bool = True) -> SafeString:
    """The phase's shape in its colour: circle, square, triangle, diamond."""
    return el(
        "svg",
        shape(
            phase,
            7,
            7,
            5.5,
            kind=f"ph-fill {phase_class(phase)}" if filled else f"ph-ring {phase_class(phase)}",
        ),
        viewBox="0 0 14 14",
        width=size,
        height=size,
        aria_hidden="true",
        class_="ch mark",
    )


def shape(phase: str, x: float, y: float, r: float, *, kind: str) -> SafeString:
    """The phase's shape around a point."""
    if phase == "purchase":
        return el(
            "rect", x=x - r * 0.9, y=y - r * 0.9, width=r * 1.8, height=r * 1.8, rx=r * 0.2, class_=kind
        )
    if phase == "care":
        points = f"{x:g},{y - r:g} {x + r:g},{y + r * 0.85:g} {x - r:g},{y + r * 0.85:g}"
        return el("polygon", points=points, class_=kind)
    if phase == "maintenance":
        h = r * 1.1
        points = f"{x:g},{y - h:g} {x + h:g},{y:g} {x:g},{y + h:g} {x - h:g},{y:g}"
        return el("polygon", points=points, class_=kind)
    return el("circle", cx=x, cy=y, r=r, class_=kind)


def the_line(stops: Sequence[Stop]) -> SafeString:
    """An ordered list of links; the chosen stop is filled and says so."""
    return format_html('<ol class="phases">{}</ol>', join(_stop(stop) for stop in stops))


def _stop(stop: Stop) -> SafeString:
    sign = el(
        "svg",
        shape(stop.phase, 16, 16, 12.5, kind="ph-ring on" if stop.current else "ph-ring"),
        viewBox="0 0 32 32",
        width=32,
        height=32,
        aria_hidden="true",
        class_="ch sign",
    )
    return format_html(
        '<li class="{}"><a class="stop" href="{}"{}>{}<span class="nm">{}</span>'
        '<span class="sc"><b{}>{}</b> {}</span><span class="sub">{}</span></a></li>',
        phase_class(stop.phase),
        stop.href,
        format_html(' aria-current="{}"', "true") if stop.current else "",
        sign, stop.name, format_html(' class="{}"', "few") if stop.few else "",
        stop.value, stop.delta, stop.base,
    )  # fmt: skip
