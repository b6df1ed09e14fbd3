"""A run as one file: the plan's document, the snapshot and the outcome, each with its hash.

Whoever has the file can compute it again, bit by bit, without the company's systems: `verify`.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from viaggio.incentive.exact import amount, fraction, written
from viaggio.incentive.plan import Plan
from viaggio.incentive.plan.document import canonical
from viaggio.incentive.run import Award, Inputs, Line, Outcome, calculate, snapshot_text
from viaggio.kernel import BadFile
from viaggio.store.incentives.plan_file import load_document
from viaggio.store.incentives.rereading import inputs_from, plan_from

FORM = "viaggio.incentive-run/1"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that two runs do not share: its place and both."""

    place: str
    one: Any
    other: Any


@dataclass(frozen=True, slots=True)
class Verified:
    """Whether a run came out the same again, and where not."""

    same: bool
    differences: tuple[Difference, ...]


def run_document(
    plan_document: Mapping[str, Any], plan: Plan, inputs: Inputs, outcome: Outcome
) -> dict[str, Any]:
    """A run as plain values: amounts as text, factors as fractions."""
    return {
        "form": FORM,
        "plan": plan.name,
        "plan_hash": outcome.plan_hash,
        "plan_document": plan_document,
        "snapshot_hash": outcome.snapshot,
        "snapshot": json.loads(snapshot_text(inputs)),
        "outcome": outcome_data(outcome),
    }


def outcome_data(outcome: Outcome) -> dict[str, Any]:
    """The outcome as plain values."""
    return {
        "total": amount(outcome.total_cents),
        "pool": None if outcome.pool is None else written(outcome.pool, 2),
        "lambda": fraction(outcome.factor),
        "pool_binds": outcome.binds,
        "unspent": amount(outcome.unspent),
        "failed_gates": list(outcome.failed_gates),
        "cost_by_unit": {unit: amount(cents) for unit, cents in outcome.cost_by_unit.items()},
        "awards": [award_data(award) for award in outcome.awards],
    }


def award_data(award: Award) -> dict[str, Any]:
    """One person's award with its lines: the explanation."""
    return {
        "person": award.person,
        "status": str(award.status),
        "award": amount(award.cents),
        "held": amount(award.held_cents),
        "payable": amount(award.payable_cents),
        "opportunity": fraction(award.opportunity),
        "raw": fraction(award.raw),
        "factors": {place: fraction(factor) for place, factor in award.factors.items()},
        "lines": [_line(line) for line in award.lines],
    }


def _line(line: Line) -> dict[str, Any]:
    result = line.result
    data: dict[str, Any] = {
        "unit": line.unit,
        "group": line.group,
        "from": line.first.isoformat(),
        "to": line.last.isoformat(),
        "measure": result.measure,
        "section": str(result.section),
        "weight": fraction(result.weight),
        "reason": result.reason,
        "payout": fraction(result.payout),
        "worth": fraction(line.worth),
        "amount": amount(line.cents),
        "held": line.held or None,
    }
    if result.score:
        score = result.score
        data |= {
            "raw": None if score.raw is None else written(score.raw),
            "n": score.n,
            "n_eff": written(score.n_eff),
            "se": written(score.se),
            "used": written(score.used),
            "z": None if score.z is None else fraction(score.z),
            "credited": written(score.credited),
            "baseline": None if score.baseline is None else written(score.baseline),
            "level_payout": None if result.level_payout is None else fraction(result.level_payout),
            "improvement_payout": (
                None if result.improvement_payout is None else fraction(result.improvement_payout)
            ),
            "incremental": result.incremental,
        }
    return data


def write_run(path: Path, plan_path: Path, plan: Plan, inputs: Inputs, outcome: Outcome) -> None:
    """Write a run into a file, whole or not at all."""
    document = run_document(load_document(plan_path), plan, inputs, outcome)
    aside = path.with_name(f".{path.name}.part")
    aside.write_text(
        json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )
    aside.replace(path)


def read_run(path: Path) -> Mapping[str, Any]:
    """A run that `write_run` wrote. Raises `BadFile`."""
    document = load_document(path)
    if document.get("form") != FORM:
        raise BadFile("this is no run", place=path.name, hint=f"A run begins with form: {FORM}.")
    return document


def verify(document: Mapping[str, Any]) -> Verified:
    """Compute a run again from what is in it and compare every value, hashes too."""
    plan = plan_from(document["plan_document"])
    outcome = calculate(plan, inputs_from(document["snapshot"]))
    again = {
        "plan": plan.name,
        "plan_hash": outcome.plan_hash,
        "snapshot_hash": outcome.snapshot,
        "outcome": outcome_data(outcome),
    }
    stored = {name: document.get(name) for name in again}
    found = tuple(_differences("", _texts(stored), _texts(again)))
    return Verified(same=not found, differences=found)


def compare_runs(one: Mapping[str, Any], other: Mapping[str, Any]) -> list[Difference]:
    """What differs between two runs, causes first: plan, snapshot, then outcome person by person."""
    found: list[Difference] = []
    for name in ("plan_hash", "snapshot_hash", "plan_document", "snapshot"):
        found += _differences(name, _texts(one.get(name)), _texts(other.get(name)))
    persons = [{a["person"]: a for a in run["outcome"]["awards"]} for run in (one, other)]
    for name in sorted(set(persons[0]) | set(persons[1])):
        found += _differences(f"award.{name}", _texts(persons[0].get(name)), _texts(persons[1].get(name)))
    return found


def _texts(value: Any) -> Any:
    """Plain values with numbers as text: a file may have been read with or without them."""
    return json.loads(canonical(value), parse_int=str, parse_float=str)


def _differences(place: str, one: Any, other: Any) -> Iterator[Difference]:
    if isinstance(one, dict) and isinstance(other, dict):
        for name in sorted(set(one) | set(other)):
            yield from _differences(f"{place}.{name}" if place else name, one.get(name), other.get(name))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for index, (left, right) in enumerate(zip(one, other, strict=True)):
            yield from _differences(f"{place}[{index}]", left, right)
    elif one != other:
        yield Difference(place, one, other)
