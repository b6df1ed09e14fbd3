"""What a unit, a function or the company earned: small groups are hidden so that nobody can subtract them."""

from collections.abc import Sequence
from dataclasses import dataclass

from viaggio.web.incentive.models import OrgUnit, Run
from viaggio.web.incentive.services.statement import StatementLine
from viaggio.web.shared.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTotal:
    """A group of people in a run. Cents are None where the group is hidden; so is `people` then.

    `of_target` is cents over target cents as a fraction in lowest terms ("17/20").
    """

    code: str
    name: str
    people: int | None
    cents: int | None
    held_cents: int | None
    target_cents: int | None
    hidden: bool

    @property
    def mean_cents(self) -> int | None:
        """Cents a head, halves up."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """A run in aggregates for the works council."""

    run: str
    people: int
    cents: int
    held_cents: int
    by_unit: tuple[GroupTotal, ...]
    by_group: tuple[GroupTotal, ...]
    by_gender: tuple[GroupTotal, ...]
    by_working_time: tuple[GroupTotal, ...]
    flags: tuple[tuple[str, str, int], ...]
    """Detector, state, how many; without cells."""
    disputes: tuple[tuple[str, int], ...]
    """State, how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasureTotal:
    """One measure as it stands in a run: for whom it counts, and its figure where it may be shown."""

    measure: str
    unit: str
    unit_name: str
    n: int | None
    value: str | None
    hidden: bool
    page: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCell:
    """What the head of a unit sees of it: people and cents together, its lines, no single person."""

    unit: str
    unit_name: str
    total: GroupTotal
    lines: tuple[StatementLine, ...]
    measures: tuple[MeasureTotal, ...]


def units_of(person: User) -> Sequence[OrgUnit]:
    """Units that this person heads."""
    raise NotImplementedError


def totals(run: Run) -> Totals:
    """A run in aggregates."""
    raise NotImplementedError


def own_cell(run: Run, unit: OrgUnit, *, by: User) -> OwnCell:
    """A unit's own aggregate for its head. Raises `PermissionDenied` for other people's units."""
    raise NotImplementedError


def measures(run: Run) -> tuple[MeasureTotal, ...]:
    """The measures of a run; cells too small are hidden, and those with them from which they would follow."""
    raise NotImplementedError
