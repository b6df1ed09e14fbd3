"""Orders, lines, payments, contracts and costs of one block as Arrow tables."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from viaggio.demo.arrow import codes, hide, join, json_object, numbered, table, whole
from viaggio.demo.book import BLOCK_NUMBERS, BY_ACCOUNT, BY_EMAIL, BY_NUMBER, BY_PHONE, Ints
from viaggio.demo.company import CAMPAIGNS, END_REASONS, METHODS, PRODUCTS, SOURCES, TEAMS, S
from viaggio.demo.tables import SLUGS, Columns, Desk, Piece, order_ids
from viaggio.demo.trade import COST_KINDS
from viaggio.journey.model import CHANNELS, FUNCTIONS
from viaggio.measure.tables import CONTRACTS, COSTS, ORDER_LINES, ORDERS, PAYMENTS

VAT = 22  # per cent


def ledger(desk: Desk) -> Iterator[Piece]:
    """All that is counted in money, source by source."""
    yield from _orders(desk)
    yield from _money(desk)


def _orders(desk: Desk) -> Iterator[Piece]:
    rows = desk.rows("orders", "ordered")
    until, n = desk.until, len(rows["ordered"])
    shown = {
        name: np.where(rows[name] < until, rows[name], -1) for name in ("shipped", "delivered", "returned")
    }
    status = np.where(shown["delivered"] >= 0, 2, np.where(shown["shipped"] >= 0, 1, 0))
    status = np.where(shown["returned"] >= 0, 3, np.where(rows["cancelled"], 4, status))
    yield "shop", ORDERS, table(ORDERS, n, {
        "id": order_ids(rows["number"]), **desk.who(rows["person"], _shop_names(desk, rows["person"])),
        "status": codes(("processing", "shipped", "delivered", "returned", "canceled"), status),
        "channel": codes(CHANNELS, rows["channel"]), "ordered_at": rows["ordered"],
        "promised_at": whole(rows["promised"], -1), "shipped_at": whole(shown["shipped"], -1),
        "delivered_at": whole(shown["delivered"], -1), "total_cents": rows["total"],
        "freight_cents": rows["freight"],
        "currency": "EUR", "campaign": codes(CAMPAIGNS, np.where(rows["campaign"] > 0, rows["campaign"], -1)),
        "properties": json_object(n, {"vat_cents": pa.array(vat_of(rows["total"])), "store": codes(TEAMS,
            rows["store"])}),
    })  # fmt: skip
    yield "shop", ORDER_LINES, _line_table(desk)
    paid = desk.rows("payments", "paid")
    cancelled = np.isin(paid["order"], rows["number"][rows["cancelled"]])
    paid = {name: values[~cancelled] for name, values in paid.items()}
    m = len(paid["paid"])
    yield "shop", PAYMENTS, table(PAYMENTS, m, {
        "id": numbered("PY", paid["order"], 10), **desk.who(paid["person"], _shop_names(desk,
            paid["person"])),
        "order_id": order_ids(paid["order"]), "method": codes(METHODS, paid["method"]),
        "instalments": paid["instalments"], "amount_cents": paid["amount"], "currency": "EUR",
        "paid_at": paid["paid"],
    })  # fmt: skip


def vat_of(gross: Ints) -> Ints:
    """The value-added tax inside a gross amount in cents, to the nearest cent."""
    return (gross * VAT * 2 + 100 + VAT) // (2 * (100 + VAT))


def _shop_names(desk: Desk, person: Ints) -> Ints:
    """The shop knows private buyers by e-mail, contacts by e-mail and account."""
    return BY_EMAIL + BY_ACCOUNT * desk.book.people.b2b[person]


def _freight(desk: Desk, lines: Columns) -> Ints:
    """Freight of each line: that of the whole order stands on its first line."""
    base = desk.book.block * BLOCK_NUMBERS
    orders = desk.book.rows["orders"].columns()
    freight = np.zeros(len(orders["number"]), np.int64)
    freight[orders["number"] - base] = orders["freight"]
    found: Ints = np.where(lines["line"] == 0, freight[lines["order"] - base], 0)
    return found


def _line_table(desk: Desk) -> Any:
    rows = desk.rows("order_lines", "ordered")
    n = len(rows["ordered"])
    returned = np.where(rows["returned"] < desk.until, rows["returned"], -1)
    number = pa.array(rows["line"] + 1).cast(pa.string())
    return table(ORDER_LINES, n, {
        "id": join(order_ids(rows["order"]), "-", number), **desk.who(rows["person"], _shop_names(desk,
            rows["person"])),
        "order_id": order_ids(rows["order"]), "product": codes([p[0] for p in PRODUCTS], rows["product"]),
        "category": codes([p[1] for p in PRODUCTS], rows["product"]),
        "quantity": rows["quantity"].astype(np.float64),
        "amount_cents": rows["amount"], "discount_cents": rows["discount"],
        "freight_cents": _freight(desk, rows), "currency": "EUR",
        "ordered_at": rows["ordered"], "returned_at": whole(returned, -1),
        "campaign": codes(CAMPAIGNS, np.where(rows["campaign"] > 0, rows["campaign"], -1)),
    })  # fmt: skip


def _money(desk: Desk) -> Iterator[Piece]:
    rows = desk.rows("contracts", "started")
    n = len(rows["started"])
    ended = np.where(rows["ended"] < desk.until, rows["ended"], -1)
    b2b = desk.book.people.b2b[rows["person"]]
    yield "erp", CONTRACTS, table(CONTRACTS, n, {
        "id": numbered("P", rows["number"], 10), **desk.who(rows["person"], np.where(b2b, BY_ACCOUNT,
            BY_NUMBER)),
        "product": codes([p[0] for p in PRODUCTS], rows["product"]), "started_at": rows["started"],
        "ended_at": whole(ended, -1), "monthly_cents": rows["monthly"], "currency": "EUR",
        "end_reason": hide(codes(END_REASONS, rows["reason"]), ended < 0),
    })  # fmt: skip
    costs = desk.rows("costs", "at")
    for source in np.unique(costs["source"]):
        at = np.flatnonzero(costs["source"] == source)
        part = {name: values[at] for name, values in costs.items()}
        named = BY_PHONE if source == S["courier"] else BY_NUMBER
        yield SOURCES[source], COSTS, table(COSTS, len(at), {
            "id": desk.ids("K", len(at)), **desk.who(part["person"], named), "kind": codes(COST_KINDS,
                part["kind"]),
            "function": codes(FUNCTIONS, part["function"]), "touchpoint": codes(SLUGS, part["touchpoint"]),
            "amount_cents": part["amount"], "currency": "EUR", "incurred_at": part["at"],
            "campaign": codes(CAMPAIGNS, np.where(part["campaign"] > 0, part["campaign"], -1)),
        })  # fmt: skip
