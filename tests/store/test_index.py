from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.tiny import bring, files_of, folded, open_tiny, seen

from viaggio.journey.index import COLUMNS, build_bucket, event_order
from viaggio.store.doctor import doctor
from viaggio.store.fold import rebuild
from viaggio.store.index import open_index, read_index_manifest, update, widen
from viaggio.store.index.arrivals import Arrivals
from viaggio.store.index.columnar import file_digest, map_arrays, map_bucket, write_arrays
from viaggio.store.index.dictionaries import OTHER, _grow
from viaggio.store.index.merge import ROW, merged, sorted_columns
from viaggio.store.workspace import Settings, Workspace, change_settings

events = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 3)), max_size=40)


def rows_of(pairs: list[tuple[int, int]], first_key: int = 0) -> np.ndarray:
    rows = np.zeros(len(pairs), ROW)
    for place, (customer, time) in enumerate(pairs):
        rows[place]["customer"], rows[place]["time"] = customer, time
        rows[place]["key"] = (first_key + place) * 7919 % 10_007 - 5000
        rows[place]["value"] = place
    return rows


@given(events, events, st.sets(st.integers(0, 39)))
def test_merging_into_a_bucket_equals_sorting_everything_again(old, new, dropped):
    before, added = rows_of(old), rows_of(new, 100)
    gone = np.array(sorted(int(before["key"][n]) for n in dropped if n < len(before)), np.int64)
    got = merged(sorted_columns(before), gone, added)
    kept = before[~np.isin(before["key"], gone)]
    expected = sorted(
        (int(r["customer"]), int(r["time"]), int(r["key"]), int(r["value"])) for r in (*kept, *added)
    )
    columns = ("customer", "time", "key", "value")
    assert list(zip(*(got[name].tolist() for name in columns), strict=True)) == expected
    customers = sorted({row[0] for row in expected})
    assert [got["customer"][at] for at in got["offsets"][:-1]] == customers
    assert got["offsets"][-1] == len(expected)


@given(events, st.integers(1, 5), st.integers(0, 10))
def test_arrivals_come_to_their_bucket_spilled_or_not(pairs, buckets, held):
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        arrivals = Arrivals(Path(folder) / "spill", buckets, held_rows=held)
        for start in range(0, len(pairs), 4):
            arrivals.add(rows_of(pairs[start : start + 4], start))
        got = [row for n in sorted(arrivals.touched) for row in arrivals.take(n).tolist()]
    key = list(COLUMNS).index("key")
    assert sorted(row[key] for row in got) == sorted(int(k) for k in rows_of(pairs)["key"])


@given(events)
def test_a_bucket_comes_back_from_its_file_as_it_was(pairs):
    from tempfile import TemporaryDirectory

    rows = rows_of(pairs)
    bucket = build_bucket({name: rows[name] for name in COLUMNS})
    arrays = {name: getattr(bucket, name) for name in (*COLUMNS, "offsets")}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "b.safetensors"
        assert write_arrays(path, arrays) == file_digest(path)
        back = map_arrays(path)
        assert map_bucket(path).n_events == len(pairs)
    assert {name: (array.dtype, array.tolist()) for name, array in back.items()} == {
        name: (array.dtype, array.tolist()) for name, array in arrays.items()
    }


def test_every_array_lies_where_it_can_be_mapped(tmp_path: Path):
    bucket = build_bucket({name: rows_of([(1, 2)] * 3)[name] for name in COLUMNS})
    write_arrays(tmp_path / "b", {name: getattr(bucket, name) for name in (*COLUMNS, "offsets")})
    for array in map_arrays(tmp_path / "b").values():
        assert array.ctypes.data % array.dtype.itemsize == 0
        assert not array.flags.writeable


def test_an_empty_workspace_has_an_index_without_events(ws: Workspace):
    assert [open_index(ws).bucket(n).n_events for n in range(4)] == [0, 0, 0, 0]


def test_an_open_index_stays_as_it_was_when_a_fold_replaces_its_files(ws: Workspace):
    bring(ws, [seen("1", email="ada@x.it")])
    folded(ws)
    old = open_index(ws)
    assert open_index(ws) is old
    bring(ws, [seen("2", email="ada@x.it"), seen("1", outcome="late", email="ada@x.it")])
    folded(ws)
    new = open_index(ws)
    assert [sum(j.bucket(n).n_events for n in range(4)) for j in (old, new)] == [1, 2]
    assert old.version != new.version
    assert (new.n_events, new.n_customers) == (2, 1)


def test_only_buckets_with_news_are_written(ws: Workspace):
    bring(ws, [seen(str(n), customer_number=str(n)) for n in range(60)])
    folded(ws)
    before = {p.name: p.stat().st_ino for p in ws.index.glob("*.safetensors")}
    bring(ws, [seen("new", customer_number="1")])
    folded(ws)
    after = {p.name: p.stat().st_ino for p in ws.index.glob("*.safetensors")}
    assert len(before.items() & after.items()) == 3


