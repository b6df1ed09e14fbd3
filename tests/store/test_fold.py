import csv
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.store.tiny import NOON, bring, files_of, folded, make, open_small_batches, open_tiny, seen

from viaggio.kernel import BadFile, BadWorkspace
from viaggio.store.durable import locked
from viaggio.store.engine import engine
from viaggio.store.facts import Counts, read_manifest
from viaggio.store.fold import Progress, fold, reject_files
from viaggio.store.incoming import Batch
from viaggio.store.workspace import Workspace


def ids(ws: Workspace, column: str = "id") -> list[object]:
    table = engine(ws).tables().interactions
    return engine(ws).run(table.order_by("id")).to_pydict()[column]


def test_rows_become_facts_once(ws: Workspace):
    bring(ws, [seen("1"), seen("2")])
    (item,) = folded(ws)
    assert item.tables["interactions"] == Counts(new=2)
    assert ids(ws) == ["1", "2"]
    assert folded(ws) == []


def test_a_row_known_already_is_counted_and_left_out(ws: Workspace):
    bring(ws, [seen("1"), seen("2")])
    bring(ws, [seen("2"), seen("3")])
    _, second = folded(ws)
    assert second.tables["interactions"] == Counts(new=1, duplicate=1)
    assert ids(ws) == ["1", "2", "3"]


def test_a_newer_version_of_a_row_takes_its_place(ws: Workspace):
    bring(ws, [seen("1", outcome="open"), seen("2", outcome="open")])
    bring(ws, [seen("1", outcome="resolved")])
    _, second = folded(ws)
    assert second.tables["interactions"] == Counts(changed=1)
    assert ids(ws, "outcome") == ["resolved", "open"]
    bring(ws, [seen("1", outcome="open")])  # and back again
    folded(ws)
    assert ids(ws, "outcome") == ["open", "open"]
    assert read_manifest(ws.facts).rows("interactions") == 2


def test_of_versions_in_one_file_the_last_holds(ws: Workspace):
    rows = [seen("1", outcome=o) for o in ("a", "a", "b", "a", "c", "c")]
    bring(ws, [*rows, seen("2")])
    (item,) = folded(ws)
    assert item.tables["interactions"] == Counts(new=2, changed=3, duplicate=2)
    assert ids(ws, "outcome") == ["c", None]


def test_the_same_id_of_two_sources_is_two_rows(ws: Workspace):
    bring(ws, [seen("1")], source="shop")
    bring(ws, [seen("1")], source="till")
    folded(ws)
    assert sorted(ids(ws, "source")) == ["shop", "till"]


def test_a_changed_identifier_is_a_changed_row_and_a_rewritten_one_is_not(ws: Workspace):
    bring(ws, [seen("1", email="Ada@Example.org"), seen("2", email="bea@example.org")])
    bring(ws, [seen("1", email=" ada@example.org "), seen("2", email="bea2@example.org")])
    _, second = folded(ws)
    assert second.tables["interactions"] == Counts(changed=1, duplicate=1)


def test_rejects_are_kept_with_their_columns_place_and_reason(ws: Workspace):
    bring(ws, [seen("1"), seen("=2;\n", reject="value.not_a_time"), seen("3")])
    (item,) = folded(ws)
    assert (item.rejected, item.source_rows) == (1, 3)
    (path,) = reject_files(ws.rejects, 1)
    with path.open(newline="") as file:
        assert list(csv.DictReader(file)) == [
            {"id": "=2;\n", "_file": "rows.jsonl", "_line": "1", "_column": "", "_reason": "value.not_a_time"}
        ]


def test_facts_never_hold_what_the_contract_forbids(ws: Workspace):
    bring(ws, [seen("1", channel="pigeon"), seen("2", touchpoint=None), seen("3")])
    (item,) = folded(ws)
    assert item.tables["interactions"] == Counts(new=1, rejected=2)
    assert ids(ws) == ["3"]
    with next(iter(reject_files(ws.rejects, 1))).open(newline="") as file:
        assert {row["_column"]: row["_reason"] for row in csv.DictReader(file)} == {
            "touchpoint": "value.missing",
            "channel": "value.not_allowed",
        }


def test_the_way_a_reader_cuts_its_batches_does_not_change_a_byte(tmp_path: Path):
    rows = [seen(str(n % 20), n % 7, email=f"c{n % 5}@x.it", phone=f"34712345{n % 3}") for n in range(50)]
    whole, cut = make(tmp_path / "a"), make(tmp_path / "b")
    for ws, reader in ((whole, open_tiny), (cut, open_small_batches)):
        bring(ws, rows)
        fold(ws, open_reader=reader)
    assert files_of(whole) == files_of(cut)


