"""The float way of the simulation against the exact engine, and its figures against closed forms."""

from futures import companies, plans, scenarios
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from viaggio.incentive.run import calculate
from viaggio.incentive.whatif.scenario import Scenario, applied
from viaggio.incentive.whatif.simulation import awards_on, model, paid_on


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_on_any_single_scenario_each_award_is_within_a_cent_of_the_exact_engine(data):
    plan, inputs = data.draw(plans()), data.draw(companies())
    scenario = data.draw(scenarios(inputs))
    floats = awards_on(model(plan, inputs, turnover=True), scenario)
    exact = {award.person: award.cents for award in calculate(plan, applied(inputs, scenario)).awards}
    assert floats.keys() == exact.keys()
    for name, cents in exact.items():
        assert abs(floats[name] * 100 - cents) <= 1 + 1e-6, name


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(plans(), companies())
def test_what_units_cost_is_what_they_cost_in_the_exact_engine_to_a_cent_a_line(plan, inputs):
    made = model(plan, inputs)
    outcome = calculate(plan, inputs)
    by_unit = dict(zip(sorted(set(made.staff.unit)), paid_on(made, Scenario()).by_unit[0], strict=True))
    lines = [line for award in outcome.awards for line in award.lines]
    for unit, cents in outcome.cost_by_unit.items():
        allowed = sum(line.unit == unit for line in lines)
        assert abs(by_unit[unit] * 100 - cents) <= allowed + 1e-6
