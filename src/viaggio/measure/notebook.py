"""Figures from tables in memory, without a workspace: for notebooks, scripts and tests."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from viaggio.customer.tables import IDENTIFIER_COLUMNS
from viaggio.journey import visits
from viaggio.journey.groups import CustomerGroups
from viaggio.journey.tables import TOUCHPOINTS
from viaggio.kernel import (
    EVERYBODY,
    Contract,
    Kind,
    Period,
    Population,
    Reading,
    UnknownColumn,
    UnknownTable,
)  # fmt: skip
from viaggio.measure.answer_rows import answer_rows, weight_rows
from viaggio.measure.catalogue import Cut, Metric, Spans, Tables, metric
from viaggio.measure.coverage import MEASURED, coverage_of, coverage_query
from viaggio.measure.model import INACTIVE_DAYS
from viaggio.measure.rules import (
    Coverage,
    applies,
    check_dimensions,
    covering,
    not_applicable,
    readings,
    whole_period,
)
from viaggio.measure.scores import rows_of_scores
from viaggio.measure.visited import FROM_INTERACTIONS, OF_CUSTOMERS, OF_PAGES, as_walked, rows_of_visits
from viaggio.pulse.cx import with_cx_weights
from viaggio.pulse.index_rows import index_of
from viaggio.pulse.tables import WEIGHTS

_CX = "cx_index"
_CONTRACTS: Mapping[str, Contract] = {
    **MEASURED, TOUCHPOINTS.name: TOUCHPOINTS, WEIGHTS.name: WEIGHTS,
}  # fmt: skip
Column = Any
"""An Arrow column."""

_TYPES: Mapping[Kind, Any] = {
    Kind.TIME: pa.timestamp("us", tz="UTC"), Kind.DAY: pa.date32(), Kind.WHOLE: pa.int64(),
    Kind.CENTS: pa.int64(), Kind.NUMBER: pa.float64(), Kind.YES_NO: pa.bool_(), Kind.KEY: pa.int64(),
}  # fmt: skip

_EXTRA = ("account", "segment", "region", "function")
"""Columns that a workspace joins to a table; here they come with it."""


def read(
    slug: str,
    period: Period | str | None = None,
    by: Sequence[str] | str = (),
    *,
    where: Population = EVERYBODY,
    zone: str = "UTC",
    inactive_days: int = INACTIVE_DAYS,
    minimum_cell: int | None = None,
    weights: str = "none",
    **tables: Any,
) -> list[Reading]:
    """One metric from tables given by contract name: `read("nps", by="channel", answers=frame)`.

    `weights` names the scheme by which answers count: none, base (their `weight_base`), or one of a table of
    weights, given as `weight_table=`.

    Tables may be Arrow, pandas, Polars or Ibis. Columns are those of the table's contract, `customer` (any
    type; an identifier column such as `customer_number` stands in for it), `segment`, `region` and
    `function`; columns that the metric does not need may be missing. Times without a zone are local times
    in `zone`. Without `period`, all the data. Raises `UnknownMetric`, `UnknownTable`,
    `UnknownColumn`, `UnknownDimension`, `BadPeriod`.
    """
    declared = metric(slug)
    if "weight_table" in tables:
        tables = {**tables, "weights": tables["weight_table"]}
        del tables["weight_table"]
    names = (by,) if isinstance(by, str) else tuple(by)
    check_dimensions(names)
    if declared.walk and declared.measure and "visits" not in tables and "interactions" in tables:
        declared = replace(as_walked(declared), measure=None, needs=FROM_INTERACTIONS)
    given = _prepared(declared, tables, {*names, *where.where}, ZoneInfo(zone))
    engine = ibis.duckdb.connect()
    try:
        for name, table in given.items():
            engine.con.register(name, table)
        bound = Tables(**{name: ibis.table(_schema(table), name=name) for name, table in given.items()})
        known = coverage_of(_rows(engine, coverage_query(bound)))
        cut = _cut(
            declared, period=period, known=known, by=names, where=where, zone=ZoneInfo(zone),
            inactive_days=inactive_days, people=minimum_cell is not None, weights=weights,
        )  # fmt: skip
        if not applies(declared, cut):
            return not_applicable(declared, cut)
        if declared.walk and declared.measure is None:
            rows = _walked(given["interactions"], declared, cut)
        elif declared.figure:
            rows = _scored(engine, bound, declared, cut)
        else:
            rows = _measured(engine, bound, declared, cut)
        return readings(declared, rows, cut, known, minimum_cell)
    finally:
        engine.disconnect()


def _measured(engine: Any, tables: Tables, declared: Metric, cut: Cut) -> list[dict[str, Any]]:
    assert declared.measure is not None
    return _rows(engine, declared.measure(tables, cut))


def _walked(interactions: pa.Table, declared: Metric, cut: Cut) -> list[dict[str, Any]]:
    """Counts and sums of the visits that the interactions make."""
    assert declared.walk is not None  # else it would have a measure
    groups = {
        name: _groups(name, interactions["customer"], interactions[name])
        for name in OF_CUSTOMERS
        if name in cut.dimensions
    }
    return rows_of_visits(visits(interactions.select(OF_PAGES)), declared.walk, cut, groups)


def _groups(name: str, customers: Column, values: Column) -> CustomerGroups:
    """Customers by an attribute, the one that came last, under the keys that journeys have."""
    whom, what = (
        column.combine_chunks().cast(pa.large_string()).dictionary_encode() for column in (customers, values)
    )
    stated = np.asarray(pc.and_(customers.is_valid(), values.is_valid()))
    last = np.full(len(whom.dictionary), -1, np.int32)
    last[np.asarray(whom.indices.fill_null(0))[stated]] = np.asarray(what.indices.fill_null(0))[stated]
    keys = np.flatnonzero(last >= 0).astype(np.int64)
    return CustomerGroups(name, tuple(what.dictionary.to_pylist()), keys, last[keys])


def _scored(engine: Any, tables: Tables, declared: Metric, cut: Cut) -> list[dict[str, Any]]:
    """Counts and sums of a score from an answer index in memory."""
    answers = _asked(engine, answer_rows(tables))
    index = index_of([answers], cut.spans.zone, _asked(engine, weight_rows(tables)))
    if declared.figure == _CX:
        index = with_cx_weights(index)
    return rows_of_scores(index, cut)[declared.figure]


def _asked(engine: Any, expression: Any) -> pa.Table:
    return engine.con.sql(engine.compile(expression)).to_arrow_table()


def _schema(table: pa.Table) -> Any:
    return ibis.Schema.from_pyarrow(table.schema)


def _rows(engine: Any, expression: Any) -> list[dict[str, Any]]:
    """The rows of an expression; asked of DuckDB itself, whose newer calls Ibis does not know yet."""
    rows: list[dict[str, Any]] = _asked(engine, expression).to_pylist()
    return rows


def _cut(
    declared: Metric,
    *,
    period: Period | str | None,
    known: Mapping[str, Coverage],
    by: tuple[str, ...],
    where: Population,
    zone: ZoneInfo,
    inactive_days: int,
    people: bool,
    weights: str,
) -> Cut:
    if period is None:
        period = whole_period(covering(declared, known), zone)
    elif isinstance(period, str):
        period = Period.parse(period)
    present = frozenset(name for name, table in known.items() if table.rows)
    return Cut(
        spans=Spans((period,), zone), by=by, population=where, present=present,
        inactive_days=inactive_days, people=people, weights=weights,
    )  # fmt: skip


def _prepared(
    declared: Metric, tables: Mapping[str, Any], dimensions: set[str], zone: ZoneInfo
) -> dict[str, pa.Table]:
    """Every table the metric reads, with all columns of its contract; a table not given is empty."""
    for name in tables:
        if name not in _CONTRACTS:
            raise UnknownTable(name, known=_CONTRACTS)
    given = {name: _arrow(table) for name, table in tables.items() if name in declared.needs}
    if not any(declared.needs[name] for name in given):
        raise UnknownTable(declared.tables[0], known=tables, place=declared.slug)
    for name, table in given.items():
        for column in (*declared.needs[name], _CONTRACTS[name].time):
            if column is not None and column not in _columns(table):
                raise UnknownColumn(column, known=_columns(table), place=name)
    for name in sorted(dimensions & declared.dimensions - {"delivery"}):
        if not any(name in table.column_names for table in given.values()):
            raise UnknownColumn(name, known=next(iter(given.values())).column_names, place=declared.tables[0])
    return {
        name: _complete(_CONTRACTS[name], given.get(name, pa.table({"id": pa.array([], pa.string())})), zone)
        for name in declared.needs
    }


def _arrow(table: Any) -> pa.Table:
    return table.to_pyarrow() if hasattr(table, "to_pyarrow") else pa.table(table)


def _columns(table: pa.Table) -> tuple[str, ...]:
    """Names of the columns, and `customer` where an identifier can stand in for it."""
    names = tuple(table.column_names)
    return (*names, "customer") if _identifier(table) else names


def _identifier(table: pa.Table) -> str | None:
    return next((name for name in IDENTIFIER_COLUMNS if name in table.column_names), None)


def _complete(contract: Contract, table: pa.Table, zone: ZoneInfo) -> pa.Table:
    rows = table.num_rows
    columns: dict[str, Any] = {}
    if contract.customer:
        name = "customer" if "customer" in table.column_names else _identifier(table)
        columns["customer"] = _text(table[name]) if name else pa.nulls(rows, pa.string())
    for name in _EXTRA:
        columns[name] = _text(table[name]) if name in table.column_names else pa.nulls(rows, pa.string())
    columns["source"] = _text(table["source"]) if "source" in table.column_names else _same("", rows)
    own = _text(table["id"]) if "id" in table.column_names else pa.array(map(str, range(rows)), pa.string())
    columns["id"] = own
    for column in contract.columns:
        wanted = _TYPES.get(column.kind, pa.string())
        if column.name not in table.column_names:
            columns[column.name] = pa.nulls(rows, wanted)
        elif column.kind is Kind.TIME:
            columns[column.name] = _instant(table[column.name], zone)
        else:
            columns[column.name] = (
                _text(table[column.name]).cast(wanted)
                if wanted == pa.string()
                else (table[column.name].cast(wanted))
            )
    return pa.table(columns)


def _same(value: str, rows: int) -> Column:
    return pa.repeat(value, rows)


def _text(column: Column) -> Column:
    """As text, dictionaries and numbers too."""
    return column.cast(pa.string())


def _instant(column: Column, zone: ZoneInfo) -> Column:
    """As UTC microseconds; times without a zone, and dates, are local ones."""
    if not pa.types.is_timestamp(column.type):
        column = column.cast(pa.timestamp("us"))
    if column.type.tz is None:
        column = pc.assume_timezone(column, zone.key, ambiguous="earliest", nonexistent="latest")
    return column.cast(pa.timestamp("us", tz="UTC"))
