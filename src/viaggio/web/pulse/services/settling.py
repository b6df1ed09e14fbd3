"""Settling: what was answered and how asking ended leaves the records for the landing, and so for the facts.

A batch takes the rows whose `settled` lags behind their `change`, lands what they say now, and only then
notes which change the facts know. Killed in between, the next batch lands the same rows again, and the fold
drops what it knows. Row ids come from the response and the item, so nothing is ever counted twice.

Anonymous boxes are settled when their wave is closed, in an order and with a time that say nothing.
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import FETCH_RAISE, F, Q, QuerySet

from viaggio.web.pulse.models import AnonymousBox, Invitation, Quota, Response
from viaggio.web.pulse.services.answer_rows import anonymous_rows, response_rows, withdrawn_rows
from viaggio.web.pulse.services.answering import OPEN_FOR
from viaggio.web.pulse.services.ledger_files import (
    coverage_row,
    fielding_folder,
    land_files,
    write_rows,
)
from viaggio.web.shared.folding import fold_soon
from viaggio.web.shared.prepared import Update

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

BATCH = 5_000
"""Responses and invitations of one item, at most each."""
AT_ONCE = 250
"""Rows noted in one transaction: SQLite has one writer at a time."""
BREATH_SECONDS = 0.02
"""Nobody holds the lock that long between two transactions: whoever answers gets in. A gap, not a wait."""
_NOT_ASKED = ("pulse__name", "pulse__plan", "pulse__pages", "wave__counts")
_NOT_OF_INVITATION = ("shown", "address")
_NOT_OF_RESPONSE = ("shown", "answers", "flags", "landed")
_landed = Update(Response, "landed", guarded=False)
_response_settled = Update(Response, "settled", guarded=False)
_invitation_settled = Update(Invitation, "settled", guarded=False)

type Written = tuple[str, dict[str, Any]]
"""Key of a row, and what is written into it."""

SHORTEST = timedelta(seconds=60)
LONGEST = timedelta(minutes=15)
BUSY = 100
"""So many waiting rows halve the time to the next item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What one batch brought to the landing: rows by table, and the item's number (None: nothing waited)."""

    item: int | None = None
    responses: int = 0
    invitations: int = 0
    answers: int = 0
    texts: int = 0

    @property
    def full(self) -> bool:
        """Whether more may wait than this batch could take."""
        return max(self.responses, self.invitations) >= BATCH


def wait_for(rows: int) -> timedelta:
    """Between two items while so many rows wait: a quarter of an hour when it is quiet, a minute when busy.

    So a day has 96 items at little traffic and never more than 1,440.
    """
    return max(SHORTEST, LONGEST / (1 + rows / BUSY))


def unsettled_responses(now: datetime) -> QuerySet[Response]:
    """Responses that count and that the facts do not know as they are: complete, or partial for good."""
    final = Q(invitation__isnull=False, invitation__expires_at__lte=now) | Q(
        invitation__isnull=True, started_at__lte=now - OPEN_FOR
    )
    counts = Q(state="complete") | (Q(state="partial") & final)
    return Response.objects.filter(counts, settled__lt=F("change"))


def unsettled_invitations() -> QuerySet[Invitation]:
    """Invitations whose outcome the facts do not know."""
    return Invitation.objects.filter(settled__lt=F("change"))


def waiting(now: datetime) -> int:
    """How many rows wait, counted up to the size of a batch."""
    found = unsettled_responses(now).values("pk")[:BATCH].count()
    return found + unsettled_invitations().values("pk")[:BATCH].count()


