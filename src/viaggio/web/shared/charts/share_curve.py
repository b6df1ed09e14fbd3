"""A share that grows with time: a line with the band of its interval, and its numbers as a table."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString

from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.scale import Scale
from viaggio.web.shared.charts.svg import el, picture, polyline, px, text


@dataclass(frozen=True, slots=True)
class SharePoint:
    """The share (0 to 1) at a moment `at`, with its interval where there is one."""

    at: int
    share: float
    low: float | None
    high: float | None


def share_curve(
    points: Sequence[SharePoint],
    *,
    title: str,
    about: str,
    columns: tuple[str, str, str],
    share: Callable[[float], str],
) -> Chart:
    """The curve from 0 to 100 %; `columns` head the table: moment, share, interval. Not without points."""
    rows = tuple(
        (
            str(p.at),
            share(p.share),
            "" if p.low is None or p.high is None else f"{share(p.low)}–{share(p.high)}",
        )
        for p in points
    )
    return Chart(
        wide=_draw(points, (900.0, 260.0), "returns-w", (title, about), share),
        narrow=_draw(points, (360.0, 220.0), "returns-n", (title, about), share),
        table=Table(columns, rows),
        title=title,
    )


def _draw(
    points: Sequence[SharePoint],
    size: tuple[float, float],
    key: str,
    head: tuple[str, str],
    share: Callable[[float], str],
) -> SafeString:
    width, height = size
    floor = height - 26
    last = max(points[-1].at, 1)
    x, y = Scale(0, last, 48, width - 14), Scale(0, 1, floor, 12)
    marks = []
    for level in (0.0, 0.25, 0.5, 0.75, 1.0):
        marks.append(el("line", x1=48, x2=width - 14, y1=y(level), y2=y(level), class_="ch-grid"))
        marks.append(text(42, y(level) + 4, share(level), kind="ch-axis", anchor="end"))
    every = next((step for step in (1, 7, 14, 30, 90) if last / step <= 14), 365)
    marks += [
        text(x(at), floor + 18, str(at), kind="ch-axis", anchor="middle")
        for at in range(every, last + 1, every)
    ]
    band = [(x(p.at), y(p.high)) for p in points if p.high is not None]
    band += [(x(p.at), y(p.low)) for p in reversed(points) if p.low is not None]
    if band:
        marks.append(el("path", d=polyline(band) + "Z", class_="ch-band"))
    marks.append(el("path", d=polyline([(x(p.at), y(p.share)) for p in points]), class_="ch-line"))
    end = points[-1]
    marks.append(el("circle", cx=px(x(end.at)), cy=px(y(end.share)), r=3.5, class_="ch-dot"))
    return picture(width, height, *marks, key=key, title=head[0], about=head[1])
