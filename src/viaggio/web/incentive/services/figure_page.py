"""One figure behind a statement as a small page of totals: for people who may not open the scores.

Only whole groups are shown, never answers: cells below the smallest size are hidden, and with them those from
which a hidden one could be worked out.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from viaggio.kernel import Flag, Period, Population, Reading
from viaggio.measure.catalogue import CATALOGUE
from viaggio.web.incentive.services.statement import Source, Statement
from viaggio.web.incentive.services.statement_lines import Touchpoints, base_text, source_name
from viaggio.web.incentive.services.statement_words import plain_number
from viaggio.web.shared import formats
from viaggio.web.shared.charts import Bar, Chart, Dot, bars, dot_plot
from viaggio.web.shared.names import metric_base, metric_definition, touchpoint_name
from viaggio.web.shared.narrowing import among

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

    from viaggio.store.engine import Engine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ANSWERED = {"nps": "nps", "csat_top": "csat", "csat_mean": "csat", "ces": "ces", "review_score": "review"}
"""Metrics that count answers to one question, and what those answers are called."""
LONGEST = 20
"""Steps of a scale that are all shown, also those that nobody chose."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigurePage:
    """A figure as it was frozen, its interval, and how it differs between touchpoints."""

    name: str
    unit: str
    period: str
    definition: str
    value: str
    interval: str
    base: str
    today: str
    spread: Chart | None
    plot: "SafeString | None"
    hidden: int


def sources_of(statement: Statement) -> list[Source]:
    """Every figure of a statement once, in the order of its lines."""
    found = [source for line in statement.lines for source in line.measured]
    found += [part.source for line in statement.lines for part in line.parts if part.source]
    found += [gate.source for gate in statement.gates if gate.source]
    return [source for source in dict.fromkeys(found) if source.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """A figure of the catalogue, asked again of the facts as they are now."""

    engine: "Engine"
    source: Source
    smallest: int

    @property
    def period(self) -> Period:
        return Period.parse(f"{self.source.first}..{self.source.last}")

    @property
    def population(self) -> Population:
        return Population({name: tuple(values) for name, values in self.source.where})

    def readings(self, *by: str) -> list[Reading]:
        from viaggio.store.readings import read

        source = self.source
        return read(
            self.engine, source.metric, [self.period], self.population, by,
            minimum_cell=self.smallest, weights=source.weights or "none",
        )  # fmt: skip


def figure_page(source: Source, engine: "Engine", touchpoints: Touchpoints, smallest: int) -> FigurePage:
    """The page of a figure of the catalogue; cells with fewer than `smallest` cases are not shown."""
    declared = CATALOGUE[source.metric]
    asked = _Asked(engine=engine, source=source, smallest=smallest)
    [now] = asked.readings()
    percent = "%" if declared.unit == "share" else ""
    plot, hidden = _dots(asked, touchpoints)
    few = 0 < source.base < smallest
    changed = now.n != source.shown_base and now.has_value
    return FigurePage(
        name=source_name(source, touchpoints),
        unit=source.unit_name,
        period=formats.period_text(asked.period),
        definition=metric_definition(source.metric),
        value="" if few else plain_number(Fraction(source.value), 2) + percent,
        interval="" if few else formats.interval_text(now),
        base="" if few else base_text(source),
        today=formats.reading_text(now) if changed else "",
        spread=None if few else _spread(asked, now),
        plot=plot,
        hidden=hidden,
    )


def _spread(asked: _Asked, now: Reading) -> Chart | None:
    """How many answers gave each value; None unless they are those of the figure as it is today."""
    kind = ANSWERED.get(asked.source.metric)
    if kind is None or not now.has_value:
        return None
    counts = _counts(asked, kind)
    if sum(counts.values()) != now.n:
        return None
    return bars(
        [
            Bar(label=formats.number(value, 0 if value == int(value) else 1), n=n)
            for value, n in counts.items()
        ],
        key="spread",
        title=_("How the answers are spread"),
        about=_("Number of answers for each value of the scale."),
        count=formats.number,
        share=formats.share,
    )


def _counts(asked: _Asked, kind: str) -> dict[float, int]:
    """Answers by value, every step of a short scale included."""
    tables = asked.engine.tables()
    rows = tables.answers
    start, end = (EPOCH + timedelta(microseconds=at) for at in asked.period.micros(asked.engine.zone))
    rows = rows.filter(
        rows.metric == kind, rows.value.between(rows.scale_min, rows.scale_max),
        rows.answered_at >= start, rows.answered_at < end,
    )  # fmt: skip
    rows = among(rows, asked.population, tables)
    grouped = rows.group_by("value", "scale_min", "scale_max").aggregate(n=rows.count())
    found = asked.engine.run(grouped).to_pylist()
    scales = {(row["scale_min"], row["scale_max"]) for row in found}
    if len(scales) != 1:
        return {}
    low, high = scales.pop()
    steps = [float(step) for step in range(int(low), int(high) + 1)] if high - low <= LONGEST else []
    counts = dict.fromkeys(steps, 0) | {float(row["value"]): int(row["n"]) for row in found}
    return dict(sorted(counts.items()))


def _dots(asked: _Asked, touchpoints: Touchpoints) -> "tuple[SafeString | None, int]":
    """The figure by touchpoint, most answers first, and how many cells are hidden."""
    declared = CATALOGUE[asked.source.metric]
    if "touchpoint" not in declared.dimensions:
        return None, 0
    rows = asked.readings("touchpoint")
    hidden = sum(Flag.HIDDEN in row.flags for row in rows)
    shown = sorted((row for row in rows if row.has_value), key=lambda row: -row.n)
    if not shown:
        return None, hidden
    sample = shown[0]
    plot = dot_plot(
        [_dot(row, touchpoints) for row in shown],
        title=source_name(asked.source, touchpoints),
        say=lambda value: formats.value_text(value, sample.unit, decimals=formats.decimals_of(sample)),
        limits=_limits(sample),
        more=(metric_base(declared.base).capitalize(),),
    )
    return plot, hidden


def _dot(row: Reading, touchpoints: Touchpoints) -> Dot:
    return Dot(
        name=touchpoint_name(dict(row.by)["touchpoint"], touchpoints) or _("About no single touchpoint"),
        href="",
        value=float(row.value or 0),
        said=formats.reading_text(row),
        n=row.n,
        low=row.low,
        high=row.high,
        more=(formats.number(row.n),),
    )


def _limits(sample: Reading) -> tuple[float, float]:
    known = {"points": (-100.0, 100.0), "share": (0.0, 1.0)}
    return known.get(str(sample.unit), sample.scale or (0.0, 100.0))
