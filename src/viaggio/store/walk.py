"""A fact table page by page, in the order of a key that never changes: a walk meets every row once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from viaggio.kernel import UnknownColumn, UnknownTable, ViaggioError
from viaggio.store.contracts import FACTS

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

_WIDE = ("key", "customer", "account", "node")
"""Columns of 64 bits, told as text: programs in other languages would round them."""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows as JSON-ready values, and the cursor to the next page; None on the last."""

    rows: list[dict[str, Any]]
    next: str | None


def page(
    engine: "Engine", name: str, *, where: Sequence[str] = (), after: str = "", limit: int = 1000
) -> Page:
    """At most `limit` rows of a fact table whose key follows `after`.

    `where`: conditions such as `wave=2026-08,2026-09` on columns of the table. Raises `UnknownTable`,
    `UnknownColumn`, and `ViaggioError` for a cursor that is none.
    """
    if name not in FACTS:
        raise UnknownTable(name, known=FACTS)
    table = getattr(engine.tables(), name)
    for condition in where:
        column, _, values = condition.partition("=")
        if column not in table.columns:
            raise UnknownColumn(column, known=table.columns, place="where")
        table = table.filter(table[column].cast("string").isin([v.strip() for v in values.split(",")]))
    if after:
        table = table.filter(table.key > _key(after))
    found = engine.run(table.order_by("key").limit(limit + 1)).to_pylist()
    rows = [_told(row) for row in found[:limit]]
    return Page(rows, rows[-1]["key"] if len(found) > limit else None)


def _key(cursor: str) -> int:
    try:
        return int(cursor)
    except ValueError as error:
        raise ViaggioError(
            "this is no cursor", place="cursor", hint="Use `next` of the page before."
        ) from error


def _told(row: dict[str, Any]) -> dict[str, Any]:
    told = {}
    for name, value in row.items():
        if name in _WIDE:
            told[name] = None if value is None else str(value)
        elif hasattr(value, "isoformat"):
            told[name] = value.isoformat()
        else:
            told[name] = value
    return told
