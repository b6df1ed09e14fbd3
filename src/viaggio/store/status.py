"""How the data are: what came from where, what was taken, how fresh it is, what of the journey it covers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from viaggio.store.engine import Engine
from viaggio.store.facts import Counts, FoldedItem, Manifest, read_manifest
from viaggio.store.fold import reject_files
from viaggio.store.landing import Item, items
from viaggio.store.sql import sql
from viaggio.store.workspace import Workspace

State = Literal["waiting", "folded", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStatus:
    """One landed item. `rejects`: the files of its rejected rows. `failed`: code of what refused it.

    Of `count` items that nobody brought it is the last, with the sums of all.
    """

    item: Item
    state: State
    source_rows: int = 0
    rejected: int = 0
    tables: Mapping[str, Counts] = field(default_factory=dict)
    rejects: tuple[Path, ...] = ()
    failed: str | None = None
    why: str = ""
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """One source. Times in UTC microseconds: when it was last landed, and of the newest row it brought.

    `rows` by table counts the rows of its parts.
    """

    source: str
    items: int
    waiting: int
    failed: int
    rejected: int
    rows: Mapping[str, int]
    last_landed: int
    latest: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """One cell of phase by channel. Times in UTC microseconds."""

    phase: str
    channel: str
    interactions: int
    customers: int
    first_seen: int
    last_seen: int


def item_statuses(ws: Workspace) -> list[ItemStatus]:
    """Every landed item with what became of it, newest first; what is told of together is one."""
    told = read_manifest(ws.facts).items
    folded = {item.seq: item for item in told}
    last = told[-1].seq if told else 0
    listed = [item for item in items(ws) if item.seq in folded or item.seq > last]
    return [_status(ws, item, folded.get(item.seq)) for item in reversed(listed)]


def _status(ws: Workspace, item: Item, folded: FoldedItem | None) -> ItemStatus:
    if folded is None:
        return ItemStatus(item=item, state="waiting")
    return ItemStatus(
        item=item,
        state="failed" if folded.failed else "folded",
        source_rows=folded.source_rows,
        rejected=folded.rejected,
        tables=folded.tables,
        rejects=tuple(reject_files(ws.rejects, item.seq)) if folded.rejected else (),
        failed=folded.failed,
        why=folded.why,
        count=folded.count,
    )


def source_statuses(ws: Workspace) -> list[SourceStatus]:
    """Every source that brought data, the one heard last first."""
    manifest = read_manifest(ws.facts)
    by_source: dict[str, list[ItemStatus]] = {}
    for status in item_statuses(ws):
        if status.item.kind != "identity":
            by_source.setdefault(status.item.source, []).append(status)
    sources = [_source(source, found, manifest) for source, found in by_source.items()]
    return sorted(sources, key=lambda source: (-source.last_landed, source.source))


def _source(source: str, found: list[ItemStatus], manifest: Manifest) -> SourceStatus:
    parts = [(p.table, share) for p in manifest.parts if p.table != "identifiers" and (share := p.of(source))]
    rows: dict[str, int] = {}
    for table, share in parts:
        rows[table] = rows.get(table, 0) + share.rows
    return SourceStatus(
        source=source,
        items=sum(status.count for status in found),
        waiting=sum(status.state == "waiting" for status in found),
        failed=sum(status.state == "failed" for status in found),
        rejected=sum(status.rejected for status in found),
        rows=rows,
        last_landed=max(status.item.landed_at for status in found),
        latest=max((share.latest for _, share in parts if share.latest is not None), default=None),
    )


def coverage(engine: Engine) -> list[Coverage]:
    """Interactions by phase and channel; cells without any are not listed."""
    return [Coverage(**row) for row in engine.sql(sql("status_coverage")).to_pylist()]
