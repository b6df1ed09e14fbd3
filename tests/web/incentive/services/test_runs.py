"""Runs: frozen, computed, verified bit by bit, approved by somebody else, posted once."""

import hashlib
import json
import os
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from tests.web.incentive.staged import LATER, paid, published, unit

from viaggio.incentive.plan import read_plan
from viaggio.incentive.run import calculate as computed
from viaggio.incentive.run import snapshot_hash
from viaggio.store.incentives import verify as verified
from viaggio.web.incentive.models import AwardLine, Employee, LedgerEntry, Run, Snapshot
from viaggio.web.incentive.services import ledger, runs, staff, statements
from viaggio.web.incentive.services.errors import Missing, NotThatState, SamePerson
from viaggio.web.incentive.services.gathering import gather

pytestmark = pytest.mark.django_db


def test_a_year_is_settled_in_its_quarters(staffed):
    version = published(staffed)
    assert [(p.period, p.first, p.last, p.share) for p in runs.parts_of(version)] == [
        ("2026Q1", date(2026, 1, 1), date(2026, 3, 31), Fraction(1, 4)),
        ("2026Q2", date(2026, 4, 1), date(2026, 6, 30), Fraction(1, 4)),
        ("2026Q3", date(2026, 7, 1), date(2026, 9, 30), Fraction(1, 4)),
        ("2026Q4", date(2026, 10, 1), date(2026, 12, 31), Fraction(1, 4)),
    ]


def test_a_run_goes_from_the_answers_to_the_ledger(staffed):
    version = published(staffed)
    run = paid(version, staffed)
    awards = list(AwardLine.objects.filter(run=run))
    assert len(awards) == 21
    assert sum(a.cents for a in awards) > 0
    assert {step["state"] for step in run.steps} == {"done"}
    assert [step["code"] for step in run.steps] == list(runs.STEPS)
    entries = LedgerEntry.objects.filter(run=run.code)
    assert sum(e.amount_cents for e in entries) == sum(a.cents - a.held_cents for a in awards)
    assert ledger.check().whole
    for award in awards:
        assert ledger.entitled(award.person, "CX-SHARED", "2026Q1") == award.cents
        assert sum(round(Fraction(line["amount"]) * 100) for line in award.tree["lines"]) == award.cents


def test_a_run_verifies_and_a_changed_value_is_named(staffed):
    run = runs.calculate(published(staffed), 1, by=staffed.runner, now=LATER)
    assert runs.verify(run, now=LATER).same
    run.refresh_from_db()
    assert run.state == "verified"
    Run.objects.filter(pk=run.pk).update(outcome={**run.outcome, "total": "1.00"})
    run.refresh_from_db()
    places = {difference.place for difference in runs.verify(run, now=LATER).differences}
    assert places == {"outcome.total", "run.sha256"}


def test_the_run_as_a_file_verifies_without_the_company(staffed):
    run = paid(published(staffed), staffed)
    stored = json.loads(json.dumps(runs.document(run)))
    assert verified(stored).same
    stored["snapshot"]["people"][0]["placements"][0]["fte"] = "1/3"
    assert not verified(stored).same


def test_shuffled_rows_give_the_same_hash_and_one_answer_more_another(staffed):
    inputs, _ = gather(published(staffed), 1, now=LATER)
    turned = replace(
        inputs, people=tuple(reversed(inputs.people)), cells=tuple(reversed(inputs.cells)),
        kpis=dict(reversed(list(inputs.kpis.items()))),
    )  # fmt: skip
    assert snapshot_hash(turned) == snapshot_hash(inputs)
    first = next(cell for cell in inputs.cells if cell.strata)
    changed = replace(first, strata=(replace(first.strata[0], n=first.strata[0].n + 1), *first.strata[1:]))
    others = tuple(changed if cell is first else cell for cell in inputs.cells)
    assert snapshot_hash(replace(inputs, cells=others)) != snapshot_hash(inputs)


def test_the_snapshot_hash_is_what_a_stranger_computes(staffed):
    run = runs.calculate(published(staffed), 1, by=staffed.runner, now=LATER)
    assert hashlib.sha256(run.snapshot.text.encode()).hexdigest() == run.snapshot_id


def test_whoever_calculated_does_not_approve_and_nothing_unverified_is_approved(staffed, person):
    from viaggio.web.shared.roles import Role

    both = person(Role.HR, Role.APPROVER, email="both@example.com")
    run = runs.calculate(published(staffed), 1, by=both, now=LATER)
    with pytest.raises(NotThatState):
        runs.approve(run, by=staffed.approver, now=LATER)
    runs.verify(run, now=LATER)
    with pytest.raises(SamePerson):
        runs.approve(run, by=both, now=LATER)
    with pytest.raises(NotThatState):
        runs.publish(run, by=both, now=LATER)


def test_a_part_is_published_once(staffed):
    version = published(staffed)
    paid(version, staffed)
    with pytest.raises(NotThatState):
        runs.calculate(version, 1, by=staffed.runner, now=LATER)


def test_a_correction_posts_the_difference_under_the_plan_of_the_period(staffed):
    version = published(staffed)
    first = paid(version, staffed)
    one = Employee.objects.get(pseudonym="south-1")
    before = AwardLine.objects.get(run=first, person="south-1").cents
    stay = one.assignments.get()
    staff.remove_assignment(stay, by=staffed.runner)
    staff.assign(one, unit("south"), "field", first=date(2024, 1, 1), target_cents=240_000, fte="0.9",
                 by=staffed.runner)  # fmt: skip
    with pytest.raises(Missing):
        runs.correct(first, "  ", by=staffed.runner, now=LATER)
    second = runs.correct(first, "working time was 0.9", by=staffed.runner, now=LATER)
    assert (second.version, second.number, second.corrects) == (version, 2, first)
    runs.verify(second, now=LATER)
    runs.approve(second, by=staffed.approver, now=LATER)
    runs.publish(second, by=staffed.runner, now=LATER)
    after = AwardLine.objects.get(run=second, person="south-1").cents
    assert after == pytest.approx(before * 0.9, abs=1)
    (entry,) = LedgerEntry.objects.filter(run=second.code)
    assert (entry.person, entry.kind, entry.amount_cents) == ("south-1", "true_up", after - before)
    assert ledger.entitled("south-1", "CX-SHARED", "2026Q1") == after
    first.refresh_from_db()
    assert first.state == "superseded"
    shown = statements.statement_of(second, one)
    assert (shown.cents, shown.balance_cents, shown.corrects) == (after, after, first.code)


def test_the_engine_alone_gives_the_same_awards(staffed):
    version = published(staffed)
    run = runs.calculate(version, 1, by=staffed.runner, now=LATER)
    inputs, _ = gather(version, 1, now=LATER)
    alone = computed(read_plan(version.document), inputs)
    assert {a.person: a.cents for a in alone.awards} == dict(
        AwardLine.objects.filter(run=run).values_list("person", "cents")
    )
    assert Snapshot.objects.get(pk=run.snapshot_id).sha256 == alone.snapshot


def test_another_database_gives_the_same_hashes(staffed):
    """Tells them to `test_on_postgresql`, which compares."""
    version = published(staffed)
    run = paid(version, staffed)
    told = {
        "plan": version.sha256, "snapshot": run.snapshot_id, "run": run.sha256,
        "ledger": LedgerEntry.objects.latest("seq").hash,
    }  # fmt: skip
    assert {len(value) for value in told.values()} == {64}
    if os.environ.get("VIAGGIO_TEST_HASHES"):
        Path(os.environ["VIAGGIO_TEST_HASHES"]).write_text(json.dumps(told))
