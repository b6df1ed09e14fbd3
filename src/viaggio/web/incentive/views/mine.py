"""My statements: what I earned, how it was worked out, what I say about it."""

from typing import Any, cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from viaggio.kernel import ViaggioError
from viaggio.measure.catalogue import CATALOGUE
from viaggio.web.incentive.forms.disputes import DisputeForm, WelfareForm
from viaggio.web.incentive.models import Acknowledgement, AwardLine, Dispute, Employee, Run
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import disputes as disputing
from viaggio.web.incentive.services import plans, statements
from viaggio.web.incentive.services.dispute_page import own_disputes
from viaggio.web.incentive.services.figure_page import figure_page, sources_of
from viaggio.web.incentive.services.figure_scope import smallest_cell, touchpoint_rows
from viaggio.web.incentive.services.goals_page import goals_of
from viaggio.web.incentive.services.mine_page import summaries
from viaggio.web.incentive.services.payroll import elect_welfare
from viaggio.web.incentive.services.statement import Source, Statement
from viaggio.web.incentive.services.statement_page import statement_page
from viaggio.web.incentive.services.statement_pdf import statement_pdf
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import may, needs, scope_of
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import current_engine


def me(request: HttpRequest) -> User:
    """Who asks."""
    return cast("User", request.user)


def employee_of(request: HttpRequest) -> Employee | None:
    """The employee that this person is; None for somebody whom no plan can pay."""
    return Employee.objects.filter(user=me(request)).first()


def own_or_404(request: HttpRequest, code: str) -> tuple[Run, Employee]:
    """A published run of the person who asks. Whatever is not one's own does not exist."""
    employee = employee_of(request)
    run = get_object_or_404(Run.objects.select_related("version__plan", "snapshot"), code=code)
    if employee is None or run not in list(statements.runs_of(employee)):
        raise Http404(_("There is no such statement of yours."))
    return run, employee


def statement_or_404(request: HttpRequest, run: Run, employee: Employee) -> Statement:
    """The statement, when this person may see it."""
    try:
        return statements.read(run, employee, by=me(request))
    except (AwardLine.DoesNotExist, PermissionDenied) as error:
        raise Http404(_("There is no such statement of yours.")) from error


@needs(Right.SEE_OWN_STATEMENT)
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """My statements, goals and objections."""
    employee = employee_of(request)
    context: dict[str, Any] = {"statements": [], "goals": [], "disputes": []}
    if employee is not None:
        context = {
            "statements": summaries(employee),
            "goals": goals_of(employee),
            "disputes": own_disputes(employee),
        }
    return render(request, "incentive/mine/list.html", context)


@needs(Right.SEE_OWN_STATEMENT)
@require_safe
def statement(request: HttpRequest, code: str) -> HttpResponse:
    """One statement of mine."""
    run, employee = own_or_404(request, code)
    return shown(request, run, employee)


def shown(
    request: HttpRequest,
    run: Run,
    employee: Employee,
    form: DisputeForm | None = None,
    welfare: WelfareForm | None = None,
) -> HttpResponse:
    """The page of an own statement, with the forms that were filled in wrongly."""
    told = statement_or_404(request, run, employee)
    page = statement_page(told, address_for(request, told), touchpoint_rows())
    if form is None and told.may_dispute:
        form = DisputeForm(lines=line_choices(page))
    if welfare is None and may_elect(told, run):
        welfare = WelfareForm(initial={"amount": f"{told.welfare_cents / 100:.2f}"})
    context = {
        "own": True,
        "statement": told,
        "page": page,
        "form": form,
        "welfare": welfare,
        "disputes": own_disputes(employee, run),
        "newer": reverse("incentive:statement", args=[told.corrected_by]) if told.corrected_by else "",
        "pdf": reverse("incentive:statement-pdf", args=[run.code]),
    }
    status = 400 if (form and form.errors) or (welfare and welfare.errors) else 200
    return render(request, "incentive/mine/statement.html", context, status=status)


def line_choices(page: Any) -> list[tuple[str, str]]:
    """The lines of a statement by their place."""
    return [(line.place, line.name) for stay in page.stays for line in stay.lines]


def may_elect(statement: Statement, run: Run) -> bool:
    """Whether welfare can still be chosen: something is paid, and it has not gone to pay-roll."""
    return run.state == "published" and statement.payable_cents > 0 and statement.legal_basis == "PDR"


def sees_all_figures(user: User) -> bool:
    """Whether the score pages show this person the company's figures, and not those of the own function."""
    return may(user, Right.SEE_FIGURES) and not scope_of(user).where


