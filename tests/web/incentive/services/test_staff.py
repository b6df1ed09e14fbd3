"""Staff by pseudonym: files with their rejects, sealed identities, export and erasure that break no run."""

import stat
from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from tests.web.incentive.staged import LATER, paid, published

from viaggio.incentive.errors import BadAssignment
from viaggio.kernel import BadFile
from viaggio.web.incentive.models import Absence, Assignment, Employee, OrgUnit, PayrollIdentity
from viaggio.web.incentive.services import payroll, runs, sealing, staff
from viaggio.web.incentive.services.errors import NoKey, NotThatState
from viaggio.web.incentive.services.staff import Identity
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

HEAD = "person,kind,unit,group,first,last,fte,target,absence,contract,payroll_id,name,cost_centre\n"
GOOD = """a1,stay,north,field,2026-01-01,2026-12-31,0.8,1800.00,,permanent,004711,Gina Verdi,CC-1
a1,absence,,,2026-03-02,2026-03-06,,,unpaid_leave,,,,
a2,stay,south,field,2026-01-01,,,2400,,,,,
"""
BAD = """b1,stay,north,field,2026-01-01,2026-12-31,0.8,1800.00,,,,,
b1,stay,south,field,2026-06-01,2026-12-31,0.8,1800.00,,,,,
b2,stay,north,field,soon,2026-12-31,1,ten,,,,,
b2,absence,,,2026-03-02,2026-03-06,,,unpaid_leave,,,,
,stay,north,field,2026-01-01,2026-12-31,1,1,,,,,
"""


@pytest.fixture
def hr(workspace, person, monkeypatch):
    monkeypatch.delenv(sealing.VARIABLE, raising=False)
    return person(Role.HR)


def test_people_without_a_fault_are_taken_and_the_others_told(hr):
    found = staff.import_people(HEAD + GOOD + BAD, by=hr, now=LATER)
    assert (found.people, found.stays, found.absences, found.units) == (2, 2, 1, 2)
    assert [(r.line, r.column, r.what) for r in found.rejects] == [
        (5, "fte", "more_than_full_time"),
        (6, "", "person_rejected"),
        (7, "first", "no_day"),
        (7, "target", "no_number"),
        (8, "", "person_rejected"),
        (9, "person", "missing"),
    ]
    assert set(Employee.objects.values_list("pseudonym", flat=True)) == {"a1", "a2"}
    stay = Assignment.objects.get(employee__pseudonym="a1")
    assert (stay.fte, stay.target_cents, stay.unit.code, stay.unit.parent.kind) == (
        "0.8", 180_000, "north", "company",
    )  # fmt: skip


def test_a_dry_run_writes_nothing_and_a_second_import_replaces(hr):
    assert staff.import_people(HEAD + GOOD, by=hr, now=LATER, dry=True).people == 2
    assert (Employee.objects.count(), OrgUnit.objects.count()) == (0, 0)
    for _ in range(2):
        staff.import_people(HEAD + GOOD, by=hr, now=LATER)
    assert (Employee.objects.count(), Assignment.objects.count(), Absence.objects.count()) == (2, 2, 1)


@pytest.mark.parametrize("text", ["", "name,salary\nx,1\n", "person\0\n"])
def test_what_is_no_file_of_people_is_refused_whole(hr, text):
    with pytest.raises(BadFile):
        staff.import_people(text, by=hr, now=LATER)


def test_only_who_manages_staff_imports(workspace, person):
    with pytest.raises(PermissionDenied):
        staff.import_people(HEAD + GOOD, by=person(Role.PAYROLL), now=LATER)


def test_who_a_pseudonym_is_stands_nowhere_in_the_database(hr, workspace, person):
    staff.import_people(HEAD + GOOD, by=hr, now=LATER)
    rows = []
    with connection.cursor() as cursor:
        for table in ("incentive_payrollidentity", "incentive_employee", "shared_auditentry"):
            cursor.execute(f"SELECT * FROM {table}")
            rows += [str([bytes(v) if isinstance(v, memoryview) else v for v in row]) for row in cursor]
    assert not [row for row in rows if "Verdi" in row or "004711" in row]
    key = workspace.root / sealing.FILE
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    one = Employee.objects.get(pseudonym="a1")
    assert staff.unsealed([one], by=hr) == {"a1": Identity("004711", "Gina Verdi", "CC-1")}
    assert AuditEntry.objects.filter(action="incentive.identity.seen").count() == 1
    with pytest.raises(PermissionDenied):
        staff.unsealed([one], by=person(Role.AUDITOR))


