"""From factors to awards, for many draws at once: S2 and S8 to S11 in floats."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from viaggio.incentive import proration
from viaggio.incentive.plan import Plan
from viaggio.incentive.pooling import PoolMode
from viaggio.incentive.run import Inputs, Person, Placement, Status, Window
from viaggio.incentive.run.pipeline import joined, opportunities
from viaggio.incentive.whatif.factors import Flags, Floats

type Days = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Placements of those who take part, person by person.

    `starts`: first placement of each person; `group`: number of its group and unit; `opportunity`: currency
    units. With a calendar the opportunity depends on the last day: `grown` is placements x days, `serves` is
    people x days: whether the person takes part when leaving on that day (the last: when staying);
    `inside`: leaving matters from the first day on and before the second one.
    """

    people: tuple[str, ...]
    starts: Days
    person: Days
    group: Days
    unit: tuple[str, ...]
    opportunity: Floats
    grown: Floats | None = None
    serves: Flags | None = None
    inside: Days | None = None

    def opportunities(self, last: Days | None) -> Floats:
        """Draws x placements (one row when nobody leaves). `last`: draws x people, the last day's number."""
        if last is None or self.grown is None or self.serves is None or self.inside is None:
            return self.opportunity[None, :]
        stays = (last < self.inside[:, 0]) | (last >= self.inside[:, 1])
        day = np.where(stays, self.grown.shape[1] - 1, last)
        served = self.serves[np.arange(len(self.people)), day]
        grown = self.grown[np.arange(len(self.person)), day[:, self.person]]
        return np.where(served[:, self.person], grown, 0.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """Draws x people in currency units, whether the pool bound, its factor, and draws x units."""

    awards: Floats
    binds: Flags
    factor: Floats
    by_unit: Floats


def staff(plan: Plan, inputs: Inputs, status: Sequence[Status], *, calendar: bool) -> Staff:
    """Everybody who has placements; `status` as the exact engine found it, in the order of the inputs.

    With `calendar` opportunities are known for every last day too.
    """
    rows: list[Placement] = []
    starts: list[int] = []
    owner: list[int] = []
    amounts: list[float] = []
    names: list[str] = []
    for person, state in zip(inputs.people, status, strict=True):
        if not person.placements:
            continue
        starts.append(len(rows))
        for placement, opportunity in opportunities(plan, person, state, inputs.window):
            owner.append(len(names))
            rows.append(placement)
            amounts.append(float(opportunity))
        names.append(person.id)
    keys = sorted({(row.group, row.unit) for row in rows})
    number = {key: n for n, key in enumerate(keys)}
    made = Staff(
        people=tuple(names),
        starts=np.array(starts, dtype=np.int64),
        person=np.array(owner, dtype=np.int64),
        group=np.array([number[row.group, row.unit] for row in rows], dtype=np.int64),
        unit=tuple(row.unit for row in rows),
        opportunity=np.array(amounts),
    )
    return _with_calendar(made, plan, inputs, status) if calendar else made


def wanted(inputs: Inputs) -> list[tuple[str, str]]:
    """The (group, unit) pairs of all placements, in the order of the numbers in `Staff.group`."""
    return sorted({(row.group, row.unit) for person in inputs.people for row in person.placements})


def days_of(plan: Plan, inputs: Inputs) -> Window:
    """The days that are settled: the window, else the plan's period."""
    return inputs.window or Window(first=plan.period.first, last=plan.period.last, share=Fraction(1))


def _with_calendar(made: Staff, plan: Plan, inputs: Inputs, status: Sequence[Status]) -> Staff:
    window = days_of(plan, inputs)
    length = (window.last - window.first).days + 1
    days = [window.first + timedelta(days=n) for n in range(length)]
    counted = np.array([proration.days_between(window.first, day, plan.day_count) for day in days])
    weight = np.diff(counted, prepend=0).astype(float)
    if plan.accrues_from:
        weight[: max(0, (plan.accrues_from - window.first).days)] = 0.0
    whole = proration.days_between(window.first, window.last, plan.day_count)
    grown, serves, inside = [], [], []
    for person, state in zip(inputs.people, status, strict=True):
        if not person.placements:
            continue
        lost = _lost(plan, person, window, length)
        for placement in joined(person.placements):
            daily = np.zeros(length)
            a, b = _place(placement.first, window, length), _place(placement.last + _DAY, window, length)
            daily[a:b] = float(placement.fte) * weight[a:b] * (1 - lost[a:b])
            scale = float(placement.target * window.share) / whole
            grown.append(np.cumsum(daily) * scale)
        serves.append(_serves(plan, person, state, window, length))
        last = max(p.last for p in person.placements) if person.left is None else window.first - _DAY
        first = min(p.first for p in person.placements)
        inside.append((max(0, (first - window.first).days), (last - window.first).days))
    return Staff(
        people=made.people, starts=made.starts, person=made.person, group=made.group, unit=made.unit,
        opportunity=made.opportunity, grown=np.array(grown), serves=np.array(serves),
        inside=np.array(inside, dtype=np.int64),
    )  # fmt: skip


_DAY = timedelta(days=1)


def _place(day: date, window: Window, length: int) -> int:
    return min(max((day - window.first).days, 0), length)


def _lost(plan: Plan, person: Person, window: Window, length: int) -> Floats:
    lost = np.zeros(length)
    for away in person.away:
        rule = plan.absences[away.kind]
        a, b = _place(away.first, window, length), _place(away.last + _DAY, window, length)
        lost[a:b] = np.maximum(lost[a:b], 0.0 if rule.protected else float(rule.lost))
    return lost


def _serves(plan: Plan, person: Person, status: Status, window: Window, length: int) -> Flags:
    """For each last day whether a good leaver takes part; the last entry is that of staying."""
    if status in {Status.CONTRACT, Status.BAD_LEAVER}:
        return np.zeros(length, dtype=bool)
    first = plan.period.first
    there = np.zeros((window.last - first).days + 1, dtype=bool)
    for placement in person.placements:
        a, b = (placement.first - first).days, (placement.last - first).days + 1
        there[max(a, 0) : max(b, 0)] = True
    served = np.cumsum(there)[(window.first - first).days :] >= plan.eligibility.min_service_days
    day = plan.eligibility.employed_on
    if day is not None:
        employed = any(p.first <= day <= p.last for p in person.placements)
        served &= employed & (np.arange(length) >= (day - window.first).days)
    if plan.eligibility.leavers.get("good") == "forfeit":
        served[:] = False
    served[-1] = status is Status.OK
    return np.asarray(served)


def paid(plan: Plan, made: Staff, factors: Floats, opportunity: Floats, pool: Floats | None) -> Paid:
    """Awards of all people in all draws. `factors`: draws x groups; `pool`: per draw, None without one."""
    earned = factors[:, made.group] * opportunity
    raw = np.add.reduceat(earned, made.starts, axis=1)
    cap = plan.individual_cap
    top = None
    if cap is not None:
        top = float(cap) * np.add.reduceat(np.broadcast_to(opportunity, earned.shape), made.starts, axis=1)
    capped = np.maximum(raw if top is None else np.minimum(raw, top), 0.0)
    awards, binds, factor = _pooled(plan, capped, top, pool)
    share = np.divide(awards, raw, out=np.zeros_like(awards), where=raw > 0)
    earned *= share[:, made.person]
    units = sorted(set(made.unit))
    place = {unit: n for n, unit in enumerate(units)}
    column = np.array([place[unit] for unit in made.unit])
    order = np.argsort(column, kind="stable")
    edges = np.searchsorted(column[order], np.arange(len(units)))
    by_unit = np.add.reduceat(earned[:, order], edges, axis=1)
    return Paid(awards=awards, binds=binds, factor=factor, by_unit=by_unit)


def _pooled(plan: Plan, raw: Floats, top: Floats | None, pool: Floats | None) -> tuple[Floats, Flags, Floats]:
    draws = len(raw)
    if pool is None or plan.pool is None:
        return _cents(raw), np.zeros(draws, dtype=bool), np.ones(draws)
    if plan.pool.mode is PoolMode.DISTRIBUTE_ALL:
        shared, factor = _distributed(raw, pool[:, None] if top is None else top, pool)
        return shared, np.ones(draws, dtype=bool), factor
    total = raw.sum(axis=1)
    binds = total > pool
    factor = np.where(binds, np.divide(pool, total, out=np.ones(draws), where=total > 0), 1.0)
    return np.where(binds[:, None], raw * factor[:, None], _cents(raw)), binds, factor


def _distributed(raw: Floats, top: Floats, pool: Floats) -> tuple[Floats, Floats]:
    """Water-filling: scale, fix those above their cap, repeat with the rest."""
    top = np.broadcast_to(top, raw.shape)
    fixed = np.zeros(raw.shape, dtype=bool)
    while True:
        left = pool - np.where(fixed, top, 0.0).sum(axis=1)
        total = np.where(fixed, 0.0, raw).sum(axis=1)
        factor = np.divide(left, total, out=np.zeros_like(left), where=total > 0)
        over = ~fixed & (raw * factor[:, None] > top * (1 + 1e-12))
        if not over.any():
            break
        fixed |= over
    return np.where(fixed, top, raw * factor[:, None]), factor


def _cents(amounts: Floats) -> Floats:
    """Each to the cent, halves up."""
    return np.asarray(np.floor(amounts * 100 + 0.5) / 100)
