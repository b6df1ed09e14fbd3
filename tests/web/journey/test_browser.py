"""The journey pages in a real browser: accessible, light, usable without scripts and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import EVERY_LOOK, Server, serving

from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

PAGES = ("/", "/metrics/nps/", "/metrics/nps/cases/", "/touchpoints/", "/touchpoints/delivery/")
MOST = 150 * 1024  # bytes of a page with an empty cache


@pytest.fixture(scope="session")
def journey_server(company_root: Path) -> Iterator[Server]:
    with serving(company_root) as running:
        yield running


@pytest.mark.parametrize("path", PAGES if EVERY_LOOK else PAGES[:2])
@pytest.mark.parametrize(
    ("language", "theme", "width"),
    [("it", "light", 1440), ("en", "dark", 390), ("it", "dark", 1440), ("en", "light", 390)],
)
def test_a_page_is_accessible_light_and_fits(
    visit, journey_server, audit_page, transferred, path, language, theme, width
):
    page = visit(journey_server, Role.OWNER, path, language=language, theme=theme, width=width)
    assert page.faults == []
    assert audit_page(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert transferred(page) <= MOST


def test_nothing_sticks_out_on_the_narrowest_screen(visit, journey_server):
    for path in PAGES:
        page = visit(journey_server, Role.OWNER, path, width=320)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path


def test_the_narrow_form_of_a_chart_is_the_one_shown_on_a_phone(visit, journey_server):
    page = visit(journey_server, Role.OWNER, "/", width=390)
    assert page.locator(".flow .stages").is_visible()
    assert not page.locator(".flow .ch-wide").is_visible()
    wide = visit(journey_server, Role.OWNER, "/", width=1440)
    assert wide.locator(".flow .ch-wide").is_visible()
    assert not wide.locator(".flow .stages").is_visible()


def test_a_filter_changes_page_and_address_and_back_undoes_it(visit, journey_server):
    page = visit(journey_server, Role.OWNER, "/")
    before = page.inner_text(".kpis")
    page.select_option("#f-segment", "b2b")
    page.wait_for_url("**/?*segment=b2b*")
    page.wait_for_function("text => document.querySelector('.kpis').innerText !== text", arg=before)
    assert page.input_value("#f-segment") == "b2b"
    page.go_back()
    page.wait_for_function("text => document.querySelector('.kpis').innerText === text", arg=before)


def test_own_dates_work_without_scripts(visit, journey_server):
    page = visit(journey_server, Role.OWNER, "/touchpoints/", scripts=False)
    page.click(".dates summary")
    page.fill("input[name=from]", "2026-03-02")
    page.fill("input[name=to]", "2026-03-08")
    page.click("button[value=custom]")
    assert "2 mar 2026" in page.inner_text("#tp-h")


def test_the_chosen_phase_is_filled_and_leads_back(visit, journey_server):
    page = visit(journey_server, Role.OWNER, "/")
    page.click(".phases li:nth-child(2) a")
    page.wait_for_url("**phase=purchase*")
    assert page.locator(".phases a[aria-current]").count() == 1
    page.click(".phases a[aria-current]")
    page.wait_for_url(lambda url: "phase" not in url)


def test_every_figure_leads_to_what_is_behind_it(visit, journey_server):
    page = visit(journey_server, Role.OWNER, "/")
    page.click(".kpis a >> nth=0")
    page.wait_for_url("**/metrics/**")
    page.click("a.btn[href*='/cases/']")
    page.wait_for_url("**/cases/**")
    assert page.locator("tbody tr").count() > 1
