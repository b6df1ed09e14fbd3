"""Visits to sites and apps."""

from typing import Any

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import COMMON, exact_squares, exact_sum
from viaggio.measure.cuts import rows_of, tally
from viaggio.measure.model import Cut, Metric, Table, Tables


def measure_conversion(tables: Tables, cut: Cut) -> Table:
    """Visits that say whether they reached their goal, and those that did."""
    rows = rows_of(tables.visits, "started_at", cut)
    rows = rows.filter(rows.converted.notnull())
    return tally(rows, cut, n=rows.count(), hits=rows.count(where=rows.converted))


def measure_pages(tables: Tables, cut: Cut) -> Table:
    """Visits with a page count, and its sums."""
    return _mean_of("pages", tables, cut)


def measure_seconds(tables: Tables, cut: Cut) -> Table:
    """Visits with a duration, and its sums."""
    return _mean_of("seconds", tables, cut)


def _mean_of(column: str, tables: Tables, cut: Cut) -> Table:
    rows = rows_of(tables.visits, "started_at", cut)
    rows = rows.filter(rows[column] >= 0)
    return tally(
        rows, cut, n=rows.count(), total=exact_sum(rows[column]), squares=exact_squares(rows[column])
    )


_VISITS: dict[str, Any] = {
    "family": "digital", "owner": "ecommerce", "covered_by": ("visits",),
    "dimensions": COMMON | {"channel", "device"}, "base": "visits", "min_n": 30,
}  # fmt: skip

METRICS = (
    Metric(
        slug="conversion", **_VISITS, unit=Unit.SHARE, better=Direction.UP,
        needs={"visits": ("started_at", "converted")}, definition="conversion.visits_that_reached_the_goal",
        about="""Share of visits that reached their goal, among visits that say whether they did. Wilson
        interval.""",
        measure=measure_conversion, estimate=estimates.shares,
    ),
    Metric(
        slug="pages_per_visit", **_VISITS, unit=Unit.RATIO, better=Direction.NONE,
        needs={"visits": ("started_at", "pages")}, definition="pages_per_visit.mean",
        about="Mean number of pages of the visits whose pages are known. t interval.",
        measure=measure_pages, estimate=estimates.means,
    ),
    Metric(
        slug="time_on_site", **_VISITS, unit=Unit.SECONDS, better=Direction.NONE,
        needs={"visits": ("started_at", "seconds")}, definition="time_on_site.mean",
        about="""Mean seconds of the visits whose duration is known, as the source measures it (most sources
        can not see how long the last page was read). t interval.""",
        measure=measure_seconds, estimate=estimates.means,
    ),
)  # fmt: skip
