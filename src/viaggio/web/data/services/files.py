"""The tables of the data pages as files."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from viaggio.store.engine import Engine
from viaggio.store.status import ItemStatus
from viaggio.store.workspace import Workspace
from viaggio.web.data.services.imports import all_imports, reason_lines, table_lines
from viaggio.web.data.services.state import coverage_table, kind_lines, source_lines
from viaggio.web.shared.names import code_name


class NoSuchTable(Exception):
    """The page has no table of that name."""


@dataclass(frozen=True, slots=True)
class File:
    """A table to be written as CSV or Excel."""

    name: str
    columns: Sequence[str]
    rows: Iterable[Sequence[object]]


def _local(when: datetime | None) -> datetime | None:
    """To the second, in the company's time."""
    return None if when is None else timezone.localtime(when).replace(microsecond=0, tzinfo=None)


def sources_file(ws: Workspace, engine: Engine, today: date) -> File:
    """Sources and their freshness."""
    columns = [
        _("Source"), _("Kinds of data"), _("Rows"), _("Newest record"), _("Days since"), _("Last import"),
        _("Imports"), _("Waiting"), _("Not readable"), _("Rows kept apart"),
    ]  # fmt: skip
    rows = [
        (
            s.source, ", ".join(s.kinds), s.rows, _local(s.latest), s.days, _local(s.landed), s.imports,
            s.waiting, s.failed, s.rejected,
        )
        for s in source_lines(ws, today)
    ]  # fmt: skip
    return File("sources", columns, rows)


def imports_file(ws: Workspace) -> File:
    """Every import with what became of it."""
    columns = [
        _("No."), _("What"), _("Source"), _("When"), _("Who"), _("State"), _("Rows read"), _("New"),
        _("Changed"), _("Already there"), _("Kept apart"), _("Reason"),
    ]  # fmt: skip
    rows = [
        (
            i.seq, i.name, i.source, _local(i.landed), i.by, i.state_name, i.status.source_rows, i.counts.new,
            i.counts.changed, i.counts.duplicate, i.status.rejected, i.why,
        )
        for i in all_imports(ws)
    ]  # fmt: skip
    return File("imports", columns, rows)


def coverage_file(ws: Workspace, engine: Engine, today: date) -> File:
    """Coverage by phase and channel, one line per cell."""
    columns = [_("Phase"), _("Channel"), _("Interactions"), _("Customers"), _("Last one")]
    rows = [
        (
            code_name("phase", c.phase), code_name("channel", c.channel), c.interactions, c.customers,
            _local(c.last),
        )
        for c in coverage_table(engine, today, ws.settings.minimum_cell).cells
    ]  # fmt: skip
    return File("coverage", columns, rows)


def kinds_file(ws: Workspace, engine: Engine, today: date) -> File:
    """Kinds of data, those there and those missing."""
    columns = [_("Kind of data"), _("Rows"), _("Newest record"), _("What for"), _("Figures that rest on it")]
    there, missing = kind_lines(engine.manifest)
    rows = [(k.name, k.rows, _local(k.latest), k.purpose, ", ".join(k.figures)) for k in [*there, *missing]]
    return File("kinds-of-data", columns, rows)


_OF_HOME: Mapping[str, Callable[[Workspace, Engine, date], File]] = {
    "sources": sources_file,
    "imports": lambda ws, _engine, _today: imports_file(ws),
    "coverage": coverage_file,
    "kinds": kinds_file,
}


def home_file(table: str, ws: Workspace, engine: Engine, today: date) -> File:
    """A table of the first data page. Raises `NoSuchTable`."""
    if table not in _OF_HOME:
        raise NoSuchTable(table)
    return _OF_HOME[table](ws, engine, today)


def import_file(table: str, status: ItemStatus) -> File:
    """A table of an import's page. Raises `NoSuchTable`."""
    name = f"import-{status.item.seq}-{table}"
    if table == "counts":
        columns = [_("Kind of data"), _("New"), _("Changed"), _("Already there"), _("Kept apart")]
        lines = [(n, c.new, c.changed, c.duplicate, c.rejected) for n, c in table_lines(status)]
        return File(name, columns, lines)
    if table == "reasons":
        columns = [_("File"), _("Column"), _("Reason"), _("Code"), _("Rows")]
        found = [(r.file, r.column, words, r.code, r.rows) for r, words in reason_lines(status.rejects)]
        return File(name, columns, found)
    if table == "files":
        columns = [_("File"), _("Bytes"), "SHA-256"]
        return File(name, columns, [(p.name, p.size, p.sha256) for p in status.item.payloads])
    raise NoSuchTable(table)
