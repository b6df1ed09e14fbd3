"""Staff: units, employees by pseudonym, stays, absences; who a pseudonym is for pay-roll stays sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from viaggio.web.incentive.models import Absence, Assignment, Employee, OrgUnit
from viaggio.web.shared.models import User


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a pseudonym is for pay-roll."""

    payroll_id: str
    name: str
    cost_centre: str


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: its line in the file, the column, what is wrong, and the row itself."""

    line: int
    column: str
    what: str
    row: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """What an import did, or would do: people, stays and absences taken; rows kept out."""

    people: int
    stays: int
    absences: int
    units: int
    rejects: tuple[Reject, ...]
    dry: bool


def new_pseudonym() -> str:
    """A pseudonym by chance, unlike any other."""
    raise NotImplementedError


def add_unit(
    code: str, name: str, kind: str, *, by: User, first: date, parent: OrgUnit | None = None,
    function: str = "", head: User | None = None,
) -> OrgUnit:  # fmt: skip
    """A new unit. Raises `NotThatState` for a second company, a parent that is itself below, a code taken."""
    raise NotImplementedError


def change_unit(unit: OrgUnit, *, by: User, **fields: Any) -> OrgUnit:
    """Change name, function, head, parent or last day."""
    raise NotImplementedError


def add_employee(
    *, by: User, hired: date, contract: str = "", pseudonym: str = "", user: User | None = None,
    gender: str = "", identity: Identity | None = None,
) -> Employee:  # fmt: skip
    """A new employee; the pseudonym is drawn by chance unless one is given, such as by an import."""
    raise NotImplementedError


def change_employee(employee: Employee, *, by: User, **fields: Any) -> Employee:
    """Change user, contract, hired, left, leave_reason, gender or limits."""
    raise NotImplementedError


def assign(
    employee: Employee, unit: OrgUnit, group: str, *, first: date, target_cents: int, by: User,
    last: date | None = None, fte: str = "1",
) -> Assignment:  # fmt: skip
    """A stay. Raises `BadAssignment` where working times would exceed full time, `BadAmount`."""
    raise NotImplementedError


def end_assignment(assignment: Assignment, last: date, *, by: User) -> Assignment:
    """The last day of a stay."""
    raise NotImplementedError


def remove_assignment(assignment: Assignment, *, by: User) -> None:
    """Take out a stay that never was."""
    raise NotImplementedError


def add_absence(employee: Employee, kind: str, first: date, last: date, *, by: User) -> Absence:
    """Days away, of a class."""
    raise NotImplementedError


def remove_absence(absence: Absence, *, by: User) -> None:
    """Take out an absence that never was."""
    raise NotImplementedError


def import_people(text: str, *, by: User, now: datetime, dry: bool = False) -> Imported:
    """Take people, stays and absences from the CSV of docs/reference/incentive-files.md, row by row.

    People with no fault in any row are taken whole, their older stays and absences replaced; the rows of the
    others are rejected. Units that do not exist are made as cells below the company.
    """
    raise NotImplementedError


def seal(employee: Employee, identity: Identity, *, by: User) -> None:
    """Keep who a pseudonym is for pay-roll, encrypted. Raises `NoKey`."""
    raise NotImplementedError


def unsealed(employees: Sequence[Employee], *, by: User) -> dict[str, Identity]:
    """Who these are for pay-roll, by pseudonym; recorded. Raises `NoKey`."""
    raise NotImplementedError


def export_person(employee: Employee, *, by: User) -> dict[str, Any]:
    """Everything that is kept of a person, as plain values, recorded."""
    raise NotImplementedError


def erase_person(employee: Employee, *, by: User, now: datetime) -> None:
    """Erase who a pseudonym is: identity, account, absences, gender, words of disputes.

    Closed runs and the ledger know the pseudonym only, and still verify.
    """
    raise NotImplementedError
