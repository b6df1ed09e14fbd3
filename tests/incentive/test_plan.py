"""A plan as a document: read whole, refused with the place, hashed the same wherever it is read."""

from fractions import Fraction

import pytest
from plans import plan_document

from viaggio.incentive.errors import BadAmount, BadPlan
from viaggio.incentive.plan import check, content_hash, read_plan, refused


def codes(**changes) -> dict[str, str]:
    """Code -> place of what is refused."""
    return {f.code: f.place for f in check(read_plan(plan_document(**changes))) if f.refuses}


def test_the_plan_of_the_specification_is_read_and_not_refused():
    plan = read_plan(plan_document())
    assert plan.name == "CX-SHARED@3"
    assert [c.weight for c in plan.groups["accounting"].components] == [
        Fraction(35, 100), Fraction(1, 4), Fraction(2, 5),
    ]  # fmt: skip
    assert plan.guard_rails.windows == 2
    assert not refused(check(plan))


@pytest.mark.parametrize(
    ("changes", "code", "place"),
    [
        ({"groups.accounting.shared.0.weight": "0.30"}, "weights.not_one", "groups.accounting"),
        ({"groups.accounting.shared.0.weight": "0.10", "groups.accounting.function.0.weight": "0.65"},
         "shared.below_minimum", "groups.accounting.shared"),
        ({"absences.maternity": {"lost": "1", "protected": "true"}}, "absence.protected_loses",
         "absences.maternity"),
        ({"published": "2026-02-01"}, "published.after_start", "published"),
        ({"author": "anna", "approver": "anna"}, "approver.is_author", "approver"),
        ({"measures": {"company_nps": {"scope": "person"}}}, "measure.person", "measures.company_nps.scope"),
        ({"measures": {"company_nps": {"formula": "nps@2", "baseline_formula": "nps@1"}}},
         "baseline.formula", "measures.company_nps"),
        ({"measures": {"company_nps": {"questionnaire": "q@2", "baseline_questionnaire": "q@1"}}},
         "baseline.questionnaire", "measures.company_nps"),
        ({"contribution_map.accounting.refund": "0.4"}, "map.not_one", "contribution_map.accounting"),
        ({"groups.accounting.function.0.measure": "map:logistics"}, "measure.unmapped",
         "groups.accounting.function[0].measure"),
        ({"guardrails.credibility": {"mode": "level"}}, "credibility.no_k", "guardrails.credibility.K"),
        ({"guardrails.ladder": ["parent"]}, "ladder.no_end", "guardrails.ladder"),
        ({"period.baseline": {"start": "2025-06-01", "end": "2026-05-31"}}, "baseline.not_before",
         "period.baseline"),
        ({"gates.1.level": "section:nobody"}, "gate.unknown_name", "gates[1].level"),
    ],
)  # fmt: skip
def test_what_the_specification_refuses_is_refused_with_its_place(changes, code, place):
    assert codes(**changes) == {code: place}


def test_publishing_late_is_allowed_when_the_plan_says_from_when_it_is_earned():
    assert not codes(published="2026-02-01", accrues_from="2026-02-02")


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"groups.accounting.shared.0.weight": 0.35}, r"groups\.accounting\.shared\[0\]\.weight"),
        (
            {"groups.accounting.shared.0.curve": {"points": [["2", "0"], ["1", "1"]]}},
            r"shared\[0\]\.curve\.points\[1\]",
        ),
        ({"gates.0.if": "ebitda is fine"}, r"gates\[0\]\.if"),
        ({"pool.kind": "bag"}, r"pool\.kind"),
        ({"bonus": "1"}, "bonus"),
        ({"period.start": "2026-13-01"}, r"period\.start"),
        ({"individual_cap": "1,5"}, "individual_cap"),
    ],
)
def test_what_can_not_be_read_is_refused_with_its_place(changes, place):
    with pytest.raises((BadPlan, BadAmount), match=place):
        read_plan(plan_document(**changes))


def test_a_cliff_and_a_double_punishment_are_warned_of_and_not_refused():
    cliff = {"type": "linear", "points": [["30", "0.5"], ["36", "1"]]}
    gate = {"if": "company_nps >= 20", "level": "plan", "effect": "zero"}
    plan = read_plan(plan_document(**{"groups.accounting.shared.0.curve": cliff, "gates.0": gate}))
    found = check(plan)
    assert not refused(found)
    assert {"curve.cliff", "gate.double_punishment"} <= {f.code for f in found}


def test_the_hash_does_not_depend_on_how_numbers_are_written_and_does_on_what_they_are():
    same = plan_document(**{"groups.accounting.shared.0.weight": "7/20", "version": 3})
    other = plan_document(**{"pool.rate": "0.031"})
    assert content_hash(read_plan(same)) == content_hash(read_plan(plan_document()))
    assert content_hash(read_plan(other)) != content_hash(read_plan(plan_document()))
