"""Nouns of measuring: the tables, the spans of time, how a figure is cut, and the metric itself."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from viaggio.kernel import EVERYBODY, Direction, Estimate, Period, Population, Unit

Table = Any
"""An Ibis table; the library ships no types."""

INACTIVE_DAYS = 365
"""After so many days without an order a customer without a contract is lost, unless a company says else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tables:
    """The fact tables by contract name, as Ibis tables with the columns of their contract and `source`, `id`.

    Tables of customers also hold `customer`, `account`, `segment`, `region`; interactions, answers,
    texts and coverage hold `function`, the owner of their touchpoint. A table that a figure does not read
    may be None.
    """

    touchpoints: Table = None
    customers: Table = None
    consents: Table = None
    referrals: Table = None
    identifiers: Table = None
    interactions: Table = None
    visits: Table = None
    orders: Table = None
    order_lines: Table = None
    payments: Table = None
    contracts: Table = None
    costs: Table = None
    answers: Table = None
    texts: Table = None
    employments: Table = None
    coverage: Table = None
    weights: Table = None


@dataclass(frozen=True, slots=True)
class Spans:
    """Several periods at once, in the company's time zone; they may overlap. A span is its index.

    With a `slot` a question leaves its values open, as variables whose names begin with it.
    """

    periods: tuple[Period, ...]
    zone: ZoneInfo
    slot: str = ""

    @property
    def bounds(self) -> tuple[tuple[int, int], ...]:
        """UTC microseconds, [from, to), of each period."""
        return tuple(period.micros(self.zone) for period in self.periods)

    def previous(self) -> "Spans":
        """The spans of the same length just before each of these, under the same indexes."""
        slot = f"before_{self.slot}" if self.slot else ""
        return Spans(tuple(period.previous() for period in self.periods), self.zone, slot)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """How a figure is cut: into which spans and groups, for whom.

    `present` names the tables that hold any row: definitions that differ with and without contracts or
    order lines depend on it. `people` asks for the number of distinct customers behind every cell; with
    `about` an estimate of it is enough, which is many times cheaper on large tables. `weights` names the
    scheme by which answers count, `none` where each counts once.
    """

    spans: Spans
    by: tuple[str, ...] = ()
    population: Population = EVERYBODY
    present: frozenset[str] = frozenset()
    inactive_days: int = INACTIVE_DAYS
    people: bool = False
    about: bool = False
    weights: str = "none"

    @property
    def dimensions(self) -> frozenset[str]:
        """Every dimension that the question names."""
        return frozenset(self.by) | frozenset(self.population.where)


Part = Mapping[str, Any]
"""One row of what `Metric.measure` gives: counts and sums of one cell, one per currency or scale."""


class Amount(NamedTuple):
    """Whole numbers, `per` of which make one, of the visits where they are `known` (arrays).

    Under the name `x` it gives the exact sums `x_n`, `x_total` and `x_squares`.
    """

    known: Any
    values: Any
    per: int = 1


Walk = Callable[[Mapping[str, Any]], Mapping[str, Any]]
"""From the columns of visits (arrays) to what each visit adds to the sums of its cell, `n` among them.

Truth values, whole numbers or an `Amount`, by name; what it gives under `SEEN` is not added up.
"""

SEEN = "seen"
"""Where a walk gives this and no visit of all has it, nobody would know: nothing counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One figure, declared once; pages, API, command line and scorecards read this declaration.

    `needs` names the tables and the columns without which it can not be computed; `covered_by` the tables
    whose first and last rows tell from when to when there are data. `base` says what a reading's `n`
    counts and `definition` how the figure is defined, both as codes; `about` is the definition in words,
    for developers. `measure` gives one row per span, group and part with counts and exact sums; metrics
    that share a measure share its answer, and `part` picks the rows that are this one's. `estimate` makes
    a value and interval of the parts of one cell. `looks_back`: the span before is read too. A metric with
    a `figure` is one of `viaggio.pulse.index.FIGURES`: it is read from the answer index, not by a measure.
    A `walk` reads it from visits put together from interactions: always where there is no measure, else
    where no source tells its visits. What `counts` interactions, or people, is counted over the journey index
    where there is one that can tell; the measure `beside` gives what else there is in the parts of a cell.
    """

    slug: str
    version: int = 1
    unit: Unit
    better: Direction
    family: str
    needs: Mapping[str, tuple[str, ...]]
    covered_by: tuple[str, ...]
    dimensions: frozenset[str]
    base: str
    definition: str
    about: str
    min_n: int = 0
    owner: str | None = None
    pillar: str | None = None
    scale: tuple[float, float] | None = None
    looks_back: bool = False
    part: tuple[tuple[str, str], ...] = ()
    measure: Callable[[Tables, Cut], Table] | None = None
    figure: str = ""
    walk: Walk | None = None
    counts: Literal["", "interactions", "people"] = ""
    beside: Callable[[Tables, Cut], Table] | None = None
    estimate: Callable[[Sequence[Part]], Estimate]

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables it reads."""
        return tuple(self.needs)
