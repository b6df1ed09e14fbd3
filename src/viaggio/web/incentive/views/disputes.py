"""The desk of objections: confirm, look, decide with a written reason, close."""

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.forms.disputes import DecisionForm
from viaggio.web.incentive.models import Dispute, Run
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import disputes as disputing
from viaggio.web.incentive.services.dispute_page import desk, page_of
from viaggio.web.incentive.views.mine import me
from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

OPEN = ("open", "acknowledged")
DECIDED = ("upheld", "partly", "rejected")


def dispute_or_404(pk: int) -> Dispute:
    """The objection of the address."""
    rows = Dispute.objects.select_related("run__version", "employee", "correction", "reviewer")
    return get_object_or_404(rows, pk=pk)


@needs(Right.REVIEW_DISPUTES)
@require_safe
def disputes(request: HttpRequest) -> HttpResponse:
    """All objections: those that wait, then those that were decided."""
    rows = list(Dispute.objects.select_related("run__version", "employee", "correction"))
    now = timezone.now()
    if rows:
        record(
            request,
            "incentive.disputes.listed",
            "disputes",
            people=sorted({d.employee.pseudonym for d in rows}),
        )
    context = {
        "waiting": desk((d for d in rows if d.state in OPEN), me(request), now),
        "decided": desk((d for d in rows if d.state in DECIDED), me(request), now),
        "closed": desk((d for d in rows if d.state == "closed"), me(request), now),
    }
    return render(request, "incentive/disputes/list.html", context)


@needs(Right.REVIEW_DISPUTES)
@require_safe
def dispute(request: HttpRequest, pk: int) -> HttpResponse:
    """One objection."""
    found = dispute_or_404(pk)
    record(request, "incentive.dispute.seen", found.employee.pseudonym, dispute=found.pk)
    return _shown(request, found)


def _shown(request: HttpRequest, found: Dispute, form: DecisionForm | None = None) -> HttpResponse:
    page = page_of(found, me(request), timezone.now())
    if form is None and found.state == "acknowledged" and page.may_review:
        form = DecisionForm()
    settling = found.state in DECIDED and page.may_review
    context = {
        "one": page,
        "form": form,
        "acknowledges": found.state == "open" and page.may_review,
        "settles": settling,
        "corrections": _corrections(found) if settling else [],
    }
    status = 400 if form and form.errors else 200
    return render(request, "incentive/disputes/dispute.html", context, status=status)


def _corrections(found: Dispute) -> list[Run]:
    """Published runs that corrected the one objected to."""
    return list(
        Run.objects.filter(
            version=found.run.version, part=found.run.part, number__gt=found.run.number,
            published_at__isnull=False,
        )
    )  # fmt: skip


@needs(Right.REVIEW_DISPUTES)
@require_safe
def attachment(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper that came with an objection, to be saved, never shown in the page."""
    found = dispute_or_404(pk)
    if not found.attachment:
        raise Http404(_("No paper came with it."))
    record(request, "incentive.dispute.attachment", found.employee.pseudonym, dispute=found.pk)
    answer = HttpResponse(bytes(found.attachment), content_type="application/octet-stream")
    ending = found.attachment_name.rpartition(".")[2].lower()
    ending = ending if ending.isalnum() and ending.isascii() else "bin"
    answer.headers["Content-Disposition"] = f'attachment; filename="objection-{pk}.{ending}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    return answer


@needs(Right.REVIEW_DISPUTES)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm that it was received; whoever does reviews it."""
    found = dispute_or_404(pk)
    return _done(
        request, pk, lambda: disputing.acknowledge(found, by=me(request), now=timezone.now()),
        _("It is confirmed. You review it."),
    )  # fmt: skip


@needs(Right.REVIEW_DISPUTES)
@require_POST
def decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Decide with a written reason."""
    found = dispute_or_404(pk)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, form)
    given = form.cleaned_data
    return _done(
        request, pk,
        lambda: disputing.decide(
            found, given["outcome"], answer=given["answer"], by=me(request), now=timezone.now()
        ),
        _("It is decided. The person can read why."),
    )  # fmt: skip


@needs(Right.REVIEW_DISPUTES)
@require_POST
def settle(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a decided objection, with the run that set it right where there is one."""
    found = dispute_or_404(pk)
    code = request.POST.get("correction", "")
    correction = next((run for run in _corrections(found) if run.code == code), None)
    return _done(
        request, pk, lambda: disputing.settle(found, correction, by=me(request), now=timezone.now()),
        _("It is closed."),
    )  # fmt: skip


def _done(request: HttpRequest, pk: int, step: Callable[[], object], words: str) -> HttpResponse:
    try:
        step()
    except ViaggioError as error:
        messages.error(request, problem_words(error))
    else:
        messages.success(request, words)
    return redirect("incentive:dispute", pk=pk)
