"""What goes to pay-roll: posted entries with the sealed identity of each person, the same file every time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from viaggio.incentive.payroll import PayrollRow, Trailer
from viaggio.web.incentive.models import Employee, PayrollExport, Run, WelfareElection
from viaggio.web.shared.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class PayrollFile:
    """The file of one pay period: rows with their trailer, and whether it adds up to the ledger.

    `unknown` names pseudonyms without a pay-roll identity: their rows carry the pseudonym instead.
    """

    pay_period: str
    rows: tuple[PayrollRow, ...]
    trailer: Trailer
    until_seq: int
    ledger_cents: int
    unknown: tuple[str, ...]

    @property
    def adds_up(self) -> bool:
        """Whether the trailer equals the ledger."""
        return self.trailer.total_cents == self.ledger_cents


def pay_periods() -> Sequence[str]:
    """Pay periods that the ledger names, newest first."""
    raise NotImplementedError


def gather(pay_period: str, *, by: User) -> PayrollFile:
    """The file of a pay period from the ledger. Raises `NoKey`."""
    raise NotImplementedError


def export(pay_period: str, form: str, *, by: User, now: datetime) -> tuple[bytes, PayrollExport]:
    """The file as `csv` or `xlsx`, recorded; made again it is the same, byte by byte. Raises `NoKey`."""
    raise NotImplementedError


def elect_welfare(run: Run, employee: Employee, cents: int, *, by: User, now: datetime) -> WelfareElection:
    """Take so many cents of the own award as welfare, until the run is exported. Raises `BadAmount`."""
    raise NotImplementedError
