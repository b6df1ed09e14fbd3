"""Figures of visits that were put together from single interactions: counts and sums by cell, as rows.

Everything is added in whole numbers, so no order of adding changes a figure: visits may be counted all at
once, or bucket by bucket on the machines of a cluster, where only the sums travel.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from viaggio.journey.groups import CustomerGroups
from viaggio.journey.index import Bucket, Codes
from viaggio.journey.kernels.visits import VisitKernel, Visits
from viaggio.journey.where import Keep
from viaggio.measure.cuts import UNSTATED
from viaggio.measure.model import SEEN, Amount, Cut, Metric, Walk
from viaggio.measure.whole import squares_by_cell, sums_by_cell

Array = npt.NDArray[Any]
Rows = list[dict[str, Any]]
Groups = Mapping[str, CustomerGroups]
Sums = Mapping[str, list[int]]
"""By name of what is added: one whole number per cell."""

OF_VISITS = ("channel", "device")
OF_CUSTOMERS = ("segment", "region")
FROM_INTERACTIONS = {"interactions": ("started_at", "touchpoint", "channel", "phase")}
"""The columns without which there are no visits."""

OF_PAGES = [
    "customer", "touchpoint", "started_at", "ended_at", "channel", "device", "phase", "outcome",
]  # fmt: skip
"""All that a visit is put together from."""

_MOST_FLAGS = 1 << 25
"""Up to so many pairs of customer and cell each has a flag of its own; beyond, pairs are sorted."""

_VISITS = "visits"
"""Under which name the visits of a cell are counted: one without any has no row."""


@dataclass(frozen=True, slots=True)
class VisitSums:
    """What some visits add to the cells of a cut; customers are whole, so parts of others add up with it.

    `most_pages`: of the longest visit. `seen`: walks for which any visit has what they need to know anything.
    `cells`: sums by walk and span. `per`: how many of the whole numbers added make one, by walk and name.
    """

    most_pages: int
    seen: frozenset[Walk]
    cells: Mapping[tuple[Walk, int], Sums]
    per: Mapping[tuple[Walk, str], int]


@dataclass(frozen=True, slots=True, eq=False)
class VisitSumsKernel:
    """The sums of several walks over the visits of each bucket.

    `groups` tells the attributes of customers that the cut names.
    """

    walks: tuple[Walk, ...]
    cut: Cut
    groups: Groups

    def part(self, bucket: Bucket, keep: Keep, codes: Codes) -> VisitSums:
        """The sums of one bucket."""
        visits = VisitKernel()
        return self.sums(visits.finish(visits.part(bucket, keep, codes), codes))

    def sums(self, visits: Visits) -> VisitSums:
        """The sums of some visits: all of each customer's."""
        columns = visits.columns
        if not self._is_known():
            return VisitSums(0, frozenset(), {}, {})
        codes = {name: _codes(visits, name, self.groups) for name in self.cut.dimensions}
        chosen = np.ones(len(columns["pages"]), np.bool_)
        for name, values in self.cut.population.key():
            of, texts = codes[name]
            chosen &= np.isin(of, [code for code, text in enumerate(texts, start=-1) if text in values])
        cells, many = _cells(codes, self.cut.by, len(chosen))
        added = {walk: dict(walk(columns)) for walk in self.walks}
        seen = frozenset(walk for walk, sums in added.items() if np.any(sums.pop(SEEN, True)))
        found: dict[tuple[Walk, int], Sums] = {}
        for span, (start, end) in enumerate(self.cut.spans.bounds):
            inside = np.flatnonzero(chosen & (columns["started_at"] >= start) & (columns["started_at"] < end))
            mine, customer = cells[inside], columns["customer"][inside]
            for walk, sums in added.items():
                totals = _totals(mine, {name: _of(which, inside) for name, which in sums.items()}, many)
                if self.cut.people:
                    based = np.asarray(sums["n"])[inside] > 0
                    totals["people"] = _people(mine[based], customer[based], many)
                found[walk, span] = totals
        return VisitSums(int(columns["pages"].max(initial=0)), seen, found, _per(added))

    def merge(self, one: VisitSums, other: VisitSums) -> VisitSums:
        """The sums of the customers of both."""
        return VisitSums(
            max(one.most_pages, other.most_pages), one.seen | other.seen,
            {
                place: {
                    name: [a + b for a, b in zip(sums, other.cells[place][name], strict=True)]
                    for name, sums in cells.items()
                }
                for place, cells in one.cells.items()
            },
            one.per,
        )  # fmt: skip

    def finish(self, part: VisitSums, codes: Codes) -> Mapping[Walk, Rows]:
        """By walk one row per span and group with its sums, and `people` when the cut asks for it.

        Interactions of which no visit has two are no pages (an order book has one a customer): they give no
        rows, and neither does a cut by what visits do not have.
        """
        if part.most_pages < 2:
            return {walk: [] for walk in self.walks}
        texts = [
            (UNSTATED, *(getattr(codes, name) if name in OF_VISITS else self.groups[name].names))
            for name in self.cut.by
        ]
        names = reduce(_with, zip(self.cut.by, texts, strict=True), [dict[str, str]()])
        return {walk: self._rows(part, walk, names) for walk in self.walks}

    def _rows(self, part: VisitSums, walk: Walk, names: list[dict[str, str]]) -> Rows:
        rows: Rows = []
        for span in range(len(self.cut.spans.periods)):
            sums = dict(part.cells[walk, span])
            if walk not in part.seen:
                sums |= {name: [0] * len(names) for name in sums if name != _VISITS}
            visits = sums.pop(_VISITS)
            rows += [
                {"span": span, **names[cell]}
                | {name: _number(sum_[cell], part.per.get((walk, name), 1)) for name, sum_ in sums.items()}
                for cell in range(len(names))
                if visits[cell]
            ]
        return rows

    def _is_known(self) -> bool:
        """Whether visits have what the cut names."""
        return self.cut.dimensions <= {*OF_VISITS, *self.groups}


