"""A statement as a PDF: the words of its page in a print template, fonts from the program's own files.

Nothing is fetched from anywhere: the template holds its drawings, and addresses other than the two fonts are
refused.
"""

import atexit
from functools import lru_cache
from typing import TYPE_CHECKING

from django.template.loader import render_to_string

from viaggio.web.incentive.services.print_files import static_file
from viaggio.web.incentive.services.statement import Source, Statement
from viaggio.web.incentive.services.statement_fonts import HERE, font_at, font_faces
from viaggio.web.incentive.services.statement_lines import Touchpoints
from viaggio.web.incentive.services.statement_page import statement_page
from viaggio.web.shared.navigation import company_name

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

STYLES = "incentive/print.css"


def statement_pdf(statement: Statement, touchpoints: Touchpoints, *, many: bool = False) -> bytes:
    """The PDF in the reader's language; `many` when this process goes on to write others."""
    return pdf_of(statement_html(statement, touchpoints), many=many)


def statement_html(statement: Statement, touchpoints: Touchpoints) -> str:
    """The page that is printed, without links."""
    page = statement_page(statement, _no_address, touchpoints)
    context = {"statement": statement, "page": page, "company": company_name()}
    return render_to_string("incentive/print/statement.html", context)


def pdf_of(html: str, *, many: bool = False) -> bytes:
    """A print template as PDF, tagged for screen readers."""
    from weasyprint import HTML

    styles, fonts, own = _styles(cut=many)
    document = HTML(string=html, url_fetcher=own, base_url=HERE)
    written = document.write_pdf(stylesheets=[styles], font_config=fonts, pdf_tags=True)
    return bytes(written or b"")


def _no_address(_source: Source) -> str:
    return ""


@lru_cache(maxsize=2)
def _styles(*, cut: bool) -> "tuple[CSS, FontConfiguration, URLFetcher]":
    """The print style sheet with its fonts, read once for each process and put away at its end."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_styles.cache_clear)
    fonts, own = FontConfiguration(), _own_files()
    text = font_faces(cut=cut) + static_file(STYLES).read_text(encoding="utf-8")
    return CSS(string=text, font_config=fonts, url_fetcher=own), fonts, own


def _own_files() -> "URLFetcher":
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        """Gives the fonts of print and nothing else."""

        def fetch(self, url: str, _headers: object = None) -> object:
            content, kind = font_at(url)
            return URLFetcherResponse(url, content, {"Content-Type": kind})

    return OwnFiles(fail_on_errors=True)
