"""The simulator: without chance it is the engine; differences are exact; it can be stopped."""

import pytest
from django_tasks_db.models import DBTaskResult
from tests.web.incentive.office.conftest import NOW, PLAN, signed
from tests.web.incentive.office.test_plans import at, text_of

from viaggio.web.incentive.models import Employee, Simulation
from viaggio.web.incentive.services import plans, simulating
from viaggio.web.incentive.services.simulating import Wish

pytestmark = pytest.mark.django_db

STILL = {"part": "1", "draws": "500", "seed": "1", "spread": "0", "correlation": "0", "turnover": "0",
         "kpi_sd": "0", "against": ""}  # fmt: skip


def asked(client, version, **said) -> Simulation:
    client.post(at(version, "simulator"), {**STILL, **said})
    return Simulation.objects.order_by("-pk").first()


def test_without_chance_every_draw_costs_what_the_engine_computes(published, company, figures, author):
    """4,200 euro, as the run by hand."""
    one = asked(signed(author), published)
    assert DBTaskResult.objects.count() == 1
    simulating.compute(one.pk)
    answer = signed(author).get(at(published, f"simulator/{one.pk}/"))
    result = answer.context["result"]
    assert (result.base, result.p5, result.p50, result.p95) == (420_000,) * 4
    assert result.sd == 0
    assert (result.pool_binds, result.people) == (0.0, 12)
    assert "€4,200.00" in text_of(answer)


def test_a_point_costs_what_the_curve_says(published, company, figures, author):
    """A point of NPS is 1/12 of the target: 0.6 x 500 / 12 for six people, 500 / 12 for the other six."""
    one = asked(signed(author), published)
    simulating.compute(one.pk)
    result = signed(author).get(at(published, f"simulator/{one.pk}/")).context["result"]
    by_hand = 6 * 0.6 * 500 / 12 + 6 * 500 / 12
    nps = dict(result.per_point)["NPS of the company"]
    assert nps == pytest.approx(by_hand * 100, abs=12)  # a cent each


def test_small_units_are_not_told(published, company, figures, author):
    one = asked(signed(author), published)
    simulating.compute(one.pk)
    result = signed(author).get(at(published, f"simulator/{one.pk}/")).context["result"]
    assert "Kiosk" not in [name for name, _band in result.units]
    assert result.hidden >= 2


def test_the_payout_by_gender_is_shown_where_nobody_is_known_by_it(published, company, figures, author):
    """Depot at NPS 33 and 80 %: 0.6 x 0.75 + 0.4 x 0.5 = 65 % of target; shop and kiosk: 75 %."""
    people = list(Employee.objects.order_by("pseudonym"))
    for number, one in enumerate(people):  # four women and two men in the depot, the others the other way
        one.gender = "f" if number in {0, 1, 2, 3, 6, 7} else "m"
        one.save()
    one = asked(signed(author), published)
    simulating.compute(one.pk)
    answer = signed(author).get(at(published, f"simulator/{one.pk}/"))
    shares = {name: (count, paid) for name, count, paid in answer.context["result"].genders}
    assert shares["Women"] == (6, pytest.approx((4 * 0.65 + 2 * 0.75) / 6))
    assert shares["Men"] == (6, pytest.approx((2 * 0.65 + 4 * 0.75) / 6))
    assert "By gender" in text_of(answer)
    for last in people[2:]:
        last.gender = "m"
        last.save()
    other = asked(signed(author), published)
    simulating.compute(other.pk)
    answer = signed(author).get(at(published, f"simulator/{other.pk}/"))
    assert {row[1:] for row in answer.context["result"].genders} == {(None, None)}
    assert text_of(answer).count("too few to be shown") == 2


def test_the_difference_to_another_version_is_exact(published, company, figures, author):
    """Sales at 50 % of the curve for NPS: six people get 187.50 instead of 375 euro."""
    other = plans.new_version(published, by=author, now=NOW)
    line = '    shared:\n      - {measure: company_nps, weight: "1"'
    nothing = '{measure: on_time, weight: "0.5", curve: {points: [["81", "0"], ["85", "1"]]}}'
    softer = f"    function:\n      - {nothing}\n{line}".replace('weight: "1"', 'weight: "0.5"')
    assert line in other.source
    other = plans.edit(other, other.source.replace(line, softer), by=author, now=NOW)
    one = asked(signed(author), other, against=str(published.pk))
    simulating.compute(one.pk)
    shown = signed(author).get(at(other, f"simulator/{one.pk}/")).context["result"].comparison
    assert (shown.total.before, shown.total.after) == (420_000, 420_000 - 6 * 18_750)
    assert (shown.more, shown.less, shown.people_all) == (0, 6, 6)
    assert {row.difference for row in shown.people} == {-18_750}
    assert sum(cents for _cause, cents in shown.causes) == -6 * 18_750


def test_a_stopped_simulation_keeps_nothing(published, company, figures, author):
    one = asked(signed(author), published)
    signed(author).post(at(published, f"simulator/{one.pk}/cancel"))
    simulating.compute(one.pk)
    stopped = Simulation.objects.get(pk=one.pk)
    assert (stopped.state, stopped.result) == ("cancelled", {})


def test_a_running_simulation_stops_at_its_next_look(published, company, figures, author, monkeypatch):
    one = asked(signed(author), published)
    monkeypatch.setattr(simulating, "BETWEEN_WORDS", 0.0)
    told = simulating._Telling(one.pk)
    Simulation.objects.filter(pk=one.pk).update(state="running")
    told.progress(1, 10)
    assert not told.stopped()
    simulating.cancel(one, by=author, now=NOW)
    told.progress(2, 10)
    assert told.stopped()


def test_the_part_that_polls_says_when_to_load_the_page_again(published, company, figures, author):
    one = asked(signed(author), published)
    client = signed(author)
    waiting = client.get(at(published, f"simulator/{one.pk}/progress"))
    assert "HX-Refresh" not in waiting.headers
    simulating.compute(one.pk)
    assert client.get(at(published, f"simulator/{one.pk}/progress")).headers["HX-Refresh"] == "true"


def test_what_can_not_be_computed_says_why(workspace, company, author):
    pool = 'pool: {kind: self_funded, rate: "0.03", above: {ebitda: "10"}}'
    text = PLAN.replace("SMALL", "FUND").replace('pool: {kind: fixed, amount: "40000"}', pool)
    assert pool in text
    version = plans.create(text, by=author, now=NOW)
    one = simulating.ask(
        version, Wish(draws=500, seed=1, spread="0", correlation="0", turnover="0", kpi_sd="0", kpis={}),
        part=1, against=None, by=author, now=NOW,
    )  # fmt: skip
    simulating.compute(one.pk)
    said = text_of(signed(author).get(at(version, "simulator")))
    assert Simulation.objects.get(pk=one.pk).state == "failed"
    assert "A figure that the pool or a gate reads is missing" in said
    assert "EBITDA as assumed" in said
