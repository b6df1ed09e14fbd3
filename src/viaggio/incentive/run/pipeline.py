"""The pipeline: eligibility, opportunity, factors, awards, pool, cents, holds; in this order."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from fractions import Fraction

from viaggio.incentive import pooling, proration
from viaggio.incentive.combining import capped
from viaggio.incentive.errors import BadAssignment, BadPlan
from viaggio.incentive.exact import apportion
from viaggio.incentive.plan.document import content_hash
from viaggio.incentive.plan.model import Plan, PoolRule
from viaggio.incentive.pooling import PoolMode, Shared
from viaggio.incentive.run.cells import Cells
from viaggio.incentive.run.model import (
    Award,
    Hold,
    Inputs,
    Line,
    Outcome,
    Person,
    Placement,
    Status,
    Window,
)
from viaggio.incentive.run.results import GateState, GroupResult, gate_states, group_result
from viaggio.incentive.run.snapshot import snapshot_hash

Worths = list[tuple[Placement, GroupResult, Fraction]]
"""Placements with what their group earns there and the opportunity of each, in currency units."""


def calculate(plan: Plan, inputs: Inputs) -> Outcome:
    """The awards of a plan for these people and results; rows may come in any order.

    Raises `BadPlan` for a group that the plan does not have, `BadAssignment` for working times over full time
    or an absence class that the plan does not name, `BadAmount` for results that can not be.
    """
    cells = Cells(plan, inputs.cells)
    gates = gate_states(plan, inputs.kpis)
    known: dict[tuple[str, str], GroupResult] = {}
    status: dict[str, Status] = {}
    worths: dict[str, Worths] = {}
    people = sorted(inputs.people, key=lambda person: person.id)
    if len({person.id for person in people}) < len(people):
        raise BadPlan(
            "a person stands there twice", place="people", hint="Put the stays of one person together."
        )
    for person in people:
        status[person.id] = status_of(plan, person)
        worths[person.id] = [
            (placement, _earned(plan, cells, gates, known, placement), opportunity)
            for placement, opportunity in opportunities(plan, person, status[person.id], inputs.window)
        ]
    holds = tuple(sorted(inputs.holds, key=lambda hold: (hold.unit, hold.measure, hold.why)))
    raw = {name: _raw(plan, rows) for name, rows in worths.items()}
    pool, shared = _pooled(plan, raw, worths, inputs)
    awards = tuple(
        _award(name, status[name], worths[name], raw=raw[name], cents=shared.awards[name], holds=holds)
        for name in raw
    )
    return Outcome(
        plan=plan.name,
        plan_hash=content_hash(plan),
        snapshot=snapshot_hash(inputs),
        awards=awards,
        pool=pool,
        factor=shared.factor,
        binds=shared.binds,
        unspent=shared.unspent,
        failed_gates=tuple(state.text for state in gates if state.failed or state.missing),
        cost_by_unit=_costs(awards),
    )


def status_of(plan: Plan, person: Person) -> Status:
    """S1: who takes part."""
    rules = plan.eligibility
    stays = [proration.Stay(p.first, p.last, p.unit, p.fte) for p in person.placements]
    proration.check_stays(stays, place=f"people: {person.id}")
    if rules.contracts and person.contract and person.contract not in rules.contracts:
        return Status.CONTRACT
    if (
        person.left
        and person.left <= plan.period.last
        and rules.leavers.get(person.leave_reason) == "forfeit"
    ):
        return Status.BAD_LEAVER
    if rules.employed_on and not any(p.first <= rules.employed_on <= p.last for p in person.placements):
        return Status.NOT_EMPLOYED_ON
    if proration.days_employed(stays, plan.period.first, plan.period.last) < rules.min_service_days:
        return Status.BELOW_MIN_SERVICE
    return Status.OK


def opportunities(
    plan: Plan, person: Person, status: Status, window: Window | None = None
) -> list[tuple[Placement, Fraction]]:
    """S2: target times share of the period, by placement; nothing for those who do not take part.

    Within a window: its share of the target, times the share of its days.
    """
    part = window or Window(first=plan.period.first, last=plan.period.last, share=Fraction(1))
    first = max(plan.accrues_from or part.first, part.first)
    whole = proration.days_between(part.first, part.last, plan.day_count)
    losses = proration.losses(
        {name: (rule.lost, rule.protected) for name, rule in plan.absences.items()},
        ((a.first, a.last, a.kind) for a in person.away),
    )
    found = []
    for placement in joined(person.placements):
        stay = proration.Stay(placement.first, placement.last, placement.unit, placement.fte)
        days = proration.weighted_days(stay, losses, first, part.last, plan.day_count)
        share = part.share * days / whole if status is Status.OK else Fraction(0)
        found.append((placement, placement.target * share))
    return found


def joined(placements: Iterable[Placement]) -> list[Placement]:
    """Stays in order, those that only continue one another as one: how they were cut changes no cent."""
    whole: list[Placement] = []
    for stay in sorted(placements):
        last = whole[-1] if whole else None
        if (
            last
            and stay == replace(last, first=stay.first, last=stay.last)
            and (stay.first - last.last).days == 1
        ):
            whole[-1] = replace(last, last=stay.last)
        else:
            whole.append(stay)
    return whole


def _earned(
    plan: Plan,
    cells: Cells,
    gates: list[GateState],
    known: dict[tuple[str, str], GroupResult],
    placement: Placement,
) -> GroupResult:
    """S3 to S7, once for each group and unit."""
    key = (placement.group, placement.unit)
    if key not in known:
        if placement.group not in plan.groups:
            raise BadPlan(f"group '{placement.group}' is not in the plan", place=f"people: {placement.unit}",
                          hint=f"Known: {', '.join(sorted(plan.groups))}.")  # fmt: skip
        known[key] = group_result(plan, cells, plan.groups[placement.group], placement.unit, gates)
    return known[key]


def _raw(plan: Plan, rows: Worths) -> Fraction:
    """S8, S9: opportunity times factor, never below zero, never above the individual cap."""
    total = sum((opportunity * earned.factor for _, earned, opportunity in rows), Fraction(0))
    opportunity = sum((amount for _, _, amount in rows), Fraction(0))
    return capped(total, None if plan.individual_cap is None else plan.individual_cap * opportunity)


def _pooled(
    plan: Plan, raw: Mapping[str, Fraction], worths: Mapping[str, Worths], inputs: Inputs
) -> tuple[Fraction | None, Shared]:
    """S10, S11: the pool and the cents."""
    rule = plan.pool
    if rule is None:
        return None, pooling.without_pool(raw)
    top = _caps(plan, worths)
    if inputs.frozen is not None:
        return None, pooling.as_before(raw, top, inputs.frozen.factor, inputs.frozen.awards)
    pool = _pool(rule, inputs)
    if rule.mode is PoolMode.DISTRIBUTE_ALL:
        return pool, pooling.distributed(raw, top or dict.fromkeys(raw, pool), pool)
    return pool, pooling.limited(raw, pool)


def _caps(plan: Plan, worths: Mapping[str, Worths]) -> dict[str, Fraction]:
    """The most that each person may get; nothing without an individual cap."""
    cap = plan.individual_cap
    if cap is None:
        return {}
    return {name: sum((o for _, _, o in rows), Fraction(0)) * cap for name, rows in worths.items()}


def _pool(rule: PoolRule, inputs: Inputs) -> Fraction:
    """The sum that limits the awards, of the window where there is one."""
    part = inputs.window.share if inputs.window else Fraction(1)
    if rule.kind != "self_funded":
        return rule.amount * part
    if rule.kpi not in inputs.kpis:
        raise BadPlan(f"the pool needs the KPI '{rule.kpi}'", place="results", hint="Add its row.")
    most = None if rule.most is None else rule.most * part
    return pooling.self_funded(inputs.kpis[rule.kpi], rate=rule.rate, above=rule.above * part, most=most)


def _award(
    person: str, status: Status, rows: Worths, *, raw: Fraction, cents: int, holds: tuple[Hold, ...]
) -> Award:
    """S11, S12: the person's cents, split over the lines, and those held."""
    lines = _lines(rows, cents, holds)
    if sum(line.cents for line in lines) != cents:
        raise BadAssignment("an award without lines", place=f"people: {person}", hint="Give a placement.")
    return Award(
        person=person,
        status=status,
        opportunity=sum((amount for _, _, amount in rows), Fraction(0)),
        raw=raw,
        cents=cents,
        held_cents=sum(line.cents for line in lines if line.held),
        lines=lines,
        factors={f"{p.unit}:{p.first.isoformat()}": earned.factor for p, earned, _ in rows},
    )


