"""UCI Online Shoppers Purchasing Intention: one row per session of a shop's site, with or without a purchase.

What is decided here:

- The set gives the month, no day and, though its sessions span one year, no year. Each session is placed at
  12:00 UTC of the first day of its month in the year of the option `year`: the right month in every time
  zone, and nothing finer. The properties say so (`time_precision`), with the month as written.
- Every session is that of a different user, as the authors state, and none has a name: its id, and its
  visitor, is a hash of its cells with a running number for sessions alike in every cell.
- Time on site is the sum of the three durations, pages visited the sum of the three counts. A session is
  bounced when it saw one page at most; the set's `BounceRates` is an average over pages, kept aside.
- Browser, system and region are numbers without a key: the device stays unknown.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from hashlib import blake2b

from viaggio.journey.model import Moment, Phase
from viaggio.store.incoming import Batch
from viaggio.store.recipes.catalogue import at, touchpoint
from viaggio.store.recipes.cells import MONTH_ONLY, BadCell, Record, as_json, noon
from viaggio.store.recipes.rows import Row, converted
from viaggio.store.recipes.shape import BadOption, Kitchen, Recipe
from viaggio.store.recipes.sources import csv_records

VISIT = touchpoint(
    "site_visit", "Visita al sito", "Site visit", Phase.DISCOVERY, Moment.BEFORE,
    owner="ecommerce", partners="marketing it", channels="web",
)  # fmt: skip
PURCHASE = touchpoint(
    "online_purchase", "Acquisto sul sito", "Online purchase", Phase.PURCHASE, Moment.DURING,
    owner="ecommerce", partners="sales billing", channels="web",
)  # fmt: skip

_KINDS = ("Administrative", "Informational", "ProductRelated")
_SECONDS = tuple(f"{kind}_Duration" for kind in _KINDS)
_COLUMNS = (*_KINDS, *_SECONDS, "Month", "VisitorType", "Revenue")
_MONTHS = {
    name: number
    for number, names in enumerate(
        ("Jan", "Feb", "Mar", "Apr", "May", "June Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"), start=1
    )
    for name in names.split()
}
_YES_NO = {"TRUE": "yes", "True": "yes", "FALSE": "no", "False": "no"}
_RETURNING = {"Returning_Visitor": True, "New_Visitor": False}  # `Other` says neither


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    year = kitchen.options["year"]
    if not (year.isdigit() and 1 <= int(year) <= 9999):
        raise BadOption(f"'{year}' is not a year", hint="Write for example 2017.")
    alike: Counter[str] = Counter()

    def session(record: Record) -> Iterable[Row]:
        content = "\x1f".join(record.cells.values()).encode()
        name = blake2b(content, digest_size=8).hexdigest()
        alike[name] += 1
        return _session(record, f"uci-{name}-{alike[name]}", int(year))

    yield from converted("visits", csv_records(kitchen.source("sessions"), _COLUMNS), session)


def _session(record: Record, visitor: str, year: int) -> Iterable[Row]:
    month = record.needed("Month")
    if month not in _MONTHS:
        raise BadCell("value.not_allowed", "Month", month)
    started = noon(date(year, _MONTHS[month], 1))
    pages = sum(_count(record, kind) for kind in _KINDS)
    seconds = sum(record.number(column) or 0.0 for column in _SECONDS)
    bought = record.one_of("Revenue", _YES_NO) == "yes"
    own = {"id": visitor, "visitor": visitor}
    yield (
        "visits",
        {
            **own,
            "channel": "web",
            "started_at": started,
            "seconds": seconds,
            "pages": pages,
            "bounced": pages <= 1,
            "converted": bought,
            "goal": "purchase",
            "returning": _RETURNING.get(record.needed("VisitorType")),
            "properties": as_json({**MONTH_ONLY, **record.others("Revenue")}),
        },
    )
    ended = started + max(round(seconds * 1_000_000), 0)
    properties = as_json({**MONTH_ONLY, "month": month})
    yield (
        "interactions",
        {
            **own,
            **at(VISIT),
            "started_at": started,
            "ended_at": ended,
            "episode": visitor,
            "outcome": "converted" if bought else "abandoned",
            "properties": properties,
        },
    )
    if bought:
        yield (
            "interactions",
            {
                **own,
                **at(PURCHASE),
                "id": f"{visitor}-purchase",
                "started_at": max(ended, started + 1),
                "episode": visitor,
                "outcome": "converted",
                "properties": properties,
            },
        )


def _count(record: Record, column: str) -> int:
    pages = record.whole(column)
    if pages is None or pages < 0:
        raise BadCell("value.not_whole", column, record.cells[column])
    return pages


RECIPE = Recipe(
    name="online_shoppers",
    source="Online Shoppers Purchasing Intention, Sakar and Kastro 2018 (doi.org/10.24432/C5F88Q, CC BY 4.0)",
    version=1,
    files={"sessions": "online_shoppers_intention*.csv"},
    columns={"sessions": _COLUMNS},
    touchpoints=(VISIT, PURCHASE),
    options={"year": "2017"},
    about={"year": "year in which the sessions are placed; the set does not tell"},
    batches=_batches,
)
