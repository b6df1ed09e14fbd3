"""Whether customers stay and come again."""

from typing import Any

import ibis

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import COMMON, stands
from viaggio.measure.cuts import among, cell, grouped, rows_of, span_table, tally
from viaggio.measure.model import Cut, Metric, Table, Tables

_CUSTOMER_DIMENSIONS = COMMON - {"source"}


def measure_repeat_purchase(tables: Tables, cut: Cut) -> Table:
    """Buyers of the span, and those whose orders up to its end are two or more."""
    orders = tables.orders
    orders = orders.filter(stands(orders), orders.customer.notnull())
    orders = orders.mutate(
        place=ibis.row_number().over(
            ibis.window(group_by="customer", order_by=["ordered_at", "source", "id"])
        )
    )
    rows = rows_of(orders, "ordered_at", cut, "place")
    buyers = rows.group_by(cell(cut, "customer")).aggregate(last=rows.place.max())
    return tally(buyers, cut, n=buyers.count(), again=buyers.count(where=buyers["last"] >= 1))


def measure_retention(tables: Tables, cut: Cut) -> Table:
    """Customers at the start of the span, and those who still are at its end.

    With contracts: who has a running contract. Without any: who ordered in the inactivity time before.
    """
    held = _with_contract(tables, cut) if "contracts" in cut.present else _with_orders(tables, cut)
    at_start = held.filter(held.there)
    return tally(at_start, cut, n=at_start.count(), stayed=at_start.count(where=at_start.still))


def _with_contract(tables: Tables, cut: Cut) -> Table:
    contracts = tables.contracts
    contracts = contracts.filter(contracts.customer.notnull())
    keep = ("customer", "started_at", "ended_at", *sorted(cut.dimensions))
    contracts = grouped(among(contracts.select(*keep), cut), cut)
    spans = span_table(cut.spans)
    rows = contracts.cross_join(spans)
    rows = rows.filter(rows.started_at <= rows.ends)
    there = (rows.started_at <= rows.starts) & (rows.ended_at.isnull() | (rows.ended_at > rows.starts))
    still = rows.ended_at.isnull() | (rows.ended_at >= rows.ends)
    rows = rows.mutate(there_now=there, still_now=still)
    return _per_customer(rows, cut)


def _with_orders(tables: Tables, cut: Cut) -> Table:
    orders = tables.orders
    orders = orders.filter(stands(orders), orders.customer.notnull())
    orders = grouped(among(orders.select("customer", "ordered_at", *sorted(cut.dimensions)), cut), cut)
    rows = orders.cross_join(span_table(cut.spans, cut.inactive_days))
    rows = rows.filter(rows.ordered_at >= rows.starts_back, rows.ordered_at < rows.ends)
    rows = rows.mutate(there_now=rows.ordered_at < rows.starts, still_now=rows.ordered_at >= rows.ends_back)
    return _per_customer(rows, cut)


def _per_customer(rows: Table, cut: Cut) -> Table:
    return rows.group_by(cell(cut, "customer")).aggregate(
        there=rows.there_now.any(), still=rows.still_now.any()
    )


_STAYING: dict[str, Any] = {
    "family": "loyalty", "unit": Unit.SHARE,
    "needs": {"contracts": ("customer", "started_at"), "orders": ("customer", "ordered_at")},
    "covered_by": ("contracts", "orders"), "dimensions": _CUSTOMER_DIMENSIONS,
    "base": "customers", "min_n": 30,
    "measure": measure_retention,
}  # fmt: skip

METRICS = (
    Metric(
        slug="repeat_purchase", family="loyalty", unit=Unit.SHARE, better=Direction.UP, min_n=30,
        needs={"orders": ("customer", "ordered_at")}, covered_by=("orders",),
        dimensions=_CUSTOMER_DIMENSIONS, base="customers",
        definition="repeat_purchase.buyers_with_a_second_order_by_end",
        about="""Share of the period's buyers who have two or more orders up to its end, earlier periods
        included. Cancelled and unavailable orders do not count. Wilson interval.""",
        measure=measure_repeat_purchase, estimate=estimates.share_of("again"),
    ),
    Metric(
        slug="retention", **_STAYING, better=Direction.UP,
        definition="retention.customers_at_start_still_there",
        about="""Share of the customers at the start of the period who still are customers at its end. Where
        contracts are known: a customer has a running contract (one that ends at the very end of the period
        still ran in it). Where there are none: a customer ordered within the company's inactivity time
        (365 days unless set otherwise) before that moment. Customers won during the period do not count.
        Wilson interval.""",
        estimate=estimates.share_of("stayed"),
    ),
    Metric(
        slug="churn", **_STAYING, better=Direction.DOWN, definition="churn.customers_at_start_gone",
        about="""Share of the customers at the start of the period who no longer are customers at its end:
        1 - retention, by the same definition. Wilson interval.""",
        estimate=estimates.share_without("stayed"),
    ),
)  # fmt: skip
