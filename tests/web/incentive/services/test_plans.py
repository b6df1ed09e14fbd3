"""Plans: four eyes, a text that never changes once submitted, goals handed over, an alarm where they miss."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from tests.web.incentive.staged import NOW, PLAN, published, unit, written

from viaggio.incentive.plan import read_plan
from viaggio.web.incentive.models import Employee
from viaggio.web.incentive.services import plans, staff, switch
from viaggio.web.incentive.services.errors import Missing, NotThatState, PlanRefused, SamePerson
from viaggio.web.shared.models import Alert, AuditEntry
from viaggio.web.shared.models.outgoing import Outgoing
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db
PERSON = {**PLAN["measures"], "company_nps": {"metric": "nps", "scope": "person"}}


def submitted(office, **changes):
    made = plans.create(written(**changes), by=office.designer, now=NOW)
    made = plans.mark_simulated(made, by=office.designer, now=NOW)
    return plans.submit(made, by=office.designer, now=NOW)


def test_versions_count_up_and_say_their_number(office):
    first = plans.create(written(), by=office.designer, now=NOW)
    second = plans.new_version(first, by=office.designer, now=NOW)
    assert (first.number, second.number) == (1, 2)
    assert read_plan(second.document).name == "CX-SHARED@2"
    assert first.sha256 != second.sha256


def test_the_author_never_approves_though_he_may_approve_others(office, person):
    both = person(Role.HR, Role.APPROVER, email="both@example.com")
    made = plans.create(written(), by=both, now=NOW)
    made = plans.submit(plans.mark_simulated(made, by=both, now=NOW), by=both, now=NOW)
    assert "approve" not in plans.steps(made, both).may
    with pytest.raises(SamePerson):
        plans.approve(made, by=both, now=NOW)
    assert plans.approve(made, by=office.approver, now=NOW).state == "approved"


def test_whom_the_plan_pays_needs_a_second_approver(staffed):
    paid = Employee.objects.get(pseudonym="care-1")
    staff.change_employee(paid, by=staffed.runner, user=staffed.approver)
    made = plans.approve(submitted(staffed), by=staffed.approver, now=NOW)
    assert (made.state, plans.steps(made, staffed.second).waits_for) == ("submitted", "second_approver")
    with pytest.raises(SamePerson):
        plans.approve(made, by=staffed.approver, now=NOW)
    made = plans.approve(made, by=staffed.second, now=NOW)
    assert (made.state, made.approver, made.second_approver) == ("approved", staffed.approver, staffed.second)


def test_no_step_is_left_out(office):
    made = plans.create(written(), by=office.designer, now=NOW)
    for step, by in ((plans.submit, office.designer), (plans.approve, office.approver),
                     (plans.publish, office.designer), (plans.close, office.designer)):  # fmt: skip
        with pytest.raises(NotThatState):
            step(made, by=by, now=NOW)
    with pytest.raises(PermissionDenied):
        plans.mark_simulated(made, by=office.approver, now=NOW)


def test_what_is_edited_has_to_be_simulated_again_and_what_is_submitted_stays(office):
    made = plans.create(written(), by=office.designer, now=NOW)
    made = plans.mark_simulated(made, by=office.designer, now=NOW)
    made = plans.edit(made, written(individual_cap="1.4"), by=office.designer, now=NOW)
    assert made.state == "draft"
    made = plans.submit(plans.mark_simulated(made, by=office.designer, now=NOW), by=office.designer, now=NOW)
    with pytest.raises(NotThatState):
        plans.edit(made, written(), by=office.designer, now=NOW)


def test_a_refused_plan_has_a_reason_and_its_successor_is_a_draft(office):
    made = submitted(office)
    with pytest.raises(Missing):
        plans.send_back(made, by=office.approver, now=NOW, reason=" ")
    made = plans.send_back(made, by=office.approver, now=NOW, reason="weights")
    assert made.state == "closed"
    assert plans.new_version(made, by=office.designer, now=NOW).state == "draft"
    assert AuditEntry.objects.get(action="incentive.plan.refused").details["reason"] == "weights"


def test_findings_that_refuse_keep_a_plan_from_being_simulated(office):
    made = plans.create(written(min_shared_weight="0.9"), by=office.designer, now=NOW)
    with pytest.raises(PlanRefused) as refused:
        plans.mark_simulated(made, by=office.designer, now=NOW)
    assert {finding.code for finding in refused.value.findings} == {"shared.below_minimum"}


def test_after_its_period_has_begun_a_plan_accrues_from_a_later_day_only(office):
    late = datetime(2026, 2, 10, 9, tzinfo=UTC)
    made = plans.approve(submitted(office), by=office.approver, now=NOW)
    with pytest.raises(PlanRefused):
        plans.publish(made, by=office.designer, now=late)
    made = plans.approve(submitted(office, accrues_from="2026-03-01"), by=office.approver, now=NOW)
    assert plans.publish(made, by=office.designer, now=late).state == "active"


def test_publishing_hands_the_goals_over_and_closes_the_version_before(staffed, person):
    first = published(staffed)
    assert first.acknowledgements.count() == 21
    one = Employee.objects.get(pseudonym="care-1")
    staff.change_employee(one, by=staffed.runner, user=person(Role.EMPLOYEE, email="e@example.com"))
    one.refresh_from_db()
    with pytest.raises(PermissionDenied):
        plans.acknowledge(first, one, by=staffed.runner, now=NOW)
    plans.acknowledge(first, one, by=one.user, now=NOW)
    state = plans.assigned(first)
    assert (state.people, state.delivered, state.acknowledged, state.without_goals) == (21, 21, 1, ())
    second = published(staffed)
    first.refresh_from_db()
    assert (first.state, second.number) == ("closed", 2)


def test_a_period_that_opens_without_goals_raises_the_alarm_once(staffed):
    staff.add_employee(by=staffed.runner, hired=date(2024, 1, 1), pseudonym="nobody")
    version = published(staffed)
    opening = datetime(2026, 1, 2, 6, tzinfo=UTC)
    plans.begin(NOW)
    assert not Alert.objects.exists()
    assert [one.pk for one in plans.begin(opening)] == [version.pk]
    plans.begin(opening + timedelta(days=1))
    assert [alert.key for alert in Alert.objects.all()] == ["pay.goals_missing:CX-SHARED@1"]
    assert set(Outgoing.objects.values_list("to", flat=True)) == {
        staffed.designer.email,
        staffed.runner.email,
    }


def test_an_approved_plan_whose_period_opens_raises_the_alarm_too(staffed):
    plans.approve(submitted(staffed), by=staffed.approver, now=NOW)
    plans.begin(datetime(2026, 1, 1, 6, tzinfo=UTC))
    assert Alert.objects.count() == 1


def test_measures_of_persons_are_refused_until_two_others_turn_the_switch(office, person):
    made = plans.create(written(measures=PERSON), by=office.designer, now=NOW)
    with pytest.raises(PlanRefused, match="refused"):
        plans.mark_simulated(made, by=office.designer, now=NOW)
    with pytest.raises(Missing):
        switch.ask("A-12/26", " ", by=office.designer, now=NOW)
    asked = switch.ask("A-12/26", "DPIA-4", by=office.designer, now=NOW)
    asked = switch.approve(asked, by=office.approver, now=NOW)
    assert not switch.is_on()
    with pytest.raises(SamePerson):
        switch.approve(asked, by=office.approver, now=NOW)
    asked = switch.approve(asked, by=office.second, now=NOW)
    assert switch.is_on()
    assert plans.mark_simulated(made, by=office.designer, now=NOW).state == "simulated"
    switch.turn_off(asked, by=office.approver, now=NOW)
    assert not switch.is_on()
    with pytest.raises(PlanRefused):
        plans.submit(made, by=office.designer, now=NOW)


def test_nobody_is_paid_by_a_plan_whose_groups_are_others(staffed):
    assert not plans.is_beneficiary(published(staffed), staffed.second)
    stranger = staff.add_employee(by=staffed.runner, hired=date(2024, 1, 1), user=staffed.second)
    staff.assign(stranger, unit("care"), "board", first=date(2024, 1, 1), target_cents=1, by=staffed.runner)
    assert not plans.is_beneficiary(published(staffed), staffed.second)
