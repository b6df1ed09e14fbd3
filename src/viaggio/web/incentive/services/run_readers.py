"""What of a run those see who do not handle pay: sums of what is published, none that tells of few people.

Whoever computes, approves, pays out or audits sees all of it. For everybody else a run that is not published
has no sums, and a correction has none where so few awards differ that the difference would tell them.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from viaggio.web.incentive.models import Run
from viaggio.web.incentive.services.stay_shares import shown_cells
from viaggio.web.incentive.services.totals import GroupTotal, Totals
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import may
from viaggio.web.shared.roles import Right

HANDLES = (Right.RUN_INCENTIVES, Right.APPROVE_PAY, Right.EXPORT_PAYROLL, Right.SEE_ALL_STATEMENTS)
WITH_SUMS = ("S2", "S8", "S9", "S11", "S12", "S13", "S14")
"""Steps whose counts tell what people get."""


def handles_pay(reader: User) -> bool:
    """Whether this person sees what single people are paid anyway."""
    return any(may(reader, right) for right in HANDLES)


def sums_shown(run: Run, reader: User) -> bool:
    """Whether this person may know what a run pays in all."""
    if handles_pay(reader):
        return True
    return run.published_at is not None and not shown_cells(run).closed.total


def readable(found: Totals, run: Run, reader: User) -> Totals:
    """The totals of a run as this person may see them."""
    if handles_pay(reader):
        return found
    if run.published_at is None:
        return replace(
            found, people=None, cents=None, held_cents=None, hidden=True,
            by_unit=_hidden(found.by_unit), by_group=_hidden(found.by_group),
            by_gender=_hidden(found.by_gender), by_working_time=_hidden(found.by_working_time),
        )  # fmt: skip
    return replace(found, people=None, cents=None, held_cents=None) if found.hidden else found


def _hidden(table: tuple[GroupTotal, ...]) -> tuple[GroupTotal, ...]:
    return tuple(
        replace(one, people=None, cents=None, held_cents=None, target_cents=None, hidden=True)
        for one in table
    )


def steps_for(run: Run, reader: User) -> list[dict[str, Any]]:
    """The steps of a run; without the counts that tell what people get."""
    if handles_pay(reader):
        return run.steps
    return [{**step, "counted": {}} if step.get("code") in WITH_SUMS else step for step in run.steps]


def outcome_for(run: Run, reader: User) -> Mapping[str, Any]:
    """What came out in all, as the engine wrote it; sums are None where they tell of few people."""
    if sums_shown(run, reader):
        return run.outcome
    return {**run.outcome, "total": None, "unspent": None, "cost_by_unit": None}
