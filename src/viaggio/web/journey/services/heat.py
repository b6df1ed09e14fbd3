"""Touchpoint by channel: one score in every cell that has answers."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.kernel import Flag, Reading, Unit
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Cell, HeatRow, heat_map, phase_mark
from viaggio.web.shared.charts.heat import level
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import (
    CHANNELS,
    code_name,
    flag_reason,
    metric_base,
    metric_short,
    touchpoint_name,
)

_SPREAD = {Unit.POINTS: 60.0, Unit.SHARE: 0.3}
"""Distance from the average at which a cell has its strongest tint; for scores a third of their scale."""


def heat_table(desk: Desk, slug: str) -> SafeString | None:
    """The heat map of a metric; None where no cell has an answer."""
    period = desk.filters.period
    cells = desk.groups(slug, [period], ("touchpoint", "channel"))[period]
    known = {key: r for key, r in cells.items() if key[0] and key[1] and (r.n or Flag.HIDDEN in r.flags)}
    if not known:
        return None
    channels = [c for c in CHANNELS if any(key[1] == c for key in known)]
    touchpoints = [t for t in desk.extent.touchpoints if any(key[0] == t for key in known)]
    middle = middle_of(known)
    rows = [
        HeatRow(
            name=touchpoint_name(t, desk.extent.touchpoints),
            href=desk.filters.to(reverse("journey:touchpoint", args=[t]), touchpoint=None),
            mark=phase_mark(str(desk.extent.touchpoints[t].get("phase")), size=12),
            cells=tuple(_cell(desk, slug, known.get((t, c)), (t, c), middle) for c in channels),
        )
        for t in touchpoints
    ]
    title = _("%(metric)s by touchpoint and channel") % {"metric": metric_short(slug)}
    return heat_map(rows, [code_name("channel", c) for c in channels], title=title, corner=_("Touchpoint"))


def middle_of(cells: Mapping[tuple[str, ...], Reading]) -> float:
    """The mean of all cells, weighted by their answers: what is tinted better or worse than."""
    rated = [(float(r.value), r.n) for r in cells.values() if r.value is not None]
    total = sum(n for _value, n in rated)
    return sum(value * n for value, n in rated) / total if total else 0.0


def _cell(desk: Desk, slug: str, reading: Reading | None, at: tuple[str, str], middle: float) -> Cell:
    if reading is None:
        return Cell(said=None)
    if reading.value is None:
        return Cell(said=None, reason=flag_reason(reading.flags))
    scale = reading.scale or (0.0, 1.0)
    spread = _SPREAD.get(reading.unit, (scale[1] - scale[0]) / 3)
    base = f"{formats.number(reading.n)} {metric_base('answers')}"
    about = f"{metric_short(slug)} {formats.interval_text(reading)}, {base}"
    if Flag.BELOW_MINIMUM in reading.flags:
        about += f". {flag_reason(reading.flags)}"
    return Cell(
        said=formats.value_text(reading.value, reading.unit) if reading.unit is not Unit.SCORE
        else formats.number(reading.value, 1),
        href=desk.filters.to(reverse("journey:cases", args=[slug]), touchpoint=at[0], channel=at[1]),
        level=level(float(reading.value), middle, spread),
        about=about,
        few=Flag.BELOW_MINIMUM in reading.flags,
    )  # fmt: skip
