"""Every page of the sample company in a real browser: accessible, light, translated, never too wide."""

import json
import re
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from browser import EVERY_LOOK, Server, open_window
from django.urls import URLPattern, URLResolver, get_resolver

from viaggio.measure.catalogue import CATALOGUE
from viaggio.web.shared.permissions import guard_of
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

BUDGET = 150 * 1024  # bytes with an empty cache
HEADERS = 300  # bytes of a file's headers, about
NARROWEST = 320  # pixels
LOOKS = [("it", "light", 1440), ("en", "dark", 1440), ("it", "dark", 390), ("en", "light", 390)]
FEW_LOOKS = [("it", "light", 1440), ("en", "dark", 390)]
OTHER_LOOKS = [("it", "dark", 1440), ("en", "light", 1440), ("it", "light", 390), ("en", "dark", 390)]

NO_PAGES = {
    "account:sign-out", "account:language", "account:theme", "account:end-session", "account:revoke-token",
    "people:set-active", "people:new-link", "customer:part", "customer:undo", "data:fold", "data:propose",
    "data:discard", "scores:stop-alert",  # these change something
    "connections:address", "connections:test-mail", "connections:again", "connections:test-endpoint",
    "connections:set-endpoint-active", "connections:endpoint-secret", "connections:delete-endpoint",
    "connections:returned", "connections:end-key",  # so do these, and they take no GET
    "pulse:move-pulse", "pulse:add-item", "pulse:arrange", "pulse:publish-questionnaire", "pulse:put-away",
    "customer:waiting", "data:progress", "pulse:look-ahead", "pulse:questionnaire-frame",
    "pulse:pulse-mail",  # parts of a page
    "data:rejects", "pulse:export-questionnaire", "health",  # a file, a word
    "pulse:answer-call", "pulse:answer-seen", "pulse:widget-answers",  # for programs
    "pulse:widget", "pulse:answer-code",  # a script, a picture
    "account:start",  # leads to the first page of one's role
    "account:first-run", "account:welcome",  # over once they were used; test_look shows that page
    "incentive:check-plan", "incentive:simulation-progress",  # parts of a page
    "incentive:move-plan", "incentive:calculate", "incentive:move-run", "incentive:cancel-simulation",
    "incentive:settle-figure",  # these change something
    "incentive:acknowledge", "incentive:appeal", "incentive:object", "incentive:welfare",
    "incentive:acknowledge-dispute", "incentive:decide-dispute", "incentive:settle-dispute",
    "incentive:payroll-export",  # so do these
    "incentive:statement-pdf", "incentive:any-statement-pdf", "incentive:dispute-paper",  # files
    "incentive:statement", "incentive:notice", "incentive:figure", "incentive:dispute", "incentive:unit",
    "incentive:company-unit", "incentive:run-totals", "incentive:pack", "incentive:payroll-period",
    "incentive:statements", "incentive:any-statement", "incentive:ledger",  # opened in incentive/people
    "incentive:edit-plan", "incentive:simulation", "incentive:flag",  # opened in incentive/office
    "journey:add-design", "journey:add-view", "journey:remove-design",
    "journey:remove-view", "journey:stop",  # these change something
    "journey:working",  # part of a page
}  # fmt: skip
ANSWERING = {
    "pulse:answer", "pulse:answer-use", "pulse:answer-more", "pulse:answer-no", "pulse:kiosk",
    "pulse:kiosk-on", "pulse:unsubscribe", "pulse:mail",
}  # fmt: skip
"""For those who answer: other pages with a budget of their own, and tests of their own in pulse/answer."""
ANSWER_BUDGET = 15 * 1024  # bytes of a page with all that it loads
SIGNED_OUT = {"account:sign-in"}
SAMPLES = {
    "journey:metric": ["/metrics/nps/", "/metrics/revenue/", "/metrics/retention/"],
    "journey:cases": ["/metrics/nps/cases/", "/metrics/orders/cases/"],
    "journey:touchpoint": ["/touchpoints/delivery/"],
    "people:person": ["/people/1/"],
    "connections:endpoint": ["/connections/webhooks/1/"],
    "data:import": ["/data/imports/1/"],
    "scores:metric": ["/scores/nps/", "/scores/pillar_empathy/?by=touchpoint"],
    "scores:item": ["/scores/items/recommend/"],
    "scores:item-answers": ["/scores/items/recommend/answers/?value=10"],
    "pulse:pulse": [
        "/pulses/after-delivery/",
        "/pulses/website/",
        "/pulses/relationship/",
        "/pulses/colleagues/",
    ],
    "pulse:edit-pulse": ["/pulses/after-repair/edit/", "/pulses/website/edit/"],
    "pulse:wave": ["/pulses/after-delivery/2026-10/", "/pulses/relationship/2026-07/"],
    "pulse:answers": ["/pulses/choosing-and-buying/answers/", "/pulses/colleagues/answers/"],
    "pulse:answer-page": ["answered"],
    "pulse:questionnaire": [
        "/questionnaires/la-tua-visita-al-sito/",
        "/questionnaires/la-consegna-in-tre-domande-bozza/",
    ],
    "pulse:item": ["/questionnaires/la-consegna-in-tre-domande-bozza/items/satisfaction/"],
    "incentive:plan": ["/pay/plans/VIAGGIO-INSIEME/1/"],
    "incentive:simulator": ["/pay/plans/VIAGGIO-INSIEME/1/simulator"],
    "incentive:figures": ["/pay/plans/VIAGGIO-INSIEME/1/figures"],
    "incentive:papers": ["/pay/plans/VIAGGIO-INSIEME/1/papers"],
    "incentive:run": ["/pay/runs/VIAGGIO-INSIEME@1-2026Q1-1/"],
    "incentive:employee": ["/pay/staff/Pfcd48838/"],
    "data:upload": ["upload"],  # these four are looked up, see `places`
    "customer:show": ["customer", "account"],
    "customer:join": ["join"],
    "customer:erase": ["erase"],
}
"""Instances of addresses that need an argument."""
QUERIES = [
    "/?segment=b2b&compare=year", "/?phase=purchase&channel=email", "/customers/?q=rossi",
    "/customers/?q=nobodyiscalledthat", "/metrics/nps/cases/?touchpoint=delivery&page=2",
    "/touchpoints/?period=2026-Q3", "/?period=2019", "/scores/?segment=b2b&trend=wave&weights=none",
    "/scores/changes/?by=channel", "/scores/weights/?by=segment", "/scores/nps/?by=wave",
]  # fmt: skip
"""Pages as they are with a query: filtered, searched, without a row."""

