"""Column contracts of what was bought and what it cost."""

from viaggio.journey.model import CHANNELS, FUNCTIONS
from viaggio.kernel import Column, Contract, Kind

ORDERS = Contract(
    name="orders",
    row="one order, booking or renewal",
    time="ordered_at",
    columns=(
        Column(
            "status",
            Kind.CODE,
            "created, approved, invoiced, processing, shipped, delivered, canceled, unavailable, returned",
        ),
        Column("channel", Kind.CODE, "where it was placed", allowed=CHANNELS),
        Column("ordered_at", Kind.TIME, "when it was placed", needed=True),
        Column(
            "promised_at",
            Kind.TIME,
            "last moment that still keeps the promise; for a promised day its last microsecond, local time: "
            "late is delivered_at > promised_at, in any time zone",
        ),
        Column("shipped_at", Kind.TIME, "handed to the courier"),
        Column("delivered_at", Kind.TIME, "in the customer's hands"),
        Column("total_cents", Kind.CENTS, "what the customer pays, freight included"),
        Column("freight_cents", Kind.CENTS, "freight"),
        Column("currency", Kind.CODE, "ISO 4217"),
        Column("campaign", Kind.CODE, "what brought it"),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
ORDER_LINES = Contract(
    name="order_lines",
    row="one product of one order",
    time="ordered_at",
    columns=(
        Column("order_id", Kind.TEXT, "the order's id in the same source", needed=True),
        Column("product", Kind.TEXT, "product id"),
        Column("category", Kind.CODE, "product category"),
        Column("quantity", Kind.NUMBER, "pieces"),
        Column("amount_cents", Kind.CENTS, "price of the line, without freight", needed=True),
        Column("discount_cents", Kind.CENTS, "discount already taken off"),
        Column("freight_cents", Kind.CENTS, "freight of the line"),
        Column("currency", Kind.CODE, "ISO 4217"),
        Column("ordered_at", Kind.TIME, "when it was placed", needed=True),
        Column("returned_at", Kind.TIME, "when it came back"),
        Column("campaign", Kind.CODE, "what brought it"),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
PAYMENTS = Contract(
    name="payments",
    row="one payment for one order",
    time="paid_at",
    columns=(
        Column("order_id", Kind.TEXT, "the order's id in the same source"),
        Column("method", Kind.CODE, "card, transfer, voucher ..."),
        Column("instalments", Kind.WHOLE, "number of instalments"),
        Column("amount_cents", Kind.CENTS, "amount", needed=True),
        Column("currency", Kind.CODE, "ISO 4217"),
        Column("paid_at", Kind.TIME, "when"),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
CONTRACTS = Contract(
    name="contracts",
    row="one running or ended contract or subscription",
    time="started_at",
    columns=(
        Column("product", Kind.TEXT, "what is subscribed"),
        Column("started_at", Kind.TIME, "start", needed=True),
        Column("ended_at", Kind.TIME, "end; empty while it runs"),
        Column("monthly_cents", Kind.CENTS, "fee a month"),
        Column("currency", Kind.CODE, "ISO 4217"),
        Column("end_reason", Kind.CODE, "why it ended"),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
COSTS = Contract(
    name="costs",
    row="one cost, of a customer where one is named",
    time="incurred_at",
    columns=(
        Column("kind", Kind.CODE, "acquisition, retention, service, delivery, product", needed=True),
        Column("function", Kind.CODE, "who spent it", allowed=FUNCTIONS),
        Column("touchpoint", Kind.CODE, "slug in the catalogue"),
        Column("amount_cents", Kind.CENTS, "amount", needed=True),
        Column("currency", Kind.CODE, "ISO 4217"),
        Column("incurred_at", Kind.TIME, "when", needed=True),
        Column("campaign", Kind.CODE, "campaign"),
        Column("properties", Kind.JSON, "the source's own columns"),
    ),
)
