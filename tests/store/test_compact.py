"""Small parts are merged: nothing is lost, nothing is doubled, and the files do not depend on when."""

import random
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.store.tiny import NOON, Row, bring, files_of, folded, make, open_tiny, seen

from viaggio.store.doctor import doctor
from viaggio.store.engine import Engine, engine
from viaggio.store.facts import read_manifest
from viaggio.store.fold import compact, rebuild
from viaggio.store.status import item_statuses, source_statuses
from viaggio.store.workspace import Workspace

WINDOW = 4


@pytest.fixture(autouse=True)
def small_windows(monkeypatch):
    monkeypatch.setattr("viaggio.store.fold.compact.WINDOW", WINDOW)


def answer(id_: str, value: int, minute: int = 0) -> Row:
    return {
        "table": "answers", "id": id_, "response": id_, "item": "recommend", "metric": "nps", "value": value,
        "scale_min": 0, "scale_max": 10, "answered_at": NOON + minute * 60_000_000,
        "customer_number": f"C{id_}",
    }  # fmt: skip


def batches(count: int, chance: random.Random) -> list[tuple[str, list[Row]]]:
    """Items of two sources; some answers are said again, changed or not, some bring interactions."""
    made = []
    for n in range(count):
        source = chance.choice(["pulse", "pulse", "shop"])
        rows = [
            answer(str(chance.randrange(40)), chance.randrange(11), n) for _ in range(chance.randrange(1, 5))
        ]
        unique = {str(row["id"]): row for row in rows}
        outcome = chance.choice(["late", "delivered"])
        more = [seen(str(chance.randrange(30)), n, outcome=outcome, customer_number="C1")]
        made.append((source, [*unique.values(), *(more if chance.random() < 0.5 else [])]))
    return made


def land_all(ws: Workspace, items: Sequence[tuple[str, list[Row]]]) -> None:
    for n, (source, rows) in enumerate(items):
        by = "system" if source == "pulse" else "ada"  # as answers that the server lands by itself
        bring(ws, rows, source=source, name=f"rows{n}.jsonl", by=by)


def said(of: Engine, table: str) -> list[dict]:
    rows = getattr(of.tables(), table)
    return of.run(rows.order_by("source", "id")).to_pylist()


def test_runs_of_small_parts_become_one_and_say_the_same(tmp_path: Path, monkeypatch):
    items = batches(40, random.Random(3))
    merged, plain = make(tmp_path / "merged"), make(tmp_path / "plain")
    land_all(merged, items)
    folded(merged)
    monkeypatch.setattr("viaggio.store.fold.compact.WINDOW", 10**9)
    land_all(plain, items)
    folded(plain)
    for table in ("answers", "interactions", "identifiers"):
        assert said(engine(merged), table) == said(engine(plain), table)
        assert engine(merged).rows(table) == engine(plain).rows(table)
    assert len(read_manifest(plain.facts).parts_of("answers")) == 40
    assert len(read_manifest(merged.facts).parts_of("answers")) <= 2 + 2 * WINDOW  # levels 1 and 2, the rest
    assert len(read_manifest(merged.facts).voided_of("answers")) <= 2 + 2 * WINDOW
    monkeypatch.setattr("viaggio.store.fold.compact.WINDOW", WINDOW)
    assert doctor(merged) == []
    shop, pulse = sorted(source_statuses(merged), key=lambda status: status.source)[::-1]
    assert {shop.source, pulse.source} == {"shop", "pulse"}
    assert shop.rows["answers"] + pulse.rows["answers"] == sum(
        part.rows for part in read_manifest(merged.facts).parts_of("answers")
    )
    for status in source_statuses(plain):
        assert status.items == (shop if status.source == "shop" else pulse).items
    assert pulse.latest == next(s.latest for s in source_statuses(plain) if s.source == "pulse")


