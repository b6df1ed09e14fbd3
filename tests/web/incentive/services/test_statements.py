"""A statement adds up, leads to the very figures of the score pages, and is nobody else's."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation
from tests.web.incentive.staged import LATER, paid, published

from viaggio.incentive.curves import payout
from viaggio.incentive.plan import read_plan
from viaggio.kernel import Period, Population
from viaggio.store.engine import engine
from viaggio.store.readings import read_one
from viaggio.web.incentive.models import Employee
from viaggio.web.incentive.services import runs, staff, statements
from viaggio.web.incentive.services.plainly import plainly
from viaggio.web.shared import formats
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(staffed):
    return paid(published(staffed), staffed)


def shown(run, name: str):
    return statements.statement_of(run, Employee.objects.get(pseudonym=name))


def test_the_lines_add_up_and_each_follows_from_its_curve(run):
    plan = read_plan(run.version.document)
    for name in ("care-1", "north-2", "south-6", "tiny-1"):
        found = shown(run, name)
        assert sum(line.cents for line in found.lines) == found.cents == found.balance_cents
        assert found.payable_cents == found.cents - found.held_cents
        for line in found.lines:
            component = next(c for c in plan.groups[line.group].components if c.measure == line.measure)
            assert line.planned_weight == component.weight
            if line.credited is not None:
                assert payout(component.curve, line.credited) == line.payout == line.curve.y
        worth = sum((s.opportunity_cents * (s.factor or 0) for s in found.stays), Fraction(0))
        assert abs(worth - found.raw * 100) <= len(found.stays)


def test_days_away_and_working_time_are_told(run):
    one, half = shown(run, "care-1"), shown(run, "care-2")
    assert [(a.kind, a.protected) for a in one.away] == [("unpaid_leave", False)]
    assert (one.stays[0].days, one.stays[0].period_days) == (90 - 14, 90)
    assert [(a.kind, a.protected) for a in half.away] == [("L104", True)]
    assert half.stays[0].days == Fraction(90, 2)
    assert one.stays[0].share == Fraction(76, 90) / 4


def test_each_figure_is_the_one_of_its_page(run, company, signed_in):
    """Followed as a reader would: the address of the figure, and the value that stands there."""
    client = signed_in(Role.OWNER, language="en")
    seen = 0
    for name in ("care-1", "north-1"):
        found = shown(run, name)
        sources = [s for line in found.lines for s in line.measured]
        sources += [p.source for line in found.lines for p in line.parts if p.source]
        for source in sources:
            if not source.value or source.window != "period":
                continue
            page = client.get(source.page)
            assert page.status_code == 200
            reading = read_one(
                engine(company), source.metric, Period(source.first, source.last + timedelta(days=1)),
                Population(dict(source.where)),
            )  # fmt: skip
            factor = 100 if reading.unit == "share" else 1
            assert float(source.value) == pytest.approx(reading.value * factor, abs=1e-6)
            assert source.base == reading.n
            with translation.override("en"):
                assert f"<b>{formats.reading_text(reading)}</b>" in page.content.decode()
            seen += 1
    assert seen >= 3


def test_own_cells_and_those_above_are_shown_never_siblings(run):
    found = shown(run, "north-1")
    (line,) = [line for line in found.lines if line.measure == "team"]
    assert {source.unit for source in line.measured} <= {"", "north"}


def test_a_cell_of_too_few_people_is_never_shown_by_itself(run):
    found = shown(run, "tiny-1")
    (line,) = [line for line in found.lines if line.measure == "team"]
    assert line.reason == "privacy:parent" or line.reason.startswith("fallback:")
    assert "tiny" in found.small
    assert (line.raw, line.n) == (None, None)
    assert {source.unit for source in line.measured} == {""}
    told = str(plainly(found))
    hidden = [r for r in run.snapshot.readings if r["unit"] == "tiny" and r["window"] == "period"]
    assert all(f"touchpoint={v}" not in told for r in hidden for v in r["where"].get("touchpoint", []))


def test_a_statement_is_the_own_one_and_another_look_is_recorded(run, staffed, person):
    mine, other = (Employee.objects.get(pseudonym=name) for name in ("care-3", "care-4"))
    user = person(Role.EMPLOYEE, email="e@example.com")
    staff.change_employee(mine, by=staffed.runner, user=user)
    mine.refresh_from_db()
    assert statements.read(run, mine, by=user).person == "care-3"
    for who in (user, staffed.runner, staffed.approver, person(Role.OWNER), person(Role.WORKS_COUNCIL)):
        with pytest.raises(PermissionDenied):
            statements.read(run, other, by=who)
    assert not AuditEntry.objects.filter(action="incentive.statement.seen").exists()
    statements.read(run, other, by=person(Role.AUDITOR))
    assert AuditEntry.objects.get(action="incentive.statement.seen").subject == "care-4"


def test_nobody_reads_the_own_statement_before_it_is_published(staffed, person):
    run = runs.calculate(published(staffed), 1, by=staffed.runner, now=LATER)
    mine = Employee.objects.get(pseudonym="care-3")
    user = person(Role.EMPLOYEE, email="e@example.com")
    staff.change_employee(mine, by=staffed.runner, user=user)
    mine.refresh_from_db()
    assert statements.runs_of(mine) == []
    with pytest.raises(PermissionDenied):
        statements.read(run, mine, by=user)


def test_dates_of_payment_and_dispute_are_told(run):
    found = shown(run, "care-1")
    assert found.dispute_until == date(2026, 5, 20)
    assert found.pay_date == date(2026, 5, 31)
    assert (found.snapshot_sha256, found.run_sha256) == (run.snapshot_id, run.sha256)


PDR = {
    "legal_basis": "PDR",
    "agreement": {"signed": "2025-12-10", "deposited": "2025-12-14", "protocol": "1"},
}


def test_a_bonus_under_an_agreement_says_what_the_lower_tax_would_be(staffed):
    run = paid(published(staffed, **PDR), staffed)
    some = 0
    for award in run.awards.all():
        one = Employee.objects.get(pseudonym=award.person)
        found = statements.statement_of(run, one)
        tax = found.tax
        assert tax.year == 2026
        assert tax.base_cents + tax.ordinary_cents + tax.welfare_cents == found.payable_cents
        better = sum(line.cents for line in found.lines if line.incremental)
        assert tax.base_cents == min(better, 500_000)
        assert tax.tax_cents == (tax.base_cents + 50) // 100  # one per cent in 2026
        assert tax.eligible == (better > 0)
        some += tax.eligible
    assert some
    rich = staff.change_employee(one, by=staffed.runner, limits={"2026_income": "80000.01"})
    assert statements.statement_of(run, rich).tax.base_cents == 0


def test_another_plan_says_nothing_of_taxes(run):
    assert shown(run, "care-1").tax is None
