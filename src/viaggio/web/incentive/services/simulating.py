"""Simulations: asked by a person, computed in the background, told as they go on, stopped when asked.

Nothing here pays anybody: the draws are floats of `incentive.whatif`; the comparison with another version is
exact. For days that lie ahead the values of a year before stand in for those to come.
"""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.utils import timezone

from viaggio.incentive.errors import Stopped
from viaggio.incentive.exact import exact
from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Inputs
from viaggio.kernel import Period, ViaggioError
from viaggio.store.incentives.asking import kpis_of, measures_of
from viaggio.web.incentive.models import Employee, PlanVersion, Simulation
from viaggio.web.incentive.services.errors import NotThatState
from viaggio.web.incentive.services.gathering import PartOf, part_of, people_of
from viaggio.web.incentive.services.holding import holds_of
from viaggio.web.incentive.services.measuring import measure
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right

if TYPE_CHECKING:
    from viaggio.incentive.whatif.comparing import Comparison
    from viaggio.incentive.whatif.factors import Floats
    from viaggio.incentive.whatif.forecast import Band, Forecast

BETWEEN_WORDS = 0.5  # seconds between two words about how far it is
BINS = 24  # of the distribution of cost
MOST_DRAWS = 50_000
UNFINISHED = ("waiting", "running")
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is simulated: draws and seed; how much values, figures and staff may move; figures as assumed.

    `spread` is in points of every measure, `kpi_sd` a share of each figure, `turnover` and `correlation` are
    between 0 and 1; all exact texts. `kpis` holds figures that no data gives yet, by name.
    """

    draws: int
    seed: int
    spread: str
    correlation: str
    turnover: str
    kpi_sd: str
    kpis: Mapping[str, str]


@transaction.atomic
def ask(
    version: PlanVersion, wish: Wish, *, part: int, against: PlanVersion | None, by: User, now: datetime
) -> Simulation:
    """Ask for a simulation; the caller puts it into the background. Raises `NotThatState`, `BadAmount`."""
    allow(by, Right.DESIGN_PLANS)
    if not version.document:
        raise NotThatState("the text is no plan yet", place=str(version), hint="Mend it first.")
    part_of(version, part)
    made = Simulation.objects.create(
        version=version,
        against=against,
        version_sha256=version.sha256,
        part=part,
        wish=_plain(wish),
        asked_by=by,
        asked_at=now,
    )
    record(by, "incentive.simulation.asked", f"{version.plan.code}@{version.number}", draws=wish.draws)
    return made


def _plain(wish: Wish) -> dict[str, Any]:
    for text in (wish.spread, wish.correlation, wish.turnover, wish.kpi_sd, *wish.kpis.values()):
        exact(text)
    return {name: getattr(wish, name) for name in Wish.__dataclass_fields__} | {"kpis": dict(wish.kpis)}


def cancel(simulation: Simulation, *, by: User, now: datetime) -> bool:
    """Stop a simulation that is not finished; whether there was anything to stop."""
    allow(by, Right.DESIGN_PLANS)
    stopped = Simulation.objects.filter(pk=simulation.pk, state__in=UNFINISHED)
    return bool(stopped.update(state="cancelled", ended_at=now))


def compute(pk: int, *, now: Callable[[], datetime] = timezone.now) -> None:
    """Compute a simulation that waits, or one whose worker died; keeps what came out, or why nothing did."""
    begun = Simulation.objects.filter(pk=pk, state__in=UNFINISHED).update(state="running", done=0)
    if not begun:
        return
    simulation = Simulation.objects.select_related("version__plan", "against__plan").get(pk=pk)
    running = Simulation.objects.filter(pk=pk, state="running")
    try:
        result = _computed(simulation, now())
    except Stopped:
        return
    except ViaggioError as error:
        told = f"{error.code} {error.place}".strip()[:200]
        running.update(state="failed", failure=told, ended_at=now())
        return
    except Exception:
        running.update(state="failed", failure="incentive.unexpected", ended_at=now())
        raise
    running.update(state="done", result=result, ended_at=now())


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """The inputs of a simulation, and the days from which its values come."""

    inputs: Inputs
    first: date
    last: date
    ahead: bool


def assumed(version: PlanVersion, part: PartOf, kpis: Mapping[str, str], today: date) -> Assumed:
    """Everybody who would be paid, with the values of those days; of the year before where they lie ahead."""
    plan = read_plan(version.document)
    first, last, ahead = part.first, part.last, part.last >= today
    if ahead:
        before = Period(first, last + _DAY).year_before()
        first, last = before.start, before.last
    measured = measure(version, plan, first, last)
    known = {name: value for name, value in measured.kpis.items() if name in kpis_of(plan)}
    told = {name: exact(text) for name, text in kpis.items() if name in kpis_of(plan)}
    inputs = Inputs(
        people=people_of(plan),
        cells=measured.cells,
        kpis={**known, **told},
        holds=holds_of(version, part.period),
        window=part.window,
    )
    return Assumed(inputs=inputs, first=first, last=last, ahead=ahead)


def _computed(simulation: Simulation, now: datetime) -> dict[str, Any]:
    import numpy as np

    from viaggio.incentive.whatif.forecast import simulate

    version, wish = simulation.version, simulation.wish
    today = timezone.localdate(now)
    plan, part = read_plan(version.document), part_of(version, simulation.part)
    ground = assumed(version, part, wish["kpis"], today)
    told = _Telling(simulation.pk)
    forecast = simulate(
        plan,
        ground.inputs,
        chances_of(plan, ground.inputs, wish),
        draws=int(wish["draws"]),
        chance=np.random.default_rng(int(wish["seed"])),
        attribute=genders(ground.inputs),
        progress=told.progress,
        stop=told.stopped,
    )
    result = forecast_data(forecast, plan, ground.inputs) | {
        "first": ground.first.isoformat(),
        "last": ground.last.isoformat(),
        "ahead": ground.ahead,
        "people": len(ground.inputs.people),
        "kpis": {name: str(value) for name, value in ground.inputs.kpis.items()},
    }
    if simulation.against:
        result["comparison"] = compared(simulation, simulation.against, ground, today)
    return result


def genders(inputs: Inputs) -> dict[str, str]:
    """The gender of those who said it, by pseudonym; nothing where nobody did."""
    known = Employee.objects.filter(pseudonym__in=[person.id for person in inputs.people]).exclude(gender="")
    return dict(known.values_list("pseudonym", "gender"))


def chances_of(plan: Plan, inputs: Inputs, wish: Mapping[str, Any]) -> Any:
    """How uncertain everything is, as the person said."""
    from viaggio.incentive.whatif.chances import Chances

    sd = exact(wish["kpi_sd"])
    return Chances(
        correlation=exact(wish["correlation"]),
        spread=dict.fromkeys(measures_of(plan), exact(wish["spread"])),
        kpi_sd={name: abs(value) * sd for name, value in inputs.kpis.items()},
        turnover=exact(wish["turnover"]),
    )


def forecast_data(forecast: "Forecast", plan: Plan, inputs: Inputs) -> dict[str, Any]:
    """What came out, as plain values; amounts in units of the currency, small units left out."""
    small = hidden_units(plan, inputs)
    return {
        "draws": forecast.draws,
        "base_cents": forecast.base_cents,
        "cost": _band(forecast.cost),
        "sd": forecast.sd,
        "gates": dict(forecast.gates),
        "pool_binds": forecast.pool_binds,
        "factor": forecast.factor,
        "units": {name: _band(band) for name, band in forecast.units.items() if name not in small},
        "hidden": sorted(small),
        "noise_share": forecast.noise_share,
        "per_point": dict(forecast.per_point),
        "bins": binned(forecast.costs),
        "genders": {name: [one.headcount, one.payout] for name, one in forecast.attribute.items()},
    }


def binned(costs: "Floats") -> list[list[float]]:
    """How many draws lie between which costs; one bin where all cost the same to the cent."""
    import numpy as np

    low, high = float(costs.min()), float(costs.max())
    bins = BINS if high - low >= 0.01 * BINS else 1
    counts, edges = np.histogram(costs, bins=bins, range=(low, high if high > low else low + 0.01))
    return [[float(edges[n]), float(edges[n + 1]), int(count)] for n, count in enumerate(counts)]


def _band(band: "Band") -> dict[str, float]:
    return {"mean": band.mean, "p5": band.p5, "p50": band.p50, "p95": band.p95}


def hidden_units(plan: Plan, inputs: Inputs) -> frozenset[str]:
    """Units with too few people to be shown, and those from which these would follow."""
    from viaggio.incentive.cells import Cell, hidden

    people: dict[str, set[str]] = {}
    for person in inputs.people:
        for stay in person.placements:
            people.setdefault(stay.unit, set()).add(person.id)
    cells = {unit: Cell(headcount=len(some), n=len(some), value=Fraction(0)) for unit, some in people.items()}
    least = plan.guard_rails.k_headcount
    small, also = hidden(cells, headcount=least, responses=least)
    return frozenset([*small, *also])


def compared(simulation: Simulation, against: PlanVersion, ground: Assumed, today: date) -> dict[str, Any]:
    """What a version pays more or less than another on the same days: in all, by unit, group, person."""
    from viaggio.incentive.whatif import compare

    version, wish = simulation.version, simulation.wish
    other = assumed(against, part_of(against, simulation.part), wish["kpis"], today)
    found = compare(
        read_plan(against.document), read_plan(version.document), other.inputs, inputs_b=ground.inputs
    )
    small = hidden_units(read_plan(version.document), ground.inputs) | hidden_units(
        read_plan(against.document), other.inputs
    )
    return comparison_data(found, small)


def comparison_data(found: "Comparison", small: frozenset[str]) -> dict[str, Any]:
    """A comparison as plain values, in cents; small units left out."""
    moved = [(name, m.before, m.after) for name, m in found.people.items()]
    return {
        "before": found.total.before,
        "after": found.total.after,
        "units": [[n, m.before, m.after] for n, m in found.units.items() if n not in small],
        "groups": [[n, m.before, m.after] for n, m in found.groups.items()],
        "people": [list(row) for row in moved],
        "more": sum(after > before for _name, before, after in moved),
        "less": sum(after < before for _name, before, after in moved),
        "causes": [[cause.part, list(cause.together), cause.cents] for cause in found.causes],
    }


class _Telling:
    """Writes how far it is, and looks whether somebody wants it stopped; both not too often."""

    def __init__(self, pk: int) -> None:
        self.mine = Simulation.objects.filter(pk=pk)
        self.last = 0.0
        self.wanted = True

    def progress(self, done: int, whole: int) -> None:
        if time.monotonic() - self.last >= BETWEEN_WORDS or done == whole:
            self.last = time.monotonic()
            self.wanted = bool(self.mine.filter(state="running").update(done=done, total=whole))

    def stopped(self) -> bool:
        return not self.wanted
