"""Pages of staff: units, employees by pseudonym, one employee, import of a file."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.forms.staff import PeopleFileForm
from viaggio.web.incentive.models import Employee
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import staff as keeping
from viaggio.web.incentive.services.staff_pages import employee_page, employees, row_of, units_shown
from viaggio.web.incentive.views.plans import me
from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

PAGE = 50


@needs(Right.MANAGE_STAFF)
@require_safe
def staff(request: HttpRequest) -> HttpResponse:
    """The units and the employees."""
    today = timezone.localdate()
    search, unit = request.GET.get("q", "").strip(), request.GET.get("unit", "").strip()
    goals = request.GET.get("goals") == "none"
    found = employees(search=search, unit=unit, without_goals=goals)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    rows = [row_of(employee, today) for employee in page]
    record(request, "incentive.staff.listed", "staff", people=[row.employee.pseudonym for row in rows])
    context = {
        "units": units_shown(today), "rows": rows, "page": page, "q": search, "unit": unit, "goals": goals,
        "total": Employee.objects.count(),
    }  # fmt: skip
    return render(request, "incentive/staff/list.html", context)


@needs(Right.MANAGE_STAFF)
@require_safe
def employee(request: HttpRequest, pseudonym: str) -> HttpResponse:
    """One employee: stays and absences."""
    found = get_object_or_404(Employee, pseudonym=pseudonym)
    record(request, "incentive.employee.seen", found.pseudonym)
    return render(request, "incentive/staff/employee.html", {"page": employee_page(found)})


@needs(Right.MANAGE_STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def bring_in(request: HttpRequest) -> HttpResponse:
    """Bring people in from a file: what it would do first, then for good."""
    form = PeopleFileForm(request.POST or None, request.FILES or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        dry = request.POST.get("verb") != "take"
        try:
            done = keeping.import_people(
                form.cleaned_data["file"], by=me(request), now=timezone.now(), dry=dry
            )
        except ViaggioError as error:
            messages.error(request, problem_words(error))
            return redirect("incentive:staff-import")
        context["done"] = done
        if not dry:
            messages.success(request, _("Taken."))
    return render(request, "incentive/staff/import.html", context)
