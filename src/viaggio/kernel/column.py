"""Column contracts: what a fact table holds, one row per what, in which units."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a column is stored."""

    KEY = "key"  # int64, stable hash
    TEXT = "text"
    CODE = "code"  # text with few values, dictionary-encoded
    TIME = "time"  # timestamp, UTC microseconds
    DAY = "day"  # calendar date
    WHOLE = "whole"  # int64
    CENTS = "cents"  # int64, cents of the row's `currency`
    NUMBER = "number"  # float64
    YES_NO = "yes_no"  # boolean
    JSON = "json"  # text holding a JSON object; the source's own columns


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `needed` columns may not be empty; `allowed` lists the only values of a code."""

    name: str
    kind: Kind
    about: str
    needed: bool = False
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Contract:
    """A fact table: its name, one row per `row`, its columns and whom its rows belong to.

    Every stored table starts with `key` (hash of source and id), `digest` (hash of the row's content),
    `source` and `id`. With `customer`, it also has `customer` and `account`: the int64 keys of the row's
    strongest identifier, to be resolved to one customer by identity. Importers give identifiers as text
    in the columns of `viaggio.customer.tables.IDENTIFIER_COLUMNS` instead.
    """

    name: str
    row: str
    columns: tuple[Column, ...]
    customer: bool = True
    time: str | None = None  # the column that places a row in a period

    def column(self, name: str) -> Column | None:
        """The column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order, without the leading bookkeeping ones."""
        return tuple(c.name for c in self.columns)
