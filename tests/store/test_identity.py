from tests.store.tiny import NOON, Row, bring, files_of, folded, open_tiny, seen

from viaggio.customer.model import Decision
from viaggio.store.engine import engine
from viaggio.store.fold import rebuild
from viaggio.store.hashing import node_key
from viaggio.store.history import customer_record
from viaggio.store.index import open_index
from viaggio.store.landing import decide
from viaggio.store.workspace import Workspace


def customers(ws: Workspace) -> dict[str, int | None]:
    live = engine(ws)
    rows = live.run(live.tables().interactions.select("id", "customer")).to_pylist()
    return {row["id"]: row["customer"] for row in rows}


def together(ws: Workspace, *ids: str) -> bool:
    return len({customers(ws)[id_] for id_ in ids}) == 1


def decided(ws: Workspace, action: str, a: tuple[str, str], b: tuple[str, str]) -> None:
    choice = Decision(action=action, a=node_key(*a), b=node_key(*b), reason="asked them")
    decide(ws, choice, landed_at=NOON, by="ada")
    folded(ws)


ADA: list[Row] = [
    seen("shop", 0, customer_number="7", email="Ada@Example.org"),
    seen("mail", 1, email="ada@example.org"),
    seen("call", 2, phone="347 123 4567", email="ada@example.org"),
    seen("text", 3, phone="+39 347 1234567"),
    seen("other", 4, customer_number="8"),
]


def test_the_same_identifier_joins_rows_across_files_and_sources(ws: Workspace):
    for number, row in enumerate(ADA):
        bring(ws, [row], source=f"source-{number}")
    folded(ws)
    assert together(ws, "shop", "mail", "call", "text")
    assert not together(ws, "shop", "other")


def test_a_visitor_s_earlier_steps_join_when_the_visitor_is_known(ws: Workspace):
    bring(ws, [seen("1", 0, visitor="cookie"), seen("2", 1, visitor="cookie")])
    folded(ws)
    before = {path: data for path, data in files_of(ws).items() if path.startswith("facts/interactions")}
    bring(ws, [seen("3", 2, visitor="cookie", customer_number="7"), seen("4", 3, customer_number="7")])
    folded(ws)
    assert together(ws, "1", "2", "3", "4")
    assert before.items() <= files_of(ws).items()
    assert [bucket.n_customers for bucket in map(open_index(ws).bucket, range(4)) if bucket.n_events] == [1]


def test_worthless_identifiers_join_nobody(ws: Workspace):
    bring(
        ws,
        [
            seen(str(n), email=e, phone=p)
            for n, (e, p) in enumerate([("null", "0"), ("null", "0"), ("n/a", "-1")])
        ],
    )
    folded(ws)
    assert set(customers(ws).values()) == {None}


def test_what_is_shared_by_many_joins_nobody(ws: Workspace):
    bring(ws, [seen(str(n), customer_number=f"C{n}", email="till@shop.it") for n in range(11)])
    folded(ws)
    assert len(set(customers(ws).values())) == 11


def test_contacts_of_an_account_stay_persons(ws: Workspace):
    bring(
        ws,
        [
            seen("1", email="ada@acme.it", account_id="ACME"),
            seen("2", email="bea@acme.it", account_id="ACME"),
        ],
    )
    folded(ws)
    assert not together(ws, "1", "2")


def test_a_merge_joins_and_a_split_undoes_it(ws: Workspace):
    bring(ws, ADA)
    folded(ws)
    facts = {path: data for path, data in files_of(ws).items() if path.startswith("facts/inter")}
    before = files_of(ws)
    decided(ws, "merge", ("customer_number", "7"), ("customer_number", "8"))
    assert together(ws, "shop", "other")
    decided(ws, "split", ("customer_number", "7"), ("customer_number", "8"))
    assert not together(ws, "shop", "other")
    after = files_of(ws)
    assert facts.items() <= after.items()
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert changed == {"facts/manifest.json", "index/manifest.json"}


def test_a_split_undoes_a_wrong_link_and_touches_only_its_buckets(ws: Workspace):
    bring(ws, [*ADA, *(seen(f"x{n}", n, customer_number=f"N{n}") for n in range(40))])
    folded(ws)
    before = files_of(ws)
    decided(ws, "split", ("email", "ada@example.org"), ("phone", "+393471234567"))
    assert together(ws, "shop", "mail", "call")
    assert not together(ws, "call", "text")
    after = files_of(ws)
    kept = [path for path in before if path.startswith("index/0") and path in after]
    assert len(kept) >= 2
    rebuild(ws, open_reader=open_tiny)
    assert files_of(ws) == after


def test_a_decision_may_come_before_the_records(ws: Workspace):
    decided(ws, "merge", ("email", "ada@x.it"), ("email", "bea@x.it"))
    for who in ("bea", "ada"):
        bring(ws, [seen(who, email=f"{who}@x.it")])
        folded(ws)
    assert set(customers(ws).values()) == {node_key("email", "bea@x.it")}
    after = files_of(ws)
    rebuild(ws, open_reader=open_tiny)
    assert files_of(ws) == after


def test_accounts_can_be_merged_too(ws: Workspace):
    bring(
        ws,
        [seen("1", email="ada@x.it", account_id="ACME"), seen("2", email="bea@x.it", account_id="Acme spa")],
    )
    folded(ws)
    decided(ws, "merge", ("account_id", "ACME"), ("account_id", "Acme spa"))
    live = engine(ws)
    assert len(set(live.run(live.tables().interactions)["account"].to_pylist())) == 1
    assert len({a for n in range(4) for a in open_index(ws).bucket(n).account.tolist()}) == 1
    after = files_of(ws)
    rebuild(ws, open_reader=open_tiny)
    assert files_of(ws) == after


def test_why_two_records_are_one_is_told_link_by_link(ws: Workspace):
    bring(ws, ADA[:1], source="shop")
    bring(ws, ADA[2:3], source="calls")
    folded(ws)
    decided(ws, "merge", ("customer_number", "7"), ("customer_number", "8"))
    record = customer_record(engine(ws), node_key("phone", "+393471234567"))
    number, email, phone = (
        node_key("customer_number", "7"), node_key("email", "ada@example.org"),
        node_key("phone", "+393471234567"),
    )  # fmt: skip
    assert record.profile.customer == number
    assert [(i.kind, i.value, i.source, i.item) for i in record.identifiers] == [
        ("customer_number", "7", "shop", 1),
        ("email", "ada@example.org", "shop", 1),
        ("phone", "+393471234567", "calls", 2),
    ]
    assert [({link.a, link.b}, link.kind, link.source) for link in record.joined[phone]] == [
        ({number, email}, "email", "shop"),
        ({email, phone}, "phone", "calls"),
    ]
    other = record.joined[node_key("customer_number", "8")]
    assert [(link.kind, link.source, link.item) for link in other] == [("decision", "ada", 3)]
