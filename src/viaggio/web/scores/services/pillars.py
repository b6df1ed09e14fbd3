"""The six pillars: dot plot with weights and reliability, importance against performance, heat map."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.kernel import Flag, Period, Reading
from viaggio.web.scores.services.figures import answers_link, reason_of, score_link
from viaggio.web.scores.services.importance import Weight
from viaggio.web.scores.services.screen import of_group
from viaggio.web.scores.services.words import said_of
from viaggio.web.shared import formats
from viaggio.web.shared.charts import (
    Cell,
    Chart,
    Dot,
    HeatRow,
    Spot,
    dot_plot,
    heat_map,
    matrix,
    phase_mark,
)
from viaggio.web.shared.charts.heat import level
from viaggio.web.shared.charts.matrix import Words
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import PILLARS, flag_reason, metric_base, touchpoint_name

if TYPE_CHECKING:
    from viaggio.store.changes import Change

SPREAD = 25.0  # points from the pillar's mean at which a cell has its strongest tint
TONES = ("p1", "p2", "p3", "p4")


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What stands beside the pillars' scores: verdicts, weights and reliability, targets by metric."""

    changes: Sequence["Change"]
    weights: Mapping[str, Weight]
    targets: Mapping[str, float]


def pillar_plot(
    desk: Desk, readings: Mapping[str, Mapping[Period, Reading]], beside: Beside
) -> SafeString | None:
    """One row per pillar; None where no pillar has answers."""
    dots = [_dot(desk, pillar, readings[f"pillar_{pillar}"], beside) for pillar in PILLARS]
    if not any(dot.value is not None for dot in dots):
        return None
    return dot_plot(
        dots,
        title=_("Six pillars"),
        say=lambda v: formats.number(v, 0),
        limits=(0, 100),
        name=_("Pillar"),
        more=(_("Since the period before"), _("Weight"), _("Reliability")),
    )


def _dot(desk: Desk, pillar: str, readings: Mapping[Period, Reading], beside: Beside) -> Dot:
    slug = f"pillar_{pillar}"
    now = readings[desk.filters.period]
    before = readings.get(desk.filters.compare) if desk.filters.compare else None
    said = said_of(of_group(beside.changes, slug))
    return Dot(
        name=str(PILLARS[pillar]),
        href=score_link(desk, slug),
        value=_number(now.value),
        said=formats.reading_text(now),
        n=now.n,
        low=_number(now.low),
        high=_number(now.high),
        before=_number(before.value) if before else None,
        target=beside.targets.get(slug),
        delta=_about(desk, slug, now),
        tone=said.tone if said else "eq",
        more=(
            format_html("{} {}", said.html, said.delta) if said else formats.NO_VALUE,
            _weight_words(beside.weights.get(pillar)),
            _reliability(beside.weights.get(pillar)),
        ),
    )


def _about(desk: Desk, slug: str, now: Reading) -> SafeString:
    """Interval, and the base as the way to its answers."""
    if now.value is None:
        return format_html('<span class="why">{}</span>', reason_of(now))
    return format_html(
        '<span class="pm">{}</span> <a class="base" href="{}">n {}</a>',
        formats.interval_text(now), answers_link(desk, slug), formats.number(now.n),
    )  # fmt: skip


def _weight_words(weight: Weight | None) -> SafeString | str:
    if weight is None or weight.share is None:
        return formats.NO_VALUE
    if weight.equal:
        return format_html('{} <span class="pm">{}</span>', weight.said, _("equal"))
    return format_html('{} <span class="pm">{}</span>', weight.said, weight.interval)


def _reliability(weight: Weight | None) -> SafeString | str:
    if weight is None:
        return formats.NO_VALUE
    return format_html(
        '<span title="{}">{}<span class="sr"> {}</span></span>',
        weight.about_reliability, weight.reliability, weight.about_reliability,
    )  # fmt: skip


