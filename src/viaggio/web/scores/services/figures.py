"""Headline figures, weighted and unweighted side by side, and the trend."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from viaggio.kernel import Flag, Period, Reading
from viaggio.measure.catalogue import metric
from viaggio.web.scores.services.screen import HEADLINE, of_group
from viaggio.web.scores.services.words import Said, said_of
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Chart, Point, trend
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import flag_reason, metric_base, metric_short
from viaggio.web.shared.names.weighting import UNWEIGHTED, scheme_name
from viaggio.web.shared.trends import axis_text, trend_chart

if TYPE_CHECKING:
    from viaggio.store.changes import Change

MOST_WAVES = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One headline figure. `reason` says why it is missing or to be read with care."""

    slug: str
    name: str
    href: str
    answers: str
    value: str
    interval: str
    base: str
    reason: str
    said: Said | None
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One figure under each scheme: value and interval, and how far the first is from unweighted."""

    name: str
    href: str
    values: tuple[tuple[str, str], ...]
    moved: str


def answers_link(desk: Desk, slug: str, **changes: str | None) -> str:
    """Address of the answers behind a figure, with the filters."""
    return desk.filters.to(reverse("journey:cases", args=[slug]), **changes)


def score_link(desk: Desk, slug: str, **changes: str | None) -> str:
    """Address of a score's own page, with the filters."""
    return desk.filters.to(reverse("scores:metric", args=[slug]), **changes)


def base_words(reading: Reading) -> str:
    """The base as a count and a noun; empty for a hidden cell."""
    if Flag.HIDDEN in reading.flags:
        return ""
    return f"{formats.number(reading.n)} {metric_base(metric(reading.metric).base)}"


def reason_of(reading: Reading) -> str:
    """Why a value is missing or to be read with care."""
    return flag_reason(reading.flags) if not reading.has_value or Flag.BELOW_MINIMUM in reading.flags else ""


def headline(
    desk: Desk,
    readings: Mapping[str, Mapping[Period, Reading]],
    found: Sequence["Change"],
    targets: Mapping[str, float],
) -> tuple[Figure, ...]:
    """The figures at the top of the page."""
    figures = []
    for slug in HEADLINE:
        now = readings[slug][desk.filters.period]
        figure = headline_of(desk, slug, now, of_group(found, slug))
        wanted = targets.get(slug)
        target = "" if wanted is None else formats.value_text(wanted, now.unit)
        figures.append(replace(figure, target=target))
    return tuple(figures)


def headline_of(desk: Desk, slug: str, now: Reading, change: "Change | None") -> Figure:
    """One figure with its verdict."""
    return Figure(
        slug=slug,
        name=metric_short(slug),
        href=score_link(desk, slug),
        answers=answers_link(desk, slug) if now.n else "",
        value=formats.reading_text(now),
        interval=formats.interval_text(now),
        base=base_words(now) if now.n else "",
        reason=reason_of(now),
        said=said_of(change),
    )


def sides_of(desk: Desk) -> tuple[str, ...]:
    """The two schemes that are shown side by side: the chosen or the best, and none; empty where none is."""
    if not desk.schemes:
        return ()
    return (desk.weights if desk.weights != UNWEIGHTED else desk.schemes[0], UNWEIGHTED)


def sides(
    desk: Desk, readings: Mapping[str, Mapping[Period, Reading]]
) -> tuple[tuple[str, ...], tuple[Side, ...]]:
    """Names of the schemes, and each headline figure under them; nothing where there is no scheme."""
    schemes = sides_of(desk)
    if not schemes:
        return (), ()
    period = desk.filters.period
    asked = [
        readings if scheme == desk.weights else replace(desk, weights=scheme).totals(HEADLINE, [period])
        for scheme in schemes
    ]
    rows = []
    for slug in HEADLINE:
        first, plain = (one[slug][period] for one in asked)
        rows.append(
            Side(
                name=metric_short(slug),
                href=score_link(desk, slug),
                values=tuple((formats.reading_text(r), formats.interval_text(r)) for r in (first, plain)),
                moved=formats.delta_text(first, plain),
            )
        )
    return tuple(scheme_name(scheme) for scheme in schemes), tuple(rows)


def period_trend(desk: Desk, slug: str, readings: dict[Period, Reading], *, width: float) -> Chart | None:
    """The score by day, week, month or quarter with its band; None without any value."""
    if not any(reading.has_value for reading in readings.values()):
        return None
    return trend_chart(desk, slug, readings, key="trend", width=width)


def wave_trend(desk: Desk, slug: str, *, width: float) -> Chart | None:
    """The score by wave with its band; None with fewer than two waves."""
    period = desk.filters.period
    groups = desk.groups(slug, [period], ("wave",))[period]
    waves = sorted(key[0] for key, r in groups.items() if key[0] and (r.n or Flag.HIDDEN in r.flags))
    if len(waves) < 2:
        return None
    declared = metric(slug)
    shown = waves[-MOST_WAVES:]
    points = [_wave_point(desk, wave, groups[wave,]) for wave in shown]
    sample = groups[shown[-1],]
    return trend(
        points,
        key="trend",
        title=_("%(metric)s by wave") % {"metric": metric_short(slug)},
        about=_("One point for each wave, with the interval at 95%."),
        name=metric_short(slug),
        say=lambda value: formats.value_text(value, declared.unit, decimals=formats.decimals_of(sample)),
        axis=lambda value: axis_text(value, declared.unit, None),
        base=metric_base(declared.base),
        width=width,
        limits=(0.0, 1.0) if declared.unit == "share" else sample.scale,
    )


def _wave_point(desk: Desk, wave: str, reading: Reading) -> Point:
    return Point(
        label=wave,
        name=wave,
        value=_number(reading.value),
        low=_number(reading.low),
        high=_number(reading.high),
        n=reading.n,
        href=desk.filters.query(wave=wave),
    )


def _number(value: float | None) -> float | None:
    return None if value is None else float(value)
