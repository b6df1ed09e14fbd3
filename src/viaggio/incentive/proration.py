"""How much of a period somebody was there: working time, absences, day by day, counted in spans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise

from viaggio.incentive.errors import BadAssignment

_DAY = timedelta(days=1)


class DayCount(StrEnum):
    """Which days a period has."""

    CALENDAR = "calendar"
    WORKING = "working"  # Monday to Friday
    THIRTY = "thirty"  # months of thirty days


@dataclass(frozen=True, slots=True, order=True)
class Stay:
    """From the first to the last day in one unit at one working time (1 is full time)."""

    first: date
    last: date
    unit: str
    fte: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True, order=True)
class Absence:
    """From the first to the last day away; `lost` is the share of the day that does not count, 0 to 1."""

    first: date
    last: date
    lost: Fraction
    kind: str = ""


def days_between(first: date, last: date, count: DayCount = DayCount.CALENDAR) -> int:
    """Days from `first` to `last`, both included; 0 when there are none."""
    if last < first:
        return 0
    if count is DayCount.CALENDAR:
        return (last - first).days + 1
    if count is DayCount.WORKING:
        return _workdays_until(last) - _workdays_until(first - _DAY)
    return _thirties_until(last) - _thirties_until(first - _DAY)


def _workdays_until(day: date) -> int:
    """Mondays to Fridays from the first Monday of the calendar to this day."""
    weeks, rest = divmod(day.toordinal(), 7)  # ordinal 1 was a Monday
    return weeks * 5 + min(rest, 5)


def _thirties_until(day: date) -> int:
    """Days of a calendar whose months have thirty days: the month's last day is its thirtieth."""
    is_last = (day + _DAY).month != day.month
    return (day.year * 12 + day.month - 1) * 30 + (30 if is_last else min(day.day, 30))


def weighted_days(
    stay: Stay,
    absences: Iterable[Absence],
    first: date,
    last: date,
    count: DayCount = DayCount.CALENDAR,
) -> Fraction:
    """Sum over the days of the stay within first..last of working time times the share not lost.

    Where absences overlap the largest loss counts. Splitting a stay changes nothing.
    """
    start, end = max(stay.first, first), min(stay.last, last)
    if end < start:
        return Fraction(0)
    away = [a for a in absences if a.first <= end and a.last >= start and a.lost > 0]
    cuts = {start, end + _DAY}
    cuts.update(max(a.first, start) for a in away)
    cuts.update(min(a.last, end) + _DAY for a in away)
    days = Fraction(0)
    edges = sorted(cuts)
    for begin, after in pairwise(edges):
        lost = max((a.lost for a in away if a.first <= begin <= a.last), default=Fraction(0))
        days += (1 - lost) * days_between(begin, after - _DAY, count)
    return stay.fte * days


def days_employed(stays: Iterable[Stay], first: date, last: date) -> int:
    """Calendar days within first..last on which somebody was employed at all, at any working time."""
    days = 0
    reached = first - _DAY
    for stay in sorted(stays):
        begin, end = max(stay.first, first, reached + _DAY), min(stay.last, last)
        if end >= begin:
            days += (end - begin).days + 1
            reached = end
    return days


def check_stays(stays: Sequence[Stay], *, place: str = "") -> None:
    """Refuse stays that together exceed full time; raises `BadAssignment` with the first such day."""
    for stay in stays:
        if stay.last < stay.first or not 0 < stay.fte <= 1:
            raise BadAssignment(f"a stay of {stay.fte} from {stay.first} to {stay.last} can not be",
                                place=place, hint="Give first and last day, and 0 < fte <= 1.")  # fmt: skip
    changes: dict[date, Fraction] = {}
    for stay in stays:
        changes[stay.first] = changes.get(stay.first, Fraction(0)) + stay.fte
        changes[stay.last + _DAY] = changes.get(stay.last + _DAY, Fraction(0)) - stay.fte
    there = Fraction(0)
    for day in sorted(changes):
        there += changes[day]
        if there > 1:
            raise BadAssignment(f"on {day} the working times add up to {there}, more than full time",
                                place=place, hint="Shorten one of the stays.")  # fmt: skip


def losses(
    written: Mapping[str, tuple[Fraction, bool]], absences: Iterable[tuple[date, date, str]]
) -> list[Absence]:
    """Absences with the share that their class loses; a protected class never loses any.

    `written`: class -> (share lost, protected). Raises `BadAssignment` for other classes.
    """
    found = []
    for first, last, kind in absences:
        if kind not in written:
            raise BadAssignment(f"absence class '{kind}' is not in the plan", place=f"{first}..{last}",
                                hint=f"Known: {', '.join(sorted(written)) or 'none'}.")  # fmt: skip
        share, protected = written[kind]
        found.append(Absence(first, last, Fraction(0) if protected else share, kind))
    return found
