"""The touchpoints: the list with their figures, and one touchpoint's page."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.kernel import Flag, Period, Reading
from viaggio.measure.catalogue import CATALOGUE, metric
from viaggio.web.journey.services.flows import transitions_of
from viaggio.web.journey.services.metrics import CutTable, cut_table
from viaggio.web.journey.services.overview import SCORES, Tile, pillars, reason_of, tile
from viaggio.web.shared import formats
from viaggio.web.shared.change import change
from viaggio.web.shared.charts import Chart, phase_mark
from viaggio.web.shared.desk import Desk, first_of
from viaggio.web.shared.names import code_name, metric_short, touchpoint_name
from viaggio.web.shared.trends import spans_of, trend_chart
from viaggio.web.shared.voices import Voice, voices

COLUMNS = (*SCORES, "first_contact_resolution")
MOST_SCORES = 3
FIGURES = (*SCORES, "csat_top", "first_contact_resolution", "customers", "interactions")
MOST_STEPS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One cell of the list: value, base, change, or the reason why there is none."""

    value: str
    about: str
    delta: SafeString | str
    href: str
    few: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchpointRow:
    """One line of the list."""

    slug: str
    name: str
    href: str
    mark: SafeString
    phase: str
    owner: str
    channels: str
    volume: str
    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A touchpoint before or after this one: how many moves, and their share."""

    name: str
    href: str
    moves: str
    share: str
    percent: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TouchpointPage:
    """All that a touchpoint's page shows."""

    slug: str
    name: str
    mark: SafeString
    phase: str
    moment: str
    owner: str
    partners: tuple[str, ...]
    channels: str
    tiles: tuple[Tile, ...]
    score: str | None
    trend: Chart | None
    pillars: SafeString | None
    by_channel: CutTable | None
    before: tuple[Step, ...]
    after: tuple[Step, ...]
    starts: str
    ends: str
    voices: tuple[Voice, ...]


def score_columns(desk: Desk) -> list[str]:
    """The scores that the list shows."""
    available = desk.available()
    return [slug for slug in COLUMNS if slug in available][:MOST_SCORES]


def touchpoint_rows(desk: Desk) -> list[TouchpointRow]:
    """Every touchpoint of the catalogue that the person may see, in the order of the journey."""
    slugs = score_columns(desk)
    groups = {slug: desk.groups(slug, desk.periods, ("touchpoint",)) for slug in (*slugs, "interactions")}
    where = desk.filters.population.where
    rows = []
    for touchpoint, row in desk.extent.touchpoints.items():
        wanted = {"phase": row.get("phase"), "function": row.get("owner_function"), "touchpoint": touchpoint}
        if all(wanted[name] in values for name, values in where.items() if name in wanted):
            rows.append(_row(desk, touchpoint, row, slugs, groups))
    return rows


def _row(
    desk: Desk,
    slug: str,
    row: Mapping[str, Any],
    scores: list[str],
    groups: Mapping[str, Mapping[Period, Mapping[tuple[str, ...], Reading]]],
) -> TouchpointRow:
    seen = groups["interactions"][desk.filters.period].get((slug,))
    return TouchpointRow(
        slug=slug,
        name=touchpoint_name(slug, desk.extent.touchpoints),
        href=desk.filters.to(reverse("journey:touchpoint", args=[slug]), touchpoint=None),
        mark=phase_mark(str(row.get("phase"))),
        phase=code_name("phase", row.get("phase")),
        owner=code_name("function", row.get("owner_function")),
        channels=listed("channel", row.get("channels")),
        volume=formats.reading_text(seen) if seen else formats.NO_VALUE,
        figures=tuple(_figure(desk, slug, score, groups[score]) for score in scores),
    )


