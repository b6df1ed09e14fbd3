"""What the pages of erasures show: what would go, what is being carried out, what was."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from viaggio.web.customer.places import place_name

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place with its rows or files."""

    name: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One erasure. `ended` is None while it is carried out; `removed` and `left` by place."""

    id: str
    asked: datetime
    ended: datetime | None
    by: str
    origin: str
    removed: tuple[Place, ...] = ()
    left: tuple[Place, ...] = ()

    @property
    def rows(self) -> int:
        """Rows and files that were removed."""
        return sum(place.count for place in self.removed)


def places(counts: Mapping[str, int]) -> tuple[Place, ...]:
    """Counts by place, most first."""
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return tuple(Place(name=place_name(place), count=n) for place, n in ordered if n)


def by_name(by: str) -> str:
    """Who asked: an address, or where it was asked without anybody signed in."""
    return {"command line": _("on the command line"), "restore": _("by a restore")}.get(by, by)


def _moment(micros: int) -> datetime:
    return datetime.fromtimestamp(micros // 1_000_000, UTC)


def erasures(ws: "Workspace") -> tuple[Line, ...]:
    """Those that wait, then the ledger, newest first."""
    from viaggio.store.erasure import begun, ledger_of

    done = ledger_of(ws)
    known = {entry.id for entry in done}
    waiting = [
        Line(id=one.id, asked=_moment(one.at), ended=None, by=by_name(one.by), origin=one.origin)
        for one in begun(ws)
        if one.id not in known
    ]
    return (
        *waiting[::-1],
        *(
            Line(
                id=one.id,
                asked=_moment(one.at),
                ended=_moment(one.ended),
                by=by_name(one.by),
                origin=one.origin,
                removed=places(one.removed),
                left=places(one.left),
            )
            for one in reversed(done)
        ),
    )


def cells(lines: tuple[Line, ...]) -> Iterator[tuple[object, ...]]:
    """One row for each place of each erasure."""
    for line in lines:
        left = {place.name: place.count for place in line.left}
        removed = {place.name: place.count for place in line.removed}
        for name in removed | left or [""]:
            yield line.id, line.asked, line.ended, line.by, name, removed.get(name, 0), left.get(name, 0)
