"""What a person sees in a real browser: accessible, without faults, not too wide, not too heavy."""

import pytest
from browser import EVERY_LOOK

from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

PAGES = {
    "sign-in": (None, "/account/sign-in"),
    "welcome-over": (None, "/account/welcome/MQ/over"),
    "people": (Role.OWNER, "/people/"),
    "invite": (Role.OWNER, "/people/invite"),
    "person": (Role.OWNER, "/people/1/"),
    "audit": (Role.OWNER, "/audit/"),
    "profile": (Role.CX_MANAGER, "/account/"),
    "password": (Role.EMPLOYEE, "/account/password"),
    "tokens": (Role.ANALYST, "/account/tokens"),
    "forbidden": (Role.EMPLOYEE, "/people/"),
    "not-found": (Role.OWNER, "/people/999999/"),
    "first-page": (Role.OWNER, "/"),
}
LOOKS = [("it", "light", 1440), ("en", "light", 390), ("it", "dark", 390), ("en", "dark", 1440)]
PLAIN = {"welcome-over", "password", "forbidden", "not-found"}  # these need no more than two looks
FEW = {"people": LOOKS[:1], "audit": LOOKS[1:2], "profile": LOOKS[2:3], "tokens": LOOKS[3:]}  # in the gate
BUDGET = 150 * 1024  # bytes, cold


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_light_in_every_look(
    name, server, visit, audit_page, screenshot, transferred
):
    role, path = PAGES[name]
    expected = {"forbidden": "403", "not-found": "404", "welcome-over": "410"}.get(name, "fine")
    every = LOOKS[::3] if name in PLAIN else LOOKS
    for language, theme, width in every if EVERY_LOOK else FEW.get(name, LOOKS[2:3]):
        page = visit(server, role, path, language=language, theme=theme, width=width)
        screenshot(page, f"{name}-{language}-{theme}-{width}")
        assert page.get_attribute("html", "lang") == language
        assert audit_page(page) == []
        assert [fault for fault in page.faults if expected not in fault] == []
        assert transferred(page) <= BUDGET
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


@pytest.mark.parametrize("path", ["/people/", "/audit/", "/account/", "/people/invite"])
def test_a_page_fits_a_window_of_320_pixels(path, server, visit):
    page = visit(server, Role.OWNER, path, width=320)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_language_and_theme_change_where_one_is_and_stay(server, visit):
    page = visit(server, Role.HR, "/account/")
    assert page.get_attribute("html", "data-theme") is None
    page.click("form[action='/account/theme'] button")
    assert page.get_attribute("html", "data-theme") == "light"
    page.click("form[action='/account/theme'] button")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.click("form[action='/account/theme'] button")
    assert page.get_attribute("html", "data-theme") is None
    page.click("button[name=language][value=en]")
    assert page.inner_text("h1") == "My account"
    page.click("button[name=language][value=it]")
    assert page.inner_text("h1") == "Il mio account"
    assert page.url.endswith("/account/")


def test_signing_in_and_out_works_without_scripts(server, visit):
    page = visit(server, None, "/account/sign-in?next=/account/password", scripts=False)
    page.fill("input[name=email]", "payroll-it@example.com")
    page.fill("input[name=password]", "tre treni per Trieste")
    page.click("button.primary")
    assert page.url.endswith("/account/password")
    page.click("form[action='/account/sign-out'] button")
    assert page.url.endswith("/account/sign-in")


def test_the_skip_link_is_the_first_stop_of_the_keyboard(server, visit):
    page = visit(server, Role.OWNER, "/people/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"
