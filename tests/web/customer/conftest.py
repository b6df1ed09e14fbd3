"""A handful of customers with known histories, served to the pages of one test."""

import pytest
from tests.store.tiny import NOON, Row, bring, folded, seen

from viaggio.store.workspace import Workspace

MINUTE = 60_000_000
ROWS: list[Row] = [
    {"table": "customers", "id": "a", "kind": "person", "customer_number": "7", "email": "ada@x.it",
     "name": "Ada Rossi", "segment": "b2c", "region": "Lazio", "city": "Roma"},
    {"table": "customers", "id": "b", "kind": "person", "customer_number": "8", "name": "Bea <b>Verdi</b>"},
    {"table": "customers", "id": "acme", "kind": "account", "account_id": "ACME", "name": "Acme Spa"},
    seen("1", 1, email="ada@x.it", outcome="resolved"),
    seen("2", 3, email="ciro@acme.it", account_id="ACME", phase="care"),
    seen("3", 9, customer_number="7", phase="care", channel="phone"),
    {"table": "orders", "id": "O-1", "customer_number": "7", "ordered_at": NOON + 2 * MINUTE,
     "total_cents": 1990, "currency": "EUR", "status": "delivered"},
    {"table": "texts", "id": "t", "customer_number": "7", "kind": "review", "body": "Ottimo <script>",
     "rating": 5.0, "rating_max": 5.0, "written_at": NOON},
    {"table": "answers", "id": "x1", "customer_number": "7", "response": "R", "item": "q1", "metric": "nps",
     "value": 3.0, "scale_min": 0.0, "scale_max": 10.0, "answered_at": NOON - MINUTE},
    {"table": "answers", "id": "x2", "customer_number": "7", "response": "R", "item": "q2", "metric": "ces",
     "value": 6.0, "scale_min": 1.0, "scale_max": 7.0, "answered_at": NOON - MINUTE},
    {"table": "consents", "id": "c", "customer_number": "7", "purpose": "survey", "granted": False,
     "stated_at": NOON - 5 * MINUTE},
]  # fmt: skip


@pytest.fixture
def shop(workspace: Workspace) -> Workspace:
    """The workspace of the test with the rows above folded in."""
    bring(workspace, ROWS, source="crm")
    folded(workspace)
    return workspace
