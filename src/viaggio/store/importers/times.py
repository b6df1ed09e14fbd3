"""Dates and times in a stated format, read from whole columns at once; nothing is guessed."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from viaggio.store.importers.arrow import pa, pc

Micros = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_SECOND = 1_000_000
_DAY = 86_400 * _SECOND
_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            "jan january gen gennaio", "feb february febbraio", "mar march marzo", "apr april aprile",
            "may mag maggio", "jun june giu giugno", "jul july lug luglio", "aug august ago agosto",
            "sep sept september set sett settembre", "oct october ott ottobre", "nov november novembre",
            "dec december dic dicembre",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_DIRECTIVES = {
    "Y": r"(?P<year>\d{4})",
    "y": r"(?P<short_year>\d{2})",
    "m": r"(?P<month>\d{1,2})",
    "b": r"(?P<month_name>\p{L}{3,9})\.?",
    "B": r"(?P<month_name>\p{L}{3,9})\.?",
    "d": r"(?P<day>\d{1,2})",
    "H": r"(?P<hour>\d{1,2})",
    "I": r"(?P<hour12>\d{1,2})",
    "p": r"(?P<half>[AaPp]\.?[Mm]\.?)",
    "M": r"(?P<minute>\d{1,2})",
    "S": r"(?P<second>\d{1,2})",
    "f": r"(?P<fraction>\d{1,9})",
    "z": r"(?P<zone>Z|[+-]\d{2}:?\d{2})",
    "%": "%",
}
_ISO = (
    r"(?P<year>\d{4})-(?P<month>\d{2})-(?P<day>\d{2})(?:[T ](?P<hour>\d{2}):(?P<minute>\d{2})"
    r"(?::(?P<second>\d{2})(?:[.,](?P<fraction>\d{1,9}))?)?)?\s*(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_COUNTED = {"unix": _SECOND, "unix_ms": 1_000}


@dataclass(frozen=True, slots=True)
class TimeFormat:
    """A compiled format. `pattern` matches the whole text; `zoned` texts carry their own offset, perhaps."""

    text: str
    pattern: str
    zoned: bool
    needs_zone: bool


@lru_cache(maxsize=256)
def compile_format(text: str) -> TimeFormat:
    """Compile `iso`, `unix`, `unix_ms` or a format of %Y %y %m %b %d %H %I %p %M %S %f %z.

    Month names are English or Italian. Raises ValueError saying what is wrong.
    """
    if text == "iso":
        return TimeFormat(text, f"^{_ISO}$", zoned=True, needs_zone=True)
    if text in _COUNTED:
        return TimeFormat(
            text, r"^(?P<count>-?\d{1,17})(?:\.(?P<part>\d{1,9}))?$", zoned=True, needs_zone=False
        )
    pattern, at = "", 0
    seen: list[str] = []
    for found in re.finditer(r"%(.?)", text):
        pattern += re.escape(text[at : found.start()])
        if found[1] not in _DIRECTIVES:
            raise ValueError(f"'%{found[1]}' is not known")
        touching = bool(seen and at == found.start()) or text[found.end() : found.end() + 1] == "%"
        at = found.end()
        # digits side by side, as in %Y%m%d, have their full width
        pattern += _DIRECTIVES[found[1]].replace("{1,2}", "{2}") if touching else _DIRECTIVES[found[1]]
        seen.append(found[1])
    pattern += re.escape(text[at:])
    repeated = [d for d in seen if seen.count(d) > 1 and d != "%"]
    if repeated:
        raise ValueError(f"'%{repeated[0]}' stands twice")
    kinds = set(seen)
    if "d" not in kinds or len(kinds & {"Y", "y"}) != 1 or len(kinds & set("mbB")) != 1:
        raise ValueError("a day, a month and a year are needed")
    if len(kinds & {"H", "I"}) > 1 or ("I" in kinds) != ("p" in kinds):
        raise ValueError("%I and %p go together, without %H")
    return TimeFormat(text, f"^{pattern}$", zoned="z" in kinds, needs_zone="z" not in kinds)


@dataclass(frozen=True, slots=True)
class Moments:
    """Wall-clock microseconds as written; `offset` is to be taken off where the text is `zoned`."""

    micros: Micros
    valid: Mask
    zoned: Mask
    offset: Micros


def parse_times(values: Any, format_text: str) -> Moments:
    """Read an Arrow array of trimmed texts in one format; what does not fit it exactly is not valid.

    The calendar is checked: 31/02 is no date, hour 24 and second 60 are none either. Fractions finer than a
    microsecond are cut. Two-digit years: 69-99 are 19xx, 00-68 are 20xx (POSIX).
    """
    compiled = compile_format(format_text)
    count = len(values)
    found = pc.extract_regex(values, pattern=compiled.pattern)
    valid = np.asarray(pc.fill_null(pc.is_valid(found), fill_value=False))
    parts = {field.name: pc.struct_field(found, [at]) for at, field in enumerate(found.type) if valid.any()}
    zoned, offset = np.zeros(count, dtype=bool), np.zeros(count, dtype=np.int64)
    if not parts:
        return Moments(np.zeros(count, dtype=np.int64), valid, zoned, offset)
    if format_text in _COUNTED:
        micros = _counted(parts, _COUNTED[format_text])
        return Moments(micros, valid, np.ones(count, dtype=bool), offset)
    micros, good = _calendar(parts)
    if "zone" in parts:
        zoned, offset, fine = _zones(parts["zone"])
        good &= fine
    return Moments(micros, valid & good, zoned, offset)


def _whole(texts: Any, *, empty: str = "0") -> Micros:
    """Digits to integers; null and empty become `empty`."""
    filled = pc.fill_null(texts, empty)
    filled = pc.if_else(pc.equal(filled, ""), empty, filled)
    return np.asarray(pc.cast(filled, pa.int64()))


def _calendar(parts: dict[str, Any]) -> tuple[Micros, Mask]:
    if "year" in parts:
        year = _whole(parts["year"])
    else:
        short = _whole(parts["short_year"])
        year = short + np.where(short >= 69, 1900, 2000)
    month = _whole(parts["month"]) if "month" in parts else _named_months(parts["month_name"])
    day = _whole(parts["day"])
    good = (month >= 1) & (month <= 12) & (year >= 1)
    months = (year - 1970) * 12 + np.where(good, month, 1) - 1
    first = months.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    following = (months + 1).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    good &= (day >= 1) & (day <= following - first)
    clock, fine = _clock(parts, len(year))
    return (first + day - 1) * _DAY + clock, good & fine


def _clock(parts: dict[str, Any], count: int) -> tuple[Micros, Mask]:
    """Microseconds since midnight."""
    good = np.ones(count, dtype=bool)
    micros = np.zeros(count, dtype=np.int64)
    if "hour12" in parts:
        hour = _whole(parts["hour12"])
        good &= (hour >= 1) & (hour <= 12)
        afternoon = np.asarray(
            pc.fill_null(pc.match_substring(parts["half"], "p", ignore_case=True), fill_value=False)
        )
        micros += (hour % 12 + np.where(afternoon, 12, 0)) * 3600 * _SECOND
    for name, unit, limit in (("hour", 3600, 23), ("minute", 60, 59), ("second", 1, 59)):
        if name in parts:
            number = _whole(parts[name])
            good &= number <= limit
            micros += number * unit * _SECOND
    if "fraction" in parts:
        micros += _whole(
            pc.utf8_slice_codeunits(pc.utf8_rpad(pc.fill_null(parts["fraction"], "0"), 6, "0"), 0, 6)
        )
    return micros, good


def _named_months(names: Any) -> Micros:
    known = pa.array(list(_MONTHS))
    numbers = np.array([*_MONTHS.values(), 0])
    found = pc.fill_null(pc.index_in(pc.utf8_lower(names), value_set=known), len(known))
    return np.asarray(numbers[np.asarray(found)])


def _zones(texts: Any) -> tuple[Mask, Micros, Mask]:
    """Which texts carry an offset, the offset in microseconds, and whether it can be one."""
    zoned = np.asarray(pc.fill_null(pc.not_equal(texts, ""), fill_value=False))
    signs = pc.extract_regex(texts, pattern=r"^(?P<sign>[+-])(?P<hours>\d{2}):?(?P<minutes>\d{2})$")
    hours, minutes = _whole(pc.struct_field(signs, [1])), _whole(pc.struct_field(signs, [2]))
    back = np.asarray(pc.fill_null(pc.equal(pc.struct_field(signs, [0]), "-"), fill_value=False))
    offset = (hours * 3600 + minutes * 60) * _SECOND * np.where(back, np.int64(-1), np.int64(1))
    return zoned, offset, (hours < 24) & (minutes < 60)


def _counted(parts: dict[str, Any], unit: int) -> Micros:
    digits = len(str(unit)) - 1
    part = pc.utf8_slice_codeunits(pc.utf8_rpad(pc.fill_null(parts["part"], "0"), digits, "0"), 0, digits)
    negative = np.asarray(pc.fill_null(pc.starts_with(parts["count"], "-"), fill_value=False))
    sign = np.where(negative, np.int64(-1), np.int64(1))
    count = _whole(parts["count"])
    limit = (1 << 62) // unit
    whole = np.clip(count, -limit, limit) * unit + sign * _whole(part)
    return whole.astype(np.int64)
