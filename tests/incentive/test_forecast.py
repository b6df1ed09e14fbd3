"""The figures of a simulation against closed forms: each within four standard errors of its draws."""

import json
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import sqrt
from pathlib import Path

import numpy as np
import pytest

from viaggio.incentive.errors import BadAmount, BadPlan, Stopped
from viaggio.incentive.plan import Plan, PoolRule, read_plan
from viaggio.incentive.run import Cell, Inputs, Person, Placement, Stratum
from viaggio.incentive.whatif.chances import Chances, Future
from viaggio.incentive.whatif.forecast import Forecast, hidden_groups, simulate

EXAMPLES = Path(__file__).parents[1] / "golden" / "incentives.json"
E16 = json.loads(EXAMPLES.read_text())["examples"]["E16"]
CURVE = E16["inputs"]["curve"]
WIDE = {"points": [["-1000", "0"], ["1000", "20"]]}  # 0.01 a point, no end in sight
DRAWS = 40_000
SURE = Chances()


def plan_of(*curves: dict[str, object], **more: object) -> Plan:
    shared = [
        {"measure": f"m{n}", "weight": f"1/{len(curves)}", "curve": curve} for n, curve in enumerate(curves)
    ]
    return read_plan(
        {
            "plan": "X",
            "version": "1",
            "period": {"start": "2026-01-01", "end": "2026-12-31"},
            "groups": {"all": {"shared": shared}},
        }
        | more
    )


def measured(name: str, value: int, se: int, n: int = 400) -> Cell:
    """A mean of `n` answers with just this standard error."""
    squares = Fraction(se**2 * n * (n - 1) + n * value**2)
    return Cell(measure=name, strata=(Stratum(kind="mean", n=n, total=Fraction(n * value), squares=squares),))


def inputs_of(*cells: Cell, people: int = 1, target: int = 100_000, kpi: int | None = None) -> Inputs:
    stay = Placement(
        first=date(2026, 1, 1),
        last=date(2026, 12, 31),
        unit="u",
        group="all",
        fte=Fraction(1),
        target=Fraction(target, people),
    )
    persons = tuple(Person(id=f"p{n:03d}", placements=(stay,)) for n in range(people))
    return Inputs(people=persons, cells=cells, kpis={} if kpi is None else {"ebitda": Fraction(kpi)})


def drawn(plan: Plan, inputs: Inputs, chances: Chances = SURE, *, seed: int = 7, **more: object) -> Forecast:
    return simulate(
        plan, inputs, chances, draws=more.pop("draws", DRAWS), chance=np.random.default_rng(seed), **more
    )


def near(share: float, expected: float, draws: int = DRAWS) -> bool:
    """Within four standard errors of a share."""
    return abs(share - expected) <= 4 * sqrt(expected * (1 - expected) / draws)


def test_the_cost_of_one_normal_measure_is_that_of_the_closed_form():
    """Example E16: mean, standard deviation, median, and the chances of nothing, of the cap, of too much."""
    told, expected = drawn(plan_of(CURVE), inputs_of(measured("m0", 35, 3))), E16["expected"]
    mean, sd = float(expected["expected_cost"]), float(expected["sd_cost"])
    assert abs(told.cost.mean - mean) <= 4 * sd / sqrt(DRAWS)
    assert abs(told.sd - sd) <= 4 * sd / sqrt(2 * DRAWS) * 1.2
    assert abs(told.cost.p50 - float(expected["median_cost"])) <= 4 * 25_000 * 1.2533 / sqrt(DRAWS)
    assert near(float(np.mean(told.costs == 0)), float(expected["p_zero"]))
    assert near(float(np.mean(told.costs == 150_000)), float(expected["p_cap"]))
    assert near(told.chance_above(110_000), float(expected["p_cost_above_110000"]))
    assert told.base_cents == 9_166_667


@pytest.mark.parametrize("r", ["0", "1/2", "1"])
def test_measures_that_move_together_spread_the_cost_more(r):
    """Two equal lines of slope 500 a point and standard error 3: var = 2 (1500)^2 (1 + r)."""
    told = drawn(
        plan_of(WIDE, WIDE),
        inputs_of(measured("m0", 35, 3), measured("m1", 35, 3)),
        Chances(correlation=Fraction(r)),
    )
    expected = sqrt(2 * 1500**2 * (1 + Fraction(r)))
    assert abs(told.sd - expected) <= 4 * expected / sqrt(2 * DRAWS)


def test_a_good_year_is_good_for_measures_of_which_less_is_better_too():
    """With one shock the two lines add up instead of cancelling out."""
    less = {"points": [["1000", "0"], ["-1000", "20"]], "direction": "down"}
    told = drawn(
        plan_of(WIDE, less),
        inputs_of(measured("m0", 35, 3), measured("m1", 35, 3)),
        Chances(correlation=Fraction(1)),
    )
    assert abs(told.sd - 3_000) <= 4 * 3_000 / sqrt(2 * DRAWS)


@pytest.mark.parametrize(
    ("spread", "r", "share"), [(0, "0", 1.0), (3, "0", 0.5), (0, "3/4", 0.25), (4, "0", 0.36)]
)
def test_the_share_of_noise_is_that_of_its_variance(spread, r, share):
    chances = Chances(correlation=Fraction(r), spread={"m0": Fraction(spread)})
    told = drawn(plan_of(WIDE), inputs_of(measured("m0", 35, 3)), chances)
    assert told.noise_share is not None
    assert abs(told.noise_share - share) < 0.05