def is_walked(declared: Metric, cut: Cut) -> bool:
    """Whether a metric is read from visits made of interactions: those of sources come first."""
    return declared.walk is not None and (declared.measure is None or "visits" not in cut.present)


def as_walked(declared: Metric) -> Metric:
    """The metric as it is when it is walked: interactions tell from when to when the data reach."""
    return replace(declared, covered_by=("interactions",))


def rows_of_visits(visits: Visits, walk: Walk, cut: Cut, groups: Groups) -> Rows:
    """One row per span and group with the sums of `walk` over all visits; see `VisitSumsKernel.finish`."""
    kernel = VisitSumsKernel((walk,), cut, groups)
    names = Codes(**{name: visits.names(name) for name in OF_VISITS})
    return kernel.finish(kernel.sums(visits), names)[walk]


def _codes(visits: Visits, name: str, groups: Groups) -> tuple[Array, tuple[str, ...]]:
    """The code of each visit in a dimension, and its texts from code -1 on."""
    if name in OF_VISITS:
        return visits.columns[name], (UNSTATED, *visits.names(name))
    group, customers = groups[name], visits.columns["customer"]
    found = np.full(len(customers), -1, np.int64)
    if len(group.keys):
        at = np.minimum(np.searchsorted(group.keys, customers), len(group.keys) - 1)
        known = group.keys[at] == customers
        found[known] = group.codes[at[known]]
    return found, (UNSTATED, *group.names)


def _cells(
    codes: Mapping[str, tuple[Array, tuple[str, ...]]], by: Sequence[str], visits: int
) -> tuple[Array, int]:
    """The cell of each visit, and how many cells there are."""
    cells, many = np.zeros(visits, np.int64), 1
    for name in by:
        of, texts = codes[name]
        cells, many = cells * len(texts) + of + 1, many * len(texts)
    return cells, many


def _with(before: list[dict[str, str]], more: tuple[str, tuple[str, ...]]) -> list[dict[str, str]]:
    """The groups that each cell stands for, with one dimension more."""
    name, texts = more
    return [{**groups, name: text} for groups in before for text in texts]


def _of(which: Any, inside: Array) -> Any:
    """What these visits add."""
    if isinstance(which, Amount):
        return Amount(which.known[inside], which.values[inside], which.per)
    return np.asarray(which)[inside]


def _totals(cells: Array, added: Mapping[str, Any], many: int) -> dict[str, list[int]]:
    totals = {_VISITS: np.bincount(cells, minlength=many).tolist()}
    for name, which in added.items():
        if not isinstance(which, Amount):
            totals[name] = sums_by_cell(cells, which, many)
            continue
        values = np.where(which.known, which.values, 0)
        totals[f"{name}_n"] = sums_by_cell(cells, which.known, many)
        totals[f"{name}_total"] = sums_by_cell(cells, values, many)
        totals[f"{name}_squares"] = squares_by_cell(cells, values, many)
    return totals


def _per(added: Mapping[Walk, Mapping[str, Any]]) -> dict[tuple[Walk, str], int]:
    amounts = [
        (walk, name, which.per)
        for walk, sums in added.items()
        for name, which in sums.items()
        if isinstance(which, Amount)
    ]
    totals = {(walk, f"{name}_total"): per for walk, name, per in amounts}
    return totals | {(walk, f"{name}_squares"): per * per for walk, name, per in amounts}


def _people(cells: Array, customer: Array, many: int) -> list[int]:
    """Customers behind each cell, each once; they come in order."""
    number = np.cumsum(np.concatenate(([0], customer[1:] != customer[:-1]))) if len(customer) else customer
    customers = int(number[-1]) + 1 if len(number) else 0
    if customers * many <= _MOST_FLAGS:
        flags = np.zeros((customers, many), np.bool_)
        flags[number, cells] = True
        return [int(people) for people in flags.sum(axis=0)]
    people: list[int] = np.bincount(np.unique(number * many + cells) % many, minlength=many).tolist()
    return people


def _number(value: int, per: int) -> int | Fraction:
    """Whole sums as whole numbers, others as exact fractions."""
    number = Fraction(value, per)
    return int(number) if number.denominator == 1 else number
