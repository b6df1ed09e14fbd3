"""How well customers are served: deliveries, contacts, what service costs."""

from typing import Any

import ibis

from viaggio.kernel import Direction, Unit
from viaggio.measure import estimates
from viaggio.measure.bases import (
    COMMON,
    INTERACTION_DIMENSIONS,
    ORDER_DIMENSIONS,
    contacts,
    delivered,
    ordered,
)
from viaggio.measure.cuts import rows_of, tally
from viaggio.measure.families.customers import seen
from viaggio.measure.model import Cut, Metric, Table, Tables


def measure_deliveries(tables: Tables, cut: Cut) -> Table:
    """Deliveries of the span that had a promise, those that kept it and those that broke it."""
    orders = ordered(tables, cut)
    rows = rows_of(orders.filter(delivered(orders)), "delivered_at", cut, "promised_at")
    late = rows.delivered_at > rows.promised_at
    return tally(rows, cut, n=rows.count(), kept=rows.count(where=~late), late=rows.count(where=late))


def measure_first_contact(tables: Tables, cut: Cut) -> Table:
    """Requests that began in the span and whose end is known, and those settled by their only contact."""
    calls = contacts(tables)
    keep = dict.fromkeys(("source", "id", "episode", "outcome", "started_at", "customer", *cut.dimensions))
    calls = calls.select(*keep)
    calls = calls.mutate(
        request=ibis.coalesce(calls.episode, ibis.literal("contact:") + calls.id),
        known=calls.outcome.isin(("resolved", "unresolved")).fill_null(False),
        settled=(calls.outcome == "resolved").fill_null(False),
    )
    window = ibis.window(group_by=["source", "request"])
    ordered_window = ibis.window(group_by=["source", "request"], order_by=["started_at", "id"])
    calls = calls.mutate(
        place=ibis.row_number().over(ordered_window),
        calls=calls.count().over(window),
        any_known=calls.known.any().over(window),
    )
    rows = rows_of(calls.filter(calls.place == 0, calls.any_known), "started_at", cut, "calls", "settled")
    return tally(rows, cut, n=rows.count(), settled=rows.count(where=(rows.calls == 1) & rows.settled))


def measure_contacts_per_order(tables: Tables, cut: Cut) -> Table:
    """Sums over customers of contacts (y), orders (x), their squares and their product.

    `known` counts contacts of any time: where there never was one, they are not recorded, which is not 0.
    """
    keep = ("span", *cut.by, "customer")
    calls = contacts(tables)
    called = rows_of(calls, "started_at", cut, "customer").select(*keep, y=ibis.literal(1), x=ibis.literal(0))
    bought = rows_of(ordered(tables, cut), "ordered_at", cut, "customer").select(
        *keep, y=ibis.literal(0), x=ibis.literal(1)
    )
    both = ibis.union(called, bought)
    each = both.group_by(list(keep)).aggregate(y=both.y.sum(), x=both.x.sum())
    each = each.mutate(known=calls.count().as_scalar())
    return tally(
        each, cut,
        units=each.count(), n=each.x.sum(), y=each.y.sum(), x=each.x.sum(), known=each.known.max(),
        yy=(each.y * each.y).sum(), xx=(each.x * each.x).sum(), xy=(each.x * each.y).sum(),
    )  # fmt: skip


def measure_service_cost(tables: Tables, cut: Cut) -> Table:
    """Cents of service per currency, and customers seen (in a part without a currency)."""
    served = seen(tables, cut)
    people = served.select(
        "span", *cut.by, "customer", currency=ibis.null("string"), cents=ibis.null("int64"),
        served=served.customer,
    )  # fmt: skip
    rows = ibis.union(*_service_costs(tables, cut), people)
    return tally(rows, cut, "currency", n=rows.served.nunique(), cents=rows.cents.sum())


def measure_service_cents(tables: Tables, cut: Cut) -> Table:
    """The same without the customers seen, who are counted elsewhere."""
    rows = ibis.union(*_service_costs(tables, cut))
    return tally(rows, cut, "currency", n=rows.served.count(), cents=rows.cents.sum())


