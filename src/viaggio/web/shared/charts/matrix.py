"""Importance against performance: a point per thing, and the corner that is to be improved first."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.drawing.scale import Scale, around, finite, ticks
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.line import shape
from viaggio.web.shared.charts.svg import el, join, picture, text

CHARACTER = 6.4  # mean width of a character of a label, in units of the drawing
LINE = 15.0  # height of a label


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """One thing: how well it does (`x`), how much it weighs (`y`), each with its interval where known.

    `sign` names the phase whose shape and colour it has; empty: a plain dot. `href` leads to its answers.
    """

    name: str
    x: float
    y: float
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    sign: str = ""
    tone: str = "p0"
    href: str = ""
    said: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the axes are called, and how their ticks are written."""

    x: str
    y: str
    say_x: Callable[[float], str]
    say_y: Callable[[float], str]


def matrix(
    spots: Sequence[Spot], words: Words, *, key: str, title: str, about: str, width: float = 640.0
) -> Chart:
    """Points in a square cut at the means; low and important is tinted: "to improve first"."""
    rows = tuple((spot.name, *spot.said) for spot in spots)
    links = tuple(spot.href or None for spot in spots)
    return Chart(
        wide=_draw(spots, words, f"{key}-w", (title, about), (width, 400.0)),
        narrow=_draw(spots, words, f"{key}-n", (title, about), (360.0, 360.0)),
        table=Table((_("Name"), words.x, words.y), rows, links),
        title=title,
    )


def _draw(
    spots: Sequence[Spot], words: Words, key: str, head: tuple[str, str], size: tuple[float, float]
) -> SafeString:
    width, height = size
    low, high = around(finite(v for s in spots for v in (s.x, *(s.x_range or ()))))
    bottom, top = around(finite(v for s in spots for v in (s.y, *(s.y_range or ()))))
    x, y = Scale(low, high, 46, width - 10), Scale(bottom, top, height - 44, 12)
    marks = [_corner(spots, x, y), _axes(words, x, y, size)]
    placed: list[tuple[float, float, float, float]] = [
        (x(s.x) - 9, y(s.y) - 9, x(s.x) + 9, y(s.y) + 9) for s in spots
    ]
    for spot in sorted(spots, key=lambda s: -s.y):
        marks += [
            _ranges(spot, x, y),
            _point(spot, x, y),
            _label(spot, (x(spot.x), y(spot.y)), placed, width),
        ]
    return picture(width, height, *marks, key=key, title=head[0], about=head[1])


def _corner(spots: Sequence[Spot], x: Scale, y: Scale) -> SafeString:
    """The means as lines, and the corner of what weighs much and does badly."""
    if not spots:
        return join([])
    middle_x = x(sum(s.x for s in spots) / len(spots))
    middle_y = y(sum(s.y for s in spots) / len(spots))
    return join([
        el("rect", x=x.start, y=y.stop, width=max(middle_x - x.start, 0), height=max(middle_y - y.stop, 0),
           class_="ch-corner"),
        text(x.start + 8, y.stop + 18, _("to improve first"), kind="ch-note"),
        el("line", x1=middle_x, x2=middle_x, y1=y.stop, y2=y.start, class_="ch-middle"),
        el("line", x1=x.start, x2=x.stop, y1=middle_y, y2=middle_y, class_="ch-middle"),
    ])  # fmt: skip


def _axes(words: Words, x: Scale, y: Scale, size: tuple[float, float]) -> SafeString:
    marks = [
        el("line", x1=x.start, x2=x.stop, y1=y.start, y2=y.start, class_="ch-grid"),
        el("line", x1=x.start, x2=x.start, y1=y.start, y2=y.stop, class_="ch-grid"),
    ]
    marks += [
        text(x(tick), y.start + 18, words.say_x(tick), kind="ch-axis", anchor="middle")
        for tick in ticks(x.low, x.high, 5 if size[0] > 500 else 3)
    ]
    marks += [
        text(x.start - 6, y(tick) + 4, words.say_y(tick), kind="ch-axis", anchor="end")
        for tick in ticks(y.low, y.high)
    ]
    marks.append(text(x.stop, size[1] - 6, words.x, kind="ch-note", anchor="end"))
    marks.append(text(x.start + 8, y.start - 8, words.y, kind="ch-note"))
    return join(marks)


def _ranges(spot: Spot, x: Scale, y: Scale) -> SafeString:
    marks = []
    if spot.x_range:
        across = (x(spot.x_range[0]), x(spot.x_range[1]))
        marks.append(
            el("line", x1=across[0], x2=across[1], y1=y(spot.y), y2=y(spot.y), class_=f"ch-error {spot.tone}")
        )
    if spot.y_range:
        up = (y(spot.y_range[0]), y(spot.y_range[1]))
        marks.append(
            el("line", x1=x(spot.x), x2=x(spot.x), y1=up[0], y2=up[1], class_=f"ch-error {spot.tone}")
        )
    return join(marks)


def _point(spot: Spot, x: Scale, y: Scale) -> SafeString:
    return shape(spot.sign, x(spot.x), y(spot.y), 6.5, kind=f"ph-fill {spot.tone}")


def _label(
    spot: Spot, at: tuple[float, float], placed: list[tuple[float, float, float, float]], width: float
) -> SafeString:
    """The name beside its point, where it covers no point and no other name; above its lines first."""
    long = CHARACTER * len(spot.name)
    best: tuple[float, float, float, str] | None = None
    for dx, dy, anchor in _PLACES:
        left = at[0] + dx - (long if anchor == "end" else long / 2 if anchor == "middle" else 0)
        box = (left, at[1] + dy - LINE + 3, left + long, at[1] + dy + 3)
        outside = max(0.0, 46 - box[0]) + max(0.0, box[2] - width)
        cost = sum(_overlap(box, other) for other in placed) + 50 * outside
        if best is None or cost < best[0]:
            best = (cost, dx, dy, anchor)
    assert best is not None  # there are places
    _cost, dx, dy, anchor = best
    left = at[0] + dx - (long if anchor == "end" else long / 2 if anchor == "middle" else 0)
    placed.append((left, at[1] + dy - LINE + 3, left + long, at[1] + dy + 3))
    return text(at[0] + dx, at[1] + dy, spot.name, kind="ch-name", anchor=anchor)


_PLACES = (
    (9.0, -8.0, "start"), (9.0, 17.0, "start"), (-9.0, -8.0, "end"), (-9.0, 17.0, "end"),
    (11.0, 4.0, "start"), (-11.0, 4.0, "end"), (0.0, -12.0, "middle"), (0.0, 21.0, "middle"),
    (0.0, -28.0, "middle"), (0.0, 36.0, "middle"),
)  # fmt: skip


def _overlap(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> float:
    """Area that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, across) * max(0.0, down)
