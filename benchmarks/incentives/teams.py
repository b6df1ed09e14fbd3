"""Noise and teams: 600 teams of a true NPS around the target: `python benchmarks/incentives/teams.py`.

Threshold 30 pays half, target 36 all, cap 42 one and a half. Each team has n answers, 75 in 100 of them not
passive. Printed are, for payouts by the raw point and by the default (shrunk to the company, a curve without
a cliff), the share of teams that get nothing and the share that gets the cap, over several seeds. Everything
goes through the exact engine, as a run does.

A cliff is no default, and a plan with one is warned. Shrunk, it pays nothing to 0.3 % of teams on average;
where the whole company came out a point lower by chance (3 draws in 100) to more than 1 %. With the dead band
beside it to none.
"""

import argparse
from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from typing import Any

import numpy as np

from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Cell, Inputs, Person, Placement, Stratum, calculate

TEAMS, TARGET, SPREAD, DECIDED = 600, 36.0, 5.0, 0.75
CLIFF = {"points": [["30", "0.5"], ["36", "1"], ["42", "1.5"]]}
SMOOTH = {"points": [["24", "0"], ["36", "1"], ["42", "1.5"]]}
"""The same without a cliff: from nothing at 24."""
ONE_IN_TEN = "1.281552"
"""z of a dead band that one in ten leaves on each side by chance."""


def plan(mode: str, curve: dict[str, Any], k: str, *, dead_band: str | None = None) -> Plan:
    """One line of one measure; the default is shrunk to the level of the company. `dead_band`: its z."""
    credibility = {"mode": mode} | ({"K": k} if mode != "point" else {})
    band = {"deadband_z": dead_band} if dead_band else {}
    return read_plan({
        "plan": "TEAMS", "version": "1", "period": {"start": "2026-01-01", "end": "2026-12-31"},
        "guardrails": {"n_min": "30", "credibility": credibility, **band},
        "groups": {"all": {"shared": [{"measure": "nps", "weight": "1", "curve": curve}]}},
    })  # fmt: skip


def teams(n: int, seed: int) -> Inputs:
    """Teams with `n` answers each, and the company as all of them together; one person a team."""
    chance = np.random.default_rng(seed)
    true = np.clip(chance.normal(TARGET, SPREAD, TEAMS), -100 * DECIDED, 100 * DECIDED) / 100
    shares = np.column_stack([(DECIDED + true) / 2, np.full(TEAMS, 1 - DECIDED), (DECIDED - true) / 2])
    counts = np.array([chance.multinomial(n, share) for share in shares])
    cells = [_cell(f"t{number:03d}", n, row) for number, row in enumerate(counts)]
    whole = _cell("", n * TEAMS, counts.sum(axis=0))
    people = tuple(
        Person(
            id=cell.unit,
            placements=(
                Placement(
                    first=date(2026, 1, 1),
                    last=date(2026, 12, 31),
                    unit=cell.unit,
                    group="all",
                    fte=Fraction(1),
                    target=Fraction(1000),
                ),
            ),
        )
        for cell in cells
    )
    return Inputs(people=people, cells=(whole, *cells))


def _cell(unit: str, n: int, counts: Sequence[int]) -> Cell:
    stratum = Stratum(kind="nps", n=n, promoters=int(counts[0]), detractors=int(counts[2]))
    return Cell(measure="nps", unit=unit, strata=(stratum,))


def credibility(n_values: float = (DECIDED - (TARGET / 100) ** 2) * 10_000) -> str:
    """K = variance between answers over variance between teams, as a company would freeze it."""
    return str(round(n_values / SPREAD**2))


def extremes(made: Plan, inputs: Inputs) -> tuple[float, float]:
    """Shares of teams that are paid nothing, and that are paid the cap."""
    awards = [award.cents for award in calculate(made, inputs).awards]
    return sum(a == 0 for a in awards) / TEAMS, sum(a == 150_000 for a in awards) / TEAMS


def main() -> None:
    """Both modes over some seeds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=50)
    parser.add_argument("--seeds", type=int, default=20)
    given = parser.parse_args()
    k = credibility()
    print(f"{TEAMS} teams, true NPS ~ N({TARGET:g}, {SPREAD:g}), {given.answers} answers, K = {k}: none, cap")
    for name, made in (
        ("raw point, with the cliff", plan("point", CLIFF, k)),
        ("shrunk, with the cliff", plan("level", CLIFF, k)),
        ("shrunk, dead band, with the cliff", plan("level", CLIFF, k, dead_band=ONE_IN_TEN)),
        ("shrunk, without a cliff (default)", plan("level", SMOOTH, k)),
    ):
        found = [extremes(made, teams(given.answers, seed)) for seed in range(given.seeds)]
        none, cap = np.mean(found, axis=0)
        worst = np.max(found, axis=0)
        print(f"  {name:34} {none:6.2%} {cap:6.2%}   at worst {worst[0]:6.2%} {worst[1]:6.2%}")


if __name__ == "__main__":
    main()
