"""The journey at a glance: the line, tiles, trend, pillars, heat map and the list of all metrics."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.kernel import Flag, Period, Reading
from viaggio.measure.catalogue import CATALOGUE, metric
from viaggio.web.journey.services.flows import FlowView, flow_view
from viaggio.web.journey.services.heat import heat_table
from viaggio.web.shared import formats
from viaggio.web.shared.change import change
from viaggio.web.shared.charts import Chart, Dot, Stop, dot_plot, sparkline, the_line
from viaggio.web.shared.desk import Desk, first_of
from viaggio.web.shared.names import (
    PHASES,
    PILLARS,
    flag_reason,
    metric_base,
    metric_definition,
    metric_name,
    metric_short,
)
from viaggio.web.shared.trends import series, spans_of, trend_chart

SCORES = ("nps", "csat_mean", "review_score", "ces")
"""Figures that say how customers feel, best first; pages lead with the first one that the data can give."""
PHASE_FIGURES = (*SCORES, "first_contact_resolution", "customers", "interactions")
TILES = (
    "nps", "ces", "retention", "cross_sell", "service_cost_per_customer", "conversion", "on_time_delivery",
    "revenue",
)  # fmt: skip
RESERVES = (
    "review_score", "csat_top", "first_contact_resolution", "orders", "average_order", "repeat_purchase",
    "contacts_per_order", "customers", "time_on_site", "pages_per_visit", "bounce", "pages_to_goal",
    "up_sell", "interactions",
)  # fmt: skip
_PLACES = (
    *SCORES, "csat_top", "first_contact_resolution", "on_time_delivery", "conversion", "retention",
    "repeat_purchase", "revenue", "orders", "average_order", "cross_sell", "up_sell", "contacts_per_order",
    "service_cost_per_customer", "customers", "time_on_site", "pages_per_visit", "bounce", "pages_to_goal",
    "interactions",
)  # fmt: skip
MOST_TILES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One figure with its shape over time. `reason` says why there is no value, or why to be careful."""

    name: str
    href: str
    value: str
    interval: str
    base: str
    delta: SafeString | str
    spark: SafeString
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricRow:
    """One line of the list of all metrics."""

    slug: str
    name: str
    href: str
    definition: str
    value: str
    interval: str
    base: str
    delta: SafeString | str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """All that the journey page shows."""

    line: SafeString
    phase_slug: str
    tiles: tuple[Tile, ...]
    score: str | None
    trend: Chart | None
    pillars: SafeString | None
    flow: FlowView
    heat: SafeString | None
    heat_slug: str | None
    families: tuple[tuple[str, tuple[MetricRow, ...]], ...]
    missing: tuple[tuple[str, str], ...]


def overview(desk: Desk) -> Overview:
    """Everything of the journey page, each metric asked once."""
    available = desk.available()
    filtered = frozenset(desk.filters.population.where)
    score = first_of([slug for slug in SCORES if filtered <= CATALOGUE[slug].dimensions], available)
    chosen = tile_slugs(available, filtered)
    readings = _readings(desk, available, {*chosen, *([score] if score else [])})
    phase_slug = first_of(PHASE_FIGURES, available) or "interactions"
    heat = heat_table(desk, score) if score else None
    dots = pillars(desk, readings)
    return Overview(
        line=the_line(stops(desk, phase_slug, available)),
        phase_slug=phase_slug,
        tiles=tuple(tile(desk, slug, readings[slug]) for slug in chosen),
        score=score,
        trend=trend_chart(desk, score, readings[score], key="trend", width=680 if dots else 1120)
        if score
        else None,
        pillars=dots,
        flow=flow_view(desk),
        heat=heat,
        heat_slug=score,
        families=families(desk, readings),
        missing=tuple((metric_name(s), metric_link(desk, s)) for s in CATALOGUE if s not in available),
    )


def _readings(desk: Desk, available: frozenset[str], drawn: set[str]) -> dict[str, dict[Period, Reading]]:
    """Every metric now and before; in all bins those drawn as a line, and what is counted with them."""
    counted = {CATALOGUE[slug].measure for slug in drawn}
    with_bins = [slug for slug in CATALOGUE if slug in available and CATALOGUE[slug].measure in counted]
    rest = [slug for slug in CATALOGUE if slug in available and slug not in with_bins]
    return {
        **desk.totals(with_bins, [*desk.periods, *spans_of(desk)]),
        **desk.totals(rest, desk.periods),
    }


def tile_slugs(available: frozenset[str], filtered: frozenset[str] = frozenset()) -> list[str]:
    """The figures on tiles: the company's main ones, then whatever else the data can give.

    Figures that cannot be cut by one of the dimensions `filtered` would only say so: others take their place.
    """
    able = [s for s in (*TILES, *RESERVES) if s in available and filtered <= CATALOGUE[s].dimensions]
    chosen = able[:MOST_TILES]
    return sorted(chosen, key=_PLACES.index)


def metric_link(desk: Desk, slug: str, **changes: str | None) -> str:
    """Address of a metric's page with the filters."""
    return desk.filters.to(reverse("journey:metric", args=[slug]), **changes)


def tile(desk: Desk, slug: str, readings: Mapping[Period, Reading]) -> Tile:
    """One tile from the readings of the period, the comparison and the bins."""
    now = readings[desk.filters.period]
    before = readings.get(desk.filters.compare) if desk.filters.compare else None
    return Tile(
        name=metric_short(slug),
        href=metric_link(desk, slug),
        value=formats.reading_text(now),
        interval=formats.interval_text(now),
        base=base_words(now),
        delta=change(now, before).html,
        spark=sparkline(series(readings, desk.filters.period)),
        reason=reason_of(now),
    )


