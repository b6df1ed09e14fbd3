"""Days, weeks and months of a time zone as numbers, for walks: local midnights, whatever the clocks do."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import numpy as np

from viaggio.journey.index import Whole
from viaggio.kernel import utc_micros

Unit = Literal["day", "week", "month"]

_EPOCH = date(1970, 1, 1)
_YEARS = 3, 9996
"""Years whose midnights are known; what lies outside is counted in the first or last period."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """Consecutive periods: number `first + i` is [edges[i], edges[i + 1]) in UTC microseconds.

    Numbers count days, weeks (from Monday) or months from the one that holds 1970-01-01.
    """

    first: int
    edges: Whole

    def __len__(self) -> int:
        """Number of periods."""
        return len(self.edges) - 1

    def number_of(self, moment: int) -> int:
        """The number of the period that holds a moment; the nearest one for a moment outside."""
        found = int(np.searchsorted(self.edges, moment, side="right")) - 1
        return self.first + min(max(found, 0), len(self) - 1)


def calendar(zone: str, unit: Unit, earliest: int, latest: int) -> Calendar:
    """The periods from the one that holds `earliest` to the one that holds `latest` (UTC microseconds)."""
    years = (
        int(np.datetime64(moment, "us").astype("datetime64[Y]").astype(int)) + 1970
        for moment in (earliest, latest)
    )
    first, last = (min(max(year, _YEARS[0]), _YEARS[1]) for year in years)
    whole = _years(zone, unit, first - 1, last + 1)
    start = whole.number_of(earliest) - whole.first
    end = whole.number_of(latest) - whole.first + 1
    edges = whole.edges[start : end + 1].copy()
    edges[0], edges[-1] = min(edges[0], earliest), max(edges[-1], latest + 1)
    return Calendar(whole.first + start, edges)


@lru_cache(maxsize=64)
def _years(zone: str, unit: Unit, first: int, last: int) -> Calendar:
    """The periods from the one that holds the first day of `first` to the last one that begins in `last`."""
    place = ZoneInfo(zone)
    number = _number(unit, date(first, 1, 1))
    days: list[date] = []
    while (day := start_of(unit, number + len(days))).year <= last:
        days.append(day)
    edges = [utc_micros(datetime.combine(day, time(), tzinfo=place)) for day in days]
    return Calendar(number, np.array(edges, np.int64))


def _number(unit: Unit, day: date) -> int:
    """The number of the period of a local day."""
    days = (day - _EPOCH).days
    if unit == "month":
        return (day.year - _EPOCH.year) * 12 + day.month - 1
    return days if unit == "day" else (days + _EPOCH.weekday()) // 7


def start_of(unit: Unit, number: int) -> date:
    """The first local day of a period."""
    if unit == "month":
        return date(_EPOCH.year + number // 12, number % 12 + 1, 1)
    return _EPOCH + timedelta(days=number if unit == "day" else 7 * number - _EPOCH.weekday())


def label_of(unit: Unit, number: int) -> str:
    """A period as people write it: 2026-03-29, 2026-W13, 2026-03; `Period.parse` reads it."""
    day = start_of(unit, number)
    if unit == "day":
        return day.isoformat()
    if unit == "month":
        return f"{day.year:04}-{day.month:02}"
    year, week, _ = day.isocalendar()
    return f"{year:04}-W{week:02}"
