"""One customer's history: four lanes, one per phase, a mark for each interaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.drawing.scale import Scale
from viaggio.web.shared.charts.figure import Chart, Table
from viaggio.web.shared.charts.line import ORDER, phase_class, shape
from viaggio.web.shared.charts.svg import el, join, picture, text


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One interaction: `at` is any number that grows with time, the rest is ready to read."""

    at: float
    when: str
    phase: str
    what: str
    where: str = ""
    note: str = ""
    href: str | None = None


def timeline(
    events: Sequence[Event],
    *,
    key: str,
    title: str,
    about: str,
    phases: Mapping[str, str],
    ends: tuple[str, str],
) -> Chart:
    """The lanes from first to last event; `ends` label the axis, `phases` are names by slug."""
    rows = tuple((event.when, event.what, event.where, event.note) for event in events)
    return Chart(
        wide=_draw(events, (720, 190), f"{key}-w", (title, about), phases=phases, ends=ends),
        narrow=_draw(events, (360, 220), f"{key}-n", (title, about), phases=phases, ends=ends),
        table=Table((_("When"), _("What"), _("Where"), _("Note")), rows, tuple(e.href for e in events)),
        title=title,
    )


def _draw(
    events: Sequence[Event],
    size: tuple[float, float],
    key: str,
    head: tuple[str, str],
    *,
    phases: Mapping[str, str],
    ends: tuple[str, str],
) -> SafeString:
    width, height = size
    lane = (height - 30) / len(ORDER)
    beside = width >= 600
    left = 170.0 if beside else 12.0
    times = [event.at for event in events] or [0.0]
    x = Scale(min(times), max(times), left + 8, width - 12)
    marks = []
    for i, phase in enumerate(ORDER):
        y = lane * i + lane * (0.5 if beside else 0.68)
        marks.append(el("line", x1=left, x2=width - 4, y1=y, y2=y, class_=f"ch-lane {phase_class(phase)}"))
        at = (8.0, y + 4) if beside else (left, y - 12)
        marks.append(text(*at, phases.get(phase, phase), kind="ch-note"))
        marks += _lane(events, phase, x, y)
    marks.append(text(left, height - 8, ends[0], kind="ch-axis"))
    marks.append(text(width - 4, height - 8, ends[1], kind="ch-axis", anchor="end"))
    return picture(width, height, join(marks), key=key, title=head[0], about=head[1])


def _lane(events: Sequence[Event], phase: str, x: Scale, y: float) -> list[SafeString]:
    """Marks that would lie on one another are drawn once."""
    places = sorted({round(x(event.at)) for event in events if event.phase == phase})
    return [shape(phase, float(place), y, 6, kind=f"ph-fill {phase_class(phase)}") for place in places]
