"""Pages of customers: search, business accounts, one customer whole. Every look at a person is recorded."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from viaggio.kernel import BadWorkspace
from viaggio.web.customer.names import MOMENTS
from viaggio.web.customer.services import lists
from viaggio.web.customer.services.story import story_cells
from viaggio.web.customer.services.whole import FILE_MOMENTS, Asked, catalogue_of, record_of, whole
from viaggio.web.shared.audit import record, text_mark
from viaggio.web.shared.export import table_response, wants_table
from viaggio.web.shared.names import PHASES, SEGMENTS
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import current_engine

if TYPE_CHECKING:
    from viaggio.customer.model import CustomerRecord
    from viaggio.store.engine import Engine


def engine_or_404() -> "Engine":
    """The engine; a server without a workspace has no customers."""
    try:
        return current_engine()
    except BadWorkspace as error:
        raise Http404(_("There is no workspace.")) from error


def key_or_404(text: str) -> int:
    """The key of the address."""
    from viaggio.store.history import UnknownCustomer
    from viaggio.store.plain_record import read_key

    try:
        return read_key(text)
    except UnknownCustomer as error:
        raise Http404(_("There is no such customer.")) from error


def asked_text(request: HttpRequest, name: str = "q") -> str:
    """A search word of the address, without what no name holds."""
    return request.GET.get(name, "").replace("\0", "").strip()[:200]


def _tell_who_was_seen(request: HttpRequest, where: str, page: lists.Lines) -> None:
    """A list with names is a look at these persons."""
    if page.rows:
        record(request, "customer.listed", where, customers=[str(line.key) for line in page.rows])


@needs(Right.SEE_CUSTOMERS)
@require_safe
def customers(request: HttpRequest) -> HttpResponse:
    """Search by name, e-mail, phone, customer number or order; everybody for an empty search."""
    from viaggio.store.history import BadCursor

    engine, text = engine_or_404(), asked_text(request)
    segment = request.GET.get("segment", "")
    segment = segment if segment in SEGMENTS else ""
    if wants_table(request):
        columns, rows = lists.customers_file(engine, text, segment or None)
        return table_response(request, columns, rows, "customers")
    try:
        page = lists.found_lines(engine, text, segment or None, request.GET.get("after") or None)
    except BadCursor as error:
        raise Http404(_("This page of the list does not exist.")) from error
    _tell_who_was_seen(request, f"search {text_mark(text)}".strip(), page)
    return render(
        request,
        "customer/customers.html",
        {"page": page, "q": text, "segment": segment, "segments": SEGMENTS.items(), "limit": lists.FILE_ROWS},
    )


@needs(Right.SEE_CUSTOMERS)
@require_safe
def accounts(request: HttpRequest) -> HttpResponse:
    """Business customers with the number of their contacts."""
    from viaggio.store.history import BadCursor

    engine, text = engine_or_404(), asked_text(request)
    if wants_table(request):
        columns, rows = lists.accounts_file(engine, text)
        return table_response(request, columns, rows, "accounts")
    try:
        page = lists.account_lines(engine, text, request.GET.get("after") or None)
    except BadCursor as error:
        raise Http404(_("This page of the list does not exist.")) from error
    _tell_who_was_seen(request, f"accounts {text_mark(text)}".strip(), page)
    return render(request, "customer/accounts.html", {"page": page, "q": text})


def found_or_404(engine: "Engine", key: str, asked: Asked, **more: Any) -> "CustomerRecord":
    """The record of the address."""
    from viaggio.store.history import BadCursor, UnknownCustomer

    try:
        return record_of(engine, key_or_404(key), asked, **more)
    except UnknownCustomer as error:
        raise Http404(_("There is no such customer.")) from error
    except BadCursor as error:
        raise Http404(_("This page of the time line does not exist.")) from error


@needs(Right.SEE_CUSTOMERS)
@require_safe
def show(request: HttpRequest, key: str) -> HttpResponse:
    """One customer: profile, identifiers, consents, decisions, time line."""
    engine = engine_or_404()
    asked = Asked.of(request.GET)
    if wants_table(request):
        found = found_or_404(engine, key, asked, limit=FILE_MOMENTS)
        record(request, "customer.exported", str(found.profile.customer))
        columns, rows = story_cells(found.timeline, catalogue_of(engine))
        return table_response(request, columns, rows, f"customer {found.profile.customer}")
    found = found_or_404(engine, key, asked)
    record(request, "customer.seen", str(found.profile.customer))
    return render(request, "customer/show.html", shown(engine, found, asked))


def shown(engine: "Engine", found: "CustomerRecord", asked: Asked) -> Mapping[str, Any]:
    """What the page of one customer needs."""
    return {"page": whole(engine, found), "asked": asked, "kinds": MOMENTS.items(), "phases": PHASES.items()}
