"""What is told of returns to people who see no persons: nothing small, and nothing from which it follows.

"All together" is summed over the told cells alone, so that it gives nothing away that they do not tell.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from viaggio.estimate import share
from viaggio.journey.kernels.retention.cohorts import Retention, RetentionCell
from viaggio.journey.kernels.retention.curve import ReturnDay
from viaggio.web.shared.withheld import Sum, is_small, withheld

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence


@dataclass(frozen=True, slots=True)
class ReturnsTold:
    """Cohorts whose size is told, and the cells (cohort, period) whose returns are."""

    cohorts: frozenset[str]
    back: frozenset[tuple[str | None, int]]
    later: frozenset[tuple[str | None, int]]
    overall: tuple[RetentionCell, ...]


def returns_told(found: Retention, minimum: int) -> ReturnsTold:
    """The cohorts and cells that are told; without a minimum all of them."""
    sizes: dict[Hashable, float] = {cohort.cohort: cohort.customers for cohort in found.cohorts}
    hidden = withheld(sizes, [Sum(None, tuple(sizes))], minimum)
    by_cohort: dict[str, list[RetentionCell]] = defaultdict(list)
    for cell in found.cells:
        if cell.cohort is not None and cell.cohort not in hidden:
            by_cohort[cell.cohort].append(cell)
    back: set[tuple[str | None, int]] = set()
    later: set[tuple[str | None, int]] = set()
    for cohort, cells in by_cohort.items():
        before = cells[0].customers
        for cell in sorted(cells, key=lambda c: c.period):
            at = (cohort, cell.period)
            if not _any_small(minimum, cell.back, cell.customers - cell.back):
                back.add(at)
            others = (cell.later - cell.back,) if at in back else ()
            if not _any_small(minimum, cell.later, before - cell.later, *others):
                later.add(at)
                before = cell.later
    overall = _together(found, back & later) if minimum > 1 else found.overall
    whole = {(cell.cohort, cell.period) for cell in overall}
    return ReturnsTold(frozenset(by_cohort), frozenset(back | whole), frozenset(later | whole), overall)


def _any_small(minimum: int, *numbers: int) -> bool:
    return any(is_small(n, minimum) for n in numbers)


def _together(found: Retention, told: "set[tuple[str | None, int]]") -> tuple[RetentionCell, ...]:
    """All told cells of a period whose time is over, together."""
    cells = [cell for cell in found.cells if cell.complete and (cell.cohort, cell.period) in told]
    rows = []
    for period in sorted({cell.period for cell in cells}):
        here = [cell for cell in cells if cell.period == period]
        customers, back, later = (
            sum(getattr(c, name) for c in here) for name in ("customers", "back", "later")
        )
        one, rolling = share(back, customers), share(later, customers)
        rows.append(
            replace(
                here[0], cohort=None, customers=customers,
                back=back, share=one.value, low=one.low, high=one.high,
                later=later, later_share=rolling.value, later_low=rolling.low, later_high=rolling.high,
            )
        )  # fmt: skip
    return tuple(rows)


def days_told(days: "Sequence[ReturnDay]", minimum: int) -> list[ReturnDay]:
    """Days of the curve between which enough came back or nobody, and enough left its view or nobody.

    `back` is counted since the day told before.
    """
    if minimum <= 1:
        return [day for day in days if day.out >= 1]
    told: list[ReturnDay] = []
    out = days[0].out if days else 0
    back = 0
    for day in days:
        back += day.back
        gone = out - day.out - (back - day.back)  # out of view since the day told before, at its beginning
        if day.out >= minimum and not _any_small(minimum, back, gone):
            told.append(replace(day, back=back))
            out, back = day.out - day.back, 0
    return told
