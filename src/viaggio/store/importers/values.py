"""From text cells to the values of one fact column, with what could not be read and why."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from viaggio.kernel import Column, Kind
from viaggio.store.importers.amounts import plain_numbers, read_cents, read_digits, read_numbers
from viaggio.store.importers.arrow import pa, pc
from viaggio.store.importers.mapping import Take
from viaggio.store.importers.records import Cells
from viaggio.store.importers.times import compile_format, parse_times
from viaggio.store.importers.zones import to_utc

Mask = npt.NDArray[np.bool_]
Faults = tuple[tuple[str, Mask], ...]

YES = ("1", "true", "yes", "y", "t", "si", "sì", "s", "vero", "v", "on")
NO = ("0", "false", "no", "n", "f", "falso", "off")


@dataclass(frozen=True, slots=True)
class Converted:
    """The values of one column, null where empty or unreadable; a fault is a code and the rows it meets."""

    values: Any
    faults: Faults = ()


def convert(cells: Cells, take: Take, column: Column) -> Converted:
    """Read cells as values of `column`; typed cells in their own plain style, whatever the mapping states."""
    if cells.canonical is None:
        return _convert(cells.values, take, column)
    typed = np.asarray(cells.canonical)
    if typed.all():
        return _convert(cells.values, take.canonical(), column, typed=True)
    texts = _convert(cells.values, take, column)
    plain = _convert(cells.values, take.canonical(), column, typed=True)
    values = pc.if_else(cells.canonical, plain.values, texts.values)
    faults = tuple((code, mask & ~typed) for code, mask in texts.faults)
    return Converted(values, faults + tuple((code, mask & typed) for code, mask in plain.faults))


def _convert(values: Any, take: Take, column: Column, *, typed: bool = False) -> Converted:
    if column.kind is not Kind.TEXT or take.codes or take.empty:
        trimmed = _trimmed(values, take)
        values = trimmed if column.kind is not Kind.TEXT else pc.if_else(pc.is_valid(trimmed), values, None)
    else:
        values = pc.if_else(pc.equal(pc.utf8_trim_whitespace(values), ""), None, values)
    faults: Faults = ()
    if take.codes:
        values, faults = _translated(values, take)
    if take.default:
        values = pc.fill_null(values, take.default)
    read = _READ[column.kind](values, take, column, typed)
    return Converted(read.values, faults + tuple((code, mask) for code, mask in read.faults if mask.any()))


def _trimmed(values: Any, take: Take) -> Any:
    trimmed = pc.utf8_trim_whitespace(values)
    blank = pc.is_in(trimmed, value_set=pa.array(["", *take.empty]))
    return pc.if_else(blank, None, trimmed) if pc.any(blank).as_py() else trimmed


def _translated(values: Any, take: Take) -> tuple[Any, Faults]:
    """Values through the list of codes."""
    keys, targets = zip(*take.codes, strict=True)
    at = pc.index_in(pc.utf8_trim_whitespace(values), value_set=pa.array(keys))
    unknown = np.asarray(pc.and_(pc.is_null(at), pc.is_valid(values)))
    translated = pc.take(pa.array(targets, pa.string()), at)
    translated = pc.if_else(pc.equal(translated, ""), None, translated)
    if not unknown.any():
        return translated, ()
    if not take.others:
        return translated, (("value.unknown_code", unknown),)
    others = values if take.others == "keep" else pa.scalar(take.others)
    return pc.if_else(pa.array(unknown), others, translated), ()


def _present(values: Any) -> Mask:
    return np.asarray(pc.is_valid(values))


def _masked(values: Any, kind: Any, bad: Mask, empty: Mask) -> Any:
    return pa.array(values, kind, mask=bad | empty)


def _text(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    del take, column, typed
    return Converted(values)


def _code(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    del take, typed
    if column.name == "currency":
        values = pc.utf8_upper(values)
        odd = np.asarray(
            pc.fill_null(pc.invert(pc.match_substring_regex(values, "^[A-Z]{3}$")), fill_value=False)
        )
        return Converted(values, (("value.not_a_currency", odd),))
    if not column.allowed:
        return Converted(values)
    known = pc.is_in(values, value_set=pa.array([str(code) for code in column.allowed]))
    return Converted(values, (("value.not_allowed", ~np.asarray(known) & _present(values)),))


def _time(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    del column, typed
    present = _present(values)
    utc, good, twice, never = _moments(values, take, present)
    bad = present & ~good
    faults: Faults = (("value.not_a_time", bad),)
    if take.two_hours == "reject":
        faults += (("value.two_hours", twice & present),)
    if take.no_hour == "reject":
        faults += (("value.no_such_hour", never & present),)
    return Converted(_masked(utc, pa.int64(), bad, ~present).cast(pa.timestamp("us", tz="UTC")), faults)


def _moments(values: Any, take: Take, present: Mask) -> tuple[npt.NDArray[np.int64], Mask, Mask, Mask]:
    """UTC microseconds; which are valid, come twice, come never. The first format that fits wins."""
    count = len(values)
    utc = np.zeros(count, dtype=np.int64)
    good, twice, never = (np.zeros(count, dtype=bool) for _ in range(3))
    for text in take.formats:
        left = present & ~good
        if not left.any():
            break
        moments = parse_times(values, text)
        fits = moments.valid & left
        if not take.timezone:
            fits &= moments.zoned  # a typed local time under a mapping that expects counted ones
        fixed, local = fits & moments.zoned, fits & ~moments.zoned
        utc[fixed] = moments.micros[fixed] - moments.offset[fixed]
        if local.any():
            later = take.two_hours == "later"
            utc[local], twice[local], never[local] = to_utc(moments.micros[local], take.timezone, later=later)
        good |= fits
    return utc, good, twice, never


def _day(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    """The date as written, whatever clock or offset stands beside it; counted formats are days in UTC."""
    del column, typed
    present = _present(values)
    days = np.zeros(len(values), dtype=np.int64)
    good = np.zeros(len(values), dtype=bool)
    for text in take.formats:
        moments = parse_times(values, text)
        fits = moments.valid & present & ~good
        days[fits] = moments.micros[fits] // (86_400 * 1_000_000)
        good |= fits
    bad = present & ~good
    return Converted(
        _masked(days.astype(np.int32), pa.int32(), bad, ~present).cast(pa.date32()),
        (("value.not_a_day", bad),),
    )


def _cents(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    del column
    present = _present(values)

    def read(texts: Any) -> tuple[npt.NDArray[np.int64], Mask, Mask]:
        return read_cents(
            texts, take.decimal, cents=take.unit == "cents", rounding=take.rounding, currency=take.currency
        )

    cents, good, finer = read(values)
    if typed and (present & ~good).any():
        cents, good, finer = read(plain_numbers(values, present & ~good))
    bad = present & ~good
    faults: Faults = (("value.not_money", bad), ("value.part_of_a_cent", finer & present))
    return Converted(_masked(cents, pa.int64(), bad | finer, ~present), faults)


def _number(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    del column
    present = _present(values)
    numbers, good = read_numbers(values, take.decimal)
    if typed and (present & ~good).any():
        numbers, good = read_numbers(plain_numbers(values, present & ~good), take.decimal)
    bad = present & ~good
    return Converted(_masked(numbers, pa.float64(), bad, ~present), (("value.not_a_number", bad),))


def _whole(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    del column, typed
    present = _present(values)
    digits = read_digits(values, take.decimal)
    numbers = np.asarray(pc.cast(digits.whole, pa.int64()))
    broken = np.asarray(pc.match_substring_regex(digits.part, pattern="[1-9]"))
    bad = present & (~digits.valid | broken)
    return Converted(
        _masked(np.where(digits.negative, -numbers, numbers), pa.int64(), bad, ~present),
        (("value.not_whole", bad),),
    )


def _yes_no(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    del column, typed
    present = _present(values)
    lowered = pc.utf8_lower(values)
    yes = np.asarray(pc.is_in(lowered, value_set=pa.array([text.lower() for text in take.yes or YES])))
    no = np.asarray(pc.is_in(lowered, value_set=pa.array([text.lower() for text in take.no or NO])))
    bad = present & ~yes & ~no
    return Converted(_masked(yes, pa.bool_(), bad, ~present), (("value.not_yes_no", bad),))


def _json(values: Any, take: Take, column: Column, typed: bool) -> Converted:
    del take, column, typed

    def broken(text: str | None) -> bool:
        try:
            return text is not None and not isinstance(json.loads(text), dict)
        except (ValueError, RecursionError):
            return True

    bad = np.array([broken(text) for text in values.to_pylist()], dtype=bool)
    return Converted(pc.if_else(pa.array(bad), None, values), (("value.not_json", bad),))


_READ: Mapping[Kind, Callable[[Any, Take, Column, bool], Converted]] = {
    Kind.TEXT: _text,
    Kind.CODE: _code,
    Kind.TIME: _time,
    Kind.DAY: _day,
    Kind.CENTS: _cents,
    Kind.NUMBER: _number,
    Kind.WHOLE: _whole,
    Kind.YES_NO: _yes_no,
    Kind.JSON: _json,
}


def needs_timezone(formats: tuple[str, ...]) -> bool:
    """Whether some format leaves the offset from UTC open."""
    return any(compile_format(text).needs_zone for text in formats)
