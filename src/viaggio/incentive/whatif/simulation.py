"""Monte-Carlo: what a plan may cost, drawn many times with seeded chance; nobody is paid by these floats.

The figures agree with the exact engine within a cent per person on any single scenario (`awards_on`), and
with the closed form of one normally distributed measure (`closed.cost`).
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

import numpy as np

from viaggio.incentive.errors import BadPlan
from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Inputs, Outcome, Status, calculate
from viaggio.incentive.run.cells import score_of
from viaggio.incentive.run.model import NOW
from viaggio.incentive.whatif import paying
from viaggio.incentive.whatif.chances import Centre, Chances, Leaving, Shocks, centre_of, shocks, values_of
from viaggio.incentive.whatif.factors import Factory, Floats, factory
from viaggio.incentive.whatif.paying import Days, Paid, Staff
from viaggio.incentive.whatif.scenario import Scenario

AT_ONCE = 2_000_000
"""Amounts (draws x placements) held in memory at the same time: 16 MB each array."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """A plan with its inputs, ready to be drawn."""

    plan: Plan
    inputs: Inputs
    base: Outcome
    factory: Factory
    staff: Staff

    def costs(
        self, values: Floats, kpis: Mapping[str, Floats], last: Callable[[slice], Days] | None
    ) -> Iterator[tuple[slice, Paid]]:
        """What is paid, some draws at a time."""
        draws = len(values)
        step = max(1, AT_ONCE // max(1, len(self.staff.person)))
        for start in range(0, draws, step):
            rows = slice(start, min(draws, start + step))
            some = {name: value[rows] for name, value in kpis.items()}
            factors = self.factory.factors(values[rows], some)
            pool = _pool(self.plan, self.inputs, some, len(factors))
            opportunity = self.staff.opportunities(None if last is None else last(rows))
            yield rows, paying.paid(self.plan, self.staff, factors, opportunity, pool)


def model(plan: Plan, inputs: Inputs, *, turnover: bool = False) -> Model:
    """Work out everything that does not depend on chance. Raises what `calculate` raises."""
    inputs = Inputs(
        people=tuple(sorted(inputs.people, key=lambda person: person.id)),
        cells=inputs.cells,
        kpis=inputs.kpis,
        window=inputs.window,
    )
    base = calculate(plan, inputs)
    status = [Status(award.status) for award in base.awards]
    return Model(
        plan=plan,
        inputs=inputs,
        base=base,
        factory=factory(plan, inputs.cells, paying.wanted(inputs)),
        staff=paying.staff(plan, inputs, status, calendar=turnover),
    )


def _pool(plan: Plan, inputs: Inputs, kpis: Mapping[str, Floats], draws: int) -> Floats | None:
    rule = plan.pool
    if rule is None:
        return None
    part = inputs.window.share if inputs.window else Fraction(1)
    if rule.kind != "self_funded":
        return np.full(draws, float(rule.amount * part))
    earned = float(rule.rate) * np.maximum(0.0, kpis[rule.kpi] - float(rule.above * part))
    return np.asarray(earned if rule.most is None else np.minimum(earned, float(rule.most * part)))


def awards_on(made: Model, scenario: Scenario) -> dict[str, float]:
    """The awards of one scenario in currency units, by the way of the draws: to hold against the engine."""
    awards = paid_on(made, scenario).awards[0]
    return dict(zip(made.staff.people, (float(award) for award in awards), strict=True))


def paid_on(made: Model, scenario: Scenario) -> Paid:
    """One scenario by the way of the draws, a single row of each figure."""
    values = np.zeros((1, len(made.factory.places)))
    for cell in made.inputs.cells:
        place = made.factory.places.get((cell.measure, cell.unit))
        score = score_of(cell)
        if cell.window == NOW and place is not None and score is not None:
            values[0, place] = float(scenario.values.get((cell.measure, cell.unit), score.value))
    kpis = {n: np.array([float(v)]) for n, v in {**made.inputs.kpis, **scenario.kpis}.items()}
    last = None
    if scenario.leavers:
        first = paying.days_of(made.plan, made.inputs).first
        days = [_day(scenario.leavers.get(name), first) for name in made.staff.people]
        last = np.array([days], dtype=np.int64)
    ((_, paid),) = made.costs(values, kpis, None if last is None else lambda _rows: last)
    return paid


def _day(last: date | None, first: date) -> int:
    return -1 if last is None else (last - first).days


@dataclass(frozen=True, slots=True, kw_only=True)
class Futures:
    """All draws of a simulation, kept so that parts of them can be drawn anew."""

    centre: Centre
    shocks: Shocks
    values: Floats
    leaving: Leaving | None


def drawn(made: Model, chances: Chances, draws: int, chance: np.random.Generator) -> Futures:
    """Draw everything. Raises `BadPlan` for a future with a KPI that the results do not have."""
    for future in chances.futures:
        unknown = sorted(set(future.kpis) - set(made.inputs.kpis))
        if unknown:
            raise BadPlan(f"the future '{future.name}' has a KPI '{unknown[0]}'", place="futures",
                          hint="Add the KPI to the results too.")  # fmt: skip
    centre = centre_of(made.inputs, made.factory.places, chances, made.factory.falling)
    told = shocks(made.plan, made.inputs, centre, chances, draws=draws, chance=chance)
    values = values_of(centre, told, chances, chance)
    window = paying.days_of(made.plan, made.inputs)
    told_leaving = Leaving(
        people=len(made.staff.people),
        days=(window.last - window.first).days + 1,
        share=float(chances.turnover),
        seed=int(chance.integers(2**63)),
    )
    return Futures(
        centre=centre, shocks=told, values=values, leaving=told_leaving if chances.turnover else None
    )
