"""The ledger only grows: the database refuses every change, and who gets past it is found out."""

from hashlib import sha256

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.web.incentive.staged import LATER, NOW, published

from viaggio.incentive.ledger import Entry, EntryKind
from viaggio.web.incentive.models import LedgerEntry, LedgerHead
from viaggio.web.incentive.services import ledger, runs
from viaggio.web.incentive.services.errors import LedgerBroken
from viaggio.web.incentive.services.ledger import NewEntry

OFF = "ALTER TABLE incentive_ledgerentry DISABLE TRIGGER USER"
WITHOUT_TRIGGERS = {
    verb: {"sqlite": f"DROP TRIGGER incentive_ledgerentry_no_{verb}", "postgresql": OFF}
    for verb in ("update", "delete")
}

pytestmark = pytest.mark.django_db


def some(person: str = "P-0007", cents: int = 100_000, kind: EntryKind = EntryKind.AWARD, **more) -> NewEntry:
    fields = {"period": "2026-Q1", "pay_period": "2026-05", "plan_version": "CX@3", "run": "run-1", **more}
    return NewEntry(person=person, kind=kind, cents=cents, **fields)


def test_the_chain_is_the_worked_examples():
    ledger.post([some()], now=NOW)
    ledger.post([some(kind=EntryKind.TRUE_UP, cents=-28_070, run="run-2")], now=NOW)
    ledger.post(
        [some(kind=EntryKind.TRUE_UP, cents=-7_193, run="run-3"),
         some(kind=EntryKind.TRUE_UP, cents=10_418, run="run-4")],
        now=NOW,
    )  # fmt: skip
    last = LedgerEntry.objects.latest("seq")
    assert last.hash == "0d1648e8f3f152649044d773114a17d9c2948cef9387f1daf9e36b8e48f3e105"
    assert ledger.entitled("P-0007", "CX", "2026-Q1") == 75_155
    state = ledger.check()
    assert (state.whole, state.entries, state.head_seq, state.head_hash) == (True, 4, 4, last.hash)


def test_the_hash_is_what_a_stranger_computes():
    (row,) = ledger.post([some(person="P-ò", cents=-1)], now=NOW)
    text = (
        '{"amount_cents":"-1","kind":"award","period":"2026-Q1","person":"P-ò","plan_version":"CX@3",'
        '"run":"run-1","seq":1}'
    )
    entry = Entry(seq=1, person="P-ò", period="2026-Q1", plan_version="CX@3", kind=EntryKind.AWARD,
                  amount_cents=-1, run="run-1")  # fmt: skip
    assert entry.canonical() == text
    assert row.hash == sha256(("0" * 64 + text).encode()).hexdigest()


@pytest.mark.parametrize("table", ["incentive_ledgerentry", "incentive_snapshot", "incentive_awardline"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}"])
def test_the_database_refuses_to_change_what_was_paid_and_from_what(staffed, table, statement):
    runs.calculate(published(staffed), 1, by=staffed.runner, now=LATER)
    ledger.post([some()], now=NOW)
    column = {"incentive_ledgerentry": "amount_cents", "incentive_snapshot": "text"}.get(table, "cents")
    with (
        pytest.raises(DatabaseError, match=r"append-only|never changes"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table, column, column))
    assert ledger.check().whole


def test_the_text_of_a_submitted_plan_never_changes(staffed):
    version = published(staffed)
    for statement in ("UPDATE incentive_planversion SET source = 'x' WHERE id = %s",
                      "DELETE FROM incentive_planversion WHERE id = %s"):  # fmt: skip
        with (
            pytest.raises(DatabaseError, match="never changes"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [version.pk])


def tampered(verb: str, statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(WITHOUT_TRIGGERS[verb][connection.vendor])
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("change", "seq", "why"),
    [
        ("amount_cents = amount_cents + 1", 2, "hash"),
        ("person = 'P-2x'", 2, "hash"),
        ("kind = 'bonus'", 2, "kind"),
        ("previous = 'f' || substr(previous, 2)", 2, "previous"),
    ],
)
def test_a_flipped_byte_is_found_where_it_is(change, seq, why):
    ledger.post([some(person=f"P-{n}") for n in range(1, 5)], now=NOW)
    tampered("update", f"UPDATE incentive_ledgerentry SET {change} WHERE seq = 2")
    found = ledger.check()
    assert not found.whole
    assert (found.broken[0].seq, found.broken[0].why) == (seq, why)


def test_a_cut_off_tail_is_found_and_nothing_is_posted_after_it():
    ledger.post([some(person=f"P-{n}") for n in range(1, 5)], now=NOW)
    tampered("delete", "DELETE FROM incentive_ledgerentry WHERE seq = 4")
    assert ledger.check().broken[-1].why == "head"
    with pytest.raises(LedgerBroken):
        ledger.post([some()], now=NOW)


def test_what_is_rolled_back_leaves_the_chain_as_it_was():
    ledger.post([some()], now=NOW)
    head = LedgerHead.objects.get(pk=1).hash

    def fails_later() -> None:
        with transaction.atomic():
            ledger.post([some(person="P-2")], now=NOW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_later()
    assert LedgerHead.objects.get(pk=1).hash == head
    assert ledger.check().whole


kinds = st.sampled_from(list(EntryKind))
entries = st.lists(st.tuples(kinds, st.integers(-(10**6), 10**6), st.sampled_from("abc")), max_size=12)


@given(entries)
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_owed_is_the_sum_of_what_was_posted(rows):
    with transaction.atomic():
        ledger.post([some(person=p, kind=k, cents=c) for k, c, p in rows], now=NOW)
        for person in "abc":
            mine = [(k, c) for k, c, p in rows if p == person]
            assert ledger.payable(person, "CX", "2026-Q1") == sum(c for _, c in mine)
            unpaid = {"hold", "release", "waive", "recovery", "welfare"}
            assert ledger.entitled(person, "CX", "2026-Q1") == sum(c for k, c in mine if k not in unpaid)
        assert ledger.check().whole
        transaction.set_rollback(True)
