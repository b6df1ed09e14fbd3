"""What a line would change: the same award with one payout moved, everything else as it was.

Exact, by the rules of the plan: section and plan gates as they stood, the individual cap, the pool as it came
out. The pool is not divided anew, since other people's results are not this person's to see.
"""

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from viaggio.incentive.combining import (
    Combination,
    Effect,
    EffectKind,
    Part,
    Section,
    capped,
    combined,
    section_factor,
    through,
)
from viaggio.incentive.curves import Curve, Shape, payout
from viaggio.incentive.exact import cents
from viaggio.web.incentive.services.statement import (
    CurveShape,
    Statement,
    StatementGate,
    StatementLine,
    StatementStay,
)


def curve_of(shape: CurveShape) -> Curve:
    """The curve as the engine has it."""
    return Curve(shape=Shape(shape.kind), points=shape.points, below=shape.below, falling=shape.falling)


def moved(statement: Statement, line: StatementLine, by: Fraction) -> int | None:
    """Cents more (or fewer) if the credited value were `by` higher; None where no value was credited."""
    if line.credited is None or statement.status != "ok":
        return None
    before = _award(statement, statement.lines)
    now = replace(line, payout=_gated(line, _paid(line, line.credited + by), statement.gates))
    lines = [now if other.place == line.place else other for other in statement.lines]
    return cents((_award(statement, lines) - before) / 100)


def stay_factor(stay: StatementStay, lines: Sequence[StatementLine], statement: Statement) -> Fraction:
    """What a stay earns of its opportunity: its lines combined, through gates of sections and plan."""
    combination = Combination(statement.combination)
    sections: dict[Section, Fraction] = {}
    for section in Section:
        parts = [
            Part(name=line.measure, section=section, weight=line.weight, payout=line.payout)
            for line in lines_of(stay, lines)
            if line.section == section
        ]
        if parts:
            weight = sum((part.weight for part in parts), Fraction(0))
            weight = weight if combination is Combination.ADDITIVE else Fraction(1)
            factor = section_factor(parts, combination)
            effects = _effects(statement.gates, "section", section)
            sections[section] = weight * through(factor / weight, effects) if weight else Fraction(0)
    return through(combined(sections, combination), _effects(statement.gates, "plan", ""))


def lines_of(stay: StatementStay, lines: Sequence[StatementLine]) -> list[StatementLine]:
    """The lines of a stay."""
    key = (stay.unit, stay.group, stay.first)
    return [line for line in lines if (line.unit, line.group, line.first) == key]


def stay_of(statement: Statement, line: StatementLine) -> StatementStay | None:
    """The stay that a line belongs to."""
    key = (line.unit, line.group, line.first)
    return next((stay for stay in statement.stays if (stay.unit, stay.group, stay.first) == key), None)


def line_scale(statement: Statement, stay: StatementStay) -> Fraction:
    """By what weight times payout of each line is multiplied beside the opportunity: gates, cap, pool."""
    plain = sum((line.weight * line.payout for line in lines_of(stay, statement.lines)), Fraction(0))
    if not plain or stay.factor is None:
        return Fraction(1)
    return stay.factor / plain * cap_factor(statement) * pool_factor(statement)


def cap_factor(statement: Statement) -> Fraction:
    """By what the individual cap multiplied the award; 1 where it did not bind."""
    worth = sum((s.target_cents * s.share * (s.factor or 0) for s in statement.stays), Fraction(0))
    whole = sum((s.target_cents * s.share for s in statement.stays), Fraction(0))
    cap = statement.individual_cap
    return capped(worth, None if cap is None else cap * whole) / worth if worth else Fraction(1)


def pool_factor(statement: Statement) -> Fraction:
    """By what the pool multiplied the award; 1 where it did not.

    Where everything is distributed, people at their cap got less than the pool's own factor: what was paid
    says how much.
    """
    if statement.pool is None or not statement.raw:
        return Fraction(1)
    hundredfold = statement.raw * 100
    if abs(hundredfold * statement.pool.factor - statement.cents) <= 1:
        return statement.pool.factor
    return Fraction(statement.cents) / hundredfold


def _award(statement: Statement, lines: Sequence[StatementLine]) -> Fraction:
    """The raw award in cents after the pool's factor."""
    worth = sum(
        (stay.target_cents * stay.share * stay_factor(stay, lines, statement) for stay in statement.stays),
        Fraction(0),
    )
    opportunity = sum((stay.target_cents * stay.share for stay in statement.stays), Fraction(0))
    cap = statement.individual_cap
    return capped(worth, None if cap is None else cap * opportunity) * pool_factor(statement)


def _paid(line: StatementLine, value: Fraction) -> Fraction:
    level = payout(curve_of(line.curve), value)
    if line.improvement is None or line.baseline is None:
        return level
    return max(level, payout(curve_of(line.improvement), value - line.baseline))


def _gated(line: StatementLine, paid: Fraction, gates: Sequence[StatementGate]) -> Fraction:
    return through(paid, _effects(gates, "component", line.measure))


def _effects(gates: Sequence[StatementGate], level: str, name: str) -> list[Effect]:
    """The effects that changed amounts; a hold changes none, and a missing figure only holds."""
    return [
        Effect(EffectKind(gate.effect), gate.effect_amount or Fraction(0))
        for gate in gates
        if gate.state == "failed" and gate.level == level and gate.name == name
    ]
