"""Disputes: opened within the window, acknowledged, decided by somebody outside the first run, one appeal."""

from collections.abc import Sequence
from datetime import date, datetime

from viaggio.web.incentive.models import Dispute, Employee, Run
from viaggio.web.shared.models import User

OUTCOMES = ("upheld", "partly", "rejected")


def working_days_after(day: date, days: int) -> date:
    """The day so many Mondays to Fridays later."""
    raise NotImplementedError


def open_dispute(
    run: Run, employee: Employee, *, reason: str, text: str, by: User, now: datetime, line: str = "",
    attachment: bytes = b"", attachment_name: str = "",
) -> Dispute:  # fmt: skip
    """Open a dispute about the own statement. Raises `TooLate`, `Missing`, `PermissionDenied`."""
    raise NotImplementedError


def acknowledge(dispute: Dispute, *, by: User, now: datetime) -> Dispute:
    """Say that it was received: whoever does reviews it, and had no part in the run. Raises `SamePerson`."""
    raise NotImplementedError


def decide(dispute: Dispute, outcome: str, *, answer: str, by: User, now: datetime) -> Dispute:
    """Uphold it, partly, or reject it, with a written reason. Raises `SamePerson`, `Missing`."""
    raise NotImplementedError


def settle(dispute: Dispute, correction: Run | None, *, by: User, now: datetime) -> Dispute:
    """Close a decided dispute; one that was upheld needs the published run that set it right."""
    raise NotImplementedError


def appeal(dispute: Dispute, *, text: str, by: User, now: datetime) -> Dispute:
    """Open the one appeal against a decision, within the window of the plan after it."""
    raise NotImplementedError


def may_review(dispute: Dispute, person: User) -> bool:
    """Whether this person may review: has the right, no part in the run, and not the first reviewer."""
    raise NotImplementedError


def late(now: datetime) -> Sequence[Dispute]:
    """Disputes that nobody acknowledged in time."""
    raise NotImplementedError
