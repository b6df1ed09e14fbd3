"""One metric's page: value, trend, cuts by every dimension, distribution of its answers."""

from dataclasses import dataclass

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from viaggio.kernel import Flag, Reading
from viaggio.measure.catalogue import CATALOGUE, Metric
from viaggio.web.journey.services.cases import distribution
from viaggio.web.journey.services.overview import MetricRow, metric_row, reason_of
from viaggio.web.journey.services.rows import behind
from viaggio.web.shared import formats
from viaggio.web.shared.change import change
from viaggio.web.shared.charts import Bar, Chart, bars
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.names import FUNCTIONS, dimension_name, metric_base, metric_name
from viaggio.web.shared.trends import spans_of, trend_chart

CUTS = ("phase", "touchpoint", "channel", "function", "segment", "device", "region", "category", "delivery",
        "language", "pulse", "wave", "campaign", "source")  # fmt: skip
MOST_ROWS = 15  # groups of one cut on the page; the file has them all


@dataclass(frozen=True, slots=True, kw_only=True)
class CutRow:
    """One group of a cut."""

    name: str
    href: str
    value: str
    interval: str
    base: str
    delta: SafeString | str
    reason: str
    few: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CutTable:
    """A metric cut by one dimension; `more` counts the groups beyond those shown."""

    dimension: str
    name: str
    rows: tuple[CutRow, ...]
    more: int

    @property
    def few(self) -> bool:
        """Whether any row rests on few cases."""
        return any(row.few for row in self.rows)


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPage:
    """All that a metric's page shows."""

    declared: Metric
    row: MetricRow
    before: str
    unit_scale: str
    owner: str
    trend: Chart | None
    cuts: tuple[CutTable, ...]
    distribution: Chart | None
    cases: str | None


def metric_page(desk: Desk, declared: Metric) -> MetricPage:
    """The page of one metric under the desk's filters."""
    slug = declared.slug
    readings = desk.totals([slug], [*desk.periods, *spans_of(desk)])[slug]
    now = readings[desk.filters.period]
    before = readings.get(desk.filters.compare) if desk.filters.compare else None
    hidden = Flag.HIDDEN in now.flags
    return MetricPage(
        declared=declared,
        row=metric_row(desk, slug, readings),
        before=formats.reading_text(before) if before else "",
        unit_scale=_scale(now),
        owner=str(FUNCTIONS.get(declared.owner or "", "")),
        trend=trend_chart(desk, slug, readings, key="trend")
        if any(r.has_value for r in readings.values())
        else None,
        cuts=tuple(table for name in CUTS if (table := cut_table(desk, declared, name)) is not None),
        distribution=None if hidden else _distribution(desk, declared),
        cases=desk.filters.to(reverse("journey:cases", args=[slug]))
        if now.n and not hidden and behind(declared)
        else None,
    )


def _scale(reading: Reading) -> str:
    if reading.scale is None:
        return ""
    low, high = (formats.number(end, 0) for end in reading.scale)
    return _("from %(low)s to %(high)s") % {"low": low, "high": high}


def cut_table(desk: Desk, declared: Metric, dimension: str) -> CutTable | None:
    """The metric by one dimension; None where it has no such dimension or fewer than two groups."""
    if dimension not in declared.dimensions or desk.filters.only(dimension):
        return None
    groups = desk.groups(declared.slug, desk.periods, (dimension,))
    now = groups[desk.filters.period]
    past = groups[desk.filters.compare] if desk.filters.compare else {}
    known = [(key[0], r) for key, r in now.items() if r.n or r.has_value or Flag.HIDDEN in r.flags]
    if len(known) < 2:
        return None
    ordered = sorted(known, key=lambda item: (-item[1].n, item[0]))
    rows = tuple(
        _cut_row(desk, (declared.slug, declared.base), (dimension, v), r, past.get((v,)))
        for v, r in ordered[:MOST_ROWS]
    )
    return CutTable(
        dimension=dimension, name=dimension_name(dimension), rows=rows, more=max(0, len(ordered) - MOST_ROWS)
    )


def _cut_row(
    desk: Desk, figure: tuple[str, str], group: tuple[str, str], reading: Reading, before: Reading | None
) -> CutRow:
    (slug, base), (dimension, value) = figure, group
    here = reverse("journey:metric", args=[slug])
    hidden = Flag.HIDDEN in reading.flags
    count = "" if hidden else f"{formats.number(reading.n)} {metric_base(base)}"
    return CutRow(
        name=desk.filters.say(dimension, value),
        href=desk.filters.to(here, **{dimension: value}) if value else "",
        value=formats.reading_text(reading),
        interval=formats.interval_text(reading),
        base=count,
        delta=change(reading, before).html,
        reason="" if reading.has_value else reason_of(reading),
        few=Flag.BELOW_MINIMUM in reading.flags,
    )


def _distribution(desk: Desk, declared: Metric) -> Chart | None:
    counts = distribution(desk, declared)
    if not counts:
        return None
    top = max(value for value, _n in counts)
    return bars(
        [
            Bar(
                label=formats.number(value, 0 if value == int(value) else 1),
                n=n,
                tone=_tone(declared.slug, value, top),
            )
            for value, n in counts
        ],
        key="distribution",
        title=_("How the answers are spread: %(metric)s") % {"metric": metric_name(declared.slug)},
        about=_("Number of answers for each value of the scale."),
        count=formats.number,
        share=formats.share,
        width=1120,
    )


def _tone(slug: str, value: float, top: float) -> str:
    """Colours of the recommendation scale only: detractors, passives, promoters."""
    if slug != "nps":
        return ""
    return "det" if value <= 6 else "pas" if value <= 8 else "pro"


def all_slugs() -> tuple[str, ...]:
    """Every metric there is."""
    return tuple(CATALOGUE)
