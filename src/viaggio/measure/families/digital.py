"""Visits to sites and apps: as sources tell them, else as they are put together from interactions."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import COMMON, LARGEST, exact_squares, exact_sum
from viaggio.measure.cuts import rows_of, tally
from viaggio.measure.model import SEEN, Amount, Cut, Metric, Table, Tables

Columns = Mapping[str, Any]
"""Arrays by name, one entry per visit."""

_MICROS, _HUNDREDTHS = 1_000_000, 100
"""In what seconds and points of ease are known exactly."""


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


def walk_visits(visits: Columns) -> Columns:
    """The same of visits that explore the shop; pages to the goal are those up to it."""
    shop, seconds = visits["exploring"], visits["seconds"]
    timed = shop & (seconds >= 0) & (seconds <= LARGEST)  # not where it is unknown
    there = shop & (visits["to_goal"] > 0)
    return {
        "n": shop, "converted": there, "bounced": shop & visits["bounced"],
        "pages": Amount(shop, visits["pages"]), "to_goal": Amount(there, visits["to_goal"]),
        "seconds": Amount(timed, _whole(seconds, timed, _MICROS), _MICROS),
    }  # fmt: skip


def walk_searches(visits: Columns) -> Columns:
    """Searches that say whether they found anything, and those that did not."""
    return {"n": visits["searches"], "empty": visits["empty_searches"]}


def walk_obstacles(visits: Columns) -> Columns:
    """Visits that explore the shop in an order that is known; those with a return, with rage; the ease."""
    seen = visits["exploring"] & visits["in_order"]
    return {
        "n": seen, "back": seen & (visits["returns"] > 0), "rage": seen & visits["rage"],
        "ease": Amount(seen, _whole(visits["ease"], seen, _HUNDREDTHS), _HUNDREDTHS),
    }  # fmt: skip


def walk_dead_ends(visits: Columns) -> Columns:
    """Visits that explore the shop and whose last page says how it ended; those that ended at a dead end.

    None at all where no page ever says that something was found, or not, or broken: nobody would know.
    """
    told = visits["exploring"] & visits["told"]
    outcomes = (visits["searches"] > 0) | visits["dead_end"]
    return {"n": told, "dead": told & visits["dead_end"], SEEN: outcomes}


def _whole(values: Any, known: Any, per: int) -> Any:
    """The known numbers in units of which `per` make one, each the nearest: they are such to begin with."""
    return np.rint(np.where(known, values, 0) * per).astype(np.int64)


_DIGITAL: dict[str, Any] = {"family": "digital", "owner": "ecommerce", "min_n": 30}
_VISITS: dict[str, Any] = {
    **_DIGITAL, "covered_by": ("visits",), "dimensions": COMMON | {"channel", "device"}, "base": "visits",
    "walk": walk_visits,
}  # fmt: skip
_WALKED: dict[str, Any] = {
    **_DIGITAL, "covered_by": ("interactions",), "base": "visits",
    "dimensions": frozenset({"channel", "device", "segment", "region"}),
}  # fmt: skip
_PLACES = ("started_at", "touchpoint", "channel", "phase")
_ELSE = """Where no source tells its visits, they are put together from web and app interactions."""

METRICS = (
    Metric(
        slug="conversion", **_VISITS, unit=Unit.SHARE, better=Direction.UP,
        needs={"visits": ("started_at", "converted")}, definition="conversion.visits_that_reached_the_goal",
        about=f"""Share of visits that reached their goal, among visits that say whether they did. Wilson
        interval. {_ELSE}""",
        measure=measure_visits, estimate=estimates.share_of("converted"),
    ),
    Metric(
        slug="pages_per_visit", **_VISITS, unit=Unit.RATIO, better=Direction.NONE,
        needs={"visits": ("started_at", "pages")}, definition="pages_per_visit.mean",
        about=f"Mean number of pages of the visits whose pages are known. t interval. {_ELSE}",
        measure=measure_visits, estimate=estimates.mean_of("pages"),
    ),
    Metric(
        slug="pages_to_goal", **_VISITS, unit=Unit.RATIO, better=Direction.DOWN,
        needs={"visits": ("started_at", "converted", "pages")}, definition="pages_to_goal.mean",
        about=f"""Mean number of pages of the visits that reached their goal. t interval. {_ELSE} Then only
        pages up to the goal count.""",
        measure=measure_visits, estimate=estimates.mean_of("to_goal"),
    ),
    Metric(
        slug="bounce", **_VISITS, unit=Unit.SHARE, better=Direction.DOWN,
        needs={"visits": ("started_at", "bounced")}, definition="bounce.visits_of_one_page",
        about=f"""Share of visits that ended after one page, among visits that say whether they did. Wilson
        interval. {_ELSE}""",
        measure=measure_bounces, estimate=estimates.share_of("bounced"),
    ),
    Metric(
        slug="time_on_site", **_VISITS, unit=Unit.SECONDS, better=Direction.NONE,
        needs={"visits": ("started_at", "seconds")}, definition="time_on_site.mean",
        about=f"""Mean seconds of the visits whose duration is known, as the source measures it (most sources
        can not see how long the last page was read). t interval. {_ELSE} Then a visit lasts from its first
        start to its last one, and to the end of the last page where that is known; a single page without an
        end does not count; a pause of more than 30 minutes ends a visit and is in none.""",
        measure=measure_visits, estimate=estimates.mean_of("seconds"),
    ),
    Metric(
        slug="searches_without_result", **_WALKED | {"base": "searches"}, unit=Unit.SHARE,
        better=Direction.DOWN,
        needs={"interactions": ("started_at", "touchpoint", "channel", "outcome")},
        definition="searches_without_result.outcome_nothing_found",
        about="""Share of searches on site and app that found nothing: interactions with the outcome
        `nothing_found` among those with `found` or `nothing_found`, by the day their visit began. Wilson
        interval.""",
        walk=walk_searches, estimate=estimates.share_of("empty"),
    ),
    Metric(
        slug="back_and_forth", **_WALKED, unit=Unit.SHARE, better=Direction.DOWN,
        needs={"interactions": _PLACES}, definition="back_and_forth.visits_with_a_return",
        about="""Share of visits in which somebody went from one touchpoint to another and straight back.
        Counted are visits that explore the shop (a page of discovery or purchase) and have three pages or
        more, each of a moment of its own: only there can it be seen. Wilson interval.""",
        walk=walk_obstacles, estimate=estimates.share_of("back"),
    ),
    Metric(
        slug="rage_clicks", **_WALKED, unit=Unit.SHARE, better=Direction.DOWN,
        needs={"interactions": _PLACES}, definition="rage_clicks.three_within_three_seconds",
        about="""Share of visits with three interactions in a row at one touchpoint within three seconds,
        among the same visits as back_and_forth. Wilson interval.""",
        walk=walk_obstacles, estimate=estimates.share_of("rage"),
    ),
    Metric(
        slug="dead_ends", **_WALKED, unit=Unit.SHARE, better=Direction.DOWN,
        needs={"interactions": (*_PLACES, "outcome")}, definition="dead_ends.nothing_found_or_broken",
        about="""Share of visits that ended at a search that found nothing or a page that could not be shown
        (outcome `nothing_found` or `broken`), among visits that explore the shop and whose last page says
        how it ended. Data in which no page ever says that something was found, or not, or broken have none.
        Wilson interval.""",
        walk=walk_dead_ends, estimate=estimates.share_of("dead"),
    ),
    Metric(
        slug="ease_of_exploring", **_WALKED, unit=Unit.SCORE, better=Direction.UP, scale=(0.0, 100.0),
        needs={"interactions": _PLACES}, definition="ease_of_exploring.mean_of_four_parts",
        about="""Mean over visits of how easy each was, 0 to 100: 100 times the mean of four parts, each 0 to
        1, all of one weight. Found: searches that found something among its searches (left out without a
        search). Forward: 1 less its returns among the stays from the third on. Calm: 1 without rage, else 0.
        Open end: 1 unless it ended at a dead end (left out where the last page does not say). Visits as in
        back_and_forth. t interval.""",
        walk=walk_obstacles, estimate=estimates.mean_of("ease"),
    ),
)  # fmt: skip
