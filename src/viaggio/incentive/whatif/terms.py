"""The guard rails as a table of coefficients: what each credited value takes from which cells.

Which step of the ladder a cell takes depends on how many answered, not on what they answered, and every step
before the dead band is linear in the values of the cells. So the exact engine is asked for its coefficients,
with one cell at a huge value and the others at zero, and no second copy of its rules exists that could drift.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from types import MappingProxyType

from viaggio.incentive.curves import Curve
from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Cell, CellScore
from viaggio.incentive.run.cells import Cells, credited, score_of, target_of
from viaggio.incentive.run.model import NOW
from viaggio.incentive.whatif.scenario import Place, valued

HUGE = Fraction(10**12)
"""Credited values are rounded to six decimals; so coefficients are known to eighteen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A credited value before its dead band: constant + sum of coefficient * value of a cell in the period.

    `margin` is the half-width of the dead band around `target`, None without one; `reason` is what the
    ladder does where there is no value at all, and then nothing else counts.
    """

    coefficients: Mapping[Place, Fraction] = MappingProxyType({})
    constant: Fraction = Fraction(0)
    target: Fraction = Fraction(0)
    margin: Fraction | None = None
    baseline: Fraction | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """A component's value: the weighted mean of terms, each rounded by itself; one of weight 1 if plain."""

    parts: tuple[tuple[Fraction, Term], ...]
    baseline: Fraction | None
    reason: str = ""


class Terms:
    """The terms of a plan on given cells; each is worked out once."""

    def __init__(self, plan: Plan, cells: tuple[Cell, ...]) -> None:
        self.plan = plan
        self.cells = Cells(plan, cells)
        self._linear = Cells(_without_band(plan), cells)
        self._of: dict[str, list[Cell]] = {}
        for cell in cells:
            self._of.setdefault(cell.measure, []).append(cell)
        self._known: dict[tuple[str, str, Curve], Term] = {}
        self._values: dict[tuple[str, str, Curve], Value] = {}

    def value(self, measure: str, mapped: str, unit: str, curve: Curve) -> Value:
        """The value of a component in a unit, plain or of a function's touchpoints; one object for equals."""
        key = (measure, "" if mapped else self.cells.unit_of(measure, unit), curve)
        if key not in self._values:
            self._values[key] = self._value(measure, mapped, unit, curve)
        return self._values[key]

    def _value(self, measure: str, mapped: str, unit: str, curve: Curve) -> Value:
        if not mapped:
            return _single(self.term(measure, unit, curve))
        weights = self.plan.contribution_map[mapped]
        enough = {
            touchpoint: weight
            for touchpoint, weight in weights.items()
            if self.cells.enough(self.cells.at(touchpoint, "", NOW))
            and not self.cells.private(touchpoint, "")
        }
        if not enough:
            return _single(self.term(f"map:{mapped}", "", curve))
        total = sum(enough.values(), Fraction(0))
        parts = tuple((weight / total, self.term(t, "", curve)) for t, weight in enough.items())
        before = [(weight, term.baseline) for weight, term in parts if term.baseline is not None]
        whole = len(before) == len(parts)
        return Value(
            parts=parts,
            baseline=sum((weight * value for weight, value in before), Fraction(0)) if whole else None,
        )

    def term(self, measure: str, unit: str, curve: Curve) -> Term:
        """The term of a plain measure in a unit."""
        unit = self.cells.unit_of(measure, unit)
        key = (measure, unit, curve)
        if key not in self._known:
            self._known[key] = self._term(measure, unit, curve)
        return self._known[key]

    def _term(self, measure: str, unit: str, curve: Curve) -> Term:
        now = credited(self._linear, measure, unit, curve)
        if not isinstance(now, CellScore):
            return Term(reason=now)
        chain = self._chain(measure, unit)
        near = [cell for cell in self._of.get(measure, []) if cell.unit in chain]
        drawn = [cell for cell in near if cell.window == NOW and score_of(cell) is not None]
        found = {cell.unit: self._probe(near, curve, unit, at=cell) for cell in drawn}
        z = self.plan.guard_rails.dead_band_z
        return Term(
            coefficients={(measure, place): c for place, c in found.items() if c},
            constant=self._probe(near, curve, unit, at=None),
            target=target_of(curve),
            margin=None if z is None else z * now.se,
            baseline=now.baseline,
        )

    def _chain(self, measure: str, unit: str) -> set[str]:
        """The unit and those above it."""
        chain, above = {unit}, self.cells.parent(measure, unit)
        while above is not None and above not in chain:
            chain.add(above)
            above = self.cells.parent(measure, above)
        return chain

    def _probe(self, near: list[Cell], curve: Curve, unit: str, *, at: Cell | None) -> Fraction:
        """The coefficient of a cell; of no cell: the constant, from all other windows."""
        cells = tuple(_probed(near, at))
        score = credited(Cells(self._linear.plan, cells), cells[0].measure, unit, curve)
        assert isinstance(score, CellScore)
        return score.credited / HUGE


def _probed(near: list[Cell], at: Cell | None) -> Iterator[Cell]:
    for cell in near:
        score = score_of(cell)
        value = Fraction(0)
        if cell is at:
            value = HUGE
        elif at is None and cell.window != NOW and score is not None:
            value = score.value * HUGE
        yield valued(cell, value)


def _single(term: Term) -> Value:
    return Value(parts=((Fraction(1), term),), baseline=term.baseline, reason=term.reason)


def _without_band(plan: Plan) -> Plan:
    return replace(plan, guard_rails=replace(plan.guard_rails, dead_band_z=None))
