"""Pages of questionnaires: the list, a new one, the builder, one question, the item bank."""

from dataclasses import replace
from typing import cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from viaggio.kernel import ViaggioError
from viaggio.pulse.bank import BANK, READY
from viaggio.pulse.questionnaire import Item, ItemKind, Page, Questionnaire, wording
from viaggio.pulse.questionnaire.rules import editing
from viaggio.web.pulse.forms.item import ItemForm
from viaggio.web.pulse.forms.questionnaire import FrameForm, NewForm
from viaggio.web.pulse.models import Questionnaire as Record
from viaggio.web.pulse.services import building, drawing_board
from viaggio.web.pulse.words import KINDS
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right

GET_OR_POST = require_http_methods(["GET", "POST"])


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)


def _language() -> str:
    return (get_language() or "it")[:2]


def _found(slug: str) -> Record:
    return get_object_or_404(Record, slug=slug)


def _edit(request: HttpRequest, record: Record, change: building.Edit) -> bool:
    """Save a change of the draft; what stands in its way is said on the page."""
    try:
        building.edit(record, change, seen=request.POST.get("seen", ""), by=_me(request), now=timezone.now())
    except building.ChangedMeanwhile:
        messages.error(
            request, _("Somebody changed this questionnaire meanwhile. Here it is as it stands now.")
        )
        return False
    except editing.NoSuchItem:
        messages.error(request, _("This question is no longer there."))
        return False
    return True


@needs(Right.MANAGE_PULSES)
@require_safe
def questionnaires(request: HttpRequest) -> HttpResponse:
    """All questionnaires, with the state of each."""
    archived = request.GET.get("archived") == "yes"
    rows = drawing_board.rows(_language(), archived=archived)
    return render(request, "pulse/questionnaires/list.html", {"rows": rows, "archived": archived})


@needs(Right.MANAGE_PULSES)
@GET_OR_POST
def new(request: HttpRequest) -> HttpResponse:
    """A new questionnaire: empty, from a ready one, or from a file."""
    form = NewForm(request.POST or None, request.FILES or None, language=_language())
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        title = wording({"it": said["title"], "en": said["title"]})
        lost: list[str] = []
        try:
            if said["file"]:
                definition, lost = drawing_board.from_file(said["file"])
            elif said["ready"]:
                definition = READY[said["ready"]]
            else:
                definition = Questionnaire(title=title, languages=("it", "en"), pages=())
        except ViaggioError as error:
            form.add_error("file", str(error))
        else:
            if title:
                definition = replace(definition, title=title)
            record = building.create(definition, by=_me(request), now=timezone.now())
            if lost:
                request.session[f"lost:{record.slug}"] = lost
            return redirect("pulse:questionnaire", slug=record.slug)
    return render(request, "pulse/questionnaires/new.html", {"form": form, "ready": READY})


@needs(Right.MANAGE_PULSES)
@require_safe
def questionnaire(request: HttpRequest, slug: str) -> HttpResponse:
    """The builder: questions in order, what is found, and how it looks on a phone."""
    record = _found(slug)
    board = drawing_board.board(
        record, request.GET.get("version"), request.GET.get("language") or _language()
    )
    lost = request.session.pop(f"lost:{slug}", None)
    return render(request, "pulse/questionnaires/builder.html", {"board": board, "lost": lost})


@needs(Right.MANAGE_PULSES)
@GET_OR_POST
def frame(request: HttpRequest, slug: str) -> HttpResponse:
    """Title, introduction, thanks and languages."""
    record = _found(slug)
    board = drawing_board.board(record, None, _language())
    form = FrameForm(request.POST or None, questionnaire=board.shown)
    if request.method == "POST" and form.is_valid():
        result = form.result()
        if _edit(
            request,
            record,
            lambda now: replace(
                now, title=result.title, intro=result.intro, thanks=result.thanks, languages=result.languages
            ),
        ):
            messages.success(request, _("Saved."))
        return redirect("pulse:questionnaire", slug=slug)
    return render(request, "pulse/questionnaires/frame.html", {"board": board, "form": form})


@needs(Right.MANAGE_PULSES)
@GET_OR_POST
def item(request: HttpRequest, slug: str, key: str) -> HttpResponse:
    """One question."""
    record = _found(slug)
    board = drawing_board.board(record, None, _language())
    found = board.shown.by_key.get(key)
    if found is None:
        messages.error(request, _("This question is no longer there."))
        return redirect("pulse:questionnaire", slug=slug)
    form = ItemForm(
        request.POST or None,
        item=found,
        languages=board.shown.languages,
        touchpoints=drawing_board.touchpoints(),
    )
    if request.method == "POST" and form.is_valid():
        if _edit(request, record, lambda now: editing.replaced(now, key, form.result())):
            messages.success(request, _("Saved."))
        return redirect("pulse:questionnaire", slug=slug)
    context = {"board": board, "form": form, "item": found, "kind": KINDS[found.kind]}
    return render(request, "pulse/questionnaires/item.html", context)


