"""A dispute: in time, acknowledged, decided by somebody outside the run, one appeal, set right by a run."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from tests.web.incentive.staged import LATER, paid, published, unit

from viaggio.web.incentive.models import Employee
from viaggio.web.incentive.services import disputes, ledger, runs, staff, statements
from viaggio.web.incentive.services.errors import Missing, NotThatState, SamePerson, TooLate
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(staffed):
    return paid(published(staffed), staffed)


@pytest.fixture
def mine(staffed, person) -> Employee:
    one = Employee.objects.get(pseudonym="care-2")
    return staff.change_employee(one, by=staffed.runner, user=person(Role.EMPLOYEE, email="e@example.com"))


@pytest.fixture
def reviewer(person):
    return person(Role.HR, email="outside@example.com")


def opened(run, mine, **more):
    fields = {"reason": "working_time", "text": "I worked full time.", "line": "lines[0]", **more}
    return disputes.open_dispute(run, mine, by=mine.user, now=LATER, **fields)


def test_working_days_leave_out_the_weekend():
    assert disputes.working_days_after(date(2026, 4, 20), 5) == date(2026, 4, 27)
    assert disputes.working_days_after(date(2026, 4, 24), 1) == date(2026, 4, 27)


def test_only_the_own_statement_in_time_with_words_and_a_line_that_is_there(run, mine, staffed, reviewer):
    with pytest.raises(PermissionDenied):
        disputes.open_dispute(run, mine, reason="target", text="x", by=staffed.runner, now=LATER)
    with pytest.raises(Missing):
        opened(run, mine, text="  ")
    with pytest.raises(Missing):
        opened(run, mine, line="lines[99]")
    with pytest.raises(TooLate):
        disputes.open_dispute(
            run, mine, reason="target", text="x", by=mine.user, now=LATER + timedelta(days=31)
        )
    made = opened(run, mine)
    assert made.acknowledge_by == date(2026, 4, 27)
    with pytest.raises(NotThatState):
        opened(run, mine)
    assert [one.pk for one in disputes.late(LATER + timedelta(days=8))] == [made.pk]


def test_who_had_a_part_in_the_run_does_not_review(run, mine, staffed, reviewer, person):
    made = opened(run, mine)
    for who in (staffed.runner, person(Role.HR, Role.EMPLOYEE, email="x@example.com")):
        assert disputes.may_review(made, who) == (who != staffed.runner)
    with pytest.raises(SamePerson):
        disputes.acknowledge(made, by=staffed.runner, now=LATER)
    with pytest.raises(PermissionDenied):
        disputes.acknowledge(made, by=staffed.approver, now=LATER)
    assert disputes.acknowledge(made, by=reviewer, now=LATER).reviewer == reviewer


def test_what_is_upheld_ends_in_a_true_up(run, mine, staffed, reviewer):
    made = disputes.acknowledge(opened(run, mine), by=reviewer, now=LATER)
    with pytest.raises(Missing):
        disputes.decide(made, "upheld", answer="", by=reviewer, now=LATER)
    made = disputes.decide(made, "upheld", answer="The contract says so.", by=reviewer, now=LATER)
    with pytest.raises(Missing):
        disputes.settle(made, None, by=reviewer, now=LATER)
    staff.remove_assignment(mine.assignments.get(), by=staffed.runner)
    staff.assign(mine, unit("care"), "care", first=date(2024, 1, 1), target_cents=240_000, by=staffed.runner)
    again = runs.correct(run, "full time", by=staffed.runner, now=LATER)
    runs.verify(again, now=LATER)
    runs.approve(again, by=staffed.approver, now=LATER)
    with pytest.raises(Missing):
        disputes.settle(made, again, by=reviewer, now=LATER)
    again = runs.publish(again, by=staffed.runner, now=LATER)
    made = disputes.settle(made, again, by=reviewer, now=LATER)
    assert (made.state, made.correction) == ("closed", again)
    before, after = (statements.statement_of(one, mine).cents for one in (run, again))
    assert after == pytest.approx(2 * before, abs=1)
    assert ledger.entitled("care-2", "CX-SHARED", "2026Q1") == after


def test_one_appeal_goes_to_another_reviewer(run, mine, reviewer, person):
    made = disputes.acknowledge(opened(run, mine), by=reviewer, now=LATER)
    with pytest.raises(NotThatState):
        disputes.appeal(made, text="no", by=mine.user, now=LATER)
    made = disputes.decide(made, "rejected", answer="Half time.", by=reviewer, now=LATER)
    again = disputes.appeal(made, text="Look again.", by=mine.user, now=LATER)
    assert (again.appeals, again.line, again.reason) == (made, made.line, made.reason)
    with pytest.raises(SamePerson):
        disputes.acknowledge(again, by=reviewer, now=LATER)
    other = person(Role.HR, email="other@example.com")
    again = disputes.acknowledge(again, by=other, now=LATER)
    again = disputes.decide(again, "rejected", answer="Half time indeed.", by=other, now=LATER)
    for dispute in (made, again):
        with pytest.raises(NotThatState):
            disputes.appeal(dispute, text="Once more.", by=mine.user, now=LATER)
    told = {d.pk: d.may_appeal for d in statements.statement_of(run, mine).disputes}
    assert told == {made.pk: False, again.pk: False}


def test_a_run_is_locked_once_nothing_about_it_is_open(run, mine, staffed, reviewer):
    made = opened(run, mine)
    after = LATER + timedelta(days=40)
    with pytest.raises(NotThatState):
        runs.lock(run, by=staffed.runner, now=after)
    made = disputes.acknowledge(made, by=reviewer, now=LATER)
    made = disputes.decide(made, "rejected", answer="Half time.", by=reviewer, now=LATER)
    disputes.settle(made, None, by=reviewer, now=LATER)
    with pytest.raises(NotThatState):
        runs.lock(run, by=staffed.runner, now=LATER)
    assert runs.lock(run, by=staffed.runner, now=after).state == "locked"