def _lines(rows: Worths, cents: int, holds: tuple[Hold, ...]) -> tuple[Line, ...]:
    worths: dict[str, Fraction] = {}
    for place, (_, earned, opportunity) in enumerate(rows):
        plain = sum((r.weight * r.payout for r in earned.results), Fraction(0))
        for number, result in enumerate(earned.results):
            share = result.weight * result.payout / plain if plain else Fraction(0)
            worths[f"{place:04d}.{number:04d}"] = opportunity * earned.factor * share
    split = apportion(cents, worths) if cents else dict.fromkeys(worths, 0)
    lines = []
    for place, (placement, earned, _) in enumerate(rows):
        for number, result in enumerate(earned.results):
            name = f"{place:04d}.{number:04d}"
            lines.append(
                Line(
                    unit=placement.unit,
                    group=placement.group,
                    first=placement.first,
                    last=placement.last,
                    result=result,
                    worth=worths[name],
                    cents=split[name],
                    held=earned.held.get(result.measure, "") or _held(holds, placement.unit, result.measure),
                )
            )
    return tuple(lines)


def _held(holds: tuple[Hold, ...], unit: str, measure: str) -> str:
    for hold in holds:
        if hold.unit in {"", unit} and hold.measure in {"", measure}:
            return f"flag:{hold.why}"
    return ""


def _costs(awards: tuple[Award, ...]) -> dict[str, int]:
    """Cents by unit: the lines of all awards."""
    costs: dict[str, int] = {}
    for award in awards:
        for line in award.lines:
            costs[line.unit] = costs.get(line.unit, 0) + line.cents
    return dict(sorted(costs.items()))
