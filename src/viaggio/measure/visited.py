"""Figures of visits that were put together from single interactions: counts and sums by cell, as rows."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from viaggio.journey.groups import CustomerGroups
from viaggio.journey.kernels.visits import Visits
from viaggio.measure.cuts import UNSTATED
from viaggio.measure.model import Cut, Metric, Walk

Array = npt.NDArray[Any]
Rows = list[dict[str, Any]]

OF_VISITS = ("channel", "device")
OF_CUSTOMERS = ("segment", "region")
FROM_INTERACTIONS = {"interactions": ("started_at", "touchpoint", "channel", "phase")}
"""The columns without which there are no visits."""

OF_PAGES = [
    "customer", "touchpoint", "started_at", "ended_at", "channel", "device", "phase", "outcome",
]  # fmt: skip
"""All that a visit is put together from."""


def is_walked(declared: Metric, cut: Cut) -> bool:
    """Whether a metric is read from visits made of interactions: those of sources come first."""
    return declared.walk is not None and (declared.measure is None or "visits" not in cut.present)


def as_walked(declared: Metric) -> Metric:
    """The metric as it is when it is walked: interactions tell from when to when the data reach."""
    return replace(declared, covered_by=("interactions",))


def rows_of_visits(visits: Visits, walk: Walk, cut: Cut, groups: Mapping[str, CustomerGroups]) -> Rows:
    """One row per span and group with the sums of `walk`, and `people` when the cut asks for it.

    `groups` tells the attributes of customers that the cut names. Interactions of which no visit has two are
    no pages (an order book has one a customer): they give no rows.
    """
    columns = visits.columns
    known = {*OF_VISITS, *groups}
    if not cut.dimensions <= known or not len(columns["pages"]) or columns["pages"].max() < 2:
        return []
    codes = {name: _codes(visits, name, groups) for name in cut.dimensions}
    chosen = np.ones(len(columns["pages"]), np.bool_)
    for name, values in cut.population.key():
        of, texts = codes[name]
        chosen &= np.isin(of, [code for code, text in enumerate(texts, start=-1) if text in values])
    sums = {name: np.asarray(values, np.float64) for name, values in walk(columns).items()}
    cells, names = _cells(codes, cut.by, len(chosen))
    rows: Rows = []
    for span, (start, end) in enumerate(cut.spans.bounds):
        inside = chosen & (columns["started_at"] >= start) & (columns["started_at"] < end)
        totals = _totals(cells[inside], {name: values[inside] for name, values in sums.items()}, len(names))
        if cut.people:
            based = inside & (sums["n"] > 0)
            totals["people"] = _people(cells[based], columns["customer"][based], len(names))
        rows += [
            {"span": span, **names[cell], **{name: _number(sum_[cell]) for name, sum_ in totals.items()}}
            for cell in np.unique(cells[inside]).tolist()
        ]
    return rows


def _codes(visits: Visits, name: str, groups: Mapping[str, CustomerGroups]) -> tuple[Array, tuple[str, ...]]:
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
) -> tuple[Array, list[dict[str, str]]]:
    """The cell of each visit, and the groups that each cell stands for."""
    cells = np.zeros(visits, np.int64)
    names: list[dict[str, str]] = [{}]
    for name in by:
        of, texts = codes[name]
        cells = cells * len(texts) + of + 1
        names = [{**before, name: text} for before in names for text in texts]
    return cells, names


def _totals(cells: Array, sums: Mapping[str, Array], count: int) -> dict[str, Array]:
    return {name: np.bincount(cells, values, count) for name, values in sums.items()}


def _people(cells: Array, customer: Array, count: int) -> Array:
    """Customers behind each cell, each once; they come in order."""
    number = np.cumsum(np.concatenate(([0], customer[1:] != customer[:-1]))) if len(customer) else customer
    return np.bincount(np.unique(number * count + cells) % count, minlength=count)


def _number(value: Any) -> int | float:
    """Whole sums as whole numbers."""
    return int(value) if float(value).is_integer() else float(value)
