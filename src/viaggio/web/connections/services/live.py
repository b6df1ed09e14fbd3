"""How live events stand: keys, and for each source what came, what of it was new, repeated or bad."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from viaggio.kernel import BadMapping, BadWorkspace
from viaggio.web.shared.models import WriteKey
from viaggio.web.shared.workspace import workspace

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

_OF_MESSAGES = ("interactions", "customers")
"""Tables in which a message has a row; an alias or a group has two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One source: messages read, of them repeated and bad; when something came last."""

    source: str
    read: int = 0
    repeated: int = 0
    bad: int = 0
    seen_at: datetime | None = None
    last_bad: int | None = None  # number of the newest import with bad messages

    @property
    def taken(self) -> int:
        """Messages that were news."""
        return max(0, self.read - self.repeated - self.bad)


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveState:
    """All of it. `waiting_since`: since when messages wait to be read; `fault`: why they must wait."""

    keys: tuple[WriteKey, ...]
    sources: tuple[SourceState, ...]
    waiting_bytes: int = 0
    waiting_since: datetime | None = None
    fault: str = ""


def live_state() -> LiveState:
    """Keys from the records, figures from what is folded."""
    keys = tuple(WriteKey.objects.all())
    try:
        ws = workspace()
    except BadWorkspace:
        return LiveState(keys=keys, sources=())
    from viaggio.store.events import rules_text, waiting

    fault = ""
    try:
        rules_text(ws)
    except BadMapping as error:
        fault = str(error)
    found = waiting(ws)
    return LiveState(
        keys=keys,
        sources=_sources(ws, keys),
        waiting_bytes=found.size,
        waiting_since=datetime.fromtimestamp(found.since, UTC) if found.size else None,
        fault=fault,
    )


def _sources(ws: "Workspace", keys: tuple[WriteKey, ...]) -> tuple[SourceState, ...]:
    from viaggio.store.facts import read_manifest
    from viaggio.store.landing import items
    from viaggio.store.recipes.segment import NAME

    live = {item.seq for item in items(ws) if item.recipe == NAME}
    read: dict[str, int] = dict.fromkeys((key.source for key in keys), 0)
    repeated, bad = dict(read), dict(read)
    last_bad: dict[str, int] = {}
    for item in read_manifest(ws.facts).items:
        if item.seq in live:
            name = item.source
            read[name] = read.get(name, 0) + item.source_rows
            again = sum(item.tables[table].duplicate for table in _OF_MESSAGES if table in item.tables)
            repeated[name] = repeated.get(name, 0) + again
            bad[name] = bad.get(name, 0) + item.rejected
            if item.rejected:
                last_bad[name] = item.seq
    return tuple(
        SourceState(
            source=name, read=read[name], repeated=repeated[name], bad=bad[name],
            seen_at=max((key.seen_at for key in keys if key.source == name and key.seen_at), default=None),
            last_bad=last_bad.get(name),
        )
        for name in sorted(read)
    )  # fmt: skip
