"""One future of a run: other values of measures and KPIs, people who leave; as inputs of the exact engine."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

from viaggio.incentive.run import Cell, Inputs, Person, Stratum
from viaggio.incentive.run.cells import score_of
from viaggio.incentive.run.model import NOW

type Place = tuple[str, str]
"""Measure and unit of a cell; the unit of the whole company is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Values of cells in the period, of KPIs, and the last day of those who leave for good reasons."""

    values: Mapping[Place, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    kpis: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    leavers: Mapping[str, date] = field(default_factory=lambda: MappingProxyType({}))


def applied(inputs: Inputs, scenario: Scenario) -> Inputs:
    """The inputs as they would be: everything that the scenario does not name stays."""
    cells = tuple(
        valued(cell, scenario.values[cell.measure, cell.unit])
        if cell.window == NOW and (cell.measure, cell.unit) in scenario.values
        else cell
        for cell in inputs.cells
    )
    people = tuple(
        left(person, scenario.leavers[person.id]) if person.id in scenario.leavers else person
        for person in inputs.people
    )
    return replace(inputs, cells=cells, people=people, kpis={**inputs.kpis, **scenario.kpis})


def valued(cell: Cell, value: Fraction) -> Cell:
    """The cell with another value and the same answers, strata and variance: all strata move alike."""
    score = score_of(cell)
    if score is None:
        return cell
    by = value - score.value
    return replace(cell, strata=tuple(_moved(stratum, by) for stratum in cell.strata))


def _moved(stratum: Stratum, by: Fraction) -> Stratum:
    """A mean with the moved value and the variance of before."""
    score = score_of(Cell(measure="", strata=(replace(stratum, share=None),)))
    if score is None:
        return stratum
    plain = Stratum(name=stratum.name, share=stratum.share, n=stratum.n)
    value = score.value + by
    if not score.variance:
        return replace(plain, kind="value", value=value)
    squares = score.variance * stratum.n * (stratum.n - 1) + stratum.n * value**2
    return replace(plain, kind="mean", total=stratum.n * value, squares=squares)


def left(person: Person, last: date) -> Person:
    """The person as a good leaver whose last day is this one.

    Unchanged when not employed around that day, or when leaving was known already.
    """
    first = min((stay.first for stay in person.placements), default=None)
    if first is None or person.left or not first <= last < max(stay.last for stay in person.placements):
        return person
    stays = tuple(
        replace(stay, last=min(stay.last, last)) for stay in person.placements if stay.first <= last
    )
    return replace(person, placements=stays, left=last, leave_reason="good")
