"""Flags: what detectors found. A flag changes no amount; a person who is not the cell's head decides."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum
from math import isfinite
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q

from viaggio.incentive.detectors import Finding
from viaggio.incentive.plan import read_plan
from viaggio.web.incentive.models import Assignment, AwardLine, Flag, OrgUnit, PlanVersion
from viaggio.web.incentive.services import ledger
from viaggio.web.incentive.services.errors import Missing, NotThatState, TooLate
from viaggio.web.incentive.services.gathering import part_of
from viaggio.web.incentive.services.holding import cents_in, moves, newest, pay_period_of, touches
from viaggio.web.incentive.services.plan_cells import Place
from viaggio.web.incentive.services.watching import findings
from viaggio.web.shared.audit import SYSTEM, record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import allow, may
from viaggio.web.shared.roles import Right

DAYS_TO_DECIDE = 60
STATES = {"hold": "held", "release": "released", "forfeit": "forfeited"}
DECISIONS = tuple(STATES)
MOST_RESPONSES = 50


@transaction.atomic
def look(version: PlanVersion, part: int, *, now: datetime) -> Sequence[Flag]:
    """Run the detectors over a part of a plan's period and keep what they find; once for each finding."""
    settled = part_of(version, part)
    found = findings(version, read_plan(version.document), settled)
    kept = [
        keep(version, settled.period, place, finding, now=now) for place, finding in found if finding.flagged
    ]
    record(SYSTEM, "incentive.flags.looked", f"{version.plan.code}@{version.number}",
           period=settled.period, flags=len(kept))  # fmt: skip
    return kept


def keep(version: PlanVersion, period: str, place: Place, finding: Finding, *, now: datetime) -> Flag:
    """The flag of a finding; one that is there already stays as it is."""
    flag, _new = Flag.objects.get_or_create(
        version=version, period=period, detector=str(finding.detector), unit=place.unit,
        measure=place.measure,
        defaults={"finding": told(finding), "found_at": now, "due_at": now + timedelta(days=DAYS_TO_DECIDE)},
    )  # fmt: skip
    return flag


def told(finding: Finding) -> dict[str, Any]:
    """A finding as plain values; no more than some responses are named."""
    return {
        "statistic": _plain(finding.statistic), "p": _plain(finding.p),
        "adjusted": _plain(finding.adjusted),
        "values": {name: _plain(value) for name, value in finding.values.items()},
        "responses": list(finding.responses[:MOST_RESPONSES]), "excluded": len(finding.excludes),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    if isinstance(value, float):
        return value if isfinite(value) else None
    return str(value) if isinstance(value, Enum) else value


def units_above(unit: str) -> list[OrgUnit]:
    """The unit and those above it."""
    found: list[OrgUnit] = []
    here = OrgUnit.objects.filter(code=unit).select_related("parent").first() if unit else None
    while here is not None and here not in found:
        found.append(here)
        here = here.parent
    return found


def may_decide(flag: Flag, person: User) -> bool:
    """Whether this person has the right, heads neither the cell nor a unit above, and is not paid in it."""
    if not may(person, Right.DECIDE_HOLDS):
        return False
    if flag.unit and any(unit.head_id == person.pk for unit in units_above(flag.unit)):
        return False
    return not _is_paid(flag, person)


def _is_paid(flag: Flag, person: User) -> bool:
    """Whether the person's own award has lines that the flag speaks of."""
    groups = [
        group.name
        for group in read_plan(flag.version.document).groups.values()
        if any(flag.measure in {"", component.measure} for component in group.components)
    ]
    stays = Assignment.objects.filter(employee__user=person, group__in=groups)
    return stays.filter(Q(unit__code=flag.unit) if flag.unit else Q()).exists()


@transaction.atomic
def decide(flag: Flag, decision: str, *, reason: str, by: User, now: datetime) -> Flag:
    """Hold the money of a flagged cell, release it, or have it forfeited; with a written reason.

    Money that is posted already moves in the ledger at once. Raises `PermissionDenied` for the head of the
    cell or of a unit above it and for whoever is paid in it, `TooLate`, `Missing`, `NotThatState`.
    """
    allow(by, Right.DECIDE_HOLDS)
    held = Flag.objects.select_for_update().select_related("version__plan").get(pk=flag.pk)
    if not may_decide(held, by):
        raise PermissionDenied(Right.DECIDE_HOLDS)
    if decision not in STATES:
        raise NotThatState(f"'{decision}' is no decision", place=str(held), hint=f"Known: {DECISIONS}.")
    if not reason.strip():
        raise Missing("a decision has a reason", place="reason", hint="Write why.")
    if held.state not in {"open", "held"} or held.state == STATES[decision]:
        raise NotThatState(f"the flag is {held.state}", place=str(held), hint="It was decided.")
    if now > held.due_at:
        raise TooLate("the time to decide is over", place=str(held), hint="It ends by itself.")
    held.state, held.decided_by, held.decided_at = STATES[decision], by, now
    held.reason = reason.strip()
    held.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _move(held, now)
    record(by, f"incentive.flag.{held.state}", held, reason=held.reason)
    return held


def _move(flag: Flag, now: datetime) -> None:
    """Bring the ledger to where the decisions stand, if the period is in it."""
    run = newest(flag.version, flag.period)
    if run is not None:
        awards = AwardLine.objects.filter(run=run).order_by("person")
        ledger.post(list(moves(run, awards, pay_period_of(now))), now=now)


@transaction.atomic
def expire(now: datetime) -> Sequence[Flag]:
    """Flags nobody decided in time: they end, and what they held is released."""
    found = list(
        Flag.objects.select_for_update()
        .filter(state__in=["open", "held"], due_at__lt=now)
        .select_related("version__plan")
    )
    for flag in found:
        was = flag.state
        flag.state = "expired"
        flag.save(update_fields=["state"])
        if was == "held":
            _move(flag, now)
        record(SYSTEM, "incentive.flag.expired", flag, was=was)
    return found


def held_cents(flag: Flag) -> int:
    """Cents of the lines that a flag speaks of in the newest published run of its period."""
    run = newest(flag.version, flag.period)
    if run is None:
        return 0
    trees = AwardLine.objects.filter(run=run).values_list("tree", flat=True)
    return sum(cents_in(line["amount"]) for tree in trees for line in tree["lines"] if touches(flag, line))
