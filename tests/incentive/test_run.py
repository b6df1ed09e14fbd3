"""Whole runs: the worked company to the cent, and laws that hold for any company."""

import json
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plans import plan_document

from viaggio.incentive.errors import BadAssignment, BadPlan
from viaggio.incentive.exact import amount, exact, written
from viaggio.incentive.plan import read_plan
from viaggio.incentive.run import Away, Cell, Hold, Inputs, Person, Placement, Stratum, calculate

E15 = json.loads((Path(__file__).parents[1] / "golden" / "incentives.json").read_text())["examples"]["E15"]
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)


def flat(measure: str, value: str, n: int, **more) -> Cell:
    return Cell(measure=measure, strata=(Stratum(value=exact(value), n=n),), **more)


def company():
    """Example E15 as a plan and its inputs."""
    given_ = E15["inputs"]
    line = given_["curves"]
    groups = {
        name: {
            "shared": [
                {"measure": m, "weight": w, "curve": line[m]} for m, w in given_["shared_weights"].items()
            ],
            "function": [
                {"measure": f"map:{name}", "weight": given_["function_weight"], "curve": line["function"]}
            ],
        }
        for name in given_["contribution_map"]
    }
    document = {
        "plan": "E15", "version": "1", "legal_basis": "PROGRAM",
        "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "eligibility": {"min_service_days": str(given_["min_service_days"])},
        "absences": {"unpaid": {"lost": "1"}},
        "guardrails": {"n_min": str(given_["n_min"]), "ladder": ["parent", "redistribute", "neutral"]},
        "groups": groups, "contribution_map": given_["contribution_map"],
        "pool": {"kind": "self_funded", "rate": "0.03", "above": {"ebitda": "10000000"}, "max": "18000"},
    }  # fmt: skip
    cells = [
        Cell(measure="company_nps", strata=(Stratum(kind="nps", n=2080, promoters=1130, detractors=402),)),
        flat("pulse_index", given_["pulse_index"], 0),
    ]
    for name, seen in given_["touchpoint_csat"].items():
        cells.append(flat(name, seen["value"], seen["n"]))
    hr, everybody = given_["touchpoint_csat"]["internal_hr"], given_["touchpoint_csat"]["internal_all"]
    cells.append(flat("map:hr", everybody["value"], everybody["n"], unit="everybody"))
    cells.append(flat("map:hr", hr["value"], hr["n"], parent="everybody"))
    people = tuple(
        Person(
            id=p["id"],
            placements=tuple(
                Placement(
                    first=date.fromisoformat(a), last=date.fromisoformat(b), unit=unit, group=unit,
                    fte=exact(fte), target=exact(p["target"]),
                )
                for unit, a, b, fte in p["segments"]
            ),
            away=tuple(
                Away(first=date.fromisoformat(a), last=date.fromisoformat(b), kind="unpaid")
                for a, b, _ in p["unpaid_absences"]
            ),
        )
        for p in given_["people"]
    )  # fmt: skip
    kpi = Fraction(10_520_000)
    return read_plan(document), Inputs(people=people, cells=tuple(cells), kpis={"ebitda": kpi})


def test_the_worked_company_is_paid_to_the_cent():
    outcome = calculate(*company())
    expected = E15["expected"]
    assert {a.person: amount(a.cents) for a in outcome.awards} == expected["awards"]
    assert {a.person: written(a.raw) for a in outcome.awards} == expected["raw_awards_6dp"]
    assert {a.person: str(a.status) for a in outcome.awards} == expected["status"]
    assert amount(outcome.total_cents) == expected["total"]
    assert written(outcome.factor) == expected["lambda_6dp"]
    costs = {unit: amount(cents) for unit, cents in outcome.cost_by_unit.items()}
    assert costs == expected["cost_by_function"]


def test_the_function_with_too_few_answers_is_paid_on_its_parent_and_says_so():
    outcome = calculate(*company())
    reasons = {
        line.unit: line.result.reason
        for award in outcome.awards
        for line in award.lines
        if line.result.measure.startswith("map:")
    }
    assert reasons.pop("hr") == "fallback:parent"
    assert set(reasons.values()) == {"own"}


@pytest.mark.parametrize("seed", range(5))
def test_shuffled_rows_give_the_same_outcome_and_the_same_snapshot(seed):
    plan, inputs = company()
    chance = Random(seed)
    people, cells = list(inputs.people), list(inputs.cells)
    chance.shuffle(people)
    chance.shuffle(cells)
    people = [replace(p, placements=tuple(reversed(p.placements))) for p in people]
    assert calculate(plan, Inputs(people=tuple(people), cells=tuple(cells), kpis=inputs.kpis)) == calculate(
        plan, inputs
    )


