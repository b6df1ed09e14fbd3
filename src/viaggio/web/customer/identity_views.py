"""Joining and parting customers: decided by people who may, landed, folded in the background, undone."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from viaggio.web.customer.services import lists
from viaggio.web.customer.services.whole import Asked, whole
from viaggio.web.customer.views import asked_text, engine_or_404, found_or_404, key_or_404
from viaggio.web.shared.audit import record, text_mark
from viaggio.web.shared.folding import fold_landed
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.landing import Item
    from viaggio.web.shared.models import User

_REASON = 300


def _now() -> int:
    return int(timezone.now().timestamp() * 1_000_000)


def _reason(request: HttpRequest) -> str:
    return request.POST.get("reason", "").replace("\0", "").strip()[:_REASON]


def _decide(
    request: HttpRequest, key: int, action: str, decide: Callable[[str], "Sequence[Item]"], **details: str
) -> HttpResponse:
    """Land what was decided, record it, queue the fold, go back to the customer."""
    from viaggio.store.history import UnknownCustomer
    from viaggio.store.joining import BadJoining

    try:
        landed = decide(cast("User", request.user).email)
    except (BadJoining, UnknownCustomer):
        messages.error(request, _("Nothing was changed: these records are not as they were. Look again."))
        return redirect("customer:show", key=key)
    record(request, action, str(key), items=[item.seq for item in landed], **details)
    fold_landed.enqueue()
    return redirect("customer:show", key=key)


@needs(Right.MANAGE_IDENTITY)
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, key: str) -> HttpResponse:
    """Look for the record that is the same customer; a POST with `other` joins the two."""
    from viaggio.store.joining import join as join_records

    engine, here = engine_or_404(), key_or_404(key)
    if request.method == "POST":
        other = key_or_404(request.POST.get("other", ""))
        return _decide(
            request,
            here,
            "customer.merged",
            lambda by: join_records(engine, here, other, reason=_reason(request), landed_at=_now(), by=by),
            other=str(other),
        )
    found = found_or_404(engine, key, Asked(), limit=1)
    record(request, "customer.seen", str(found.profile.customer))
    text = asked_text(request)
    page = lists.found_lines(engine, text, None, None) if text else None
    others = [line for line in page.rows if line.key != found.profile.customer] if page else []
    if others:
        record(
            request,
            "customer.listed",
            f"join {text_mark(text)}",
            customers=[str(line.key) for line in others],
        )
    context = {"page": whole(engine, found), "q": text, "others": others, "limit": _REASON}
    return render(request, "customer/join.html", context)


@needs(Right.MANAGE_IDENTITY)
@require_POST
def part(request: HttpRequest, key: str) -> HttpResponse:
    """Part the identifier `away` from the customer."""
    from viaggio.store.joining import part as part_records

    engine, here = engine_or_404(), key_or_404(key)
    away = key_or_404(request.POST.get("away", ""))
    return _decide(
        request,
        here,
        "customer.split",
        lambda by: part_records(engine, here, away, reason=_reason(request), landed_at=_now(), by=by),
        away=str(away),
    )


@needs(Right.MANAGE_IDENTITY)
@require_POST
def undo(request: HttpRequest, key: str) -> HttpResponse:
    """Take back the decision that `item` names."""
    from viaggio.store.joining import acts
    from viaggio.store.joining import undo as undo_act

    engine, here = engine_or_404(), key_or_404(key)
    text = request.POST.get("item", "")
    item = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0
    act = next((act for act in acts(engine.workspace) if act.item == item), None)
    if act is None:
        raise Http404(_("There is no such decision."))
    return _decide(
        request,
        here,
        "customer.split" if act.action == "merge" else "customer.merged",
        lambda by: undo_act(engine.workspace, item, landed_at=_now(), by=by),
        undone=str(item),
    )


def is_waiting(engine: "Engine") -> bool:
    """Whether any decision has landed that is not folded in yet."""
    from viaggio.store.joining import acts

    return any(act.waiting for act in acts(engine.workspace))


@needs(Right.SEE_CUSTOMERS)
@require_safe
def waiting(request: HttpRequest, key: str) -> HttpResponse:
    """Asked by the page while a decision is folded in: says when to load it again."""
    engine = engine_or_404()
    key_or_404(key)
    if not is_waiting(engine):
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "customer/waiting.html", {"key": key})
