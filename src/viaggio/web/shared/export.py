"""Any table of a page as CSV or Excel, safe against formulas in cells."""

from collections.abc import Iterable, Sequence
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, cast

from django.http import FileResponse, HttpRequest, HttpResponse
from django.utils.text import slugify

from viaggio.web.shared.audit import record, text_mark
from viaggio.web.shared.permissions import allow, may
from viaggio.web.shared.roles import Right

CSV = "text/csv; charset=utf-8"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
IN_MEMORY = 8 << 20
"""Bytes of a file that are kept in memory."""

Cell = object


def wants_table(request: HttpRequest) -> bool:
    """Whether the address asks for a file (`?format=csv` or `?format=xlsx`) instead of the page."""
    return request.GET.get("format") in {"csv", "xlsx"}


def table_response(
    request: HttpRequest, columns: Sequence[str], rows: Iterable[Sequence[Cell]], name: str,
    right: Right = Right.EXPORT,
) -> HttpResponse:  # fmt: skip
    """The table as the file that `?format=` asks for, CSV unless it says xlsx; recorded in the audit.

    `name` becomes the file's name. A long table waits in a file and is streamed from there. Raises
    `PermissionDenied` without the right to export, or the `right` to this file where it has one of its own.
    """
    from viaggio.store.tabular import write_csv, write_excel

    if not may(request.user, Right.EXPORT):
        allow(request.user, right)
    excel = request.GET.get("format") == "xlsx"
    record(request, "export.table", name, columns=[str(c) for c in columns], query=_asked(request))
    kind = EXCEL if excel else CSV
    out = cast("BinaryIO", SpooledTemporaryFile(max_size=IN_MEMORY))  # noqa: SIM115 -- the response closes it
    (write_excel if excel else write_csv)(rows, columns, out)
    long = out.tell() > IN_MEMORY
    out.seek(0)
    if long:
        response = cast("HttpResponse", FileResponse(out, content_type=kind))  # a view's answer all the same
    else:
        with out:
            response = HttpResponse(out.read(), content_type=kind)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{slugify(name)}.{"xlsx" if excel else "csv"}"'
    )
    return response


def _asked(request: HttpRequest) -> str:
    """The address's question, with a mark for words that may name a person."""
    query = request.GET.copy()
    if words := query.get("q"):
        query["q"] = text_mark(str(words))
    return query.urlencode()