def _figure(
    desk: Desk, slug: str, score: str, groups: Mapping[Period, Mapping[tuple[str, ...], Reading]]
) -> Figure:
    now = groups[desk.filters.period].get((slug,))
    before = groups[desk.filters.compare].get((slug,)) if desk.filters.compare else None
    if now is None or not (now.n or Flag.HIDDEN in now.flags):
        return Figure(value=formats.NO_VALUE, about=_("no answers"), delta="", href="")
    base = formats.base_text(now)
    return Figure(
        value=formats.reading_text(now),
        about=f"{formats.interval_text(now)} {base}".strip() if now.has_value else reason_of(now),
        few=Flag.BELOW_MINIMUM in now.flags,
        delta=change(now, before).html,
        href=desk.filters.to(reverse("journey:metric", args=[score]), touchpoint=slug),
    )


def listed(dimension: str, values: str | None) -> str:
    """Comma-separated codes as words."""
    return ", ".join(
        code_name(dimension, value.strip()) for value in (values or "").split(",") if value.strip()
    )


def touchpoint_page(desk: Desk, slug: str) -> TouchpointPage:
    """One touchpoint's page; the desk's population is already narrowed to it."""
    row = desk.extent.touchpoints[slug]
    available = desk.available()
    figures = [s for s in FIGURES if s in available and "touchpoint" in CATALOGUE[s].dimensions]
    pillar_slugs = [s for s in available if s.startswith("pillar_")]
    readings = desk.totals([*figures, *pillar_slugs], [*desk.periods, *spans_of(desk)])
    now = desk.filters.period
    shown = [s for s in figures if readings[s][now].n or readings[s][now].has_value]
    score = first_of(SCORES, frozenset(shown))
    before, after, starts, ends = steps_around(desk, slug)
    return TouchpointPage(
        slug=slug,
        name=touchpoint_name(slug, desk.extent.touchpoints),
        mark=phase_mark(str(row.get("phase")), size=20),
        phase=code_name("phase", row.get("phase")),
        moment=code_name("moment", row.get("moment")) if row.get("moment") else "",
        owner=code_name("function", row.get("owner_function")),
        partners=tuple(
            code_name("function", value.strip())
            for value in (row.get("partner_functions") or "").split(",")
            if value.strip()
        ),
        channels=listed("channel", row.get("channels")),
        tiles=tuple(tile(desk, s, readings[s]) for s in shown),
        score=score,
        trend=trend_chart(desk, score, readings[score], key="trend") if score else None,
        pillars=pillars(desk, readings),
        by_channel=cut_table(desk, metric(score or "interactions"), "channel"),
        before=before,
        after=after,
        starts=starts,
        ends=ends,
        voices=tuple(voices(desk, desk.filters.population)),
    )


def steps_around(desk: Desk, slug: str) -> tuple[tuple[Step, ...], tuple[Step, ...], str, str]:
    """Where customers come from and go next, and how often the touchpoint is first and last."""
    where = {name: values for name, values in desk.filters.population.where.items() if name != "touchpoint"}
    found = transitions_of(desk, desk.filters.scope.narrowed(**where))
    if found is None:
        return (), (), "", ""
    least = max(desk.minimum, 1)
    moves = [m for m in found.moves if m.customers >= least]
    into = [(m.origin, m.moves) for m in moves if m.target == slug and m.origin]
    out = [(m.target, m.moves) for m in moves if m.origin == slug and m.target]
    place = next((p for p in found.places if p.name == slug), None)
    shares = ("", "")
    if place and place.interactions:
        shares = (
            formats.share(place.starts / place.interactions, 0),
            formats.share(place.ends / place.interactions, 0),
        )
    return _steps(desk, into, slug), _steps(desk, out, slug), *shares


def _steps(desk: Desk, found: list[tuple[str, int]], slug: str) -> tuple[Step, ...]:
    total = sum(n for _name, n in found) or 1
    most = max((n for _name, n in found), default=1)
    return tuple(
        Step(
            name=_("the same again") if name == slug else touchpoint_name(name, desk.extent.touchpoints),
            href=desk.filters.to(reverse("journey:touchpoint", args=[name]), touchpoint=None),
            moves=formats.number(n),
            share=formats.share(n / total, 0),
            percent=round(100 * n / most, 1),
        )
        for name, n in sorted(found, key=lambda pair: -pair[1])[:MOST_STEPS]
    )


def touchpoint_metric(slug: str) -> str:
    """What the list's column is called."""
    return metric_short(slug)
