"""Retention: customers by the day, week or month of their first interaction; who is there k periods on."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from viaggio.estimate import share
from viaggio.journey.compiled import compiled
from viaggio.journey.index import Array, Bucket, Codes, Whole
from viaggio.journey.kernels.retention.calendar import Unit, calendar, label_of
from viaggio.journey.kinds import ANY, InteractionKind, bits_of
from viaggio.journey.pictures import Drawing, Pictured, SharePoint, curve_drawing
from viaggio.journey.rows import arrow_table
from viaggio.journey.tally import FULL, Tally, fill, merge_tallies, row_of
from viaggio.journey.where import Keep

_SIZE, _BACK, _LAST = 0, 1, 2  # what is counted of a cohort
_BORN, _RETURN = 1, 2  # bits of a row
_SPAN = 2**20
"""Numbers of periods and of periods since lie within plus and minus half of it: 1,400 years of days."""


@dataclass(frozen=True, slots=True)
class RetentionCell:
    """One cohort (None: all that could be seen for so long), `period` periods after its own, which is 0.

    `back`: customers with an interaction in exactly that period; `later`: in that one or any after it
    (rolling retention). Both as shares of `customers` with Wilson's 95 % interval. In period 0 the first
    interaction itself does not count. `complete`: the period is over; otherwise both may still grow.
    """

    cohort: str | None
    period: int
    customers: int
    back: int
    share: float | None
    low: float | None
    high: float | None
    later: int
    later_share: float | None
    later_low: float | None
    later_high: float | None
    complete: bool


@dataclass(frozen=True, slots=True)
class RetentionCohort:
    """Customers whose first interaction lies in this day, week or month."""

    cohort: str
    customers: int


@dataclass(frozen=True, slots=True)
class Retention(Pictured):
    """Cohorts in order of time, their cells, and all of them together over complete cells only."""

    unit: Unit
    zone: str
    customers: int
    cohorts: tuple[RetentionCohort, ...]
    cells: tuple[RetentionCell, ...]
    overall: tuple[RetentionCell, ...]

    def table(self) -> pa.Table:
        """One line per cohort and period, all together last."""
        return arrow_table((*self.cells, *self.overall), RetentionCell)

    def cohorts_table(self) -> pa.Table:
        """One line per cohort."""
        return arrow_table(self.cohorts, RetentionCohort)

    def drawing(self) -> Drawing | None:
        """The share back in each period after the first interaction, over all cohorts that could be seen."""
        cells = [cell for cell in self.overall if cell.period and cell.share is not None]
        points = (SharePoint(c.period, c.share or 0.0, c.low, c.high) for c in cells)
        return curve_drawing(f"retention by {self.unit}", points)


@compiled
def _walk(  # noqa: C901, PLR0912, PLR0917 -- one loop over columns, then rows of a tally
    codes: Array, table: npt.NDArray[np.int32], more: npt.NDArray[np.int32], time: Whole, offsets: Whole,
    keep: Keep, edges: Whole, periods: int, slots: Array, keys: Whole, sums: Whole,
) -> tuple[int, int]:  # fmt: skip
    masked, narrowed = len(keep) > 0, len(more) > 0
    used, last = 0, len(slots) - 1
    for c in range(len(offsets) - 1):
        born = -1
        here = -1  # the period of the newest interaction
        counted = -1  # the newest period counted
        end = offsets[c + 1]
        for i in range(offsets[c], end + 1):
            kind = _SIZE
            if i < end:
                if masked and not keep[i]:
                    continue
                bits = int(table[codes[i] + 1])
                if narrowed:
                    bits &= int(more[i])
                if bits == 0 or (born < 0 and not bits & _BORN):
                    continue
                if here < 0 or time[i] >= edges[here + 1]:
                    here = int(np.searchsorted(edges, time[i], side="right")) - 1
                if born >= 0:
                    if not bits & _RETURN or here == counted:
                        continue
                    counted = here
                    kind = _BACK
                    if here - born > periods:
                        continue
                else:
                    born = here
            elif counted < 0:
                continue
            else:
                kind = _LAST
            since = min(counted - born, periods) if kind else 0
            key = (born * (periods + 1) + since) * 3 + kind
            row = int(slots[key & last])
            if row < 0 or keys[row] != key:
                row = row_of(key, used, slots, keys)
                if row == FULL:
                    return FULL, 0
                used = max(used, row + 1)
            sums[row, 0] += 1
    return used, 0


@dataclass(frozen=True, slots=True)
class RetentionKernel:
    """Cohorts by the first interaction of kind `first`; an interaction of kind `back` after it is a return.

    `until_micros`: the moment up to which interactions are known. `periods`: how many are followed.
    """

    until_micros: int
    unit: Unit = "month"
    zone: str = "UTC"
    first: InteractionKind = ANY
    back: InteractionKind = ANY
    periods: int = 12

    def __post_init__(self) -> None:
        """Raise `ValueError` for periods that there are not."""
        if self.unit not in {"day", "week", "month"}:
            raise ValueError(f"cohorts are of a day, week or month, not '{self.unit}'")
        if self.periods < 0:
            raise ValueError(f"cohorts are followed for 0 periods or more, not {self.periods}")

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> Tally:
        """Customers of one bucket under (cohort, periods since, what is counted)."""
        if not bucket.n_customers:
            return fill(lambda *_: (0, 0), 1, 1)[0]
        earliest = int(bucket.time[bucket.offsets[:-1]].min())
        latest = int(bucket.time[bucket.offsets[1:] - 1].max())
        days = calendar(self.zone, self.unit, earliest, latest)
        kinds = bits_of((self.first, self.back), bucket, codes)
        columns = kinds.codes, kinds.table, kinds.more, bucket.time, bucket.offsets, keep
        walk = partial(_walk, *columns, days.edges, self.periods)
        cells = len(days) * (self.periods + 1)
        found = fill(lambda slots, keys, sums, *_: walk(slots, keys, sums), cells * 3, 1)[0]
        cell, kind = np.divmod(found.keys, 3)
        born, since = np.divmod(cell, self.periods + 1)
        keys = ((born + days.first + _SPAN // 2) * _SPAN + since) * 3 + kind
        return Tally(keys, found.sums, found.least, found.most)

    def merge(self, one: Tally, other: Tally) -> Tally:
        """Sums: no customer is in both."""
        return merge_tallies(one, other)

    def finish(self, part: Tally, codes: Codes) -> Retention:
        """With labels and intervals."""
        del codes
        cohorts: dict[int, dict[tuple[int, int], int]] = {}
        for key, count in zip(part.keys.tolist(), part.sums[:, 0].tolist(), strict=True):
            cell, kind = divmod(key, 3)
            cohort, since = divmod(cell, _SPAN)
            cohorts.setdefault(cohort - _SPAN // 2, {})[kind, since] = count
        moment = calendar(self.zone, self.unit, self.until_micros, self.until_micros).first
        return _retention(self, dict(sorted(cohorts.items())), moment)


def _retention(asked: RetentionKernel, cohorts: dict[int, dict[tuple[int, int], int]], now: int) -> Retention:
    """Cells of all periods that have begun; `now` is the number of the period in which knowledge ends."""
    cells: list[RetentionCell] = []
    sums = np.zeros((asked.periods + 1, 3), np.int64)  # customers, back, later of the complete cells
    for cohort, counts in cohorts.items():
        last = {since: count for (kind, since), count in counts.items() if kind == _LAST}
        longest, later = max([now - cohort, *last]), sum(last.values())
        for period in range(min(longest, asked.periods) + 1):
            numbers = counts[_SIZE, 0], counts.get((_BACK, period), 0), later
            complete = cohort + period < now
            cells.append(_cell(label_of(asked.unit, cohort), period, *numbers, complete=complete))
            if complete:
                sums[period] += numbers
            later -= last.get(period, 0)
    overall = (_cell(None, k, *map(int, sums[k]), complete=True) for k in range(len(sums)) if sums[k, 0])
    sizes = tuple(RetentionCohort(label_of(asked.unit, at), cohorts[at][_SIZE, 0]) for at in cohorts)
    customers = sum(cohort.customers for cohort in sizes)
    return Retention(asked.unit, asked.zone, customers, sizes, tuple(cells), tuple(overall))


def _cell(
    cohort: str | None, period: int, customers: int, back: int, later: int, *, complete: bool
) -> RetentionCell:
    one, rolling = share(back, customers), share(later, customers)
    return RetentionCell(
        cohort, period, customers,
        back, one.value, one.low, one.high,
        later, rolling.value, rolling.low, rolling.high, complete,
    )  # fmt: skip
