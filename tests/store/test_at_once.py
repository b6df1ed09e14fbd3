"""Readers and writers of one workspace at the same time."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event

from tests.store.tiny import NOON, bring, folded, seen

from viaggio.customer.model import Decision
from viaggio.store.engine import engine
from viaggio.store.hashing import node_key
from viaggio.store.index import open_index
from viaggio.store.index.open import map_index
from viaggio.store.landing import decide, items, land
from viaggio.store.workspace import Workspace


def test_readers_never_wait_and_never_see_half_a_fold(ws: Workspace):
    bring(ws, [seen("0", customer_number="c0")])
    folded(ws)
    done = Event()

    def read() -> set[tuple[int, int]]:
        told = set()
        while not done.is_set():
            live = engine(ws)
            table = live.tables().interactions
            counted = live.run(table.agg(n=table.count(), people=table.customer.nunique())).to_pylist()[0]
            journeys = map_index(ws.index, 4)
            events = sum(journeys.bucket(n).n_events for n in range(4))
            assert events == journeys.n_events
            told.add((counted["n"], counted["people"]))
        return told

    with ThreadPoolExecutor(2) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        try:
            for n in range(1, 6):
                bring(ws, [seen(str(n), n, customer_number=f"c{n}")])
                first, other = (node_key("customer_number", f"c{k}") for k in (0, n))
                decide(ws, Decision(action="merge", a=first, b=other), landed_at=NOON, by="ada")
                folded(ws)
        finally:
            done.set()
        told = set().union(*(reader.result() for reader in readers))
    assert {rows for rows, _ in told} <= set(range(1, 7))
    assert {people for _, people in told} <= {1, 2}
    assert open_index(ws).n_customers == 1


def test_files_landed_at_once_all_get_a_number_of_their_own(ws: Workspace):
    with ThreadPoolExecutor(8) as pool:
        landed = list(pool.map(lambda n: bring(ws, [seen(str(n))], name=f"{n}.jsonl"), range(24)))
    assert sorted(item.seq for item in landed) == list(range(1, 25))
    assert [item.seq for item in items(ws)] == list(range(1, 25))


def test_the_same_file_landed_at_once_lands_once(ws: Workspace):
    def put(_: int) -> int:
        files = {"a.csv": ws.root / "viaggio.toml"}
        return land(ws, kind="recipe", source="s", label="x", files=files, landed_at=NOON, by="ada")[0].seq

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(put, range(8))) == {1}
