"""Plans and their versions: draft, simulated, submitted, approved, published, active, closed.

The author never approves; an approver whom the plan pays needs a second one. From `submitted` on the text
stays as it is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from viaggio.incentive.plan import Finding, Plan
from viaggio.web.incentive.models import Acknowledgement, Employee, PlanVersion
from viaggio.web.shared.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A plan's text as it was understood. `plan` is None when it can not be read: then `error` says why.

    `form` is yaml, toml or json. `findings` come refusals first.
    """

    form: str
    document: Mapping[str, Any]
    plan: Plan | None
    findings: tuple[Finding, ...]
    error: str = ""
    place: str = ""
    hint: str = ""
    sha256: str = ""

    @property
    def refused(self) -> bool:
        """Whether it can not be submitted."""
        return self.plan is None or any(finding.refuses for finding in self.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Steps:
    """What this person may do with a version now, and why not what else; codes.

    `may` holds names of this module's functions: edit, mark_simulated, submit, send_back, approve, publish,
    close, new_version. `waits_for` is author, second_approver or empty.
    """

    may: frozenset[str]
    waits_for: str


def check(source: str) -> Checked:
    """Read and check a plan's text: YAML, TOML or JSON; never raises for what is wrong in it."""
    raise NotImplementedError


def plan_of(version: PlanVersion) -> Plan:
    """The plan that a version's document says. Raises `BadPlan`."""
    raise NotImplementedError


def create(
    source: str, *, by: User, now: datetime, parts: int = 1, name: Mapping[str, str] | None = None,
    changes: str = "",
) -> PlanVersion:  # fmt: skip
    """A new plan with its first version, or the next version of the plan whose code stands in the text.

    The number is the next free one and is written into the document. Raises `BadPlan` when it can not be
    read; findings do not matter yet.
    """
    raise NotImplementedError


def edit(
    version: PlanVersion, source: str, *, by: User, now: datetime, parts: int | None = None,
    changes: str | None = None,
) -> PlanVersion:  # fmt: skip
    """Other text for a draft; what was simulated is a draft again. Raises `NotThatState`, `BadPlan`."""
    raise NotImplementedError


def new_version(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """A draft that begins as this version's text."""
    raise NotImplementedError


def mark_simulated(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Say that a simulation of this very text was looked at. Raises `NotThatState`, `PlanRefused`."""
    raise NotImplementedError


def submit(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Hand a simulated plan in for approval: its text never changes again. Raises `PlanRefused`."""
    raise NotImplementedError


def send_back(version: PlanVersion, *, by: User, now: datetime, reason: str) -> PlanVersion:
    """Refuse a submitted plan with a reason: it is closed, and its author may begin a new version from it."""
    raise NotImplementedError


def is_beneficiary(version: PlanVersion, person: User) -> bool:
    """Whether a plan pays this person: an employee with a stay in one of its groups within its period."""
    raise NotImplementedError


def approve(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Approve, as somebody who is not the author; a beneficiary's approval waits for a second person's.

    Raises `SamePerson`, `NotThatState`.
    """
    raise NotImplementedError


def publish(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Publish an approved plan and hand the goals to everybody it pays; an older version of it is closed.

    After the period has begun, only with `accrues_from` on or after the day. Raises `NotThatState`,
    `PlanRefused`.
    """
    raise NotImplementedError


def begin(now: datetime) -> Sequence[PlanVersion]:
    """Make published versions active whose period has begun, and raise the alarm about goals not assigned."""
    raise NotImplementedError


def close(version: PlanVersion, *, by: User, now: datetime) -> PlanVersion:
    """Close a version; its runs, its ledger and their corrections stay possible."""
    raise NotImplementedError


def steps(version: PlanVersion, person: User) -> Steps:
    """What this person may do with the version now."""
    raise NotImplementedError


def acknowledge(version: PlanVersion, employee: Employee, *, by: User, now: datetime) -> Acknowledgement:
    """The employee's own word to know the goals. Raises `PermissionDenied` for anybody else's."""
    raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Assigned:
    """How far the goals of a version have come: people it pays, handed to, said to know; who has none."""

    people: int
    delivered: int
    acknowledged: int
    without_goals: tuple[str, ...]
    """Pseudonyms of people who are employed in the period and have no group of the plan."""


def assigned(version: PlanVersion) -> Assigned:
    """Who has goals under a version, and who has not."""
    raise NotImplementedError
