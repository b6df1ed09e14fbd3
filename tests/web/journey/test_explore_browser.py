"""The explorer in a real browser: accessible, light, usable without scripts and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import EVERY_LOOK, Server, serving

from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

PAGES = ("/journeys/?anchor=checkout", "/journeys/funnel/?by=segment&within=30+days", "/journeys/paths/",
         "/journeys/attribution/", "/journeys/returns/", "/journeys/drop-off/",
         "/journeys/customers/")  # fmt: skip
MOST = 150 * 1024  # bytes of a page with an empty cache


@pytest.fixture(scope="session")
def explore_server(company_root: Path) -> Iterator[Server]:
    with serving(company_root) as running:
        yield running


@pytest.mark.parametrize("path", PAGES if EVERY_LOOK else PAGES[:4])
@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "dark", 390), *([("it", "light", 1440)] if EVERY_LOOK else [])]
)
def test_a_page_is_accessible_light_and_fits(
    visit, explore_server, audit_page, transferred, path, language, theme, width
):
    page = visit(explore_server, Role.OWNER, path, language=language, theme=theme, width=width)
    assert page.faults == []
    assert audit_page(page) == []
    assert transferred(page) <= MOST
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_funnel_is_built_without_scripts_and_a_design_is_drawn(visit, explore_server, audit_page):
    page = visit(explore_server, Role.OWNER, "/journeys/funnel/", language="en", scripts=False)
    page.select_option(".built .add select", "delivery")
    page.click(".built .add button")
    page.wait_for_url("**delivery**")
    page.click(".built li:nth-child(4) button[value=up-3]")
    page.wait_for_url("**delivery+%3E+phase%3Dcare**")
    page.wait_for_selector(".funnel li >> nth=3")
    assert page.locator(".funnel li").count() == 4
    assert page.locator(".funnel .nm >> nth=2").inner_text() == "Delivery"
    page = visit(explore_server, Role.OWNER, "/journeys/conformance/", language="en")
    page.fill("#id_name", "Checkout")
    page.fill("#id_moves", "from,to\nstart,cart\ncart,checkout\ncheckout,end\n")
    page.click(".new-design form.stack button")
    page.wait_for_url("**/conformance/?design=*")
    page.wait_for_selector(".ds-box >> nth=1")
    assert page.locator(".ds-box").count() == 2
    assert audit_page(page) == []


def test_anchor_and_depth_are_moved_by_keys_and_by_pointer(visit, explore_server, audit_page):
    page = visit(explore_server, Role.OWNER, "/journeys/?anchor=checkout", language="en")
    assert audit_page(page) == []
    page.focus("#grip-after")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url("**after=2**")
    page.wait_for_function(
        "document.activeElement.id === 'grip-after'"
    )  # whoever moves it goes on from there
    assert page.get_attribute("#grip-after", "aria-valuetext") == "2 steps after"
    page.focus("#grip-anchor")
    page.keyboard.press("ArrowRight")
    aimed = page.get_attribute(".aim", "data-place")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**anchor={aimed}**")
    assert page.input_value("select[name=anchor]") == aimed
    page.set_viewport_size({"width": 1440, "height": 1600})
    pin = page.locator("#grip-anchor").bounding_box()
    other = page.locator(f".ch-wide [data-place]:not([data-place={aimed}])").first
    place, target = other.get_attribute("data-place"), other.bounding_box()
    page.mouse.move(pin["x"] + 12, pin["y"] + 12)
    page.mouse.down()
    page.mouse.move(target["x"] + 6, target["y"] + target["height"] / 2, steps=4)
    page.mouse.up()
    page.wait_for_url(f"**anchor={place}**")
    grip = page.locator("#grip-before")
    box, apart = grip.bounding_box(), int(grip.get_attribute("data-apart"))
    page.mouse.move(box["x"] + 12, box["y"] + 12)
    page.mouse.down()
    page.mouse.move(box["x"] + 12 + 2 * apart, box["y"] + 12, steps=4)
    page.mouse.up()
    page.wait_for_url("**before=1**")
    assert page.faults == []
