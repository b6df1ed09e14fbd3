"""Cells and KPIs of a plan from the metric catalogue: each keeps the reading that it is, and its page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from viaggio.incentive.plan import Plan
from viaggio.incentive.run import Cell
from viaggio.web.incentive.models import ManualKpi, PlanVersion
from viaggio.web.shared.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What was measured for a part of a plan's period.

    `readings` has one row per cell and KPI: measure, unit, window, kind, metric, where, weights, first, last,
    value, base, facts, page. `missing` names KPIs without a value (a gate on one of them holds).
    """

    cells: tuple[Cell, ...]
    kpis: dict[str, Fraction]
    readings: list[dict[str, Any]]
    missing: tuple[str, ...]


def measure(version: PlanVersion, plan: Plan, first: date, last: date) -> Measured:
    """Everything that a plan pays on, from the newest facts, between two days, both included."""
    raise NotImplementedError


def enter_kpi(
    name: str, first: date, last: date, value: str, note: str, *, by: User, now: datetime
) -> ManualKpi:
    """Enter a KPI that no data of ours gives; it counts only once somebody else confirmed it.

    Raises `Missing` without a note, `BadAmount` for what is no exact number.
    """
    raise NotImplementedError


def confirm_kpi(kpi: ManualKpi, *, by: User, now: datetime) -> ManualKpi:
    """Confirm a KPI that somebody else entered; an older one of the same name and days is withdrawn.

    Raises `SamePerson`, `NotThatState`.
    """
    raise NotImplementedError


def withdraw_kpi(kpi: ManualKpi, *, by: User, now: datetime) -> ManualKpi:
    """Take a KPI out of use; it stays on record."""
    raise NotImplementedError


def kpis(version: PlanVersion) -> Sequence[ManualKpi]:
    """Manual KPIs that a plan's gates, pool or measures name, newest first."""
    raise NotImplementedError
