"""What the facts hold: their first and last day, the touchpoint catalogue, channels and segments seen."""

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from threading import Lock
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from viaggio.journey.model import CHANNELS, Phase

if TYPE_CHECKING:
    from viaggio.store.engine import Engine

_TIMES = {
    "interactions": "started_at",
    "orders": "ordered_at",
    "answers": "answered_at",
    "visits": "started_at",
}
_KEPT = 8
_known: OrderedDict[tuple[str, str, date], "Extent"] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """`first` and `last` are local days, None without facts; touchpoints are catalogue rows by slug."""

    first: date | None = None
    last: date | None = None
    touchpoints: Mapping[str, Mapping[str, Any]] = field(default_factory=lambda: MappingProxyType({}))
    channels: tuple[str, ...] = ()
    segments: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there are no dated facts at all."""
        return self.first is None


def extent(engine: "Engine", zone: ZoneInfo, today: date) -> Extent:
    """The extent of the engine's facts, kept until the next fold; days after `today` are left out."""
    key = (engine.version, str(zone), today)
    with _lock:
        if key in _known:
            return _known[key]
    found = _read(engine, zone, today)
    with _lock:
        _known[key] = found
        while len(_known) > _KEPT:
            _known.popitem(last=False)
    return found


def _read(engine: "Engine", zone: ZoneInfo, today: date) -> Extent:
    tables = engine.tables()
    tomorrow = datetime(today.year, today.month, today.day, tzinfo=zone) + timedelta(days=1)
    spans = []
    for name, column in _TIMES.items():
        table = getattr(tables, name)
        seen = table.filter(table[column] < tomorrow)
        row = engine.run(seen.aggregate(first=seen[column].min(), last=seen[column].max())).to_pylist()[0]
        if row["first"] is not None:
            spans.append((row["first"].astimezone(zone).date(), row["last"].astimezone(zone).date()))
    return Extent(
        first=min((first for first, _last in spans), default=None),
        last=max((last for _first, last in spans), default=None),
        touchpoints=MappingProxyType(_catalogue(engine)),
        channels=_seen(engine, "channel", CHANNELS),
        segments=_seen(engine, "segment", ("b2c", "b2b")),
    )


def _catalogue(engine: "Engine") -> dict[str, Mapping[str, Any]]:
    """Catalogue rows in the order of the journey; a bare row for a touchpoint used but not listed."""
    tables = engine.tables()
    order = {str(phase): i for i, phase in enumerate(Phase)}
    rows = {str(row["id"]): row for row in engine.run(tables.touchpoints).to_pylist()}
    used = tables.interactions.group_by("touchpoint").aggregate(phase=tables.interactions.phase.max())
    for row in engine.run(used).to_pylist():
        slug = row["touchpoint"]
        if slug and slug not in rows:
            rows[slug] = {"id": slug, "phase": row["phase"], "owner_function": None}
    moments = {"before": 0, "during": 1, "after": 2}
    return dict(
        sorted(
            rows.items(),
            key=lambda item: (
                order.get(item[1]["phase"], 9),
                moments.get(item[1].get("moment") or "", 9),
                item[0],
            ),
        )
    )


def _seen(engine: "Engine", column: str, order: tuple[str, ...]) -> tuple[str, ...]:
    """Values of a column that occur in interactions or answers, in `order`."""
    tables = engine.tables()
    found: set[str] = set()
    for table in (tables.interactions, tables.answers, tables.orders):
        if column in table.columns:
            found |= set(engine.run(table.select(column).distinct())[column].to_pylist())
    return tuple(value for value in order if value in found)
