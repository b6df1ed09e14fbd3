import json
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.store.tiny import bring, files_of, folded, open_tiny, seen

from viaggio.store.backup import backup, restore
from viaggio.store.doctor import doctor
from viaggio.store.facts import read_manifest
from viaggio.store.fold import rebuild
from viaggio.store.hashing import file_sha256
from viaggio.store.index import open_index
from viaggio.store.workspace import Workspace, open_workspace


@pytest.fixture
def full(ws: Workspace) -> Workspace:
    bring(ws, [seen(str(n), n, customer_number=str(n % 9), email=f"c{n % 7}@x.it") for n in range(40)])
    bring(ws, [seen("1", outcome="late"), seen("bad", reject="value.bad")])
    folded(ws)
    return ws


def spoil(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def repeat_a_row(ws: Workspace) -> None:
    """A part that holds a row twice, listed with its own checksum: only the keys betray it."""
    path = ws.facts / "interactions" / "00000001.parquet"
    table = pq.read_table(path)
    pq.write_table(table.slice(0, len(table)).take([0, *range(len(table))]), path)
    relist(ws, "interactions/00000001.parquet", path)


def relist(ws: Workspace, name: str, path: Path) -> None:
    read = json.loads((ws.facts / "manifest.json").read_bytes())
    for part in read["parts"]:
        if f"{part['table']}/{part['item']:08d}.parquet" == name:
            part["sha256"] = file_sha256(path)
    (ws.facts / "manifest.json").write_text(json.dumps(read))


def other_facts(ws: Workspace) -> None:
    """Facts that are fine in themselves, but not those in the index."""
    path = ws.facts / "interactions" / "00000001.parquet"
    pq.write_table(pq.read_table(path).slice(1), path)
    relist(ws, "interactions/00000001.parquet", path)


def first(ws: Workspace, folder: str, pattern: str) -> Path:
    return next(iter(sorted((ws.root / folder).glob(pattern))))


def test_a_whole_workspace_is_healthy(full: Workspace, ws: Workspace):
    assert doctor(full) == []


def test_a_new_workspace_and_one_that_waits_for_a_fold_are_healthy(ws: Workspace):
    assert doctor(ws) == []
    bring(ws, [seen("1")])
    assert doctor(ws) == []


@pytest.mark.parametrize(
    ("harm", "code"),
    [
        (lambda ws: spoil(first(ws, "landing/00000001", "001-*")), "landing."),
        (lambda ws: (ws.landing / "00000001" / "item.json").write_text("?"), "landing.unreadable"),
        (lambda ws: (ws.landing / "00000002").rename(ws.landing / "00000003"), "landing.unreadable"),
        (lambda ws: shutil.rmtree(ws.landing / "00000001"), "landing.gap"),
        (lambda ws: shutil.rmtree(ws.landing / "00000002"), "landing.missing"),
        (lambda ws: spoil(first(ws, "facts/interactions", "*1.parquet")), "facts.damaged"),
        (lambda ws: first(ws, "facts/interactions", "*.superseded.parquet").unlink(), "facts.missing"),
        (lambda ws: spoil(first(ws, "facts/identity", "*.parquet")), "facts.damaged"),
        (repeat_a_row, "facts.repeated_key"),
        (lambda ws: spoil(first(ws, "index", "*.safetensors")), "index.damaged"),
        (lambda ws: first(ws, "index", "*.safetensors").unlink(), "index.missing"),
        (other_facts, "index.differs"),
        (lambda ws: (ws.facts / "manifest.json").write_text("{"), "manifest.unreadable"),
        (lambda ws: (ws.index / "manifest.json").write_text("[]"), "manifest.unreadable"),
        (
            lambda ws: ws.records.write_text("no database, though long enough to be looked at " * 50),
            "records.",
        ),
    ],
)
def test_every_harm_is_found_and_named(full: Workspace, harm: Callable[[Workspace], object], code: str):
    harm(full)
    findings = doctor(full)
    assert findings
    assert findings[0].code.startswith(code)


def test_rebuild_heals_facts_and_index(full: Workspace):
    before = files_of(full)
    spoil(first(full, "facts/interactions", "*1.parquet"))
    spoil(first(full, "index", "*.safetensors"))
    first(full, "rejects", "*.csv").unlink()
    (full.facts / "manifest.json").write_text("{")
    rebuild(full, open_reader=open_tiny)
    assert files_of(full) == before
    assert doctor(full) == []


def test_what_a_killed_program_left_is_swept_not_reported(full: Workspace):
    before = files_of(full)
    (full.facts / "interactions" / "00000003.parquet").write_text("part of a fold that died")
    (full.facts / "orders").mkdir()
    (full.facts / "orders" / "00000003.parquet.aside").write_text("half")
    (full.index / "00001.aside").write_text("half")
    (full.rejects / "00000003.csv").write_text("of an item that is not folded")
    (full.landing / ".incoming-dead").mkdir()
    assert doctor(full) == []
    assert files_of(full) == before
    assert not list(full.landing.glob(".incoming-*"))


@pytest.mark.parametrize("name", ["copy.tar", "copy.tar.zst"])
def test_a_backup_restores_the_same_workspace(full: Workspace, tmp_path: Path, name: str):
    (full.root / "secret.key").write_text("s3cret")
    with sqlite3.connect(full.records) as database:
        database.execute("pragma journal_mode=wal")
        database.execute("create table staff (name text)")
        database.execute("insert into staff values ('ada')")
        database.commit()
        backup(full, tmp_path / name)  # while the database is in use
    database.close()
    assert (tmp_path / name).stat().st_mode & 0o077 == 0
    restore(tmp_path / name, tmp_path / "other")
    again = open_workspace(tmp_path / "other")
    assert doctor(again) == []
    assert files_of(again) == files_of(full)
    assert open_index(again).version == open_index(full).version
    assert (again.root / "secret.key").read_text() == "s3cret"
    with sqlite3.connect(again.records) as restored:
        assert restored.execute("select name from staff").fetchall() == [("ada",)]
    restored.close()
    bring(again, [seen("more", customer_number="1")])
    folded(again)
    assert read_manifest(again.facts).last == 3
    assert not list(full.root.glob(".backup-*"))


def test_a_backup_is_not_restored_over_something(full: Workspace, tmp_path: Path):
    from viaggio.kernel import BadFile, BadWorkspace

    backup(full, tmp_path / "b.tar")
    with pytest.raises(BadWorkspace, match="not empty"):
        restore(tmp_path / "b.tar", full.root)
    (tmp_path / "text.tar").write_text("no archive")
    with pytest.raises(BadFile):
        restore(tmp_path / "text.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()
