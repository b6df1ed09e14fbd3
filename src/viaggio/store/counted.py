"""Interactions and customers of a workspace, counted over its journey index where that can tell."""

from functools import partial
from typing import TYPE_CHECKING, Any

from viaggio.measure.model import Cut
from viaggio.store.journeys import groups_of, where_of
from viaggio.store.memory import Memory

if TYPE_CHECKING:
    from viaggio.measure.counted import Orders, Rows
    from viaggio.store.engine import Engine

_KNOWN = Memory(8)
"""Orders and owners of touchpoints, as found lately in one state of the facts."""

_OF_ORDERS = frozenset({"segment", "region", "channel"})
"""What orders have of the dimensions; cut by others, only interactions are counted."""


def counted(engine: "Engine", cut: Cut, *, people: bool) -> "Rows | None":
    """One row per span and group with `interactions` and `people`; None where the facts are to be asked.

    `people`: orders count as well, as who buys is seen. The facts know more than the index where an
    interaction has no customer, and of sources; they also take any number of groups.
    """
    from viaggio.journey.filter import condition_of
    from viaggio.measure.counted import COUNTABLE, OF_CUSTOMERS, Counting, counts
    from viaggio.store.index import MappedJourneys

    journeys = engine.journeys()
    if not isinstance(journeys, MappedJourneys) or not cut.dimensions <= COUNTABLE:
        return None
    facts = engine.manifest
    if (journeys.manifest.item, journeys.manifest.identity) != (facts.last, facts.identity.path):
        return None  # a fold has brought one of them further than the other
    unstated = any("" in values for _, values in cut.population.key())
    if unstated or journeys.n_events != engine.rows("interactions"):
        return None
    with_orders = people and cut.dimensions <= _OF_ORDERS and "orders" in cut.present
    asked = Counting(
        cut=cut,
        where=where_of(engine, None, condition=condition_of(cut.population)),
        groups={name: groups_of(engine, name) for name in OF_CUSTOMERS if name in cut.dimensions},
        owners=_owners(engine) if "function" in cut.by else {},
        orders=_orders(engine, len(journeys)) if with_orders else None,
    )
    return counts(journeys, asked)


def _owners(engine: "Engine") -> dict[str, str]:
    """The function that owns a touchpoint, of those that have one."""
    state = (engine.workspace.root, engine.version, "owners")
    found: dict[str, str] = _KNOWN.recall(state, partial(_asked_owners, engine))
    return found


def _asked_owners(engine: "Engine") -> dict[str, str]:
    table = engine.tables().touchpoints
    rows = engine.run(table.filter(table.owner_function.notnull()).select("id", "owner_function"))
    return {row["id"]: row["owner_function"] for row in rows.to_pylist()}


def _orders(engine: "Engine", buckets: int) -> "Orders":
    """All orders of known customers."""
    state = (engine.workspace.root, engine.version, "orders", buckets)
    found: Orders = _KNOWN.recall(state, partial(_asked_orders, engine, buckets))
    return found


def _asked_orders(engine: "Engine", buckets: int) -> "Orders":
    import numpy as np
    import pyarrow as pa

    from viaggio.measure.counted import Orders

    table = engine.tables().orders
    known = table.filter(table.customer.notnull(), table.ordered_at.notnull())
    rows: Any = engine.run(known.select("customer", "ordered_at", "channel"))
    at = rows["ordered_at"].cast(pa.timestamp("us", "UTC")).cast(pa.int64())
    customer = np.ascontiguousarray(rows["customer"].to_numpy(), np.int64)
    return Orders.of(customer, np.ascontiguousarray(at.to_numpy()), rows["channel"].to_pylist(), buckets)
