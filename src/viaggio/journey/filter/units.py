"""Amounts of money and lengths of time in filters: read exactly, written in their largest whole unit."""

import re

MONEY_HINT = "Write 10 or 10.50, in the company's currency."
LENGTH_HINT = "Write a whole number and seconds, minutes, hours, days or weeks."

_SECOND = 1_000_000
_UNITS = {
    "second": _SECOND,
    "minute": 60 * _SECOND,
    "hour": 3_600 * _SECOND,
    "day": 86_400 * _SECOND,
    "week": 7 * 86_400 * _SECOND,
}
_WRITTEN = ("day", "hour", "minute", "second")
_LONGEST = 100 * 366 * _UNITS["day"]
_DIGITS = re.compile(r"[0-9]{1,12}")


def whole_of(text: str) -> int | None:
    """A whole number, not below 0."""
    return int(text) if _DIGITS.fullmatch(text) else None


def cents_of(text: str) -> int | None:
    """`10` or `-10.5` as cents; None for what is no amount or has fractions of cents."""
    match = re.fullmatch(r"(-?)([0-9]{1,13})(?:\.([0-9]{1,2}))?", text)
    if match is None:
        return None
    cents = int(match[2]) * 100 + int((match[3] or "").ljust(2, "0"))
    return -cents if match[1] else cents


def cents_text(cents: int) -> str:
    """Cents as an amount."""
    sign, cents = ("-" if cents < 0 else ""), abs(cents)
    return f"{sign}{cents // 100}" + (f".{cents % 100:02d}" if cents % 100 else "")


def micros_of(number: str, unit: str) -> int | None:
    """`30`, `days` as microseconds; None for what is no length, or one of more than a hundred years."""
    many = whole_of(number)
    one = _UNITS.get(unit.lower().removesuffix("s"))
    if many is None or one is None or many * one > _LONGEST:
        return None
    return many * one


def micros_text(micros: int) -> str:
    """A length in its largest whole unit up to days. It is a whole number of seconds."""
    unit = next(unit for unit in _WRITTEN if micros % _UNITS[unit] == 0)
    many = micros // _UNITS[unit]
    return f"{many} {unit}" + ("" if many == 1 else "s")
