"""What the queue, the alerts and the tasks say of a person. Refusals to be written to stay, as digests."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django_tasks_db.models import DBTaskResult

from viaggio.web.shared.erasing.texts import Texts
from viaggio.web.shared.models import Alert, Outgoing, Suppression

if TYPE_CHECKING:
    from viaggio.store.erasure import Request
    from viaggio.store.workspace import Workspace

_TEXTS = (
    Texts(Alert, ("data",)),
    Texts(Suppression, ("origin",)),
    Texts(DBTaskResult, ("args_kwargs", "return_value", "traceback")),
)


class PostKeeper:
    """Mails, messages and calls by address or by what they say; texts of alerts and of tasks."""

    def settle(self, ws: "Workspace") -> None:
        """Nothing of it lands."""

    def look(self, request: "Request") -> Mapping[str, int]:
        """Rows of the queue, and texts."""
        texts = sum(1 for one in _TEXTS for _ in one.named(request.traces))
        return {"records.messages": messages_naming(request).count(), "records.texts": texts}

    def erase(self, request: "Request") -> None:
        """Empty the rows of the queue, and withdraw those still to be sent."""
        forget(messages_naming(request))
        for one in _TEXTS:
            one.silence(request.traces)


def messages_naming(request: "Request") -> QuerySet[Outgoing]:
    """Rows whose address, words or answer name the person."""
    loose = request.traces.loose
    rows = Outgoing.objects.annotate(payload_text=Cast("payload", TextField()))
    asked = Q(to__iregex=loose) | Q(payload_text__iregex=loose) | Q(answer__iregex=loose)
    named = [
        row.pk
        for row in rows.filter(asked).iterator(chunk_size=500)
        if request.traces.found(" ".join((row.to, str(row.payload), row.answer)))
    ]
    return Outgoing.objects.filter(pk__in=named)


def forget(rows: QuerySet[Outgoing]) -> int:
    """Throw away words and addresses of rows; what was still to be sent is withdrawn."""
    keys = list(rows.values_list("pk", flat=True))
    rows = Outgoing.objects.filter(pk__in=keys)
    rows.filter(state__in=("waiting", "sending")).update(state="withdrawn")
    rows.exclude(kind="webhook").update(to="")
    return rows.update(payload={}, answer="erased")
