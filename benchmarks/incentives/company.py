"""A large company for the benchmarks: people with two stays each, cells of 200 teams, a pool that binds."""

from datetime import date
from fractions import Fraction
from random import Random

from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Away, Cell, Inputs, Person, Placement, Stratum

TEAMS = 200
FIRST, MIDDLE, LAST = date(2026, 1, 1), date(2026, 6, 30), date(2026, 12, 31)
CURVE = {"points": [["24", "0"], ["36", "1"], ["42", "1.5"]]}
TOP = {"points": [["70", "0"], ["85", "1"], ["90", "1.5"]]}


def plan(pool: str) -> Plan:
    """Sixty per cent shared, forty of the team, shrunk; a gate, a cap, a pool."""
    lines = {
        "shared": [
            {"measure": "company_nps", "weight": "0.35", "curve": CURVE},
            {"measure": "on_time", "weight": "0.25", "curve": TOP},
        ],
        "function": [
            {"measure": "team_nps", "weight": "0.25", "curve": CURVE},
            {"measure": "team_csat", "weight": "0.15", "curve": TOP},
        ],
    }
    return read_plan({
        "plan": "LARGE", "version": "1", "period": {"start": FIRST, "end": LAST},
        "eligibility": {"min_service_days": "90"}, "absences": {"unpaid": {"lost": "1"}},
        "guardrails": {"ladder": ["parent", "redistribute", "neutral"],
                       "credibility": {"mode": "level", "K": "240"}},
        "groups": {f"g{n}": lines for n in range(9)},
        "gates": [{"if": "ebitda >= 10000000", "level": "plan", "effect": {"cap": "0.5"}}],
        "individual_cap": "1.5", "pool": {"kind": "fixed", "amount": pool},
    })  # fmt: skip


def inputs(people: int, seed: int, *, stays: int = 2) -> Inputs:
    """`people` with one or two stays; every tenth was away for a month."""
    chance = Random(seed)
    cells = [
        Cell(measure="company_nps", strata=(nps(chance, 40_000),)),
        Cell(measure="on_time", strata=(Stratum(kind="share", n=9_000, hits=7_400),)),
        Cell(measure="team_nps", strata=(nps(chance, 40_000),)),
        Cell(measure="team_csat", strata=(Stratum(kind="share", n=40_000, hits=33_000),)),
    ]
    for team in range(TEAMS):
        unit, n = f"t{team:03d}", chance.randint(20, 400)
        cells.append(Cell(measure="team_nps", unit=unit, headcount=25, strata=(nps(chance, n),)))
        hits = sum(chance.random() < 0.83 for _ in range(n))
        cells.append(
            Cell(
                measure="team_csat", unit=unit, headcount=25, strata=(Stratum(kind="share", n=n, hits=hits),)
            )
        )
    return Inputs(
        people=tuple(_person(chance, number, stays) for number in range(people)),
        cells=tuple(cells),
        kpis={"ebitda": Fraction(10_400_000)},
    )


def nps(chance: Random, n: int) -> Stratum:
    """Answers of which 56 in 100 are promoters and 20 detractors."""
    drawn = chance.choices((100, 0, -100), (56, 24, 20), k=n)
    return Stratum(kind="nps", n=n, promoters=drawn.count(100), detractors=drawn.count(-100))


def _person(chance: Random, number: int, stays: int) -> Person:
    spans = [(FIRST, MIDDLE), (date(2026, 7, 1), LAST)] if stays == 2 else [(FIRST, LAST)]
    placements = tuple(
        Placement(
            first=first, last=last, unit=f"t{chance.randrange(TEAMS):03d}", group=f"g{number % 9}",
            fte=Fraction(chance.choice([20, 20, 16, 10]), 20), target=Fraction(chance.randint(1_000, 4_000)),
        )
        for first, last in spans
    )  # fmt: skip
    away = (Away(first=date(2026, 3, 2), last=date(2026, 3, 31), kind="unpaid"),) if number % 10 == 0 else ()
    return Person(id=f"p{number:06d}", placements=placements, away=away)
