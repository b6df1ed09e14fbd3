import pytest
from tests.store.tiny import NOON, Row, bring, folded, seen

from viaggio.store.engine import Engine, engine
from viaggio.store.hashing import node_key
from viaggio.store.history import BadCursor, UnknownCustomer, customer_record, find_customers
from viaggio.store.workspace import Workspace

MINUTE = 60_000_000
ADA = node_key("customer_number", "7")
PEOPLE: list[Row] = [
    {"table": "customers", "id": "a", "kind": "person", "customer_number": "7", "email": "ada.rossi@x.it",
     "name": "Ada Rossi", "segment": "b2c", "region": "TO", "since": "2024-05-01"},
    {"table": "customers", "id": "b", "kind": "person", "customer_number": "8", "name": "Beà Rossini"},
    {"table": "customers", "id": "acme", "kind": "account", "account_id": "ACME", "name": "Acme Spa"},
    seen("1", 1, email="ada.rossi@x.it"),
    seen("2", 3, email="ciro@acme.it", account_id="ACME"),
    {"table": "orders", "id": "O-1", "customer_number": "7", "ordered_at": NOON + 2 * MINUTE,
     "total_cents": 1990, "currency": "EUR"},
    {"table": "order_lines", "id": "O-1/1", "customer_number": "7", "order_id": "O-1", "product": "P",
     "amount_cents": 1990, "currency": "EUR", "ordered_at": NOON + 2 * MINUTE},
    {"table": "texts", "id": "t", "customer_number": "7", "kind": "review", "body": "Ottimo",
     "written_at": NOON},
    {"table": "consents", "id": "c1", "customer_number": "7", "purpose": "survey", "granted": True,
     "stated_at": NOON - 5 * MINUTE},
    {"table": "consents", "id": "c2", "customer_number": "7", "purpose": "survey", "granted": False,
     "stated_at": NOON - MINUTE},
]  # fmt: skip


@pytest.fixture
def live(ws: Workspace) -> Engine:
    dated = [{**row, "since": None} if row.get("since") else row for row in PEOPLE]
    bring(ws, dated, source="crm")
    folded(ws)
    return engine(ws)


@pytest.mark.parametrize(
    ("text", "names", "why"),
    [
        ("ADA.ROSSI@X.IT", ["Ada Rossi"], "email"),
        ("7", ["Ada Rossi"], "customer_number"),
        ("O-1", ["Ada Rossi"], "order"),
        ("bea", ["Beà Rossini"], "name"),
        ("acme spa", ["Acme Spa"], "name"),
        ("acme", ["Acme Spa", None], None),
        ("rossi", ["Ada Rossi", "Beà Rossini"], None),
        ("nobody like this", [], None),
        ("100%", [], None),
        ("' or 1=1 --", [], None),
    ],
)
def test_customers_are_found_by_what_is_known_of_them(
    live: Engine, text: str, names: list[str], why: str | None
):
    found = find_customers(live, text).found
    assert sorted(str(hit.profile.name) for hit in found) == sorted(str(name) for name in names)
    assert why is None or found[0].why == why


def test_pages_of_a_search_lose_and_repeat_nobody(live: Engine):
    for text in ("", "ros", "a"):
        whole = [hit.profile.customer for hit in find_customers(live, text).found]
        paged, cursor = [], None
        while True:
            page = find_customers(live, text, limit=1, cursor=cursor)
            paged += [hit.profile.customer for hit in page.found]
            if (cursor := page.more) is None:
                break
        assert paged == whole
    assert len(whole) == len(set(whole)) == 4


def test_a_search_can_keep_to_a_segment(live: Engine):
    assert {hit.profile.name for hit in find_customers(live, "", segment="b2b").found} == {"Acme Spa", None}


def test_the_record_tells_all_in_order_of_time(live: Engine):
    record = customer_record(live, ADA)
    assert (record.profile.name, record.profile.segment, record.profile.region) == ("Ada Rossi", "b2c", "TO")
    assert [(m.what, m.id, (m.at - NOON) // MINUTE) for m in record.timeline] == [
        ("orders", "O-1", 2),
        ("interactions", "1", 1),
        ("texts", "t", 0),
        ("consents", "c2", -1),
        ("consents", "c1", -5),
    ]
    order = record.timeline[0]
    assert order.detail["total_cents"] == 1990
    assert [line["product"] for line in order.detail["lines"]] == ["P"]
    assert [(c.purpose, c.granted) for c in record.consents] == [("survey", False)]


def test_the_time_line_is_paged_without_loss_even_at_equal_times(ws: Workspace):
    rows: list[Row] = [seen(str(n), n // 4, email="ada@x.it") for n in range(17)]
    rows += [{"table": "texts", "id": f"t{n}", "email": "ada@x.it", "kind": "review", "body": "x",
              "written_at": NOON + MINUTE} for n in range(5)]  # fmt: skip
    bring(ws, rows)
    folded(ws)
    live, ada = engine(ws), node_key("email", "ada@x.it")
    whole = customer_record(live, ada).timeline
    paged, cursor = [], None
    while True:
        record = customer_record(live, ada, limit=3, cursor=cursor)
        paged += record.timeline
        if (cursor := record.more) is None:
            break
    assert len(whole) == 22
    assert tuple(paged) == whole


def test_an_account_has_contacts_and_their_history_and_a_contact_its_account(live: Engine):
    record = customer_record(live, node_key("account_id", "ACME"))
    ciro = node_key("email", "ciro@acme.it")
    assert [contact.customer for contact in record.contacts] == [ciro]
    assert [moment.id for moment in record.timeline] == ["2"]
    assert [account.name for account in customer_record(live, ciro).accounts] == ["Acme Spa"]


def test_nobody_is_nobody(live: Engine):
    with pytest.raises(UnknownCustomer):
        customer_record(live, 12345)


@pytest.mark.parametrize("cursor", ["x", "", "W10", "eyJhIjoxfQ", "WzEsMiwzXQ"])
def test_a_cursor_of_somebody_else_is_refused(live: Engine, cursor: str):
    if cursor:
        with pytest.raises(BadCursor):
            find_customers(live, "a", cursor=cursor)
        with pytest.raises(BadCursor):
            customer_record(live, ADA, cursor=cursor)
