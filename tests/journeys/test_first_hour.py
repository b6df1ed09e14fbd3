"""The first hour with Viaggio, as a person lives it in a browser: look, ask further, bring own data in."""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from browser import PASSWORD, Server
from playwright.sync_api import expect

from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

ANSWERS = 40  # rows of the file that is brought in; each is a 10
DAY = "2026-10-15"


def asked(page: Any) -> dict[str, str]:
    """The question in the address."""
    return {name: values[0] for name, values in parse_qs(urlsplit(page.url).query).items()}


def place(page: Any) -> str:
    """The address without host and question."""
    return urlsplit(page.url).path


def answers_file() -> bytes:
    """Answers of new customers about the delivery."""
    rows = "".join(f"Q{i},nuovo{i}@example.com,{DAY},10,delivery,courier\n" for i in range(ANSWERS))
    return f"id,email,data,nps,touchpoint,channel\n{rows}".encode()


def nps_base(page: Any, server: Server) -> int:
    """How many answers the NPS of the last twelve months rests on, as its page says."""
    page.goto(f"{server.url}/metrics/nps/?period=2025-11..2026-10&compare=none")
    found = re.search(r"([\d.,]+) (?:risposte|answers)", page.inner_text("main"))
    assert found
    return int(re.sub(r"\D", "", found.group(1)))


def test_from_the_sign_in_to_one_customer_and_back(visit, company_server):
    page = visit(company_server, None, "/")
    assert place(page) == "/account/sign-in"
    page.fill("input[name=email]", "owner-en@example.com")
    page.fill("input[name=password]", PASSWORD)
    page.click("button.primary")
    page.wait_for_url(f"{company_server.url}/")
    assert page.locator(".phases .stop").count() == 4

    page.click(".phases li:nth-child(2) .stop")  # purchase and delivery
    page.wait_for_url("**phase=purchase*")
    page.click(".kpis a >> nth=0")
    page.wait_for_url("**/metrics/**")
    assert asked(page)["phase"] == "purchase"
    page.click("a.btn[href*='/cases/']")
    page.wait_for_url("**/cases/**")
    assert asked(page)["phase"] == "purchase"
    name = page.inner_text("tbody a[href^='/customers/'] >> nth=0")
    page.click("tbody a[href^='/customers/'] >> nth=0")
    page.wait_for_url("**/customers/**")
    assert page.inner_text("h1") == name
    assert page.locator("#story .moment").count() >= 1

    page.go_back()
    page.wait_for_url("**/cases/**")
    page.go_back()
    page.wait_for_url("**/metrics/**")
    page.go_back()
    page.wait_for_url(lambda url: urlsplit(url).path == "/")
    assert asked(page)["phase"] == "purchase"
    assert page.locator(".phases a[aria-current]").count() == 1
    assert page.faults == []


def test_a_filter_goes_along_and_back_takes_it_away(visit, company_server):
    page = visit(company_server, Role.OWNER, "/")
    page.select_option("#f-channel", "phone")
    page.wait_for_url("**channel=phone*")
    page.click(".kpis a >> nth=0")
    page.wait_for_url("**/metrics/**")
    assert asked(page)["channel"] == "phone"
    page.click("nav.crumbs a >> nth=0")
    page.wait_for_url(lambda url: urlsplit(url).path == "/")
    assert asked(page)["channel"] == "phone"
    assert page.input_value("#f-channel") == "phone"
    for _ in range(3):
        page.go_back()
        page.wait_for_load_state()
    page.wait_for_url(lambda url: "channel" not in url)
    expect(page.locator("#f-channel")).to_have_value("")


def test_every_main_place_is_one_click_away_and_marked(visit, company_server):
    page = visit(company_server, Role.OWNER, "/")
    places = page.evaluate("[...document.querySelectorAll('.side nav a')].map(a => a.pathname)")
    assert {"/", "/touchpoints/", "/customers/", "/data/", "/people/", "/audit/"} <= set(places)
    for address in places:
        page.click(f".side nav a[href='{address}']")
        page.wait_for_url(f"**{address}")
        assert page.evaluate("document.querySelector('.side [aria-current=page]').pathname") == address


def test_language_and_theme_change_on_the_page_where_one_is(visit, company_server):
    page = visit(company_server, Role.CX_MANAGER, "/metrics/nps/?segment=b2b")
    assert "Quota delle risposte" in page.inner_text("main .lead >> nth=0")
    page.click("button[name=language][value=en]")
    page.wait_for_selector("html[lang=en]")
    assert (place(page), asked(page)["segment"]) == ("/metrics/nps/", "b2b")
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.click("form[action='/account/theme'] button")
    page.wait_for_selector("html[data-theme=light]")
    page.click("form[action='/account/theme'] button")
    page.wait_for_selector("html[data-theme=dark]")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != paper
    assert asked(page)["segment"] == "b2b"
    page.click("form[action='/account/theme'] button")
    page.click("button[name=language][value=it]")
    page.wait_for_selector("html[lang=it]")


@pytest.fixture
def bring_in() -> Callable[..., None]:
    """Uploads the answers, tries them and imports them; ends on the page of the import."""

    def act(page: Any, server: Server) -> None:
        page.goto(f"{server.url}/data/")
        page.click("a[href='/data/new/'] >> nth=0")
        page.wait_for_url("**/data/new/")
        page.set_input_files(
            "input[type=file]", {"name": "risposte.csv", "mimeType": "text/csv", "buffer": answers_file()}
        )
        page.click("main button.primary[type=submit]")
        page.wait_for_url("**/data/new/*-*/**")
        assert 'name = "answers"' in page.input_value("#mapping")  # it was seen what the rows are
        page.click("button[name=do][value=try]")
        page.wait_for_selector("#trial")
        assert str(ANSWERS) in page.inner_text("#trial")
        assert page.locator("#trial .message.success").count() == 1
        page.click("button[name=do][value=import]")
        page.wait_for_url("**/data/imports/*/")

    return act


def test_own_answers_come_in_and_change_the_figure(visit, changing_server, bring_in):
    page = visit(changing_server, Role.OWNER, "/")
    before = nps_base(page, changing_server)
    bring_in(page, changing_server)
    page.wait_for_selector(".state.done", timeout=60_000)  # the page follows the import by itself
    assert page.locator("#progress").count() == 0
    assert nps_base(page, changing_server) == before + ANSWERS
    page.goto(f"{changing_server.url}/customers/?q=nuovo7@example.com")
    page.click("main table a[href^='/customers/']")
    assert page.inner_text("#story .chip").endswith("10")
    assert page.faults == []


def test_the_same_file_again_changes_nothing_even_without_scripts(visit, changing_server, bring_in):
    page = visit(changing_server, Role.OWNER, "/", language="en", scripts=False)
    for _ in range(2):  # the second time it is there already, whatever came before
        bring_in(page, changing_server)
    assert "the same files were imported before" in page.inner_text("main")


def test_filters_work_without_scripts(visit, company_server):
    page = visit(company_server, Role.OWNER, "/", scripts=False)
    page.select_option("#f-segment", "b2b")
    page.click("form.filters noscript button")
    assert asked(page)["segment"] == "b2b"
    assert page.input_value("#f-segment") == "b2b"
    page.click(".kpis a >> nth=0")
    assert asked(page)["segment"] == "b2b"
    page.click("a.btn[href*='/cases/']")
    assert page.locator("tbody tr").count() >= 1
    page.click("button[name=language][value=en]")
    assert page.get_attribute("html", "lang") == "en"
    assert asked(page)["segment"] == "b2b"
    page.click("button[name=language][value=it]")
