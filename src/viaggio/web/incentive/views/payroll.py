"""What goes to pay-roll: a file for each pay period, the same every time, and the files handed over."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.models import PayrollExport
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import payroll as paying
from viaggio.web.incentive.views.mine import me
from viaggio.web.shared.audit import record
from viaggio.web.shared.export import CSV, EXCEL
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

FORMS = {"csv": CSV, "xlsx": EXCEL}


@needs(Right.EXPORT_PAYROLL)
@require_safe
def payroll(request: HttpRequest) -> HttpResponse:
    """Pay periods, and the files that were handed over."""
    context = {
        "periods": list(paying.pay_periods()),
        "exports": PayrollExport.objects.select_related("made_by", "run")[:200],
    }
    return render(request, "incentive/payroll/list.html", context)


@needs(Right.EXPORT_PAYROLL)
@require_safe
def period(request: HttpRequest, period: str) -> HttpResponse:
    """What a pay period holds, in sums, before it is handed over."""
    if period not in paying.pay_periods():
        raise Http404(_("The ledger has no such pay period."))
    try:
        file = paying.gather(period, by=me(request))
    except ViaggioError as error:
        messages.error(request, problem_words(error))
        return redirect("incentive:payroll")
    record(request, "incentive.payroll.seen", period, rows=file.trailer.count)
    return render(request, "incentive/payroll/period.html", {"file": file, "period": period})


@needs(Right.EXPORT_PAYROLL)
@require_POST
def export(request: HttpRequest, period: str, form: str) -> HttpResponse:
    """Hand the file of a pay period over; made again it is the same, byte by byte."""
    if form not in FORMS or period not in paying.pay_periods():
        raise Http404(_("The ledger has no such pay period."))
    try:
        content, kept = paying.export(period, form, by=me(request), now=timezone.now())
    except ViaggioError as error:
        messages.error(request, problem_words(error))
        return redirect("incentive:payroll")
    answer = HttpResponse(content, content_type=FORMS[form])
    answer.headers["Content-Disposition"] = f'attachment; filename="payroll-{kept.pay_period}.{form}"'
    return answer
