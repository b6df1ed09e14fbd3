"""What attribution answers, and the rules by which it splits a conversion."""

from dataclasses import dataclass
from enum import StrEnum

import pyarrow as pa

from viaggio.journey.pictures import Drawing, Pictured, attribution_drawing
from viaggio.journey.rows import arrow_table
from viaggio.kernel import ViaggioError

NO_TOUCH = "(no interaction before)"
"""Who gets the credit for a conversion with no interaction in the window before it."""


class Model(StrEnum):
    """Ways to split the credit for a conversion among the interactions before it."""

    FIRST = "first"  # all to the first
    LAST = "last"  # all to the last
    LAST_NON_DIRECT = "last_non_direct"  # to the last that is not direct; to the last if all are
    LINEAR = "linear"  # the same to each interaction
    POSITION = "position"  # so much to the first and the last, the rest evenly to those between
    TIME_DECAY = "time_decay"  # half as much for each half-life earlier
    SHAPLEY = "shapley"  # the same to each different place
    MARKOV = "markov"  # by removal effects of a chain of order 1
    MARKOV_2 = "markov_2"  # of order 2: the next step depends on the last two


MODELS = tuple(model for model in Model if model is not Model.MARKOV_2)
"""All that need no more than a place at a time."""


class BadAttribution(ViaggioError):
    """Rules by which nothing can be split."""

    code = "journey.attribution.bad"


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionRules:
    """How a conversion is split. `first_share` + `last_share` <= 1 (40/20/40 unless told).

    `direct`: places that the last-non-direct model passes over. Times in microseconds; in path tables, where
    there are none, `half_life_micros` counts steps and nothing is too old. Raises `BadAttribution`.
    """

    lookback_micros: int = 30 * 86_400_000_000
    half_life_micros: float = 7 * 86_400_000_000
    first_share: float = 0.4
    last_share: float = 0.4
    direct: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Check the numbers."""
        if min(self.first_share, self.last_share) < 0 or not 0 < self.first_share + self.last_share <= 1:
            raise BadAttribution(
                f"the first and last share are {self.first_share} and {self.last_share}",
                hint="Neither may be negative, and together they are more than 0 and at most 1.",
            )
        if self.lookback_micros <= 0 or self.half_life_micros <= 0:
            raise BadAttribution("the window and the half-life must be longer than nothing")


@dataclass(frozen=True, slots=True)
class Credit:
    """What a model gives to one place. `value` in cents (in a path table: in its own unit).

    `share` of all conversions, 0 to 1, with the interval [low, high]; `value` with [value_low, value_high]:
    how far the sum would go with other customers like these. None where none can be had.
    """

    model: str
    name: str | None
    conversions: float
    value: float
    share: float
    low: float | None
    high: float | None
    value_low: float | None = None
    value_high: float | None = None


@dataclass(frozen=True, slots=True)
class Removal:
    """Share of the conversions (and of the value) that would be lost without a place; first-order chain.

    [low, high] is the interval of the first, [value_low, value_high] that of the second.
    """

    name: str | None
    conversions: float
    value: float
    low: float | None
    high: float | None
    value_low: float | None = None
    value_high: float | None = None


@dataclass(frozen=True, slots=True)
class Attribution(Pictured):
    """Conversions and their value, split by each model: its credits sum to `conversions` and `value`.

    Each interaction belongs to the first conversion after it, and counts when it is in the window before.
    `untouched`: conversions with nothing in the window, which every model gives to `NO_TOUCH`. `lost`: paths
    that led to no conversion. `conversion_share` = converting paths of all paths. `level` of the intervals.
    """

    by: str
    conversions: int
    value: float
    customers: int | None
    untouched: int
    lost: int
    conversion_share: float | None
    level: float | None
    credits: tuple[Credit, ...]
    removals: tuple[Removal, ...]

    def of(self, model: str) -> dict[str | None, float]:
        """Conversions by place of one model."""
        return {credit.name: credit.conversions for credit in self.credits if credit.model == model}

    def table(self) -> pa.Table:
        """One line per model and place."""
        return arrow_table(self.credits, Credit)

    def removals_table(self) -> pa.Table:
        """One line per place."""
        return arrow_table(self.removals, Removal)

    def drawing(self) -> Drawing | None:
        """Bars by place and model; None without credits."""
        return attribution_drawing(self.credits)
