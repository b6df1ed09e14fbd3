"""A customer erased is gone from landing, facts, rejects and indexes; everything else is as if never met."""

import json
import random
import shutil
import signal
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.store.test_kill import Programs
from tests.store.tiny import NOON, Row, TinyReader, bring, files_of, folded, make, open_tiny, seen

from viaggio.customer.model import Decision
from viaggio.store.doctor import doctor
from viaggio.store.engine import engine
from viaggio.store.fold import erase, fold, rebuild
from viaggio.store.hashing import node_key
from viaggio.store.history import nodes_of
from viaggio.store.index import open_index
from viaggio.store.landing import decide, item, items
from viaggio.store.workspace import Workspace

ADA = node_key("customer_number", "7")
ORDER = {"status": "delivered", "ordered_at": NOON, "total_cents": 100, "currency": "EUR"}
LINE = {"amount_cents": 100, "currency": "EUR", "ordered_at": NOON}
FIRST: list[Row] = [
    seen("1", 1, customer_number="7", email="ada@x.it"),
    seen("2", 2, email="ADA@x.it"),
    seen("3", 3, customer_number="8", email="bea@x.it"),
    seen("4", 4, visitor="v1"),
    {"table": "orders", "id": "o1", "customer_number": "7", **ORDER},
    {"table": "orders", "id": "o2", "customer_number": "8", **ORDER},
    {"table": "order_lines", "id": "l1", "order_id": "o1", **LINE},
    {"table": "order_lines", "id": "l2", "order_id": "o2", **LINE},
    {
        "table": "referrals",
        "id": "r1",
        "customer_number": "8",
        "referred_number": " 7.0",
        "referred_at": NOON,
    },
    {"table": "referrals", "id": "r2", "customer_number": "8", "referred_number": "9", "referred_at": NOON},
    {**seen("bad"), "reject": "value.bad"},
]
SECOND: list[Row] = [
    seen("1", 9, customer_number="7", outcome="late"),
    seen("5", 5, customer_number="8", phone="+393471234567"),
    seen("6", 6, phone="+393471234567"),
    seen("7", 7, customer_number="9"),
]
MINE = {"ada@x.it", "7", " 7.0", "ADA@x.it"}


def without_ada(rows: list[Row]) -> list[Row]:
    mine = {"1", "2", "o1", "l1", "r1"}
    return [row for row in rows if row["id"] not in mine]


@pytest.fixture
def full(ws: Workspace) -> Workspace:
    bring(ws, FIRST, name="first.jsonl")
    bring(ws, SECOND, name="second.jsonl")
    bring(ws, [seen("till", 1, customer_number="8")], source="till", name="third.jsonl")
    folded(ws)
    return ws


def everything(ws: Workspace) -> dict[str, list[dict[str, object]]]:
    """All live rows of all tables, without what depends on the order of arrival."""
    live = engine(ws)
    names = ("interactions", "orders", "order_lines", "referrals", "identifiers")
    tables = {name: live.run(getattr(live.tables(), name)).to_pylist() for name in names[:4]}
    return {name: sorted(rows, key=lambda row: (row["source"], row["id"])) for name, rows in tables.items()}


def journeys_of(ws: Workspace) -> list[tuple[int, int, int, str]]:
    journeys = open_index(ws)
    found = []
    for bucket in map(journeys.bucket, range(len(journeys))):
        names = [journeys.codes.touchpoint[code] for code in bucket.touchpoint]
        found += zip(bucket.customer.tolist(), bucket.time.tolist(), bucket.key.tolist(), names, strict=True)
    return sorted(found)


def texts_in(ws: Workspace) -> str:
    """Everything that can be read in files under landing, facts, index and rejects."""
    texts = []
    for path in [p for p in ws.root.rglob("*") if p.is_file()]:
        if path.suffix == ".zst":
            with pa.input_stream(str(path), compression="zstd") as stream:
                texts.append(stream.read().decode())
        elif path.suffix == ".parquet":
            texts.append(json.dumps(pq.read_table(path).to_pylist(), default=str))
        else:
            texts.append(path.read_bytes().decode("latin-1"))
    return "\n".join(texts)


def test_an_erased_customer_is_gone_and_the_others_are_as_if_never_met(full: Workspace, tmp_path: Path):
    nodes = nodes_of(engine(full), ADA)
    assert len(nodes) == 2
    erased = erase(full, nodes, open_reader=open_tiny)
    assert (erased.items, erased.rows, erased.mentions, erased.unread) == ((1, 2), 6, 0, ())
    never = make(tmp_path / "never")
    bring(never, without_ada(FIRST), name="first.jsonl")
    bring(never, without_ada(SECOND), name="second.jsonl")
    bring(never, [seen("till", 1, customer_number="8")], source="till", name="third.jsonl")
    folded(never)
    assert everything(full) == everything(never)
    assert journeys_of(full) == journeys_of(never)
    assert doctor(full) == []
    assert not any(word in texts_in(full) for word in ("ada@x.it", "ADA@x.it", " 7.0"))
    assert "bea@x.it" in texts_in(full)