def reason_of(reading: Reading) -> str:
    """Why a value is missing or to be read with care."""
    return flag_reason(reading.flags) if not reading.has_value or Flag.BELOW_MINIMUM in reading.flags else ""


def base_words(reading: Reading) -> str:
    """The base as a count and a noun; empty for a hidden cell or where the value is that count itself."""
    if Flag.HIDDEN in reading.flags or not reading.n or reading.metric == metric(reading.metric).base:
        return ""
    return f"{formats.number(reading.n)} {metric_base(metric(reading.metric).base)}"


def stops(desk: Desk, slug: str, available: frozenset[str]) -> list[Stop]:
    """The four stops: the page's score by phase, or the best figure that a phase has."""
    shown: dict[str, tuple[Reading, Reading | None]] = {}
    for figure in (slug, *(s for s in PHASE_FIGURES if s in available and s != slug)):
        if len(shown) < len(PHASES):
            for phase, pair in _by_phase(desk, figure).items():
                shown.setdefault(phase, pair)
    return [_stop(desk, phase, str(name), shown.get(phase)) for phase, name in PHASES.items()]


def _stop(desk: Desk, phase: str, name: str, pair: tuple[Reading, Reading | None] | None) -> Stop:
    now, before = pair or (None, None)
    current = desk.filters.only("phase") == phase
    return Stop(
        phase=phase,
        name=name,
        value=formats.reading_text(now) if now else formats.NO_VALUE,
        base=_stop_base(now),
        href=desk.filters.to(reverse("journey:home"), phase=None if current else phase),
        delta=change(now, before).html if now else "",
        current=current,
        few=now is not None and Flag.BELOW_MINIMUM in now.flags,
    )


def _by_phase(desk: Desk, slug: str) -> dict[str, tuple[Reading, Reading | None]]:
    """A figure, now and before, of the phases that have it; the line shows all four, whichever is chosen."""
    where = {name: values for name, values in desk.filters.population.where.items() if name != "phase"}
    asked = desk.ask([slug], desk.periods, by=("phase",), population=desk.filters.scope.narrowed(**where))[
        slug
    ]
    found = [{dict(r.by).get("phase", ""): r for r in asked[span]} for span in desk.periods]
    before = found[1] if len(found) > 1 else {}
    return {phase: (r, before.get(phase)) for phase, r in found[0].items() if phase in PHASES and r.has_value}


def _stop_base(reading: Reading | None) -> str:
    if reading is None:
        return _("no figures yet")
    base = base_words(reading)
    return f"{metric_short(reading.metric)}, {base}" if base else metric_short(reading.metric)


def pillars(desk: Desk, readings: Mapping[str, Mapping[Period, Reading]]) -> SafeString | None:
    """The dot plot of the pillars that have answers; None without any."""
    dots = [
        pillar_dot(desk, pillar, readings[f"pillar_{pillar}"])
        for pillar in PILLARS
        if f"pillar_{pillar}" in readings
    ]
    if not any(dot.value is not None for dot in dots):
        return None
    return dot_plot(dots, title=_("Six pillars"), say=lambda v: formats.number(v, 0), limits=(0, 100))


def pillar_dot(desk: Desk, pillar: str, readings: Mapping[Period, Reading]) -> Dot:
    """One pillar's row."""
    now = readings[desk.filters.period]
    before = readings.get(desk.filters.compare) if desk.filters.compare else None
    moved = change(now, before)
    return Dot(
        name=str(PILLARS[pillar]),
        href=metric_link(desk, f"pillar_{pillar}"),
        value=_number(now.value),
        said=formats.number(now.value, 0) if now.value is not None else formats.NO_VALUE,
        n=now.n,
        low=_number(now.low),
        high=_number(now.high),
        before=_number(before.value) if before else None,
        delta=moved.html,
        tone=moved.tone,
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)


FAMILIES = ("satisfaction", "pillars", "loyalty", "revenue", "selling", "service", "digital", "base")


def families(
    desk: Desk, readings: Mapping[str, Mapping[Period, Reading]]
) -> tuple[tuple[str, tuple[MetricRow, ...]], ...]:
    """All metrics, family by family."""
    found = []
    for family in FAMILIES:
        slugs = [
            slug for slug, declared in CATALOGUE.items() if declared.family == family and slug in readings
        ]
        if slugs:
            found.append(
                (family_name(family), tuple(metric_row(desk, slug, readings[slug]) for slug in slugs))
            )
    return tuple(found)


def family_name(family: str) -> str:
    """What people call a family of metrics."""
    names = {
        "satisfaction": _("What customers say"), "pillars": _("Six pillars"), "loyalty": _("Loyalty"),
        "revenue": _("Sales"), "selling": _("Additional sales"), "service": _("Service"),
        "digital": _("Online"), "base": _("Customers and contacts"),
    }  # fmt: skip
    return names.get(family, family)


def metric_row(desk: Desk, slug: str, readings: Mapping[Period, Reading]) -> MetricRow:
    """One metric's line."""
    now = readings[desk.filters.period]
    before = readings.get(desk.filters.compare) if desk.filters.compare else None
    return MetricRow(
        slug=slug,
        name=metric_name(slug),
        href=metric_link(desk, slug),
        definition=metric_definition(slug),
        value=formats.reading_text(now),
        interval=formats.interval_text(now),
        base=base_words(now),
        delta=change(now, before).html,
        reason=reason_of(now),
    )
