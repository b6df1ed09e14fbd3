"""Companies of any shape for the tests of what-if: odd plans, small cells, people who come and go."""

from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import strategies as st

from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Away, Cell, Inputs, Person, Placement, Stratum, Window
from viaggio.incentive.whatif.scenario import Scenario

FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
UNITS = ("a", "b", "c")
MEASURES = ("nps", "csat", "late", "touch", "map:f")
thousandths = st.integers(0, 100_000).map(lambda n: Fraction(n, 1000))


def days(first: date = FIRST, last: date = LAST) -> st.SearchStrategy[date]:
    return st.dates(first, last)


@st.composite
def curves(draw: Any) -> dict[str, Any]:
    xs = sorted(draw(st.sets(st.integers(0, 100), min_size=1, max_size=4)))
    ys = sorted(draw(st.lists(st.integers(10, 200), min_size=len(xs), max_size=len(xs))))
    falling = draw(st.booleans())
    points = [[str(-x if falling else x), f"{y}/100"] for x, y in zip(xs, ys, strict=True)]
    return {
        "points": points,
        "type": draw(st.sampled_from(["linear", "step", "onoff"])),
        "below": "1/20" if draw(st.booleans()) else "0",
        "direction": "down" if falling else "up",
    }


@st.composite
def groups(draw: Any) -> dict[str, Any]:
    names = draw(st.permutations(MEASURES))[: draw(st.integers(1, 5))]
    lines = [
        {"measure": name, "weight": f"{draw(st.integers(1, 9))}/10", "curve": draw(curves())}
        for name in names
    ]
    for line in lines:
        if draw(st.booleans()):
            line["improvement"] = draw(curves())
    cut = draw(st.integers(0, len(lines)))
    return {"shared": lines[:cut], "function": lines[cut:]}


gates = st.fixed_dictionaries(
    {
        "if": st.sampled_from(["ebitda >= 100", "ebitda < 120", "missing >= 1"]),
        "level": st.sampled_from(["plan", "section:shared", "section:function", "component:nps"]),
        "effect": st.sampled_from(["zero", "hold", {"cap": "0.5"}, {"factor": "0.75"}]),
    }
)

pools = (
    st.none()
    | st.fixed_dictionaries(
        {
            "kind": st.just("fixed"),
            "amount": st.integers(1, 20_000).map(str),
            "mode": st.sampled_from(["down_only", "distribute_all"]),
        },
    )
    | st.just({"kind": "self_funded", "rate": "0.9", "above": {"ebitda": "50"}, "max": "9000"})
)


@st.composite
def documents(draw: Any) -> dict[str, Any]:
    rails: dict[str, Any] = {
        "k_headcount": "3",
        "k_responses": draw(st.sampled_from(["0", "10"])),
        "n_min": draw(st.sampled_from(["1", "30", "80"])),
        "ladder": [
            *draw(st.permutations(["rolling:2", "parent", "redistribute"]))[: draw(st.integers(0, 3))],
            "neutral",
        ],
        "credibility": {"mode": draw(st.sampled_from(["point", "level", "change"])), "K": "40"},
        "deadband_z": draw(st.sampled_from([None, "1", "1.644854"])),
    }
    return {
        "plan": "ANY",
        "version": "1",
        "period": {
            "start": FIRST,
            "end": LAST,
            "day_count": draw(st.sampled_from(["calendar", "working", "thirty"])),
        },
        "eligibility": {
            "min_service_days": str(draw(st.sampled_from([0, 90]))),
            "employed_on": draw(st.sampled_from([None, "2026-11-30"])),
            "leavers": {"good": draw(st.sampled_from(["prorate", "forfeit"]))},
        },
        "absences": {
            "unpaid": {"lost": "1"},
            "half": {"lost": "1/2"},
            "kept": {"lost": "0", "protected": "true"},
        },
        "accrues_from": draw(st.sampled_from([None, "2026-03-01"])),
        "guardrails": rails,
        "combination": draw(st.sampled_from(["additive", "multiplicative"])),
        "groups": {name: draw(groups()) for name in ("one", "two")},
        "contribution_map": {"f": {"touch": "0.7", "other": "0.3"}},
        "gates": draw(st.lists(gates, max_size=3)),
        "individual_cap": draw(st.sampled_from([None, "0.8", "1.2"])),
        "pool": draw(pools),
    }


