"""The facts of a workspace on Apache Spark: the same Parquet files, Ibis expressions, and figures.

Every machine reads the workspace's `facts/` folder at the same path, as it does the index. What is known of
each customer is worked out here and left in `cache/` for all to read: one narrow row a customer.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from viaggio.measure.model import Tables
from viaggio.pulse.index import Answers
from viaggio.store.contracts import FACTS, stored_schema
from viaggio.store.durable import ASIDE, put_in_place, remove
from viaggio.store.engine import NOT_PLANNED, Engine, engine, planner
from viaggio.store.facts import Manifest, Part
from viaggio.store.said import saying
from viaggio.store.spark.answers import spark_answers
from viaggio.store.spark.journeys import SparkJourneys, spark_journeys
from viaggio.store.sql import sql
from viaggio.store.views import join_of, read_schema

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

FOLDER = "spark"
_CUSTOMERS, _TOUCHPOINTS = "customers.parquet", "touchpoints.parquet"
_ITEM_DIGITS = 8


@dataclass(frozen=True)
class SparkEngine:
    """One state of a workspace's facts, read by a cluster. `local`: the engine here, for what is small.

    It has what a reading needs (`viaggio.store.readings`), and all of it is counted there: facts, visits
    bucket by bucket of the journey index, scores part by part of the answer index.
    """

    session: Any
    local: Engine
    _lock: Any = field(default_factory=Lock)

    @property
    def workspace(self) -> "Workspace":
        """Whose facts they are."""
        return self.local.workspace

    @property
    def version(self) -> str:
        """Changes whenever the facts do; not that of the engine here, so that no answer stands in for it."""
        return f"{self.local.version}-spark"

    def tables(self) -> Tables:
        """The fact tables: rows that hold, customers resolved, with segment, region and function."""
        return self.local.tables()

    def journeys(self) -> SparkJourneys:
        """The newest journey index, walked by the cluster."""
        return spark_journeys(self.workspace, self.session)

    def answer_index(self) -> Answers | None:
        """The answer index of these facts, walked by the cluster."""
        return self._answers

    @cached_property
    def _answers(self) -> Answers | None:
        return spark_answers(self.workspace, self._manifest, self.session)

    def run(self, expression: Any) -> pa.Table:
        """The rows of an Ibis expression over `tables()`, in no order unless it says one."""
        import ibis
        from ibis.expr.operations import InMemoryTable
        from ibis.formats.pyarrow import PyArrowData
        from pyspark.errors import PySparkException

        table = expression.as_table()
        held = {node.name: node.schema.to_pyarrow() for node in table.op().find(InMemoryTable)}
        planned = planner().columns(str(ibis.to_sql(table, dialect="duckdb")), {}, held)
        read = {name: columns for name, columns in planned.items() if name in FACTS}
        try:
            found = self._ask(table, read)
        except PySparkException as error:
            if NOT_PLANNED not in str(error):
                raise
            # the plan was made for another engine: slower, with every join, it is answered all the same
            found = self._ask(table, {name: set(read_schema(FACTS[name]).names) for name in read})
        return expression.__pyarrow_result__(PyArrowData.convert_table(found, table.schema()))

    def events_saying(self, path: str, values: Sequence[str] | None) -> Any:
        """Keys of the interactions with one of these values at a path of their properties; None: none.

        Every machine asks DuckDB what the engine here would ask it, so both read the properties alike.
        """
        rows = self._live("interactions").select("key", "properties")
        found = rows.mapInArrow(said_in(path, values), "key long").toArrow()
        return found["key"].to_numpy()

    def _ask(self, table: Any, read: Mapping[str, set[str]]) -> pa.Table:
        with self._lock:  # views are looked up when the query is analysed, which is at once
            self._backend._run_pre_execute_hooks(table)  # noqa: SLF001 -- as in the engine here
            for name, columns in read.items():
                self._view(name, columns).createOrReplaceTempView(name)
            asked = self.session.sql(self._backend.compile(table))
        return asked.toArrow()

    @cached_property
    def _backend(self) -> Any:
        import ibis

        self._leave_dimensions()
        return ibis.pyspark.connect(self.session)

    def _view(self, name: str, columns: Iterable[str]) -> Any:
        """The rows of a table that hold, with the joins that these columns need."""
        contract = FACTS[name]
        if name == "touchpoints":
            return self.session.read.parquet(str(self._folder / _TOUCHPOINTS))
        joins = {join_of(contract, column) for column in columns}
        rows = self._live(name)
        if contract.customer:
            rows = self._resolved(rows, "customer") if joins & {"person", "who"} else rows
            rows = self._resolved(rows, "account") if "firm" in joins else rows
        if "who" in joins:
            known = self.session.read.parquet(str(self._folder / _CUSTOMERS))
            rows = rows.drop("segment", "region").join(known, "customer", "left")
        if "place" in joins:
            places = self.session.read.parquet(str(self._folder / _TOUCHPOINTS))
            owners = places.select(places.id.alias("touchpoint"), places.owner_function.alias("function"))
            rows = rows.join(owners, "touchpoint", "left")
        known = {None, *joins}
        return rows.select(
            *(
                rows[field.name] if join_of(contract, field.name) in known else _unplanned(field)
                for field in read_schema(contract)
            )
        )

    def _resolved(self, rows: Any, column: str) -> Any:
        """The rows with the customer whom each identifier belongs to."""
        from pyspark.sql import functions as f

        path = self._manifest.identity.path
        if path is None:
            return rows
        known = self.session.read.parquet(str(self._facts / path))
        known = known.select(known.node.alias(column), known.customer.alias("_resolved"))
        joined = rows.join(known, column, "left")
        return joined.withColumn(column, f.coalesce("_resolved", column)).drop("_resolved")

    def _live(self, name: str) -> Any:
        """The stored rows of a table less those that later parts replaced."""
        parts = list(self._manifest.parts_of(name))
        columns = [column for column in stored_schema(FACTS[name]).names if column != "digest"]
        if not parts:
            empty = pa.schema([stored_schema(FACTS[name]).field(column) for column in columns]).empty_table()
            return self.session.createDataFrame(empty)
        voided = self._manifest.voided_of(name)
        gone = voided[-1].item - 1 if voided else 0
        hurt = [part for part in parts if part.item <= gone]
        whole = [part for part in parts if part.item > gone]
        some = []
        if whole:
            some.append(self._read(whole).select(*columns))
        if hurt:
            listed = self.session.read.parquet(*(str(self._facts / void.path) for void in voided))
            replaced = listed.select(listed.part.cast("int").alias("_part"), "key")
            numbered = self._numbered(hurt)
            some.append(numbered.join(replaced, ["_part", "key"], "left_anti").select(*columns))
        return some[0] if len(some) == 1 else some[0].unionByName(some[1])

    def _read(self, parts: list[Part]) -> Any:
        return self.session.read.parquet(*(str(self._facts / part.path) for part in parts))

    def _numbered(self, parts: list[Part]) -> Any:
        """The rows with the number of their part, which its file's name begins with."""
        from pyspark.sql import functions as f

        name = f.col("_metadata.file_name")
        return self._read(parts).withColumn("_part", f.substring(name, 1, _ITEM_DIGITS).cast("int"))

    def _leave_dimensions(self) -> None:
        """Write what facts are joined with, where all machines can read it, and sweep that of older facts."""
        home = self._folder.parent
        home.mkdir(parents=True, exist_ok=True)
        for old in home.iterdir():
            if old.name != self._folder.name:
                remove(old)
        self._folder.mkdir(exist_ok=True)
        dimensions = {_CUSTOMERS: sql("spark_customers"), _TOUCHPOINTS: sql("engine_view_touchpoints")}
        for name, query in dimensions.items():
            target = self._folder / name
            aside = target.with_name(name + ASIDE)
            pq.write_table(self.local.known(query), aside, compression="zstd")
            put_in_place(aside, target)

    @property
    def _folder(self) -> Path:
        return self.workspace.root.absolute() / "cache" / FOLDER / self.local.version

    @property
    def _facts(self) -> Path:
        return self.workspace.facts.absolute()

    @property
    def _manifest(self) -> Manifest:
        return self.local.manifest


def said_in(path: str, values: Sequence[str] | None) -> Callable[[Iterator[Any]], Iterator[Any]]:
    """The work of a task: interactions in, the keys of those that say so out."""

    def task(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        import duckdb

        query, given = saying("select * from some_rows", path, values)
        with duckdb.connect(config={"threads": 1}) as connection:
            for batch in batches:
                connection.register("some_rows", pa.Table.from_batches([batch]))
                yield from connection.sql(query, params=given).to_arrow_table().to_batches()

    return task


def _unplanned(column: pa.Field) -> Any:
    """A column that nobody is to read, and which says so to who does."""
    from pyspark.sql import functions as f

    kind = "bigint" if pa.types.is_int64(column.type) else "string"
    return f.raise_error(f.lit(NOT_PLANNED)).cast(kind).alias(column.name)


def spark_engine(ws: "Workspace", session: Any) -> SparkEngine:
    """The newest facts of a workspace, read by that session's cluster."""
    return SparkEngine(session, engine(ws))
