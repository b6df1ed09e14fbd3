"""S4 to S7 for one group in one unit: payouts of its components, sections, gates."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from viaggio.incentive.combining import (
    Combination,
    Effect,
    EffectKind,
    Part,
    Section,
    combined,
    redistributed,
    section_factor,
    through,
)
from viaggio.incentive.curves import payout
from viaggio.incentive.plan.model import Component, Gate, Group, Level, Plan
from viaggio.incentive.run.cells import NEUTRAL, REDISTRIBUTED, Cells, composite, credited
from viaggio.incentive.run.model import CellScore, Result

MISSING = "missing"


@dataclass(frozen=True, slots=True, kw_only=True)
class GateState:
    """A gate of the plan as it stands in this run: passed, failed, or its KPI is missing."""

    gate: Gate
    text: str
    failed: bool
    missing: bool

    @property
    def effect(self) -> Effect | None:
        """What it does: a missing KPI holds, never zeroes."""
        if self.missing:
            return Effect(EffectKind.HOLD)
        return self.gate.effect if self.failed else None


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupResult:
    """What a group in a unit earns: results, worth of each by measure, factor, and what is held."""

    results: tuple[Result, ...]
    factor: Fraction
    held: Mapping[str, str]
    """Measure -> why its line is held."""


def gate_states(plan: Plan, kpis: Mapping[str, Fraction]) -> list[GateState]:
    """Every gate with the value that decides about it."""
    states = []
    for gate in plan.gates:
        value = kpis.get(gate.kpi)
        states.append(
            GateState(
                gate=gate,
                text=f"{gate.kpi} {gate.sign} {gate.threshold}",
                failed=value is not None and not gate.passes(value),
                missing=value is None,
            )
        )
    return states


def group_result(plan: Plan, cells: Cells, group: Group, unit: str, gates: list[GateState]) -> GroupResult:
    """The results of a group's components in a unit, through all gates."""
    results = [_result(cells, component, unit) for component in group.components]
    results = _spread(results)
    held: dict[str, str] = {}
    results = [_gated(result, gates, held) for result in results]
    sections: dict[Section, Fraction] = {}
    for section in Section:
        parts = [_part(result) for result in results if result.section is section]
        if not parts:
            continue
        factor = section_factor(parts, plan.combination)
        sections[section] = _section_gates(factor, section, parts, plan.combination, gates)
        _hold(gates, Level.SECTION, str(section), [p.name for p in parts], held)
    factor = combined(sections, plan.combination)
    factor = through(
        factor, [state.effect for state in gates if state.gate.level is Level.PLAN and state.effect]
    )
    _hold(gates, Level.PLAN, "", [r.measure for r in results], held)
    return GroupResult(results=tuple(results), factor=factor, held=held)


def _result(cells: Cells, component: Component, unit: str) -> Result:
    if component.mapped:
        score = composite(cells, component.mapped, component.curve)
    else:
        score = credited(cells, component.measure, unit, component.curve)
    blank = Result(
        measure=component.measure,
        section=component.section,
        weight=component.weight,
        payout=Fraction(1),
        reason=NEUTRAL,
    )
    if isinstance(score, str):
        return replace(blank, reason=score)
    level = payout(component.curve, score.credited)
    better = _improvement(component, score)
    return replace(
        blank,
        payout=max(level, better) if better is not None else level,
        reason=score.source,
        score=score,
        level_payout=level,
        improvement_payout=better,
        incremental=_incremental(component, score),
    )


def _improvement(component: Component, score: CellScore) -> Fraction | None:
    if component.improvement is None or score.baseline is None:
        return None
    return payout(component.improvement, score.credited - score.baseline)


def _incremental(component: Component, score: CellScore) -> bool | None:
    """Whether the value is better than the baseline, whichever way is better."""
    if score.baseline is None:
        return None
    better = score.credited - score.baseline
    return (-better if component.curve.falling else better) > 0


def _spread(results: list[Result]) -> list[Result]:
    """Give the weight of redistributed components to the others; with none left, all are neutral."""
    gone = [result.measure for result in results if result.reason == REDISTRIBUTED]
    if not gone:
        return results
    if len(gone) == len(results):
        return [replace(result, reason=NEUTRAL, payout=Fraction(1)) for result in results]
    weights = redistributed({result.measure: result.weight for result in results}, gone)
    return [
        replace(result, weight=weights.get(result.measure, Fraction(0)))
        if result.measure not in gone
        else replace(result, weight=Fraction(0), payout=Fraction(0))
        for result in results
    ]


def _part(result: Result) -> Part:
    return Part(name=result.measure, section=result.section, weight=result.weight, payout=result.payout)


def _gated(result: Result, gates: list[GateState], held: dict[str, str]) -> Result:
    effects = [
        s for s in gates if s.gate.level is Level.COMPONENT and s.gate.name == result.measure and s.effect
    ]
    for state in effects:
        if state.effect and state.effect.kind is EffectKind.HOLD:
            held.setdefault(result.measure, _why(state))
    return replace(result, payout=through(result.payout, [s.effect for s in effects if s.effect]))


def _section_gates(
    factor: Fraction, section: Section, parts: list[Part], combination: Combination, gates: list[GateState]
) -> Fraction:
    """A section's factor through its gates; a cap is of the payout, before its weight."""
    effects = [
        s.effect for s in gates if s.gate.level is Level.SECTION and s.gate.name == section and s.effect
    ]
    weight = (
        sum((part.weight for part in parts), Fraction(0))
        if combination is Combination.ADDITIVE
        else Fraction(1)
    )
    return weight * through(factor / weight, effects) if weight else Fraction(0)


def _hold(gates: list[GateState], level: Level, name: str, measures: list[str], held: dict[str, str]) -> None:
    for state in gates:
        effect = state.effect
        if (
            state.gate.level is level
            and state.gate.name == name
            and effect
            and effect.kind is EffectKind.HOLD
        ):
            for measure in measures:
                held.setdefault(measure, _why(state))


def _why(state: GateState) -> str:
    return f"gate:{state.gate.kpi}:{MISSING}" if state.missing else f"gate:{state.gate.kpi}"
