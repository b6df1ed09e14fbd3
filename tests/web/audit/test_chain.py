"""The audit chain: whole while nobody touches it, and broken at the row that somebody did."""

import json
import subprocess
import sys
from copy import copy
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from viaggio.store.workspace import Settings, create
from viaggio.web.shared.audit import SYSTEM, Verdict, chain, record, verify
from viaggio.web.shared.models import AuditEntry, AuditHead
from viaggio.web.shared.models.audit import START
from viaggio.web.shared.roles import Role

OFF = "ALTER TABLE shared_auditentry DISABLE TRIGGER USER"
WITHOUT_TRIGGERS = {
    verb: {"sqlite": f"DROP TRIGGER audit_no_{verb}", "postgresql": OFF} for verb in ("update", "delete")
}
DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


def sealed(actions: list[str]) -> list[AuditEntry]:
    entries, previous = [], START
    for seq, action in enumerate(actions, start=1):
        entry = AuditEntry(
            seq=seq,
            at=DAY + timedelta(seconds=seq),
            actor="a@example.com",
            action=action,
            subject="x",
            details={"to": [action]},
            previous=previous,
        )
        entry.digest = previous = entry.sealed()
        entries.append(entry)
    return entries


def head_of(entries: list[AuditEntry]) -> tuple[int, str]:
    return (entries[-1].seq, entries[-1].digest) if entries else (0, START)


some_actions = st.lists(st.text(max_size=8), max_size=12)


@given(some_actions)
def test_an_untouched_chain_is_whole(actions):
    entries = sealed(actions)
    assert chain(entries, head=head_of(entries)) == Verdict(rows=len(actions))


@given(some_actions.filter(bool), st.data())
def test_a_changed_row_is_named(actions, data):
    entries = sealed(actions)
    at = data.draw(st.integers(0, len(entries) - 1))
    field, value = data.draw(
        st.sampled_from(
            [
                ("actor", "b@example.com"),
                ("action", "none of these"),
                ("subject", "y"),
                ("details", {"to": 1}),
                ("at", DAY),
                ("address", "10.0.0.1"),
                ("digest", "0" * 64),
                ("previous", "1" * 64),
                ("seq", 99),
            ]
        )
    )
    tampered = copy(entries[at])
    setattr(tampered, field, value)
    assert chain([*entries[:at], tampered, *entries[at + 1 :]], head=head_of(entries)).broken == at + 1


@given(some_actions.filter(bool), st.data())
def test_a_removed_row_is_named_the_last_one_too(actions, data):
    entries = sealed(actions)
    at = data.draw(st.integers(0, len(entries) - 1))
    assert chain(entries[:at] + entries[at + 1 :], head=head_of(entries)).broken == at + 1


@given(some_actions.filter(bool), st.data())
def test_a_resealed_row_still_breaks_the_link_after_it_or_the_head(actions, data):
    entries = sealed(actions)
    at = data.draw(st.integers(0, len(entries) - 1))
    forged = copy(entries[at])
    forged.actor = "b@example.com"
    forged.digest = forged.sealed()
    assert chain([*entries[:at], forged, *entries[at + 1 :]], head=head_of(entries)).broken == at + 2


def test_the_seal_is_what_a_stranger_computes_from_the_row(db):
    first = record(SYSTEM, "people.person.made", "ò@example.com", roles=["owner"])
    row = {
        "seq": 1,
        "at": first.at.isoformat(timespec="microseconds"),
        "actor": "system",
        "action": "people.person.made",
        "subject": "ò@example.com",
        "details": {"roles": ["owner"]},
        "address": "",
    }
    text = json.dumps(row, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert first.digest == sha256(("0" * 64 + text).encode()).hexdigest()


def test_rows_read_back_from_the_database_still_fit(db):
    for n in range(20):
        record(SYSTEM, "customer.seen", n, reason="appeal")
    assert verify() == Verdict(rows=20)


@pytest.mark.parametrize(
    "statement", ["UPDATE shared_auditentry SET actor = 'x'", "DELETE FROM shared_auditentry"]
)
def test_the_database_refuses_to_change_the_audit(db, statement):
    record(SYSTEM, "customer.seen", 1)
    with (
        pytest.raises(DatabaseError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert verify() == Verdict(rows=1)


def test_who_switches_the_triggers_off_is_found_out(db):
    for n in range(3):
        record(SYSTEM, "customer.seen", n)
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_TRIGGERS["update"][connection.vendor])
        cursor.execute("UPDATE shared_auditentry SET subject = '9' WHERE seq = 2")
    assert verify() == Verdict(rows=1, broken=2)


def test_a_cut_off_tail_is_found_out(db):
    for n in range(3):
        record(SYSTEM, "customer.seen", n)
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_TRIGGERS["delete"][connection.vendor])
        cursor.execute("DELETE FROM shared_auditentry WHERE seq = 3")
    assert verify() == Verdict(rows=2, broken=3)


def test_the_newest_rows_can_be_checked_alone(db):
    for n in range(10):
        record(SYSTEM, "customer.seen", n)
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_TRIGGERS["update"][connection.vendor])
        cursor.execute("UPDATE shared_auditentry SET subject = 'x' WHERE seq = 5")
    assert verify(newest=5) == Verdict(rows=5)
    assert verify(newest=6) == Verdict(rows=0, broken=5)
    assert verify(newest=100) == Verdict(rows=4, broken=5)


