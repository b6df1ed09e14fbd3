"""From values to coordinates: linear scales with round ticks."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps `low`..`high` to `start`..`stop` and keeps what lies outside at the edge."""

    low: float
    high: float
    start: float
    stop: float

    def __call__(self, value: float) -> float:
        """The coordinate of a value."""
        if self.high == self.low:
            return (self.start + self.stop) / 2
        share = (min(max(value, self.low), self.high) - self.low) / (self.high - self.low)
        return self.start + share * (self.stop - self.start)


def finite(values: Iterable[float | None]) -> list[float]:
    """The values that are numbers."""
    return [float(v) for v in values if v is not None and math.isfinite(v)]


def step(span: float, wanted: int) -> float:
    """The round step (1, 2, 2.5 or 5 times a power of ten) that cuts `span` into about `wanted` parts."""
    if span <= 0 or not math.isfinite(span):
        return 1.0
    rough = span / max(wanted, 1)
    power = 10.0 ** math.floor(math.log10(rough))
    return next(factor * power for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * power >= rough * 0.999999)


def ticks(low: float, high: float, wanted: int = 4) -> list[float]:
    """Round values between `low` and `high`."""
    by = step(high - low, wanted)
    first = math.ceil(low / by - 1e-9)
    last = math.floor(high / by + 1e-9)
    return [k * by for k in range(first, last + 1)] if last - first < 50 else [low, high]


def around(
    values: Sequence[float], limits: tuple[float, float] | None = None, *, zero: bool = False
) -> tuple[float, float]:
    """Bounds with a little air around the values, inside `limits`; from zero where lengths are compared."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    if zero:
        low, high = min(low, 0.0), max(high, 0.0)
    span = high - low
    air = 0.08 * span if span > 1e-9 * max(abs(low), abs(high), 1.0) else max(abs(high) * 0.1, 1.0)
    low, high = (low if zero and low == 0 else low - air), high + air
    if limits is not None:
        low, high = max(low, limits[0]), min(high, limits[1])
        if high <= low:
            low, high = limits
    return low, high
