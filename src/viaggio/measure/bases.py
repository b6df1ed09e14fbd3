"""The rows that several figures start from: answers on their scale, sales, deliveries, contacts."""

from typing import Any

import ibis

from viaggio.measure.model import Cut, Table, Tables

NOT_SOLD = ("canceled", "unavailable")
"""Order states whose lines bring no revenue."""

EXACT = "decimal(18, 6)"
"""Numbers are added as decimals: sums do not depend on the order of rows, whatever the threads do."""

WIDE = "decimal(19, 6)"
EXACT_SQUARES = "decimal(38, 12)"

COMMON = frozenset({"segment", "region", "source"})
ANSWER_DIMENSIONS = COMMON | {"phase", "touchpoint", "channel", "function", "language", "pulse", "wave"}
ANSWER_DIMENSIONS_OF_ORDERS = ANSWER_DIMENSIONS | {"delivery"}
ORDER_DIMENSIONS = COMMON | {"channel", "campaign", "delivery"}
LINE_DIMENSIONS = ORDER_DIMENSIONS | {"category"}
INTERACTION_DIMENSIONS = COMMON | {"phase", "touchpoint", "channel", "device", "function"}


LARGEST = 10**9
"""Answers, pages and seconds beyond this (or that are no number) are not counted: decimals must hold them."""


def exact_sum(values: Any, where: Any) -> Any:
    """The exact sum of the numbers `where` holds, with up to six decimals, none beyond `LARGEST`."""
    return ibis.ifelse(where, values, ibis.null("float64")).cast(EXACT).sum()


def exact_squares(values: Any, where: Any) -> Any:
    """The exact sum of the squares of the numbers `where` holds, with up to six decimals."""
    exact = ibis.ifelse(where, values, ibis.null("float64")).cast(WIDE)
    return (exact * exact).sum().cast(EXACT_SQUARES)


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
    """Rows with columns of their order as `order_<name>`; rows without a known order stay, with nulls."""
    if "delivery" in columns:
        orders = orders.mutate(delivery=delivery(orders))
    orders = orders.select(
        order_source=orders.source, order_key=orders.id, **{f"order_{name}": orders[name] for name in columns}
    )
    return rows.left_join(orders, [rows.source == orders.order_source, rows.order_id == orders.order_key])


def with_delivery(rows: Table, orders: Table) -> Table:
    """Rows with the `delivery` of the order they are about; none where there is no order."""
    joined = _of_order(rows, orders, "delivery")
    return joined.mutate(delivery=joined.order_delivery.fill_null("none"))


def ordered(tables: Tables, cut: Cut) -> Table:
    """Orders with `delivery` where the cut needs it, not cut yet."""
    orders = tables.orders
    return orders.mutate(delivery=delivery(orders)) if "delivery" in cut.dimensions else orders


OF_ORDER = ("channel", "campaign", "delivery")
"""Dimensions that an order line has from its order; a line's own campaign comes first."""


def lines(tables: Tables, cut: Cut, *columns: str, status: bool = False) -> Table:
    """Order lines with these columns and the cut's dimensions, not cut yet; with `status` of their order."""
    wanted = [name for name in OF_ORDER if name in cut.dimensions]
    own = {"source", "order_id", "customer", "ordered_at", *columns, *cut.dimensions} - {
        "channel",
        "delivery",
    }
    rows = tables.order_lines.select(*sorted(own))
    if not wanted and not status:
        return rows
    if "orders" not in cut.present:
        rows = rows.mutate(status=ibis.null("string"), channel=ibis.null("string"))
        return rows.mutate(delivery=ibis.literal("none"))
    joined = _of_order(rows, tables.orders, "status", *wanted)
    from_order: dict[str, Any] = {name: joined[f"order_{name}"] for name in ("status", *wanted)}
    if "delivery" in wanted:
        from_order["delivery"] = joined.order_delivery.fill_null("none")
    if "campaign" in wanted:
        from_order["campaign"] = ibis.coalesce(joined.campaign, joined.order_campaign)
    return joined.mutate(**from_order)


def sales(tables: Tables, cut: Cut, *columns: str) -> Table:
    """What was sold, line by line, in `cents` without freight; orders without lines count as one line.

    Left out: lines of cancelled and unavailable orders, and orders without lines whose total is unknown.
    """
    keep = sorted({"source", "order_id", "customer", "ordered_at", *columns, *cut.dimensions})
    parts = []
    if "order_lines" in cut.present or "orders" not in cut.present:
        sold = lines(tables, cut, "amount_cents", *columns, status=True)
        parts.append(sold.filter(stands(sold)).select(*keep, cents=ibis._.amount_cents))
    if "orders" in cut.present:
        parts.append(_whole_orders(tables, cut).select(*keep, "cents"))
    return parts[0] if len(parts) == 1 else ibis.union(*parts)


def _whole_orders(tables: Tables, cut: Cut) -> Table:
    """Orders without lines as if each were one line of one piece, of no stated category."""
    orders = tables.orders
    if "order_lines" in cut.present:
        detail = tables.order_lines
        orders = orders.anti_join(detail, [orders.source == detail.source, orders.id == detail.order_id])
    orders = orders.filter(stands(orders), orders.total_cents.notnull())
    delivered_when = {"delivery": delivery(orders)} if "delivery" in cut.dimensions else {}
    return orders.mutate(
        order_id=orders.id,
        category=ibis.null("string"),
        quantity=ibis.null("float64"),
        cents=orders.total_cents - orders.freight_cents.fill_null(0),
        **delivered_when,
    )


def contacts(tables: Tables) -> Table:
    """Interactions at touchpoints where the customer turns to us for help."""
    places = tables.touchpoints
    helping = places.filter(places.contact.fill_null(False)).select(place=places.id).distinct()
    return tables.interactions.semi_join(helping, tables.interactions.touchpoint == helping.place)
