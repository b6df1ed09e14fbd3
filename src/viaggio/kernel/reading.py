"""A reading: one value with its base, interval, period, population and metric version."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from viaggio.kernel.period import Period
from viaggio.kernel.population import EVERYBODY, Population


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"
    NONE = "none"


class Unit(StrEnum):
    """What a value counts."""

    POINTS = "points"  # -100 to 100
    SHARE = "share"  # 0 to 1, shown in per cent
    SCORE = "score"  # on the stated scale
    CENTS = "cents"  # integer cents
    COUNT = "count"
    RATIO = "ratio"  # so many per one
    SECONDS = "seconds"


class Flag(StrEnum):
    """What a reader must know before using a value."""

    NO_DATA = "no_data"  # nothing to compute from: value is None
    BELOW_MINIMUM = "below_minimum"  # base under the metric's minimum: shown with care, never paid on
    HIDDEN = "hidden"  # cell under the company's minimum size: value withheld
    CENSUS = "census"  # every case counted: no sampling interval
    NOT_APPLICABLE = "not_applicable"  # the filter names a dimension that the metric does not have
    PARTIAL_PERIOD = "partial_period"  # the data do not cover the whole period
    MIXED_CURRENCY = "mixed_currency"  # amounts in several currencies: value is None
    MIXED_SCALE = "mixed_scale"  # answers on different scales: value is None
    OUT_OF_SCALE = "out_of_scale"  # some answers lie outside their scale and were not counted
    NOT_WEIGHTED = "not_weighted"  # some answers have no weight under the scheme and were not counted


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A value and how sure we are. `low` and `high` bound it at `level`; None where there is no interval.

    `se` is the standard error in the value's unit with `df` degrees of freedom, where it is known; `n_eff`
    as many independent answers of equal weight would be as sure.
    """

    value: float | int | None
    n: int
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    flags: frozenset[Flag] = frozenset()
    se: float | None = None
    df: float | None = None
    n_eff: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One value of one metric for one group of one population in one period.

    `value` is None exactly when there is no value; it is never NaN, and no data is never 0.
    `by` holds the group as (dimension, value) pairs, empty for the total; `n` counts `base` units.
    `weighting` names the scheme of weights, `none` where each answer counts once; `se`, `df` and `n_eff` are
    those of the `Estimate`.
    """

    metric: str
    version: int
    unit: Unit
    better: Direction
    value: float | int | None
    n: int
    low: float | None = None
    high: float | None = None
    level: float = 0.95
    flags: frozenset[Flag] = field(default_factory=frozenset)
    period: Period
    population: Population = EVERYBODY
    by: tuple[tuple[str, str], ...] = ()
    scale: tuple[float, float] | None = None
    currency: str | None = None
    weighting: str = "none"
    se: float | None = None
    df: float | None = None
    n_eff: float | None = None

    @property
    def has_value(self) -> bool:
        """Whether there is a value to show."""
        return self.value is not None

    def plain(self) -> dict[str, Any]:
        """The reading as JSON-ready values: one form for command line, API, export and webhook."""
        return {
            "metric": self.metric,
            "version": self.version,
            "value": self.value,
            "unit": self.unit.value,
            "better": self.better.value,
            "n": self.n,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "flags": sorted(flag.value for flag in self.flags),
            "from": self.period.start.isoformat(),
            "to": self.period.last.isoformat(),
            "where": {name: list(values) for name, values in self.population.key()},
            "by": dict(self.by),
            "scale": list(self.scale) if self.scale else None,
            "currency": self.currency,
            "weighting": self.weighting,
            "se": self.se,
            "n_eff": self.n_eff,
        }
