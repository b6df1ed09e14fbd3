"""A word-sized line: the shape of the last bins, without axes."""

from collections.abc import Sequence

from django.utils.safestring import SafeString

from viaggio.drawing.scale import Scale, around, finite
from viaggio.web.shared.charts.svg import el, join, polyline, px

WIDTH, HEIGHT, EDGE = 150.0, 34.0, 4.0


def runs(values: Sequence[float | None]) -> list[list[tuple[int, float]]]:
    """Unbroken stretches of values with their positions; a missing value breaks the line."""
    found: list[list[tuple[int, float]]] = [[]]
    for i, value in enumerate(values):
        if not finite([value]):
            found.append([])
        elif value is not None:
            found[-1].append((i, float(value)))
    return [run for run in found if run]


def sparkline(values: Sequence[float | None]) -> SafeString:
    """The line and a dot at its end, hidden from screen readers; empty with fewer than two values."""
    known = finite(values)
    if len(known) < 2:
        return join([])
    low, high = around(known)
    x = Scale(0, len(values) - 1, EDGE, WIDTH - EDGE)
    y = Scale(low, high, HEIGHT - EDGE, EDGE)
    paths = [
        el("path", d=polyline([(x(i), y(v)) for i, v in run]), class_="ch-spark") for run in runs(values)
    ]
    last, value = runs(values)[-1][-1]
    # A line without length but with round ends is a dot that stays round however the drawing is stretched.
    dot = el("path", d=f"M{px(x(last))} {px(y(value))}h0", class_="ch-spark-end")
    return el(
        "svg",
        *paths,
        dot,
        viewBox=f"0 0 {WIDTH:.0f} {HEIGHT:.0f}",
        preserveAspectRatio="none",
        aria_hidden="true",
        class_="ch spark",
    )
