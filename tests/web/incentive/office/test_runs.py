"""Pages of runs: every figure equals a calculation by hand; four eyes; small units stay hidden.

By hand: NPS 33 lies three quarters of the way from 24 (0 %) to 36 (100 %), so it pays 75 %; 80 % on time lies
half-way from 75 (0 %) to 85 (100 %), so it pays 50 %. Logistics: 0.6 x 0.75 + 0.4 x 0.5 = 0.65; sales: 0.75.
A quarter of 2,000 euro is 500 euro: 325 and 375 euro; six of the first and six of the second make 4,200 euro.
The pool of a quarter of 40,000 euro does not limit.
"""

from datetime import date

import pytest
from tests.web.incentive.office.conftest import NOW, signed
from tests.web.incentive.office.test_plans import text_of

from viaggio.web.incentive.models import Assignment, LedgerEntry, Run
from viaggio.web.incentive.services import runs
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.django_db


def at(run: Run, last: str = "") -> str:
    return f"/pay/runs/{run.code}/{last}"


def test_the_page_adds_up_as_a_calculation_by_hand(run, author):
    answer = signed(author).get(at(run))
    page, said = answer.context["page"], text_of(answer)
    assert (page.totals.people, page.totals.cents, page.totals.held_cents) == (12, 420_000, 0)
    assert "€4,200.00" in said
    assert (page.pool_cents, page.factor, page.binds) == (1_000_000, 1, False)
    assert page.unspent_cents == 1_000_000 - 420_000
    cells = {(cell.measure, cell.raw, str(cell.payout)) for cell in page.cells}
    assert cells == {("company_nps", "33.000000", "3/4"), ("on_time", "80.000000", "1/2")}
    assert "NPS of the company everybody" in said
    assert run.sha256 in said
    assert run.snapshot_id in said


def test_a_small_unit_is_hidden_and_so_is_one_from_which_it_would_follow(run, author):
    answer = signed(author).get(at(run))
    units = {unit.code: unit for unit in answer.context["page"].units}
    assert units["kiosk"].hidden
    assert sum(unit.hidden for unit in units.values() if unit.code) >= 2
    shown = [unit for unit in units.values() if not unit.hidden]
    assert all(unit.cents in {6 * 32_500, 4 * 37_500, 420_000} for unit in shown)
    assert "€750.00" not in text_of(answer)  # two people of the kiosk


def test_every_step_of_the_pipeline_is_named_with_its_counts(run, author):
    answer = signed(author).get(at(run))
    stages = answer.context["page"].stages
    assert [stage.code for stage in stages] == [f"S{n}" for n in range(15)]
    assert [stage.state for stage in stages] == ["done"] * 13 + ["open"] * 2
    said = text_of(answer)
    assert "in all: €4,200.00" in said
    assert "targets of this part: €6,000.00" in said


def test_who_computed_can_not_approve_and_is_told_why(published, company, figures, person):
    both = person(Role.HR, Role.APPROVER, email="both@example.com", language="en")
    mine = runs.calculate(published, 1, by=both, now=NOW)
    client = signed(both)
    client.post(at(mine, "move"), {"verb": "verify"})
    page = client.get(at(mine))
    assert 'value="approve"' not in page.content.decode()
    assert "You computed this run, so somebody else has to approve it." in text_of(page)
    answer = client.post(at(mine, "move"), {"verb": "approve"}, follow=True)
    assert "Two people are needed" in text_of(answer)
    assert Run.objects.get(pk=mine.pk).state == "verified"


def test_a_run_goes_from_computed_to_published_by_three_presses(run, author, approver):
    for who, verb in ((author, "verify"), (approver, "approve"), (author, "publish")):
        assert f'value="{verb}"' in signed(who).get(at(run)).content.decode()
        signed(who).post(at(run, "move"), {"verb": verb})
    assert Run.objects.get(pk=run.pk).state == "published"
    page = signed(author).get(at(run)).context["page"]
    assert page.posted == [("award", 12, 420_000)]
    assert sum(LedgerEntry.objects.values_list("amount_cents", flat=True)) == 420_000


def test_a_part_is_computed_from_the_list(published, company, figures, author):
    client = signed(author)
    listed = client.get("/pay/runs/").context["waiting"]
    assert listed[0].part.period == "2026Q1"
    answer = client.post("/pay/runs/new", {"version": published.pk, "part": 1})
    made = Run.objects.get()
    assert answer.url == at(made)
    rows = client.get("/pay/runs/").context["rows"]
    assert [(row.run.pk, row.people, row.cents) for row in rows] == [(made.pk, 12, 420_000)]


def test_a_correction_shows_what_moved_and_why(paid, author):
    half = Assignment.objects.get(employee__pseudonym="P00")
    Assignment.objects.filter(pk=half.pk).update(fte="0.5")
    client = signed(author)
    client.post(at(paid, "move"), {"verb": "correct", "cause": "part-time", "fresh_measures": "yes"})
    fresh = Run.objects.get(number=2)
    shown = client.get(at(fresh)).context["page"].corrected
    assert (shown.cents_before, shown.cents, shown.moved) == (420_000, 420_000 - 16_250, 1)
    assert dict(shown.causes).keys() == {"people"}
    assert at(fresh) in client.get(at(paid)).content.decode()


def test_a_correction_needs_a_cause(paid, author):
    answer = signed(author).post(at(paid, "move"), {"verb": "correct", "cause": " "}, follow=True)
    assert "write the reason" in text_of(answer)
    assert Run.objects.count() == 1


def test_figures_entered_by_hand_have_no_page_of_scores(run, author):
    page = signed(author).get(at(run)).context["page"]
    assert [cell.pages for cell in page.cells] == [(), ()]


def test_what_is_not_over_is_marked(published, company, author):
    waiting = signed(author).get("/pay/runs/").context["waiting"]
    today = date.today()  # noqa: DTZ011 -- the page asks the same clock
    assert {one.part.period: one.over for one in waiting} == {
        one.part.period: one.part.last < today for one in waiting
    }
