"""The reading side: fact tables as Ibis tables over DuckDB in memory, for as many threads as ask."""

import re
from collections.abc import Callable, Hashable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Lock, local
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pyarrow as pa

from viaggio.measure.model import Tables
from viaggio.pulse.index import Answers
from viaggio.store.answers_index import open_answers
from viaggio.store.contracts import FACTS
from viaggio.store.facts import MANIFEST, Manifest, read_manifest
from viaggio.store.memory import Memory
from viaggio.store.sql import identifier, quoted, sql
from viaggio.store.views import Planner, Views, fill, read_schema
from viaggio.store.workspace import Settings, Workspace

if TYPE_CHECKING:
    from viaggio.store.index import MappedJourneys

NOT_PLANNED = "column was not planned"
"""What a column says that the plan did not ask for; never seen unless two plans of one question differ."""


FORMS = Memory(2048)
"""Questions with blanks that were translated and planned, by shape; they are the same for all facts."""

PLANS = Memory(1024)
"""Columns that a query reads by table, by its text and the types of its parameters."""

BATCH_ROWS = 200_000
SPILL_MB = 160
"""What an engine that spills may hold in memory, beside the answer that it hands out."""
_BLANK = re.compile(r"getvariable\('([^']*)'\)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Form:
    """A question with blanks: its text, the columns it reads by table, and the Ibis schema of its answer."""

    query: str
    read: Mapping[str, set[str]]
    schema: Any


class Engine:
    """One state of a workspace's facts. Thread-safe: every thread has its own cursor.

    It goes on reading its state when a fold makes a newer one; `engine` then gives another.
    """

    def __init__(self, ws: Workspace, *, spill: Path | None = None) -> None:
        """With `spill`, an engine that takes little memory, and sorts in files there what is larger."""
        import duckdb

        self.workspace = ws
        self.manifest: Manifest = read_manifest(ws.facts)
        self.version = _version(ws, self.manifest)
        self._connection = duckdb.connect()
        self._connection.execute(sql("engine_settings"))
        if spill is not None:
            self._connection.execute(sql("engine_spill", folder=quoted(str(spill)), megabytes=str(SPILL_MB)))
        self._views = Views(self._connection, ws.facts, self.manifest)
        self._planner = planner()
        self._threads = local()
        self._tables = _tables()
        self._answers = open_answers(ws, self.manifest)

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone."""
        return self.workspace.zone

    @property
    def inactive_days(self) -> int:
        """After so many days without an order a customer without a contract counts as lost."""
        return self.workspace.settings.inactive_days

    def tables(self) -> Tables:
        """The fact tables: rows that hold, customers resolved, with segment, region and function."""
        return self._tables

    def rows(self, table: str) -> int:
        """How many rows of a table hold; costs nothing."""
        return self.manifest.rows(table)

    def run(self, expression: Any) -> pa.Table:
        """The result of an Ibis expression over `tables()`."""
        from ibis.expr.operations import InMemoryTable

        backend = self._backend()
        table = expression.as_table()
        # Ibis registers in-memory tables only inside its own execute, which knows nothing of our views
        backend._run_pre_execute_hooks(table)  # noqa: SLF001 -- see the line above
        held = {node.name: node.schema.to_pyarrow() for node in table.op().find(InMemoryTable)}
        query = backend.compile(table)
        read = self._plan(query, held)
        return expression.__pyarrow_result__(self._ask(backend.con, query, {}, read))

    def batches(self, expression: Any, rows: int = BATCH_ROWS) -> Iterator[pa.RecordBatch]:
        """The result of an Ibis expression over `tables()`, batch by batch of about so many rows."""
        query = self._backend().compile(expression.as_table())
        cursor = self._connection.cursor()
        planned = self._plan(query, {})
        self._name(cursor, {table: columns for table, columns in planned.items() if table in FACTS}, {})
        yield from cursor.sql(query).to_arrow_reader(rows)

    def journeys(self) -> "MappedJourneys":
        """The newest journey index of the workspace."""
        from viaggio.store.index import open_index

        return open_index(self.workspace)

    def answer_index(self) -> Answers | None:
        """The answer index of these facts, as the fold left it; None while it is that of another state."""
        if self._answers is None:  # the facts may have been opened before the fold had made it
            self._answers = open_answers(self.workspace, self.manifest)
        return self._answers

    def _plan(self, query: str, held: Mapping[str, pa.Schema]) -> Mapping[str, set[str]]:
        if held:  # tables in memory have names by chance
            return self._planner.columns(query, {}, held)
        planned: Mapping[str, set[str]] = PLANS.recall(query, lambda: self._planner.columns(query, {}, {}))
        return planned

    def fill(self, shape: Hashable, question: Callable[[], Any], values: Mapping[str, Any]) -> pa.Table:
        """The result of a question with blanks, an Ibis expression; `values` fill them, by variable.

        Questions of one shape have the same text, so it is translated and planned only the first time.
        """
        from ibis.formats.pyarrow import PyArrowData

        form: Form = FORMS.recall(shape, lambda: self._form(question(), values))
        cursor = self._cursor()
        fill(cursor, self._threads.filled, values)
        return PyArrowData.convert_table(self._ask(cursor, form.query, {}, form.read), form.schema)

    def _form(self, question: Any, values: Mapping[str, Any]) -> Form:
        query = self._backend().compile(question)
        blanks = set(_BLANK.findall(query))
        if not blanks <= values.keys():  # an engine takes a variable without a value for null
            raise LookupError(f"nothing fills {sorted(blanks - values.keys())}")
        return Form(query, self._planner.columns(query, {}, {}, values), question.schema())

    def sql(self, query: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The result of a query in plain SQL; the fact tables have the names of their contracts."""
        given = dict(parameters or {})
        form = (query, *((name, type(value)) for name, value in sorted(given.items())))
        planned = PLANS.recall(form, lambda: self._planner.columns(query, given, {}))
        return self._ask(self._cursor(), query, given, planned)

    def known(self, query: str, parameters: Mapping[str, object] | None = None) -> pa.Table:
        """The result of a query over `live_rows` and the engine's own tables."""
        return self._cursor().sql(query, params=dict(parameters or {})).to_arrow_table()

    def live_rows(self, table: str) -> str:
        """A query, to be put in brackets, for the stored rows that hold, with `filename` and `place`."""
        return self._views.live(table)

    def _ask(
        self, cursor: Any, query: str, parameters: dict[str, object], planned: Mapping[str, set[str]]
    ) -> pa.Table:
        from duckdb import InvalidInputException

        read = {table: columns for table, columns in planned.items() if table in FACTS}
        self._name(cursor, read)
        try:
            return cursor.sql(query, params=parameters).to_arrow_table()
        except InvalidInputException as error:
            if NOT_PLANNED not in str(error):
                raise
        # two plans of one question differed: slower, with every join, it is answered all the same
        self._name(cursor, {table: set(read_schema(FACTS[table]).names) for table in read})
        return cursor.sql(query, params=parameters).to_arrow_table()

    def _name(
        self, cursor: Any, columns: Mapping[str, set[str]], named: dict[str, str] | None = None
    ) -> None:
        """Give the facts their names on this cursor, by views that have the joins for these columns."""
        named = self._threads.named if named is None else named
        for table, wanted in columns.items():
            view = self._views.view(table, wanted)
            if named.get(table) != view:
                cursor.execute(sql("engine_name", table=identifier(table), view=identifier(view)))
                named[table] = view

    def _cursor(self) -> Any:
        """This thread's own cursor of the one database."""
        if not hasattr(self._threads, "cursor"):
            self._threads.cursor = self._connection.cursor()
            self._threads.named = {}
            self._threads.filled = {}
        return self._threads.cursor

    def _backend(self) -> Any:
        """This thread's own Ibis backend on its cursor."""
        import ibis

        if not hasattr(self._threads, "backend"):
            self._threads.backend = ibis.duckdb.from_connection(self._cursor())
        return self._threads.backend


@cache
def planner() -> Planner:
    """The one planner of this process: plans do not depend on the facts."""
    return Planner()


def _tables() -> Tables:
    import ibis

    return Tables(**{
        name: ibis.table(ibis.Schema.from_pyarrow(read_schema(contract)), name=name)
        for name, contract in FACTS.items()
    })  # fmt: skip


def _version(ws: Workspace, manifest: Manifest) -> str:
    """Name of facts and settings together: the same question to the same version has the same answer."""
    return sha256(manifest.to_bytes() + repr(ws.settings).encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class _Open:
    stamp: tuple[int, int]
    settings: Settings
    engine: Engine


_open: dict[Path, _Open] = {}
_lock = Lock()


def engine(ws: Workspace) -> Engine:
    """The engine over the newest facts of a workspace; the same one until the next fold."""
    with _lock:
        known = _open.get(ws.root)
        if known is None or known.stamp != _stamp(ws.facts / MANIFEST) or known.settings != ws.settings:
            known = _open[ws.root] = _opened(ws)
        return known.engine


def _opened(ws: Workspace) -> _Open:
    from duckdb import IOException

    while True:
        stamp = _stamp(ws.facts / MANIFEST)
        try:
            return _Open(stamp, ws.settings, Engine(ws))
        except IOException:
            if stamp == _stamp(ws.facts / MANIFEST):
                raise
            # a fold swapped the manifest, and with it the identity file, between our two looks


def _stamp(path: Path) -> tuple[int, int]:
    try:
        stat = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (stat.st_mtime_ns, stat.st_ino)
