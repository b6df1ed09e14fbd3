"""How many customers and interactions there are."""

import ibis

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import COMMON, INTERACTION_DIMENSIONS
from viaggio.measure.cuts import cell, rows_of, tally
from viaggio.measure.model import Cut, Metric, Table, Tables


def seen(tables: Tables, cut: Cut) -> Table:
    """`span`, groups and `customer` of every interaction and order of the cut, repeated as they come.

    Orders have no place in the journey: cut by phase, touchpoint, device or function, only
    interactions count.
    """
    parts = [rows_of(tables.interactions, "started_at", cut, "customer")]
    if cut.dimensions <= COMMON | {"channel"} and "orders" in cut.present:
        parts.append(rows_of(tables.orders, "ordered_at", cut, "customer"))
    known = [part.filter(part.customer.notnull()).select("span", *cut.by, "customer") for part in parts]
    return known[0] if len(known) == 1 else ibis.union(*known)


def measure_customers(tables: Tables, cut: Cut) -> Table:
    """Distinct customers per cell."""
    rows = seen(tables, cut)
    return rows.group_by(cell(cut)).aggregate(n=rows.customer.nunique())


def measure_interactions(tables: Tables, cut: Cut) -> Table:
    """Interactions per cell."""
    rows = rows_of(tables.interactions, "started_at", cut, "started_at")
    return tally(rows, cut, n=rows.count())


METRICS = (
    Metric(
        slug="customers", unit=Unit.COUNT, better=Direction.UP, family="base",
        needs={"interactions": ("customer", "started_at"), "orders": ()},
        covered_by=("interactions", "orders"),
        dimensions=INTERACTION_DIMENSIONS, base="customers", definition="customers.seen",
        about="""Distinct customers with an interaction or an order in the period, visitors who never gave a
        name included. A customer in several groups counts in each, and once in the total.""",
        measure=measure_customers, counts="people", estimate=estimates.count_of("n"),
    ),
    Metric(
        slug="interactions", unit=Unit.COUNT, better=Direction.NONE, family="base",
        needs={"interactions": ("started_at",)}, covered_by=("interactions",),
        dimensions=INTERACTION_DIMENSIONS, base="interactions", definition="interactions.all",
        about="Interactions that began in the period.",
        measure=measure_interactions, counts="interactions", estimate=estimates.count_of("n"),
    ),
)  # fmt: skip