def test_another_number_of_buckets_gives_the_same_events(ws: Workspace):
    bring(ws, [seen(str(n), n, customer_number=f"C{n % 9}") for n in range(60)])
    folded(ws)
    more = change_settings(ws, Settings(name="Prova", buckets=7))
    bring(more, [seen("60", 60, customer_number="C0")])
    folded(more)
    journeys = open_index(more)
    columns = [
        np.concatenate([getattr(journeys.bucket(n), c) for n in range(7)])
        for c in ("customer", "time", "key")
    ]
    assert len(journeys) == 7
    assert len(columns[0]) == 61
    assert len(set(columns[0].tolist())) == 9
    assert event_order(*columns).shape == (61,)


def index_of(ws: Workspace) -> dict[str, bytes]:
    return {p.name: p.read_bytes() for p in sorted(ws.index.iterdir()) if p.is_file()}


@pytest.mark.parametrize("buckets", [8, 20, 64, 3, 2])
def test_an_index_in_other_buckets_is_the_one_that_a_rebuild_makes(ws: Workspace, buckets: int):
    bring(ws, [seen(str(n), n % 7, customer_number=f"C{n % 19}", email=f"e{n % 23}@x.it") for n in range(90)])
    folded(ws)
    before = open_index(ws)
    wide = change_settings(ws, Settings(name="Prova", buckets=buckets))
    bring(wide, [seen("7", 99, customer_number="C3"), seen("n", 3, customer_number="new")])
    folded(wide)
    found = index_of(wide)
    assert len(open_index(wide)) == buckets
    assert before.n_events == sum(before.bucket(n).n_events for n in range(4)) == 90
    rebuild(wide, open_reader=open_tiny)
    assert index_of(wide) == found
    assert doctor(wide) == []


def test_buckets_are_cut_from_the_index_without_reading_facts_again(
    ws: Workspace, monkeypatch: pytest.MonkeyPatch
):
    bring(ws, [seen(str(n), n, customer_number=f"C{n}") for n in range(60)])
    folded(ws)
    read: list[int] = []
    plain = update.event_rows

    def counted(connection, facts, manifest, parts, codes):
        read.extend(part.rows for part in parts)
        return plain(connection, facts, manifest, parts, codes)

    monkeypatch.setattr(update, "event_rows", counted)
    wide = change_settings(ws, Settings(name="Prova", buckets=16))
    folded(wide)
    assert (len(open_index(wide)), read) == (16, [])


def test_an_index_that_grows_gets_more_buckets_by_itself(ws: Workspace, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(widen, "LARGEST", 5)
    bring(ws, [seen(str(n), n, customer_number=f"C{n}") for n in range(18)])
    folded(ws)
    assert len(open_index(ws)) == 4
    bring(ws, [seen(str(n), n, customer_number=f"C{n}") for n in range(18, 41)])
    folded(ws)
    assert len(open_index(ws)) == 16
    before = index_of(ws)
    rebuild(ws, open_reader=open_tiny)
    assert index_of(ws) == before
    assert (widen.enough(64, 320), widen.enough(64, 321)) == (64, 128)


def test_a_missing_index_is_made_again_by_the_next_fold(ws: Workspace):
    bring(ws, [seen(str(n), customer_number=str(n)) for n in range(9)])
    folded(ws)
    before = files_of(ws)
    (ws.index / "manifest.json").unlink()
    folded(ws)
    assert files_of(ws) == before
    rebuild(ws, open_reader=open_tiny)
    assert files_of(ws) == before


def test_codes_follow_the_order_of_arrival_and_none_stays_none(ws: Workspace):
    bring(ws, [seen("1", touchpoint="b", customer_number="1"), seen("2", touchpoint="a", device="phone")])
    bring(ws, [seen("1", touchpoint="c", customer_number="1")])
    folded(ws)
    manifest = read_index_manifest(ws.index)
    assert manifest.codes.touchpoint == ("b", "a", "c")
    (bucket,) = [b for b in map(open_index(ws).bucket, range(4)) if b.n_events]
    assert bucket.touchpoint.tolist() == [2]
    assert bucket.device.tolist() == [-1]


def test_a_full_dictionary_puts_the_rest_together():
    texts: dict[str, None] = {}
    _grow(texts, [str(n) for n in range(5)], limit=3)
    _grow(texts, ["1", "late"], limit=3)
    assert list(texts) == ["0", "1", "2", OTHER]


@pytest.mark.parametrize("column", ["episode", "value", "cost", "ended", "account"])
def test_what_a_row_leaves_open_is_empty_in_the_index(ws: Workspace, column: str):
    bring(
        ws, [seen("1", 3, customer_number="1"), seen("2", 4, customer_number="1", value_cents=5, episode="O")]
    )
    folded(ws)
    (bucket,) = [b for b in map(open_index(ws).bucket, range(4)) if b.n_events]
    first = getattr(bucket, column)[0]
    assert first == (bucket.time[0] if column == "ended" else 0)
    assert bucket.value.tolist() == [0, 5]
    assert bucket.episode[1] != 0
