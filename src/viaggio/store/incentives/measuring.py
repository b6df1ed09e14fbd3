"""What a plan pays on, from the newest facts: cells of its measures and the KPIs of its gates and pool.

Answers are counted as whole numbers. Shares are in per cent, money in currency units, everything else as the
metric catalogue has it: as curves, gates and pools are written.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

from viaggio.incentive.exact import fraction
from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Cell, Excluded, Stratum
from viaggio.incentive.run.cells import score_of
from viaggio.kernel import Period, Population, Reading, Unit
from viaggio.measure.catalogue import CATALOGUE, metric
from viaggio.pulse.index import NONE_CODE
from viaggio.pulse.kernels.question import UNSTATED
from viaggio.store.engine import Engine
from viaggio.store.incentives.asking import (
    MANUAL,
    Ask,
    UnitScope,
    ask_of,
    kpis_of,
    measures_of,
    unit_scopes,
    windows_of,
)
from viaggio.store.incentives.counting import count
from viaggio.store.incentives.excluding import Counting, Excluding, counting
from viaggio.store.incentives.mixing import AS_COUNTED, Mixing, mixed, mixing_of
from viaggio.store.readings import Answers, answers_of, read_one

_STEP = Decimal("0.000001")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One figure as it was taken: whose, of which days, from which facts. `value` is None without answers.

    `left_out`: answers of pulses that are no base of pay. `excluded`: how many of the figure's answers do not
    count for which reason; where there are any, `shown` and `shown_base` are what the figure's page says.
    """

    measure: str
    unit: str
    window: str
    kind: str
    metric: str
    where: Population
    weights: str
    period: Period
    value: Fraction | None
    base: int
    facts: str
    fault: str = ""
    left_out: int = 0
    excluded: Mapping[str, int] = field(default_factory=dict)
    shown: Fraction | None = None
    shown_base: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Cells with the figure of each, KPIs with theirs, and names of KPIs that the facts do not give.

    `excluded`: answers of the windows that are in no cell.
    """

    cells: tuple[Cell, ...]
    kpis: Mapping[str, Fraction]
    taken: tuple[Taken, ...]
    missing: tuple[str, ...]
    excluded: tuple[Excluded, ...] = ()


def measure(
    engine: Engine, plan: Plan, first: date, last: date, units: Sequence[UnitScope] = (), *,
    apart: Sequence[str] = (), excluding: Excluding | None = None,
) -> Found:  # fmt: skip
    """Everything that a plan pays on between two days, both included; answers of pulses `apart` never count.

    Nor do those that `excluding` tells. Raises `BadPlan`, `UnknownMetric`.
    """
    windows = windows_of(plan, first, last)
    asked = [metric(ask_of(plan, name).metric).figure for name in (*measures_of(plan), *_measured(plan))]
    figures = sorted({figure for figure in asked if figure})
    counted, excluded = (
        counting(engine, excluding, list(windows.values()), figures, apart) if excluding else (None, ())
    )
    facts = _Facts(engine, counted)
    cells, taken = [], []
    for name in measures_of(plan):
        whole = ask_of(plan, name)
        asks = (whole, _without(engine, whole, apart))
        for cell, figure in _cells(facts, plan, asks, windows, units):
            cells.append(cell)
            taken.append(figure)
    kpis, missing = {}, []
    for name in kpis_of(plan):
        figure_of = _kpi(facts, plan, name, windows["period"], apart)
        if figure_of is None or figure_of.value is None:
            missing.append(name)
        else:
            kpis[name] = figure_of.value
            taken.append(figure_of)
    return Found(cells=tuple(cells), kpis=kpis, taken=tuple(taken), missing=tuple(missing), excluded=excluded)


@dataclass(frozen=True, slots=True)
class _Facts:
    """The facts as the pages show them, and without the answers that do not count, if there are any."""

    whole: Engine
    counting: Counting | None

    def of(self, slug: str) -> Answers:
        """Where this metric is counted for pay."""
        return self.counting if self.counting and metric(slug).figure else self.whole

    def judged(self, asked: Ask, period: Period, figure: Taken) -> Taken:
        """The figure with how many of its answers do not count and why, and what its page shows."""
        slug = metric(asked.metric).figure
        if self.counting is None or not slug:
            return figure
        excluded = {
            reason: n
            for reason, index in self.counting.by_reason.items()
            if (n := count(index, slug, period, asked.where).n)
        }
        if not excluded:
            return figure
        strata, _fault = _counted(self.whole, asked, period, AS_COUNTED)
        page = _taken(asked, period, strata, self.whole.version)
        return replace(figure, excluded=excluded, shown=page.value, shown_base=page.base)


def _cells(
    facts: _Facts, plan: Plan, asks: tuple[Ask, Ask], windows: Mapping[str, Period],
    units: Sequence[UnitScope],
) -> Iterator[tuple[Cell, Taken]]:  # fmt: skip
    """The cells of a measure, asked of all answers and of those that count, with the figure of each."""
    whole, ask = asks
    engine = facts.of(ask.metric)
    mixing = mixing_of(engine, plan, ask, windows)
    scopes = [("", None, "", ask.where), *unit_scopes(ask, units)]
    wholes = [whole.where, *(where for *_, where in unit_scopes(whole, units))]
    for window, period in windows.items():
        for (unit, headcount, parent, where), everything in zip(scopes, wholes, strict=True):
            cell = Cell(measure=ask.measure, unit=unit, window=window, headcount=headcount, parent=parent)
            asked = replace(ask, where=where)
            strata, fault = _counted(engine, asked, period, AS_COUNTED)
            figure = facts.judged(asked, period, _taken(asked, period, strata, facts.whole.version))
            if mixing.shares:
                cell = replace(cell, strata=_counted(engine, asked, period, mixing)[0])
            else:
                cell = replace(cell, strata=strata)
            left_out = _left_out(engine, replace(whole, where=everything), asked, period)
            yield cell, replace(figure, unit=unit, window=window, fault=fault, left_out=left_out)


def _without(engine: Answers, ask: Ask, apart: Sequence[str]) -> Ask:
    """The same question to the answers of all other pulses, and to those that belong to none."""
    if not apart or not metric(ask.metric).figure:
        return ask
    answers = answers_of(engine)
    known = answers.codes["pulse"]
    if not set(known) & set(apart):
        return ask
    others = [name for name in known if name not in apart]
    if (answers.columns["pulse"] == NONE_CODE).any():
        others.append(UNSTATED)
    return replace(ask, where=ask.where.narrowed(pulse=others))


def _left_out(engine: Answers, whole: Ask, asked: Ask, period: Period) -> int:
    """How many answers (of pillars: responses) count in the figure but not for pay."""
    if whole.where == asked.where:
        return 0
    figure = metric(whole.metric).figure
    every, counted = (count(answers_of(engine), figure, period, one.where) for one in (whole, asked))
    return max(0, every.n - counted.n)


def _taken(ask: Ask, period: Period, strata: tuple[Stratum, ...], facts: str) -> Taken:
    """The figure as its own page shows it: all answers alike, no mix adjusted."""
    score = score_of(Cell(measure=ask.measure, strata=strata))
    return Taken(
        measure=ask.measure, unit="", window="period", kind=strata[0].kind if strata else "",
        metric=ask.metric, where=ask.where, weights=ask.weights, period=period,
        value=score.value if score else None, base=sum(stratum.n for stratum in strata), facts=facts,
    )  # fmt: skip


def _counted(engine: Answers, ask: Ask, period: Period, mixing: Mixing) -> tuple[tuple[Stratum, ...], str]:
    """The strata of one cell: exact counts of answers, or the catalogue's value of another metric."""
    declared = metric(ask.metric)
    if not declared.figure or ask.weights != "none":
        reading = read_one(engine, ask.metric, period, ask.where, weights=ask.weights)
        value = value_of(reading)
        if value is None:
            return (), ",".join(sorted(flag.value for flag in reading.flags))
        return (Stratum(kind="value", n=reading.n if declared.figure else 0, value=value),), ""
    found = count(answers_of(engine), declared.figure, period, ask.where)
    if not mixing.shares or not found.strata:
        return tuple(found.strata.values()), found.fault
    return mixed(engine, ask, period, mixing), found.fault


