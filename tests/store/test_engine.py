from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import ibis
import pyarrow as pa
import pytest
from tests.store.tiny import NOON, Row, bring, folded, make, seen

from viaggio.store.contracts import FACTS
from viaggio.store.engine import Engine, engine
from viaggio.store.views import read_schema
from viaggio.store.workspace import Workspace


def customer(id_: str, **more: object) -> Row:
    return {"table": "customers", "id": id_, "kind": "person", **more}


def touchpoint(slug: str, owner: str, phase: str = "discovery") -> Row:
    return {
        "table": "touchpoints", "id": slug, "name_it": slug, "name_en": slug, "phase": phase,
        "moment": "before",        "owner_function": owner,
    }  # fmt: skip


def by(live: Engine, *columns: str) -> dict[tuple[object, ...], int]:
    table = live.tables().interactions
    rows = live.run(table.group_by(*columns).agg(n=ibis._.count())).to_pylist()
    return {tuple(row[c] for c in columns): row["n"] for row in rows}


def test_every_table_is_there_and_empty_in_a_new_workspace(ws: Workspace):
    live = engine(ws)
    for name, contract in FACTS.items():
        table = live.run(getattr(live.tables(), name))
        assert (len(table), table.schema.names) == (0, read_schema(contract).names)


def test_tables_have_their_contract_s_columns_and_types(ws: Workspace):
    bring(ws, [seen("1", email="ada@x.it")])
    folded(ws)
    live = engine(ws)
    for name, contract in FACTS.items():
        assert live.run(getattr(live.tables(), name).limit(1)).schema.equals(read_schema(contract)), name


def test_the_function_of_an_interaction_owns_its_touchpoint(ws: Workspace):
    bring(ws, [touchpoint("site", "ecommerce"), seen("1"), seen("2", touchpoint="till")])
    folded(ws)
    assert by(engine(ws), "function") == {("ecommerce",): 1, (None,): 1}


def test_the_touchpoint_heard_last_counts(ws: Workspace):
    bring(ws, [touchpoint("site", "ecommerce"), seen("1")])
    bring(ws, [touchpoint("site", "marketing")], source="other")
    folded(ws)
    live = engine(ws)
    assert by(live, "function") == {("marketing",): 1}
    assert len(live.run(live.tables().touchpoints)) == 1


def test_segment_and_region_come_from_what_any_source_says_of_the_customer(ws: Workspace):
    bring(ws, [
        customer("a", customer_number="7", email="ada@x.it", segment="b2c", region="TO"),
        seen("1", email="ada@x.it"), seen("2", customer_number="7"), seen("3", phone="3471234567"),
    ])  # fmt: skip
    folded(ws)
    assert by(engine(ws), "segment", "region") == {("b2c", "TO"): 2, (None, None): 1}


def test_whoever_comes_with_an_account_is_b2b_unless_a_source_says_otherwise(ws: Workspace):
    bring(ws, [
        seen("1", email="ada@x.it", account_id="ACME"), seen("2", account_id="ACME"),
        seen("3", email="ada@x.it"),
        customer("c", email="ciro@x.it", segment="b2c"), seen("4", email="ciro@x.it", account_id="ACME"),
    ])  # fmt: skip
    folded(ws)
    live = engine(ws)
    assert by(live, "segment") == {("b2b",): 3, ("b2c",): 1}
    accounts = live.run(live.tables().interactions.order_by("id")).to_pydict()
    assert accounts["account"][0] == accounts["account"][1] == accounts["customer"][1]
    assert accounts["customer"][0] == accounts["customer"][2] != accounts["customer"][1]


def test_a_cost_keeps_the_function_that_spent_it(ws: Workspace):
    cost = {"table": "costs", "id": "1", "kind": "service", "function": "billing", "amount_cents": 5,
            "incurred_at": NOON, "touchpoint": "site"}  # fmt: skip
    bring(ws, [touchpoint("site", "ecommerce"), cost])
    folded(ws)
    live = engine(ws)
    assert live.run(live.tables().costs.select("function"))["function"].to_pylist() == ["billing"]


