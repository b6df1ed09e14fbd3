"""How the post stands: what waits, what went out, what came back; rows of the log for people."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Min, Q, QuerySet
from django.utils import timezone

from viaggio.web.shared.models import Outgoing, Suppression, WebhookEndpoint
from viaggio.web.shared.post import queue
from viaggio.web.shared.post.setup import BadConnection, Connections, connections

LATELY = timedelta(days=7)
SHOWN = 8  # newest failures


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Figures of the post: now waiting, sent since midnight, what went wrong in the last seven days."""

    waiting: int
    sent_today: int
    bounced: int
    failed: int
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the log, its address shortened so that it names nobody."""

    row: Outgoing
    to: str

    @property
    def again(self) -> bool:
        """Whether it can be sent once more."""
        return bool(self.row.payload) and self.row.state in queue.REPEATABLE


def setup_or_fault() -> tuple[Connections | None, BadConnection | None]:
    """What is set up, or why it can not be used."""
    try:
        return connections(), None
    except BadConnection as fault:
        return None, fault


def counts(*, now: datetime) -> Counts:
    """Figures over all kinds of post."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    lately = Q(queued_at__gte=now - LATELY)
    found = Outgoing.objects.aggregate(
        waiting=Count("pk", filter=Q(state__in=["waiting", "sending"])),
        sent_today=Count("pk", filter=Q(state="sent", sent_at__gte=midnight)),
        bounced=Count("pk", filter=Q(state="bounced") & lately),
        failed=Count("pk", filter=Q(state="failed") & lately),
        next_due=Min("due_at", filter=Q(state="waiting")),
    )
    return Counts(**found)


def rows(*, kind: str = "", state: str = "", endpoint: WebhookEndpoint | None = None) -> QuerySet[Outgoing]:
    """Rows of the log, newest first."""
    found = Outgoing.objects.order_by("-id")
    if kind in Outgoing.KINDS:
        found = found.filter(kind=kind)
    if state in Outgoing.STATES:
        found = found.filter(state=state)
    if endpoint is not None:
        found = found.filter(key__startswith=f"webhook:{endpoint.pk}:")
    return found


def shown(found: QuerySet[Outgoing] | list[Outgoing]) -> list[Row]:
    """The rows as people may see them."""
    return [Row(row, shortened(row)) for row in found]


def shortened(row: Outgoing) -> str:
    """An address that tells rows apart and names nobody: `a…@example.com`, `…4567`; a URL as it is."""
    if row.kind == "webhook" or not row.to:
        return row.to
    name, at, domain = row.to.partition("@")
    return f"{name[:1]}…@{domain}" if at else f"…{row.to[-4:]}"


def failures() -> list[Row]:
    """The newest rows that did not arrive."""
    found = Outgoing.objects.filter(state__in=["failed", "bounced"]).order_by("-id")
    return shown(list(found[:SHOWN]))


@dataclass(frozen=True, slots=True)
class EndpointState:
    """An endpoint with its last call."""

    endpoint: WebhookEndpoint
    last: Outgoing | None
    waiting: int


def endpoints() -> list[EndpointState]:
    """All endpoints, each with its last call and how many wait."""
    found = []
    for endpoint in WebhookEndpoint.objects.all():
        calls = rows(kind="webhook", endpoint=endpoint)
        waiting = calls.filter(state__in=["waiting", "sending"]).count()
        found.append(EndpointState(endpoint, calls.first(), waiting))
    return found


def suppressions() -> list[tuple[str, int]]:
    """How many addresses are not written to, by kind."""
    kinds = Suppression.objects.values_list("kind").annotate(n=Count("pk")).order_by("-n", "kind")
    return [(str(kind), int(n)) for kind, n in kinds]