WRITTEN = """() => {
  const found = [];
  const skip = 'script, style, code, pre, textarea, blockquote, [translate=no], input, .me';
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walk.nextNode(); node; node = walk.nextNode()) {
    const around = node.parentElement;
    const text = node.textContent.trim();
    if (text && !around.closest(skip)) found.push([around.closest('[lang]').lang, text]);
  }
  for (const one of document.querySelectorAll('[aria-label], [title], [placeholder], [alt]')) {
    if (one.closest('code, pre, [translate=no]')) continue;
    for (const name of ['aria-label', 'title', 'placeholder', 'alt'])
      if (one.getAttribute(name)) found.push([one.closest('[lang]').lang, one.getAttribute(name).trim()]);
  }
  found.push([document.documentElement.lang, document.title]);
  return found;
}"""
"""Language and text of all that the page says, without what people wrote and what programs say."""
WEIGHT = """() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))
  .map(entry => [entry.name, entry.encodedBodySize])"""

ENGLISH = re.compile(
    r"\b(the|of|and|with|from|show|every|none|search|save|open|close|change|month|year|week|day|"
    r"customers?|orders?|figures?|answers?|your|you|not|are|is|this|that|delivery|invoice|"
    r"back|next|previous|older|newest|rows?|unknown|other|before|after|since|until|yes|website|phone|"
    r"given|withdrawn|owner|analyst|function|settings|sign)\b",
    re.IGNORECASE,
)
NAMES = re.compile(r"\b[a-z]+(-[a-z]+)+\b|\S+@\S+|Ada( [A-Z]\w+)+|The Complete Journey")
"""Names of pulses, of people and of a data set."""
NO_VALUE = re.compile(r"\b(None|NaN|nan|inf|Infinity|undefined|null|NaT)\b")


