"""A share that grows with time: a line with the band of its interval."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from viaggio.drawing.scale import Scale
from viaggio.drawing.svg import Drawing, el, picture, polyline, px, text


@dataclass(frozen=True, slots=True)
class SharePoint:
    """The share (0 to 1) at a moment `at`, with its interval where there is one."""

    at: int
    share: float
    low: float | None
    high: float | None


def draw_share_curve(
    points: Sequence[SharePoint],
    size: tuple[float, float],
    key: str,
    head: tuple[str, str],
    share: Callable[[float], str],
) -> Drawing:
    """The curve from 0 to 100 % over the moments from 0 to the last. Not without points."""
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
