"""Flags: what detectors found. A flag changes no amount; a person who is not the cell's head decides."""

from collections.abc import Sequence
from datetime import datetime

from viaggio.web.incentive.models import Flag, PlanVersion
from viaggio.web.shared.models import User

DAYS_TO_DECIDE = 60
DECISIONS = ("hold", "release", "forfeit")


def look(version: PlanVersion, part: int, *, now: datetime) -> Sequence[Flag]:
    """Run the detectors over a part of a plan's period and keep what they find; once for each finding."""
    raise NotImplementedError


def decide(flag: Flag, decision: str, *, reason: str, by: User, now: datetime) -> Flag:
    """Hold the money of a flagged cell, release it, or have it forfeited; with a written reason.

    Money that is posted already moves in the ledger at once. Raises `PermissionDenied` for the head of the
    cell or of a unit above it, `SamePerson` for the person of the run, `TooLate`, `Missing`, `NotThatState`.
    """
    raise NotImplementedError


def expire(now: datetime) -> Sequence[Flag]:
    """Flags nobody decided in time: they end, and what they held is released."""
    raise NotImplementedError


def may_decide(flag: Flag, person: User) -> bool:
    """Whether this person may decide: has the right and heads neither the cell nor a unit above it."""
    raise NotImplementedError


def held_cents(flag: Flag) -> int:
    """Cents that a flag holds in the newest published run of its period."""
    raise NotImplementedError