def test_a_write_that_is_rolled_back_leaves_no_row(db):
    def fails_later() -> None:
        with transaction.atomic():
            record(SYSTEM, "data.imported", "orders.csv")
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_later()
    assert AuditEntry.objects.count() == 0
    assert verify().whole


WRITER = """
import sys
from pathlib import Path
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
from viaggio.web.shared.audit import record
for n in range(25):
    record("system", "customer.seen", f"{sys.argv[2]}-{n}")
"""


def test_four_processes_write_one_chain(tmp_path: Path):
    root = create(tmp_path / "workspace", Settings(name="Officina Blu")).root
    run = [sys.executable, "-c"]
    subprocess.run(
        [*run, "import sys,pathlib,viaggio.web.serve as s;s.prepare(pathlib.Path(sys.argv[1]))", root],
        check=True,
    )
    writers = [subprocess.Popen([*run, WRITER, str(root), name]) for name in "abcd"]
    assert [writer.wait(120) for writer in writers] == [0, 0, 0, 0]
    check = "import sys,pathlib,viaggio.web.serve as s;s.prepare(pathlib.Path(sys.argv[1]));"
    check += "from viaggio.web.shared.audit import verify;print(verify())"
    told = subprocess.run([*run, check, str(root)], check=True, capture_output=True, text=True)
    assert told.stdout.strip() == "Verdict(rows=100, broken=None)"


def test_the_page_shows_filters_and_says_whether_the_chain_is_whole(signed_in, workspace):
    client = signed_in(Role.AUDITOR, language="en")
    for n in range(60):
        record(SYSTEM, "customer.seen", f"customer {n}")
    record(client.person, "export.table", "orders")
    page = client.get("/audit/").text
    assert "The chain is whole: 61 rows checked." in page
    assert "customer 59" in page
    assert "customer 9<" not in page
    assert "customer 9<" in client.get("/audit/?before=12").text
    found = client.get("/audit/?action=export.table").text
    assert "orders" in found
    assert "customer 59" not in found
    assert "No row matches" in client.get("/audit/?subject=nothing").text
    assert "customer 59" in client.get("/audit/?before=no&who=%00sys%00tem").text


def test_the_page_names_the_broken_row(signed_in, workspace):
    client = signed_in(Role.AUDITOR, language="en")
    record(SYSTEM, "customer.seen", "1")
    AuditHead.objects.update(digest="f" * 64)
    assert "The chain breaks at row 2" in client.get("/audit/").text


def test_the_audit_leaves_as_csv_and_says_so(signed_in, workspace):
    client = signed_in(Role.AUDITOR)
    record(SYSTEM, "customer.seen", "=HYPERLINK(1)")
    answer = client.get("/audit/?format=csv")
    assert answer.headers["Content-Type"].startswith("text/csv")
    assert "'=HYPERLINK(1)" in answer.text
    last = AuditEntry.objects.latest("seq")
    assert (last.actor, last.action, last.subject) == ("auditor@example.com", "export.table", "audit")


def test_the_data_protection_officer_reads_the_audit_and_the_cx_manager_does_not(signed_in, workspace):
    assert signed_in(Role.DATA_PROTECTION).get("/audit/").status_code == 200
    assert signed_in(Role.CX_MANAGER).get("/audit/").status_code == 403
