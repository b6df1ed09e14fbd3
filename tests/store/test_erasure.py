"""A person erased is in no file of the workspace, whoever looks; and no archive brings the person back."""

import gzip
import json
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.store.tiny import NOON, bring, folded, open_tiny, seen

from viaggio.kernel import BadFile, BadWorkspace
from viaggio.store.backup import backup, restore
from viaggio.store.doctor import doctor
from viaggio.store.engine import engine
from viaggio.store.erasure import (
    Entry,
    NoRecords,
    Request,
    again,
    begin,
    begun,
    carry_out,
    ledger_of,
    request_of,
)
from viaggio.store.erasure import seen as look
from viaggio.store.fold import rebuild
from viaggio.store.hashing import node_key
from viaggio.store.history import UnknownCustomer, nodes_of
from viaggio.store.landing import items
from viaggio.store.traces import Traces
from viaggio.store.workspace import Workspace, open_workspace

ADA, BEA = node_key("customer_number", "C-700123"), node_key("customer_number", "C-700124")
SAID = "Write to Ada@X.it or call 347 123.4567, says C-700123"
ROWS = [
    {"table": "customers", "id": "a", "kind": "person", "customer_number": "C-700123", "email": "ada@x.it",
     "phone": "+39 347 1234567", "name": "Ada Rossi"},
    {"table": "customers", "id": "b", "kind": "person", "customer_number": "C-700124", "name": "Bea Verdi"},
    seen("1", 1, email="Ada@x.it"),
    seen("2", 2, customer_number="C-700124"),
    {"table": "texts", "id": "t1", "customer_number": "C-700123", "kind": "review", "body": "Ottimo",
     "written_at": NOON},
    {"table": "texts", "id": "t2", "customer_number": "C-700124", "kind": "ticket", "body": SAID,
     "written_at": NOON},
    {"table": "orders", "id": "o1", "customer_number": "C-700123", "status": "delivered",
     "ordered_at": NOON, "total_cents": 100, "currency": "EUR"},
    {"table": "order_lines", "id": "l1", "order_id": "o1", "amount_cents": 100, "currency": "EUR",
     "ordered_at": NOON},
]  # fmt: skip
IDENTIFIERS = ("ada@x.it", "C-700123", "3471234567", "+393471234567", "Ada Rossi")


@pytest.fixture
def full(ws: Workspace) -> Workspace:
    bring(ws, ROWS)
    folded(ws)
    return ws


def erased(ws: Workspace, *, at: int = NOON) -> Mapping[str, int]:
    begin(ws, nodes_of(engine(ws), ADA), at=at, by="privacy@x.it", origin="command")
    (done,) = carried(ws)
    assert done.entry.left == {}
    return done.entry.removed


NOBODY = NoRecords()


def carried(ws: Workspace, records=NOBODY):
    return carry_out(ws, records, now=lambda: NOON + 1, open_reader=open_tiny)


def attack(root: Path, words: tuple[str, ...] = IDENTIFIERS) -> list[str]:
    """Files under `root` in which any of the words can be read, whatever they are packed in."""
    return [
        f"{path.relative_to(root)}: {word}"
        for path in sorted(p for p in root.rglob("*") if p.is_file())
        for word in words
        if any(word.lower() in text.lower() for text in readings(path))
    ]


def readings(path: Path) -> Iterator[str]:
    raw = path.read_bytes()
    yield raw.decode("latin-1")
    yield "".join(sign for sign in raw.decode("latin-1") if sign not in " .-/")
    if raw[:4] == b"PAR1":
        yield json.dumps(pq.read_table(path).to_pylist(), default=str, ensure_ascii=False)
    elif raw[:4] == b"PK\x03\x04":
        with zipfile.ZipFile(path) as packed:
            yield "\n".join(packed.read(name).decode() for name in packed.namelist())
    elif raw[:4] == b"\x28\xb5\x2f\xfd":
        with pa.input_stream(str(path), compression="zstd") as stream:
            yield stream.read().decode("latin-1")
    elif raw[:2] == b"\x1f\x8b":
        yield gzip.decompress(raw).decode()