def html_addresses(
    patterns: list[URLPattern | URLResolver], space: str = "", before: str = "/"
) -> Iterator[tuple[str, str]]:
    """Name and route of every address that a person may open; the API has no pages."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.app_name}:" if pattern.app_name else space
            yield from html_addresses(pattern.url_patterns, inner, route)
        elif (guard := guard_of(pattern.callback)) is None or guard.kind != "token":
            yield f"{space}{pattern.name}", route


EVERY = dict(html_addresses(get_resolver().url_patterns))
PLAIN = {name: route for name, route in EVERY.items() if "<" not in route and name not in NO_PAGES}
PAGES = [*PLAIN.values(), *(sample for samples in SAMPLES.values() for sample in samples), *QUERIES]


@dataclass
class Windows:
    """One window for each look, kept open; each has seen no page yet when it is made."""

    browser: Any
    server: Server
    kept: dict[tuple[str, str, int, bool], Any] = field(default_factory=dict)

    def at(self, language: str, theme: str, width: int, *, signed_in: bool = True) -> Any:
        key = (language, theme, width, signed_in)
        if key not in self.kept:
            role = Role.OWNER if signed_in else None
            self.kept[key] = open_window(
                self.browser, self.server, role, language=language, theme=theme, width=width
            )
        page = self.kept[key]
        page.faults.clear()
        page.set_viewport_size({"width": width, "height": 900})
        return page


@pytest.fixture(scope="session")
def windows(chromium: Any, company_server: Server) -> Iterator[Windows]:
    opened = Windows(chromium, company_server)
    yield opened
    for page in opened.kept.values():
        page.context.close()


@pytest.fixture(scope="session")
def places(windows: Windows) -> dict[str, str]:
    """Addresses of a customer, a business customer and an upload, found the way a person finds them."""
    page = windows.at("it", "light", 1440)
    page.goto(f"{windows.server.url}/customers/?q=rossi")
    customer = page.get_attribute("main table a[href^='/customers/']", "href")
    page.goto(f"{windows.server.url}/customers/accounts/")
    account = page.get_attribute("main table a[href^='/customers/']", "href")
    page.goto(f"{windows.server.url}/pulses/choosing-and-buying/answers/")
    answered = page.get_attribute("main li a[href^='/pulses/choosing-and-buying/answers/']", "href")
    assert customer
    assert account
    assert answered
    customer = customer.split("?")[0]
    return {
        "customer": customer,
        "account": account,
        "join": f"{customer}join",
        "erase": f"{customer}erase",
        "answered": answered.split("?")[0],
        "upload it": upload(windows, "it"),
        "upload en": upload(windows, "en"),
    }


def upload(windows: Windows, language: str) -> str:
    """The address of a file that was brought to be looked at; whoever brought it sees it, nobody else."""
    page = windows.at(language, "light", 1440)
    page.goto(f"{windows.server.url}/data/new/")
    rows = "".join(f"A{i},ada{i}@example.com,2026-03-{i:02},{i},ottimo\n" for i in range(1, 29))
    text = f"id,email,data,voto,commento\n{rows}".encode()
    page.set_input_files("input[type=file]", {"name": "voti.csv", "mimeType": "text/csv", "buffer": text})
    page.click("main button.primary[type=submit]")
    page.wait_for_url("**/data/new/*-*/")
    return str(urllib.parse.urlsplit(page.url).path)


def open_at(windows: Windows, path: str, look: tuple[str, str, int]) -> Any:
    page = windows.at(*look, signed_in=path not in {EVERY[name] for name in SIGNED_OUT})
    answer = page.goto(f"{windows.server.url}{path}", wait_until="load")
    assert answer.status == 200, path
    assert page.url == f"{windows.server.url}{path}"
    return page


def too_wide(page: Any) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > window.innerWidth"))


def english(texts: list[tuple[str, str]]) -> list[str]:
    """What an Italian page says in English, except where it says that this is English."""
    italian = [text for language, text in texts if language == "it"]
    return [text for text in italian if ENGLISH.search(NAMES.sub("", text))]


def check(windows: Windows, audit_page: Any, path: str, look: tuple[str, str, int]) -> list[tuple[str, str]]:
    """Fails where the page fails in this look; returns what it says."""
    page = open_at(windows, path, look)
    assert page.get_attribute("html", "lang") == look[0]
    assert page.locator("h1").count() == 1
    assert page.title().count("Viaggio") >= 1
    assert audit_page(page) == []
    assert page.faults == []
    sizes = dict(page.evaluate(WEIGHT))
    assert sum(sizes.values()) + HEADERS * len(sizes) <= BUDGET, sorted(sizes.items(), key=lambda s: -s[1])[
        :8
    ]
    assert not too_wide(page)
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert not too_wide(page)
    texts = [(language, text) for language, text in page.evaluate(WRITTEN)]
    assert [text for _language, text in texts if NO_VALUE.search(text)] == []
    return texts


def test_every_address_is_shown_here_or_is_no_page():
    with_argument = {name for name, route in EVERY.items() if "<" in route} - NO_PAGES
    assert with_argument == set(SAMPLES) | ANSWERING
    assert set(EVERY) >= NO_PAGES | ANSWERING


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_good_in_both_languages_and_themes_wide_and_narrow(windows, places, audit_page, path):
    for look in LOOKS if EVERY_LOOK else FEW_LOOKS[len(path) % 2 :][:1]:
        address = places.get(f"{path} {look[0]}", places.get(path, path))
        assert english(check(windows, audit_page, address, look)) == []


@pytest.mark.parametrize("kind", ["a", "k"])
def test_whoever_follows_the_open_link_gets_a_small_good_page(windows, audit_page, kind):
    """The link and the kiosk of the sample company's site, as its page names them."""
    staff = windows.at("it", "light", 1440)
    staff.goto(f"{windows.server.url}/pulses/website/")
    found = re.search(rf"/{kind}/[0-9A-Za-z]+", staff.content())
    assert found
    for language, theme, width in LOOKS:
        page = windows.at(language, theme, width, signed_in=False)
        answer = page.goto(f"{windows.server.url}{found[0]}", wait_until="load")
        assert answer.status == 200
        assert page.locator("h1").count() == 1
        assert page.locator("form button, form input[type=submit]").count() >= 1
        assert audit_page(page) == []
        assert page.faults == []
        sizes = dict(page.evaluate(WEIGHT))
        assert sum(sizes.values()) + HEADERS * len(sizes) <= ANSWER_BUDGET, sizes
        page.set_viewport_size({"width": NARROWEST, "height": 900})
        assert not too_wide(page)