def test_one_answer_more_changes_the_snapshot():
    plan, inputs = company()
    cells = list(inputs.cells)
    cells[0] = Cell(
        measure="company_nps", strata=(Stratum(kind="nps", n=2081, promoters=1131, detractors=402),)
    )
    assert calculate(plan, replace(inputs, cells=tuple(cells))).snapshot != calculate(plan, inputs).snapshot


def test_splitting_a_stay_changes_nobodys_award():
    plan, inputs = company()
    split = []
    for person in inputs.people:
        stays = []
        for stay in person.placements:
            middle = stay.first + (stay.last - stay.first) / 2
            stays += [replace(stay, last=middle), replace(stay, first=middle + timedelta(days=1))]
        split.append(replace(person, placements=tuple(stays)))
    before, after = calculate(plan, inputs), calculate(plan, replace(inputs, people=tuple(split)))
    assert {a.person: a.cents for a in after.awards} == {a.person: a.cents for a in before.awards}
    assert after.cost_by_unit == before.cost_by_unit


def test_a_better_measure_never_lowers_an_award_without_a_pool():
    plan, inputs = company()
    plan = replace(plan, pool=None)
    last: dict[str, int] = {}
    for promoters in range(800, 1600, 50):
        cells = list(inputs.cells)
        cells[0] = Cell(
            measure="company_nps",
            strata=(Stratum(kind="nps", n=2080, promoters=promoters, detractors=402),),
        )
        now = {a.person: a.cents for a in calculate(plan, replace(inputs, cells=tuple(cells))).awards}
        assert all(now[name] >= cents for name, cents in last.items())
        last = now


def test_lines_add_up_to_the_award_and_units_to_the_total():
    outcome = calculate(*company())
    assert all(sum(line.cents for line in award.lines) == award.cents for award in outcome.awards)
    assert sum(outcome.cost_by_unit.values()) == outcome.total_cents


def test_a_flagged_line_is_held_and_the_rest_is_payable():
    plan, inputs = company()
    held = calculate(
        plan, replace(inputs, holds=(Hold(why="coverage", measure="map:logistics", unit="logistics"),))
    )
    free = calculate(plan, inputs)
    assert [a.cents for a in held.awards] == [a.cents for a in free.awards]
    for award in held.awards:
        lines = [line for line in award.lines if line.result.measure == "map:logistics"]
        assert award.held_cents == sum(line.cents for line in lines)
        assert all(line.held == "flag:coverage" for line in lines)


def one(document: dict, *, cells: tuple[Cell, ...], kpis=None, target="1000", unit="team") -> int:
    """The award of one person all year in the only group."""
    plan = read_plan(document)
    stay = Placement(
        first=FIRST, last=LAST, unit=unit, group="accounting", fte=Fraction(1), target=exact(target)
    )
    inputs = Inputs(people=(Person(id="p", placements=(stay,)),), cells=cells, kpis=kpis or {})
    return calculate(plan, inputs).awards[0].cents


PLAIN = {"points": [["0", "0"], ["1", "1"], ["2", "2"]]}
UP = {"points": [["30", "0.5"], ["36", "1"], ["42", "1.5"]]}
TOP = {"points": [["80", "0.5"], ["85", "1"], ["90", "1.5"]]}
SIMPLE = {
    "plan": "ONE", "version": "1", "period": {"start": "2026-01-01", "end": "2026-12-31"},
    "guardrails": {"ladder": ["rolling:2", "parent", "redistribute", "neutral"]},
    "groups": {
        "accounting": {
            "shared": [
                {"measure": "nps", "weight": "0.5", "curve": UP},
                {"measure": "kpi", "weight": "0.2", "curve": PLAIN},
            ],
            "function": [
                {"measure": "csat", "weight": "0.3", "curve": TOP},
            ],
        }
    },
}  # fmt: skip
NPS, KPI = flat("nps", "35", 0), flat("kpi", "1.1", 0)


@pytest.mark.parametrize(
    ("more", "award"),
    [
        ((flat("csat", "84", 412), flat("csat", "70", 9, unit="team")), 142_250),
        ((flat("csat", "84", 18), flat("csat", "70", 9, unit="team")), 145_357),
        ((flat("csat", "70", 9), flat("csat", "86", 27, window="period-1")), 133_250),
    ],
)
def test_too_few_answers_are_paid_by_the_ladder_and_never_by_nothing(more, award):
    """Example E07: parent, redistribution, rolling window."""
    document = SIMPLE | {"guardrails": SIMPLE["guardrails"] | {"k_responses": "0"}}
    assert one(document, cells=(NPS, KPI, *more), target="1500") == award


