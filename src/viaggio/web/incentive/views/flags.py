"""Pages of flags: what detectors found, and the decision about it by somebody who is not concerned."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from viaggio.kernel import ViaggioError
from viaggio.web.incentive.forms.flag import DecisionForm
from viaggio.web.incentive.models import Flag
from viaggio.web.incentive.office_words import problem_words
from viaggio.web.incentive.services import flags as deciding
from viaggio.web.incentive.services.flag_pages import flag_shown, flags_shown
from viaggio.web.incentive.views.plans import me
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


@needs(Right.DECIDE_HOLDS)
@require_safe
def flags(request: HttpRequest) -> HttpResponse:
    """Flags that wait for a decision, or those decided."""
    decided = request.GET.get("decided") == "yes"
    rows = flags_shown(me(request), decided=decided, now=timezone.now())
    return render(request, "incentive/flags/list.html", {"rows": rows, "decided": decided})


@needs(Right.DECIDE_HOLDS)
@require_http_methods(["GET", "HEAD", "POST"])
def flag(request: HttpRequest, pk: int) -> HttpResponse:
    """One flag, and the decision about it."""
    found = get_object_or_404(Flag.objects.select_related("version__plan", "decided_by"), pk=pk)
    form = DecisionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            deciding.decide(
                found, said["decision"], reason=said["reason"], by=me(request), now=timezone.now()
            )
        except PermissionDenied:
            raise
        except ViaggioError as error:
            messages.error(request, problem_words(error))
        else:
            messages.success(request, _("Decided. It is kept with your name and reason."))
        return redirect("incentive:flag", pk=pk)
    shown = flag_shown(found, me(request), now=timezone.now())
    return render(request, "incentive/flags/flag.html", {"row": shown, "form": form})
