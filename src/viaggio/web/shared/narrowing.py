"""Rows of the fact tables, narrowed to a page's period and population."""

from datetime import UTC, datetime, timedelta
from typing import Any

from viaggio.kernel import Population
from viaggio.web.shared.desk import Desk

NOT_SOLD = ("canceled", "unavailable")
"""Order states that the catalogue's figures of sales leave out."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


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
    return ibis.cases((delivered(orders) & late, "late"), (delivered(orders), "on_time"), else_="none")


def delivered(orders: Any) -> Any:
    """Per order whether it has arrived and was promised for a day."""
    return stands(orders) & orders.delivered_at.notnull() & orders.promised_at.notnull()


def stands(orders: Any) -> Any:
    """Per order whether it was not cancelled."""
    return ~orders.status.fill_null("").isin(NOT_SOLD)
