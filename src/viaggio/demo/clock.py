"""Months, local hours and their pattern over the week, as UTC microseconds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from viaggio.demo.model import MONTHS

ZONE = ZoneInfo("Europe/Rome")
SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

Times = NDArray[np.int64]

# Weight of Monday to Sunday, then of the hours 0 to 23, by kind of happening.
_PATTERNS: Mapping[str, tuple[tuple[float, ...], tuple[float, ...]]] = {
    "digital": (
        (1.05, 1.0, 1.0, 0.98, 0.95, 0.95, 1.2),
        (1.2, 0.6, 0.3, 0.2, 0.15, 0.2, 0.6, 1.5, 2.4, 3, 3.4, 3.6, 4.2, 4.4, 3.6, 3.4, 3.5, 3.8, 4.2, 4.4,
            5, 5.6, 4.6, 2.6),
    ),
    "store": (
        (0.8, 0.85, 0.9, 0.95, 1.15, 1.9, 0.0),
        (0, 0, 0, 0, 0, 0, 0, 0, 0, 1.2, 3, 3.4, 2.4, 0, 0, 1.6, 3, 3.8, 3.6, 1.6, 0, 0, 0, 0),
    ),
    "office": (
        (1.1, 1.1, 1.05, 1.0, 0.9, 0.0, 0.0),
        (0, 0, 0, 0, 0, 0, 0, 0, 1, 3, 3.6, 3.4, 2, 1, 2.6, 3.2, 3, 2, 0.6, 0, 0, 0, 0, 0),
    ),
    "care": (
        (1.35, 1.15, 1.05, 1.0, 0.95, 0.6, 0.0),
        (0, 0, 0, 0, 0, 0, 0, 0, 1.2, 3.4, 3.8, 3.5, 2.6, 2.2, 2.8, 3, 3, 2.8, 2, 1.2, 0, 0, 0, 0),
    ),
    "social": (
        (1.0, 0.95, 0.95, 0.95, 1.0, 1.1, 1.2),
        (1, 0.4, 0.2, 0.1, 0.1, 0.2, 0.6, 1.4, 2, 2, 2, 2.2, 3, 3.2, 2.4, 2.2, 2.4, 2.8, 3.6, 4, 5, 5.4,
            4.2, 2.2),
    ),
}  # fmt: skip


def micros(day: date) -> int:
    """Microseconds since 1970 of a day's midnight, read as UTC."""
    since = datetime(day.year, day.month, day.day, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return since // timedelta(microseconds=1)


def month_starts(end: date) -> tuple[date, ...]:
    """First days of the 24 calendar months whose last one holds the day before `end`."""
    last = end - timedelta(days=1)
    index = last.year * 12 + last.month - 1
    return tuple(date(i // 12, i % 12 + 1, 1) for i in range(index - MONTHS + 1, index + 1))


@dataclass(frozen=True, slots=True)
class Clock:
    """The 24 months up to `end` (excluded), and how local time becomes UTC."""

    starts: tuple[date, ...]
    end: date
    base: int  # local midnight from which the hours below count
    offsets: NDArray[np.int64]  # UTC offset in microseconds, by local hour
    month_bounds: NDArray[np.int64]  # UTC microseconds of the first instants of the months
    until: int  # UTC microseconds of the local midnight of `end`

    def utc(self, local: Times) -> Times:
        """Local microseconds as UTC microseconds."""
        hour = np.clip((local - self.base) // HOUR, 0, len(self.offsets) - 1)
        return local - self.offsets[hour]

    def local(self, utc: Times) -> Times:
        """UTC microseconds as local microseconds; up to an hour off while clocks change."""
        hour = np.clip((utc + HOUR - self.base) // HOUR, 0, len(self.offsets) - 1)
        return utc + self.offsets[hour]

    def month_of(self, utc: Times) -> NDArray[np.int64]:
        """Month of each instant, 0 to 23; instants outside count for the nearest month."""
        found = np.searchsorted(self.month_bounds, utc, side="right") - 1
        return np.clip(found, 0, MONTHS - 1)


def clock_until(end: date) -> Clock:
    """The clock of the 24 months up to `end`, excluded."""
    starts = month_starts(end)
    first = datetime(starts[0].year, starts[0].month, 1, tzinfo=UTC) - timedelta(days=40)
    hours = ((end - starts[0]).days + 200) * 24
    naive = [(first + timedelta(hours=h)).replace(tzinfo=ZONE) for h in range(hours)]
    offsets = np.array([int((t.utcoffset() or timedelta()).total_seconds()) for t in naive], dtype=np.int64)
    base = int((first - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1))
    clock = Clock(starts, end, base, offsets * SECOND, np.zeros(0, np.int64), 0)
    bounds = clock.utc(np.array([micros(day) for day in (*starts, end)], dtype=np.int64))
    return Clock(starts, end, base, offsets * SECOND, bounds[:-1], int(bounds[-1]))


@cache
def _cells(kind: str, start: date) -> tuple[Times, NDArray[np.float64]]:
    """Local hours of a month and the cumulated share of happenings up to each."""
    days, hours = _PATTERNS[kind]
    following = (start.replace(day=28) + timedelta(days=7)).replace(day=1)
    n_days = (following - start).days
    day_weight = np.array([days[(start + timedelta(days=i)).weekday()] for i in range(n_days)])
    weight = np.outer(day_weight, np.array(hours)).ravel()
    at = micros(start) + np.arange(n_days * 24, dtype=np.int64) * HOUR
    return at, np.cumsum(weight) / weight.sum()


def draw_times(rng: np.random.Generator, clock: Clock, month: int, kind: str, n: int) -> Times:
    """UTC microseconds of `n` happenings of that kind in that month, in no order."""
    at, share = _cells(kind, clock.starts[month])
    hour = np.minimum(np.searchsorted(share, rng.random(n), side="right"), len(at) - 1)
    return clock.utc(at[hour] + rng.integers(0, HOUR // SECOND, n) * SECOND)


def next_opening(
    rng: np.random.Generator, clock: Clock, after: Times, *, opens: int = 9, closes: int = 19
) -> Times:
    """An instant of a working day (no Sunday) between the given local hours, on or after each day given."""
    day = clock.local(after) // DAY
    day = day + ((day + 3) % 7 == 6)  # 1970-01-01 was a Thursday: (day + 3) % 7 is 0 on Mondays
    second = rng.integers(opens * 3600, closes * 3600, len(after))
    return np.maximum(clock.utc(day * DAY + second * SECOND), after + 30 * MINUTE)
