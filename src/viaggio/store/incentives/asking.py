"""What a plan asks to be measured: each measure's metric, rows, days and units, read from its declaration.

`{metric: nps, where: {touchpoint: courier}, by: function, units: {...}, weights: none, formula: ...}`. A
touchpoint of the contribution map that is not declared is measured by the satisfaction customers state there.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from viaggio.incentive.errors import BadPlan
from viaggio.incentive.plan import Plan, Step
from viaggio.kernel import EVERYBODY, Period, Population
from viaggio.measure.catalogue import CATALOGUE, metric

MANUAL = "manual"
"""The metric of a measure that people enter, two of them."""

SHORT = {"csat": "csat_top"}
"""Names of metrics as plans write them, where the catalogue has a longer one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """How a measure is declared in a plan. `by` cuts it by unit: `units` gives each unit's values of it."""

    measure: str
    metric: str
    where: Population = EVERYBODY
    weights: str = "none"
    by: str = ""
    units: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitScope:
    """A unit as measuring knows it: the one above it, its business function, people in it in the window."""

    code: str
    parent: str
    function: str
    headcount: int


def ask_of(plan: Plan, measure: str) -> Ask:
    """How a measure of a plan is read. Raises `BadPlan` for one that nobody declared."""
    facts = plan.measures.get(measure, {})
    if facts.get("scope") == "person":
        raise BadPlan("no figures of a single person are kept", place=f"measures.{measure}.scope",
                      hint="Measure a unit.")  # fmt: skip
    touchpoints = {name for weights in plan.contribution_map.values() for name in weights}
    if "metric" in facts:
        slug = facts["metric"]
    elif measure in CATALOGUE or measure in SHORT:
        slug = measure
    elif measure in touchpoints:
        slug = "csat"
    else:
        raise BadPlan(f"nobody said how '{measure}' is measured", place=f"measures.{measure}",
                      hint="Write measures: {" + measure + ": {metric: nps}}.")  # fmt: skip
    where = facts.get("where", "")
    if not where and measure in touchpoints and "metric" not in facts:
        where = f"touchpoint={measure}"
    return Ask(
        measure=measure, metric=metric(SHORT.get(slug, slug)).slug,
        where=Population.parse(part for part in where.split(";") if part.strip()),
        weights=facts.get("weights", "none"), by=facts.get("by", ""), units=_values(facts.get("units", "")),
    )  # fmt: skip


def _values(text: str) -> dict[str, tuple[str, ...]]:
    """Read "north=courier,van; south=shop"."""
    pairs = (part.split("=", 1) for part in text.split(";") if "=" in part)
    return {name.strip(): tuple(v.strip() for v in values.split(",") if v.strip()) for name, values in pairs}


def measures_of(plan: Plan) -> list[str]:
    """Names of everything that a plan measures by cells: components and touchpoints of composites."""
    named = [component.measure for group in plan.groups.values() for component in group.components]
    plain = [name for name in named if not name.startswith("map:") or name in plan.measures]
    mapped = {name.removeprefix("map:") for name in named if name.startswith("map:")}
    touchpoints = [t for unit in sorted(mapped) for t in plan.contribution_map.get(unit, {})]
    named = list(dict.fromkeys([*plain, *touchpoints]))
    return [name for name in named if plan.measures.get(name, {}).get("metric") != MANUAL]


def kpis_of(plan: Plan) -> list[str]:
    """Names of the KPIs of gates and pool."""
    named = [gate.kpi for gate in plan.gates]
    if plan.pool and plan.pool.kpi:
        named.append(plan.pool.kpi)
    return list(dict.fromkeys(named))


def windows_of(plan: Plan, first: date, last: date) -> dict[str, Period]:
    """The days of each window that the plan may look at: the part itself, the baseline, earlier windows."""
    now = Period(first, last + timedelta(days=1))
    found = {"period": now}
    if plan.baseline:
        found["baseline"] = _baseline(plan, now)
    if Step.ROLLING in plan.guard_rails.ladder:
        earlier = now
        for back in range(1, plan.guard_rails.windows + 1):
            earlier = earlier.previous()
            found[f"period-{back}"] = earlier
    return found


def _baseline(plan: Plan, now: Period) -> Period:
    """The baseline as agreed; of a part of a year the same part of a baseline that is a year too."""
    assert plan.baseline is not None
    whole = Period(plan.baseline.first, plan.baseline.last + timedelta(days=1))
    own = Period(plan.period.first, plan.period.last + timedelta(days=1))
    if now == own or whole != own.year_before():
        return whole
    return now.year_before()


def unit_scopes(ask: Ask, units: Sequence[UnitScope]) -> Iterator[tuple[str, int, str, Population]]:
    """Each unit with a value of the dimension, its own or of a unit below it."""
    if not ask.by:
        return
    known = {unit.code: unit for unit in units if unit.code}
    own = {code: ask.units.get(code) or _usual(ask, unit) for code, unit in known.items()}
    values = {code: set(own[code]) for code in known}
    for code, unit in known.items():
        above, seen = unit.parent, {code}
        while above in known and above not in seen:
            values[above] |= set(own[code])
            seen.add(above)
            above = known[above].parent
    measured = {code for code, held in values.items() if held}
    for code in sorted(measured):
        parent = known[code].parent
        while parent in known and parent not in measured:
            parent = known[parent].parent
        where = ask.where.narrowed(**{ask.by: tuple(sorted(values[code]))})
        yield code, known[code].headcount, parent if parent in measured else "", where


def _usual(ask: Ask, unit: UnitScope) -> tuple[str, ...]:
    """A unit's value where the plan does not say: its business function, else nothing."""
    return (unit.function,) if ask.by == "function" and unit.function else ()
