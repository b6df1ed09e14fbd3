"""Distribution: how many answers each value got."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.drawing.scale import Scale
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.svg import el, join, picture, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One value of the scale. `tone` is det, pas, pro or empty."""

    label: str
    n: int
    tone: str = ""
    href: str | None = None


def bars(
    data: Sequence[Bar],
    *,
    key: str,
    title: str,
    about: str,
    count: Callable[[int], str],
    share: Callable[[float], str],
    width: float = 640.0,
) -> Chart:
    """Columns from zero with their number on top; shares in the table."""
    total = sum(bar.n for bar in data)
    rows = tuple((bar.label, count(bar.n), share(bar.n / total) if total else "·") for bar in data)
    return Chart(
        wide=_draw(data, (width, 220), f"{key}-w", (title, about), count),
        narrow=_draw(data, (360, 200), f"{key}-n", (title, about), count),
        table=Table((_("Value"), _("Number"), _("Share")), rows, tuple(bar.href for bar in data)),
        title=title,
    )


def _draw(
    data: Sequence[Bar],
    size: tuple[float, float],
    key: str,
    head: tuple[str, str],
    count: Callable[[int], str],
) -> SafeString:
    width, height = size
    floor = height - 28
    y = Scale(0, max((bar.n for bar in data), default=0) or 1, floor, 24)
    slot = (width - 8) / max(len(data), 1)
    marks = [el("line", x1=4, x2=width - 4, y1=floor, y2=floor, class_="ch-grid")]
    for i, bar in enumerate(data):
        left = 4 + i * slot
        top = y(bar.n)
        marks.append(
            el("rect", x=left + slot * 0.14, y=top, width=slot * 0.72, height=floor - top, rx=2,
               class_=f"ch-bar {bar.tone}".strip())
        )  # fmt: skip
        marks.append(text(left + slot / 2, floor + 18, bar.label, kind="ch-axis", anchor="middle"))
        if bar.n:
            marks.append(text(left + slot / 2, top - 6, count(bar.n), kind="ch-note", anchor="middle"))
    return picture(width, height, join(marks), key=key, title=head[0], about=head[1])
