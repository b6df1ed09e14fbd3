"""The data pages in a real browser: accessible, light, whole on a phone, and alive while files are read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import EVERY_LOOK, Server, serving

from viaggio.store.fold import fold
from viaggio.store.intake import land_mapping
from viaggio.store.workspace import Settings, create
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

MAPPING = """
source = "crm"
timezone = "Europe/Rome"
[[table]]
name = "interactions"
id = "id"
[table.columns]
email = "customer"
touchpoint = { value = "contact" }
channel = "channel"
phase = "phase"
moment = { value = "after" }
started_at = { column = "at", format = "%Y-%m-%d %H:%M" }
"""
LOOKS = [("it", "light", 1440), ("en", "light", 390), ("it", "dark", 390), ("en", "dark", 1440)]
PAGES = {
    "data": "/data/",
    "data-imports": "/data/imports/",
    "data-import": "/data/imports/1/",
    "data-failed": "/data/imports/2/",
    "data-new": "/data/new/",
}
BUDGET = 150 * 1024  # bytes, cold


def contacts(bad: str = "whenever") -> str:
    lines = ["id,customer,at,channel,phase"]
    for number in range(60):
        channel = ("phone", "web", "email", "store")[number % 4]
        phase = ("care", "discovery", "purchase")[number % 3]
        lines.append(f"{number},c{number}@example.it,2024-05-{number % 28 + 1:02} 10:00,{channel},{phase}")
    return "\n".join([*lines, f"90,ada@example.it,{bad},web,care", "91,,2024-05-01 10:00,,care"]) + "\n"


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a workspace with one good import, some rows of it rejected, and one that failed."""
    folder = tmp_path_factory.mktemp("filled")
    ws = create(folder / "workspace", Settings(name="Officina Blu"))
    for name, text in (("contacts.csv", contacts()), ("other.csv", "a,b\n1,2\n")):
        (folder / name).write_text(text)
        land_mapping(ws, {name: folder / name}, MAPPING, by="ada@example.com")
    fold(ws)
    with serving(ws.root) as running:
        yield running


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_accessible_and_light_in_every_look(
    name, filled, visit, audit_page, screenshot, transferred
):
    for language, theme, width in LOOKS if EVERY_LOOK else LOOKS[::2]:
        page = visit(filled, Role.OWNER, PAGES[name], language=language, theme=theme, width=width)
        screenshot(page, f"{name}-{language}-{theme}-{width}")
        assert page.get_attribute("html", "lang") == language
        assert audit_page(page) == []
        assert page.faults == []
        assert transferred(page) <= BUDGET
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_the_first_steps_are_accessible(server, visit, audit_page, screenshot):
    for language, theme, width in LOOKS[::3]:
        page = visit(server, Role.OWNER, "/data/", language=language, theme=theme, width=width)
        screenshot(page, f"data-first-{language}-{theme}-{width}")
        assert audit_page(page) == []


@pytest.mark.parametrize("scripts", [True, False])
def test_a_file_goes_from_choice_to_facts(scripts, filled, visit, audit_page, screenshot, tmp_path: Path):
    file = tmp_path / "chiamate.csv"
    file.write_text(contacts(bad="domani" if scripts else "ieri"))
    width = 1440 if scripts else 390
    page = visit(filled, Role.CX_MANAGER, "/data/new/", scripts=scripts, width=width)
    page.set_input_files("input[type=file]", str(file))
    page.click("form[enctype] button.primary")
    page.fill("textarea[name=mapping]", MAPPING)
    page.click("button[value=try]")
    assert "2 righe sarebbero messe da parte" in page.inner_text("#trial")
    if scripts:
        screenshot(page, "data-upload-it-light-1440")
        assert audit_page(page) == []
    page.click("button[value=import]")
    assert "/data/imports/" in page.url
    for _ in range(60):
        if page.query_selector("#rejects-h") if not scripts else page.locator("#rejects-h").count():
            break
        page.wait_for_timeout(500)
        if not scripts:
            page.reload()
    assert "2 righe messe da parte" in page.inner_text("#rejects-h")
