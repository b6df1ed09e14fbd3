"""One score by one or two dimensions: values with intervals on one scale, a verdict per row."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.estimate.monitor import RATE
from viaggio.kernel import Flag, Reading
from viaggio.measure.catalogue import Metric
from viaggio.web.scores.services.figures import (
    Figure,
    answers_link,
    base_words,
    headline_of,
    reason_of,
    score_link,
)
from viaggio.web.scores.services.moves import Counts, counts
from viaggio.web.scores.services.screen import judged, remembered
from viaggio.web.scores.services.words import said_of
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Dot, dot_plot
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import dimension_name, metric_name
from viaggio.web.shared.trends import axis_text

if TYPE_CHECKING:
    from viaggio.store.changes import Change

DIMENSIONS = ("phase", "touchpoint", "channel", "segment", "function", "wave", "region", "language", "pulse",
              "source")  # fmt: skip
MOST_ROWS = 60  # rows on the page; the file has them all
MOST_WAVES = 25

Group = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One dimension to choose; `first` and `second` say where it is chosen."""

    value: str
    name: str
    first: bool
    second: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CrossPage:
    """All that a score's page shows."""

    figure: Figure
    by: tuple[str, ...]
    title: str
    choices: tuple[Choice, ...]
    plot: SafeString | None
    more: int
    hidden: int
    few: int
    counts: Counts | None
    no_verdict: str


def by_of(text: str) -> tuple[str, ...]:
    """One or two dimensions as the address names them; by phase when it names none that there is."""
    asked = [part.strip() for part in text.split(",")]
    known = tuple(dict.fromkeys(name for name in asked if name in DIMENSIONS))[:2]
    return known or ("phase",)


def cross_page(desk: Desk, declared: Metric, by: tuple[str, ...]) -> CrossPage:
    """One score, whole and cut."""
    slug = declared.slug
    whole = judged(desk, (slug,), ((),))
    now = desk.totals([slug], desk.periods)[slug][desk.filters.period]
    groups = groups_of(desk, slug, by)
    found = changes_of(desk, slug, by)
    rows = shown_rows(desk, groups, by)
    return CrossPage(
        figure=headline_of(desk, slug, now, whole[0] if whole else None),
        by=by,
        title=title_of(slug, by),
        choices=tuple(
            Choice(value=d, name=dimension_name(d), first=d == by[0], second=d in by[1:])
            for d in DIMENSIONS
            if d in declared.dimensions
        ),
        plot=_plot(desk, declared, by, rows[:MOST_ROWS], found),
        more=max(0, len(rows) - MOST_ROWS),
        hidden=sum(Flag.HIDDEN in r.flags for r in rows),
        few=sum(Flag.BELOW_MINIMUM in r.flags for r in rows),
        counts=counts(list(found.values()), RATE) if found else None,
        no_verdict="" if found or not desk.filters.compare else _no_verdict(by),
    )


def title_of(slug: str, by: Sequence[str]) -> str:
    """What the table shows."""
    names = " × ".join(dimension_name(name).lower() for name in by)
    return _("%(metric)s by %(dimensions)s") % {"metric": metric_name(slug), "dimensions": names}


def _no_verdict(by: Sequence[str]) -> str:
    if "wave" in by:
        return _("Waves cut by another dimension are not compared: choose the wave alone.")
    return _("Nothing to compare in the period before.")


def groups_of(desk: Desk, slug: str, by: tuple[str, ...]) -> list[Reading]:
    """Readings of the page's period by group."""
    return desk.ask([slug], desk.periods, by=by)[slug][desk.filters.period]


def shown_rows(desk: Desk, groups: Sequence[Reading], by: tuple[str, ...]) -> list[Reading]:
    """Groups with answers: the newest wave first, touchpoints as in the journey, others by their base."""
    seen = [r for r in groups if r.n or Flag.HIDDEN in r.flags]
    if by == ("wave",):
        return sorted(seen, key=lambda r: r.by, reverse=True)
    order = {name: place for place, name in enumerate(desk.extent.touchpoints)}
    if by[0] == "touchpoint":
        return sorted(seen, key=lambda r: (order.get(r.by[0][1], 999), -r.n, r.by))
    return sorted(seen, key=lambda r: (-r.n, r.by)) if len(by) == 1 else sorted(seen, key=lambda r: r.by)