@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 10**6), st.lists(st.integers(1, 7), min_size=1, max_size=4))
def test_the_files_do_not_depend_on_how_folds_were_grouped(tmp_path_factory, seed: int, groups: list[int]):
    items = batches(sum(groups), random.Random(seed))
    folder = tmp_path_factory.mktemp("grouped")
    once, often = make(folder / "once"), make(folder / "often")
    land_all(once, items)
    folded(once)
    start = 0
    for size in groups:
        land_all(often, items[start : start + size])
        folded(often)
        start += size
    assert files_of(once) == files_of(often)
    before = files_of(often)
    rebuild(often, open_reader=open_tiny)
    assert files_of(often) == before
    assert doctor(often) == []


def test_a_fold_killed_before_it_merged_merges_the_next_time(ws: Workspace, monkeypatch):
    items = batches(9, random.Random(5))
    land_all(ws, items[:8])

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("viaggio.store.fold.run.compact", killed)
        with pytest.raises(KeyboardInterrupt):
            folded(ws)
    land_all(ws, [items[8]])
    folded(ws)
    assert read_manifest(ws.facts).compacted == 8
    assert doctor(ws) == []
    before = files_of(ws)
    rebuild(ws, open_reader=open_tiny)
    assert files_of(ws) == before


def test_who_reads_the_older_facts_goes_on_reading_them(ws: Workspace):
    items = batches(8, random.Random(7))
    land_all(ws, items[:6])
    folded(ws)
    older = engine(ws)
    expected = said(older, "answers")
    land_all(ws, items[6:])
    folded(ws)
    assert engine(ws) is not older
    assert said(older, "answers") == expected


def test_items_that_nobody_brought_are_told_of_together(ws: Workspace):
    for n in range(17):
        bring(
            ws, [answer(f"a{n}", 5)], source="pulse", name=f"rows{n}.jsonl", by="ada" if n == 5 else "system"
        )
    folded(ws)
    told = read_manifest(ws.facts).items
    # a window has four items, and sixteen the window above it; the sixth was brought by somebody
    assert [(item.first or item.seq, item.seq) for item in told] == [(1, 5), (6, 6), (7, 16), (17, 17)]
    assert [item.tables["answers"].new for item in told] == [5, 1, 10, 1]
    assert [(one.item.seq, one.count, one.source_rows) for one in item_statuses(ws)] == [
        (17, 1, 1), (16, 10, 10), (6, 1, 1), (5, 5, 5),
    ]  # fmt: skip
    assert doctor(ws) == []
    before = files_of(ws)
    rebuild(ws, open_reader=open_tiny)
    assert files_of(ws) == before


def test_what_has_rejects_is_told_of_alone(ws: Workspace):
    for n in range(4):
        wrong = [{**answer("x", 5), "reject": "bad"}] if n == 1 else []
        rows = [answer(f"a{n}", 5), *wrong]
        bring(ws, rows, source="pulse", name=f"rows{n}.jsonl", by="system")
    folded(ws)
    told = read_manifest(ws.facts).items
    assert [(item.first or item.seq, item.seq, item.rejected) for item in told] == [
        (1, 1, 0), (2, 2, 1), (3, 4, 0),
    ]  # fmt: skip


def test_large_parts_stay_as_they_are(ws: Workspace, monkeypatch):
    monkeypatch.setattr("viaggio.store.fold.compact.SMALL", 3)
    for n in range(4):
        rows = [answer(f"{n}-{k}", 5) for k in range(5 if n == 1 else 2)]
        bring(ws, rows, source="pulse", name=f"rows{n}.jsonl")
    folded(ws)
    parts = read_manifest(ws.facts).parts_of("answers")
    assert [(part.item, part.rows, part.level) for part in parts] == [(1, 2, 0), (2, 5, 0), (4, 4, 1)]


def test_nothing_is_due_before_a_window_ends(ws: Workspace):
    land_all(ws, batches(3, random.Random(1)))
    folded(ws)
    assert not compact.due(read_manifest(ws.facts))
    assert read_manifest(ws.facts).compacted == 0
