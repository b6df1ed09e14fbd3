"""The answer pages in a real browser: every look, no violation, no script needed."""

import json
import subprocess
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from browser import EVERY_LOOK, Server, _environment, serving

from viaggio.store.workspace import Settings, create

pytestmark = pytest.mark.browser

BUDGET = 15 * 1024
_ASK = """
import json, sys
from datetime import timedelta
from pathlib import Path
sys.path.insert(0, sys.argv[2])
from viaggio.web.serve import prepare
prepare(Path(sys.argv[1]))
from django.utils import timezone
from pulses import EVERY_KIND, SHORT, invite, make_pulse
from viaggio.web.pulse.services import links

now = timezone.now()
times = {"sent_at": now - timedelta(hours=1), "expires_at": now + timedelta(days=9)}
made = {}
for name, asked, more in (
    ("short", SHORT, {}), ("every", EVERY_KIND, {}), ("anonymous", EVERY_KIND, {"anonymous": True}),
    ("open", EVERY_KIND, {"kind": "open", "pages": {"kiosk_seconds": 1}}),
    ("sito", EVERY_KIND, {"kind": "open", "pages": {"origins": [sys.argv[3]]}}),
):
    made[name] = make_pulse(asked, slug=name, **more)
    made[name].waves.update(starts_at=now - timedelta(days=5), ends_at=now + timedelta(days=5))
found = {
    name: [links.answer_path(invite(made[name], language=language, **times)) for _ in range(12)]
    for name in ("short", "every", "anonymous") for language in ("it",)
}
found["mail"] = [links.prefill_path(invite(made["short"], **times), "recommend", 9) for _ in range(4)]
found["kiosk"] = [links.open_path(links.OpenLink(pulse=made["open"].pk, asked_by="kiosk"))]
found["unsubscribe"] = [links.unsubscribe_path(invite(made["short"], **times))]
print(json.dumps(found))
"""


class Shop(ThreadingHTTPServer):
    """Somebody's own page with the widget on it, under a strict policy."""

    server_of_ours = ""
    attributes = ""

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}"


class ShopPage(BaseHTTPRequestHandler):
    server: Shop

    def do_GET(self) -> None:
        ours = self.server.server_of_ours
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        policy = f"default-src 'none'; img-src data:; script-src {ours}; connect-src {ours}"
        self.send_header("Content-Security-Policy", policy)
        self.end_headers()
        body = f"""<!doctype html><html lang="it"><title>Negozio</title><link rel="icon" href="data:,">
<main><h1>Negozio</h1><div data-viaggio="sito"></div></main>
<script src="{ours}/w/sito.js" async {self.server.attributes}></script></html>"""
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def shop() -> Iterator[Shop]:
    page = Shop(("localhost", 0), ShopPage)
    Thread(target=page.serve_forever, daemon=True).start()
    yield page
    page.shutdown()
    page.server_close()