def leave_files(ws: Workspace) -> None:
    """What people and programs leave in a workspace."""
    (ws.exports / "deep").mkdir()
    (ws.exports / "customers.csv").write_text("id;mail\n1;ADA@x.it\n")
    (ws.exports / "others.csv").write_text("id;mail\n1;bea@x.it\n")
    (ws.exports / "packed.csv.gz").write_bytes(gzip.compress(b"C-700123"))
    (ws.exports / "wide.txt").write_text("phone 0039 347-123-4567", encoding="utf-16")
    with zipfile.ZipFile(ws.exports / "book.xlsx", "w") as book:
        book.writestr("xl/sharedStrings.xml", "<t>ada@x.it</t>")
    pq.write_table(pa.table({"customer": [BEA, ADA]}), ws.exports / "deep" / "keys.parquet")
    upload = ws.root / "cache" / "uploads" / "f00" / "files"
    upload.mkdir(parents=True)
    (upload / "crm.json").write_text('[{"mail": "ada@x.it"}]')
    (ws.root / ".backup-999999999").mkdir()
    (ws.root / ".backup-999999999" / "part").write_text("ada@x.it")


def test_an_attacker_finds_the_person_in_no_file_and_the_ledger_names_nobody(full: Workspace):
    leave_files(full)
    assert len(attack(full.root)) > 15
    found = look(full, request_of(full, nodes_of(engine(full), ADA), at=0, by="", origin="page"), NOBODY)
    removed = erased(full)
    assert removed == found  # what would go is what goes
    assert attack(full.root) == []
    assert (removed["facts.interactions"], removed["facts.order_lines"]) == (1, 1)
    assert (removed["files.exports"], removed["files.cache"]) == (5, 1)
    assert [path.name for path in full.exports.iterdir() if path.is_file()] == ["others.csv"]
    assert doctor(full) == []
    (entry,) = ledger_of(full)
    assert (entry.by, entry.at, entry.removed, entry.origin) == ("privacy@x.it", NOON, removed, "command")
    written = (full.root / "erasures.jsonl").read_text()
    assert not any(str(node) in written for node in nodes_known())
    assert begun(full) == []
    (body,) = [row["body"] for row in engine(full).run(engine(full).tables().texts).to_pylist()]
    assert body == "Write to [erased] or call [erased], says [erased]"


def nodes_known() -> list[int]:
    words = [("customer_number", "C-700123"), ("email", "ada@x.it"), ("phone", "+393471234567")]
    return [node_key(kind, value) for kind, value in words]


def test_neither_a_rebuild_nor_the_same_file_brings_the_person_back(full: Workspace):
    erased(full)
    rebuild(full, open_reader=open_tiny)
    bring(full, ROWS)
    folded(full)
    assert attack(full.root) == []
    with pytest.raises(UnknownCustomer):
        nodes_of(engine(full), ADA)


def test_what_names_the_person_only_where_no_row_is_made_of_it_goes_too(ws: Workspace):
    bring(ws, [seen("1", 1, customer_number="C-700124", note="for ada@x.it")], source="other", name="o.jsonl")
    bring(ws, ROWS)
    folded(ws)
    assert erased(ws)["facts.interactions"] == 1
    assert [item.kept for item in items(ws)] == [True, True]
    assert engine(ws).rows("interactions") == 2
    assert attack(ws.root) == []


def test_what_people_put_into_the_workspace_is_told_and_left(full: Workspace):
    (full.root / "notes.txt").write_text("ada@x.it")
    begin(full, nodes_of(engine(full), ADA), at=NOON, by="x", origin="command")
    (done,) = carried(full)
    assert done.entry.left == {"files.notes.txt": 1}
    assert [path.name for path in done.files.named] == ["notes.txt"]


