"""What customers buy: orders, revenue, payments."""

from typing import Any

import ibis

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import COMMON, LINE_DIMENSIONS, ORDER_DIMENSIONS, lines, ordered, sales
from viaggio.measure.cuts import cell, rows_of, tally
from viaggio.measure.model import Cut, Metric, Spans, Table, Tables

_LINE_NEEDS = {"order_lines": ("order_id", "amount_cents", "ordered_at"), "orders": ("ordered_at",)}
_SALES = ("orders", "order_lines")
_ORDER_NEEDS = {"orders": ("ordered_at",)}


def measure_revenue(tables: Tables, cut: Cut) -> Table:
    """Lines sold and their cents per cell and currency."""
    rows = rows_of(sales(tables, cut), "ordered_at", cut)
    return tally(rows, cut, "currency", n=rows.count(), cents=rows.cents.sum())


def measure_growth(tables: Tables, cut: Cut) -> Table:
    """Cents of each span and of the span of the same length before it."""
    sold = sales(tables, cut)

    def side(spans: Spans, now: int) -> Table:
        within = Cut(spans=spans, by=cut.by, population=cut.population, present=cut.present)
        rows = rows_of(sold, "ordered_at", within)
        return rows.select(
            "span", *cut.by, "customer", "currency",
            now=ibis.literal(now, type="int64"), cents=rows.cents,
        )  # fmt: skip

    rows = ibis.union(side(cut.spans, 1), side(cut.spans.previous(), 0))
    return tally(
        rows, cut, "currency",
        n=rows.now.sum(),
        cents=rows.cents.sum(where=rows.now == 1),
        cents_before=rows.cents.sum(where=rows.now == 0),
    )  # fmt: skip


def measure_orders(tables: Tables, cut: Cut) -> Table:
    """Orders per cell, whatever became of them."""
    rows = rows_of(ordered(tables, cut), "ordered_at", cut)
    return tally(rows, cut, n=rows.count())


def measure_average_order(tables: Tables, cut: Cut) -> Table:
    """Orders that brought revenue, and their cents."""
    rows = rows_of(sales(tables, cut), "ordered_at", cut)
    each = rows.group_by(cell(cut, "currency", "source", "order_id")).aggregate(
        cents=rows.cents.sum(), customer=rows.customer.min()
    )
    return tally(each, cut, "currency", n=each.count(), cents=each.cents.sum())


def measure_lines(tables: Tables, cut: Cut) -> Table:
    """All order lines, their value and their freight, cancelled orders included."""
    rows = rows_of(lines(tables, cut), "ordered_at", cut)
    return tally(rows, cut, "currency", n=rows.count(), cents=rows.amount_cents.sum())


def measure_freight(tables: Tables, cut: Cut) -> Table:
    """Freight of all order lines, cancelled orders included."""
    rows = rows_of(lines(tables, cut), "ordered_at", cut)
    return tally(
        rows, cut, "currency",
        n=rows.count(where=rows.freight_cents.notnull()),
        cents=rows.freight_cents.sum(),
    )  # fmt: skip


def measure_payments(tables: Tables, cut: Cut) -> Table:
    """Payments and their cents."""
    rows = rows_of(tables.payments, "paid_at", cut)
    return tally(rows, cut, "currency", n=rows.count(), cents=rows.amount_cents.sum())


_SHARED: dict[str, Any] = {"family": "revenue", "owner": "sales"}
_MONEY: dict[str, Any] = {**_SHARED, "unit": Unit.CENTS, "better": Direction.UP, "estimate": estimates.money}
_COUNT: dict[str, Any] = {
    **_SHARED, "unit": Unit.COUNT, "better": Direction.UP, "estimate": estimates.counts,
}  # fmt: skip

METRICS = (
    Metric(
        slug="revenue", **_MONEY, needs=_LINE_NEEDS, covered_by=_SALES, dimensions=LINE_DIMENSIONS,
        base="order_lines", definition="revenue.sold_lines_without_freight",
        about="""Value of the order lines of orders that are neither canceled nor unavailable, without
        freight, by the day of the order; an order without lines counts with its total less its freight.
        Goods that came back are not taken off. Exact cents; several currencies have no sum.""",
        measure=measure_revenue,
    ),
    Metric(
        slug="revenue_growth", **_SHARED, unit=Unit.SHARE, better=Direction.UP, looks_back=True,
        needs=_LINE_NEEDS, covered_by=_SALES, dimensions=LINE_DIMENSIONS,
        base="order_lines", definition="revenue_growth.against_span_before",
        about="""Revenue of the period against that of the span of the same length just before (whole months
        against as many whole months), as a share: 0.05 is five per cent more. No value when nothing was
        sold in either. `n` counts the lines sold in the period.""",
        measure=measure_growth, estimate=estimates.growth,
    ),
    Metric(
        slug="orders", **_COUNT, needs=_ORDER_NEEDS, covered_by=("orders",), dimensions=ORDER_DIMENSIONS,
        base="orders", definition="orders.all",
        about="Orders placed in the period, whatever became of them, cancelled ones included.",
        measure=measure_orders,
    ),
    Metric(
        slug="average_order", **_SHARED, unit=Unit.CENTS, better=Direction.UP,
        needs=_LINE_NEEDS, covered_by=_SALES, dimensions=ORDER_DIMENSIONS,
        base="orders", definition="average_order.revenue_per_order",
        about="""Revenue divided by the number of orders that brought it. The division is exact and rounded
        once, to the whole cent, half to even. Every order counts, so there is no sampling interval.""",
        measure=measure_average_order, estimate=estimates.money_each,
    ),
    Metric(
        slug="order_lines", **_COUNT, needs=_LINE_NEEDS, covered_by=_SALES, dimensions=LINE_DIMENSIONS,
        base="order_lines", definition="order_lines.all",
        about="Order lines of the period, those of cancelled orders included.",
        measure=measure_lines,
    ),
    Metric(
        slug="line_value", **_MONEY, needs=_LINE_NEEDS, covered_by=_SALES, dimensions=LINE_DIMENSIONS,
        base="order_lines", definition="line_value.all_lines_without_freight",
        about="Value of all order lines without freight, those of cancelled orders included.",
        measure=measure_lines,
    ),
    Metric(
        slug="freight", **{**_MONEY, "better": Direction.NONE}, needs=_LINE_NEEDS, covered_by=_SALES,
        dimensions=LINE_DIMENSIONS, base="order_lines", definition="freight.all_lines",
        about="Freight of all order lines that state one, those of cancelled orders included.",
        measure=measure_freight,
    ),
    Metric(
        slug="payments", **_MONEY, needs={"payments": ("amount_cents", "paid_at")},
        covered_by=("payments",), dimensions=COMMON,
        base="payments", definition="payments.all",
        about="Sum of the payments of the period, vouchers included, refunds as they are signed.",
        measure=measure_payments,
    ),
    Metric(
        slug="payments_count", **_COUNT, needs={"payments": ("amount_cents", "paid_at")},
        covered_by=("payments",), dimensions=COMMON,
        base="payments", definition="payments_count.all",
        about="Number of payments of the period.",
        measure=measure_payments,
    ),
)  # fmt: skip
