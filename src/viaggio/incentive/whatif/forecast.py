"""The figures of a simulation: cost and its spread, gates, pool, units, equal pay, noise, cost per point."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import numpy as np

from viaggio.incentive.cells import Cell, hidden
from viaggio.incentive.errors import Stopped
from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Inputs
from viaggio.incentive.whatif.chances import Chances, values_of
from viaggio.incentive.whatif.factors import Floats, fails
from viaggio.incentive.whatif.simulation import Futures, Model, drawn, model

NOISE_SHARE_OF_DRAWS = 4
MARGINAL_SHARE_OF_DRAWS = 10
LEAST_DRAWS = 200
"""Noise and marginal costs are found on every fourth or tenth draw, on so many at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """An amount in currency units: mean, and what it stays below in 5, 50 and 95 of 100 draws."""

    mean: float
    p5: float
    p50: float
    p95: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """People with one value of an attribute: head-count, and mean payout as a share of their targets' worth.

    None for both where the group, or one that could be found by subtraction, is too small to be shown.
    """

    headcount: int | None
    payout: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """What a plan may cost. `costs` is the total of each draw in currency units.

    `noise_share`: share of the variance of the cost that comes from sampling noise alone, None without any
    variance; `per_point`: what one point more of a measure adds to the mean cost.
    """

    draws: int
    base_cents: int
    costs: Floats
    cost: Band
    sd: float
    gates: Mapping[str, float]
    pool_binds: float | None
    factor: float
    units: Mapping[str, Band]
    attribute: Mapping[str, Shown]
    noise_share: float | None
    per_point: Mapping[str, float]

    def chance_above(self, limit: float) -> float:
        """The share of draws in which the cost is above a limit."""
        return float(np.mean(self.costs > limit))


@dataclass
class _Watch:
    """Tells how far it is and stops where somebody asked for it."""

    progress: Callable[[int, int], None]
    stop: Callable[[], bool]
    whole: int
    done: int = field(default=0)

    def step(self, draws: int) -> None:
        self.done += draws
        self.progress(self.done, self.whole)
        if self.stop():
            raise Stopped(f"stopped after {self.done} of {self.whole} draws", hint="Start it again.")


def simulate(
    plan: Plan,
    inputs: Inputs,
    chances: Chances,
    *,
    draws: int,
    chance: np.random.Generator,
    attribute: Mapping[str, str] | None = None,
    progress: Callable[[int, int], None] = lambda _done, _whole: None,
    stop: Callable[[], bool] = lambda: False,
) -> Forecast:
    """Draw a plan's cost. The same generator state gives the same figures.

    `attribute`: of people by pseudonym, such as gender; only groups of at least the plan's k_headcount are
    shown, nor any that could be found by subtraction. `progress` gets draws done and draws in all; when
    `stop` says yes it ends with `Stopped`. Raises what `calculate` raises.
    """
    made = model(plan, inputs, turnover=bool(chances.turnover))
    futures = drawn(made, chances, draws, chance)
    measures = sorted(set(futures.centre.measure))
    noisy = _some(draws, NOISE_SHARE_OF_DRAWS)
    pointed = _some(draws, MARGINAL_SHARE_OF_DRAWS)
    watch = _Watch(progress, stop, draws + noisy + pointed * len(measures))
    people, costs, units, binds, factor = _main(made, futures, draws, watch)
    rows = slice(0, noisy)
    told = replace(
        futures.shocks,
        company=futures.shocks.company[rows],
        movement=futures.shocks.movement[rows],
        moved=futures.shocks.moved[rows],
        kpis={name: value[rows] for name, value in futures.shocks.kpis.items()},
    )
    again = _costs(made, futures, values_of(futures.centre, told, chances, chance), watch)
    per_point = {measure: _per_point(made, futures, measure, costs[:pointed], watch) for measure in measures}
    return Forecast(
        draws=draws,
        base_cents=made.base.total_cents,
        costs=costs,
        cost=_band(costs),
        sd=float(np.std(costs)),
        gates=_gates(made, futures),
        pool_binds=None if plan.pool is None else float(np.mean(binds)),
        factor=float(np.mean(factor)),
        units={unit: _band(units[:, n]) for n, unit in enumerate(sorted(set(made.staff.unit)))},
        attribute=_shown(made, people / draws, attribute or {}),
        noise_share=_noise(costs, costs[rows], again),
        per_point=per_point,
    )


