import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.store.tiny import bring, files_of, folded, open_tiny, seen

from viaggio.journey.index import COLUMNS, bucket_of, build_bucket, event_order, offsets_of
from viaggio.store.doctor import doctor
from viaggio.store.fold import rebuild
from viaggio.store.index import open_index, read_index_manifest, update, widen
from viaggio.store.index.arrivals import Arrivals
from viaggio.store.index.columnar import file_digest, map_arrays, map_bucket, write_arrays
from viaggio.store.index.dictionaries import OTHER, code
from viaggio.store.index.manifest import write_index_manifest
from viaggio.store.index.merge import merged, slim, sorted_columns
from viaggio.store.workspace import Settings, Workspace, change_settings

events = st.lists(st.tuples(st.integers(-3, 3), st.integers(0, 3)), max_size=40)


def rows_of(pairs: list[tuple[int, int]], first_key: int = 0) -> dict[str, np.ndarray]:
    places = np.arange(len(pairs))
    rows = {name: np.zeros(len(pairs), column.dtype) for name, column in COLUMNS.items()}
    rows["customer"][:], rows["time"][:] = np.array(pairs, np.int64).reshape(-1, 2).T
    rows["key"][:] = (first_key + places) * 7919 % 10_007 - 5000
    rows["value"][:] = places
    return rows


def with_offsets(columns: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    return {**columns, "offsets": offsets_of(columns["customer"])}


def told(rows: dict[str, np.ndarray]) -> list[tuple[int, ...]]:
    return list(zip(*(rows[name].tolist() for name in ("customer", "time", "key", "value")), strict=True))


@given(events, events, st.sets(st.integers(0, 39)))
def test_merging_into_a_bucket_equals_sorting_everything_again(old, new, dropped):
    before, added = rows_of(old), rows_of(new, 100)
    gone = np.array(sorted(int(before["key"][n]) for n in dropped if n < len(old)), np.int64)
    got = merged(with_offsets(slim(sorted_columns(before))), gone, added)
    kept = [row for row in told(before) if row[2] not in gone.tolist()]
    expected = sorted([*kept, *told(added)])
    assert told(got) == expected
    customers = sorted({row[0] for row in expected})
    assert [got["customer"][at] for at in got["offsets"][:-1]] == customers
    assert got["offsets"][-1] == len(expected)


@given(events, st.integers(1, 5), st.sampled_from([0, 200, 1000]))
def test_arrivals_come_to_their_bucket_spilled_or_not(pairs, buckets, held):
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        arrivals = Arrivals(Path(folder) / "spill", buckets, held_bytes=held)
        for start in range(0, len(pairs), 4):
            arrivals.add(rows_of(pairs[start : start + 4], start))
        got = {n: arrivals.take(n) for n in arrivals.touched}
    assert all((bucket_of(rows["customer"], buckets) == n).all() for n, rows in got.items())
    keys = [key for rows in got.values() for key in rows["key"].tolist()]
    assert sorted(keys) == sorted(rows_of(pairs)["key"].tolist())


@given(events)
def test_a_bucket_comes_back_from_its_file_as_it_was(pairs):
    from tempfile import TemporaryDirectory

    rows = rows_of(pairs)
    bucket = build_bucket(rows)
    arrays = {name: getattr(bucket, name) for name in (*COLUMNS, "offsets")}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "b.safetensors"
        assert write_arrays(path, arrays) == file_digest(path)
        back = map_arrays(path)
        assert map_bucket(path).n_events == len(pairs)
    assert {name: (array.dtype, array.tolist()) for name, array in back.items()} == {
        name: (array.dtype, array.tolist()) for name, array in arrays.items()
    }


@given(events, st.sampled_from(["as they are", "no end", "one time", "one customer"]))
def test_columns_left_out_of_a_file_come_back_as_they_were(pairs, kind):
    from tempfile import TemporaryDirectory

    rows = rows_of([(0 if kind == "one customer" else c, 0 if kind == "one time" else t) for c, t in pairs])
    rows["ended"] = rows["time"] + (kind == "as they are")
    bucket = build_bucket(rows)
    plain = {name: getattr(bucket, name) for name in (*COLUMNS, "offsets")}
    with TemporaryDirectory() as folder:
        path = Path(folder) / "b.safetensors"
        assert write_arrays(path, with_offsets(slim(plain))) == file_digest(path)
        back = map_bucket(path)
        left_out = set(plain) - set(safetensors_names(path))
    assert {name: getattr(back, name).tolist() for name in plain} == {n: a.tolist() for n, a in plain.items()}
    assert all(getattr(back, name).dtype == array.dtype for name, array in plain.items())
    if pairs:
        expected = {name for name in COLUMNS if len(set(plain[name].tolist())) == 1}
        expected |= {"ended"} if kind != "as they are" else set()
        assert left_out == expected | ({"node"} if not plain["customer"].any() else set())


def safetensors_names(path: Path) -> list[str]:
    """The arrays in a file, as any reader of the format finds them; each begins where the last one ended."""
    data = path.read_bytes()
    length = int.from_bytes(data[:8], "little")
    header = json.loads(data[8 : 8 + length])
    header.pop("__metadata__", None)
    spans = [entry["data_offsets"] for entry in header.values()]
    assert [0, *(end for _, end in spans)] == [*(start for start, _ in spans), len(data) - 8 - length]
    return list(header)


def test_every_array_lies_where_it_can_be_mapped(tmp_path: Path):
    bucket = build_bucket(rows_of([(1, 2)] * 3))
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

    def counted(facts, manifest, parts, dictionaries):
        read.extend(part.rows for part in parts)
        return plain(facts, manifest, parts, dictionaries)

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


def test_an_index_of_the_first_format_is_read_and_written_anew_by_the_next_fold(ws: Workspace):
    bring(ws, [seen(str(n), n % 7, customer_number=f"C{n % 19}") for n in range(60)])
    folded(ws)
    new = files_of(ws)
    age(ws)
    assert doctor(ws) == []
    assert open_index(ws).n_events == sum(b.n_events for b in open_index(ws).buckets) == 60
    assert files_of(ws) != new
    folded(ws)
    assert files_of(ws) == new


def age(ws: Workspace) -> None:
    """Write the index as its first format did: every column in full."""
    manifest = read_index_manifest(ws.index)
    files = []
    for file in manifest.files:
        bucket = map_bucket(ws.index / file.path)
        arrays = {name: getattr(bucket, name).copy() for name in (*COLUMNS, "offsets")}
        (ws.index / file.path).unlink()
        files.append(replace(file, xxh3=write_arrays(ws.index / "new", arrays)))
        (ws.index / "new").rename(ws.index / files[-1].path)
    write_index_manifest(ws.index, replace(manifest, files=tuple(files), format=1))


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
    places: dict[str, int] = {}
    codes = [code(places, text, limit=3) for text in ["0", "1", "2", "3", "4", "1", "late"]]
    assert codes == [0, 1, 2, 3, 3, 1, 3]
    assert list(places) == ["0", "1", "2", OTHER]


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
