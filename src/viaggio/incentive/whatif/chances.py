"""What may come otherwise: sampling noise, true movements, KPIs, scenarios, people who leave."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

import numpy as np

from viaggio.incentive.errors import BadAmount
from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Cell, Inputs
from viaggio.incentive.run.cells import score_of
from viaggio.incentive.run.model import NOW
from viaggio.incentive.whatif.factors import Floats
from viaggio.incentive.whatif.paying import Days
from viaggio.incentive.whatif.scenario import Place

BOUNDS: Mapping[str, tuple[float, float]] = MappingProxyType({"nps": (-100.0, 100.0), "share": (0.0, 100.0)})
"""What values of counted answers can be, in points."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Future:
    """A named scenario with its chance: KPIs as they would be, measures moved by so many points."""

    name: str
    chance: Fraction
    kpis: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    moves: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chances:
    """How uncertain everything is.

    A value is drawn as centre + sqrt(r) sd S + sqrt(1 - r) (spread T + se E): S is the company's shock,
    common to all measures and KPIs and good for all of them (it lowers measures of which less is better, and
    KPIs that gates want to be low); T the true movement of the measure (`spread`, its standard deviation in
    points); E the sampling noise of the cell (its standard error); sd^2 = spread^2 + se^2 and r is the
    `correlation` between any two measures. KPIs are drawn likewise with `kpi_sd`. `turnover` is the chance of
    each person to leave within the settled days, on any of them alike; nobody is hired instead. `futures`
    are drawn with their chances; what is left of 1 stays as it is. Values of the same measure in a unit and
    the one above it share S and T, not E.
    """

    correlation: Fraction = Fraction(0)
    spread: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    kpi_sd: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    turnover: Fraction = Fraction(0)
    futures: tuple[Future, ...] = ()

    def __post_init__(self) -> None:
        shares = [self.correlation, self.turnover, *(future.chance for future in self.futures)]
        whole = sum((future.chance for future in self.futures), Fraction(0))
        if any(not 0 <= share <= 1 for share in shares) or whole > 1:
            raise BadAmount("chances and correlation lie between 0 and 1, futures add up to 1 at most",
                            hint="Write 0.3 for 30 per cent.")  # fmt: skip
        if any(sd < 0 for sd in (*self.spread.values(), *self.kpi_sd.values())):
            raise BadAmount("a standard deviation is never below zero", hint="Write it without the sign.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Centre:
    """Of each drawn cell, in the order of the factory's places: value, standard error, spread, bounds."""

    value: Floats
    se: Floats
    spread: Floats
    low: Floats
    high: Floats
    sign: Floats
    """1 where more is better, -1 where less is."""
    measure: tuple[str, ...]


def centre_of(
    inputs: Inputs, places: Mapping[Place, int], chances: Chances, falling: frozenset[str]
) -> Centre:
    """Where the cells stand now and how precisely that is known; of `falling` measures less is better."""
    found: dict[int, tuple[float, float, float, tuple[float, float]]] = {}
    for cell in inputs.cells:
        place = places.get((cell.measure, cell.unit))
        score = score_of(cell)
        if cell.window != NOW or place is None or score is None:
            continue
        spread = float(chances.spread.get(cell.measure, Fraction(0)))
        found[place] = (float(score.value), float(score.se), spread, _bounds(cell))
    rows = [found[n] for n in range(len(places))]
    measures = tuple(measure for measure, _ in sorted(places, key=lambda key: places[key]))
    return Centre(
        value=np.array([row[0] for row in rows]),
        se=np.array([row[1] for row in rows]),
        spread=np.array([row[2] for row in rows]),
        low=np.array([row[3][0] for row in rows]),
        high=np.array([row[3][1] for row in rows]),
        sign=np.array([-1.0 if measure in falling else 1.0 for measure in measures]),
        measure=measures,
    )


def _bounds(cell: Cell) -> tuple[float, float]:
    kinds = {stratum.kind for stratum in cell.strata}
    return BOUNDS.get(kinds.pop(), (-np.inf, np.inf)) if len(kinds) == 1 else (-np.inf, np.inf)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shocks:
    """Everything drawn but the sampling noise, for all draws: to be kept while the noise is drawn anew."""

    company: Floats
    movement: Floats
    kpis: Mapping[str, Floats]
    moved: Floats
    """Draws x cells, by the future that was drawn, in points."""


def shocks(
    plan: Plan, inputs: Inputs, centre: Centre, chances: Chances, *, draws: int, chance: np.random.Generator
) -> Shocks:
    """The company's shock, true movements, KPIs and futures of all draws."""
    company = chance.standard_normal(draws)
    measures = sorted(set(centre.measure))
    movement = chance.standard_normal((draws, len(measures)))
    column = [measures.index(measure) for measure in centre.measure]
    edges = np.cumsum([float(future.chance) for future in chances.futures])
    future = np.searchsorted(edges, chance.random(draws), side="right")
    moved = np.zeros((draws, len(centre.value)))
    kpis = {name: np.full(draws, float(value)) for name, value in inputs.kpis.items()}
    for number, told in enumerate(chances.futures):
        here = future == number
        shift = np.array([float(told.moves.get(measure, 0)) for measure in centre.measure])
        moved[here] = shift
        for name, value in told.kpis.items():
            kpis.setdefault(name, np.full(draws, np.nan))[here] = float(value)
    r = float(chances.correlation)
    for name in sorted(kpis):
        own = chance.standard_normal(draws)
        sd = float(chances.kpi_sd.get(name, 0))
        kpis[name] = kpis[name] + sd * (np.sqrt(r) * _good(plan, name) * company + np.sqrt(1 - r) * own)
    return Shocks(company=company, movement=movement[:, column], kpis=kpis, moved=moved)


def _good(plan: Plan, kpi: str) -> float:
    """1 where more of a KPI is better, -1 where every gate on it wants less."""
    signs = {gate.sign for gate in plan.gates if gate.kpi == kpi}
    return -1.0 if signs and signs <= {"<", "<="} else 1.0


def values_of(centre: Centre, told: Shocks, chances: Chances, chance: np.random.Generator) -> Floats:
    """Draws x cells, with sampling noise of their own."""
    r = float(chances.correlation)
    sd = np.hypot(centre.se, centre.spread)
    noise = chance.standard_normal((len(told.company), len(centre.value)))
    own = centre.spread * told.movement + centre.se * noise
    common = centre.sign * sd * told.company[:, None]
    values = centre.value + told.moved + np.sqrt(r) * common + np.sqrt(1 - r) * own
    return np.asarray(np.clip(values, centre.low, centre.high))


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """Who leaves when, drawn piece by piece: the same rows give the same days."""

    people: int
    days: int
    share: float
    seed: int

    def of(self, rows: slice) -> Days:
        """Draws x people: the day each leaves, any but the last alike; -1 for those who stay."""
        chance = np.random.default_rng([self.seed, rows.start])
        uniform = chance.random((rows.stop - rows.start, self.people))
        if not self.share or self.days < 2:
            return np.full(uniform.shape, -1, dtype=np.int64)
        day = (uniform / self.share * (self.days - 1)).astype(np.int64)
        return np.where(uniform < self.share, day, -1)
