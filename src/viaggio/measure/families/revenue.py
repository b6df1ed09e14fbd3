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
    rows = rows_of(sales(tables, cut, "currency"), "ordered_at", cut, "currency", "cents")
    return tally(rows, cut, "currency", n=rows.count(), cents=rows.cents.sum())


def measure_average_order(tables: Tables, cut: Cut) -> Table:
    """Orders that brought revenue, and their cents, per cell and currency."""
    sold = sales(tables, cut, "currency")
    rows = rows_of(sold, "ordered_at", cut, "source", "order_id", "currency", "cents")
    each = rows.group_by(cell(cut, "currency", "source", "order_id")).aggregate(
        cents=rows.cents.sum(), customer=rows.customer.min()
    )
    return tally(each, cut, "currency", n=each.count(), cents=each.cents.sum())


def measure_growth(tables: Tables, cut: Cut) -> Table:
    """Cents of each span and of the span of the same length before it."""
    sold = sales(tables, cut, "currency")

    def side(spans: Spans, now: int) -> Table:
        within = Cut(spans=spans, by=cut.by, population=cut.population, present=cut.present)
        rows = rows_of(sold, "ordered_at", within, "currency", "cents")
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
    """Orders per cell, whatever became of them, and those whose state is delivered."""
    rows = rows_of(ordered(tables, cut), "ordered_at", cut, "status")
    return tally(rows, cut, n=rows.count(), delivered=rows.count(where=rows.status == "delivered"))


def measure_lines(tables: Tables, cut: Cut) -> Table:
    """All order lines, their value and their freight, cancelled orders included."""
    money = ("currency", "amount_cents", "freight_cents")
    rows = rows_of(lines(tables, cut, *money), "ordered_at", cut, *money)
    return tally(
        rows, cut, "currency",
        n=rows.count(),
        cents=rows.amount_cents.sum(),
        freight_n=rows.freight_cents.count(),
        freight=rows.freight_cents.sum(),
    )  # fmt: skip


def measure_payments(tables: Tables, cut: Cut) -> Table:
    """Payments and their cents."""
    rows = rows_of(tables.payments, "paid_at", cut, "currency", "amount_cents")
    return tally(rows, cut, "currency", n=rows.count(), cents=rows.amount_cents.sum())


_SHARED: dict[str, Any] = {"family": "revenue", "owner": "sales"}
_MONEY: dict[str, Any] = {**_SHARED, "unit": Unit.CENTS, "better": Direction.UP}
_COUNT: dict[str, Any] = {**_SHARED, "unit": Unit.COUNT, "better": Direction.UP}

METRICS = (
    Metric(
        slug="revenue", **_MONEY, needs=_LINE_NEEDS, covered_by=_SALES, dimensions=LINE_DIMENSIONS,
        base="order_lines", definition="revenue.sold_lines_without_freight",
        about="""Value of the order lines of orders that are neither canceled nor unavailable, without
        freight, by the day of the order; an order without lines counts with its total less its freight.
        Goods that came back are not taken off. Exact cents; several currencies have no sum.""",
        measure=measure_revenue, estimate=estimates.money_of("cents"),
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
        measure=measure_orders, estimate=estimates.count_of("n"),
    ),
    Metric(
        slug="delivered_orders", **{**_COUNT, "owner": "logistics"},
        needs={"orders": ("ordered_at", "status")},
        covered_by=("orders",), dimensions=ORDER_DIMENSIONS,
        base="orders", definition="delivered_orders.state",
        about="Orders placed in the period whose state is delivered; `n` counts all orders of the period.",
        measure=measure_orders, estimate=estimates.count_of("delivered"),
    ),
    Metric(
        slug="average_order", **_SHARED, unit=Unit.CENTS, better=Direction.UP,
        needs=_LINE_NEEDS, covered_by=_SALES, dimensions=ORDER_DIMENSIONS,
        base="orders", definition="average_order.revenue_per_order",
        about="""Revenue divided by the number of orders that brought it. The division is exact and rounded
        once, to the whole cent, half to even. Every order counts, so there is no sampling interval.""",
        measure=measure_average_order, estimate=estimates.money_each("cents", "n"),
    ),
    Metric(
        slug="order_lines", **_COUNT, needs=_LINE_NEEDS, covered_by=_SALES, dimensions=LINE_DIMENSIONS,
        base="order_lines", definition="order_lines.all",
        about="Order lines of the period, those of cancelled orders included.",
        measure=measure_lines, estimate=estimates.count_of("n"),
    ),
    Metric(
        slug="line_value", **_MONEY, needs=_LINE_NEEDS, covered_by=_SALES, dimensions=LINE_DIMENSIONS,
        base="order_lines", definition="line_value.all_lines_without_freight",
        about="Value of all order lines without freight, those of cancelled orders included.",
        measure=measure_lines, estimate=estimates.money_of("cents"),
    ),
    Metric(
        slug="freight", **{**_MONEY, "better": Direction.NONE}, needs=_LINE_NEEDS, covered_by=_SALES,
        dimensions=LINE_DIMENSIONS, base="order_lines", definition="freight.all_lines",
        about="Freight of all order lines that state one, those of cancelled orders included.",
        measure=measure_lines, estimate=estimates.money_of("freight", "freight_n"),
    ),
    Metric(
        slug="payments", **_MONEY, needs={"payments": ("amount_cents", "paid_at")},
        covered_by=("payments",), dimensions=COMMON,
        base="payments", definition="payments.all",
        about="Sum of the payments of the period, vouchers included, refunds as they are signed.",
        measure=measure_payments, estimate=estimates.money_of("cents"),
    ),
    Metric(
        slug="payments_count", **_COUNT, needs={"payments": ("amount_cents", "paid_at")},
        covered_by=("payments",), dimensions=COMMON,
        base="payments", definition="payments_count.all",
        about="Number of payments of the period.",
        measure=measure_payments, estimate=estimates.count_of("n"),
    ),
)  # fmt: skip
