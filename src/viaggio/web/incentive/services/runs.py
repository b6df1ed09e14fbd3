"""Runs: a snapshot is frozen, the plan computed, checked again, approved by somebody else, published.

Steps S0 to S14 are kept with each run: S0 freeze, S1 eligibility, S2 proration, S3 measures, S4 guard rails,
S5 curves, S6 combination, S7 gates, S8 raw awards, S9 caps, S10 pool, S11 cents, S12 holds, S13 approval,
S14 ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from viaggio.incentive.run import Inputs
from viaggio.store.incentives import Difference, Verified
from viaggio.web.incentive.models import PlanVersion, Run
from viaggio.web.shared.models import User

STEPS = ("S0", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9", "S10", "S11", "S12", "S13", "S14")


@dataclass(frozen=True, slots=True, kw_only=True)
class PartOf:
    """One settlement of a plan's period: `part` 1 to `version.parts`, or one more: the year's settlement.

    `period` is as the ledger writes it (2026Q1, 2026). `advance`: a payment on account of the whole.
    """

    part: int
    period: str
    first: date
    last: date
    advance: bool
    settlement: bool


def parts_of(version: PlanVersion) -> tuple[PartOf, ...]:
    """The settlements of a version's period, in order."""
    raise NotImplementedError


def gather(version: PlanVersion, part: int, *, now: datetime) -> tuple[Inputs, list[dict[str, object]]]:
    """Everything that a run would read now: people, cells, KPIs, holds; and its readings. Writes nothing."""
    raise NotImplementedError


def calculate(version: PlanVersion, part: int, *, by: User, now: datetime) -> Run:
    """Freeze the inputs and compute a part of the period. One run that is not published is replaced.

    Raises `NotThatState` for a version that is not published, and what the engine raises.
    """
    raise NotImplementedError


def correct(
    run: Run, cause: str, *, by: User, now: datetime, reopen_pool: bool = False, fresh_measures: bool = True
) -> Run:
    """Compute a published run again with what is known now, under the plan version of its period.

    The pool's factor stays frozen, so that nobody else's money moves, unless `reopen_pool`. With
    `fresh_measures` the answers are counted again, else only people and absences are read anew.
    Raises `Missing` without a cause, `NotThatState`.
    """
    raise NotImplementedError


def verify(run: Run, *, now: datetime, by: User | None = None) -> Verified:
    """Compute a run again from its stored snapshot and compare every value, every award and every hash."""
    raise NotImplementedError


def approve(run: Run, *, by: User, now: datetime) -> Run:
    """Approve a verified run that somebody else calculated. Raises `SamePerson`, `NotThatState`."""
    raise NotImplementedError


def publish(run: Run, *, by: User, now: datetime, pay_date: date | None = None) -> Run:
    """Post a run to the ledger in one transaction and let people read their statements."""
    raise NotImplementedError


def lock(run: Run, *, by: User, now: datetime) -> Run:
    """Close a run for good once its dispute window has passed and nothing about it is open."""
    raise NotImplementedError


def steps(run: Run, person: User) -> frozenset[str]:
    """What this person may do with the run now: verify, approve, publish, correct, lock."""
    raise NotImplementedError


def compare(one: Run, other: Run) -> Sequence[Difference]:
    """What differs between two runs, causes first."""
    raise NotImplementedError


def document(run: Run) -> dict[str, object]:
    """The run as a file that `viaggio incentive verify` reads anywhere."""
    raise NotImplementedError