def changes_of(desk: Desk, slug: str, by: tuple[str, ...]) -> Mapping[Group, "Change"]:
    """The judged change of each group; by waves each against the wave before. Empty without comparison."""
    if desk.filters.compare is None or ("wave" in by and len(by) > 1):
        return {}
    if by == ("wave",):
        return {change.by: change for change in _of_waves(desk, slug)}
    return {change.by: change for change in judged(desk, (slug,), (by,))}


def _of_waves(desk: Desk, slug: str) -> list["Change"]:
    """Each wave of the period against the one before it, all tested together."""
    from viaggio.estimate.monitor import verdicts
    from viaggio.store.changes import Screen, wave_changes

    rows = shown_rows(desk, groups_of(desk, slug, ("wave",)), ("wave",))
    waves = [r.by[0][1] for r in rows if r.by[0][1]][:MOST_WAVES]
    screen = Screen(
        metrics=(slug,), population=desk.filters.population, weights=desk.weights,
        minimum_cell=desk.minimum or None,
    )  # fmt: skip

    def ask() -> "list[Change]":
        found = []
        for now, before in pairwise(waves):
            (change,) = wave_changes(desk.engine, screen, now, before, desk.filters.period)
            found.append(replace(change, now=replace(change.now, by=(("wave", now),))))
        over_all = verdicts([change.judged.difference for change in found])
        return [replace(change, judged=one) for change, one in zip(found, over_all, strict=True)]

    changes: list[Change] = remembered(desk, ("waves", screen, tuple(waves), desk.filters.period), ask)
    return changes


def _plot(
    desk: Desk,
    declared: Metric,
    by: tuple[str, ...],
    rows: Sequence[Reading],
    found: Mapping[Group, "Change"],
) -> SafeString | None:
    if not rows:
        return None
    sample = next((r for r in rows if r.scale), rows[0])
    limits = (0.0, 1.0) if declared.unit == "share" else sample.scale or declared.scale or (0.0, 1.0)
    more = (_("Since the period before"),) if found else ()
    return dot_plot(
        [_dot(desk, declared.slug, row, found.get(row.by), compared=bool(found)) for row in rows],
        title=title_of(declared.slug, by),
        say=lambda value: axis_text(value, declared.unit, None),
        limits=limits,
        name=" × ".join(dimension_name(name) for name in by),
        more=(_("Base"), *more),
    )


def _dot(desk: Desk, slug: str, row: Reading, change: "Change | None", *, compared: bool) -> Dot:
    said = said_of(change)
    keep = {name: value for name, value in row.by if value}
    verdict: tuple[SafeString | str, ...] = (
        (format_html("{} {}", said.html, said.delta) if said else formats.NO_VALUE,) if compared else ()
    )
    whole = len(keep) == len(row.by)
    return Dot(
        name=" · ".join(desk.filters.say(name, value) for name, value in row.by),
        href=score_link(desk, slug, **keep) if whole else "",
        value=_number(row.value),
        said=formats.reading_text(row),
        n=row.n,
        low=_number(row.low),
        high=_number(row.high),
        before=_number(change.before.value) if change else None,
        delta=format_html('<span class="pm">{}</span>', formats.interval_text(row) or reason_of(row)),
        tone=said.tone if said else "eq",
        more=(_base(desk, slug, row, keep if whole else None), *verdict),
    )


def _base(desk: Desk, slug: str, row: Reading, keep: dict[str, str] | None) -> SafeString | str:
    words = base_words(row)
    if not words or keep is None:
        return words or formats.NO_VALUE
    few = format_html(' <span class="few">{}</span>', _("few")) if Flag.BELOW_MINIMUM in row.flags else ""
    return format_html('<a href="{}">{}</a>{}', answers_link(desk, slug, **keep), words, few)


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
