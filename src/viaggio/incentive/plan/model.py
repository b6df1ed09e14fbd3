"""Nouns of a plan. Amounts, weights and factors are exact; days include the last one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from types import MappingProxyType

from viaggio.incentive.combining import Combination, Effect, Section
from viaggio.incentive.curves import Curve
from viaggio.incentive.ledger import Settlement
from viaggio.incentive.pooling import PoolMode
from viaggio.incentive.proration import DayCount
from viaggio.incentive.scoring import Credit


class LegalBasis(StrEnum):
    """What the plan is in law."""

    PDR = "PDR"  # premio di risultato
    MBO = "MBO"
    PROGRAM = "PROGRAM"
    CONTEST = "CONTEST"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """From the first to the last day, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """The agreement that a plan rests on; dates are None where there is none."""

    signed: date | None = None
    deposited: date | None = None
    protocol: str = ""
    form_goals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Eligibility:
    """Who takes part: contracts (empty: all), days of service at least, employed on a day, leavers."""

    contracts: tuple[str, ...] = ()
    min_service_days: int = 0
    employed_on: date | None = None
    leavers: Mapping[str, str] = field(
        default_factory=lambda: MappingProxyType({"good": "prorate", "bad": "forfeit"})
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsenceRule:
    """What a day of a class of absence loses (0 to 1); a protected class never loses any."""

    lost: Fraction
    protected: bool = False


class Step(StrEnum):
    """The steps of the ladder for a cell with too few answers."""

    ROLLING = "rolling"
    PARENT = "parent"
    REDISTRIBUTE = "redistribute"
    NEUTRAL = "neutral"


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardRails:
    """When a cell may be paid on, and what is done when it may not.

    `windows` is how many earlier windows the rolling step may add; `k` is the K of credibility n / (n + K),
    None without shrinkage; `dead_band_z` None without a dead band.
    """

    k_headcount: int = 5
    k_responses: int = 10
    n_min: int = 30
    ladder: tuple[Step, ...] = (Step.ROLLING, Step.PARENT, Step.REDISTRIBUTE, Step.NEUTRAL)
    windows: int = 2
    credit: Credit = Credit.POINT
    k: Fraction | None = None
    dead_band_z: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Adjustment to a reference mix: dimensions of the strata, in which order empty ones are merged."""

    strata: tuple[str, ...] = ()
    reference: str = "frozen_baseline"
    merge_order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """One line of a group: a measure with its weight and curve, and perhaps a second curve on improvement."""

    measure: str
    section: Section
    weight: Fraction
    curve: Curve
    improvement: Curve | None = None
    form_indicator: int | None = None

    @property
    def mapped(self) -> str:
        """The unit of the contribution map that the measure stands for; empty for a plain measure."""
        return self.measure.removeprefix("map:") if self.measure.startswith("map:") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """People with the same lines, such as a function."""

    name: str
    components: tuple[Component, ...]

    def of(self, section: Section) -> tuple[Component, ...]:
        """The components of a section, in order."""
        return tuple(c for c in self.components if c.section is section)


class Level(StrEnum):
    """What a gate stands before."""

    COMPONENT = "component"
    SECTION = "section"
    PLAN = "plan"


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """A condition on a KPI and the effect when it fails. `name` is that of the component or section."""

    kpi: str
    sign: str
    threshold: Fraction
    level: Level
    name: str = ""
    effect: Effect

    def passes(self, value: Fraction) -> bool:
        """Whether the condition holds; equality passes >= and <=."""
        return {
            ">=": value >= self.threshold,
            ">": value > self.threshold,
            "<=": value <= self.threshold,
            "<": value < self.threshold,
        }[self.sign]


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRule:
    """A sum that limits or is divided: fixed, or rate * max(0, KPI - above), at most `most`."""

    kind: str  # fixed, self_funded
    amount: Fraction = Fraction(0)
    rate: Fraction = Fraction(0)
    kpi: str = ""
    above: Fraction = Fraction(0)
    most: Fraction | None = None
    mode: PoolMode = PoolMode.DOWN_ONLY
    unspent: str = "company"


@dataclass(frozen=True, slots=True, kw_only=True)
class Retro:
    """How closed periods are corrected."""

    pool: str = "freeze_lambda"
    waive_below: Fraction = Fraction(0)
    recovery_share: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OnAccount:
    """Payments on account: the share of each part's result that is paid at once, and how the rest settles."""

    share: Fraction
    settlement: Settlement = Settlement.NO_RECOVERY


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One version of a plan."""

    code: str
    version: int
    legal_basis: LegalBasis
    period: Span
    baseline: Span | None = None
    day_count: DayCount = DayCount.CALENDAR
    cutoff: str = ""
    currency: str = "EUR"
    agreement: Agreement = Agreement()
    eligibility: Eligibility = Eligibility()
    absences: Mapping[str, AbsenceRule] = field(default_factory=lambda: MappingProxyType({}))
    guard_rails: GuardRails = GuardRails()
    mix: Mix = Mix()
    combination: Combination = Combination.ADDITIVE
    min_shared_weight: Fraction = Fraction(1, 2)
    groups: Mapping[str, Group]
    contribution_map: Mapping[str, Mapping[str, Fraction]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    gates: tuple[Gate, ...] = ()
    individual_cap: Fraction | None = None
    pool: PoolRule | None = None
    retro: Retro = Retro()
    on_account: OnAccount | None = None
    author: str = ""
    approver: str = ""
    published: date | None = None
    accrues_from: date | None = None
    measures: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    """Declared facts of a measure: scope, formula, questionnaire; and those of its baseline."""

    @property
    def name(self) -> str:
        """Code and version, as the ledger writes them: CX-SHARED@3."""
        return f"{self.code}@{self.version}"
