"""A payout curve: threshold, target and cap, and the credited value with what it pays.

Values run to the right as they rise, whichever direction is the better one; payouts run upwards from zero.
"""

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.drawing.scale import Scale, around
from viaggio.incentive.curves import Curve, Shape, payout
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.svg import el, join, picture, polyline, text

CHARACTER = 6.6  # mean width of a character of the axis text, in units of the drawing
WIDE, NARROW = (520.0, 230.0), (330.0, 220.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveWords:
    """How a curve is told: the measure's name, and how values and payouts (1 is 100 %) are written."""

    title: str
    name: str
    say: Callable[[Fraction], str]
    share: Callable[[Fraction], str]


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    height: float
    x: Scale
    y: Scale


def curve_chart(
    curve: Curve,
    words: CurveWords,
    *,
    key: str,
    credited: Fraction | None = None,
    raw: Fraction | None = None,
    landmarks: bool = True,
) -> Chart:
    """The drawing of a curve, with the credited value on it where there is one.

    `raw`, the value before it was credited, is a small ring on the curve. `key` makes ids unique on a page.
    Without `landmarks` no words stand below the axis: for an editor with many points.
    """
    about = _about(curve, words, credited)

    def drawn(size: tuple[float, float], suffix: str) -> SafeString:
        frame = _frame(curve, words, size, [v for v in (credited, raw) if v is not None])
        parts = [_axes(frame, curve, words, landmarks=landmarks), _line(frame, curve), _points(frame, curve)]
        if raw is not None and raw != credited:
            spot = (frame.x(float(raw)), frame.y(float(payout(curve, raw))))
            parts.append(el("circle", cx=spot[0], cy=spot[1], r=4, class_="ch-was eq"))
        if credited is not None:
            parts.append(_credited(frame, curve, words, credited))
        return picture(*size, *parts, key=f"{key}-{suffix}", title=words.title, about=about)

    return Chart(
        wide=drawn(WIDE, "w"),
        narrow=drawn(NARROW, "n"),
        table=_table(curve, words, credited, raw),
        title=words.title,
    )


def landmarks_of(curve: Curve) -> dict[str, tuple[Fraction, Fraction]]:
    """Threshold, target (the first point that pays 100 %) and cap, each as value and payout."""
    found = {"threshold": curve.points[0]}
    target = next((point for point in curve.points if point[1] == 1), None)
    if target is not None and target != curve.points[0]:
        found["target"] = target
    if len(curve.points) > 1 and curve.points[-1] != target:
        found["cap"] = curve.points[-1]
    return found


def _landmark_names() -> dict[str, str]:
    return {"threshold": _("threshold"), "target": _("target"), "cap": _("cap")}


def _frame(curve: Curve, words: CurveWords, size: tuple[float, float], values: list[Fraction]) -> _Frame:
    xs = [float(x) for x, _y in curve.points]
    reach = around([*xs, *map(float, values)])
    air = 0.06 * (reach[1] - reach[0])
    top = float(max(curve.cap, Fraction(1))) * 1.12
    left = 12 + CHARACTER * max(len(words.share(p)) for p in _levels(curve))
    return _Frame(
        *size,
        x=Scale(reach[0] - air, reach[1] + air, left, size[0] - 12),
        y=Scale(0.0, top, size[1] - 46, 16),
    )


def _levels(curve: Curve) -> list[Fraction]:
    """The payouts that get a line: zero, 100 % where it is reached, the cap."""
    levels = {Fraction(0), curve.cap}
    if curve.cap > 1:
        levels.add(Fraction(1))
    return sorted(levels)


def _axes(frame: _Frame, curve: Curve, words: CurveWords, *, landmarks: bool) -> SafeString:
    marks: list[SafeString] = []
    for level in _levels(curve):
        y = frame.y(float(level))
        marks.append(el("line", x1=frame.x.start, x2=frame.x.stop, y1=y, y2=y, class_="ch-grid"))
        marks.append(text(frame.x.start - 8, y + 4, words.share(level), kind="ch-axis", anchor="end"))
    names = _landmark_names() if landmarks else {}
    taken: list[tuple[float, float]] = []
    for name, (value, _payout) in landmarks_of(curve).items():
        said = [words.say(value), *([names[name]] if names else [])]
        half = CHARACTER * max(map(len, said)) / 2
        at = min(max(frame.x(float(value)), half), frame.width - half)
        if any(at - half < right + 4 and at + half > left - 4 for left, right in taken):
            continue  # too close to the one before: the table has it
        taken.append((at - half, at + half))
        marks += [
            text(at, frame.height - 28 + 15 * i, line, kind="ch-axis", anchor="middle")
            for i, line in enumerate(said)
        ]
    return join(marks)


def _line(frame: _Frame, curve: Curve) -> SafeString:
    """The curve from edge to edge; jumps are dashed."""
    ends = (Fraction(frame.x.low), Fraction(frame.x.high))
    first, last = ends[::-1] if curve.falling else ends
    pieces: list[list[tuple[Fraction, Fraction]]] = [
        [(first, curve.below), (curve.points[0][0], curve.below)]
    ]
    if curve.shape is Shape.LINEAR:
        pieces.append([*curve.points, (last, curve.cap)])
    else:
        rest = [x for x, _y in curve.points[1:]] + [last]
        pieces += [[(x, y), (after, y)] for (x, y), after in zip(curve.points, rest, strict=True)]
    marks = [
        el("path", d=polyline([(frame.x(float(x)), frame.y(float(y))) for x, y in piece]), class_="ch-line")
        for piece in pieces
    ]
    for before, after in pairwise(pieces):
        if before[-1][1] != after[0][1]:
            ends_of_jump = [(frame.x(float(x)), frame.y(float(y))) for x, y in (before[-1], after[0])]
            marks.append(el("path", d=polyline(ends_of_jump), class_="ch-before"))
    return join(marks)


def _points(frame: _Frame, curve: Curve) -> SafeString:
    return join(
        el("circle", cx=frame.x(float(x)), cy=frame.y(float(y)), r=3.2, class_="ch-dot")
        for x, y in curve.points
    )


def _credited(frame: _Frame, curve: Curve, words: CurveWords, value: Fraction) -> SafeString:
    """The point with its guides to both axes; its words stand where the curve is not."""
    paid = payout(curve, value)
    x, y = frame.x(float(value)), frame.y(float(paid))
    floor = frame.y(0.0)
    said = _("%(value)s pays %(payout)s") % {"value": words.say(value), "payout": words.share(paid)}
    wide = CHARACTER * 1.15 * len(said)
    before = x - 10 - wide > frame.x.start  # there is room to the left
    above = before != curve.falling if before else curve.falling
    if not before and x + 10 + wide > frame.width:
        x_words, anchor = frame.width - 4, "end"
    else:
        x_words, anchor = (x - 10, "end") if before else (x + 10, "start")
    high = y - 9 if above else y + 20
    return join(
        [
            el("path", d=polyline([(x, floor), (x, y), (frame.x.start, y)]), class_="ch-guide"),
            el("circle", cx=x, cy=y, r=6, class_="ch-credited"),
            text(x_words, min(max(high, 12.0), floor - 6), said, kind="ch-end", anchor=anchor),
        ]
    )


def _about(curve: Curve, words: CurveWords, credited: Fraction | None) -> str:
    told = [
        _("%(value)s pays %(payout)s") % {"value": words.say(x), "payout": words.share(y)}
        for x, y in curve.points
    ]
    parts = [_("The curve of %(name)s: %(points)s.") % {"name": words.name, "points": "; ".join(told)}]
    if credited is not None:
        shown = {"value": words.say(credited), "payout": words.share(payout(curve, credited))}
        parts.append(_("Credited: %(value)s, which pays %(payout)s.") % shown)
    return " ".join(parts)


def _table(curve: Curve, words: CurveWords, credited: Fraction | None, raw: Fraction | None) -> Table:
    names = _landmark_names()
    called = {point: names[name].capitalize() for name, point in landmarks_of(curve).items()}
    rows = [
        (called.get(point, _("Point")), words.say(point[0]), words.share(point[1])) for point in curve.points
    ]
    worse = _("Above it") if curve.falling else _("Below it")
    rows.insert(0, (worse, "\u00b7", words.share(curve.below)))
    for name, value in ((_("Raw"), raw), (_("Credited"), credited)):
        if value is not None:
            rows.append((name, words.say(value), words.share(payout(curve, value))))
    return Table((_("Where"), words.name, _("Payout")), tuple(rows))