@pytest.fixture(scope="module")
def asking(
    tmp_path_factory: pytest.TempPathFactory, shop: "Shop"
) -> Iterator[tuple[Server, dict[str, list[str]]]]:
    """A server of a company that asks, and the links it sent."""
    root = create(tmp_path_factory.mktemp("asking") / "workspace", Settings(name="Officina Blu")).root
    tests = str(Path(__file__).parents[2])
    made = subprocess.run(
        [sys.executable, "-c", _ASK, str(root), tests, shop.url],
        env=_environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert made.returncode == 0, made.stderr[-2000:]
    with serving(root, people=False) as running:
        shop.server_of_ours = running.url
        yield running, json.loads(made.stdout)


@pytest.fixture
def link(asking) -> Any:
    """The next unused link of a kind."""
    return lambda kind: asking[1][kind].pop() if len(asking[1][kind]) > 1 else asking[1][kind][0]


def scrolls_sideways(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"))


LOOKS = [
    ("it", "light", 320), ("it", "dark", 390), ("en", "light", 390), ("en", "dark", 320),
    ("it", "light", 1440),
]  # fmt: skip


@pytest.mark.parametrize(("language", "theme", "width"), LOOKS if EVERY_LOOK else LOOKS[:4:3])
def test_every_screen_in_every_look(
    asking, link, visit, audit_page, screenshot, transferred, language, theme, width
):
    server, _ = asking
    page = visit(
        server, None, f"{link('every')}?l={language}", language=language, theme=theme, width=width, height=844
    )
    name = f"answer-{language}-{theme}-{width}"
    for at, step in enumerate(("score", "unhappy", "ratings", "lines", "choices", "last", "thanks")):
        page.wait_for_load_state("networkidle")
        assert audit_page(page) == [], step
        assert not scrolls_sideways(page), step
        screenshot(page, f"{name}-{at}-{step}")
        if step == "score":
            assert transferred(page) <= BUDGET
            page.get_by_role("button", name="3", exact=True).click()
        elif step == "ratings":
            page.locator("label", has_text="4").first.click()
            page.locator("button.go").click()
        elif step != "thanks":
            page.locator("button.go").click()
    assert page.locator("h1").inner_text() == ("Grazie!" if language == "it" else "Thank you!")
    assert page.faults == []


@pytest.mark.parametrize("scripts", [True, False])
def test_one_tap_is_stored_with_and_without_scripts(asking, link, visit, screenshot, scripts):
    server, _ = asking
    address = link("short")
    page = visit(server, None, address, width=390, height=844, scripts=scripts)
    screenshot(page, f"answer-short-1-{'with' if scripts else 'without'}-scripts")
    page.get_by_role("button", name="9", exact=True).click()
    page.wait_for_load_state("load")
    assert "La tua risposta: 9" in page.inner_text("main")
    screenshot(page, f"answer-short-2-{'with' if scripts else 'without'}-scripts")
    again = visit(server, None, address, width=390, height=844, scripts=False)
    assert "La tua risposta: 9" in again.inner_text("main")


def test_buttons_are_big_and_alike_in_two_rows_on_a_phone_and_one_above(asking, link, visit):
    server, _ = asking
    for width, rows in ((320, 2), (390, 2), (560, 1), (1440, 1)):
        page = visit(server, None, link("short"), width=width)
        boxes = [button.bounding_box() for button in page.locator("button.b").all()]
        assert len(boxes) == 11
        assert len({round(box["y"]) for box in boxes}) == rows
        assert max(box["width"] for box in boxes) - min(box["width"] for box in boxes) <= 1
        assert all(54 <= box["height"] <= 56 for box in boxes)
        if rows == 2:
            assert sum(round(box["y"]) == round(boxes[0]["y"]) for box in boxes) == 6


def test_the_scale_has_one_colour(asking, link, visit):
    server, _ = asking
    page = visit(server, None, link("short"))
    looks = page.eval_on_selector_all(
        "button.b", "all => all.map(b => getComputedStyle(b).backgroundColor + getComputedStyle(b).color)"
    )
    assert len(set(looks)) == 1


def test_a_number_tapped_in_a_mail_counts_once_the_page_was_looked_at(asking, link, visit, screenshot):
    server, _ = asking
    address = link("mail")
    page = visit(server, None, "/health", width=390, height=844)
    page.set_extra_http_headers({"User-Agent": "Mozilla/5.0 (iPhone) Safari/604.1"})  # not a headless one
    page.faults.clear()  # the first address has no icon
    with page.expect_response(lambda answer: answer.url.endswith("/seen")) as told:
        page.goto(f"{server.url}{address}")
    assert told.value.status == 204
    screenshot(page, "answer-mail")
    assert page.faults == []
    later = visit(server, None, address.split("?")[0], width=390, scripts=False)
    assert "La tua risposta: 9" in later.inner_text("main")


def test_errors_are_read_out_and_lead_to_their_question(asking, link, visit, audit_page, screenshot):
    server, _ = asking
    page = visit(server, None, f"{link('every')}?p=ratings", width=390, height=844)
    page.locator("button.go").click()
    page.wait_for_load_state("load")
    assert audit_page(page) == []
    screenshot(page, "answer-error")
    page.locator("[role=alert] a").first.click()
    assert page.evaluate("document.querySelector(':target').id") == "q-satisfied"
    assert page.title().startswith("Da correggere")


def test_the_keyboard_alone_answers(asking, link, visit):
    server, _ = asking
    page = visit(server, None, link("every"), width=390)
    page.locator("button.b").first.focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    page.locator("textarea").focus()
    page.keyboard.type("In ritardo")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_load_state("load")
    page.locator("input[type=radio]").first.focus()
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.checked")


def test_a_kiosk_is_big_and_starts_again_without_scripts(asking, link, visit, audit_page, screenshot):
    server, _ = asking
    page = visit(server, None, link("kiosk"), width=1280, height=800)
    assert audit_page(page) == []
    screenshot(page, "answer-kiosk")
    assert page.locator("button.b").first.bounding_box()["height"] >= 84
    start = page.url
    page.get_by_role("button", name="9", exact=True).click()
    page.wait_for_load_state("load")
    page.locator("label", has_text="4").first.click()
    for _ in range(4):
        page.locator("button.go").click()
        page.wait_for_load_state("load")
    assert "Grazie" in page.inner_text("main")
    page.wait_for_url(start, timeout=10_000)


def test_pages_around_answering(asking, link, visit, audit_page, screenshot):
    server, _ = asking
    address = link("short")
    for name, path in (
        ("use", f"{address}/use"), ("no", f"{address}/no"), ("unknown", "/a/none"),
        ("unsubscribe", link("unsubscribe")), ("anonymous", link("anonymous")),
    ):  # fmt: skip
        for theme in ("light", "dark"):
            page = visit(server, None, path, width=390, height=844, theme=theme)
            assert audit_page(page) == [], name
            assert not scrolls_sideways(page)
            screenshot(page, f"answer-{name}-{theme}")


def test_the_widget_asks_in_place_under_a_strict_policy_and_sets_no_cookie(
    asking, shop, chromium, audit_page, screenshot
):
    window = chromium.new_context(viewport={"width": 390, "height": 844}, locale="it-IT")
    page = window.new_page()
    asked: list[str] = []
    faults: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda said: faults.append(said.text) if said.type == "error" else None)
    page.goto(shop.url)
    page.get_by_role("button", name="9", exact=True).wait_for()
    assert [url for url in asked if not url.startswith((shop.url, "data:"))] == [f"{asking[0].url}/w/sito.js"]
    screenshot(page, "answer-widget-1")
    page.get_by_role("button", name="9", exact=True).click()
    page.get_by_text("Sei soddisfatto?").wait_for()
    screenshot(page, "answer-widget-2")
    page.get_by_role("button", name="Avanti").click()
    page.get_by_role("alert").filter(has_text="Sei soddisfatto?").wait_for()
    page.locator("label", has_text="4").first.click()
    for text in ("Quanto sei d'accordo?", "Come hai comprato?", "In quanti siete?"):
        page.get_by_role("button", name="Avanti").click()
        page.get_by_text(text).wait_for()
    page.get_by_role("button", name="Invia").click()
    page.get_by_text("Grazie di cuore.").wait_for()
    assert window.cookies() == []
    assert [fault for fault in faults if "422" not in fault] == []
    assert page.evaluate("[localStorage.length, sessionStorage.length]") == [0, 0]
    window.close()


def test_a_widget_that_may_remember_asks_once_a_session(asking, shop, chromium):
    shop.attributes = 'data-remember="session"'
    window = chromium.new_context(locale="it-IT")
    page = window.new_page()
    page.goto(shop.url)
    page.get_by_role("button", name="9", exact=True).click()
    page.get_by_text("Sei soddisfatto?").wait_for()
    page.reload()
    page.wait_for_load_state("networkidle")
    assert page.get_by_role("button", name="9", exact=True).count() == 0
    shop.attributes = 'data-share="0"'
    other = chromium.new_context().new_page()
    other.goto(shop.url)
    other.wait_for_load_state("networkidle")
    assert other.get_by_role("button", name="9", exact=True).count() == 0
    other.context.close()
    window.close()
