"""Asking for an erasure, looking what would go, and carrying it out over facts and records."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.tasks import task
from django.utils import timezone

from viaggio.kernel import utc_micros
from viaggio.web.shared.audit import SYSTEM, record
from viaggio.web.shared.erasing.keepers import keepers
from viaggio.web.shared.models import AuditEntry

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.erasure import Done, Entry, Request
    from viaggio.store.workspace import Workspace

_TURNS = 5
ASKED, DONE = "customer.erasure.asked", "customer.erasure.done"


class WebRecords:
    """The records of all faces, as `viaggio.store.erasure.Records`."""

    def __init__(self, ws: "Workspace") -> None:
        self._ws = ws

    def settle(self) -> None:
        """Every keeper lands what waits."""
        for keeper in keepers():
            keeper.settle(self._ws)

    def look(self, request: "Request") -> Mapping[str, int]:
        """Rows of all keepers by place; places without any are left out."""
        counts: dict[str, int] = {}
        for keeper in keepers():
            for place, n in keeper.look(request).items():
                counts[place] = counts.get(place, 0) + n
        return {place: n for place, n in counts.items() if n}

    @transaction.atomic
    def erase(self, request: "Request") -> None:
        """All keepers at once, or none."""
        for keeper in keepers():
            keeper.erase(request)

    def told(self, entry: "Entry") -> None:
        """The audit has it once; then what was deleted is cut out of the database's files."""
        if not AuditEntry.objects.filter(action=DONE, subject=entry.id).exists():
            counts = [f"{place} {n}" for place, n in sorted(entry.removed.items())]
            left = [f"{place} {n}" for place, n in sorted(entry.left.items())]
            record(entry.by or SYSTEM, DONE, entry.id, removed=counts, left=left)
        cut_out()


def cut_out() -> bool:
    """Write the database anew without what was deleted; False inside a transaction, where that can not be.

    Waits for whoever writes, some times over; raises `OperationalError` when it never gets its turn.
    """
    if connection.in_atomic_block:
        return False
    for left in reversed(range(_TURNS)):
        try:
            _vacuum()
        except OperationalError:
            if not left:
                raise
        else:
            break
    return True


def _vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM")
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def would_go(engine: "Engine", customer: int) -> tuple[list[int], dict[str, int]]:
    """Keys of the customer's identifiers, and what lies of them by place. Raises `UnknownCustomer`."""
    from viaggio.store.erasure import request_of, seen
    from viaggio.store.history import nodes_of

    nodes = nodes_of(engine, customer)
    ws = engine.workspace
    asked = request_of(ws, nodes, at=0, by="", origin="page")
    return nodes, seen(ws, asked, WebRecords(ws))


def ask(request: HttpRequest, ws: "Workspace", nodes: Sequence[int], *, origin: str) -> "Request":
    """Write the request down, record it, and let the background carry it out."""
    from viaggio.store.erasure import begin

    by = getattr(request.user, "email", "") or SYSTEM
    made = begin(ws, nodes, at=utc_micros(timezone.now()), by=by, origin="api" if origin == "api" else "page")
    record(request, ASKED, made.id)
    carry_out_erasures.enqueue()
    return made


def carry_out(
    ws: "Workspace", *, on_progress: Callable[[Any], None] | None = None, open_reader: Any = None
) -> "list[Done]":
    """Carry out all requests that wait in a workspace, over its facts and these records."""
    from viaggio.store.erasure import carry_out as carry_out_in
    from viaggio.store.landing import reader_apart
    from viaggio.web.shared.folding import folded

    done = carry_out_in(
        ws,
        WebRecords(ws),
        now=lambda: utc_micros(timezone.now()),
        on_progress=on_progress or (lambda _: None),
        open_reader=open_reader or reader_apart,
    )
    if done:
        folded.send(sender=carry_out)
    return done


@task()
def carry_out_erasures() -> int:
    """Carry out what waits; returns how many persons were erased. A killed one goes on where it was."""
    from viaggio.store.progress import told
    from viaggio.web.shared.workspace import workspace

    here = workspace()
    with told(here) as on_progress:
        return len(carry_out(here, on_progress=on_progress))


def take_up() -> bool:
    """Queue what a process that ended has left undone; whether there was anything."""
    from viaggio.store.erasure import again, begun
    from viaggio.web.shared.workspace import workspace

    here = workspace()
    waits = bool(begun(here) or again(here))
    if waits:
        carry_out_erasures.enqueue()
    return waits
