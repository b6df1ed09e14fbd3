"""Two groups of customers side by side: who comes where, and whether the difference is real."""

from dataclasses import dataclass

import pyarrow as pa

from viaggio.estimate.differences import chi_square, difference_bounds, fisher_exact
from viaggio.estimate.multiplicity import adjusted
from viaggio.journey.index import Coded
from viaggio.journey.kernels.reach import Group, ReachKernel
from viaggio.journey.kinds import Kindly, check_kinds, kind_of
from viaggio.journey.questions import Micros, Source, journeys_of, where_of
from viaggio.journey.rows import arrow_table, rank
from viaggio.journey.run import run
from viaggio.journey.where import Where

RATE = 0.05
"""The share of false calls among the differences called real."""
_SMALL = 5  # expected customers in a cell below which Fisher's test stands in for Pearson's


@dataclass(frozen=True, slots=True)
class PlaceDifference:
    """Customers who came to a place, of both groups. `gap`: share of the first less that of the second.

    `low`, `high`: 95 % interval (Miettinen-Nurminen), each place by itself. `adjusted_p`: of the test of
    equal shares, held over all places (Benjamini-Hochberg). `real`: below `RATE`. `visits_one`,
    `visits_other`: mean interactions there per customer of the group.
    """

    name: str | None
    one: int
    other: int
    share_one: float
    share_other: float
    gap: float
    low: float
    high: float
    adjusted_p: float | None
    real: bool
    visits_one: float
    visits_other: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two groups; largest differences first. A customer may be in both where the filters allow it."""

    by: Coded
    customers_one: int
    customers_other: int
    interactions_one: int
    interactions_other: int
    places: tuple[PlaceDifference, ...]

    def table(self) -> pa.Table:
        """One line per place."""
        return arrow_table(self.places, PlaceDifference)


def compare_groups(
    source: Source,
    one: Where | str,
    other: Where | str,
    *,
    by: Coded = "touchpoint",
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Comparison:
    """Where customers of one filter come, against those of another."""
    journeys = journeys_of(source, by)
    groups = [
        run(journeys, ReachKernel(by), where=where_of(where, period_micros), threads=threads).others
        for where in (one, other)
    ]
    return compared(by, *groups)


def distinguishes(
    source: Source,
    goal: Kindly,
    *,
    by: Coded = "touchpoint",
    where: Where | str | None = None,
    period_micros: Micros | None = None,
    threads: int = 1,
) -> Comparison:
    """What those who reach the goal did before it, against all that those did who do not reach it.

    It tells them apart; it does not say that one leads to the other. Raises `BadKind` for an unknown goal.
    """
    kind = kind_of(goal)
    journeys = journeys_of(source, by)
    check_kinds([kind], journeys.codes)
    asked = where_of(where, period_micros)
    found = run(journeys, ReachKernel(by, kind), where=asked, threads=threads)
    return compared(by, found.converted, found.others)


def compared(by: Coded, one: Group, other: Group) -> Comparison:
    """Two groups of customers, place by place; places where nobody of both came are left out."""
    places = [name for name in one.reached if one.reached[name] or other.reached.get(name)]
    n, m = one.customers, other.customers
    rows = []
    if n and m:
        counts = {name: ((one.reached[name], n), (other.reached.get(name, 0), m)) for name in places}
        held = dict(zip(counts, adjusted([_p(*pair) for pair in counts.values()]), strict=True))
        rows = [
            PlaceDifference(
                name, x, y, x / n, y / m, x / n - y / m, *difference_bounds((x, n), (y, m)), held[name],
                _is_real(held[name]), one.visits[name] / n, other.visits.get(name, 0) / m,
            )
            for name, ((x, _), (y, _)) in counts.items()
        ]  # fmt: skip
    return Comparison(
        by, n, m, one.interactions, other.interactions,
        tuple(sorted(rows, key=lambda row: (-abs(row.gap), rank(row.name)))),
    )  # fmt: skip


def _is_real(p: float | None) -> bool:
    """Also where the p-value is too small for a float, and so 0."""
    return p is not None and p < RATE


def _p(one: tuple[int, int], other: tuple[int, int]) -> float | None:
    """The p-value of equal shares: Pearson's, Fisher's where few are expected; None where none can differ."""
    (x, n), (y, m) = one, other
    pooled = (x + y) / (n + m)
    if min(n, m) * min(pooled, 1 - pooled) < _SMALL:
        return fisher_exact(one, other)
    return chi_square(one, other).probability
