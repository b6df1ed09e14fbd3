"""Shares side by side: a bar from zero in each lane, its interval as a line, its numbers as words."""

from collections.abc import Sequence
from dataclasses import dataclass

from viaggio.drawing.scale import Scale
from viaggio.drawing.svg import Drawing, el, picture, text

LANE, HEAD, CHARACTER = 26.0, 30.0, 6.9
MOST_LABEL, LEAST_BARS = 260.0, 240.0


@dataclass(frozen=True, slots=True)
class Lane:
    """One bar: `share` 0 to 1 with its interval where there is one; `said` stands behind it."""

    label: str
    share: float
    low: float | None
    high: float | None
    said: str


@dataclass(frozen=True, slots=True)
class LaneGroup:
    """Lanes under one heading; no heading where the name is empty."""

    name: str
    lanes: tuple[Lane, ...]


def draw_lanes(
    groups: Sequence[LaneGroup], *, key: str, title: str, about: str, width: float = 760.0
) -> Drawing:
    """All groups under one another on one scale, from 0 to the largest share or upper bound."""
    lanes = [lane for group in groups for lane in group.lanes]
    left = min(14 + CHARACTER * max((len(lane.label) for lane in lanes), default=0), MOST_LABEL)
    right = 14 + CHARACTER * max((len(lane.said) for lane in lanes), default=0)
    stop = max(width - right, left + LEAST_BARS)
    most = max((max(lane.share, lane.high or 0.0) for lane in lanes), default=0.0) or 1.0
    x = Scale(0.0, most, left, stop)
    marks: list[Drawing] = []
    y = 8.0
    for group in groups:
        if group.name:
            marks.append(text(0, y + 19, group.name, kind="ch-head"))
            y += HEAD
        for lane in group.lanes:
            marks += _lane(lane, x, y, left)
            y += LANE
        y += 6
    axis = el("line", x1=left, x2=left, y1=6, y2=y - 4, class_="ch-grid")
    return picture(stop + right, y + 2, axis, *marks, key=key, title=title, about=about)


def _lane(lane: Lane, x: Scale, y: float, left: float) -> list[Drawing]:
    room = int((MOST_LABEL - 14) / CHARACTER)
    label = lane.label if len(lane.label) <= room else f"{lane.label[: room - 1]}…"
    middle, end = y + LANE / 2, x(lane.share)
    marks = [
        text(left - 8, middle + 4, label, kind="ch-axis", anchor="end"),
        el("rect", x=left, y=y + 5, width=max(end - left, 0.5), height=LANE - 10, rx=2, class_="ch-bar"),
    ]
    far = end
    if lane.low is not None and lane.high is not None:
        far = max(end, x(lane.high))
        marks.append(el("line", x1=x(lane.low), x2=far, y1=middle, y2=middle, class_="ch-whisker"))
    marks.append(text(far + 8, middle + 4, lane.said, kind="ch-note"))
    return marks