def _service_costs(tables: Tables, cut: Cut) -> tuple[Table, Table]:
    """What service cost, booked and of contacts.

    A source that books service costs books its contacts there: their own cost is not added again.
    """
    booked = tables.costs.filter(tables.costs.kind == "service")
    calls = contacts(tables)
    unbooked = calls.anti_join(booked, [calls.source == booked.source])
    return (
        _cost(rows_of(booked, "incurred_at", cut, "amount_cents", "currency"), "amount_cents", cut),
        _cost(rows_of(unbooked, "started_at", cut, "cost_cents", "currency"), "cost_cents", cut),
    )


def _cost(rows: Table, column: str, cut: Cut) -> Table:
    rows = rows.filter(rows[column].notnull())
    return rows.select(
        "span", *cut.by, "customer", "currency", cents=rows[column], served=ibis.null(rows.customer.type())
    )


_ON_TIME: dict[str, Any] = {
    "family": "service", "owner": "logistics", "needs": {"orders": ("delivered_at", "promised_at")},
    "covered_by": ("orders",), "dimensions": ORDER_DIMENSIONS, "base": "deliveries",
}  # fmt: skip
_CONTACT: dict[str, Any] = {"family": "service", "owner": "customer_care"}
_CALLS = ("touchpoint", "started_at")

METRICS = (
    Metric(
        slug="on_time_delivery", **_ON_TIME, unit=Unit.SHARE, better=Direction.UP, min_n=30,
        definition="on_time_delivery.by_end_of_promised_day",
        about="""Share of the deliveries of the period that came by the end of the promised day, among orders
        that stand, were delivered and had a promise. An order belongs to the period in which it was
        delivered. Wilson interval.""",
        measure=measure_deliveries, estimate=estimates.share_of("kept"),
    ),
    Metric(
        slug="late_orders", **_ON_TIME, unit=Unit.COUNT, better=Direction.DOWN,
        definition="late_orders.after_promised_day",
        about="Deliveries of the period that came after the promised day; `n` counts those with a promise.",
        measure=measure_deliveries, estimate=estimates.count_of("late"),
    ),
    Metric(
        slug="first_contact_resolution", **_CONTACT, unit=Unit.SHARE, better=Direction.UP, min_n=30,
        needs={"interactions": (*_CALLS, "outcome"), "touchpoints": ("contact",)},
        covered_by=("interactions",), dimensions=INTERACTION_DIMENSIONS,
        base="episodes", definition="first_contact_resolution.one_contact_resolved",
        about="""Share of requests settled by their only contact. A contact is an interaction at a touchpoint
        where the customer turns to us for help; contacts of the same episode are one request, a contact
        without an episode is a request of its own. Counted are requests that began in the period and of
        which any contact ended resolved or unresolved. The request belongs to the place of its first
        contact. Wilson interval.""",
        measure=measure_first_contact, estimate=estimates.share_of("settled"),
    ),
    Metric(
        slug="contacts_per_order", **_CONTACT, unit=Unit.RATIO, better=Direction.DOWN, min_n=30,
        needs={
            "interactions": ("customer", *_CALLS), "touchpoints": ("contact",),
            "orders": ("customer", "ordered_at"),
        },
        covered_by=("orders",), dimensions=COMMON,
        base="orders", definition="contacts_per_order.contacts_of_span_over_orders_of_span",
        about="""Contacts of the period divided by orders of the period; no value where no contact was ever
        recorded. Interval by linearisation with the
        customer as the unit, because one customer's contacts and orders go together.""",
        measure=measure_contacts_per_order, estimate=estimates.ratios,
    ),
    Metric(
        slug="service_cost_per_customer", **_CONTACT, unit=Unit.CENTS, better=Direction.DOWN,
        needs={
            "costs": ("kind", "amount_cents", "incurred_at"), "touchpoints": ("contact",),
            "interactions": ("customer", *_CALLS), "orders": (),
        },
        covered_by=("interactions",), dimensions=COMMON,
        base="customers", definition="service_cost.service_costs_and_contacts_per_customer_seen",
        about="""Costs of kind service, and what contacts cost, divided by the customers seen in the period
        (with an interaction or an order). Of a source that books service costs, the cost stated on its
        contacts does not count again. Costs of no customer count for the total. Exact, rounded once to the
        cent, half to even.""",
        measure=measure_service_cost, counts="people", beside=measure_service_cents,
        estimate=estimates.money_each("cents", "n"),
    ),
)  # fmt: skip
