"""The scores pages in a real browser: accessible, light, usable on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import EVERY_LOOK, Server, serving

from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

PAGES = ("/scores/", "/scores/changes/", "/scores/weights/?by=segment", "/scores/items/recommend/",
         "/scores/nps/?by=touchpoint", "/scores/alerts/")  # fmt: skip
MOST = 150 * 1024  # bytes of a page with an empty cache


@pytest.fixture(scope="session")
def scores_server(company_root: Path) -> Iterator[Server]:
    with serving(company_root) as running:
        yield running


@pytest.mark.parametrize("path", PAGES if EVERY_LOOK else PAGES[:2])
@pytest.mark.parametrize(("language", "theme", "width"), [("it", "light", 1440), ("en", "dark", 390)])
def test_a_page_is_accessible_light_and_fits(
    visit, scores_server, audit_page, transferred, path, language, theme, width
):
    page = visit(scores_server, Role.OWNER, path, language=language, theme=theme, width=width)
    assert page.faults == []
    assert audit_page(page) == []
    assert transferred(page) <= MOST
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_cut_is_chosen_without_scripts_too(visit, scores_server):
    page = visit(scores_server, Role.OWNER, "/scores/nps/", language="en", scripts=False)
    page.select_option("select[name=by]", "channel")
    page.click(".cut-by noscript button, .cut-by button")
    assert "by=channel" in page.url
    assert "by channel" in page.inner_text("#by-h")
