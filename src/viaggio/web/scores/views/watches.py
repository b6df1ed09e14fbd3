"""Alerts and targets: what I want to be told of, and what the company wants."""

from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from viaggio.web.scores.forms import TargetsForm, WatchForm, factor_of
from viaggio.web.scores.models import Watch
from viaggio.web.scores.services.moves import group_words
from viaggio.web.scores.services.targets import set_targets, targets
from viaggio.web.scores.services.watching import NotWatchable, last_look, unwatch, watch
from viaggio.web.scores.views.common import desk_of, shown
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.models import User
from viaggio.web.shared.names import metric_name
from viaggio.web.shared.permissions import allow, may, needs
from viaggio.web.shared.roles import Right


@needs(Right.SEE_FIGURES)
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """Choose figures to be told of; set targets."""
    desk = desk_of(request)
    user = cast("User", request.user)
    posted = request.POST if request.method == "POST" else None
    setting = posted is not None and "targets" in posted
    shown_targets = {slug: value * factor_of(slug) for slug, value in targets().items()}
    form = WatchForm(None if setting else posted)
    wanted = TargetsForm(posted if setting else None, initial=shown_targets)
    if setting and wanted.is_valid():
        allow(request.user, Right.MANAGE_PULSES)
        given = {
            slug: None if value is None else value / factor_of(slug)
            for slug, value in wanted.cleaned_data.items()
        }
        set_targets(given, by=user, now=timezone.now())
        messages.success(request, _("The targets are saved."))
        return redirect(desk.filters.to(reverse("scores:alerts")))
    if posted is not None and not setting and form.is_valid():
        _begin(request, desk, user, form)
        return redirect(desk.filters.to(reverse("scores:alerts")))
    context = {
        "form": form,
        "targets": wanted if may(request.user, Right.MANAGE_PULSES) else None,
        "about": group_words(desk, sorted(where_of(desk).items())),
        "watches": [(w, metric_name(w.metric), _about(desk, w)) for w in Watch.objects.filter(user=user)],
        "last": last_look(),
    }
    return shown(request, "scores/alerts.html", desk, context)


def where_of(desk: Desk) -> dict[str, str]:
    """The page's conditions with one value each, and the person's own function."""
    found = {name: values[0] for name, values in desk.filters.population.where.items() if len(values) == 1}
    return dict(sorted(found.items()))


def _begin(request: HttpRequest, desk: Desk, user: User, form: WatchForm) -> None:
    try:
        watch(
            user, form.cleaned_data["metric"], where_of(desk), by_mail=form.cleaned_data["by_mail"],
            now=timezone.now(),
        )  # fmt: skip
    except NotWatchable:
        messages.error(request, _("This figure cannot be watched: choose rows that you may see."))
    else:
        messages.success(request, _("You will be told when it really changes."))


def _about(desk: Desk, one: Watch) -> str:
    return group_words(desk, sorted(one.where.items()))


@needs(Right.SEE_FIGURES)
@require_POST
def stop(request: HttpRequest, pk: int) -> HttpResponse:
    """Be told of a figure no more."""
    if not unwatch(cast("User", request.user), pk):
        raise Http404(_("You are not told of this figure."))
    messages.success(request, _("You will not be told of it any more."))
    return redirect("scores:alerts")
