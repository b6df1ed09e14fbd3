"""A metric over time: confidence band, line, the previous period dashed, labels at the lines' ends."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.drawing.scale import Scale, around, finite, ticks
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.sparkline import runs
from viaggio.web.shared.charts.svg import el, join, picture, polyline, text

CHARACTER = 6.4  # mean width of a character of the axis text, in units of the drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One bin: axis label, full name, value and interval; `before` is its value one period earlier."""

    label: str
    name: str
    value: float | None
    low: float | None = None
    high: float | None = None
    n: int = 0
    before: float | None = None
    href: str | None = None


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    height: float
    x: Scale
    y: Scale
    left: float
    right: float


def trend(
    points: Sequence[Point],
    *,
    key: str,
    title: str,
    about: str,
    name: str,
    say: Callable[[float], str],
    axis: Callable[[float], str] | None = None,
    base: str,
    limits: tuple[float, float] | None = None,
    before_name: str | None = None,
    width: float = 680.0,
) -> Chart:
    """The trend of `points`; `say` writes a value, `axis` a tick, `limits` are the scale's own bounds.

    `key` makes ids unique on a page; `width` is that of the wide drawing, about as many units as its place
    has pixels. A missing value breaks the line.
    """
    words = _Words(name, before_name or _("Period before"), say, axis or say)
    title_and_about = (title, about)
    return Chart(
        wide=_draw(
            points, words, f"{key}-w", title_and_about, (width, 280 if width < 900 else 320), limits=limits
        ),
        narrow=_draw(points, words, f"{key}-n", title_and_about, (360, 250), limits=limits),
        table=_table(points, words, base),
        title=title,
    )


@dataclass(frozen=True, slots=True)
class _Words:
    name: str
    before: str
    say: Callable[[float], str]
    axis: Callable[[float], str]


def _frame(
    points: Sequence[Point], words: _Words, size: tuple[float, float], limits: tuple[float, float] | None
) -> _Frame:
    values = finite(v for p in points for v in (p.value, p.low, p.high, p.before))
    low, high = around(values, limits)
    longest = max((len(words.axis(t)) for t in ticks(low, high)), default=2)
    left = 14 + CHARACTER * longest
    right = size[0] - 14 - CHARACTER * max(len(_end_label(points, words)), 9)
    x = Scale(0, max(len(points) - 1, 1), left + 4, right)
    return _Frame(size[0], size[1], x, Scale(low, high, size[1] - 34, 14), left, right)


def _draw(
    points: Sequence[Point],
    words: _Words,
    key: str,
    head: tuple[str, str],
    size: tuple[float, float],
    *,
    limits: tuple[float, float] | None,
) -> SafeString:
    frame = _frame(points, words, size, limits)
    parts = [_grid(frame, words), _axis(frame, points), _band(frame, points), _before(frame, points)]
    parts += [_line(frame, points), _ends(frame, points, words)]
    return picture(*size, *parts, key=key, title=head[0], about=head[1])


def _grid(frame: _Frame, words: _Words) -> SafeString:
    marks = []
    for tick in ticks(frame.y.low, frame.y.high):
        y = frame.y(tick)
        marks.append(el("line", x1=frame.left, x2=frame.right, y1=y, y2=y, class_="ch-grid"))
        marks.append(text(frame.left - 8, y + 4, words.axis(tick), kind="ch-axis", anchor="end"))
    return join(marks)


def _axis(frame: _Frame, points: Sequence[Point]) -> SafeString:
    if not points:
        return join([])
    room = max(len(p.label) for p in points) * CHARACTER + 12
    every = max(1, -(-len(points) // max(1, int((frame.right - frame.left) / room) + 1)))
    shown = [i for i in range(len(points)) if i % every == 0]
    return join(
        text(
            max(frame.x(i), CHARACTER * len(points[i].label) / 2),
            frame.height - 10, points[i].label, kind="ch-axis", anchor="middle",
        )
        for i in shown
    )  # fmt: skip


def _band(frame: _Frame, points: Sequence[Point]) -> SafeString:
    bands = []
    for run in runs([p.low if p.high is not None and p.value is not None else None for p in points]):
        lower = [(frame.x(i), frame.y(low)) for i, low in run]
        upper = [(frame.x(i), frame.y(points[i].high or 0.0)) for i, _low in reversed(run)]
        bands.append(el("path", d=polyline(lower + upper) + "Z", class_="ch-band"))
    return join(bands)


def _before(frame: _Frame, points: Sequence[Point]) -> SafeString:
    return join(
        el("path", d=polyline([(frame.x(i), frame.y(v)) for i, v in run]), class_="ch-before")
        for run in runs([p.before for p in points])
    )


def _line(frame: _Frame, points: Sequence[Point]) -> SafeString:
    found = runs([p.value for p in points])
    lines = [
        el("path", d=polyline([(frame.x(i), frame.y(v)) for i, v in r]), class_="ch-line") for r in found
    ]
    dots = [
        el("circle", cx=frame.x(i), cy=frame.y(v), r=3.2, class_="ch-dot") for run in found for i, v in run
    ]
    return join(lines + dots)


def _end_label(points: Sequence[Point], words: _Words) -> str:
    last = next((p.value for p in reversed(points) if p.value is not None), None)
    if last is None:
        return ""
    said = words.say(last)
    return f"{words.name} {said}" if len(words.name) <= 6 else said


def _ends(frame: _Frame, points: Sequence[Point], words: _Words) -> SafeString:
    last = next((i for i in range(len(points) - 1, -1, -1) if points[i].value is not None), None)
    past = next((i for i in range(len(points) - 1, -1, -1) if points[i].before is not None), None)
    marks = []
    at = None
    if last is not None:
        at = frame.y(points[last].value or 0.0)
        marks.append(text(frame.right + 8, at + 4, _end_label(points, words), kind="ch-end"))
    if past is not None:
        y = frame.y(points[past].before or 0.0)
        lines = words.before.split(" ", 1)
        if at is not None and -18 - 13 * (len(lines) - 1) < y - at < 18:
            y = at + 18 if y >= at and at + 36 < frame.height - 20 else at - 18 - 13 * (len(lines) - 1)
        marks += [text(frame.right + 8, y + 4 + 13 * i, line, kind="ch-note") for i, line in enumerate(lines)]
    return join(marks)


def _table(points: Sequence[Point], words: _Words, base: str) -> Table:
    def said(value: float | None) -> str:
        return "·" if value is None else words.say(value)

    rows = tuple(
        (
            p.name, said(p.value), said(p.low) if p.high is not None else "·",
            said(p.high), str(p.n), said(p.before),
        )
        for p in points
    )  # fmt: skip
    columns = (_("Period"), words.name, _("From (95%)"), _("To (95%)"), base.capitalize(), words.before)
    return Table(columns, rows, tuple(p.href for p in points))
