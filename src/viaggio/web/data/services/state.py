"""How the data are: sources and their freshness, coverage by phase and channel, kinds there and missing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from viaggio.journey.model import CHANNELS, Phase
from viaggio.measure.catalogue import CATALOGUE
from viaggio.store.facts import Manifest
from viaggio.store.status import Coverage, coverage, source_statuses
from viaggio.store.workspace import Workspace
from viaggio.web.data.kinds import KINDS, kind_name
from viaggio.web.data.services.moments import ago, days_since, moment_of
from viaggio.web.shared.names import code_name, metric_name

if TYPE_CHECKING:
    from viaggio.store.engine import Engine


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source: what it brought and how fresh it is. `days` since its newest record, None without one."""

    source: str
    kinds: tuple[str, ...]
    rows: int
    latest: datetime | None
    days: int | None
    landed: datetime | None
    imports: int
    waiting: int
    failed: int
    rejected: int

    @property
    def ago(self) -> str:
        """How long ago the newest record is, in words."""
        return ago(self.days)


def source_lines(ws: Workspace, today: date) -> list[SourceLine]:
    """Every source, the one heard last first."""
    return [
        SourceLine(
            source=found.source,
            kinds=tuple(kind_name(table) for table in found.rows),
            rows=sum(found.rows.values()),
            latest=moment_of(found.latest),
            days=days_since(found.latest, today),
            landed=moment_of(found.last_landed),
            imports=found.items,
            waiting=found.waiting,
            failed=found.failed,
            rejected=found.rejected,
        )
        for found in source_statuses(ws)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """Interactions and customers of one channel in one phase; `customers` is None when too few to tell."""

    phase: str
    channel: str
    interactions: int
    customers: int | None
    last: datetime | None
    days: int | None

    @property
    def ago(self) -> str:
        """How long ago the last one was, in words."""
        return ago(self.days)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverageTable:
    """Channels down, phases across; `silent` names the channels from which nothing came."""

    phases: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    silent: tuple[str, ...]
    empty_phases: tuple[str, ...]
    minimum: int

    @property
    def cells(self) -> list[Cell]:
        """All cells with something in them."""
        return [cell for _, cells in self.rows for cell in cells if cell is not None]


@lru_cache(maxsize=4)
def _coverage_of(engine: "Engine", _version: str) -> tuple[Coverage, ...]:
    return tuple(coverage(engine))


def coverage_table(engine: "Engine", today: date, minimum: int) -> CoverageTable:
    """Where the journey is known. Cells with fewer customers than `minimum` do not say how many."""
    found = {(c.phase, c.channel): c for c in _coverage_of(engine, engine.version)}
    phases = tuple(str(phase) for phase in Phase)
    seen = [channel for channel in CHANNELS if any((phase, channel) in found for phase in phases)]
    rows = tuple(
        (channel, tuple(_cell(found.get((phase, channel)), today, minimum) for phase in phases))
        for channel in seen
    )
    return CoverageTable(
        phases=phases,
        rows=rows,
        silent=tuple(code_name("channel", channel) for channel in CHANNELS if channel not in seen),
        empty_phases=tuple(
            code_name("phase", phase) for phase in phases if not any(phase == p for p, _ in found)
        ),
        minimum=minimum,
    )


def _cell(found: Coverage | None, today: date, minimum: int) -> Cell | None:
    if found is None:
        return None
    return Cell(
        phase=found.phase,
        channel=found.channel,
        interactions=found.interactions,
        customers=found.customers if found.customers >= minimum else None,
        last=moment_of(found.last_seen),
        days=days_since(found.last_seen, today),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KindLine:
    """One kind of data: rows that hold, the newest, what it is for, the figures that need it."""

    table: str
    name: str
    purpose: str
    rows: int
    latest: datetime | None
    figures: tuple[str, ...]


def kind_lines(manifest: Manifest) -> tuple[list[KindLine], list[KindLine]]:
    """The kinds of data that are there, and those missing."""
    needed = _figures_by_table()
    lines = [
        KindLine(
            table=table,
            name=str(kind.name),
            purpose=str(kind.purpose),
            rows=manifest.rows(table),
            latest=moment_of(_latest(manifest, table)),
            figures=tuple(dict.fromkeys(metric_name(slug) for slug in needed.get(table, ()))),
        )
        for table, kind in KINDS.items()
        if table != "identifiers"
    ]
    return [line for line in lines if line.rows], [line for line in lines if not line.rows]


def _latest(manifest: Manifest, table: str) -> int | None:
    return max((part.latest for part in manifest.parts_of(table) if part.latest is not None), default=None)


def _figures_by_table() -> Mapping[str, list[str]]:
    """The metrics that rest on a table: those that count its rows, or read the touchpoint catalogue.

    Retention is counted from orders where there are no contracts, so nothing rests on contracts alone.
    """
    found: dict[str, list[str]] = {}
    for slug, declared in CATALOGUE.items():
        for table in {declared.tables[0], *(t for t in declared.tables if t == "touchpoints")}:
            if table != "contracts":
                found.setdefault(table, []).append(slug)
    return found