def importance_chart(
    desk: Desk, readings: Mapping[str, Mapping[Period, Reading]], weighed: Mapping[str, Weight]
) -> Chart | None:
    """What weighs much and does badly is to be improved first; None where weights are not estimated."""
    spots = []
    for place, pillar in enumerate(PILLARS):
        now, weight = readings[f"pillar_{pillar}"][desk.filters.period], weighed.get(pillar)
        if now.value is None or weight is None or weight.share is None or weight.equal:
            continue
        spots.append(_spot(desk, pillar, now, weight, place))
    if len(spots) < 2:
        return None
    return matrix(
        spots,
        Words(
            x=_("Score, 0 to 100"), y=_("Weight"), say_x=formats.number, say_y=lambda v: formats.share(v, 0)
        ),
        key="matrix",
        title=_("Importance and performance"),
        about=_("Pillars by how they score and how much they weigh for recommending."),
    )


def _spot(desk: Desk, pillar: str, now: Reading, weight: Weight, place: int) -> Spot:
    slug = f"pillar_{pillar}"
    share = weight.share
    assert share is not None  # asked by the caller
    assert now.value is not None
    return Spot(
        name=str(PILLARS[pillar]),
        x=float(now.value),
        y=float(share.value or 0.0),
        x_range=(float(now.low), float(now.high)) if now.low is not None and now.high is not None else None,
        y_range=(share.low, share.high) if share.low is not None and share.high is not None else None,
        sign=("discovery", "purchase", "care", "maintenance")[place % 4],
        tone=TONES[place % 4],
        href=answers_link(desk, slug),
        said=(
            f"{formats.reading_text(now)} {formats.interval_text(now)}",
            f"{weight.said} {weight.interval}",
        ),
    )


def pillar_heat(desk: Desk) -> SafeString | None:
    """Touchpoints by pillar, each cell tinted by its distance from the pillar's mean over touchpoints."""
    period = desk.filters.period
    cells = {
        pillar: desk.groups(f"pillar_{pillar}", desk.periods, ("touchpoint",))[period] for pillar in PILLARS
    }
    seen = {key[0] for group in cells.values() for key, r in group.items() if r.n or Flag.HIDDEN in r.flags}
    rows = [
        HeatRow(
            name=touchpoint_name(t, desk.extent.touchpoints),
            href=desk.filters.to(reverse("journey:touchpoint", args=[t]), touchpoint=None),
            mark=phase_mark(str(desk.extent.touchpoints[t].get("phase")), size=12),
            cells=tuple(_cell(desk, pillar, t, group) for pillar, group in cells.items()),
        )
        for t in desk.extent.touchpoints
        if t in seen
    ]
    if not rows:
        return None
    names = [str(name) for name in PILLARS.values()]
    return heat_map(rows, names, title=_("Pillars by touchpoint"), corner=_("Touchpoint"))


def _cell(desk: Desk, pillar: str, touchpoint: str, group: Mapping[tuple[str, ...], Reading]) -> Cell:
    reading = group.get((touchpoint,))
    if reading is None or (not reading.n and Flag.HIDDEN not in reading.flags):
        return Cell(said=None)
    if reading.value is None:
        return Cell(said=None, reason=flag_reason(reading.flags))
    few = Flag.BELOW_MINIMUM in reading.flags
    base = f"{formats.number(reading.n)} {metric_base('responses')}"
    about = f"{PILLARS[pillar]} {formats.interval_text(reading)}, {base}"
    return Cell(
        said=formats.number(reading.value),
        href=answers_link(desk, f"pillar_{pillar}", touchpoint=touchpoint),
        level=level(float(reading.value), _middle(group), SPREAD),
        about=f"{about}. {flag_reason(reading.flags)}" if few else about,
        few=few,
    )


def _middle(group: Mapping[tuple[str, ...], Reading]) -> float:
    """The mean of a pillar over touchpoints, weighted by their responses."""
    rated = [(float(r.value), r.n) for r in group.values() if r.value is not None]
    total = sum(n for _value, n in rated)
    return sum(value * n for value, n in rated) / total if total else 0.0


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
