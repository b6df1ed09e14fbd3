"""A flag changes no amount; a person who is not the head of the cell decides, in time, with a reason."""

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from tests.web.incentive.staged import LATER, paid, published, unit

from viaggio.incentive.detectors import Detector, Finding, State
from viaggio.web.incentive.models import AwardLine, Employee, Flag, LedgerEntry
from viaggio.web.incentive.services import flags, ledger, runs, staff
from viaggio.web.incentive.services.errors import Missing, NotThatState, TooLate
from viaggio.web.incentive.services.plan_cells import Place
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db

FINDING = Finding(
    detector=Detector.BEGGING, cell="north team", state=State.FLAGGED, statistic=0.4, p=float("nan"),
    values={"asked": 40, "yes": 16}, responses=tuple(f"r{n}" for n in range(80)),
)  # fmt: skip


@pytest.fixture
def manager(person):
    return person(Role.CX_MANAGER, email="cx@example.com")


def flagged(version) -> Flag:
    return flags.keep(version, "2026Q1", Place("north", "team"), FINDING, now=LATER)


def test_a_finding_is_kept_once_and_as_plain_values(staffed):
    version = published(staffed)
    flag = flagged(version)
    assert flagged(version).pk == flag.pk
    assert flag.finding["p"] is None
    assert len(flag.finding["responses"]) == 50
    assert flag.due_at - flag.found_at == timedelta(days=60)


def test_an_open_flag_changes_nothing_and_a_held_one_only_when_it_is_paid(staffed, manager):
    version = published(staffed)
    plain = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    flag = flagged(version)
    still = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    assert still.sha256 == plain.sha256
    flags.decide(flag, "hold", reason="begging", by=manager, now=LATER)
    held = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    amounts = [dict(AwardLine.objects.filter(run=r).values_list("person", "cents")) for r in (plain, held)]
    assert amounts[0] == amounts[1]
    waiting = dict(AwardLine.objects.filter(run=held, held_cents__gt=0).values_list("person", "held_cents"))
    assert set(waiting) == {f"north-{n}" for n in range(1, 7)}


def test_money_that_was_posted_is_held_released_or_lost_by_the_ledger(staffed, manager):
    version = published(staffed)
    run = paid(version, staffed)
    award = AwardLine.objects.get(run=run, person="north-1")
    (line,) = [line for line in award.tree["lines"] if line["measure"] == "team"]
    at_stake = round(float(line["amount"]) * 100)
    flag = flags.decide(flagged(version), "hold", reason="begging", by=manager, now=LATER)
    assert ledger.entitled("north-1", "CX-SHARED", "2026Q1") == award.cents
    assert ledger.payable("north-1", "CX-SHARED", "2026Q1") == award.cents - at_stake
    assert flags.held_cents(flag) == -sum(
        entry.amount_cents for entry in LedgerEntry.objects.filter(kind="hold")
    )
    flags.decide(flag, "forfeit", reason="proven", by=manager, now=LATER)
    assert ledger.payable("north-1", "CX-SHARED", "2026Q1") == award.cents - at_stake
    assert ledger.entitled("north-1", "CX-SHARED", "2026Q1") == award.cents - at_stake
    assert ledger.check().whole


def test_what_is_released_is_whole_again(staffed, manager):
    version = published(staffed)
    run = paid(version, staffed)
    flag = flags.decide(flagged(version), "hold", reason="begging", by=manager, now=LATER)
    flags.decide(flag, "release", reason="explained", by=manager, now=LATER)
    for award in AwardLine.objects.filter(run=run):
        assert ledger.payable(award.person, "CX-SHARED", "2026Q1") == award.cents


def test_the_head_of_the_cell_or_above_and_whoever_is_paid_in_it_do_not_decide(staffed, manager, person):
    version = published(staffed)
    flag = flagged(version)
    staff.change_unit(unit("north"), by=staffed.runner, head=manager)
    for blocked in (manager, person(Role.HR), person(Role.APPROVER)):
        assert not flags.may_decide(flag, blocked)
        with pytest.raises(PermissionDenied):
            flags.decide(flag, "hold", reason="x", by=blocked, now=LATER)
    staff.change_unit(unit("north"), by=staffed.runner, head=None)
    staff.change_unit(unit(""), by=staffed.runner, head=manager)
    assert not flags.may_decide(flag, manager)
    staff.change_unit(unit(""), by=staffed.runner, head=None)
    assert flags.may_decide(flag, manager)
    staff.change_employee(Employee.objects.get(pseudonym="north-1"), by=staffed.runner, user=manager)
    assert not flags.may_decide(flag, manager)


def test_a_decision_has_a_reason_comes_in_time_and_is_made_once(staffed, manager):
    flag = flagged(published(staffed))
    with pytest.raises(Missing):
        flags.decide(flag, "hold", reason=" ", by=manager, now=LATER)
    with pytest.raises(TooLate):
        flags.decide(flag, "hold", reason="x", by=manager, now=LATER + timedelta(days=61))
    flags.decide(flag, "release", reason="x", by=manager, now=LATER)
    with pytest.raises(NotThatState):
        flags.decide(flag, "hold", reason="x", by=manager, now=LATER)


def test_what_nobody_decided_in_time_is_released(staffed, manager):
    version = published(staffed)
    run = paid(version, staffed)
    flags.decide(flagged(version), "hold", reason="begging", by=manager, now=LATER)
    (ended,) = flags.expire(LATER + timedelta(days=61))
    assert ended.state == "expired"
    for award in AwardLine.objects.filter(run=run):
        assert ledger.payable(award.person, "CX-SHARED", "2026Q1") == award.cents


def test_the_detectors_look_at_the_plans_cells_and_keep_what_they_flag_once(staffed):
    version = published(staffed)
    first = {flag.pk for flag in flags.look(version, 1, now=LATER)}
    assert {flag.pk for flag in flags.look(version, 1, now=LATER)} == first
    assert set(Flag.objects.values_list("pk", flat=True)) == first
