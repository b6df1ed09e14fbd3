"""Compare what was computed with what was expected, leaf by leaf.

Both sides are brought to one shape first: a one-element list is its element (as R's writer has it), NumPy
and pandas values are plain ones (a `Series` is R's named vector, a `DataFrame` one array per column).
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

MISSING = object()
"""Stands where nothing was computed."""

ENDLESS = {"Infinity": math.inf, "Inf": math.inf, "-Infinity": -math.inf, "-Inf": -math.inf}


@dataclass(frozen=True)
class Difference:
    """A value that is not the expected one."""

    place: str
    computed: Any
    expected: Any

    def __str__(self) -> str:
        found = "nothing" if self.computed is MISSING else repr(self.computed)
        return f"{self.place}: computed {found}, expected {self.expected!r}"


@dataclass(frozen=True)
class Comparison:
    """How many numbers agreed, which did not, how far the farthest was."""

    compared: int = 0
    absent: tuple[str, ...] = ()
    """Places of expected numbers that the code does not compute."""
    differences: tuple[Difference, ...] = ()
    largest: float = 0.0
    """Largest relative error; numbers so small that only the absolute tolerance applies are left out."""
    where: str = ""
    fields: tuple[str, ...] = ()
    """One line per value, where values are compared as exact text."""

    def summary(self) -> str:
        """In words, on one line."""
        if not self.compared and not self.absent:
            return ""
        if self.fields:
            return f"{self.compared - len(self.differences)} of {self.compared} values as expected"
        missing = f", {len(self.absent)} not computed ({self.absent[0]} ...)" if self.absent else ""
        place = f" at {self.where}" if self.where else ""
        return f"{self.compared} numbers{missing}, largest relative error {self.largest:.2e}{place}"


def matrix(data: Any, rows: Any = (), cols: Any = ()) -> dict[str, Any]:
    """A matrix in the shape of the golden files."""
    return {"rows": list(rows), "cols": list(cols), "data": [list(row) for row in data]}


def plain(value: Any) -> Any:
    """Bring a value to lists, mappings, numbers and texts; one-element lists become their element."""
    if hasattr(value, "to_dict"):  # pandas
        by_name = value.to_dict("list") if hasattr(value, "columns") else value.to_dict()
        return plain({str(key): entry for key, entry in by_name.items()})
    if hasattr(value, "tolist"):  # NumPy
        return plain(value.tolist())
    if isinstance(value, Mapping):
        return {str(key): plain(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        entries = [plain(entry) for entry in value]
        return entries[0] if len(entries) == 1 else entries
    if isinstance(value, Fraction | Decimal):
        return float(value)
    return value


def compare(computed: Any, expected: Any, relative: float, absolute: float) -> Comparison:
    """Compare all numbers and texts of `expected` with those computed."""
    compared, largest, where = 0, 0.0, ""
    absent: list[str] = []
    differences: list[Difference] = []
    for place, found, wanted in _leaves("", plain(computed), plain(expected)):
        number = _number(wanted)
        if found is MISSING:
            if number is not None:
                absent.append(place)
            continue
        if number is None:
            if found != wanted:
                differences.append(Difference(place, found, wanted))
            continue
        compared += 1
        error, good = _distance(_number(found), number, relative, absolute)
        if not good:
            differences.append(Difference(place, found, wanted))
        if error > largest:
            largest, where = error, place
    return Comparison(compared, tuple(absent), tuple(differences), largest, where)


def compare_text(computed: Any, expected: Any) -> Comparison:
    """Compare every value as it is written: amounts, fractions and hashes have no tolerance."""
    fields: list[str] = []
    absent: list[str] = []
    differences: list[Difference] = []
    compared = 0
    for place, found, wanted in _leaves("", computed, expected):
        if found is MISSING:
            absent.append(place)
            fields.append(f"{place}: not computed")
            continue
        compared += 1
        if type(found) is type(wanted) and found == wanted:
            fields.append(f"{place}: ok {wanted}")
        else:
            differences.append(Difference(place, found, wanted))
            fields.append(f"{place}: FAIL computed {found!r}, expected {wanted!r}")
    return Comparison(compared, tuple(absent), tuple(differences), fields=tuple(fields))


def _leaves(place: str, computed: Any, expected: Any) -> Iterator[tuple[str, Any, Any]]:
    """Each leaf of `expected` with what stands at its place; a list of another length differs as such."""
    if isinstance(expected, dict | list) and computed is not MISSING and type(computed) is not type(expected):
        yield f"{place} (shape)", type(computed).__name__, type(expected).__name__
    elif isinstance(expected, dict):
        for key, wanted in expected.items():
            found = MISSING if computed is MISSING else computed.get(key, MISSING)
            yield from _leaves(f"{place}.{key}" if place else key, found, wanted)
    elif isinstance(expected, list):
        if computed is not MISSING and len(computed) != len(expected):
            yield f"{place} (length)", f"{len(computed)} entries", f"{len(expected)} entries"
            return
        for index, wanted in enumerate(expected):
            found = MISSING if computed is MISSING else computed[index]
            yield from _leaves(f"{place}[{index}]", found, wanted)
    elif isinstance(computed, dict | list):
        yield f"{place} (shape)", "several values", str(expected)
    else:
        yield place, computed, expected


def _number(value: Any) -> float | None:
    """The value as float, a missing one as NaN; None when it is a text."""
    if value is None:
        return math.nan
    if isinstance(value, str):
        return ENDLESS.get(value)
    return float(value) if isinstance(value, bool | int | float) else None


def _distance(found: float | None, wanted: float, relative: float, absolute: float) -> tuple[float, bool]:
    """Relative error, and whether the number is near enough."""
    if found is None:
        return math.inf, False
    if math.isnan(wanted) or math.isinf(wanted):
        same = found == wanted or (math.isnan(found) and math.isnan(wanted))
        return (0.0, True) if same else (math.inf, False)
    if math.isnan(found) or math.isinf(found):
        return math.inf, False
    gap = abs(found - wanted)
    near = gap <= absolute + relative * abs(wanted)
    if abs(wanted) <= absolute:
        return (0.0 if near else math.inf), near
    return gap / abs(wanted), near