def test_an_archive_made_before_forgets_again_when_it_is_restored(full: Workspace, tmp_path: Path):
    archive = tmp_path / "archives" / "monday.tar.zst"
    archive.parent.mkdir()
    backup(full, archive)
    erased(full)
    shutil.rmtree(full.root)
    (missing,) = restore(archive, tmp_path / "new")
    new = open_workspace(tmp_path / "new")
    assert [one.id for one in again(new)] == [missing.id]
    assert [finding.code for finding in doctor(new)] == ["erasure.waiting"]
    (done,) = carried(new)
    assert done.entry.again == (missing.id,)
    assert [entry.id for entry in ledger_of(new)] == [missing.id, done.entry.id]
    assert (attack(new.root), doctor(new), again(new)) == ([], [], [])
    assert carried(new) == []


def test_a_restore_that_knows_of_no_ledger_asks(full: Workspace, tmp_path: Path):
    there, away = tmp_path / "there", tmp_path / "away"
    there.mkdir()
    away.mkdir()
    backup(full, there / "a.tar")
    (there / "a.tar").rename(away / "a.tar")
    erased(full)
    with pytest.raises(BadWorkspace, match="who was erased"):
        restore(away / "a.tar", tmp_path / "new")
    assert not (tmp_path / "new").exists()
    assert restore(away / "a.tar", tmp_path / "old", as_it_was=True) == []
    assert len(restore(away / "a.tar", tmp_path / "new", ledgers=[full.root])) == 1
    assert len(restore(away / "a.tar", tmp_path / "newer", ledgers=[there])) == 1


def test_an_archive_made_after_the_erasure_has_nothing_to_forget(full: Workspace, tmp_path: Path):
    erased(full)
    backup(full, tmp_path / "a.tar")
    assert restore(tmp_path / "a.tar", tmp_path / "new") == []


def test_a_ledger_that_was_changed_is_refused(full: Workspace, tmp_path: Path):
    backup(full, tmp_path / "a.tar")
    erased(full)
    (copy,) = tmp_path.glob("erasures-*.jsonl")
    assert copy.read_text() == (full.root / "erasures.jsonl").read_text()
    copy.write_text(copy.read_text().replace("privacy@x.it", "nobody@x.it"))
    with pytest.raises(BadFile, match="changed by hand"):
        restore(tmp_path / "a.tar", tmp_path / "new")


class Killed(BaseException):
    """Whoever erased is gone."""


class Killing:
    """Records at whose n-th question the program ends."""

    def __init__(self, at: int) -> None:
        self.left = at

    def _ask(self) -> None:
        self.left -= 1
        if not self.left:
            raise Killed

    def settle(self) -> None:
        self._ask()

    def look(self, _request: Request) -> Mapping[str, int]:
        self._ask()
        return {}

    def erase(self, _request: Request) -> None:
        self._ask()

    def told(self, _entry: Entry) -> None:
        self._ask()


def test_an_erasure_that_ends_anywhere_is_taken_up_and_told_once(full: Workspace):
    begin(full, nodes_of(engine(full), ADA), at=NOON, by="x", origin="command")
    for step in (3, 3):  # before the facts are erased, and after
        with pytest.raises(Killed):
            carried(full, Killing(step))
        assert len(begun(full)) == 1
    with pytest.raises(Killed):
        carried(full, Killing(4))  # the ledger is written, nobody was told
    assert len(ledger_of(full)) == 1
    (done,) = carried(full)
    assert [entry.id for entry in ledger_of(full)] == [done.entry.id]
    assert done.entry.removed["facts.interactions"] == 1
    assert (attack(full.root), begun(full), doctor(full)) == ([], [], [])


def test_traces_take_whole_identifiers_and_no_others():
    traces = Traces(
        (("email", "ada@x.it"), ("phone", "+393471234567"), ("customer_number", "7")), frozenset([-42])
    )
    for text in ("<ADA@x.it>", "ada@x.it.", "3471234567", "+39 347 123 4567", "0039-347-1234567", '"-42"'):
        assert traces.found(text), text
    for text in ("nada@x.it", "ada@x.it.org", "13471234567", "34712345678", "7", "-421", "142"):
        assert not traces.found(text), text
    assert not Traces((), frozenset()).found("anything")
