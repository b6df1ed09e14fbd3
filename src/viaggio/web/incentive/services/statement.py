"""Nouns of a statement: everything that its page and its PDF show, as codes and numbers, without a sentence.

Amounts are whole cents; factors, weights, shares and measured values are exact fractions; None is "there is
none". Days include the last one.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """The figure of the metric catalogue that a value was taken from, and the page that shows the same.

    `value` is as text, in the unit that the plan's curves use (a share in per cent); `base` counts answers or
    whatever the metric counts; `page` is an address within the application, empty for a manual KPI.
    `excluded` answers more stand on that page: given twice, copied, or given by staff. `few`: too few answers
    for its value to be here.
    """

    measure: str
    unit: str
    unit_name: str
    window: str
    metric: str
    where: tuple[tuple[str, tuple[str, ...]], ...]
    weights: str
    first: date
    last: date
    value: str
    base: int
    facts: str
    page: str
    excluded: int = 0
    few: bool = False

    @property
    def shown_base(self) -> int:
        """What the page counted when the figure was taken."""
        return self.base + self.excluded


@dataclass(frozen=True, slots=True, kw_only=True)
class CurveShape:
    """A curve with the point that counts: `x` the credited value (or the improvement), `y` what it pays."""

    kind: str  # linear, step
    points: tuple[tuple[Fraction, Fraction], ...]
    below: Fraction
    falling: bool
    x: Fraction | None
    y: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPart:
    """A touchpoint of a composite with its weight; `counted` is False where its answers were too few."""

    touchpoint: str
    weight: Fraction
    counted: bool
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementLine:
    """A component in a stay: what was measured, how it was credited, what it pays.

    `place` names the line in a dispute. `reason` is own, privacy:parent, fallback:rolling_window,
    fallback:parent, fallback:redistribute, fallback:neutral or without:<touchpoints>. `held` is empty, or
    flag:<detector>, gate:<kpi>, gate:<kpi>:missing. `measured` holds the own cell's figure and those of the
    units above that were used or shrunk towards, never those of other units.
    """

    place: str
    unit: str
    unit_name: str
    group: str
    first: date
    last: date
    measure: str
    section: str
    form_indicator: int | None
    weight: Fraction
    planned_weight: Fraction
    reason: str
    raw: Fraction | None
    n: int | None
    n_eff: Fraction | None
    se: Fraction | None
    used: Fraction | None
    z: Fraction | None
    credited: Fraction | None
    baseline: Fraction | None
    payout: Fraction
    level_payout: Fraction | None
    improvement_payout: Fraction | None
    incremental: bool | None
    curve: CurveShape
    improvement: CurveShape | None
    cents: int
    held: str
    measured: tuple[Source, ...] = ()
    parts: tuple[MapPart, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementStay:
    """A stay: target of the whole period at full working time, days that count, what 100 % would pay.

    `days` are weighted by working time and absences; `share` = days / days of the period, times the part's
    share of the target; `factor` is what the stay earned of its opportunity, after gates.
    """

    unit: str
    unit_name: str
    group: str
    first: date
    last: date
    fte: Fraction
    target_cents: int
    days: Fraction
    period_days: int
    share: Fraction
    opportunity_cents: int
    factor: Fraction | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAway:
    """An absence by its class, never by its cause: what a day loses, and whether it is protected."""

    kind: str
    first: date
    last: date
    lost: Fraction
    protected: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementGate:
    """A gate: `value` None where the KPI is missing (then it holds). `effect` is zero, cap, factor, hold."""

    kpi: str
    sign: str
    threshold: Fraction
    value: Fraction | None
    state: str  # passed, failed, missing
    level: str
    name: str
    effect: str
    effect_amount: Fraction | None
    source: Source | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementPool:
    """The pool as far as a person may know: its size, all raw awards together, and by what it multiplied."""

    cents: int
    factor: Fraction
    binds: bool
    unspent_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Posting:
    """An entry of the ledger of this person; `kind` as in `viaggio.incentive.ledger.EntryKind`."""

    seq: int
    at: datetime
    kind: str
    cents: int
    period: str
    pay_period: str
    plan_version: str
    run: str
    note: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementHold:
    """Money of this person that waits for a decision: what, how much, until when, and how it was decided."""

    detector: str
    unit: str
    measure: str
    state: str
    cents: int
    due_at: datetime
    decided_at: datetime | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementDispute:
    """A dispute of this person about this run, with all its dates."""

    pk: int
    line: str
    reason: str
    text: str
    state: str
    opened_at: datetime
    acknowledge_by: date
    acknowledged_at: datetime | None
    decided_at: datetime | None
    answer: str
    correction: str
    closed_at: datetime | None
    is_appeal: bool
    may_appeal: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TaxShare:
    """What the tax rules of the year of payment would make of the award: amounts and flags, never pay-roll.

    `eligible` needs the legal basis PDR and a result better than before; codes in `why` say what is missing.
    """

    year: int
    eligible: bool
    why: tuple[str, ...]
    base_cents: int
    ordinary_cents: int
    tax_cents: int
    welfare_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Goals:
    """When the goals of this plan version were handed over, and when the person said to know them."""

    delivered_at: datetime | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """The award of one person in one run, with every reason.

    `cents` = sum of the lines' cents; `payable_cents` = cents less held; `balance_cents` is what the ledger
    holds for the period (entitled, holds not subtracted), which equals `cents` once the run is published and
    no later run corrected it.
    """

    run: str
    run_pk: int
    run_number: int
    run_state: str
    corrects: str
    cause: str
    corrected_by: str
    person: str
    status: str
    plan: str
    plan_name: dict[str, str]
    version: int
    legal_basis: str
    currency: str
    period: str
    first: date
    last: date
    part: int
    parts: int
    plan_sha256: str
    snapshot_sha256: str
    run_sha256: str
    engine: str
    calculated_at: datetime
    published_at: datetime | None
    pay_date: date | None
    dispute_until: date | None
    may_dispute: bool
    unit: str
    unit_name: str
    target_cents: int
    opportunity_cents: int
    raw: Fraction
    cents: int
    held_cents: int
    payable_cents: int
    balance_cents: int
    individual_cap: Fraction | None
    combination: str
    stays: tuple[StatementStay, ...]
    away: tuple[StatementAway, ...]
    lines: tuple[StatementLine, ...]
    gates: tuple[StatementGate, ...]
    pool: StatementPool | None
    postings: tuple[Posting, ...]
    earlier: tuple[Posting, ...]
    holds: tuple[StatementHold, ...]
    disputes: tuple[StatementDispute, ...]
    tax: TaxShare | None
    welfare_cents: int
    goals: Goals
    small: tuple[str, ...] = field(default=())
    """Units whose own figure is too small to be shown; theirs is left out of `measured`."""