def _measured(plan: Plan) -> list[str]:
    """The KPIs that the facts give: of the catalogue, or the company's value of a measure."""
    return [
        name
        for name in kpis_of(plan)
        if (
            plan.measures[name].get("metric", MANUAL) != MANUAL
            if name in plan.measures
            else name in CATALOGUE
        )
    ]


def _kpi(facts: _Facts, plan: Plan, name: str, period: Period, apart: Sequence[str]) -> Taken | None:
    """A KPI from the catalogue, or the company's value of a measure; None where the facts do not give it."""
    if name not in _measured(plan):
        return None
    whole = ask_of(plan, name)
    engine = facts.of(whole.metric)
    ask = _without(engine, whole, apart)
    strata, fault = _counted(engine, ask, period, AS_COUNTED)
    left_out = _left_out(engine, whole, ask, period)
    figure = facts.judged(ask, period, _taken(ask, period, strata, facts.whole.version))
    return replace(figure, kind="kpi", fault=fault, left_out=left_out)


def value_of(reading: Reading) -> Fraction | None:
    """A reading's value as an exact number: six decimals, halves to even; None where there is none.

    Shares in per cent, money in currency units: as curves, gates and pools are written.
    """
    if reading.value is None:
        return None
    value = Decimal(str(reading.value))
    if reading.unit is Unit.CENTS:
        return Fraction(value) / 100
    if reading.unit is Unit.SHARE:
        value *= 100
    return Fraction(value.quantize(_STEP, ROUND_HALF_EVEN))


def plain(taken: Taken) -> dict[str, object]:
    """A figure as plain values for a snapshot's list of readings."""
    return {
        "measure": taken.measure,
        "unit": taken.unit,
        "window": taken.window,
        "kind": taken.kind,
        "metric": taken.metric,
        "where": {name: list(values) for name, values in taken.where.key()},
        "weights": taken.weights,
        "first": taken.period.start.isoformat(),
        "last": taken.period.last.isoformat(),
        "value": None if taken.value is None else fraction(taken.value),
        "base": taken.base,
        "facts": taken.facts,
        "fault": taken.fault,
        "left_out": taken.left_out,
        **_beside(taken),
    }


def _beside(taken: Taken) -> dict[str, object]:
    """What the figure's page shows, where not all of it counts."""
    if not taken.excluded:
        return {}
    shown = None if taken.shown is None else fraction(taken.shown)
    return {"excluded": dict(taken.excluded), "shown": shown, "shown_base": taken.shown_base}
