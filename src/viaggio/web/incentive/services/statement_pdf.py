"""A statement as a PDF: the words of its page in a print template, fonts from the program's own files.

Nothing is fetched from anywhere: the template holds its drawings, and addresses other than the two fonts are
refused.
"""

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string

from viaggio.web.incentive.services.print_files import static_file
from viaggio.web.incentive.services.statement import Source, Statement
from viaggio.web.incentive.services.statement_lines import Touchpoints
from viaggio.web.incentive.services.statement_page import statement_page
from viaggio.web.shared.navigation import company_name

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

FONTS = (
    "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2",
    "vendor/bricolage-grotesque/bricolage-grotesque-latin-wght-normal.woff2",
)
STYLES = "incentive/print.css"


class NoNetwork(ValueError):
    """A print template that asks for a file that is none of its fonts."""


def statement_pdf(statement: Statement, touchpoints: Touchpoints) -> bytes:
    """The PDF in the reader's language."""
    return pdf_of(statement_html(statement, touchpoints))


def statement_html(statement: Statement, touchpoints: Touchpoints) -> str:
    """The page that is printed, without links."""
    page = statement_page(statement, _no_address, touchpoints)
    context = {"statement": statement, "page": page, "company": company_name()}
    return render_to_string("incentive/print/statement.html", context)


def pdf_of(html: str) -> bytes:
    """A print template as PDF, tagged for screen readers."""
    from weasyprint import HTML

    styles, fonts = _styles()
    document = HTML(string=html, url_fetcher=_fetch, base_url="viaggio:/")
    written = document.write_pdf(stylesheets=[styles], font_config=fonts, pdf_tags=True)
    return bytes(written or b"")


def _no_address(_source: Source) -> str:
    return ""


@lru_cache(maxsize=1)
def _styles() -> "tuple[CSS, FontConfiguration]":
    """The print style sheet, read once for each process."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    fonts = FontConfiguration()
    return CSS(
        string=static_file(STYLES).read_text(encoding="utf-8"), font_config=fonts, url_fetcher=_fetch
    ), fonts


def _fetch(url: str, *_args: Any, **_more: Any) -> dict[str, Any]:
    name = url.removeprefix("viaggio:/")
    if name not in FONTS:
        raise NoNetwork(url)
    return {"file_obj": static_file(name).open("rb"), "mime_type": "font/woff2"}
