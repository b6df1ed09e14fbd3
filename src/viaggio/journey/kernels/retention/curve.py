"""The time until customers come back, with those who could not be seen for long enough counted as such."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, log
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Codes, Whole
from viaggio.journey.kinds import ANY, InteractionKind, bits_of
from viaggio.journey.pictures import Drawing, Pictured, SharePoint, curve_drawing
from viaggio.journey.rows import arrow_table
from viaggio.journey.where import Keep

DAY = 86_400_000_000
_LEVEL = 0.95
_AFTER, _BACK = 1, 2


@dataclass(frozen=True, slots=True)
class ReturnDay:
    """Day `day` (24 hours each, from 1): how many were still out and seen for all of it, and came back in it.

    `share`: those back by its end (one minus Kaplan and Meier's product), with the log-log interval on
    Greenwood's variance; None for the interval while nobody, or once everybody, is back.
    """

    day: int
    out: int
    back: int
    share: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class ReturnCurve(Pictured):
    """The days that anybody could be followed. `starts`: customers (or interactions) whose clock was started.

    starts = back + those not back in the days shown.
    """

    starts: int
    back: int
    days: tuple[ReturnDay, ...]

    @property
    def median_days(self) -> int | None:
        """The first day by whose end half are back; None where that is not seen."""
        return median_day(self.days)[0]

    def table(self) -> pa.Table:
        """One line per day."""
        return arrow_table(self.days, ReturnDay)

    def drawing(self) -> Drawing | None:
        """The share back by the end of each day."""
        days = (SharePoint(day.day, day.share, day.low, day.high) for day in self.days)
        return curve_drawing("return by day", days)


def median_day(days: Sequence[ReturnDay]) -> tuple[int | None, int | None, int | None]:
    """The first day by whose end half are back, and its interval at 95 %; None where that is not seen.

    The interval are the days whose share, within its own interval, may be a half (Brookmeyer and Crowley
    1982, "A confidence interval for the median survival time", Biometrics 38).
    """
    found = next((day.day for day in days if day.share >= 0.5), None)
    low = next((day.day for day in days if (day.share if day.high is None else day.high) >= 0.5), None)
    high = next((day.day for day in days if day.low is not None and day.low >= 0.5), None)
    return found, low, high


@compiled
def _walk(  # noqa: PLR0917 -- columns, as they are compiled
    codes: Array, table: npt.NDArray[np.int32], more: npt.NDArray[np.int32], time: Whole, offsets: Whole,
    keep: Keep, until: int, days: int, every: bool,
) -> tuple[Whole, Whole]:  # fmt: skip
    masked, narrowed = len(keep) > 0, len(more) > 0
    back = np.zeros(days + 1, np.int64)
    seen = np.zeros(days + 1, np.int64)
    for c in range(len(offsets) - 1):
        following = -1  # the row of the next return
        started = -1
        returned = -1
        for i in range(offsets[c + 1] - 1, offsets[c] - 1, -1):  # from the last to the first
            if masked and not keep[i]:
                continue
            bits = int(table[codes[i] + 1])
            if narrowed:
                bits &= int(more[i])
            if bits & _AFTER:
                if every and started >= 0:
                    _count(time, until, days, started, returned, back, seen)
                started = i
                returned = following
            if bits & _BACK:
                following = i
        if started >= 0:
            _count(time, until, days, started, returned, back, seen)
    return back, seen


@compiled
def _count(  # noqa: PLR0917 -- one clock and the counts it goes into
    time: Whole, until: int, days: int, started: int, returned: int, back: Whole, seen: Whole
) -> None:
    """One clock: back on a day that was seen as a whole, or seen for so many whole days without a return."""
    whole = max((until - time[started]) // DAY, 0)
    if returned >= 0:
        elapsed = (time[returned] - time[started]) // DAY
        if elapsed < whole:
            back[min(elapsed, days)] += 1
            return
    seen[min(whole, days)] += 1


@dataclass(frozen=True, slots=True, eq=False)
class ReturnPart:
    """Clocks that ended by a return, and those that were followed for so many whole days without one."""

    back: Whole
    seen: Whole


@dataclass(frozen=True, slots=True)
class ReturnKernel:
    """From a customer's first interaction of kind `after` (or every one) to the next of kind `back`.

    `until_micros`: the moment up to which interactions are known. `days`: how many are followed.
    """

    until_micros: int
    after: InteractionKind = ANY
    back: InteractionKind = ANY
    days: int = 90
    every: bool = False

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> ReturnPart:
        """Counts of one bucket."""
        kinds = bits_of((self.after, self.back), bucket, codes)
        columns = kinds.codes, kinds.table, kinds.more, bucket.time, bucket.offsets, keep
        return ReturnPart(*_walk(*columns, self.until_micros, self.days, self.every))

    def merge(self, one: ReturnPart, other: ReturnPart) -> ReturnPart:
        """Sums: no customer is in both."""
        return ReturnPart(one.back + other.back, one.seen + other.seen)

    def finish(self, part: ReturnPart, codes: Codes) -> ReturnCurve:
        """With shares and intervals (Kaplan and Meier 1958; Kalbfleisch and Prentice 2002, 1.4)."""
        del codes
        starts = int(part.back.sum() + part.seen.sum())
        rows = []
        out, staying, variance = starts, 1.0, 0.0
        for day, (back, seen) in enumerate(zip(part.back.tolist(), part.seen.tolist(), strict=True)):
            out -= seen  # they were not followed through this day
            if day == self.days or out <= 0:
                break
            staying *= 1 - back / out
            variance += back / (out * (out - back)) if back < out else 0.0
            low, high = _interval(staying, variance)
            rows.append(ReturnDay(day + 1, out, back, 1 - staying, low, high))
            out -= back
        return ReturnCurve(starts, sum(row.back for row in rows), tuple(rows))


def _interval(staying: float, variance: float) -> tuple[float | None, float | None]:
    """The interval of the share that is back."""
    if not 0 < staying < 1:
        return None, None
    half = NormalDist().inv_cdf((1 + _LEVEL) / 2) * variance**0.5 / abs(log(staying))
    return 1 - exp(log(staying) * exp(-half)), 1 - exp(log(staying) * exp(half))
