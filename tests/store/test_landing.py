import gzip
import hashlib
from pathlib import Path

import pyarrow as pa
import pytest
from tests.store.tiny import NOON

from viaggio.customer.model import Decision
from viaggio.kernel import BadFile, BadWorkspace
from viaggio.store.durable import locked
from viaggio.store.landing import decide, decisions, item, items, land, leftovers, mapping_text, payload_path
from viaggio.store.workspace import Workspace


def put(
    ws: Workspace,
    path: Path,
    *,
    name: str = "",
    mapping: str | None = 'source = "shop"',
    source: str = "shop",
):
    files = {name or path.name: path}
    return land(
        ws,
        kind="mapping",
        source=source,
        label=path.name,
        files=files,
        mapping_text=mapping,
        landed_at=NOON,
        by="ada",
    )


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    path = tmp_path / "orders.csv"
    path.write_bytes(b"id;total\n1;12,50\n" * 1000)
    return path


def test_what_landed_is_what_came(ws: Workspace, csv: Path):
    landed, new = put(ws, csv)
    assert new
    assert landed == items(ws)[0] == item(ws, 1)
    assert landed.files == {"orders.csv": hashlib.sha256(csv.read_bytes()).hexdigest()}
    stored = payload_path(ws, landed, landed.payloads[0])
    assert pa.input_stream(str(stored), compression="zstd").read() == csv.read_bytes()
    assert stored.stat().st_size < csv.stat().st_size / 10
    assert mapping_text(ws, landed) == 'source = "shop"'


def test_a_compressed_file_is_kept_byte_by_byte(ws: Workspace, tmp_path: Path):
    path = tmp_path / "orders.csv.gz"
    path.write_bytes(gzip.compress(b"id\n1\n"))
    landed, _ = put(ws, path)
    assert payload_path(ws, landed, landed.payloads[0]).read_bytes() == path.read_bytes()


def test_the_same_file_with_the_same_mapping_lands_once(ws: Workspace, csv: Path):
    first, _ = put(ws, csv)
    assert put(ws, csv) == (first, False)
    assert len(items(ws)) == 1


@pytest.mark.parametrize("other", [{"mapping": 'source = "till"'}, {"source": "till"}, {"name": "other.csv"}])
def test_the_same_file_read_otherwise_lands_again(ws: Workspace, csv: Path, other: dict[str, str]):
    put(ws, csv)
    landed, new = put(ws, csv, **other)
    assert new
    assert landed.seq == 2


def test_a_file_that_is_not_there_leaves_nothing(ws: Workspace, tmp_path: Path):
    with pytest.raises(BadFile):
        put(ws, tmp_path / "missing.csv")
    assert items(ws) == []
    assert leftovers(ws) == []


@pytest.mark.parametrize("name", ["../up.csv", "/etc/passwd", "a/../b", "", " ", "a//b", "nul\0.csv"])
def test_a_name_that_leads_elsewhere_is_refused(ws: Workspace, csv: Path, name: str):
    with pytest.raises(BadFile, match="name"):
        land(ws, kind="mapping", source="s", label="x", files={name: csv}, landed_at=NOON, by="ada")
    assert items(ws) == []


def test_a_name_of_a_folder_of_files_is_kept_and_stored_flat(ws: Workspace, csv: Path):
    landed, _ = put(ws, csv, name="2026/Bericht für März.csv")
    assert list(landed.files) == ["2026/Bericht für März.csv"]
    assert payload_path(ws, landed, landed.payloads[0]).parent == ws.landing / "00000001"


def test_what_a_killed_landing_left_is_swept_by_the_next(ws: Workspace, csv: Path):
    dead = ws.landing / ".incoming-1-dead"
    dead.mkdir()
    (dead / "001-x.csv").write_text("half")
    put(ws, csv)
    assert leftovers(ws) == []


def test_a_landing_that_is_still_going_on_is_left_alone(ws: Workspace, csv: Path):
    alive = ws.landing / ".incoming-2-alive"
    alive.mkdir()
    with locked(alive):
        put(ws, csv)
        assert leftovers(ws) == [alive]


def test_decisions_come_back_in_order_and_may_repeat(ws: Workspace):
    for action in ("merge", "split", "merge"):
        decide(ws, Decision(action=action, a=-5, b=7, reason="same house"), landed_at=NOON, by="ada")
    assert [(d.action, d.a, d.b, d.item, d.by) for d in decisions(items(ws))] == [
        ("merge", -5, 7, 1, "ada"),
        ("split", -5, 7, 2, "ada"),
        ("merge", -5, 7, 3, "ada"),
    ]


def test_a_decision_needs_two_records(ws: Workspace):
    with pytest.raises(BadWorkspace):
        decide(ws, Decision(action="merge", a=5, b=5), landed_at=NOON, by="ada")


def test_a_damaged_item_is_named(ws: Workspace, csv: Path):
    put(ws, csv)
    (ws.landing / "00000001" / "item.json").write_text("{")
    with pytest.raises(BadWorkspace, match="landed item"):
        items(ws)


def test_a_lock_that_is_held_is_not_waited_for_when_told_so(ws: Workspace):
    with locked(ws.facts), pytest.raises(BadWorkspace, match="another program"), locked(ws.facts, wait=False):
        pass


def test_an_item_that_was_read_is_read_again_once_its_file_is_another(ws: Workspace, csv: Path):
    landed, _ = put(ws, csv)
    assert item(ws, 1) is items(ws)[0]  # unchanged: read once
    path = ws.landing / landed.folder / "item.json"
    aside = path.with_name("aside")
    aside.write_bytes(path.read_bytes().replace(b'"by": "ada"', b'"by": "eva"'))
    aside.replace(path)  # as an erasure does
    assert item(ws, 1).by == items(ws)[0].by == "eva"
    path.unlink()
    with pytest.raises(BadWorkspace):
        items(ws)
