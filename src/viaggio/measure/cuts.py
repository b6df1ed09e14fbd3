"""Cutting a table: whose rows, in which span, in which group; all spans in one query."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

import ibis

from viaggio.measure.model import Cut, Spans, Table

UNSTATED = ""
"""The group of rows that do not say."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def instant(micros: int) -> datetime:
    """The aware datetime of UTC microseconds."""
    return _EPOCH + timedelta(microseconds=micros)


def among(table: Table, cut: Cut) -> Table:
    """The rows of the cut's population; the table must hold its dimensions as columns."""
    conditions = [
        table[name].cast("string").fill_null(UNSTATED).isin(values) for name, values in cut.population.key()
    ]
    return table.filter(*conditions) if conditions else table


def in_span(table: Table, time_column: str, spans: Spans) -> Table:
    """The rows inside any span, with the integer column `span`; a row in two spans comes twice.

    Time is cut at every bound into segments; a row finds its segment by comparison, and its spans by a
    join with the few pairs of segment and span. Spans that do not overlap need no join.
    """
    cuts, owners = _segments(spans)
    time = table[time_column]
    inside = table.filter(time >= ibis.literal(instant(cuts[0])), time < ibis.literal(instant(cuts[-1])))
    if all(len(owner) <= 1 for owner in owners):
        labels = [owner[0] if owner else None for owner in owners]
        rows = inside.mutate(span=_segment(inside[time_column], cuts, labels))
        return rows.filter(rows.span.notnull()) if None in labels else rows
    pairs = [{"segment": segment, "span": span} for segment, owner in enumerate(owners) for span in owner]
    lookup = _small_table(pairs, "struct<segment: int64, span: int64>")
    rows = inside.mutate(segment=_segment(inside[time_column], cuts, list(range(len(owners)))))
    return rows.join(lookup, "segment")


def _segments(spans: Spans) -> tuple[list[int], list[list[int]]]:
    """All bounds in order, and for each segment between two of them the spans that hold it."""
    bounds = spans.bounds
    cuts = sorted({bound for pair in bounds for bound in pair})
    owners = [
        [i for i, (start, end) in enumerate(bounds) if start <= first and second <= end]
        for first, second in pairwise(cuts)
    ]
    return cuts, owners


def _segment(time: Any, cuts: list[int], labels: list[int | None]) -> Any:
    if len(labels) == 1:
        return ibis.literal(labels[0], type="int64")
    branches = [
        (time < ibis.literal(instant(end)), ibis.literal(label, type="int64"))
        for end, label in zip(cuts[1:-1], labels[:-1], strict=True)
    ]
    return ibis.cases(*branches, else_=ibis.literal(labels[-1], type="int64"))


def span_table(spans: Spans, inactive_days: int = 0) -> Table:
    """One row per span: `span`, `starts`, `ends`, and both less `inactive_days` days."""
    back = inactive_days * 86_400_000_000
    rows = [
        {
            "span": i,
            "starts": instant(start),
            "ends": instant(end),
            "starts_back": instant(start - back),
            "ends_back": instant(end - back),
        }
        for i, (start, end) in enumerate(spans.bounds)
    ]
    times = ", ".join(f"{name}: timestamp('UTC')" for name in ("starts", "ends", "starts_back", "ends_back"))
    return _small_table(rows, f"struct<span: int64, {times}>")


def _small_table(rows: list[dict[str, Any]], row_type: str) -> Table:
    """A table made of literals, so that it needs nothing registered with an engine."""
    return ibis.literal(rows, type=f"array<{row_type}>").unnest().name("row").as_table().unpack("row")


def grouped(table: Table, cut: Cut) -> Table:
    """The table with the cut's groups as text that is never null."""
    return table.mutate(**{name: table[name].cast("string").fill_null(UNSTATED) for name in cut.by})


def rows_of(table: Table, time_column: str, cut: Cut, *columns: str) -> Table:
    """The rows of the cut: its population, its spans as `span`, its groups as text.

    With `columns`, only these, the groups and the customer: a question that carries few columns from the
    start is translated into SQL several times faster.
    """
    if columns:
        customer = ("customer",) if "customer" in table.columns else ()
        table = table.select(*dict.fromkeys((time_column, *customer, *cut.dimensions, *columns)))
    rows = in_span(among(table, cut), time_column, cut.spans)
    return grouped(rows, cut) if cut.by else rows


def cell(cut: Cut, *more: str) -> list[str]:
    """The columns that name a cell of the cut, and more, each once."""
    return list(dict.fromkeys(("span", *cut.by, *more)))


def tally(rows: Table, cut: Cut, *parts: str, **sums: Any) -> Table:
    """One row per span, group and part with the sums, and `people` when the cut asks for it.

    A row without a customer counts as a person of its own.
    """
    if cut.people and "customer" in rows.columns:
        persons = rows.customer.approx_nunique() if cut.about else rows.customer.nunique()
        sums["people"] = persons + rows.count(where=rows.customer.isnull())
    return rows.group_by(cell(cut, *parts)).aggregate(**sums)
