"""Cells of foreign files become typed values, or say exactly why not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

from viaggio.kernel import utc_micros

DAY_ONLY: Mapping[str, str] = {"time_precision": "day"}
"""Properties of a fact whose source gives the day but no hour: it stands at the start of that local day."""

MONTH_ONLY: Mapping[str, str] = {"time_precision": "month"}
"""Properties of a fact whose source gives no more than the month."""


class BadCell(Exception):
    """One cell, or the row it stands in, can not be taken. `code` is stable; `column` names the culprit."""

    def __init__(self, code: str, column: str = "", value: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.column = column
        self.value = value


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a source: where it stands and its cells, as text, by column."""

    file: str
    line: int
    cells: Mapping[str, str]

    def text(self, column: str) -> str | None:
        """The cell without surrounding blanks; None when empty."""
        return self.cells.get(column, "").strip() or None

    def needed(self, column: str) -> str:
        """The cell, which may not be empty; raises `BadCell`."""
        value = self.text(column)
        if value is None:
            raise BadCell("value.missing", column)
        return value

    def one_of(self, column: str, known: Mapping[str, str]) -> str:
        """Our word for a source's word; raises `BadCell` for a word that is not known."""
        value = self.needed(column)
        if value not in known:
            raise BadCell("value.not_allowed", column, value)
        return known[value]

    def number(self, column: str) -> float | None:
        """A finite number, None when empty; raises `BadCell`."""
        exact = self._decimal(column)
        return None if exact is None else float(exact)

    def whole(self, column: str) -> int | None:
        """A whole number, None when empty; `2.0` counts as 2. Raises `BadCell`."""
        exact = self._decimal(column)
        if exact is None:
            return None
        if exact != exact.to_integral_value():
            raise BadCell("value.not_whole", column, self.cells[column])
        return int(exact)

    def cents(self, column: str) -> int | None:
        """An amount such as `27.65` in cents, exact, None when empty; raises `BadCell` on half cents."""
        exact = self._decimal(column)
        if exact is None:
            return None
        cents = exact * 100
        if cents != cents.to_integral_value():
            raise BadCell("value.part_of_a_cent", column, self.cells[column])
        return int(cents)

    def moment(self, column: str, zone: ZoneInfo) -> int | None:
        """A local date and time in UTC microseconds, None when empty; raises `BadCell`.

        An hour that the clock repeats in autumn is read as its first passage.
        """
        value = self.text(column)
        if value is None:
            return None
        try:
            return local_micros(datetime.fromisoformat(value), zone)
        except ValueError:
            raise BadCell("value.not_a_time", column, value) from None

    def day(self, column: str) -> date | None:
        """The calendar day of a date with or without time, None when empty; raises `BadCell`."""
        value = self.text(column)
        if value is None:
            return None
        try:
            return datetime.fromisoformat(value).date()
        except ValueError:
            raise BadCell("value.not_a_day", column, value) from None

    def others(self, *mapped: str) -> dict[str, str]:
        """The filled cells of all columns that were not mapped, verbatim."""
        return {name: value for name, value in self.cells.items() if value and name not in mapped}

    def _decimal(self, column: str) -> Decimal | None:
        value = self.text(column)
        if value is None:
            return None
        try:
            exact = Decimal(value)
        except InvalidOperation:
            exact = Decimal("NaN")
        if not exact.is_finite() or abs(exact) >= Decimal(10) ** 15:
            raise BadCell("value.not_a_number", column, value)
        return exact


def local_micros(moment: datetime, zone: ZoneInfo) -> int:
    """UTC microseconds of a moment; one without an offset is the local time of `zone`."""
    return utc_micros(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def day_start(day: date, zone: ZoneInfo) -> int:
    """UTC microseconds of the first moment of a local day."""
    return utc_micros(datetime.combine(day, time(), tzinfo=zone))


def day_end(day: date, zone: ZoneInfo) -> int:
    """UTC microseconds of the last microsecond of a local day; what comes later came on a later day."""
    return day_start(day + timedelta(days=1), zone) - 1


def noon(day: date) -> int:
    """UTC microseconds of 12:00 UTC: the same calendar day in every inhabited zone but the outermost."""
    return utc_micros(datetime.combine(day, time(12), tzinfo=UTC))


def as_json(properties: Mapping[str, object]) -> str | None:
    """Properties as a JSON object in the order given, without empty values; None when nothing is left."""
    filled = {name: value for name, value in properties.items() if value not in (None, "")}
    return json.dumps(filled, ensure_ascii=False, separators=(",", ":")) if filled else None
