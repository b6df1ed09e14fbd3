"""Visits to sites and apps."""

from typing import Any

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import COMMON, LARGEST, exact_squares, exact_sum
from viaggio.measure.cuts import rows_of, tally
from viaggio.measure.model import Cut, Metric, Table, Tables


def measure_visits(tables: Tables, cut: Cut) -> Table:
    """Visits that say whether they reached their goal, and those that did; pages and seconds where known."""
    rows = rows_of(tables.visits, "started_at", cut, "converted", "pages", "seconds")
    paged, timed = rows.pages.between(0, LARGEST), rows.seconds.between(0, LARGEST)
    there = paged & rows.converted
    return tally(
        rows, cut,
        n=rows.converted.count(),
        converted=rows.count(where=rows.converted),
        pages_n=rows.count(where=paged),
        pages_total=exact_sum(rows.pages, paged),
        pages_squares=exact_squares(rows.pages, paged),
        to_goal_n=rows.count(where=there),
        to_goal_total=exact_sum(rows.pages, there),
        to_goal_squares=exact_squares(rows.pages, there),
        seconds_n=rows.count(where=timed),
        seconds_total=exact_sum(rows.seconds, timed),
        seconds_squares=exact_squares(rows.seconds, timed),
    )  # fmt: skip


def measure_bounces(tables: Tables, cut: Cut) -> Table:
    """Visits that say whether they ended after one page, and those that did."""
    rows = rows_of(tables.visits, "started_at", cut, "bounced")
    return tally(rows, cut, n=rows.bounced.count(), bounced=rows.count(where=rows.bounced))


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
        measure=measure_visits, estimate=estimates.share_of("converted"),
    ),
    Metric(
        slug="pages_per_visit", **_VISITS, unit=Unit.RATIO, better=Direction.NONE,
        needs={"visits": ("started_at", "pages")}, definition="pages_per_visit.mean",
        about="Mean number of pages of the visits whose pages are known. t interval.",
        measure=measure_visits, estimate=estimates.mean_of("pages"),
    ),
    Metric(
        slug="pages_to_goal", **_VISITS, unit=Unit.RATIO, better=Direction.DOWN,
        needs={"visits": ("started_at", "converted", "pages")}, definition="pages_to_goal.mean",
        about="Mean number of pages of the visits that reached their goal. t interval.",
        measure=measure_visits, estimate=estimates.mean_of("to_goal"),
    ),
    Metric(
        slug="bounce", **_VISITS, unit=Unit.SHARE, better=Direction.DOWN,
        needs={"visits": ("started_at", "bounced")}, definition="bounce.visits_of_one_page",
        about="""Share of visits that ended after one page, among visits that say whether they did. Wilson
        interval.""",
        measure=measure_bounces, estimate=estimates.share_of("bounced"),
    ),
    Metric(
        slug="time_on_site", **_VISITS, unit=Unit.SECONDS, better=Direction.NONE,
        needs={"visits": ("started_at", "seconds")}, definition="time_on_site.mean",
        about="""Mean seconds of the visits whose duration is known, as the source measures it (most sources
        can not see how long the last page was read). t interval.""",
        measure=measure_visits, estimate=estimates.mean_of("seconds"),
    ),
)  # fmt: skip
