"""Statements: the stored award, snapshot, readings and ledger of one person as one noun."""

from collections.abc import Sequence

from viaggio.web.incentive.models import Employee, Run
from viaggio.web.incentive.services.statement import Statement
from viaggio.web.shared.models import User


def runs_of(employee: Employee) -> Sequence[Run]:
    """Published runs that hold an award of this person, newest first."""
    raise NotImplementedError


def may_see(run: Run, employee: Employee, person: User) -> bool:
    """Whether this person may look: the own statement once published, or every one by right."""
    raise NotImplementedError


def statement_of(run: Run, employee: Employee) -> Statement:
    """The statement. It asks no rights and records nothing: use `read` for people.

    Raises `AwardLine.DoesNotExist` for somebody whom the run does not know.
    """
    raise NotImplementedError


def read(run: Run, employee: Employee, *, by: User) -> Statement:
    """The statement for somebody who may see it; a look at another person's is recorded.

    Raises `PermissionDenied`.
    """
    raise NotImplementedError
