"""Any table of a page as CSV or Excel, safe against formulas in cells."""

from collections.abc import Iterable, Sequence
from io import BytesIO

from django.http import HttpRequest, HttpResponse
from django.utils.text import slugify

from viaggio.web.shared.audit import record
from viaggio.web.shared.permissions import allow
from viaggio.web.shared.roles import Right

CSV = "text/csv; charset=utf-8"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = object


def wants_table(request: HttpRequest) -> bool:
    """Whether the address asks for a file (`?format=csv` or `?format=xlsx`) instead of the page."""
    return request.GET.get("format") in {"csv", "xlsx"}


def table_response(
    request: HttpRequest, columns: Sequence[str], rows: Iterable[Sequence[Cell]], name: str
) -> HttpResponse:
    """The table as the file that `?format=` asks for, CSV unless it says xlsx; recorded in the audit.

    `name` becomes the file's name. Raises `PermissionDenied` without the right to export.
    """
    from viaggio.store.tabular import write_csv, write_excel

    allow(request.user, Right.EXPORT)
    excel = request.GET.get("format") == "xlsx"
    record(request, "export.table", name, columns=[str(c) for c in columns], query=request.GET.urlencode())
    out = BytesIO()
    (write_excel if excel else write_csv)(rows, columns, out)
    response = HttpResponse(out.getvalue(), content_type=EXCEL if excel else CSV)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{slugify(name)}.{"xlsx" if excel else "csv"}"'
    )
    return response
