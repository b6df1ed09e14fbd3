"""Edits of a plan on frozen inputs: who gets more, who less, and why, to the cent."""

from dataclasses import fields, replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_run import company

from viaggio.incentive.combining import Effect, EffectKind
from viaggio.incentive.errors import BadPlan
from viaggio.incentive.plan import Gate, Level, Plan
from viaggio.incentive.run import calculate
from viaggio.incentive.whatif import compare
from viaggio.incentive.whatif.comparing import ORDER, PAPER

FACTOR = Gate(
    kpi="ebitda",
    sign=">=",
    threshold=Fraction(11_000_000),
    level=Level.PLAN,
    effect=Effect(EffectKind.FACTOR, Fraction(1, 2)),
)


def test_the_same_plan_moves_nothing_and_has_no_cause():
    plan, inputs = company()
    found = compare(plan, plan, inputs)
    assert found.total.difference == 0
    assert not found.causes
    assert {m.difference for m in found.people.values()} == {0}


def test_a_higher_pool_is_the_only_cause_and_brings_what_the_pool_has_more():
    plan, inputs = company()
    assert plan.pool is not None
    more = replace(plan, pool=replace(plan.pool, rate=Fraction("0.032")))
    found = compare(plan, more, inputs)
    assert (found.total.before, found.total.after) == (1_560_000, 1_664_000)
    (cause,) = found.causes
    assert (cause.part, cause.cents, cause.together) == ("pool", 104_000, ())
    assert [(c.place, c.before, c.after) for c in cause.changes] == [("pool.rate", "3/100", "4/125")]


def test_a_change_of_one_group_moves_only_its_people_when_no_pool_is_shared():
    plan, inputs = company()
    plan = replace(plan, pool=None)
    group = plan.groups["logistics"]
    line = group.components[-1]
    points = tuple((x, y * 2) for x, y in line.curve.points)
    twice = replace(
        group, components=(*group.components[:-1], replace(line, curve=replace(line.curve, points=points)))
    )
    found = compare(plan, replace(plan, groups={**plan.groups, "logistics": twice}), inputs)
    moved = {unit for unit, m in found.units.items() if m.difference}
    assert moved == {"logistics"} == {name for name, m in found.groups.items() if m.difference}
    assert found.total.difference > 0
    assert all(
        c.place.startswith("groups.logistics.components.map:logistics.curve.points")
        for c in found.causes[0].changes
    )


edits = st.fixed_dictionaries(
    {},
    optional={
        "pool": st.none(),
        "individual_cap": st.fractions(Fraction(1, 2), 2),
        "gates": st.just((FACTOR,)),
        "eligibility": st.integers(0, 365),
        "guard_rails": st.integers(1, 2_000),
        "kpi": st.integers(10**7, 12 * 10**6),
    },
)


@settings(max_examples=40, deadline=None)
@given(edits)
def test_causes_add_up_to_the_difference_of_every_person_and_of_the_total(edit):
    plan, inputs = company()
    changed = {name: value for name, value in edit.items() if name in {"pool", "individual_cap", "gates"}}
    if "eligibility" in edit:
        changed["eligibility"] = replace(plan.eligibility, min_service_days=edit["eligibility"])
    if "guard_rails" in edit:
        changed["guard_rails"] = replace(plan.guard_rails, n_min=edit["guard_rails"])
    after = replace(plan, **changed)
    other = replace(inputs, kpis={"ebitda": Fraction(edit["kpi"])}) if "kpi" in edit else inputs
    found = compare(plan, after, inputs, inputs_b=other)
    paid = [{a.person: a.cents for a in calculate(p, i).awards} for p, i in ((plan, inputs), (after, other))]
    for name, moved in found.people.items():
        assert (moved.before, moved.after) == (paid[0][name], paid[1][name])
        assert sum(cause.by_person.get(name, 0) for cause in found.causes) == moved.difference
    for amounts in (found.people, found.units, found.groups):
        assert sum(moved.difference for moved in amounts.values()) == found.total.difference
    assert sum(cause.cents for cause in found.causes) == found.total.difference


def test_a_group_that_moves_away_together_with_its_people_is_one_cause():
    plan, inputs = company()
    renamed = replace(
        plan,
        groups={("dispatch" if name == "logistics" else name): group for name, group in plan.groups.items()},
    )
    people = tuple(
        replace(
            p,
            placements=tuple(
                replace(s, group="dispatch" if s.group == "logistics" else s.group) for s in p.placements
            ),
        )
        for p in inputs.people
    )
    found = compare(plan, renamed, inputs, inputs_b=replace(inputs, people=people))
    assert [(cause.part, cause.together) for cause in found.causes] == [("groups", ("people",))]
    assert found.total.difference == 0
    assert found.groups["logistics"].after == 0 < found.groups["dispatch"].after


def test_a_plan_that_does_not_know_a_group_is_refused_and_not_compared():
    plan, inputs = company()
    fewer = replace(plan, groups={name: g for name, g in plan.groups.items() if name != "sales"})
    with pytest.raises(BadPlan, match="sales"):
        compare(plan, fewer, inputs)


def test_every_part_of_a_plan_either_moves_money_or_is_paper():
    assert set(ORDER) | PAPER == {f.name for f in fields(Plan)}
    assert not set(ORDER) & PAPER


def test_changing_what_is_only_paper_moves_no_cent():
    plan, inputs = company()
    other = replace(plan, code="OTHER", version=9, author="anna", cutoff="2027-01-31")
    assert compare(plan, other, inputs).total.difference == 0