def test_without_any_data_the_whole_is_paid_neutrally():
    assert one(SIMPLE, cells=()) == 100_000


@pytest.mark.parametrize(
    ("gate", "award"),
    [
        ({"level": "plan", "effect": "zero"}, 0),
        ({"level": "plan", "effect": {"cap": "0.5"}}, 50_000),
        ({"level": "section:shared", "effect": {"cap": "0"}}, 54_000),
        ({"level": "plan", "effect": {"factor": "0.75"}}, 90_000),
    ],
)
def test_a_failed_gate_does_what_it_says(gate, award):
    """Example E05 with a target of 1,000: 0.6 * 1.1 + 0.4 * 1.35 = 1.2 without a gate."""
    document = {
        "plan": "G", "version": "1", "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "groups": {"accounting": {
            "shared": [{"measure": "a", "weight": "0.6", "curve": {"points": [["0", "0"], ["2", "2"]]}}],
            "function": [{"measure": "b", "weight": "0.4", "curve": {"points": [["0", "0"], ["2", "2"]]}}],
        }},
        "gates": [{"if": "ebitda >= 10000000.00"} | gate],
    }  # fmt: skip
    cells = (flat("a", "1.1", 0), flat("b", "1.35", 0))
    assert one(document, cells=cells, kpis={"ebitda": Fraction(9_400_000)}) == award
    assert one(document, cells=cells, kpis={"ebitda": Fraction(10_000_000)}) == 120_000


def test_a_missing_kpi_holds_and_never_zeroes():
    document = plan_document(pool=None)
    plan = read_plan(document)
    stay = Placement(
        first=FIRST, last=LAST, unit="x", group="accounting", fte=Fraction(1), target=Fraction(1000)
    )
    award = calculate(plan, Inputs(people=(Person(id="p", placements=(stay,)),), cells=())).awards[0]
    assert award.cents == 100_000
    assert award.payable_cents == 0
    assert {line.held for line in award.lines} <= {"gate:ebitda:missing", "gate:coverage_ratio:missing"}


def test_a_small_cell_is_paid_on_its_parent_for_privacy():
    """Example E17: three people and four answers."""
    document = SIMPLE | {
        "groups": {"accounting": {"shared": [
            {"measure": "csat", "weight": "1", "curve": TOP}]}},
        "guardrails": {"n_min": "1"},
    }  # fmt: skip
    division = Cell(measure="csat", strata=(Stratum(kind="value", value=Fraction(10036, 120), n=120),))
    team = flat("csat", "61", 4, unit="team", headcount=3)
    assert one(document, cells=(division, team)) == 86_333


def test_wrong_working_times_and_unknown_groups_are_refused_with_the_person():
    plan, inputs = company()
    stay = inputs.people[0].placements[0]
    twice = replace(inputs.people[0], placements=(stay, stay))
    with pytest.raises(BadAssignment, match="u01"):
        calculate(plan, replace(inputs, people=(twice,)))
    stranger = replace(inputs.people[0], placements=(replace(stay, group="nobody"),))
    with pytest.raises(BadPlan, match="nobody"):
        calculate(plan, replace(inputs, people=(stranger,)))


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_random_companies_reconcile(data):
    """Awards add up to the pool when it binds; lines to awards; units to the total; nobody below zero."""
    plan, inputs = company()
    people = []
    for number in range(data.draw(st.integers(1, 12))):
        group = data.draw(st.sampled_from(sorted(plan.groups)))
        first = FIRST + timedelta(days=data.draw(st.integers(0, 300)))
        stay = Placement(
            first=first, last=LAST, unit=group, group=group,
            fte=Fraction(data.draw(st.integers(1, 20)), 20),
            target=Fraction(data.draw(st.integers(1, 500_000)), 100),
        )  # fmt: skip
        people.append(Person(id=f"p{number}", placements=(stay,)))
    kpi = Fraction(data.draw(st.integers(9_000_000, 11_000_000)))
    cap = data.draw(st.none() | st.fractions(min_value=1, max_value=2))
    outcome = calculate(
        replace(plan, individual_cap=cap),
        Inputs(people=tuple(people), cells=inputs.cells, kpis={"ebitda": kpi}),
    )
    assert outcome.pool is not None
    if outcome.binds:
        assert outcome.total_cents == round(outcome.pool * 100)
    assert all(award.cents >= 0 for award in outcome.awards)
    assert all(sum(line.cents for line in award.lines) == award.cents for award in outcome.awards)
    assert sum(outcome.cost_by_unit.values()) == outcome.total_cents
