"""From when to when the data reach, table by table, in one query."""

from collections.abc import Iterable, Mapping
from typing import Any

import ibis

from viaggio.journey.tables import INTERACTIONS, VISITS
from viaggio.kernel import utc_micros
from viaggio.measure.model import Table, Tables
from viaggio.measure.rules import Coverage
from viaggio.measure.tables import CONTRACTS, COSTS, ORDER_LINES, ORDERS, PAYMENTS
from viaggio.pulse.tables import ANSWERS
from viaggio.voice.tables import TEXTS

MEASURED = {
    contract.name: contract
    for contract in (INTERACTIONS, VISITS, ORDERS, ORDER_LINES, PAYMENTS, CONTRACTS, COSTS, ANSWERS, TEXTS)
}
"""Tables with a time of their own that figures are read from."""


def coverage_query(tables: Tables) -> Table:
    """One row per table: its name, number of rows, first and last time."""
    parts = []
    for name, contract in MEASURED.items():
        table = getattr(tables, name)
        if table is not None:
            time = table[contract.time]
            last = time.max()
            if name == ORDERS.name:  # a delivery is news of an order, days after it was placed
                last = ibis.greatest(last, table.delivered_at.max())
            parts.append(
                table.aggregate(table=ibis.literal(name), rows=table.count(), first=time.min(), last=last)
            )
    return ibis.union(*parts) if len(parts) > 1 else parts[0]


def coverage_of(rows: Iterable[Mapping[str, Any]]) -> dict[str, Coverage]:
    """Coverage by table. Contracts run on after their start: they are known as far as anything is."""
    found = {row["table"]: row for row in rows}
    lasts = [row["last"] for row in found.values() if row["last"] is not None]
    end = utc_micros(max(lasts)) if lasts else None
    return {
        name: Coverage(
            rows=row["rows"],
            first=None if row["first"] is None else utc_micros(row["first"]),
            last=end if name == CONTRACTS.name or row["last"] is None else utc_micros(row["last"]),
        )
        for name, row in found.items()
    }
