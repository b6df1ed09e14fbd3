"""Routes for data: what has landed, what became of it, and new files."""

import tempfile
from pathlib import Path
from typing import Annotated, Any

from django.http import FileResponse, Http404, HttpRequest
from ninja import File, Form, Query, Router, Status, UploadedFile

from viaggio.kernel import BadFile, BadMapping
from viaggio.web.shared.audit import record
from viaggio.web.shared.folding import fold_landed
from viaggio.web.shared.roles import Right
from viaggio.web.shared.token_auth import TokenAuth
from viaggio.web.shared.workspace import workspace

router = Router(tags=["imports"])
_LIMIT = 100


def _plain(item: Any, folded: Any) -> dict[str, Any]:
    return {
        "item": item.seq,
        "kind": item.kind,
        "source": item.source,
        "label": item.label,
        "files": dict(item.files),
        "landed_at": item.landed_at,
        "by": item.by,
        "folded": folded is not None,
        "failed": folded.failed if folded else None,
        "why": folded.why if folded else None,
        "read": folded.source_rows if folded else None,
        "rejected": folded.rejected if folded else None,
        "tables": {
            name: {"new": c.new, "changed": c.changed, "duplicate": c.duplicate, "rejected": c.rejected}
            for name, c in (folded.tables.items() if folded else ())
        },
    }


def _all() -> list[dict[str, Any]]:
    from viaggio.store.facts import read_manifest
    from viaggio.store.landing import items

    here = workspace()
    folded = {done.seq: done for done in read_manifest(here.facts).items}
    return [_plain(item, folded.get(item.seq)) for item in items(here)]


@router.get("/imports", auth=TokenAuth(Right.SEE_DATA), summary="What has landed")
def imports(
    request: HttpRequest, cursor: int = 0, limit: Annotated[int, Query(ge=1, le=_LIMIT)] = 50
) -> dict[str, Any]:
    """Items in the order of landing, after the one that `cursor` names; `next` is None at the end."""
    after = [item for item in _all() if item["item"] > cursor]
    page = after[:limit]
    return {"items": page, "next": page[-1]["item"] if len(after) > limit else None}


@router.get("/imports/{seq}", auth=TokenAuth(Right.SEE_DATA), summary="One import")
def one_import(request: HttpRequest, seq: int) -> dict[str, Any]:
    """What became of one item."""
    for item in _all():
        if item["item"] == seq:
            return item
    raise Http404(f"item {seq}")


@router.get("/imports/{seq}/rejects", auth=TokenAuth(Right.SEE_CUSTOMERS), summary="Rejected rows")
def rejects(request: HttpRequest, seq: int, number: Annotated[int, Query(ge=1)] = 1) -> FileResponse:
    """The rejected rows of one item as CSV, with file, line, column and reason.

    There is one such file for each source file with rejected rows; `number` says which, from 1.
    """
    from viaggio.store.fold import reject_files

    files = reject_files(workspace().rejects, seq)
    if number > len(files):
        raise Http404(f"item {seq} has {len(files)} files of rejected rows")
    path = files[number - 1]
    record(request, "data.rejects.taken", str(seq), file=path.name)
    return FileResponse(path.open("rb"), content_type="text/csv; charset=utf-8", filename=path.name)


@router.post(
    "/imports", auth=TokenAuth(Right.IMPORT_DATA), summary="Bring files in", response={202: dict, 200: dict}
)
def bring_in(
    request: HttpRequest,
    files: File[list[UploadedFile]],
    mapping: Annotated[str, Form()] = "",
    recipe: Annotated[str, Form()] = "",
) -> Status[dict[str, Any]]:
    """Land files with a `mapping` (TOML) or the name of a `recipe`; answered when they are safe on the disk.

    202 for new files, which are folded in the background; 200 when the same were imported before.
    """
    from viaggio.store.intake import land_mapping, land_recipe

    if bool(mapping) == bool(recipe):
        raise BadMapping("give either a mapping or a recipe", place="form")
    with tempfile.TemporaryDirectory() as folder:
        paths: dict[str, Path] = {}
        for number, upload in enumerate(files):
            name = Path(upload.name or f"file-{number}").name
            if name in paths:
                hint = "Give each file a name of its own."
                raise BadFile("two files have the same name", place=name, hint=hint)
            paths[name] = path = Path(folder) / str(number)
            with path.open("wb") as out:
                out.writelines(upload.chunks())
        by = getattr(request.user, "email", "token")
        if mapping:
            item, new = land_mapping(workspace(), paths, mapping, by=by)
        else:
            item, new = land_recipe(workspace(), paths, recipe, {}, by=by)
    record(request, "data.imported", str(item.seq), files=list(item.files), new=new)
    if new:
        fold_landed.enqueue()
    return Status(202 if new else 200, {"item": item.seq, "new": new})
