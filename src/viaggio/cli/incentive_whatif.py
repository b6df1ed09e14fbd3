"""`viaggio incentive simulate`: what an edit would change, and what a plan may cost."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from viaggio.cli.output import formats, show
from viaggio.kernel import ViaggioError

if TYPE_CHECKING:
    from viaggio.incentive.plan import Plan
    from viaggio.incentive.run import Inputs
    from viaggio.incentive.whatif import Comparison
    from viaggio.incentive.whatif.forecast import Band, Forecast

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
DRAWS = 10_000

type Rows = list[tuple[str, str, Any]]


class Pair(click.ParamType[tuple[str, Fraction], str]):
    """A name with an exact number, such as `ebitda=10400000`."""

    name = "name=number"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Fraction]:
        from viaggio.incentive.exact import exact

        if isinstance(value, tuple):
            return value
        name, sign, number = value.partition("=")
        if not sign or not name:
            self.fail(f"'{value}' is not written name=number", param, ctx)
        return name, exact(number, place=name)


def _many(flag: str, about: str) -> Callable[[Any], Any]:
    return click.option(flag, multiple=True, type=Pair(), help=f"{about} May be repeated.")


@click.command()
@click.argument("plan", type=_FILE)
@click.option("--people", type=_FILE, required=True, help="CSV of stays and absences.")
@click.option("--results", type=_FILE, required=True, help="CSV of measures, KPIs and holds.")
@click.option("--against", type=_FILE, help="Another plan, compared on the same people and results.")
@_many("--kpi", "Compare with this KPI instead: ebitda=9500000.")
@_many("--value", "Compare with this value of a measure instead: nps=38, or csat@team=81.")
@click.option(
    "--draws", type=click.IntRange(1, 1_000_000), help=f"Draw the cost; {DRAWS:,} if nothing is compared."
)
@click.option("--seed", default=1, show_default=True, help="The same seed draws the same.")
@click.option("--correlation", default="0", show_default=True, help="Between any two measures, 0 to 1.")
@_many("--spread", "True movement of a measure to expect, standard deviation in points: nps=2.")
@_many("--kpi-sd", "Standard deviation of a KPI: ebitda=300000.")
@click.option("--futures", type=_FILE, help="TOML of scenarios with their chances.")
@click.option("--turnover", default="0", show_default=True, help="Chance of each person to leave, 0 to 1.")
@click.option(
    "--attribute", type=_FILE, help="CSV with person and value, such as gender, to compare payouts by."
)
@formats
def simulate(
    plan: Path, people: Path, results: Path, against: Path | None, kpi: tuple[Any, ...],
    value: tuple[Any, ...], draws: int | None, seed: int, correlation: str, spread: tuple[Any, ...],
    kpi_sd: tuple[Any, ...], turnover: str, futures: Path | None, attribute: Path | None, form: str,
) -> None:  # fmt: skip
    """Show what an edit would change, exactly, and what a plan may cost, drawn many times.

    Nothing is paid by it.
    """
    from viaggio.incentive.exact import exact
    from viaggio.incentive.whatif.chances import Chances
    from viaggio.store.incentives import load_inputs, load_plan
    from viaggio.store.incentives.futures_file import load_futures
    from viaggio.store.incentives.run_payments import by_person

    inputs = load_inputs(people, results)
    plans = [_sound(load_plan(path)) for path in (plan, against) if path]
    document: dict[str, Any] = {}
    rows: Rows = []
    if against or kpi or value:
        compared = _compared(plans[0], plans[-1], inputs, kpi, value)
        document["comparison"] = comparison_data(compared)
        rows += _comparison_rows(compared)
    if draws or not rows:
        chances = Chances(
            correlation=exact(correlation, place="--correlation"),
            turnover=exact(turnover, place="--turnover"),
            spread=dict(spread),
            kpi_sd=dict(kpi_sd),
            futures=load_futures(futures) if futures else (),
        )
        of = by_person(attribute, "value") if attribute else None
        document["forecasts"] = []
        for one in plans:
            told = _drawn(one, inputs, chances, draws or DRAWS, seed, of)
            document["forecasts"].append({"plan": one.name, "seed": seed} | forecast_data(told))
            rows += _forecast_rows(one.name, told)
    show(form, ("about", "what", "value"), rows, document=document)


def _sound(plan: "Plan") -> "Plan":
    from viaggio.incentive.plan import check

    stopping = [f for f in check(plan) if f.refuses]
    if stopping:
        told = "; ".join(f"{f.place}: {f.code}" for f in stopping)
        raise ViaggioError(f"the plan is refused: {told}", hint="See 'viaggio incentive check'.")
    return plan


def _compared(
    plan: "Plan", other: "Plan", inputs: "Inputs", kpis: Iterable[Any], values: Iterable[Any]
) -> "Comparison":
    from viaggio.incentive.run.model import NOW
    from viaggio.incentive.whatif import compare
    from viaggio.incentive.whatif.scenario import Scenario, applied

    places = {(name.partition("@")[0], name.partition("@")[2]): value for name, value in values}
    unknown = set(places) - {(c.measure, c.unit) for c in inputs.cells if c.window == NOW}
    if unknown:
        measure, unit = min(unknown)
        raise ViaggioError(f"the results have no '{measure}' of '{unit or 'the company'}'",
                           hint="Write measure=number or measure@unit=number.")  # fmt: skip
    edited = applied(inputs, Scenario(values=places, kpis=dict(kpis)))
    return compare(plan, other, inputs, inputs_b=edited)


def _drawn(
    plan: "Plan", inputs: "Inputs", chances: Any, draws: int, seed: int, attribute: dict[str, str] | None
) -> "Forecast":
    import numpy as np

    from viaggio.incentive.whatif.forecast import simulate as drawn

    with _bar(plan.name) as progress:
        return drawn(plan, inputs, chances, draws=draws, chance=np.random.default_rng(seed),
                     attribute=attribute, progress=progress)  # fmt: skip


@contextmanager
def _bar(label: str) -> "Iterator[Callable[[int, int], None]]":
    """A bar of draws on a terminal; silent elsewhere."""
    from tqdm import tqdm

    with tqdm(desc=label, unit=" draws", disable=None, leave=False) as meter:

        def progress(done: int, whole: int) -> None:
            meter.total = whole
            meter.update(done - meter.n)

        yield progress


def comparison_data(found: "Comparison") -> dict[str, Any]:
    """A comparison as plain values: amounts as text with two decimals."""
    from viaggio.incentive.exact import amount

    def moved(amounts: Any) -> dict[str, Any]:
        return {
            name: {"before": amount(m.before), "after": amount(m.after), "difference": amount(m.difference)}
            for name, m in amounts.items()
        }

    return {
        **moved({"total": found.total}),
        "causes": [
            {
                "part": cause.part,
                "together": list(cause.together),
                "amount": amount(cause.cents),
                "changes": [{"place": c.place, "before": c.before, "after": c.after} for c in cause.changes],
                "people": {person: amount(cents) for person, cents in cause.by_person.items()},
            }
            for cause in found.causes
        ],
        "units": moved(found.units),
        "groups": moved(found.groups),
        "people": moved(found.people),
    }


def _comparison_rows(found: "Comparison") -> Rows:
    from viaggio.incentive.exact import amount

    rows: Rows = [("total", what, amount(cents)) for what, cents in (
        ("before", found.total.before), ("after", found.total.after), ("difference", found.total.difference),
    )]  # fmt: skip
    for cause in found.causes:
        name = "+".join((cause.part, *cause.together))
        rows.append(("cause", name, amount(cause.cents)))
        rows += [("change", c.place, f"{c.before} -> {c.after}") for c in cause.changes]
    for about, amounts in (("unit", found.units), ("group", found.groups), ("person", found.people)):
        rows += [(about, name, amount(m.difference)) for name, m in amounts.items() if m.difference]
    return rows


def forecast_data(told: "Forecast") -> dict[str, Any]:
    """A forecast as plain values; amounts are numbers, for they are estimates."""
    return {
        "draws": told.draws,
        "computed": told.base_cents / 100,
        "cost": _band(told.cost) | {"sd": round(told.sd, 2)},
        "gates_fail": told.gates,
        "pool_binds": told.pool_binds,
        "lambda": round(told.factor, 6),
        "units": {unit: _band(band) for unit, band in told.units.items()},
        "attribute": {
            name: {"headcount": shown.headcount, "payout": shown.payout}
            for name, shown in told.attribute.items()
        },
        "noise_share": told.noise_share,
        "per_point": {measure: round(cost, 2) for measure, cost in told.per_point.items()},
    }


def _band(band: "Band") -> dict[str, float]:
    return {name: round(getattr(band, name), 2) for name in ("mean", "p5", "p50", "p95")}


def _forecast_rows(plan: str, told: "Forecast") -> Rows:
    data = forecast_data(told)
    rows: Rows = [(plan, f"cost {name}", _money(value)) for name, value in data["cost"].items()]
    rows += [(plan, f"gate fails: {gate}", _share(share)) for gate, share in told.gates.items()]
    if told.pool_binds is not None:
        rows += [(plan, "pool binds", _share(told.pool_binds)), (plan, "lambda", f"{told.factor:.6f}")]
    if told.noise_share is not None:
        rows.append((plan, "variance from sampling noise", _share(told.noise_share)))
    rows += [(plan, f"one point more of {name}", _money(cost)) for name, cost in told.per_point.items()]
    for unit, band in told.units.items():
        rows.append((plan, f"unit {unit}", f"{_money(band.mean)} ({_money(band.p5)} to {_money(band.p95)})"))
    for name, shown in told.attribute.items():
        payout = "too few people" if shown.payout is None else _share(shown.payout)
        rows.append((plan, f"payout of {name or 'no value'}", payout))
    return rows


def _money(value: float) -> str:
    return f"{value:,.2f}"


def _share(value: float) -> str:
    return f"{100 * value:.1f} %"
