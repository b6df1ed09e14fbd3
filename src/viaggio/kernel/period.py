"""Periods: half-open spans of local days, read from text, with their predecessors and bins."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal, Self
from zoneinfo import ZoneInfo

from viaggio.kernel.errors import BadPeriod

Step = Literal["day", "week", "month", "quarter", "year"]

_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_FORMS = "Write 2026, 2026-Q3, 2026-09, 2026-W37 or 2026-01-01..2026-03-31."


def utc_micros(moment: datetime) -> int:
    """Microseconds since 1970-01-01T00:00Z of an aware datetime, exact."""
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _add_months(day: date, months: int) -> date:
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def _floor(day: date, step: Step) -> date:
    if step == "day":
        return day
    if step == "week":
        return day - timedelta(days=day.weekday())
    if step == "month":
        return day.replace(day=1)
    if step == "quarter":
        return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)
    return date(day.year, 1, 1)


def _next(day: date, step: Step) -> date:
    if step == "day":
        return day + timedelta(days=1)
    if step == "week":
        return day + timedelta(days=7)
    return _add_months(day, _MONTHS[step])


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """The local days from `start` (included) to `end` (excluded).

    Bounds become UTC microseconds through the company's time zone with `micros`.
    """

    start: date
    end: date

    def __post_init__(self) -> None:
        """Refuse a period without days; raises `BadPeriod`."""
        if self.end <= self.start:
            raise BadPeriod(f"period {self.start}..{self.end} has no days", hint=_FORMS)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `2026`, `2026-Q3`, `2026-09`, `2026-W37`, one day, or `first..last` (last day included).

        Raises `BadPeriod`.
        """
        text = text.strip()
        try:
            if ".." in text:
                first, last = text.split("..")
                return cls(cls.parse(first).start, cls.parse(last).end)
            if found := re.fullmatch(r"(\d{4})-Q([1-4])", text):
                start = date(int(found[1]), 3 * int(found[2]) - 2, 1)
                return cls(start, _add_months(start, 3))
            if found := re.fullmatch(r"(\d{4})-W(\d{2})", text):
                start = date.fromisocalendar(int(found[1]), int(found[2]), 1)
                return cls(start, start + timedelta(days=7))
            if found := re.fullmatch(r"(\d{4})-(\d{2})", text):
                start = date(int(found[1]), int(found[2]), 1)
                return cls(start, _add_months(start, 1))
            if re.fullmatch(r"\d{4}", text):
                return cls(date(int(text), 1, 1), date(int(text) + 1, 1, 1))
            start = date.fromisoformat(text)
            return cls(start, start + timedelta(days=1))
        except (ValueError, OverflowError) as error:
            raise BadPeriod(f"'{text}' is not a period", hint=_FORMS) from error

    @property
    def days(self) -> int:
        """Number of days."""
        return (self.end - self.start).days

    @property
    def last(self) -> date:
        """The last day that belongs to the period."""
        return self.end - timedelta(days=1)

    def __str__(self) -> str:
        return f"{self.start.isoformat()}..{self.last.isoformat()}"

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def micros(self, zone: ZoneInfo) -> tuple[int, int]:
        """Bounds in UTC microseconds, [from, to), of the local midnights in `zone`."""
        return tuple(utc_micros(datetime.combine(day, time(), tzinfo=zone)) for day in (self.start, self.end))  # type: ignore[return-value]  # a generator's tuple has no fixed length

    def whole(self) -> Step | None:
        """The calendar step that this period is exactly one or several of, the largest; None if none."""
        steps: tuple[Step, ...] = ("year", "quarter", "month", "week")
        for step in steps:
            if _floor(self.start, step) == self.start and _floor(self.end, step) == self.end:
                return step
        return None

    def previous(self) -> "Period":
        """The span of the same length just before; whole months step by months, other spans by days."""
        if self.whole() in _MONTHS:
            months = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month
            return Period(_add_months(self.start, -months), self.start)
        return Period(self.start - timedelta(days=self.days), self.start)

    def year_before(self) -> "Period":
        """The same span one year earlier; spans of days keep the weekday (364 days)."""
        if self.whole() in _MONTHS:
            return Period(_add_months(self.start, -12), _add_months(self.end, -12))
        back = timedelta(days=364)
        return Period(self.start - back, self.end - back)

    def bins(self, step: Step) -> list["Period"]:
        """The period cut at calendar steps; first and last bin may be partial."""
        return list(self._bins(step))

    def _bins(self, step: Step) -> Iterator["Period"]:
        start = self.start
        while start < self.end:
            end = min(_next(_floor(start, step), step), self.end)
            yield Period(start, end)
            start = end
