"""From drawn values to the factor of each group in each unit, for many draws at once: S4 to S7 in floats."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from viaggio.incentive.combining import Combination, Effect, EffectKind, Section
from viaggio.incentive.curves import Curve, Shape
from viaggio.incentive.plan import Component, Gate, Level, Plan
from viaggio.incentive.run import Cell
from viaggio.incentive.run.cells import NEUTRAL, REDISTRIBUTED
from viaggio.incentive.whatif.scenario import Place
from viaggio.incentive.whatif.terms import Term, Terms, Value

type Floats = npt.NDArray[np.float64]
type Flags = npt.NDArray[np.bool_]

type Key = tuple[int, Curve, Curve | None]

MICRO = 1e6
"""Credited values are whole millionths, so that points of a curve are met exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A component of a group in a unit: its value (None where the ladder left none), weight and payout."""

    component: Component
    weight: float
    value: Value | None
    payout: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Factory:
    """What factors are made of: the places of drawn cells, and the lines of each group and unit."""

    plan: Plan
    places: Mapping[Place, int]
    groups: tuple[tuple[Ready, ...], ...]

    @property
    def falling(self) -> frozenset[str]:
        """Measures of which less is better."""
        return frozenset(
            measure
            for lines in self.groups
            for line in lines
            if line.value is not None and line.component.curve.falling
            for _, term in line.value.parts
            for measure, _ in term.coefficients
        )

    def factors(self, values: Floats, kpis: Mapping[str, Floats]) -> Floats:
        """Draws x groups. `values`: draws x cells in the order of `places`; `kpis`: one array per KPI."""
        known: dict[Key, Floats] = {}
        failed = [
            (gate, fails(gate, kpis[gate.kpi])) for gate in self.plan.gates if gate.kpi in kpis
        ]  # a gate whose KPI is missing holds, and holds change no amount
        made = np.empty((len(values), len(self.groups)))
        for number, lines in enumerate(self.groups):
            made[:, number] = self._factor(lines, values, failed, known)
        return made

    def _factor(
        self,
        lines: tuple[Ready, ...],
        values: Floats,
        failed: Sequence[tuple[Gate, Flags]],
        known: dict[Key, Floats],
    ) -> Floats:
        additive = self.plan.combination is Combination.ADDITIVE
        factor = np.full(len(values), 0.0 if additive else 1.0)
        for section in Section:
            inside = [line for line in lines if line.component.section is section]
            if not inside:
                continue
            worth = np.zeros(len(values))
            for line in inside:
                payout = self._payout(line, values, known)
                worth += line.weight * _through(payout, failed, Level.COMPONENT, line.component.measure)
            weight = sum(line.weight for line in inside)
            earned = worth / weight if weight else np.full(len(values), 0.0 if additive else 1.0)
            earned = _through(earned, failed, Level.SECTION, str(section))
            factor = factor + weight * earned if additive else factor * earned
        return _through(factor, failed, Level.PLAN, "")

    def _payout(self, line: Ready, values: Floats, known: dict[Key, Floats]) -> Floats:
        if line.value is None:
            return np.full(len(values), line.payout)
        key = (id(line.value), line.component.curve, line.component.improvement)
        if key not in known:
            micro = self._credited(line.value, values)
            payout = paid(line.component.curve, micro)
            if line.component.improvement is not None and line.value.baseline is not None:
                better = micro - round(_micro(line.value.baseline))
                payout = np.maximum(payout, paid(line.component.improvement, better))
            known[key] = payout
        return known[key]

    def _credited(self, value: Value, values: Floats) -> Floats:
        """Whole millionths: each term through its dead band and rounded, then their weighted mean."""
        total = np.zeros(len(values))
        for weight, term in value.parts:
            total += float(weight) * np.rint(self._banded(term, values) * MICRO)
        return np.rint(total)

    def _banded(self, term: Term, values: Floats) -> Floats:
        own = np.full(len(values), float(term.constant))
        for place, coefficient in term.coefficients.items():
            own += float(coefficient) * values[:, self.places[place]]
        if term.margin is None:
            return own
        target, margin = float(term.target), float(term.margin)
        away = own - target
        return target + np.sign(away) * np.maximum(np.abs(away) - margin, 0.0)


def factory(plan: Plan, cells: tuple[Cell, ...], wanted: Sequence[tuple[str, str]]) -> Factory:
    """What makes the factors of these (group, unit) pairs."""
    terms = Terms(plan, cells)
    groups = tuple(_lines(terms, group, unit) for group, unit in wanted)
    used = {
        place
        for lines in groups
        for line in lines
        if line.value is not None
        for _, term in line.value.parts
        for place in term.coefficients
    }
    return Factory(plan=plan, places={place: n for n, place in enumerate(sorted(used))}, groups=groups)


def _lines(terms: Terms, group: str, unit: str) -> tuple[Ready, ...]:
    """Redistributed weights go to the other lines in proportion; with none left all are neutral."""
    components = terms.plan.groups[group].components
    values = [terms.value(c.measure, c.mapped, unit, c.curve) for c in components]
    gone = [value.reason == REDISTRIBUTED for value in values]
    if all(gone):
        gone = [False] * len(gone)
        values = [Value(parts=(), baseline=None, reason=NEUTRAL) for _ in values]
    total = sum((c.weight for c in components), Fraction(0))
    left = sum((c.weight for c, out in zip(components, gone, strict=True) if not out), Fraction(0))
    return tuple(
        Ready(
            component=component,
            weight=0.0 if out else float(component.weight * total / left),
            value=None if value.reason else value,
            payout=0.0 if out else 1.0,
        )
        for component, value, out in zip(components, values, gone, strict=True)
    )


def paid(curve: Curve, micro: Floats) -> Floats:
    """The payout of values in whole millionths: interpolated, or that of the highest point reached."""
    x = -micro if curve.falling else micro
    points = np.array([_micro(value) for value, _ in curve.ascending])
    payouts = np.array([float(payout) for _, payout in curve.ascending])
    if curve.shape is Shape.LINEAR:
        return np.asarray(np.interp(x, points, payouts, left=float(curve.below)), dtype=np.float64)
    steps = np.concatenate([[float(curve.below)], payouts])
    return np.asarray(steps[np.searchsorted(points, x, side="right")])


def fails(gate: Gate, value: Floats) -> Flags:
    """Per draw whether the gate's condition does not hold; equality passes >= and <=."""
    threshold = float(gate.threshold)
    holds = {
        ">=": value >= threshold,
        ">": value > threshold,
        "<=": value <= threshold,
        "<": value < threshold,
    }
    return ~holds[gate.sign]


def _through(factor: Floats, failed: Sequence[tuple[Gate, Flags]], level: Level, name: str) -> Floats:
    for gate, where in failed:
        if gate.level is level and gate.name == name:
            factor = np.where(where, _effect(gate.effect, factor), factor)
    return factor


def _effect(effect: Effect, factor: Floats) -> Floats:
    if effect.kind is EffectKind.ZERO:
        return np.zeros_like(factor)
    if effect.kind is EffectKind.CAP:
        return np.minimum(factor, float(effect.amount))
    return factor * float(effect.amount) if effect.kind is EffectKind.FACTOR else factor


def _micro(value: Fraction) -> float:
    return float(value * 1_000_000)
