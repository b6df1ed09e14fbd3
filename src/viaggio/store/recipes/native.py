"""Facts that are already in our own shape: a folder of `<table>.parquet` or `<table>-*.parquet`.

Every file must be in the `incoming_schema` of its table: `id`, the identifiers, then the contract's columns.
Columns that may be empty can be left out; a column that the contract does not know is an error, because
nothing is thrown away in silence. Rows with an empty needed column or a value outside the allowed ones are
rejected, the others taken. Files are streamed; memory does not grow with them.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from viaggio.kernel import Contract, UnknownColumn
from viaggio.store.contracts import FACTS, incoming_schema
from viaggio.store.importers.arrow import pa, pc
from viaggio.store.importers.codes import bad_file
from viaggio.store.importers.parquet_file import open_parquet
from viaggio.store.incoming import Batch
from viaggio.store.recipes.rows import AT
from viaggio.store.recipes.shape import Kitchen, Recipe, Source
from viaggio.store.recipes.sources import pieces

TABLES = tuple(name for name in FACTS if name != "identifiers")
"""What can be brought in; identifiers are made by the fold."""


def _batches(kitchen: Kitchen) -> Iterator[Batch]:
    for table in TABLES:
        for source in (*kitchen.sources.get(table, ()), *kitchen.sources.get(f"{table} parts", ())):
            yield from read_table(FACTS[table], source)


def read_table(contract: Contract, source: Source) -> Iterator[Batch]:
    """The rows of one file in our own shape; those that break the contract are rejects. Raises `BadFile`."""
    schema = incoming_schema(contract)
    with open_parquet(source.path, source.name) as file:
        _check_columns(schema, file.schema_arrow, source)
    needed = ("id", *(column.name for column in contract.columns if column.needed))
    for good, counted in pieces(
        source,
        needed,
        lambda rows: _faults(contract, rows),
        table=contract.name,
        shaped=lambda rows: _shaped(rows, schema, source),
    ):
        yield replace(counted, rows=good.drop_columns(AT).cast(schema) if good.num_rows else None)


def _check_columns(schema: Any, found: Any, source: Source) -> None:
    for name in found.names:
        if name not in schema.names:
            raise UnknownColumn(name, known=schema.names, place=source.name)
        if found.names.count(name) > 1:
            raise bad_file("file.bad_column", place=f"{source.name}: {name} twice")
    for wanted in schema:
        if wanted.name in found.names:
            given = found.field(wanted.name).type
            if pa.types.is_timestamp(wanted.type) and not _is_placed(given):
                raise bad_file(
                    "file.bad_column",
                    place=f"{source.name}: {wanted.name}: times without a time zone",
                    hint="Write them as UTC.",
                )


def _is_placed(given: Any) -> bool:
    placed = pa.types.is_timestamp(given) and given.tz is not None
    return bool(placed or pa.types.is_null(given))


def _shaped(rows: Any, schema: Any, source: Source) -> Any:
    columns: list[Any] = []
    for wanted in schema:
        if wanted.name not in rows.column_names:
            columns.append(pa.nulls(rows.num_rows, wanted.type))
            continue
        try:
            columns.append(rows[wanted.name].cast(wanted.type))
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise bad_file("file.bad_column", place=f"{source.name}: {wanted.name}: {error}") from error
    return pa.table(columns, schema=pa.schema([f.with_nullable(True) for f in schema]))


def _faults(contract: Contract, rows: Any) -> Iterator[tuple[str, str, Any]]:
    for name in ("id", *(column.name for column in contract.columns if column.needed)):
        if rows[name].null_count:
            yield name, "value.missing", rows[name].is_null()
    for column in contract.columns:
        if column.allowed:
            known = pc.is_in(rows[column.name], value_set=pa.array(column.allowed, pa.string()))
            bad = pc.and_(pc.invert(known), rows[column.name].is_valid())
            if pc.any(bad).as_py():
                yield column.name, "value.not_allowed", bad


def _patterns() -> dict[str, str]:
    """Whole tables and parts of tables; `orders-*` can not be mistaken for `order_lines`."""
    return {name: f"{name}.parquet" for name in TABLES} | {
        f"{name} parts": f"{name}-*.parquet" for name in TABLES
    }


RECIPE = Recipe(
    name="native",
    source="Viaggio's own tables as Parquet files",
    version=1,
    files=_patterns(),
    optional=frozenset(_patterns()),
    columns=dict.fromkeys(_patterns(), ("id",)),
    batches=_batches,
)
