"""The audit page: rows newest first, filtered in the address, with the state of the chain."""

import json
from dataclasses import dataclass
from typing import Self

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from viaggio.web.shared.audit import verify
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.models import AuditEntry
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

PAGE = 50  # rows
CHECKED = 5000  # newest rows whose seals each page view checks; all of them with ?check=all


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the address asks for; empty means all. `before` is the row number to go on below."""

    who: str
    action: str
    subject: str
    before: int | None

    @classmethod
    def from_request(cls, request: HttpRequest) -> Self:
        """Read the query; a `before` that is no number is ignored."""
        before = request.GET.get("before", "")

        def text(name: str) -> str:
            return request.GET.get(name, "").replace("\0", "").strip()  # PostgreSQL refuses NUL

        return cls(
            who=text("who"),
            action=text("action"),
            subject=text("subject"),
            before=int(before) if before.isdecimal() and len(before) < 19 else None,
        )

    def rows(self) -> QuerySet[AuditEntry]:
        """The rows asked for, newest first, without the page cut."""
        rows = AuditEntry.objects.all()
        if self.who:
            rows = rows.filter(actor__icontains=self.who)
        if self.action:
            rows = rows.filter(action__startswith=self.action)
        if self.subject:
            rows = rows.filter(subject__icontains=self.subject)
        return rows


@needs(Right.SEE_AUDIT)
def audit(request: HttpRequest) -> HttpResponse:
    """Who did what, to what, when and from where."""
    wanted = Wanted.from_request(request)
    rows = wanted.rows()
    if wants_table(request):
        columns = [
            _("No."),
            _("When"),
            _("Who"),
            _("What"),
            _("To what"),
            _("Details"),
            _("Address"),
            _("Seal"),
        ]
        cells = (
            (
                r.seq,
                r.at.isoformat(),
                r.actor,
                r.action,
                r.subject,
                json.dumps(r.details, ensure_ascii=False),
                r.address,
                r.digest,
            )
            for r in rows.iterator(chunk_size=2000)
        )
        return table_response(request, columns, cells, "audit")
    if wanted.before is not None:
        rows = rows.filter(seq__lt=wanted.before)
    shown = list(rows[: PAGE + 1])
    rows_there = AuditEntry.objects.count()
    page = {
        "wanted": wanted,
        "rows": shown[:PAGE],
        "older": shown[PAGE - 1].seq if len(shown) > PAGE else None,
        "actions": AuditEntry.objects.order_by("action").values_list("action", flat=True).distinct(),
        "verdict": verify() if request.GET.get("check") == "all" else verify(newest=CHECKED),
        "checked_all": request.GET.get("check") == "all" or rows_there <= CHECKED,
    }
    return render(request, "audit/audit.html", page)