@needs(Right.MANAGE_PULSES)
@GET_OR_POST
def add(request: HttpRequest, slug: str) -> HttpResponse:
    """The item bank, and empty questions of every kind; a choice adds it at the end."""
    record = _found(slug)
    if request.method == "POST":
        chosen, kind = request.POST.get("entry", ""), request.POST.get("kind", "")
        if chosen in BANK:
            fresh = BANK[chosen].item
        elif kind in set(ItemKind):
            fresh = drawing_board.blank(ItemKind(kind))
        else:
            return redirect("pulse:add-item", slug=slug)
        page = request.POST.get("page", "")
        place = int(page) if page.isdecimal() else None
        added: list[Item] = []

        def change(now: Questionnaire) -> Questionnaire:
            then = editing.added(now, fresh, place)
            added.extend(i for i in then.items if i.key not in now.by_key)
            return then

        if _edit(request, record, change) and not chosen:
            return redirect("pulse:item", slug=slug, key=added[-1].key)
        return redirect("pulse:questionnaire", slug=slug)
    board = drawing_board.board(record, None, _language())
    shelves = drawing_board.shelves(_language(), board.shown)
    return render(
        request, "pulse/questionnaires/add.html", {"board": board, "shelves": shelves, "kinds": KINDS}
    )


@needs(Right.MANAGE_PULSES)
@require_POST
def arrange(request: HttpRequest, slug: str) -> HttpResponse:
    """Move a question up or down or to a place, or take it out."""
    record = _found(slug)
    key, verb = request.POST.get("key", ""), request.POST.get("verb", "")
    changes: dict[str, building.Edit] = {
        "up": lambda now: editing.stepped(now, key, -1),
        "down": lambda now: editing.stepped(now, key, 1),
        "remove": lambda now: editing.removed(now, key),
        "own_page": lambda now: _own_page(now, key),
        "to": lambda now: editing.moved(now, key, _number(request, "page"), _number(request, "place")),
    }
    if verb in changes:
        _edit(request, record, changes[verb])
    return redirect("pulse:questionnaire", slug=slug)


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() else 0


def _own_page(now: Questionnaire, key: str) -> Questionnaire:
    """The item, and what follows it on its page, begin a new page."""
    page, place = editing.place_of(now, key)
    if place == 0:
        return now
    whole = now.pages[page]
    first, rest = replace(whole, items=whole.items[:place]), whole.items[place:]
    new_page = Page(key=editing.key_from(rest[0].key, {p.key for p in now.pages}), items=rest)
    return replace(now, pages=(*now.pages[:page], first, new_page, *now.pages[page + 1 :]))


@needs(Right.MANAGE_PULSES)
@require_POST
def publish(request: HttpRequest, slug: str) -> HttpResponse:
    """Publish the draft."""
    record = _found(slug)
    try:
        version = building.publish(
            record, seen=request.POST.get("seen", ""), by=_me(request), now=timezone.now()
        )
    except building.NotReady:
        messages.error(request, _("It can not be published yet: see what stops it."))
    except building.ChangedMeanwhile:
        messages.error(
            request, _("Somebody changed this questionnaire meanwhile. Here it is as it stands now.")
        )
    except ViaggioError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Version %(n)s is published.") % {"n": version.number})
    return redirect("pulse:questionnaire", slug=slug)


@needs(Right.MANAGE_PULSES)
@require_POST
def put_away(request: HttpRequest, slug: str) -> HttpResponse:
    """Discard the draft, or archive the questionnaire and bring it back."""
    record = _found(slug)
    if request.POST.get("what") == "draft":
        try:
            building.discard_draft(record, by=_me(request))
        except ViaggioError:
            messages.error(request, _("There is no published version to go back to."))
        return redirect("pulse:questionnaire", slug=slug)
    building.archive(record, by=_me(request), now=timezone.now())
    return redirect("pulse:questionnaires")


@needs(Right.MANAGE_PULSES)
@require_safe
def export(request: HttpRequest, slug: str) -> HttpResponse:
    """The shown version as a file: our JSON or SurveyJS."""
    board = drawing_board.board(_found(slug), request.GET.get("version"), _language())
    text, name = drawing_board.as_file(board, request.GET.get("format", "json"))
    return HttpResponse(
        text,
        content_type="application/json",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
