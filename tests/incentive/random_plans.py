"""Plans, people and results by chance, each seeded, so that a failing one can be made again."""

from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from random import Random
from typing import Any

from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Away, Cell, Hold, Inputs, Person, Placement, Stratum, Window

YEAR = (date(2026, 1, 1), date(2026, 12, 31))
GROUPS, UNITS = ("care", "field", "sales"), ("north", "south", "tiny")
MEASURES = ("company_nps", "index", "team", "process")


def some_plan(chance: Random, *, pool: bool = True) -> Plan:
    """A plan without refusals, with or without a pool."""
    document: dict[str, Any] = {
        "plan": "X",
        "version": "1",
        "period": {"start": str(YEAR[0]), "end": str(YEAR[1]),
                   "day_count": chance.choice(["calendar", "working", "thirty"])},
        "eligibility": {"min_service_days": str(chance.choice([0, 30, 90]))},
        "absences": {"unpaid": {"lost": "1"}, "half": {"lost": "1/2"}, "L104": {"lost": "0"}},
        "guardrails": {"k_headcount": "2", "k_responses": "5", "n_min": str(chance.choice([5, 30, 60])),
                       "ladder": chance.choice([["rolling:2", "parent", "redistribute", "neutral"],
                                                ["redistribute", "neutral"], ["parent", "neutral"]]),
                       "credibility": {"mode": chance.choice(["point", "level"]), "K": "60"}},
        "min_shared_weight": "0.5",
        "groups": {name: _group(chance) for name in GROUPS},
        "contribution_map": {"care": {"call": "0.7", "refund": "0.3"}},
    }  # fmt: skip
    if chance.random() < 0.5:
        document["individual_cap"] = chance.choice(["1", "1.2", "3/2"])
    if chance.random() < 0.4:
        effect = chance.choice(["hold", {"cap": "0.5"}, {"factor": "0.75"}, "zero"])
        document["gates"] = [{"if": "ebitda >= 100", "level": chance.choice(["plan", "section:function"]),
                              "effect": effect}]  # fmt: skip
    if pool and chance.random() < 0.7:
        amount = str(chance.randint(1_000, 60_000))
        document["pool"] = chance.choice([
            {"kind": "fixed", "amount": amount, "mode": chance.choice(["down_only", "distribute_all"])},
            {"kind": "self_funded", "rate": "0.03", "above": {"ebitda": "50"}, "max": amount},
        ])  # fmt: skip
    return read_plan(document)


def _group(chance: Random) -> dict[str, Any]:
    parts = sorted(chance.sample(range(1, 10), 2))
    shared = [Fraction(parts[1] - parts[0], 20), Fraction(20 - parts[1] + parts[0], 20)]
    half = Fraction(1, 2) + Fraction(chance.randint(0, 4), 10)
    own = chance.choice([["map:care"], ["team"], ["team", "process"]])
    return {
        "shared": [{"measure": name, "weight": str(half * w), "curve": _curve(chance)}
                   for name, w in zip(("company_nps", "index"), shared, strict=True)],
        "function": [{"measure": name, "weight": str((1 - half) / len(own)), "curve": _curve(chance)}
                     for name in own],
    }  # fmt: skip


def _curve(chance: Random) -> dict[str, Any]:
    low = chance.randint(0, 60)
    middle, high = low + chance.randint(1, 20), low + 20 + chance.randint(1, 20)
    top = chance.choice(["1", "1.25", "1.5"])
    points = [[str(low), chance.choice(["0", "0.5"])], [str(middle), "3/4"], [str(high), top]]
    return {"type": chance.choice(["linear", "linear", "step"]), "points": points}


def some_inputs(chance: Random, *, people: int = 12) -> Inputs:
    """People with stays, transfers, part time and absences; cells of every kind, some too small."""
    window = None
    if chance.random() < 0.4:
        window = Window(first=date(2026, 4, 1), last=date(2026, 6, 30),
                        share=chance.choice([Fraction(1, 4), Fraction(1, 8)]))  # fmt: skip
    return Inputs(
        people=tuple(_person(chance, f"p{number:02d}") for number in range(people)),
        cells=tuple(_cells(chance)),
        kpis={"ebitda": Fraction(chance.randint(0, 2_000_000), 100)},
        holds=(Hold(why="begging", measure="team", unit="north"),) if chance.random() < 0.3 else (),
        window=window,
    )


def _person(chance: Random, name: str) -> Person:
    first, last = YEAR
    start = first + timedelta(days=chance.randint(0, 300)) if chance.random() < 0.3 else first
    stays = []
    if chance.random() < 0.3 and start + timedelta(days=20) < last:
        cut = start + timedelta(days=chance.randint(1, 15))
        stays.append(_stay(chance, start, cut))
        start = cut + timedelta(days=1)
    stays.append(_stay(chance, start, last))
    away = tuple(
        Away(first=day, last=min(last, day + timedelta(days=chance.randint(0, 40))),
             kind=chance.choice(["unpaid", "half", "L104"]))
        for day in (first + timedelta(days=chance.randint(0, 360)) for _ in range(chance.randint(0, 2)))
    )  # fmt: skip
    return Person(id=name, placements=tuple(stays), away=away, contract="permanent")


def _stay(chance: Random, first: date, last: date) -> Placement:
    return Placement(
        first=first, last=last, unit=chance.choice(UNITS), group=chance.choice(GROUPS),
        fte=chance.choice([Fraction(1), Fraction(1, 2), Fraction(4, 5)]),
        target=Fraction(chance.randint(0, 500_000), 100),
    )  # fmt: skip


def _cells(chance: Random) -> list[Cell]:
    found = []
    for window in ("period", "baseline", "period-1"):
        found.append(Cell(measure="company_nps", window=window, strata=(_nps(chance),)))
        value = Fraction(chance.randint(0, 100_000_000), 1_000_000)
        found.append(Cell(measure="index", window=window, strata=(Stratum(value=value),)))
        found.append(Cell(measure="process", window=window, strata=(_mean(chance),)))
        found += [
            Cell(measure="team", unit=unit, window=window, strata=(_share(chance),),
                 headcount=None if not unit else chance.randint(1, 9))
            for unit in ("", *UNITS)
        ]  # fmt: skip
        found += [Cell(measure=name, window=window, strata=(_share(chance),)) for name in ("call", "refund")]
    return found


def _nps(chance: Random) -> Stratum:
    n = chance.choice([0, 3, 40, 400])
    promoters = chance.randint(0, n)
    return Stratum(kind="nps", n=n, promoters=promoters, detractors=chance.randint(0, n - promoters))


def _share(chance: Random) -> Stratum:
    n = chance.choice([0, 4, 9, 50, 300])
    return Stratum(kind="share", n=n, hits=chance.randint(0, n))


def _mean(chance: Random) -> Stratum:
    n = chance.choice([0, 20, 90])
    values = [chance.randint(0, 100) for _ in range(n)]
    return Stratum(
        kind="mean", n=n, total=Fraction(sum(values)), squares=Fraction(sum(v * v for v in values))
    )


def better(cell: Cell) -> Cell:
    """The same cell with a better result of as many answers."""
    (stratum,) = cell.strata
    if stratum.kind == "nps" and stratum.detractors:
        stratum = replace(stratum, detractors=stratum.detractors - 1)
    elif stratum.kind == "share" and stratum.hits < stratum.n:
        stratum = replace(stratum, hits=stratum.hits + 1)
    elif stratum.kind == "value" and stratum.value is not None:
        stratum = replace(stratum, value=stratum.value + 1)
    return replace(cell, strata=(stratum,))
