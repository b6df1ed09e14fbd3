"""What the auditor reads: any statement, the ledger with its chain; each look is recorded."""

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from viaggio.web.incentive.models import AwardLine, Employee, LedgerEntry, Run
from viaggio.web.incentive.services import ledger, statements
from viaggio.web.incentive.services.dispute_page import own_disputes
from viaggio.web.incentive.services.figure_scope import touchpoint_rows
from viaggio.web.incentive.services.statement import Source, Statement
from viaggio.web.incentive.services.statement_page import statement_page
from viaggio.web.incentive.services.statement_words import ENTRY_KINDS
from viaggio.web.incentive.services.totals_page import run_choices
from viaggio.web.incentive.views.mine import as_pdf, me
from viaggio.web.incentive.views.unit import PUBLISHED
from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

PAGE = 100
READABLE = (*PUBLISHED, "superseded")


@needs(Right.SEE_ALL_STATEMENTS)
@require_safe
def all_statements(request: HttpRequest) -> HttpResponse:
    """Settlements, and the pseudonyms of the one that was chosen."""
    code = request.GET.get("run", "")
    rows = AwardLine.objects.filter(run__code=code, run__state__in=READABLE).order_by("person")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    if code and page.object_list:
        record(request, "incentive.statements.listed", code, page=page.number)
    context = {"runs": run_choices(READABLE), "chosen": code, "page": page}
    return render(request, "incentive/statements/list.html", context)


def read_or_404(request: HttpRequest, code: str, person: str) -> Statement:
    """A statement of anybody, read and recorded by the service."""
    run = get_object_or_404(
        Run.objects.select_related("version__plan", "snapshot"), code=code, state__in=READABLE
    )
    employee = get_object_or_404(Employee, pseudonym=person)
    try:
        return statements.read(run, employee, by=me(request))
    except (AwardLine.DoesNotExist, PermissionDenied) as error:
        raise Http404(_("There is no such statement.")) from error


@needs(Right.SEE_ALL_STATEMENTS)
@require_safe
def any_statement(request: HttpRequest, code: str, person: str) -> HttpResponse:
    """One statement, read only."""
    told = read_or_404(request, code, person)
    context = {
        "own": False,
        "statement": told,
        "page": statement_page(told, _score_page, touchpoint_rows()),
        "disputes": own_disputes(Employee.objects.get(pseudonym=person), Run.objects.get(code=code)),
        "newer": reverse("incentive:any-statement", args=[told.corrected_by, person])
        if told.corrected_by
        else "",
        "pdf": reverse("incentive:any-statement-pdf", args=[code, person]),
    }
    return render(request, "incentive/mine/statement.html", context)


@needs(Right.SEE_ALL_STATEMENTS)
@require_safe
def any_pdf(request: HttpRequest, code: str, person: str) -> HttpResponse:
    """One statement as a PDF."""
    return as_pdf(read_or_404(request, code, person))


def _score_page(source: Source) -> str:
    return source.page


@needs(Right.SEE_ALL_STATEMENTS)
@require_safe
def the_ledger(request: HttpRequest) -> HttpResponse:
    """The ledger, newest first, and whether its chain holds."""
    page = Paginator(LedgerEntry.objects.order_by("-seq"), PAGE).get_page(request.GET.get("page"))
    record(request, "incentive.ledger.seen", "ledger", page=page.number)
    rows = [(entry, ENTRY_KINDS.get(entry.kind, entry.kind)) for entry in page.object_list]
    context = {"page": page, "rows": rows, "chain": ledger.check()}
    return render(request, "incentive/statements/ledger.html", context)