def test_another_key_or_none_opens_nothing(hr, workspace, monkeypatch):
    from cryptography.fernet import Fernet

    staff.import_people(HEAD + GOOD, by=hr, now=LATER)
    one = Employee.objects.get(pseudonym="a1")
    monkeypatch.setenv(sealing.VARIABLE, Fernet.generate_key().decode())
    with pytest.raises(NoKey):
        staff.unsealed([one], by=hr)
    monkeypatch.setenv(sealing.VARIABLE, "no key")
    with pytest.raises(NoKey):
        staff.unsealed([one], by=hr)
    monkeypatch.delenv(sealing.VARIABLE)
    (workspace.root / sealing.FILE).unlink()
    with pytest.raises(NoKey):
        staff.unsealed([one], by=hr)


def test_nobody_works_more_than_full_time(hr):
    top = staff.add_unit("", "Officina Blu", "company", by=hr, first=date(2024, 1, 1))
    cell = staff.add_unit("north", "Nord", "cell", by=hr, first=date(2024, 1, 1), parent=top)
    one = staff.add_employee(by=hr, hired=date(2024, 1, 1))
    stay = staff.assign(one, cell, "field", first=date(2024, 1, 1), target_cents=1, fte="0.6", by=hr)
    with pytest.raises(BadAssignment):
        staff.assign(one, cell, "field", first=date(2026, 1, 1), target_cents=1, fte="0.5", by=hr)
    staff.end_assignment(stay, date(2025, 12, 31), by=hr)
    staff.assign(one, cell, "field", first=date(2026, 1, 1), target_cents=1, fte="0.5", by=hr)
    with pytest.raises(NotThatState):
        staff.add_unit("x", "X", "company", by=hr, first=date(2024, 1, 1))
    with pytest.raises(NotThatState):
        staff.change_unit(top, by=hr, parent=cell)


def test_an_erased_persons_closed_run_still_verifies(staffed):
    run = paid(published(staffed), staffed)
    one = Employee.objects.get(pseudonym="care-1")
    staff.seal(one, Identity("0001", "Ugo Bassi", "CC"), by=staffed.runner)
    with pytest.raises(NotThatState):
        staff.erase_person(one, by=staffed.runner, now=LATER)
    staff.change_employee(one, by=staffed.runner, left=date(2026, 4, 1))
    told = staff.export_person(one, by=staffed.runner)
    assert told["identity"]["name"] == "Ugo Bassi"
    assert {award["run"] for award in told["awards"]} == {run.code}
    staff.erase_person(one, by=staffed.runner, now=datetime(2026, 6, 1, tzinfo=UTC))
    assert not PayrollIdentity.objects.filter(employee=one).exists()
    assert not Absence.objects.filter(employee=one).exists()
    assert runs.verify(run, now=LATER).same


def test_payroll_gets_each_entry_with_its_identity_and_the_same_file_again(staffed, person):
    run = paid(published(staffed), staffed)
    for one in Employee.objects.exclude(pseudonym="tiny-1"):
        staff.seal(one, Identity(f"ID-{one.pk}", "=HYPERLINK(1)", "CC-9"), by=staffed.runner)
    office = person(Role.PAYROLL)
    (period,) = payroll.pay_periods()
    file = payroll.gather(period, by=office)
    assert file.adds_up
    assert file.trailer.total_cents == sum(a.cents for a in run.awards.all())
    assert file.unknown == ("tiny-1",)
    first, made = payroll.export(period, "csv", by=office, now=LATER)
    again, other = payroll.export(period, "csv", by=office, now=LATER)
    assert (first, made.sha256) == (again, other.sha256)
    assert b"HYPERLINK" not in first
    assert b"ID-" in first
    assert payroll.export(period, "xlsx", by=office, now=LATER)[0].startswith(b"PK")
    with pytest.raises(PermissionDenied):
        payroll.gather(period, by=staffed.runner)
    run.refresh_from_db()
    assert run.state == "exported"


def test_welfare_is_chosen_by_the_person_until_the_file_is_made(staffed, person):
    run = paid(published(staffed), staffed)
    one = Employee.objects.get(pseudonym="care-1")
    one = staff.change_employee(one, by=staffed.runner, user=person(Role.EMPLOYEE, email="e@example.com"))
    award = run.awards.get(person="care-1").cents
    with pytest.raises(PermissionDenied):
        payroll.elect_welfare(run, one, 1, by=staffed.runner, now=LATER)
    with pytest.raises(Exception, match="more is taken as welfare"):
        payroll.elect_welfare(run, one, award + 1, by=one.user, now=LATER)
    payroll.elect_welfare(run, one, award // 2, by=one.user, now=LATER)
    office = person(Role.PAYROLL)
    (period,) = payroll.pay_periods()
    file = payroll.gather(period, by=office)
    assert file.trailer.welfare_cents == award // 2
    assert file.adds_up
    payroll.export(period, "csv", by=office, now=LATER)
    with pytest.raises(NotThatState):
        payroll.elect_welfare(run, one, 0, by=one.user, now=LATER)
