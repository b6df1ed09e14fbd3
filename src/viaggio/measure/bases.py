"""The rows that several figures start from: answers on their scale, sales, deliveries, contacts."""

from typing import Any

import ibis

from viaggio.measure.cuts import rows_of
from viaggio.measure.model import Cut, Table, Tables

NOT_SOLD = ("canceled", "unavailable")
"""Order states whose lines bring no revenue."""

EXACT = "decimal(18, 6)"
"""Numbers are added as decimals: sums do not depend on the order of rows, whatever the threads do."""

EXACT_SQUARES = "decimal(38, 12)"

COMMON = frozenset({"segment", "region", "source"})
ANSWER_DIMENSIONS = COMMON | {"phase", "touchpoint", "channel", "function", "language", "pulse", "wave"}
ANSWER_DIMENSIONS_OF_ORDERS = ANSWER_DIMENSIONS | {"delivery"}
ORDER_DIMENSIONS = COMMON | {"channel", "campaign", "delivery"}
LINE_DIMENSIONS = ORDER_DIMENSIONS | {"category"}
INTERACTION_DIMENSIONS = COMMON | {"phase", "touchpoint", "channel", "device", "function"}


def exact_sum(values: Any, where: Any = None) -> Any:
    """The exact sum of numbers with up to six decimals."""
    return values.cast(EXACT).sum(where=where)


def exact_squares(values: Any, where: Any = None) -> Any:
    """The exact sum of the squares of numbers with up to six decimals."""
    exact = values.cast(EXACT)
    return (exact * exact).sum(where=where).cast(EXACT_SQUARES)


def answered(tables: Tables, kind: str, cut: Cut) -> Table:
    """Answers that feed one metric, cut, with `valid`: whether the value lies on its scale."""
    answers = tables.answers
    answers = answers.filter(answers.metric == kind, answers.value.notnull())
    if "delivery" in cut.dimensions:
        answers = _of_order(answers, tables.orders)
    rows = rows_of(answers, "answered_at", cut)
    return rows.mutate(
        valid=rows.value.between(rows.scale_min, rows.scale_max) & (rows.scale_min < rows.scale_max)
    )


def delivery(orders: Table) -> Any:
    """late, on_time or none of an order; `promised_at` is the last moment at which the promise is kept."""
    known = delivered(orders)
    return ibis.cases(
        (known & (orders.delivered_at > orders.promised_at), "late"), (known, "on_time"), else_="none"
    )


def delivered(orders: Table) -> Any:
    """Whether an order that stands was delivered and had a promise: what punctuality is counted on."""
    return stands(orders) & orders.delivered_at.notnull() & orders.promised_at.notnull()


def stands(orders: Table) -> Any:
    """Whether an order was neither cancelled nor unavailable."""
    return ~orders.status.fill_null("").isin(NOT_SOLD)


def _of_order(rows: Table, orders: Table, *columns: str) -> Table:
    """Rows with `delivery`, and other columns, of their order; rows without a known order stay."""
    orders = orders.select(
        order_source=orders.source, order_key=orders.id, delivery=delivery(orders),
        **{f"order_{name}": orders[name] for name in columns},
    )  # fmt: skip
    joined = rows.left_join(orders, [rows.source == orders.order_source, rows.order_id == orders.order_key])
    return joined.mutate(delivery=joined.delivery.fill_null("none"))


def ordered(tables: Tables, cut: Cut) -> Table:
    """Orders with `delivery` and `order_id`, not cut yet."""
    orders = tables.orders.mutate(order_id=tables.orders.id)
    return orders.mutate(delivery=delivery(orders)) if "delivery" in cut.dimensions else orders


def lines(tables: Tables, cut: Cut) -> Table:
    """Order lines with `status`, `channel`, `campaign` and `delivery` of their order, not cut yet."""
    rows = tables.order_lines
    if "orders" not in cut.present:
        unknown = ibis.null("string")
        return rows.mutate(status=unknown, channel=unknown, delivery=ibis.literal("none"))
    joined = _of_order(rows, tables.orders, "status", "channel", "campaign")
    return joined.mutate(
        status=joined.order_status,
        channel=joined.order_channel,
        campaign=ibis.coalesce(joined.campaign, joined.order_campaign),
    )


_SALE = ("source", "order_id", "customer", "category", "channel", "campaign", "delivery", "segment", "region",
         "quantity", "cents", "currency", "ordered_at")  # fmt: skip


def sales(tables: Tables, cut: Cut) -> Table:
    """What was sold, line by line, in `cents` without freight; orders without lines count as one line.

    Left out: lines of cancelled and unavailable orders, and orders without lines whose total is unknown.
    """
    parts = []
    if "order_lines" in cut.present or "orders" not in cut.present:
        sold = lines(tables, cut)
        sold = sold.filter(stands(sold)).mutate(cents=sold.amount_cents)
        parts.append(sold.select(*_SALE))
    if "orders" in cut.present:
        parts.append(_whole_orders(tables, cut).select(*_SALE))
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def _whole_orders(tables: Tables, cut: Cut) -> Table:
    orders = tables.orders
    if "order_lines" in cut.present:
        detail = tables.order_lines.select("source", "order_id").distinct()
        orders = orders.anti_join(detail, [orders.source == detail.source, orders.id == detail.order_id])
    orders = orders.filter(stands(orders), orders.total_cents.notnull())
    return orders.mutate(
        order_id=orders.id,
        category=ibis.null("string"),
        delivery=delivery(orders),
        quantity=ibis.null("float64"),
        cents=orders.total_cents - orders.freight_cents.fill_null(0),
    )


def contacts(tables: Tables) -> Table:
    """Interactions at touchpoints where the customer turns to us for help."""
    places = tables.touchpoints
    helping = places.filter(places.contact.fill_null(False)).select(place=places.id).distinct()
    return tables.interactions.semi_join(helping, tables.interactions.touchpoint == helping.place)