def address_for(request: HttpRequest, statement: Statement) -> Any:
    """The page of each figure: the score page, or a small page of totals for who may not open that one.

    Somebody who sees the own function's rows only would find another figure there. The small page also shows
    what no score page can: answers without those of a pulse on which no pay is built.
    """
    numbers = {source: number for number, source in enumerate(sources_of(statement), start=1)}
    all_figures = sees_all_figures(me(request))

    def address(source: Source) -> str:
        if source.metric not in CATALOGUE:  # what two people entered stands on no page
            return ""
        if all_figures and source.page:
            return source.page
        return reverse("incentive:figure", args=[statement.run, numbers[source]])

    return address


@needs(Right.SEE_OWN_STATEMENT)
@require_safe
def pdf(request: HttpRequest, code: str) -> HttpResponse:
    """My statement as a PDF."""
    run, employee = own_or_404(request, code)
    return as_pdf(statement_or_404(request, run, employee))


def as_pdf(told: Statement) -> HttpResponse:
    """The file of a statement."""
    answer = HttpResponse(statement_pdf(told, touchpoint_rows()), content_type="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{told.run}-{told.person}.pdf"'
    return answer


@needs(Right.SEE_OWN_STATEMENT)
@require_safe
def figure(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """A figure behind my statement, in totals only."""
    run, employee = own_or_404(request, code)
    told = statement_or_404(request, run, employee)
    sources = sources_of(told)
    if not 1 <= number <= len(sources) or sources[number - 1].metric not in CATALOGUE:
        raise Http404(_("There is no such figure in your statement."))
    page = figure_page(sources[number - 1], current_engine(), touchpoint_rows(), smallest_cell(run))
    return render(request, "incentive/mine/figure.html", {"page": page, "statement": told})


@needs(Right.SEE_OWN_STATEMENT)
@require_POST
def object_to(request: HttpRequest, code: str) -> HttpResponse:
    """Object to my statement."""
    run, employee = own_or_404(request, code)
    told = statement_or_404(request, run, employee)
    page = statement_page(told, address_for(request, told), touchpoint_rows())
    form = DisputeForm(request.POST, request.FILES, lines=line_choices(page))
    if not form.is_valid():
        return shown(request, run, employee, form=form)
    given = form.cleaned_data
    file = given["attachment"]
    try:
        disputing.open_dispute(
            run, employee, reason=given["reason"], text=given["text"], line=given["line"],
            by=me(request), now=timezone.now(),
            attachment=file.read() if file else b"", attachment_name=file.name[-120:] if file else "",
        )  # fmt: skip
    except ViaggioError as error:
        messages.error(request, problem_words(error))
    else:
        messages.success(request, _("Your objection was sent. You find every step of it here."))
    return redirect(reverse("incentive:statement", args=[code]) + "#object")


@needs(Right.SEE_OWN_STATEMENT)
@require_POST
def appeal(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a second look at a decision about my objection."""
    dispute = get_object_or_404(Dispute, pk=pk, employee__user=me(request))
    text = request.POST.get("text", "").strip()[:4000]
    try:
        disputing.appeal(dispute, text=text, by=me(request), now=timezone.now())
    except ViaggioError as error:
        messages.error(request, problem_words(error))
    else:
        messages.success(request, _("Somebody else will look at it."))
    return redirect(reverse("incentive:statement", args=[dispute.run.code]) + "#object")


@needs(Right.SEE_OWN_STATEMENT)
@require_POST
def welfare(request: HttpRequest, code: str) -> HttpResponse:
    """Choose what part of my award is taken as welfare."""
    run, employee = own_or_404(request, code)
    form = WelfareForm(request.POST)
    if not form.is_valid():
        return shown(request, run, employee, welfare=form)
    try:
        elect_welfare(run, employee, form.cents, by=me(request), now=timezone.now())
    except ViaggioError as error:
        messages.error(request, problem_words(error))
    else:
        messages.success(request, _("Your choice is saved."))
    return redirect(reverse("incentive:statement", args=[code]) + "#welfare")


@needs(Right.SEE_OWN_STATEMENT)
@require_POST
def acknowledge(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that I know my goals."""
    goals = get_object_or_404(Acknowledgement, pk=pk, employee__user=me(request))
    plans.acknowledge(goals.version, goals.employee, by=me(request), now=timezone.now())
    messages.success(request, _("Thank you. The day is kept."))
    return redirect("incentive:mine")
