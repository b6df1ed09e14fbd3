"""Cutting a table: whose rows, in which span, in which group; all spans in one query."""

from typing import Any

import ibis

from viaggio.measure.blanks import SLOT, each_written, instant, segments, span_rows, written
from viaggio.measure.model import Cut, Spans, Table

UNSTATED = ""
"""The group of rows that do not say."""

_INSTANT = "timestamp('UTC')"
_PAIRS = "array<struct<piece: int64, span: int64>>"
_SPANS = (
    f"array<struct<span: int64, starts: {_INSTANT}, ends: {_INSTANT}, "
    f"starts_back: {_INSTANT}, ends_back: {_INSTANT}>>"
)


def among(table: Table, cut: Cut) -> Table:
    """The rows of the cut's population; the table must hold its dimensions as columns."""
    slot = SLOT if cut.spans.slot else ""  # the same for the spans before
    conditions = [
        table[name].cast("string").fill_null(UNSTATED).isin(each_written(slot, name, values, "string"))
        for name, values in cut.population.key()
    ]
    return table.filter(*conditions) if conditions else table


def in_span(table: Table, time_column: str, spans: Spans) -> Table:
    """The rows inside any span, with the integer column `span`; a row in two spans comes twice.

    Time is cut at every bound into segments; a row finds its segment by comparison, and its spans by a
    join with the few pairs of segment and span. Spans that do not overlap need no join.
    """
    found = segments(spans)
    instants = [instant(cut) for cut in found.cuts]
    cuts = each_written(spans.slot, "cuts", instants, _INSTANT)
    inside = table.filter(table[time_column] >= cuts[0], table[time_column] < cuts[-1])
    if found.apart:
        labels = _labels(spans)
        rows = inside.mutate(span=_segment(inside[time_column], cuts, labels))
        return rows.filter(rows.span.notnull()) if None in found.labels or spans.slot else rows
    places = [ibis.literal(place, type="int64") for place in range(len(found.owners))]
    rows = inside.mutate(piece=_segment(inside[time_column], cuts, places))
    return rows.join(_small_table(written(spans.slot, "pairs", found.pairs, _PAIRS)), "piece")


def _labels(spans: Spans) -> list[Any]:
    """The span of each segment; a single segment is that of the first span."""
    labels = segments(spans).labels
    if len(labels) == 1:
        return [ibis.literal(0, type="int64")]
    return each_written(spans.slot, "labels", labels, "int64")


def _segment(time: Any, cuts: list[Any], labels: list[Any]) -> Any:
    if len(labels) == 1:
        return labels[0]
    branches = [(time < end, label) for end, label in zip(cuts[1:-1], labels[:-1], strict=True)]
    return ibis.cases(*branches, else_=labels[-1])


def span_table(spans: Spans, inactive_days: int = 0) -> Table:
    """One row per span: `span`, `starts`, `ends`, and both less `inactive_days` days."""
    rows = [] if spans.slot else span_rows(spans, inactive_days)
    return _small_table(written(spans.slot, "spans", rows, _SPANS))


def _small_table(rows: Any) -> Table:
    """A table made of a list of rows, so that it needs nothing registered with an engine."""
    return rows.unnest().name("row").as_table().unpack("row")


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