def _some(draws: int, of: int) -> int:
    return min(draws, max(LEAST_DRAWS, draws // of))


def _main(
    made: Model, futures: Futures, draws: int, watch: _Watch
) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """Sums of awards by person over all draws; cost, cost by unit, binding and factor by draw."""
    people = np.zeros(len(made.staff.people))
    costs, binds, factor = np.zeros(draws), np.zeros(draws), np.ones(draws)
    units = np.zeros((draws, len(set(made.staff.unit))))
    leaving = futures.leaving.of if futures.leaving else None
    for rows, paid in made.costs(futures.values, futures.shocks.kpis, leaving):
        people += paid.awards.sum(axis=0)
        costs[rows] = paid.awards.sum(axis=1)
        units[rows], binds[rows], factor[rows] = paid.by_unit, paid.binds, paid.factor
        watch.step(rows.stop - rows.start)
    return people, costs, units, binds, factor


def _costs(made: Model, futures: Futures, values: Floats, watch: _Watch) -> Floats:
    """Totals of the first draws with other values; everything else stays as drawn."""
    costs = np.zeros(len(values))
    kpis = {name: value[: len(values)] for name, value in futures.shocks.kpis.items()}
    for rows, paid in made.costs(values, kpis, futures.leaving.of if futures.leaving else None):
        costs[rows] = paid.awards.sum(axis=1)
        watch.step(rows.stop - rows.start)
    return costs


def _per_point(made: Model, futures: Futures, measure: str, costs: Floats, watch: _Watch) -> float:
    """The mean difference of these costs when the measure stands one point higher in every cell."""
    step = np.array([1.0 if name == measure else 0.0 for name in futures.centre.measure])
    return float(np.mean(_costs(made, futures, futures.values[: len(costs)] + step, watch) - costs))


def _noise(costs: Floats, kept: Floats, again: Floats) -> float | None:
    """Half the mean square of what drawing only the noise anew changes, over the variance.

    M. J. W. Jansen, Computer Physics Communications 117 (1999).
    """
    whole = float(np.var(costs))
    return min(1.0, float(np.mean((kept - again) ** 2)) / 2 / whole) if whole > 0 else None


def _gates(made: Model, futures: Futures) -> dict[str, float]:
    """The chance that each gate fails; a gate whose KPI is missing fails never, it holds."""
    kpis = futures.shocks.kpis
    return {
        f"{gate.kpi} {gate.sign} {gate.threshold}": float(np.mean(fails(gate, kpis[gate.kpi])))
        for gate in made.plan.gates
        if gate.kpi in kpis
    }


def _shown(made: Model, mean: Floats, attribute: Mapping[str, str]) -> dict[str, Shown]:
    """Mean payout over opportunity by group; too small groups are hidden, with one more if only one is."""
    paid = dict(zip(made.staff.people, mean, strict=True))
    worth = np.add.reduceat(made.staff.opportunity, made.staff.starts)
    could = dict(zip(made.staff.people, worth, strict=True))
    groups: dict[str, list[str]] = {}
    for person in made.staff.people if attribute else ():
        groups.setdefault(attribute.get(person, ""), []).append(person)
    unseen = hidden_groups({n: len(p) for n, p in groups.items()}, made.plan.guard_rails.k_headcount)
    found = {}
    for name, people in sorted(groups.items()):
        whole = float(sum(could[person] for person in people))
        payout = float(sum(paid[person] for person in people)) / whole if whole else None
        found[name] = (
            Shown(headcount=None, payout=None)
            if name in unseen
            else Shown(headcount=len(people), payout=payout)
        )
    return found


def hidden_groups(sizes: Mapping[str, int], least: int) -> set[str]:
    """Groups under the least head-count, and those hidden with them so that nobody can subtract."""
    cells = {name: Cell(headcount=size, n=size, value=Fraction(0)) for name, size in sizes.items()}
    small, also = hidden(cells, headcount=least, responses=least)
    return {*small, *also}


def _band(amounts: Floats) -> Band:
    p5, p50, p95 = (float(value) for value in np.percentile(amounts, [5, 50, 95]))
    return Band(mean=float(np.mean(amounts)), p5=p5, p50=p50, p95=p95)