def settle(ws: "Workspace", *, now: datetime) -> Settled:
    """Land one batch of what waits; to be called under the fielding lock, again until nothing is left."""
    responses = list(
        unsettled_responses(now)
        .select_related("pulse", "wave", "invitation")
        .defer(*_NOT_ASKED, *(f"invitation__{name}" for name in _NOT_OF_INVITATION))
        .fetch_mode(FETCH_RAISE)
        .order_by("id")[:BATCH]
    )
    invitations = list(
        unsettled_invitations()
        .select_related("pulse", "wave", "response")
        .defer(*_NOT_ASKED, *_NOT_OF_INVITATION, *(f"response__{name}" for name in _NOT_OF_RESPONSE))
        .fetch_mode(FETCH_RAISE)
        .order_by("id")[:BATCH]
    )
    if not responses and not invitations:
        return Settled()
    rows: dict[str, list[dict[str, Any]]] = {"coverage": [], "answers": [], "texts": []}
    limited = set(Quota.objects.values_list("pulse_id", flat=True))
    more: list[Written] = []
    for response in responses:
        made = response_rows(response, quota=response.pulse_id in limited)
        keys = [row["id"] for table in made.values() for row in table]
        gone = withdrawn_rows(response, keys)
        for table in ("answers", "texts"):
            rows[table] += made[table] + gone[table]
        if not response.landed or not {*keys} <= {*response.landed}:
            more.append((response.id, {"landed": sorted({*response.landed, *keys})}))
    _few_by_few(_landed, more)  # before: what may be landed is known
    rows["coverage"] = [coverage_row(one, _response_of(one)) for one in invitations]
    item = _land(ws, rows, f"{len(responses)} + {len(invitations)}", now)
    _note(responses, invitations)
    fold_soon()
    return Settled(
        item=item,
        responses=len(responses),
        invitations=len(invitations),
        answers=len(rows["answers"]),
        texts=len(rows["texts"]),
    )


def settle_boxes(ws: "Workspace", *, now: datetime) -> int:
    """Land the anonymous answers of closed waves; returns how many. Under the fielding lock."""
    boxes = AnonymousBox.objects.filter(wave__closed_at__isnull=False).select_related(
        "wave__pulse", "version"
    )
    by_wave: dict[int, list[AnonymousBox]] = defaultdict(list)
    for box in boxes.order_by("wave", "version", "number"):
        by_wave[box.wave_id].append(box)
    landed = 0
    for some in by_wave.values():
        if all(box.settled == len(box.answers) for box in some):
            continue
        pulse = some[0].wave.pulse
        rows = anonymous_rows(some, quota=pulse.quotas.exists())
        _land(ws, rows, f"{pulse.slug} {some[0].wave.code}", now)
        with transaction.atomic():
            for box in some:
                AnonymousBox.objects.filter(pk=box.pk).update(settled=len(box.answers), spent=[])
        landed += sum(len(box.answers) for box in some)
        fold_soon()
    return landed


def _response_of(invitation: Invitation) -> str | None:
    """The response that counts; an anonymous invitation never has one."""
    found: Response | None = getattr(invitation, "response", None)
    return found.id if found is not None and found.state != "provisional" else None


def _land(ws: "Workspace", rows: dict[str, list[dict[str, Any]]], label: str, now: datetime) -> int | None:
    """Land the tables that have rows, in order of id: what is settled again has the same bytes."""
    with TemporaryDirectory(dir=fielding_folder(ws), prefix="batch-") as folder:
        files = {}
        for table in sorted(rows):
            if rows[table]:
                path = Path(folder) / f"{table}.parquet"
                write_rows(path, table, sorted(rows[table], key=lambda row: str(row["id"])))
                files[path.name] = path
        return land_files(ws, files, label, now=now).seq if files else None


def _note(responses: Sequence[Response], invitations: Iterable[Invitation]) -> None:
    """The facts know these changes now; what has changed since then waits for the next batch."""
    _few_by_few(_invitation_settled, [(one.id, {"settled": one.change}) for one in invitations])
    _few_by_few(_response_settled, [(one.id, {"settled": one.change}) for one in responses])


def _few_by_few(update: Update[Any], rows: Sequence[Written]) -> None:
    """Write rows in short transactions, with a breath between them for those who answer meanwhile."""
    for first in range(0, len(rows), AT_ONCE):
        if first:
            time.sleep(BREATH_SECONDS)
        with transaction.atomic():
            update.many(rows[first : first + AT_ONCE])
