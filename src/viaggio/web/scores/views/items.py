"""Pages of questions: the list, one question, the answers behind a bar."""

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from viaggio.web.scores.services.item_answers import PAGE, given
from viaggio.web.scores.services.items import ItemPage, asked, item_file, item_page, items_file
from viaggio.web.scores.views.common import as_file, desk_of, shown
from viaggio.web.shared.audit import record
from viaggio.web.shared.desk import Desk
from viaggio.web.shared.export import wants_table
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right


@needs(Right.SEE_FIGURES)
@require_safe
def items(request: HttpRequest) -> HttpResponse:
    """Every question that was answered."""
    desk = desk_of(request)
    if wants_table(request):
        return as_file(request, items_file(desk))
    return shown(request, "scores/items.html", desk, {"items": asked(desk)})


@needs(Right.SEE_FIGURES)
@require_safe
def one_item(request: HttpRequest, item: str) -> HttpResponse:
    """How the answers to one question are spread."""
    desk = desk_of(request)
    page = _page_or_404(desk, item)
    if wants_table(request):
        return as_file(request, item_file(page))
    _tell_who_was_seen(request, item, [voice.customer for voice in page.comments])
    return shown(request, "scores/item.html", desk, {"page": page})


@needs(Right.SEE_FIGURES)
@require_safe
def item_answers(request: HttpRequest, item: str) -> HttpResponse:
    """The answers behind a bar, one by one."""
    desk = desk_of(request)
    page = _page_or_404(desk, item)
    value = _number(request.GET.get("value", ""))
    if value is not None:
        desk = desk.keeping(value=f"{value:g}")
    hidden = page.hidden and (value is None or value not in {share.value for share in page.told})
    found = None if hidden else given(desk, item, value, _page_number(request))
    if found and desk.sees_customers:
        _tell_who_was_seen(request, item, [row.customer for row in found.rows])
    context = {"page": page, "found": found, "value": value, "size": PAGE}
    return shown(request, "scores/item_answers.html", desk, context)


def _page_or_404(desk: Desk, item: str) -> ItemPage:
    page = item_page(desk, item)
    if page is None:
        raise Http404(_("Nobody was asked this question."))
    return page


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None


def _page_number(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


def _tell_who_was_seen(request: HttpRequest, item: str, customers: list[int | None]) -> None:
    """A list with names or words is a look at these persons."""
    keys = sorted({key for key in customers if key is not None})
    if keys:
        record(request, "customer.listed", f"item {item}", customers=keys)
