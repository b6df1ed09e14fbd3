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
from viaggio.web.incentive.services.statement_lines import Touchpoints
from viaggio.web.incentive.services.statement_page import statement_page
from viaggio.web.shared.navigation import company_name

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

FONTS = (
    "vendor/source-sans-3/source-sans-3-latin-wght-normal.woff2",
    "vendor/bricolage-grotesque/bricolage-grotesque-latin-wght-normal.woff2",
)
STYLES = "incentive/print.css"
HERE = "viaggio:/"


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

    styles, fonts, own = _styles()
    document = HTML(string=html, url_fetcher=own, base_url=HERE)
    written = document.write_pdf(stylesheets=[styles], font_config=fonts, pdf_tags=True)
    return bytes(written or b"")


def _no_address(_source: Source) -> str:
    return ""


@lru_cache(maxsize=1)
def _styles() -> "tuple[CSS, FontConfiguration, URLFetcher]":
    """The print style sheet with its fonts, read once for each process and put away at its end."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_styles.cache_clear)
    fonts, own = FontConfiguration(), _own_files()
    return (
        CSS(string=static_file(STYLES).read_text(encoding="utf-8"), font_config=fonts, url_fetcher=own),
        fonts,
        own,
    )


def _own_files() -> "URLFetcher":
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class OwnFiles(URLFetcher):
        """Gives the two fonts and nothing else."""

        def fetch(self, url: str, _headers: object = None) -> object:
            name = url.removeprefix(HERE)
            if name not in FONTS:
                raise NoNetwork(url)
            return URLFetcherResponse(url, static_file(name).read_bytes(), {"Content-Type": "font/woff2"})

    return OwnFiles(fail_on_errors=True)
