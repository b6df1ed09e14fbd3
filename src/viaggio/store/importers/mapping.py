"""What a mapping says: which source column becomes which column of which fact table, and how it is read."""

from dataclasses import dataclass, field, replace
from typing import Literal

from viaggio.store.importers.layout import Layout

Format = Literal["csv", "excel", "parquet"]
Unit = Literal["units", "cents"]
Rounding = Literal["", "half_even", "half_up"]
TwoHours = Literal["earlier", "later", "reject"]
NoHour = Literal["shift", "reject"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """Where a value comes from (exactly one of `column`, `value`, `template`) and how its text is read.

    `codes` translates values; `others` says what becomes of values it does not list: empty rejects the row,
    `keep` keeps them, anything else is put in their place. `default` fills empty cells, `empty` lists texts
    that count as empty. `decimal` is the decimal sign. `unit` says whether amounts are written in units
    (euros) or in cents; parts of a cent are rejected unless `rounding` is given. `currency` is the one whose
    sign may stand beside an amount. `two_hours` and `no_hour` decide local times that come twice or never
    when the clocks change.
    """

    column: str = ""
    value: str = ""
    template: str = ""
    codes: tuple[tuple[str, str], ...] = ()
    others: str = ""
    default: str = ""
    empty: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    timezone: str = ""
    two_hours: TwoHours = "earlier"
    no_hour: NoHour = "shift"
    decimal: str = "."
    unit: Unit = "units"
    rounding: Rounding = ""
    currency: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()

    def canonical(self) -> "Take":
        """The same for cells that were typed in the source."""
        return replace(self, decimal=".", formats=tuple(dict.fromkeys(("iso", *self.formats))))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A row belongs to the table when its cell is filled (or not), or is one of `values`."""

    column: str
    filled: bool | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TableMapping:
    """How source rows become rows of one fact table. Without `id`, rows are known by their content."""

    name: str
    place: str
    id: Take | None = None
    columns: tuple[tuple[str, Take], ...] = ()
    where: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportMapping:
    """A mapping file: how to read the file, and one or several tables that each of its rows feeds.

    `leave_out` lists source columns that are neither mapped nor kept in `properties`.
    """

    tables: tuple[TableMapping, ...]
    source: str = ""
    format: Format | None = None
    layout: Layout = field(default_factory=Layout)
    sheet: str = ""
    leave_out: tuple[str, ...] = ()
    text: str = ""
