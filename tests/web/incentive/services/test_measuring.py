"""Values that people enter need two of them; advances, settlement, recovery and waivers as the plan says."""

from datetime import UTC, date, datetime

import pytest
from django.core.exceptions import PermissionDenied
from tests.web.incentive.staged import LATER, NPS, PLAN, paid, published, unit

from viaggio.incentive.errors import BadAmount
from viaggio.web.incentive.models import AwardLine, Employee, LedgerEntry
from viaggio.web.incentive.services import ledger, measuring, runs, staff
from viaggio.web.incentive.services.errors import Missing, SamePerson
from viaggio.web.incentive.services.gathering import gather

pytestmark = pytest.mark.django_db
QUARTER = (date(2026, 1, 1), date(2026, 3, 31))
GATE = [{"if": "ebitda >= 100.00", "level": "plan", "effect": {"cap": "0.5"}}]
ONLY_NPS = {
    name: {"shared": [{"measure": "company_nps", "weight": "1", "curve": NPS}]} for name in PLAN["groups"]
}
YEAR_END = datetime(2027, 1, 20, 9, tzinfo=UTC)


def confirmed(office, value: str, span=QUARTER):
    entered = measuring.enter_kpi("ebitda", *span, value, "from the books", by=office.runner, now=LATER)
    return measuring.confirm_kpi(entered, by=office.designer, now=LATER)


def test_a_missing_kpi_holds_and_a_confirmed_one_decides(staffed):
    version = published(staffed, gates=GATE)
    held = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    assert all(a.held_cents == a.cents for a in AwardLine.objects.filter(run=held))
    entered = measuring.enter_kpi("ebitda", *QUARTER, "99.99", "books", by=staffed.runner, now=LATER)
    assert gather(version, 1, now=LATER)[0].kpis == {}
    with pytest.raises(SamePerson):
        measuring.confirm_kpi(entered, by=staffed.runner, now=LATER)
    measuring.confirm_kpi(entered, by=staffed.approver, now=LATER)
    capped = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    confirmed(staffed, "100.00")
    passed = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    cents = [sum(a.cents for a in AwardLine.objects.filter(run=run)) for run in (held, capped, passed)]
    assert cents[0] == cents[2] > cents[1] > 0
    assert not AwardLine.objects.filter(run=passed, held_cents__gt=0).exists()
    reading = next(r for r in passed.snapshot.readings if r["kind"] == "kpi")
    assert (reading["metric"], reading["value"], reading["page"]) == ("manual", "100/1", "")


def test_a_value_has_a_note_is_exact_and_is_entered_by_who_runs_the_incentive(staffed):
    with pytest.raises(Missing):
        measuring.enter_kpi("ebitda", *QUARTER, "1", " ", by=staffed.runner, now=LATER)
    with pytest.raises(BadAmount):
        measuring.enter_kpi("ebitda", *QUARTER, "about 1", "x", by=staffed.runner, now=LATER)
    with pytest.raises(PermissionDenied):
        measuring.enter_kpi("ebitda", *QUARTER, "1", "x", by=staffed.approver, now=LATER)


def test_a_newer_value_takes_the_place_of_the_older_one(staffed):
    first, second = confirmed(staffed, "1"), confirmed(staffed, "2")
    first.refresh_from_db()
    assert first.withdrawn_at is not None
    version = published(staffed, gates=GATE)
    assert gather(version, 1, now=LATER)[0].kpis == {"ebitda": 2}
    measuring.withdraw_kpi(second, by=staffed.runner, now=LATER)
    assert gather(version, 1, now=LATER)[0].kpis == {}


@pytest.mark.parametrize("policy", ["no_recovery", "carry_forward"])
def test_advances_are_settled_against_the_year(staffed, policy):
    account = {"share": "0.5", "settlement": policy}
    version = published(staffed, parts=2, on_account=account, groups=ONLY_NPS, contribution_map={})
    assert [(p.period, p.advance, p.settlement) for p in runs.parts_of(version)] == [
        ("2026H1", True, False), ("2026H2", True, False), ("2026", False, True),
    ]  # fmt: skip
    advances = [paid(version, staffed, part) for part in (1, 2)]
    year = paid(version, staffed, 3, now=YEAR_END)
    for person in ("care-1", "care-3"):
        given = [AwardLine.objects.get(run=run, person=person).cents for run in advances]
        award = AwardLine.objects.get(run=year, person=person).cents
        posted = [ledger.entitled(person, "CX-SHARED", p) for p in ("2026H1", "2026H2", "2026")]
        assert posted == [*given, award - sum(given)]
        left = LedgerEntry.objects.filter(run=year.code, person=person).exclude(pay_period="")
        assert sum(entry.amount_cents for entry in left) == max(0, award - sum(given))


def test_a_small_debt_is_let_go_and_a_large_one_kept_back_of_later_awards(staffed):
    version = published(staffed, groups=ONLY_NPS, contribution_map={})
    first = paid(version, staffed)
    small, large = (Employee.objects.get(pseudonym=name) for name in ("care-3", "care-4"))
    for one, target in ((small, 239_900), (large, 120_000)):
        staff.remove_assignment(one.assignments.get(), by=staffed.runner)
        staff.assign(
            one, unit("care"), "care", first=date(2024, 1, 1), target_cents=target, by=staffed.runner
        )
    again = runs.correct(first, "targets", by=staffed.runner, now=LATER)
    runs.verify(again, now=LATER)
    runs.approve(again, by=staffed.approver, now=LATER)
    runs.publish(again, by=staffed.runner, now=LATER)
    posted = {(e.person, e.kind): e for e in LedgerEntry.objects.filter(run=again.code)}
    assert posted["care-3", "waive"].amount_cents == -posted["care-3", "true_up"].amount_cents > 0
    owed = posted["care-4", "true_up"]
    assert (owed.pay_period, owed.note, owed.amount_cents < 0) == ("", "owed", True)
    assert set(posted) == {("care-3", "true_up"), ("care-3", "waive"), ("care-4", "true_up")}
    second = paid(version, staffed, 2)
    award = AwardLine.objects.get(run=second, person="care-4").cents
    (kept,) = LedgerEntry.objects.filter(run=second.code, kind="recovery")
    assert (kept.person, -kept.amount_cents) == ("care-4", min(-owed.amount_cents, round(award / 5)))
    assert ledger.check().whole
