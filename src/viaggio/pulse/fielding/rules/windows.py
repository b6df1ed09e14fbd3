"""When we write: due moments moved into the hours in which people may be written to."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from viaggio.kernel import utc_micros
from viaggio.pulse.fielding.model import Hours, Ints

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MARGIN_DAYS = 9  # a week with one allowed day, and the days at both ends


def allowed_from(moments: Ints, hours: Hours, zone: ZoneInfo) -> Ints:
    """Each moment (UTC microseconds), or the start of the next allowed hour where it falls outside.

    Days are those of `zone`: on the day the clocks change, nine o'clock is nine o'clock.
    """
    if not len(moments):
        return moments
    starts, ends = _windows(int(moments.min()), int(moments.max()), hours, zone)
    place = np.searchsorted(ends, moments, side="right")
    moved: Ints = np.maximum(moments, starts[place])
    return moved


def allowed_at(moment: datetime, hours: Hours, zone: ZoneInfo) -> bool:
    """Whether people may be written to at that moment."""
    local = moment.astimezone(zone)
    return local.isoweekday() in hours.weekdays and hours.first <= local.hour < hours.last


def _windows(earliest: int, latest: int, hours: Hours, zone: ZoneInfo) -> tuple[Ints, Ints]:
    first = _day(earliest, zone) - timedelta(days=1)
    last = _day(latest, zone) + timedelta(days=_MARGIN_DAYS)
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    open_days = [day for day in days if day.isoweekday() in hours.weekdays]
    return (
        np.array([_at(day, hours.first, zone) for day in open_days], np.int64),
        np.array([_at(day, hours.last, zone) for day in open_days], np.int64),
    )


def _day(micros: int, zone: ZoneInfo) -> date:
    return (_EPOCH + timedelta(microseconds=micros)).astimezone(zone).date()


def _at(day: date, hour: int, zone: ZoneInfo) -> int:
    if hour == 24:
        return _at(day + timedelta(days=1), 0, zone)
    return utc_micros(datetime.combine(day, time(hour), tzinfo=zone))
