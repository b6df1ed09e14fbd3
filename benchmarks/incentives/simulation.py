"""Monte-Carlo on a company of 5,000, one core: `python benchmarks/incentives/simulation.py [people] [draws]`.

With correlation, true movements, KPIs, staff turnover, a gate and a pool; then example E16 with as many draws
against its closed form, in standard errors.
"""

import argparse
import resource
import time
from fractions import Fraction
from math import sqrt

import company
import numpy as np

from viaggio.incentive.curves import Curve
from viaggio.incentive.plan import read_plan
from viaggio.incentive.run import Cell, Inputs, Person, Placement, Stratum
from viaggio.incentive.whatif import closed
from viaggio.incentive.whatif.chances import Chances
from viaggio.incentive.whatif.forecast import simulate


def large(people: int, draws: int, seed: int) -> None:
    """The company, with everything uncertain that can be."""
    plan, inputs = company.plan(str(people * 1_900)), company.inputs(people, seed=1, stays=1)
    measures = ("company_nps", "on_time", "team_nps", "team_csat")
    chances = Chances(
        correlation=Fraction("0.3"),
        spread=dict.fromkeys(measures, Fraction(2)),
        kpi_sd={"ebitda": Fraction(300_000)},
        turnover=Fraction("0.1"),
    )
    wall, cpu = time.perf_counter(), time.process_time()
    told = simulate(plan, inputs, chances, draws=draws, chance=np.random.default_rng(seed))
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{people:,} people, {draws:,} draws: {wall:.1f} s by the clock, {cpu:.1f} s of processor time,")
    print(f"peak {peak:.0f} MB")
    print(f"  cost P5 {told.cost.p5:,.0f}  P50 {told.cost.p50:,.0f}  P95 {told.cost.p95:,.0f}")
    print(f"  gates {told.gates}  pool binds {told.pool_binds:.3f}  factor {told.factor:.4f}")
    print(f"  noise {told.noise_share:.3f}  per point { {n: round(v) for n, v in told.per_point.items()} }")


def against_closed_form(draws: int, seed: int) -> None:
    """Example E16: company NPS ~ Normal(35, 3), a target of 100,000."""
    points = [("30", "0.5"), ("36", "1"), ("42", "1.5")]
    curve = Curve(points=tuple((Fraction(x), Fraction(y)) for x, y in points))
    expected = closed.cost(curve, mu=35, sigma=3, target=100_000)
    plan = read_plan({"plan": "E16", "version": "1", "period": {"start": company.FIRST, "end": company.LAST},
                      "groups": {"all": {"shared": [{"measure": "nps", "weight": "1",
                                                     "curve": {"points": points}}]}}})  # fmt: skip
    n = 400
    cell = Cell(measure="nps", strata=(Stratum(kind="mean", n=n, total=Fraction(35 * n),
                                               squares=Fraction(9 * n * (n - 1) + n * 35**2)),))  # fmt: skip
    stay = Placement(first=company.FIRST, last=company.LAST, unit="u", group="all", fte=Fraction(1),
                     target=Fraction(100_000))  # fmt: skip
    inputs = Inputs(people=(Person(id="p", placements=(stay,)),), cells=(cell,))
    told = simulate(plan, inputs, Chances(), draws=draws, chance=np.random.default_rng(seed))
    off = (told.cost.mean - expected.mean) / (expected.sd / sqrt(draws))
    print(f"E16: mean {told.cost.mean:,.2f}, closed form {expected.mean:,.2f}: {off:+.2f} standard errors")
    print(f"     sd {told.sd:,.2f}, closed form {expected.sd:,.2f}")


def main() -> None:
    """Run both and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("people", type=int, nargs="?", default=5_000)
    parser.add_argument("draws", type=int, nargs="?", default=10_000)
    parser.add_argument("--seed", type=int, default=20261122)
    given = parser.parse_args()
    large(given.people, given.draws, given.seed)
    against_closed_form(given.draws, given.seed)


if __name__ == "__main__":
    main()
