"""Bringing files in: upload, look at what was recognised or proposed, try, import."""

from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from viaggio.kernel import ViaggioError
from viaggio.store.recipes import RECIPES
from viaggio.web.data.forms import FilesForm
from viaggio.web.data.kinds import KINDS, OPTIONS, kind_name, recipe_name
from viaggio.web.data.kinds import RECIPES as RECIPE_NAMES
from viaggio.web.data.services import uploads
from viaggio.web.data.services.bring_in import How, Mistake, bring_in, options_of, tried
from viaggio.web.data.services.proposal import answered, as_json, from_json, proposed
from viaggio.web.data.services.uploads import Upload
from viaggio.web.data.words import said
from viaggio.web.shared.audit import record
from viaggio.web.shared.models import User
from viaggio.web.shared.permissions import needs
from viaggio.web.shared.roles import Right
from viaggio.web.shared.workspace import workspace

GET_OR_POST = require_http_methods(["GET", "POST"])


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)


@needs(Right.IMPORT_DATA)
@GET_OR_POST
def new(request: HttpRequest) -> HttpResponse:
    """Choose files; they are kept aside and looked at."""
    form = FilesForm(request.POST, request.FILES) if request.method == "POST" else FilesForm()
    if request.method == "POST" and form.is_valid():
        try:
            kept = uploads.keep(
                workspace(), form.cleaned_data["chosen"], owner=_me(request).pk, now=timezone.now()
            )
        except uploads.SameName:
            form.add_error("chosen", _("Two files have the same name: bring them in one after the other."))
        except uploads.TooLarge:
            form.add_error("chosen", _("Too much for one upload. Use “viaggio import” on the server."))
        else:
            record(request, "data.uploaded", str(kept.key), files=list(kept.files))
            return redirect("data:upload", key=kept.key)
    known = [name for code, name in RECIPE_NAMES.items() if code != "native"]
    return render(request, "data/new.html", {"form": form, "known": known})


def _mine_or_404(request: HttpRequest, key: UUID) -> Upload:
    found = uploads.find(workspace(), key, owner=_me(request).pk)
    if found is None:
        raise Http404(_("There is no such upload, or it was thrown away after a day."))
    return found


@needs(Right.IMPORT_DATA)
@GET_OR_POST
def upload(request: HttpRequest, key: UUID) -> HttpResponse:
    """What was recognised or proposed; try it without saving, or import it."""
    files = _mine_or_404(request, key)
    by_recipe = bool(files.recipe) and request.GET.get("how") != "mapping"
    page = _recipe_page(request, files) if by_recipe else _mapping_page(request, files)
    if request.method == "GET" or page.get("mistake"):
        return _shown(request, files, page)
    how: How = page["how"]
    if page.get("questions"):
        messages.warning(request, _("Questions are still open: answer them, then try again."))
        return _shown(request, files, page)
    try:
        if request.POST.get("do") == "import":
            item, is_new = bring_in(workspace(), files, how, by=_me(request))
            return _landed(request, item.seq, is_new=is_new)
        page["trial"] = tried(files, how)
    except ViaggioError as error:
        page["mistake"] = Mistake.of(error)
    return _shown(request, files, page)


def _landed(request: HttpRequest, seq: int, *, is_new: bool) -> HttpResponse:
    if is_new:
        messages.success(request, _("The files are safe. They are now read in the background."))
    else:
        messages.info(request, _("Nothing changed: the same files were imported before, here they are."))
    return redirect("data:import", seq=seq)


def _shown(request: HttpRequest, files: Upload, page: dict[str, Any]) -> HttpResponse:
    return render(
        request, "data/upload.html", {"upload": files, "recipe_name": recipe_name(files.recipe), **page}
    )


def _recipe_page(request: HttpRequest, files: Upload) -> dict[str, Any]:
    known = RECIPES[files.recipe].options
    given = {name: request.POST.get(f"option-{name}", default) for name, default in known.items()}
    return {
        "by_recipe": True,
        "options": [(name, OPTIONS.get(name, name), value) for name, value in given.items()],
        "how": How(recipe=files.recipe, options=options_of(files.recipe, given)),
    }


def _mapping_page(request: HttpRequest, files: Upload) -> dict[str, Any]:
    if request.method == "POST":
        answers = {
            name.removeprefix("answer-"): str(value)
            for name, value in request.POST.items()
            if name.startswith("answer-")
        }
        text = request.POST.get("mapping", "").replace("\r\n", "\n")
        text, questions = answered(text, from_json(request.POST.get("asked", "")), answers)
        tables = tuple(t for t in request.POST.get("tables", "").split(",") if t in KINDS)
        return _asked(text, questions, tables, request.POST.get("table", ""))
    wanted = request.GET.get("table", "")
    try:
        found = proposed(workspace(), files, wanted if wanted in KINDS else "")
    except ViaggioError as error:
        return {**_asked("", [], (), ""), "mistake": Mistake.of(error)}
    return _asked(found.text, found.questions, found.tables, found.tables[0])


def _asked(text: str, questions: Any, tables: tuple[str, ...], table: str) -> dict[str, Any]:
    return {
        "how": How(mapping=text, options={}),
        "mapping": text,
        "lines": min(40, max(12, text.count("\n") + 2)),
        "questions": [(question, said(question.code)) for question in questions],
        "asked": as_json(questions),
        "tables": [(name, kind_name(name)) for name in tables],
        "table": table,
        "tables_text": ",".join(tables),
    }


@needs(Right.IMPORT_DATA)
@require_POST
def propose(request: HttpRequest, key: UUID) -> HttpResponse:
    """Propose the mapping again for another kind of data."""
    files = _mine_or_404(request, key)
    table = request.POST.get("table", "")
    query = f"?how=mapping&table={table}" if table in KINDS else "?how=mapping"
    target = redirect("data:upload", key=files.key)
    target["Location"] += query
    return target


@needs(Right.IMPORT_DATA)
@require_POST
def discard(request: HttpRequest, key: UUID) -> HttpResponse:
    """Throw uploaded files away."""
    uploads.drop(_mine_or_404(request, key))
    record(request, "data.upload.discarded", str(key))
    messages.success(request, _("The files were thrown away."))
    return redirect("data:new")
