"""Nouns of a run: who was where, what was measured, and what follows from it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from viaggio.incentive.combining import Section

NOW, BASELINE = "period", "baseline"
"""Windows of a result; earlier windows are called `period-1`, `period-2`, the newest first."""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Placement:
    """A stay in one unit and plan group at one working time, with the full target of the period."""

    first: date
    last: date
    unit: str
    group: str
    fte: Fraction
    target: Fraction


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Away:
    """An absence of a class that the plan names."""

    first: date
    last: date
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A person by pseudonym. `left` is the last day of employment, None while it lasts."""

    id: str
    placements: tuple[Placement, ...]
    away: tuple[Away, ...] = ()
    contract: str = ""
    left: date | None = None
    leave_reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stratum:
    """Answers of one stratum: counts, or mean with sum of squares; `share` is its reference share."""

    name: str = ""
    kind: str = "value"  # nps, share, mean, value
    n: int = 0
    promoters: int = 0
    detractors: int = 0
    hits: int = 0
    total: Fraction = Fraction(0)
    squares: Fraction | None = None
    value: Fraction | None = None
    share: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """What was measured of a unit in a window; the unit of the whole company is empty."""

    measure: str
    unit: str = ""
    window: str = NOW
    headcount: int | None = None
    parent: str = ""
    strata: tuple[Stratum, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """What is paid later: lines of a measure (empty: all) in a unit (empty: all), and why."""

    why: str
    measure: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Excluded:
    """An answer that was not counted, by keyed hash: what of it (empty: all), and why."""

    answer: str
    kind: str = ""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A part of the plan's period that is settled by itself, with the share of the targets that it pays.

    Days count as a share of the window's days. A pool's amount, threshold and maximum are the period's, and
    `share` of them is the part's; KPIs, gates and curves are read as they are written.
    """

    first: date
    last: date
    share: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """How a closed pool was divided: its factor, and raw award with cents of each person it gave to.

    A correction scales with the same factor, and whoever's raw award is the same keeps the same cents, so
    that nobody else's money moves.
    """

    factor: Fraction
    awards: Mapping[str, tuple[Fraction, int]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Everything that a run reads beside the plan; without a window the plan's whole period is settled.

    `excluded` is what the cells do not hold: a run does not read it, its snapshot keeps it.
    """

    people: tuple[Person, ...]
    cells: tuple[Cell, ...]
    kpis: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))
    holds: tuple[Hold, ...] = ()
    window: Window | None = None
    frozen: Frozen | None = None
    excluded: tuple[Excluded, ...] = ()


class Status(StrEnum):
    """Whether somebody takes part."""

    OK = "ok"
    BELOW_MIN_SERVICE = "below_min_service"
    NOT_EMPLOYED_ON = "not_employed_on"
    CONTRACT = "contract_not_eligible"
    BAD_LEAVER = "bad_leaver"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellScore:
    """A cell's value on its way to being credited, and why it is what it is."""

    raw: Fraction | None
    n: int
    n_eff: Fraction
    se: Fraction
    used: Fraction
    source: str
    """own, privacy:parent, fallback:rolling_window, fallback:parent, or a composite's parts."""
    z: Fraction | None
    credited: Fraction
    baseline: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A component in a unit; no score where the ladder took its weight away or paid it neutrally."""

    measure: str
    section: Section
    weight: Fraction
    payout: Fraction
    reason: str
    score: CellScore | None = None
    level_payout: Fraction | None = None
    improvement_payout: Fraction | None = None
    incremental: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One line of a statement: a component in a placement, with its cents of the award."""

    unit: str
    group: str
    first: date
    last: date
    result: Result
    worth: Fraction
    cents: int
    held: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Award:
    """What a person gets, and from what."""

    person: str
    status: Status
    opportunity: Fraction
    raw: Fraction
    cents: int
    held_cents: int
    lines: tuple[Line, ...]
    factors: Mapping[str, Fraction]
    """Factor of each placement by unit and first day, after gates."""

    @property
    def payable_cents(self) -> int:
        """What is paid now."""
        return self.cents - self.held_cents


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A whole run: awards by person, the pool, the gates that failed, hashes of what it came from."""

    plan: str
    plan_hash: str
    snapshot: str
    awards: tuple[Award, ...]
    pool: Fraction | None
    factor: Fraction
    binds: bool
    unspent: int
    failed_gates: tuple[str, ...]
    cost_by_unit: Mapping[str, int]

    @property
    def total_cents(self) -> int:
        """The sum of all awards."""
        return sum(award.cents for award in self.awards)
