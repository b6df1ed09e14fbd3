"""The sample company's shared incentive adds up: staff as in the facts, four quarters, one correction."""

from collections import defaultdict
from datetime import date
from fractions import Fraction

import pytest

from viaggio.demo import generate
from viaggio.demo.sign_ins import SIGN_INS
from viaggio.store.engine import engine
from viaggio.store.fold import fold
from viaggio.store.intake import land_recipe
from viaggio.web.demo_pay import OBJECTS, make_pay
from viaggio.web.incentive.models import AwardLine, Dispute, Employee, LedgerEntry, PlanVersion, Run
from viaggio.web.incentive.services import ledger, runs
from viaggio.web.shared.persons import create_user
from viaggio.web.shared.roles import Role

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


@pytest.fixture
def company(workspace, tmp_path):
    generate(tmp_path / "raw", scale=20_000, seed=7, end=date(2026, 11, 1))
    for source in sorted(path for path in (tmp_path / "raw").iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(source.glob("*.parquet"))}
        land_recipe(workspace, files, "native", {"source": source.name}, by="test")
    fold(workspace)
    for email, name, role, function, language in SIGN_INS:
        create_user(email, name=name, roles=[Role(role)], function=function, language=language)
    make_pay(workspace)
    return workspace


def test_the_company_settles_four_quarters_and_sets_one_objection_right(company):
    facts = engine(company).sql("select distinct employee from employments")
    assert Employee.objects.count() == facts.num_rows
    version = PlanVersion.objects.get()
    assert version.author_id != version.approver_id
    published = Run.objects.filter(state="published")
    assert sorted(published.values_list("period", flat=True)) == ["2025Q4", "2026Q1", "2026Q2", "2026Q3"]
    for run in published:
        awards = AwardLine.objects.filter(run=run)
        assert sum(a.cents for a in awards) == Fraction(run.outcome["total"]) * 100
        assert runs.verify(run, now=run.published_at).same
    assert ledger.check().whole
    mine = Employee.objects.get(user__email=OBJECTS).pseudonym
    moved = LedgerEntry.objects.filter(kind="true_up")
    assert set(moved.values_list("person", "period")) == {(mine, "2026Q2")}
    before, after = (AwardLine.objects.get(run__period="2026Q2", run__number=n, person=mine) for n in (1, 2))
    assert sum(e.amount_cents for e in moved) == after.cents - before.cents > 0
    assert sorted(Dispute.objects.values_list("state", flat=True)) == ["closed", "rejected"]
    the_ledger_says_of_everybody_what_the_newest_runs_gave()
    most_people_know_their_goals(version)


def most_people_know_their_goals(version: PlanVersion):
    handed = list(version.acknowledgements.select_related("employee"))
    known = [row for row in handed if row.acknowledged_at]
    assert 0.8 < len(known) / len(handed) < 1
    for row in known:
        assert row.acknowledged_at > row.delivered_at
        assert row.employee.hired < row.acknowledged_at.date() <= (row.employee.left or date.max)
    with_account = [row for row in handed if row.employee.user_id]
    assert with_account
    assert all(row.acknowledged_at for row in with_account)


def the_ledger_says_of_everybody_what_the_newest_runs_gave():
    balance: dict[tuple[str, str], int] = defaultdict(int)
    for entry in LedgerEntry.objects.filter(kind__in=["award", "true_up", "waive", "rounding"]):
        balance[entry.person, entry.period] += entry.amount_cents
    given = {
        (award.person, award.run.period): award.cents
        for award in AwardLine.objects.filter(run__state="published").select_related("run")
    }
    assert {key: cents for key, cents in balance.items() if cents} == {k: c for k, c in given.items() if c}
