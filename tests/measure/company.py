"""A company small enough to work every figure out by hand: January and February 2026, in UTC."""

from datetime import UTC, datetime

import pyarrow as pa

PERIOD = "2026-01..2026-02"


def at(text: str) -> datetime:
    """A moment in UTC: `2026-01-10`, `2026-01-10 12:30` or `2026-01-10 12:30:01`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def kept_until(text: str) -> datetime:
    """The last moment of a promised day."""
    return datetime.fromisoformat(f"{text} 23:59:59.999999").replace(tzinfo=UTC)


def table(*names: str, rows: list[tuple]) -> pa.Table:
    """An Arrow table of rows."""
    return pa.table({name: [row[i] for row in rows] for i, name in enumerate(names)})


ORDERS = table(
    "id", "customer", "ordered_at", "status", "channel", "promised_at", "delivered_at", "total_cents",
    "freight_cents", "currency",
    rows=[
        ("o1", "c1", at("2026-01-10"), "delivered", "web", kept_until("2026-01-15"), at("2026-01-15 22:00"),
         10500, 500, "EUR"),
        ("o2", "c1", at("2026-02-10"), "delivered", "app", kept_until("2026-02-12"), at("2026-02-13 08:00"),
         9300, 300, "EUR"),
        ("o3", "c2", at("2026-01-20"), "canceled", "web", kept_until("2026-01-25"), None, 5200, 200, "EUR"),
        ("o4", "c3", at("2025-12-05"), "delivered", "web", kept_until("2025-12-10"), at("2025-12-09"), 6000,
         None, "EUR"),
        ("o5", "c3", at("2026-02-20"), "shipped", "web", kept_until("2026-02-25"), None, 13100, 100, "EUR"),
        ("o6", "c2", at("2026-02-25"), None, None, None, None, 3000, 1000, "EUR"),
        ("o7", "c4", at("2025-12-20"), "delivered", "web", None, None, 1000, None, "EUR"),
    ],
)  # fmt: skip
LINES = table(
    "id", "customer", "order_id", "ordered_at", "category", "quantity", "amount_cents", "freight_cents",
    "currency",
    rows=[
        ("l1", "c1", "o1", at("2026-01-10"), "shoes", 2.0, 10000, 500, "EUR"),
        ("l2", "c1", "o2", at("2026-02-10"), "hats", 1.0, 3000, 300, "EUR"),
        ("l3", "c1", "o2", at("2026-02-10"), "shoes", 1.0, 6000, 0, "EUR"),
        ("l4", "c2", "o3", at("2026-01-20"), "shoes", 1.0, 5000, 200, "EUR"),
        ("l5", "c3", "o4", at("2025-12-05"), "hats", 3.0, 6000, None, "EUR"),
        ("l6", "c3", "o5", at("2026-02-20"), "hats", 2.0, 5000, 100, "EUR"),
        ("l7", "c3", "o5", at("2026-02-20"), "bags", 1.0, 8000, None, "EUR"),
    ],
)  # fmt: skip
PAYMENTS = table(
    "customer", "amount_cents", "currency", "paid_at",
    rows=[("c1", 10500, "EUR", at("2026-01-10")), ("c1", -500, "EUR", at("2026-02-01"))],
)  # fmt: skip
_PILLARS = ("personalisation", "expectations", "time_effort", "integrity", "resolution", "empathy")
ANSWERS = table(
    "customer", "metric", "pillar", "response", "order_id", "value", "scale_min", "scale_max", "channel",
    "answered_at",
    rows=[
        *(("c1", "nps", None, f"n{i}", None, value, 0.0, 10.0, "web", at("2026-01-12"))
          for i, value in enumerate((10.0, 9.0, 7.0, 3.0))),
        *(("c2", "csat", None, f"s{i}", None, value, 1.0, 5.0, "phone", at("2026-02-12"))
          for i, value in enumerate((5.0, 4.0, 4.0, 2.0, 3.0))),
        *(("c3", "ces", None, f"e{i}", None, value, 1.0, 7.0, "web", at("2026-02-13"))
          for i, value in enumerate((4.0, 5.0, 5.0))),
        ("c1", "review", None, "v1", "o1", 5.0, 1.0, 5.0, "review_site", at("2026-01-20")),
        ("c1", "review", None, "v2", "o2", 1.0, 1.0, 5.0, "review_site", at("2026-02-20")),
        ("c3", "review", None, "v3", None, 4.0, 1.0, 5.0, "review_site", at("2026-02-21")),
        ("c1", "pillar", "personalisation", "p1", None, 5.0, 1.0, 5.0, "web", at("2026-01-12")),
        ("c1", "pillar", "personalisation", "p1", None, 3.0, 1.0, 5.0, "web", at("2026-01-12")),
        ("c2", "pillar", "personalisation", "p2", None, 4.0, 1.0, 7.0, "web", at("2026-01-13")),
        *(("c3", "pillar", name, "p3", None, 4.0, 1.0, 5.0, "web", at("2026-02-14")) for name in _PILLARS),
    ],
)  # fmt: skip
TOUCHPOINTS = table("id", "contact", rows=[("hotline", True), ("shop", False), ("parcel", None)])
_SHOPPING = (  # c1 goes back twice and ends at a search for nothing; c2 clicks thrice in three seconds
    ("c1", "home", at("2026-01-09 10:00"), "viewed"),
    ("c1", "search", at("2026-01-09 10:01"), "found"),
    ("c1", "home", at("2026-01-09 10:02"), "viewed"),
    ("c1", "search", at("2026-01-09 10:03"), "nothing_found"),
    ("c2", "product", at("2026-01-19 12:00"), "viewed"),
    ("c2", "product", at("2026-01-19 12:00:01"), "viewed"),
    ("c2", "product", at("2026-01-19 12:00:03"), "viewed"),
    ("c2", "cart", at("2026-01-19 12:05"), "abandoned"),
)
INTERACTIONS = table(
    "id", "customer", "touchpoint", "channel", "started_at", "episode", "outcome", "cost_cents", "currency",
    "phase",
    rows=[
        ("i1", "c1", "hotline", "phone", at("2026-01-05"), "t1", "resolved", 300, "EUR", "care"),
        ("i2", "c1", "hotline", "phone", at("2026-02-01"), "t2", "unresolved", 200, "EUR", "care"),
        ("i3", "c1", "hotline", "chat", at("2026-02-03"), "t2", "resolved", 100, "EUR", "care"),
        ("i4", "c2", "hotline", "phone", at("2026-02-10"), None, "resolved", None, None, "care"),
        ("i5", "c3", "shop", "store", at("2026-02-11"), None, "converted", 900, "EUR", "purchase"),
        ("i6", "c5", "hotline", "phone", at("2026-02-20"), "t3", None, None, None, "care"),
        *((f"w{i}", who, place, "web", when, f"v-{who}", outcome, None, None, "discovery")
          for i, (who, place, when, outcome) in enumerate(_SHOPPING)),
    ],
)  # fmt: skip
COSTS = table(
    "source", "customer", "kind", "amount_cents", "currency", "incurred_at",
    rows=[
        ("books", None, "service", 1000, "EUR", at("2026-01-15")),
        ("books", "c1", "delivery", 700, "EUR", at("2026-01-16")),
    ],
)  # fmt: skip
VISITS = table(
    "customer", "channel", "started_at", "pages", "seconds", "converted", "bounced",
    rows=[
        ("c1", "web", at("2026-01-09"), 3, 60.5, True, False),
        ("c2", "web", at("2026-01-19"), 1, 10.0, False, True),
        ("c3", "web", at("2026-01-20"), 5, None, True, None),
        ("c6", "app", at("2026-02-19"), None, None, None, None),
    ],
)  # fmt: skip
CONTRACTS = table(
    "customer", "started_at", "ended_at",
    rows=[
        ("k1", at("2025-01-01"), None),
        ("k2", at("2025-01-01"), at("2026-01-20")),  # leaves
        ("k3", at("2025-01-01"), at("2026-02-01")),  # changes to another contract
        ("k3", at("2026-02-01"), None),
        ("k4", at("2026-01-15"), None),  # won during the period
        ("k5", at("2025-01-01"), at("2026-03-01")),  # ends with the period
        ("k6", at("2024-01-01"), at("2025-06-01")),  # was lost before
        ("k7", at("2026-04-01"), None),  # comes later
    ],
)  # fmt: skip

COMPANY = {
    "orders": ORDERS, "order_lines": LINES, "payments": PAYMENTS, "answers": ANSWERS,
    "touchpoints": TOUCHPOINTS, "interactions": INTERACTIONS, "costs": COSTS, "visits": VISITS,
}  # fmt: skip
