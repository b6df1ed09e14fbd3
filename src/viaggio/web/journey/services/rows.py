"""The rows of fact tables that stand behind a figure, under the filters of a page."""

from typing import Any

from viaggio.measure.catalogue import Metric
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.narrowing import among, delivered, stands, within

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
    "pages_to_goal": _VISITS, "bounce": _VISITS,
    "first_contact_resolution": _CONTACTS, "contacts_per_order": _CONTACTS,
    "service_cost_per_customer": _CONTACTS, "interactions": _CONTACTS, "customers": _CONTACTS,
}  # fmt: skip
_ANSWERS = {"nps": "nps", "csat_top": "csat", "csat_mean": "csat", "ces": "ces", "review_score": "review"}
_OF_CONTACTS = frozenset({"first_contact_resolution", "contacts_per_order", "service_cost_per_customer"})
_OF_ALL_LINES = frozenset({"order_lines", "line_value", "freight"})


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


def _counted(desk: Desk, tables: Any, declared: Metric, source: tuple[str, str]) -> Any:
    """The rows that the metric counts at all, whenever and for whomever."""
    kind, time = source
    rows = getattr(tables, kind)
    slug = declared.slug
    if kind == "answers":
        rows = rows.filter(rows.metric == _ANSWERS.get(slug, "pillar"), rows.value.notnull())
        return rows.filter(rows.pillar == declared.pillar) if declared.pillar else rows
    if kind == "order_lines" and slug not in _OF_ALL_LINES:
        void = tables.orders.filter(~stands(tables.orders))
        return rows.anti_join(void, [rows.source == void.source, rows.order_id == void.id])
    if slug in _OF_CONTACTS:
        helping = [name for name, row in desk.extent.touchpoints.items() if row.get("contact")]
        return rows.filter(rows.touchpoint.isin(helping))
    if time == "delivered_at":
        rows = rows.filter(delivered(rows))
        return rows.filter(rows.delivered_at > rows.promised_at) if slug == "late_orders" else rows
    return rows.filter(stands(rows)) if slug == "repeat_purchase" else rows