def test_after_an_erasure_folds_and_rebuilds_still_give_the_same_bytes(full: Workspace):
    erase(full, nodes_of(engine(full), ADA), open_reader=open_tiny)
    before = files_of(full)
    rebuild(full, open_reader=open_tiny)
    assert files_of(full) == before
    bring(full, [seen("9", 9, customer_number="9"), seen("3", 8, customer_number="8")], name="fourth.jsonl")
    folded(full)
    before = files_of(full)
    rebuild(full, open_reader=open_tiny)
    assert files_of(full) == before
    assert [one.rejected for one in folded(full)] == []


def test_the_same_file_does_not_bring_an_erased_customer_back(full: Workspace):
    erase(full, nodes_of(engine(full), ADA), open_reader=open_tiny)
    again = bring(full, FIRST, name="first.jsonl")
    assert again.seq == 1
    assert folded(full) == []
    assert len(items(full)) == 3


def test_a_second_customer_is_erased_from_what_was_kept(full: Workspace):
    erase(full, nodes_of(engine(full), ADA), open_reader=open_tiny)
    bea = nodes_of(engine(full), node_key("customer_number", "8"))
    erased = erase(full, bea, open_reader=open_tiny)
    assert erased.items == (1, 2, 3)
    assert [row["id"] for row in everything(full)["interactions"]] == ["4", "7"]
    assert doctor(full) == []
    assert "bea@x.it" not in texts_in(full)
    assert erase(full, bea, open_reader=open_tiny).items == ()


def test_a_mention_in_the_row_of_another_goes_and_the_row_stays(ws: Workspace):
    bring(ws, [seen("1", 1, customer_number="7", email="ada@x.it"), seen("2", 2, email="ada@x.it")])
    folded(ws)
    a, b = node_key("customer_number", "7"), node_key("email", "ada@x.it")
    decide(ws, Decision(action="split", a=a, b=b, reason="Ada Rossi asked"), landed_at=NOON, by="bea")
    folded(ws)
    erased = erase(ws, [b], open_reader=open_tiny)
    assert (erased.rows, erased.mentions) == (1, 1)
    assert [row["id"] for row in everything(ws)["interactions"]] == ["1"]
    assert "ada@x.it" not in texts_in(ws)
    assert "Ada Rossi" not in texts_in(ws)
    assert doctor(ws) == []


def test_a_rejected_row_that_names_the_customer_goes(ws: Workspace):
    class Rejecting(TinyReader):
        def batches(self):
            for batch in super().batches():
                mails = [{"mail": "Ada@X.it" if reject.line else "bea@x.it"} for reject in batch.rejects]
                rejects = tuple(replace(one, raw=raw) for one, raw in zip(batch.rejects, mails, strict=True))
                yield replace(batch, rejects=rejects)

    def open_rejecting(ws, landed):
        return Rejecting(open_tiny(ws, landed).paths)

    bad = {"reject": "value.bad"}
    bring(ws, [{**seen("a"), **bad}, {**seen("b"), **bad}, seen("c", email="ada@x.it")])
    fold(ws, open_reader=open_rejecting)
    erased = erase(ws, [node_key("email", "ada@x.it")], open_reader=open_rejecting)
    assert (erased.rows, erased.rejects) == (1, 1)
    (path,) = ws.rejects.glob("*.csv")
    assert "bea@x.it" in path.read_text()
    assert "Ada@X.it" not in path.read_text()


def test_an_open_index_stays_readable_while_a_customer_is_erased(full: Workspace):
    old = open_index(full)
    before = journeys_of(full)
    erase(full, nodes_of(engine(full), ADA), open_reader=open_tiny)
    rows = [(int(b.customer[i]), int(b.time[i])) for b in old.buckets for i in range(b.n_events)]
    assert sorted(rows) == sorted((customer, time) for customer, time, *_ in before)
    assert open_index(full).n_events == old.n_events - 2


@pytest.mark.faults
def test_an_erasure_killed_at_any_look_at_the_disk_is_finished_by_the_next_fold(
    full: Workspace, tmp_path: Path
):
    nodes = nodes_of(engine(full), ADA)
    programs = Programs()
    try:
        whole = tmp_path / "whole"
        shutil.copytree(full.root, whole)
        programs.begin(whole, None, nodes=nodes)
        status, looks = programs.end()
        assert status == 0
        expected = files_of(Workspace(whole, full.settings))
        assert expected != files_of(full)
        chance = random.Random(11)
        for moment in sorted({*chance.sample(range(1, looks), 8), looks - 1}):
            root = tmp_path / str(moment)
            shutil.copytree(full.root, root)
            programs.begin(root, None, moment, nodes=nodes)
            assert programs.end()[0] == -signal.SIGKILL, moment
            ws = Workspace(root, full.settings)
            assert doctor(ws) == []
            begun = (ws.landing / "erasing.json").exists()
            folded(ws)
            assert files_of(ws) in ([expected] if begun else [expected, files_of(full)]), moment
            assert not (ws.landing / "erasing.json").exists()
    finally:
        programs.close()


def test_an_item_as_it_arrived_reads_as_before(full: Workspace):
    path = full.landing / "00000003" / "item.json"
    before = path.read_bytes()
    erase(full, nodes_of(engine(full), ADA), open_reader=open_tiny)
    assert path.read_bytes() == before
    assert [item(full, seq).kept for seq in (1, 2, 3)] == [True, True, False]
