"""Pages about the data that are here: sources, imports, one import with its rejected rows, progress."""

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.core.paginator import Paginator
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from viaggio.kernel import BadWorkspace
from viaggio.store.landing import mapping_text
from viaggio.store.rejected import first_rejected
from viaggio.store.status import ItemStatus, item_statuses
from viaggio.store.workspace import Workspace
from viaggio.web.data.services import uploads
from viaggio.web.data.services.files import File, NoSuchTable, home_file, import_file, imports_file
from viaggio.web.data.services.imports import (
    all_imports,
    import_of,
    reason_lines,
    running_fold,
    stage_name,
    table_lines,
)
from viaggio.web.data.services.moments import moment_of
from viaggio.web.data.services.state import Cell, coverage_table, kind_lines, source_lines
from viaggio.web.data.words import said
from viaggio.web.shared.audit import record
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.folding import fold_landed
from viaggio.web.shared.names import code_name
from viaggio.web.shared.permissions import may, needs
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import current_engine, workspace

if TYPE_CHECKING:
    from pathlib import Path

NEWEST = 8  # imports on the first page
PAGE = 25  # imports on a page of the whole list
SHOWN = 50  # rejected rows
LATE = timedelta(seconds=15)  # after which somebody may ask why nothing happens


def _today() -> date:
    return timezone.localdate()


def _as_file(request: HttpRequest, file: File) -> HttpResponse:
    return table_response(request, file.columns, file.rows, file.name)


@needs(Right.SEE_DATA)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """How the data are: sources, newest imports, coverage; the first steps while nothing has arrived."""
    ws, today = workspace(), _today()
    engine = current_engine()
    if wants_table(request):
        try:
            return _as_file(request, home_file(request.GET.get("table", "sources"), ws, engine, today))
        except NoSuchTable as error:
            raise Http404(_("There is no such table.")) from error
    uploads.sweep(ws, now=timezone.now())
    found = all_imports(ws)
    if not found:
        return render(request, "data/first_run.html")
    there, missing = kind_lines(engine.manifest)
    covered = coverage_table(engine, today, ws.settings.minimum_cell)
    page = {
        "sources": source_lines(ws, today),
        "imports": found[:NEWEST],
        "total": len(found),
        "coverage": covered,
        "phases": [
            {"name": code_name("phase", phase), "class": f"f{place}"}
            for place, phase in enumerate(covered.phases, start=1)
        ],
        "rows": [
            {"name": code_name("channel", channel), "cells": [_linked(cell) for cell in cells]}
            for channel, cells in covered.rows
        ],
        "there": there,
        "missing": missing,
        "progress": _progress(ws),
    }
    return render(request, "data/home.html", page)


def _linked(cell: Cell | None) -> dict[str, Any] | None:
    """A cell with the address of the journey there."""
    if cell is None:
        return None
    query = urlencode({"phase": cell.phase, "channel": cell.channel})
    return {"cell": cell, "href": f"{reverse('journey:home')}?{query}"}


@needs(Right.SEE_DATA)
@require_safe
def imports(request: HttpRequest) -> HttpResponse:
    """Every import, newest first."""
    ws = workspace()
    if wants_table(request):
        return _as_file(request, imports_file(ws))
    page = Paginator(all_imports(ws), PAGE).get_page(request.GET.get("page"))
    return render(request, "data/imports.html", {"page": page, "progress": _progress(ws)})


def _status_or_404(ws: Workspace, seq: int) -> ItemStatus:
    for status in item_statuses(ws):
        if status.item.seq == seq:
            return status
    raise Http404(_("There is no such import."))


@needs(Right.SEE_DATA)
@require_safe
def one_import(request: HttpRequest, seq: int) -> HttpResponse:
    """One import: files, how they were read, what became of their rows, those kept apart."""
    ws = workspace()
    status = _status_or_404(ws, seq)
    if wants_table(request):
        try:
            return _as_file(request, import_file(request.GET.get("table", "counts"), status))
        except NoSuchTable as error:
            raise Http404(_("There is no such table.")) from error
    page = {
        "it": import_of(status, running_fold(ws)),
        "status": status,
        "item": status.item,
        "tables": table_lines(status),
        "mapping": mapping_text(ws, status.item) if status.item.kind == "mapping" else "",
        "reasons": reason_lines(status.rejects),
        "rejected": _rejected(request, status),
        "shown": SHOWN,
        "reject_files": list(enumerate((path.name for path in status.rejects), start=1)),
        "progress": _progress(ws, seq) if status.state == "waiting" else None,
    }
    return render(request, "data/import.html", page)


def _rejected(request: HttpRequest, status: ItemStatus) -> list[dict[str, Any]]:
    """The first rejected rows for those who may see customers; looking at them is recorded."""
    if not status.rejects or not may(request.user, Right.SEE_CUSTOMERS):
        return []
    rows = first_rejected(status.rejects, SHOWN)
    record(request, "data.rejects.seen", f"import {status.item.seq}", rows=len(rows))
    return [{"row": row, "reason": said(row.code)} for row in rows]


@needs(Right.SEE_CUSTOMERS)
@require_safe
def rejects(request: HttpRequest, seq: int, number: int) -> FileResponse:
    """The rejected rows of one file, verbatim, to be mended and imported again; taking them is recorded."""
    status = _status_or_404(workspace(), seq)
    if not 1 <= number <= len(status.rejects):
        raise Http404(_("This import has no such file of rejected rows."))
    path: Path = status.rejects[number - 1]
    record(request, "data.rejects.taken", f"import {seq}", file=path.name, rows=status.rejected)
    return FileResponse(
        path.open("rb"), content_type="text/csv; charset=utf-8", as_attachment=True, filename=path.name
    )


def _progress(ws: Workspace, seq: int | None = None) -> dict[str, Any] | None:
    """What the progress part shows; None when nothing runs and nothing of ours waits."""
    now = running_fold(ws)
    landed = {s.item.seq: s.item.landed_at for s in item_statuses(ws) if s.state == "waiting"}
    waiting = list(landed)
    if now is None and not waiting:
        return None
    if seq is not None and seq not in waiting:
        return None
    stage = stage_name(now.stage) if now else ""
    since = min((moment_of(at) for at in landed.values()), default=None)
    late = since is not None and timezone.now() - since > LATE
    return {"now": now, "stage": stage, "waiting": len(waiting), "seq": seq, "late": late}


@needs(Right.SEE_DATA)
@require_safe
def progress(request: HttpRequest) -> HttpResponse:
    """The part of a page that says how far the running import is; at its end the page is loaded anew."""
    asked = request.GET.get("import", "")
    seq = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 9 else None
    try:
        shown = _progress(workspace(), seq)
    except BadWorkspace:
        shown = None
    answer = render(request, "data/progress.html", {"progress": shown})
    if shown is None:
        answer.headers["HX-Refresh"] = "true"
    return answer


@needs(Right.IMPORT_DATA)
@require_POST
def fold_now(request: HttpRequest) -> HttpResponse:
    """Set the background work going for what has landed and waits."""
    fold_landed.enqueue()
    record(request, "data.fold.asked", "landing")
    return redirect("data:home")
