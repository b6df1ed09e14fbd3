"""The ledger: entries are added under the lock of its head, each sealed over the one before; nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from viaggio.incentive.ledger import Broken, EntryKind
from viaggio.web.incentive.models import LedgerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class NewEntry:
    """An entry to be posted; cents may be negative, `note` is a code."""

    person: str
    period: str
    pay_period: str
    plan_version: str
    kind: EntryKind
    cents: int
    run: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChainState:
    """What checking the chain gave."""

    entries: int
    broken: tuple[Broken, ...]
    head_seq: int
    head_hash: str

    @property
    def whole(self) -> bool:
        """Whether every entry is as it was posted and none is missing."""
        return not self.broken


def post(entries: Sequence[NewEntry], *, now: datetime) -> list[LedgerEntry]:
    """Add entries at the end of the chain, all or none. Raises `LedgerBroken`."""
    raise NotImplementedError


def entitled(person: str, plan: str, period: str) -> int:
    """Cents that a person has of a plan's period: everything posted but holds and releases."""
    raise NotImplementedError


def payable(person: str, plan: str, period: str) -> int:
    """Cents that a person may be paid of a plan's period: everything posted."""
    raise NotImplementedError


def check() -> ChainState:
    """Read the whole chain and say where it does not hold; a cut-off tail too."""
    raise NotImplementedError