def test_rows_compared_in_memory_or_by_duckdb_become_the_same_facts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    news = [
        [seen(str(n % 30), customer_number=str(n % 30 % 9)) for n in range(40)],  # some twice
        [seen(str(n), customer_number=str(n % 9)) for n in range(20, 50)],  # some known
        [seen(str(n), customer_number=str(n % 9), outcome="late" if n == 3 else None) for n in range(9)],
        [seen("3", customer_number="3"), seen("50")],  # known in two versions
    ]
    counted = []
    for place, held in (("a", 4_000_000), ("b", -1)):
        monkeypatch.setattr("viaggio.store.fold.table.HELD_KEYS", held)
        ws = make(tmp_path / place)
        for rows in news:
            bring(ws, rows)
        counted.append([item.tables["interactions"] for item in folded(ws)])
        counted.append(files_of(ws))
    assert counted[0] == [
        Counts(new=30, duplicate=10), Counts(new=20, duplicate=10), Counts(changed=1, duplicate=8),
        Counts(new=1, changed=1),
    ]  # fmt: skip
    assert counted[2:] == counted[:2]


def test_blocks_packed_by_another_thread_come_in_order(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    for module in ("table", "part"):
        monkeypatch.setattr(f"viaggio.store.fold.{module}.BLOCK_ROWS", 7)
    bring(ws, [seen(str(n), channel="pigeon" if n == 10 else "web", outcome=f"o{n % 5}") for n in range(40)])
    (item,) = folded(ws)
    part = pq.ParquetFile(ws.facts / "interactions" / "00000001.parquet")
    assert item.tables["interactions"] == Counts(new=39, rejected=1)
    assert [part.metadata.row_group(n).num_rows for n in range(part.num_row_groups)] == [7] * 5 + [4]
    rows = part.read().to_pydict()
    assert rows["id"] == [str(n) for n in range(40) if n != 10]
    assert rows["outcome"] == [f"o{n % 5}" for n in range(40) if n != 10]
    assert part.schema_arrow.field("outcome").type == pa.string()


class _Broken:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def files(self) -> Mapping[str, Path]:
        return {}

    def batches(self) -> Iterator[Batch]:
        yield Batch(table="interactions", rows=None, read=1)
        raise self.error


def test_a_file_that_can_not_be_read_fails_its_item_and_no_other(ws: Workspace):
    bring(ws, [seen("1")])
    bring(ws, [seen("2")])
    first, second = fold(
        ws, open_reader=lambda w, i: _Broken(BadFile("no text")) if i.seq == 1 else open_tiny(w, i)
    )
    assert (first.failed, first.why) == ("file.bad", "no text.")
    assert second.failed is None
    assert ids(ws) == ["2"]


def test_a_mistake_of_ours_stops_the_fold_and_the_next_one_goes_on(ws: Workspace):
    bring(ws, [seen("1")])
    bring(ws, [seen("2", reject="value.bad"), seen("3")])

    def breaks(w: Workspace, i: object) -> object:
        return _Broken(ZeroDivisionError()) if i.seq == 2 else open_tiny(w, i)

    with pytest.raises(ZeroDivisionError):
        fold(ws, open_reader=breaks)
    assert [item.seq for item in read_manifest(ws.facts).items] == [1]
    (second,) = folded(ws)
    assert second.tables["interactions"] == Counts(new=1, rejected=1)


def test_only_one_program_folds(ws: Workspace):
    with locked(ws.facts), pytest.raises(BadWorkspace, match="another program"):
        fold(ws, wait=False)


def test_progress_tells_rows_rejects_and_stages(ws: Workspace):
    bring(ws, [seen(str(n)) for n in range(9)] + [seen("bad", reject="x")])
    told: list[Progress] = []
    fold(ws, open_reader=open_small_batches, on_progress=told.append)
    assert [p.rows for p in told if p.stage == "read"] == [3, 6, 9, 10]
    assert [p.stage for p in told][-2:] == ["write", "index"]
    assert told[-2].rejected == 1


def test_a_part_is_plain_parquet_with_times_in_utc(ws: Workspace):
    bring(ws, [seen("1", 1)])
    folded(ws)
    table = pq.read_table(ws.facts / "interactions" / "00000001.parquet")
    assert table.schema.field("started_at").type == pa.timestamp("us", tz="UTC")
    assert table["started_at"].cast(pa.int64()).to_pylist() == [NOON + 60_000_000]
    (part,) = read_manifest(ws.facts).parts_of("interactions")
    assert (part.rows, part.earliest, part.latest) == (1, NOON + 60_000_000, NOON + 60_000_000)


def test_two_ids_with_one_key_are_refused_not_mixed_up(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(
        "viaggio.store.fold.table.row_keys",
        lambda _, ids: pa.array([len(i) for i in ids.to_pylist()]).to_numpy(),
    )
    bring(ws, [seen("aa"), seen("bb"), seen("c")])
    bring(ws, [seen("cc"), seen("c", outcome="new")])
    first, second = folded(ws)
    assert first.tables["interactions"] == Counts(new=2, rejected=1)
    assert second.tables["interactions"] == Counts(changed=1, rejected=1)
    assert ids(ws) == ["aa", "c"]
