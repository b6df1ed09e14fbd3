"""The rows of fact tables that stand behind a figure, under the filters of a page."""

from datetime import UTC, datetime, timedelta
from typing import Any

from viaggio.kernel import Population
from viaggio.measure.catalogue import Metric
from viaggio.web.journey.services.desk import Desk

NOT_SOLD = ("canceled", "unavailable")
"""Order states that the catalogue's figures of sales leave out."""

_LINES, _ORDERS = ("order_lines", "ordered_at"), ("orders", "ordered_at")
_DELIVERIES, _PAYMENTS = ("orders", "delivered_at"), ("payments", "paid_at")
_VISITS, _CONTACTS = ("visits", "started_at"), ("interactions", "started_at")
_BEHIND = {
    "revenue": _LINES, "revenue_growth": _LINES, "average_order": _LINES, "order_lines": _LINES,
    "line_value": _LINES, "freight": _LINES, "cross_sell": _LINES, "up_sell": _LINES,
    "orders": _ORDERS, "delivered_orders": _ORDERS, "repeat_purchase": _ORDERS,
    "on_time_delivery": _DELIVERIES, "late_orders": _DELIVERIES,
    "payments": _PAYMENTS, "payments_count": _PAYMENTS,
    "conversion": _VISITS, "pages_per_visit": _VISITS, "time_on_site": _VISITS,
    "first_contact_resolution": _CONTACTS, "contacts_per_order": _CONTACTS,
    "service_cost_per_customer": _CONTACTS, "interactions": _CONTACTS, "customers": _CONTACTS,
}  # fmt: skip
_ANSWERS = {"nps": "nps", "csat_top": "csat", "csat_mean": "csat", "ces": "ces", "review_score": "review"}
_OF_CONTACTS = frozenset({"first_contact_resolution", "contacts_per_order", "service_cost_per_customer"})
_OF_ALL_LINES = frozenset({"order_lines", "line_value", "freight"})
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def behind(declared: Metric) -> tuple[str, str] | None:
    """The table whose rows a metric counts, and the column that dates them; None where none can be listed."""
    if declared.family in {"satisfaction", "pillars"}:
        return ("answers", "answered_at")
    return _BEHIND.get(declared.slug)


def rows_behind(desk: Desk, declared: Metric) -> Any:
    """The rows that count for a metric under the desk's filters, as an Ibis table; `at` is their time.

    None where the population names a dimension that the metric does not have.
    """
    source, population = behind(declared), desk.filters.population
    if source is None or not set(population.where) <= declared.dimensions:
        return None
    kind, time = source
    tables = desk.engine.tables()
    rows = _counted(desk, tables, declared, source)
    return within(desk, among(rows, population, tables), time, valid=kind == "answers")


def within(desk: Desk, rows: Any, time: str, *, valid: bool = False) -> Any:
    """The rows of the desk's period, their time as `at`; `valid` keeps values that lie on their scale."""
    start, end = desk.filters.period.micros(desk.workspace.zone)
    rows = rows.filter(
        rows[time] >= _EPOCH + timedelta(microseconds=start),
        rows[time] < _EPOCH + timedelta(microseconds=end),
    )
    if valid:
        rows = rows.filter(rows.value.between(rows.scale_min, rows.scale_max))
    return rows.mutate(at=rows[time])


def among(rows: Any, population: Population, tables: Any) -> Any:
    """The rows of a population; what a row does not say itself is asked of its order."""
    for name, values in population.where.items():
        if name in rows.columns:
            rows = rows.filter(rows[name].cast("string").fill_null("").isin(values))
        else:
            rows = _by_order(rows, tables.orders, name, values)
    return rows


def _by_order(rows: Any, orders: Any, name: str, values: tuple[str, ...]) -> Any:
    said = _delivery(orders) if name == "delivery" else orders[name].cast("string").fill_null("")
    unsaid = "none" if name == "delivery" else ""
    wanted = orders.filter(~said.isin(values) if unsaid in values else said.isin(values))
    keys = [rows.source == wanted.source, _order_of(rows) == wanted.id]
    return rows.anti_join(wanted, keys) if unsaid in values else rows.semi_join(wanted, keys)


def _order_of(rows: Any) -> Any:
    return rows.order_id if "order_id" in rows.columns else rows.id


def _delivery(orders: Any) -> Any:
    """late, on_time or none, as the catalogue's dimension `delivery` says it."""
    import ibis

    late = orders.delivered_at > orders.promised_at
    return ibis.cases((_delivered(orders) & late, "late"), (_delivered(orders), "on_time"), else_="none")


def _delivered(orders: Any) -> Any:
    return _stands(orders) & orders.delivered_at.notnull() & orders.promised_at.notnull()


def _stands(orders: Any) -> Any:
    return ~orders.status.fill_null("").isin(NOT_SOLD)


def _counted(desk: Desk, tables: Any, declared: Metric, source: tuple[str, str]) -> Any:
    """The rows that the metric counts at all, whenever and for whomever."""
    kind, time = source
    rows = getattr(tables, kind)
    slug = declared.slug
    if kind == "answers":
        rows = rows.filter(rows.metric == _ANSWERS.get(slug, "pillar"), rows.value.notnull())
        return rows.filter(rows.pillar == declared.pillar) if declared.pillar else rows
    if kind == "order_lines" and slug not in _OF_ALL_LINES:
        void = tables.orders.filter(~_stands(tables.orders))
        return rows.anti_join(void, [rows.source == void.source, rows.order_id == void.id])
    if slug in _OF_CONTACTS:
        helping = [name for name, row in desk.extent.touchpoints.items() if row.get("contact")]
        return rows.filter(rows.touchpoint.isin(helping))
    if time == "delivered_at":
        rows = rows.filter(_delivered(rows))
        return rows.filter(rows.delivered_at > rows.promised_at) if slug == "late_orders" else rows
    return rows.filter(_stands(rows)) if slug == "repeat_purchase" else rows