def plans() -> st.SearchStrategy[Plan]:
    return documents().map(read_plan)


@st.composite
def cells(draw: Any) -> tuple[Cell, ...]:
    found = []
    for measure in (*MEASURES, "other"):
        kind = draw(st.sampled_from(["nps", "share", "value", "strata"]))
        for unit in ("", *UNITS):
            for window in ("period", "baseline", "period-1", "period-2"):
                if window != "period" and draw(st.booleans()):
                    continue
                if unit and draw(st.booleans()):
                    continue
                strata = draw(_strata(kind, 400 if not unit else 60))
                parent = draw(st.sampled_from(["", "c"])) if unit in {"a", "b"} else ""
                found.append(
                    Cell(
                        measure=measure,
                        unit=unit,
                        window=window,
                        strata=strata,
                        parent=parent,
                        headcount=draw(st.sampled_from([None, 2, 9])),
                    )
                )
    return tuple(found)


@st.composite
def _strata(draw: Any, kind: str, most: int) -> tuple[Stratum, ...]:
    n = draw(st.integers(0, most))
    if kind == "value":
        return (Stratum(value=draw(thousandths), n=draw(st.sampled_from([0, n]))),)
    if kind == "strata":
        parts = [draw(st.integers(1, most)) for _ in range(2)]
        return tuple(
            Stratum(name=name, kind="share", n=m, hits=draw(st.integers(0, m)), share=share)
            for name, m, share in zip("xy", parts, (Fraction(1, 3), Fraction(2, 3)), strict=True)
        )
    hits = draw(st.integers(0, n))
    if kind == "share":
        return (Stratum(kind="share", n=n, hits=hits),)
    return (Stratum(kind="nps", n=n, promoters=hits, detractors=draw(st.integers(0, n - hits))),)


@st.composite
def people(draw: Any) -> tuple[Person, ...]:
    found = []
    for number in range(draw(st.integers(1, 6))):
        cut = draw(days(date(2025, 11, 1), date(2027, 1, 31)))
        end = cut + timedelta(days=draw(st.integers(1, 500)))
        stays = [
            Placement(
                first=first,
                last=last,
                unit=draw(st.sampled_from(UNITS)),
                group=draw(st.sampled_from(["one", "two"])),
                fte=Fraction(draw(st.integers(1, 20)), 20),
                target=Fraction(draw(st.integers(0, 500_000)), 100),
            )
            for first, last in (
                (date(2025, 6, 1), cut),
                (cut + timedelta(days=draw(st.integers(1, 40))), end),
            )
            if first <= last
        ]
        away = tuple(
            Away(first=first, last=first + timedelta(days=draw(st.integers(0, 60))), kind=kind)
            for first, kind in draw(
                st.lists(st.tuples(days(), st.sampled_from(["unpaid", "half", "kept"])), max_size=3)
            )
        )
        left = draw(st.sampled_from([None, None, end]))
        keep = draw(st.integers(1, 2))
        found.append(
            Person(
                id=f"p{number}",
                placements=tuple(stays[-keep:]),
                away=away,
                left=left,
                leave_reason=draw(st.sampled_from(["good", "bad"])) if left else "",
            )
        )
    return tuple(found)


@st.composite
def scenarios(draw: Any, inputs: Inputs) -> Scenario:
    values = {(c.measure, c.unit): draw(thousandths) for c in inputs.cells if draw(st.booleans())}
    last = (inputs.window.last if inputs.window else LAST) - timedelta(days=1)
    leavers = {p.id: draw(days(FIRST, last)) for p in inputs.people if draw(st.booleans())}
    kpis = {"ebitda": Fraction(draw(st.integers(0, 30_000)))} if draw(st.booleans()) else {}
    return Scenario(values=values, kpis=kpis, leavers=leavers)


@st.composite
def companies(draw: Any) -> Inputs:
    window = draw(st.sampled_from([None, Window(first=FIRST, last=date(2026, 6, 30), share=Fraction(1, 3))]))
    return Inputs(people=draw(people()), cells=draw(cells()), kpis={"ebitda": Fraction(110)}, window=window)