def test_without_anything_uncertain_every_draw_costs_what_the_exact_engine_pays():
    cell = Cell(measure="m0", strata=(Stratum(value=Fraction(33)),))
    told = drawn(plan_of(CURVE), inputs_of(cell, people=7), draws=50)
    assert set(told.costs.round(2)) == {75_000.03}  # seven times 10,714.29
    assert (told.base_cents, told.noise_share, told.sd < 1e-6) == (7_500_003, None, True)


def test_one_point_more_costs_the_slope_of_the_curve():
    told = drawn(plan_of(WIDE, WIDE), inputs_of(measured("m0", 35, 3), measured("m1", 20, 1)))
    assert told.per_point == pytest.approx({"m0": 500, "m1": 500}, abs=0.02)


def test_gates_fail_as_often_as_the_kpi_is_below_and_futures_come_with_their_chances():
    gate = {"if": "ebitda >= 100", "level": "plan", "effect": {"cap": "0.5"}}
    plan, inputs = plan_of(CURVE, gates=[gate]), inputs_of(measured("m0", 42, 1), kpi=104)
    told = drawn(plan, inputs, Chances(kpi_sd={"ebitda": Fraction(4)}))
    assert near(told.gates["ebitda >= 100"], 0.158655)  # one standard deviation below
    crisis = Future(
        name="crisis", chance=Fraction(3, 10), kpis={"ebitda": Fraction(80)}, moves={"m0": Fraction(-20)}
    )
    told = drawn(plan, inputs, Chances(futures=(crisis,)))
    assert near(told.gates["ebitda >= 100"], 0.3)
    assert near(float(np.mean(told.costs == 0)), 0.3)


def test_a_pool_binds_as_often_as_the_cost_would_be_above_it():
    plan = replace(plan_of(CURVE), pool=PoolRule(kind="fixed", amount=Fraction(110_000)))
    told = drawn(plan, inputs_of(measured("m0", 35, 3)))
    assert told.pool_binds is not None
    assert near(told.pool_binds, float(E16["expected"]["p_cost_above_110000"]))
    assert told.costs.max() == pytest.approx(110_000)
    assert 0.9 < told.factor < 1


def test_people_who_leave_on_any_day_cost_half_on_average():
    cell = Cell(measure="m0", strata=(Stratum(value=Fraction(36)),))
    told = drawn(plan_of(CURVE), inputs_of(cell, people=50), Chances(turnover=Fraction(1)), draws=2_000)
    expected = 100_000 * 182.5 / 365  # uniform over the first to the last but one day
    se = 100_000 * sqrt(1 / 12 / 50 / 2_000)
    assert abs(told.cost.mean - expected) <= 4 * se
    kept = drawn(plan_of(CURVE), inputs_of(cell, people=50), Chances(turnover=Fraction(1, 5)), draws=2_000)
    assert abs(kept.cost.mean - (80_000 + expected / 5)) <= 4 * se


def test_units_add_up_to_the_whole():
    told = drawn(plan_of(CURVE), inputs_of(measured("m0", 35, 3), people=3), draws=500)
    assert told.units["u"].mean == pytest.approx(told.cost.mean)


def test_the_same_seed_draws_the_same_and_another_one_does_not():
    plan, inputs = plan_of(CURVE), inputs_of(measured("m0", 35, 3), people=4)
    chances = Chances(turnover=Fraction(1, 10))
    costs = [drawn(plan, inputs, chances, draws=300, seed=seed).costs for seed in (1, 1, 2)]
    assert np.array_equal(costs[0], costs[1])
    assert not np.array_equal(costs[0], costs[2])


def test_progress_ends_with_the_whole_and_stopping_ends_the_work():
    plan, inputs = plan_of(CURVE), inputs_of(measured("m0", 35, 3))
    seen: list[tuple[int, int]] = []
    drawn(plan, inputs, draws=1_000, progress=lambda done, whole: seen.append((done, whole)))
    assert seen == sorted(seen)
    assert seen[-1][0] == seen[-1][1]
    with pytest.raises(Stopped, match="of 1450 draws"):
        drawn(plan, inputs, draws=1_000, stop=lambda: True)


def test_groups_too_small_to_be_shown_hide_another_one_with_them():
    plan, inputs = plan_of(CURVE), inputs_of(measured("m0", 36, 1), people=20)
    gender = {f"p{n:03d}": "f" if n < 4 else "m" if n < 12 else "x" for n in range(20)}
    told = drawn(plan, inputs, draws=200, attribute=gender).attribute
    assert {name: shown.headcount for name, shown in told.items()} == {"f": None, "m": None, "x": 8}
    assert told["f"].payout is None
    assert told["x"].payout == pytest.approx(1, abs=0.05)
    assert hidden_groups({"f": 9, "m": 8}, 5) == set()
    assert hidden_groups({"f": 1, "m": 80}, 5) == {"f", "m"}


def test_chances_that_can_not_be_are_refused():
    with pytest.raises(BadAmount):
        Chances(correlation=Fraction(2))
    with pytest.raises(BadAmount):
        Chances(kpi_sd={"ebitda": Fraction(-1)})
    with pytest.raises(BadPlan, match="sales"):
        drawn(
            plan_of(CURVE),
            inputs_of(measured("m0", 35, 3)),
            Chances(futures=(Future(name="x", chance=Fraction(1, 2), kpis={"sales": Fraction(1)}),)),
        )
