"""Cells and KPIs of a plan from the metric catalogue: each keeps the reading that it is, and its page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from viaggio.incentive.exact import exact, fraction
from viaggio.incentive.plan import Plan, read_plan
from viaggio.incentive.run import Cell, Excluded, Stratum
from viaggio.measure.catalogue import CATALOGUE
from viaggio.store.incentives.asking import MANUAL, kpis_of, windows_of
from viaggio.store.incentives.measuring import Taken, plain
from viaggio.store.incentives.measuring import measure as from_facts
from viaggio.web.incentive.models import ManualKpi, PlanVersion
from viaggio.web.incentive.services.errors import Missing, NotThatState, SamePerson
from viaggio.web.incentive.services.plan_cells import excluding, units_in
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.pay_base import no_pay_base
from viaggio.web.shared.permissions import allow, may
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import current_engine


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured for a part of a plan's period.

    `readings` has one row per cell and KPI: measure, unit, window, kind, metric, where, weights, first, last,
    value, base, facts, fault, left_out, page. `left_out` counts answers of pulses with quotas, which never
    count: they were heard because a quota had room. Where single answers do not count there is `excluded`
    (how many for which reason) with `shown` and `shown_base`, which are the page's; all of them are in the
    field `excluded`. `missing` names KPIs without a value (a gate on one of them holds).
    """

    cells: tuple[Cell, ...]
    kpis: dict[str, Fraction]
    readings: list[dict[str, Any]]
    missing: tuple[str, ...]
    excluded: tuple[Excluded, ...] = ()


def measure(version: PlanVersion, plan: Plan, first: date, last: date) -> Measured:
    """Everything that a plan pays on, from the newest facts, between two days, both included."""
    found = from_facts(
        current_engine(), plan, first, last, units_in(first, last), apart=no_pay_base(),
        excluding=excluding(plan, first, last),
    )  # fmt: skip
    cells, kpis = list(found.cells), dict(found.kpis)
    readings = [{**plain(taken), "page": page_of(taken)} for taken in found.taken]
    for row, kind, window in _manual(plan, first, last):
        readings.append(_entered(row, kind, window))
        if kind == "kpi":
            kpis[row.name] = exact(row.value)
        else:
            value = Stratum(kind="value", value=exact(row.value))
            cells.append(Cell(measure=row.name, window=window, strata=(value,)))
    missing = tuple(name for name in kpis_of(plan) if name not in kpis)
    return Measured(
        cells=tuple(cells), kpis=kpis, readings=readings, missing=missing, excluded=found.excluded
    )


def page_of(taken: Taken) -> str:
    """The address of the page that shows this very figure; empty where no page can.

    A page can not keep answers of some pulses together with those that belong to none.
    """
    if any("" in values for _name, values in taken.where.key()):
        return ""
    place = "scores:metric" if CATALOGUE[taken.metric].figure else "journey:metric"
    asked = {"period": str(taken.period), "compare": "none"}
    if CATALOGUE[taken.metric].figure:
        asked["weights"] = taken.weights
    asked |= {name: ",".join(values) for name, values in taken.where.key()}
    return f"{reverse(place, args=[taken.metric])}?{urlencode(asked, safe=',')}"


def _manual(plan: Plan, first: date, last: date) -> list[tuple[ManualKpi, str, str]]:
    """Confirmed rows of the plan's manual measures and KPIs, with what they stand for and their window."""
    measures = [name for name, facts in plan.measures.items() if facts.get("metric") == MANUAL]
    found = []
    for window, period in windows_of(plan, first, last).items():
        rows = _standing(period.start, period.last)
        found += [(rows[name], "value", window) for name in measures if name in rows]
        if window == "period":
            found += [(rows[name], "kpi", window) for name in kpis_of(plan) if name in rows]
    return found


def _standing(first: date, last: date) -> Mapping[str, ManualKpi]:
    """The confirmed KPIs of exactly these days by name, the newest of each."""
    rows = ManualKpi.objects.filter(
        first=first, last=last, confirmed_at__isnull=False, withdrawn_at__isnull=True
    )
    return {row.name: row for row in rows.order_by("confirmed_at", "pk")}


def _entered(row: ManualKpi, kind: str, window: str) -> dict[str, Any]:
    return {
        "measure": row.name, "unit": "", "window": window, "kind": kind, "metric": MANUAL, "where": {},
        "weights": "none", "first": row.first.isoformat(), "last": row.last.isoformat(),
        "value": fraction(exact(row.value)), "base": 0, "facts": f"manual {row.pk}", "fault": "", "page": "",
    }  # fmt: skip


@transaction.atomic
def enter_kpi(
    name: str, first: date, last: date, value: str, note: str, *, by: User, now: datetime
) -> ManualKpi:
    """Enter a KPI that no data of ours gives; it counts only once somebody else confirmed it.

    Raises `Missing` without a note, `BadAmount` for what is no exact number.
    """
    allow(by, Right.RUN_INCENTIVES)
    if not note.strip():
        raise Missing("a value that somebody enters has a note", place="note", hint="Write where it is from.")
    if last < first:
        raise NotThatState("the last day is before the first", place="last", hint="Swap them.")
    exact(value, place="value")
    made = ManualKpi.objects.create(
        name=name.strip(), first=first, last=last, value=value.strip(), note=note.strip(), entered_by=by,
        entered_at=now,
    )  # fmt: skip
    record(by, "incentive.kpi.entered", made, value=made.value, note=made.note)
    return made


@transaction.atomic
def confirm_kpi(kpi: ManualKpi, *, by: User, now: datetime) -> ManualKpi:
    """Confirm a KPI that somebody else entered; an older one of the same name and days is withdrawn.

    Raises `SamePerson`, `NotThatState`.
    """
    if not may(by, Right.RUN_INCENTIVES):
        allow(by, Right.APPROVE_PAY)
    held = ManualKpi.objects.select_for_update().get(pk=kpi.pk)
    if held.confirmed_at or held.withdrawn_at:
        raise NotThatState("it was confirmed or withdrawn already", place=str(held), hint="Enter a new one.")
    if held.entered_by_id == by.pk:
        raise SamePerson("somebody else confirms it", place=str(held), hint="Ask a colleague.")
    older = ManualKpi.objects.filter(
        name=held.name,
        first=held.first,
        last=held.last,
        confirmed_at__isnull=False,
        withdrawn_at__isnull=True,
    )
    older.update(withdrawn_at=now)
    held.confirmed_by, held.confirmed_at = by, now
    held.save(update_fields=["confirmed_by", "confirmed_at"])
    record(by, "incentive.kpi.confirmed", held, value=held.value)
    return held


@transaction.atomic
def withdraw_kpi(kpi: ManualKpi, *, by: User, now: datetime) -> ManualKpi:
    """Take a KPI out of use; it stays on record."""
    allow(by, Right.RUN_INCENTIVES)
    held = ManualKpi.objects.select_for_update().get(pk=kpi.pk)
    if held.withdrawn_at is None:
        held.withdrawn_at = now
        held.save(update_fields=["withdrawn_at"])
        record(by, "incentive.kpi.withdrawn", held, value=held.value)
    return held


def kpis(version: PlanVersion) -> Sequence[ManualKpi]:
    """Manual KPIs that a plan's gates, pool or measures name, newest first."""
    plan = read_plan(version.document)
    return list(ManualKpi.objects.filter(name__in={*kpis_of(plan), *plan.measures}))
