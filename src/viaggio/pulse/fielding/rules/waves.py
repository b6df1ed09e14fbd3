"""Waves: the weeks, months or quarters of the company's calendar in which a pulse is compared with itself."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from viaggio.kernel import Period
from viaggio.pulse.fielding.model import WaveLength


@dataclass(frozen=True, slots=True, order=True)
class WaveSpan:
    """A wave's sortable code and its bounds, [starts_at, ends_at)."""

    code: str
    starts_at: datetime
    ends_at: datetime


def wave_of(moment: datetime, length: WaveLength, zone: ZoneInfo) -> WaveSpan:
    """The wave that a moment belongs to: 2026-W47, 2026-11 or 2026-Q4."""
    code = _code(moment.astimezone(zone).date(), length)
    period = Period.parse(code)
    return WaveSpan(code, _midnight(period.start, zone), _midnight(period.end, zone))


def waves_between(first: datetime, last: datetime, length: WaveLength, zone: ZoneInfo) -> list[WaveSpan]:
    """The waves that the moments from `first` to `last` belong to, in order."""
    found = [wave_of(first, length, zone)]
    while found[-1].ends_at <= last:
        found.append(wave_of(found[-1].ends_at, length, zone))
    return found


def _code(day: date, length: WaveLength) -> str:
    if length == "week":
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02d}"
    if length == "month":
        return f"{day:%Y-%m}"
    return f"{day.year}-Q{(day.month - 1) // 3 + 1}"


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=zone)
