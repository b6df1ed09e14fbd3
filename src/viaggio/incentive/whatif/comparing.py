"""What an edit would change: two plans on the same frozen inputs, person by person, with the causes.

Causes come from the pipeline itself: the parts that differ are exchanged one after the other in the order in
which the pipeline reads them, and each step's difference is what that part brings. They add up exactly.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from viaggio.incentive.errors import BadPlan
from viaggio.incentive.plan import Plan
from viaggio.incentive.plan.document import plain
from viaggio.incentive.run import Inputs, Outcome, calculate

PAPER = frozenset(
    {"code", "version", "legal_basis", "agreement", "cutoff", "author", "approver", "published", "currency"}
)
"""What people sign and publish: it moves no money."""

_FIRST = (
    "period", "baseline", "day_count", "accrues_from", "eligibility", "absences", "measures", "mix",
    "guard_rails", "combination", "min_shared_weight", "groups", "contribution_map", "gates",
    "individual_cap", "pool", "retro",
)  # fmt: skip
ORDER = (*_FIRST, *(f.name for f in fields(Plan) if f.name not in PAPER and f.name not in _FIRST))
"""Parts of a plan in the order in which a run reads them."""

INPUTS = tuple(f.name for f in fields(Inputs))
"""Parts of the inputs: people, cells, KPIs, holds."""


@dataclass(frozen=True, slots=True)
class Change:
    """A value that the edit changed: its place as in the document, before and after, as text or None."""

    place: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A part that differs, what changed in it, and the cents that it brings in all and by person.

    `together`: other parts that could only be exchanged with it, such as people and the groups they move to.
    """

    part: str
    together: tuple[str, ...]
    changes: tuple[Change, ...]
    cents: int
    by_person: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An amount before and after, in cents."""

    before: int
    after: int

    @property
    def difference(self) -> int:
        """What the edit adds; below zero what it takes away."""
        return self.after - self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Both outcomes, the amounts that moved, and why."""

    one: Outcome
    other: Outcome
    people: Mapping[str, Moved]
    units: Mapping[str, Moved]
    groups: Mapping[str, Moved]
    total: Moved
    causes: tuple[Cause, ...]


def compare(plan_a: Plan, plan_b: Plan, inputs: Inputs, *, inputs_b: Inputs | None = None) -> Comparison:
    """What `plan_b` (and `inputs_b`, if other) pays more or less than `plan_a` on these inputs.

    Raises what `calculate` raises for the first and for the second.
    """
    one, other = calculate(plan_a, inputs), calculate(plan_b, inputs_b or inputs)
    causes = tuple(_causes(one, other, _Side(plan_a, inputs), _Side(plan_b, inputs_b or inputs)))
    return Comparison(
        one=one,
        other=other,
        people=_moved(_by_person(one), _by_person(other)),
        units=_moved(one.cost_by_unit, other.cost_by_unit),
        groups=_moved(by_group(one), by_group(other)),
        total=Moved(before=one.total_cents, after=other.total_cents),
        causes=causes,
    )


def by_group(outcome: Outcome) -> dict[str, int]:
    """Cents by plan group: the lines of all awards."""
    found: dict[str, int] = {}
    for award in outcome.awards:
        for line in award.lines:
            found[line.group] = found.get(line.group, 0) + line.cents
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class _Side:
    """A plan with its inputs, of which parts can be exchanged."""

    plan: Plan
    inputs: Inputs

    def with_parts(self, other: "_Side", parts: tuple[str, ...]) -> "_Side":
        plan = replace(self.plan, **{p: getattr(other.plan, p) for p in parts if p in ORDER})
        inputs = replace(self.inputs, **{p: getattr(other.inputs, p) for p in parts if p in INPUTS})
        return _Side(plan, inputs)

    def part(self, name: str) -> Any:
        return plain(getattr(self.plan if name in ORDER else self.inputs, name))


def _causes(one: Outcome, other: Outcome, a: _Side, b: _Side) -> Iterator[Cause]:
    differing = [name for name in (*ORDER, *INPUTS) if a.part(name) != b.part(name)]
    side, before = a, _by_person(one)
    waiting: tuple[str, ...] = ()
    for number, name in enumerate(differing):
        parts = (*waiting, name)
        step = side.with_parts(b, parts)
        if number == len(differing) - 1:
            after = _by_person(other)
        else:
            try:
                after = _by_person(calculate(step.plan, step.inputs))
            except BadPlan:  # such as people in a group that only comes with the next part
                waiting = parts
                continue
        changes = tuple(change for part in parts for change in _changes(part, a.part(part), b.part(part)))
        yield _cause(parts, changes, before, after)
        side, before, waiting = step, after, ()


def _cause(
    parts: tuple[str, ...],
    changes: tuple[Change, ...],
    before: Mapping[str, int],
    after: Mapping[str, int],
) -> Cause:
    moved = {name: m.difference for name, m in _moved(before, after).items() if m.difference}
    return Cause(
        part=parts[0],
        together=parts[1:],
        changes=changes,
        cents=sum(moved.values()),
        by_person=moved,
    )


def _by_person(outcome: Outcome) -> dict[str, int]:
    return {award.person: award.cents for award in outcome.awards}


def _moved(before: Mapping[str, int], after: Mapping[str, int]) -> dict[str, Moved]:
    return {
        name: Moved(before=before.get(name, 0), after=after.get(name, 0))
        for name in sorted(set(before) | set(after))
    }


_KEYS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    "people": lambda row: str(row["id"]),
    "cells": lambda row: ":".join(str(row[name]) for name in ("measure", "unit", "window")),
    "components": lambda row: str(row["measure"]),
}
"""By what the rows of a list are known, so that one row more does not change all after it."""


def _changes(place: str, before: Any, after: Any) -> Iterator[Change]:
    """Leaves that differ, with their places."""
    name = place.rpartition(".")[2]
    if isinstance(before, list) and isinstance(after, list):
        before, after = _named(name, before), _named(name, after)
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _changes(f"{place}.{key}", before.get(key), after.get(key))
    elif before != after:
        yield Change(place, _text(before), _text(after))


def _named(name: str, rows: list[Any]) -> dict[str, Any]:
    key = _KEYS.get(name)
    if key is None or len({key(row) for row in rows}) < len(rows):
        return {str(number): row for number, row in enumerate(rows)}
    return {key(row): row for row in rows}


def _text(value: Any) -> str | None:
    """A leaf as text; of what was added or removed whole only that it is there."""
    if isinstance(value, dict | list):
        return "..."
    return None if value is None else str(value)