def test_a_question_that_reads_every_column_and_one_that_reads_none_agree(ws: Workspace):
    bring(ws, [touchpoint("site", "ecommerce"), *(seen(str(n), n, email=f"{n % 3}@x.it") for n in range(9))])
    folded(ws)
    live = engine(ws)
    table = live.tables().interactions
    assert len(live.run(table)) == live.run(table.count()).as_py() == 9
    passed_on = table.mutate(late=table.started_at.hour() > 12).filter(ibis._.phase == "discovery")
    assert live.run(passed_on.agg(n=ibis._.count()))["n"].to_pylist() == [9]
    assert live.run(passed_on.select("function").distinct())["function"].to_pylist() == ["ecommerce"]


def test_a_condition_that_never_holds_gives_no_rows_and_no_error(ws: Workspace):
    bring(ws, [seen("1", channel="web"), seen("2", channel="app")])
    folded(ws)
    live = engine(ws)
    nobody = live.tables().interactions.filter(ibis._.channel.isin([]))
    assert len(live.run(nobody)) == 0
    assert live.run(nobody.count()).as_py() == 0
    both = live.tables().answers.filter(ibis._.wave.isin([])).join(live.tables().interactions, "customer")
    assert len(live.run(both.select("customer"))) == 0


def test_tables_in_memory_can_be_joined(ws: Workspace):
    bring(ws, [seen("1", channel="web"), seen("2", channel="app")])
    folded(ws)
    live = engine(ws)
    wanted = ibis.memtable(pa.table({"channel": ["app"], "name": ["App"]}))
    found = live.run(live.tables().interactions.join(wanted, "channel").select("id", "name"))
    assert found.to_pylist() == [{"id": "2", "name": "App"}]


def test_plain_sql_sees_the_same_tables_and_takes_parameters(ws: Workspace):
    bring(ws, [touchpoint("site", "ecommerce"), seen("1"), seen("2", touchpoint="till")])
    folded(ws)
    asked = "select id, function from interactions where touchpoint = $touchpoint"
    assert engine(ws).sql(asked, {"touchpoint": "site"}).to_pylist() == [{"id": "1", "function": "ecommerce"}]


def test_a_fold_gives_another_engine_and_the_old_one_goes_on(ws: Workspace):
    bring(ws, [seen("1")])
    folded(ws)
    old = engine(ws)
    assert engine(ws) is old
    bring(ws, [seen("2"), seen("1", outcome="late")])
    folded(ws)
    new = engine(ws)
    assert new.version != old.version
    assert [len(live.run(live.tables().interactions)) for live in (old, new)] == [1, 2]
    assert [live.rows("interactions") for live in (old, new)] == [1, 2]


def test_the_version_is_the_same_for_the_same_facts(tmp_path: Path):
    versions = set()
    for name in "ab":
        ws = make(tmp_path / name)
        bring(ws, [seen("1")])
        folded(ws)
        versions.add(engine(ws).version)
    assert len(versions) == 1


def test_many_threads_ask_at_once(ws: Workspace):
    bring(ws, [touchpoint("site", "ecommerce"), *(seen(str(n), n, email=f"{n % 5}@x.it") for n in range(50))])
    folded(ws)
    live = engine(ws)
    columns = ["channel", "function", "segment", "phase"] * 8
    with ThreadPoolExecutor(8) as pool:
        totals = list(pool.map(lambda column: sum(by(live, column).values()), columns))
    assert totals == [50] * len(columns)


def test_when_two_plans_differ_the_question_is_answered_all_the_same(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
):
    bring(ws, [touchpoint("site", "ecommerce"), seen("1")])
    folded(ws)
    live = Engine(ws)
    monkeypatch.setattr(live._planner, "columns", lambda *_: {"interactions": {"id"}})
    assert by(live, "function") == {("ecommerce",): 1}