@pytest.mark.parametrize("look", OTHER_LOOKS if EVERY_LOOK else OTHER_LOOKS[1:3], ids=str)
def test_the_journey_is_good_in_the_other_looks_too(windows, audit_page, look):
    check(windows, audit_page, "/", look)


def test_every_metric_its_cases_and_every_touchpoint_open_without_a_broken_value(windows):
    page = windows.at("en", "dark", 1440)
    page.goto(f"{windows.server.url}/touchpoints/")
    touchpoints = page.evaluate(
        "() => [...new Set([...document.querySelectorAll('main td a, main th a')].map(a => a.pathname))]"
        ".filter(path => path.startsWith('/touchpoints/') && path !== '/touchpoints/')"
    )
    assert len(touchpoints) >= 14
    metrics = [f"/metrics/{slug}/" for slug in CATALOGUE]
    wrong = {}
    for path in [*metrics, *(f"{path}cases/" for path in metrics), *touchpoints]:
        answer = page.context.request.get(f"{windows.server.url}{path}")
        text = re.sub(r"<blockquote.*?</blockquote>|<[^>]*>", " ", answer.text(), flags=re.DOTALL)
        if not answer.ok or NO_VALUE.search(text):
            wrong[path] = [answer.status, NO_VALUE.findall(text)]
    assert json.dumps(wrong) == "{}"


def test_the_english_word_list_finds_english_and_lets_italian_pass():
    assert english([("it", "Show the data"), ("en", "Show the data")]) == ["Show the data"]
    assert english([("it", "Mostra i dati"), ("it", "Punti di contatto per canale")]) == []
