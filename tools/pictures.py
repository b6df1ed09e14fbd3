"""Pictures of the pages for docs/, taken from the sample company in a real browser.

Without options the few that the documents show; `--all FOLDER` takes every page, it/en, light/dark, 1440
and 390 pixels; `--workspace W` takes them of a sample company that is built already.
"""

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs" / "pictures"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-dev-shm-usage",
]
OWNER = "titolare@officinablu.example"
PAGES = {
    "sign-in": "/account/sign-in",
    "journey": "/",
    "metric": "/metrics/nps/",
    "cases": "/metrics/nps/cases/",
    "touchpoints": "/touchpoints/",
    "touchpoint": "/touchpoints/delivery/",
    "customers": "/customers/?q=rossi",
    "customer": "/customers/?q=rossi",  # the first one found
    "data": "/data/",
    "people": "/people/",
    "audit": "/audit/",
    "account": "/account/",
}
LOOKS = (("it", "light", 1440), ("en", "dark", 1440), ("it", "dark", 390), ("en", "light", 390))


class Shot(NamedTuple):
    """One picture to take."""

    target: Path
    page: str
    language: str
    scheme: str
    width: int
    whole: bool = True  # the whole page, or what fits a tall window


SHOWN = {  # picture of the documents: page, language, scheme, width
    "journey-en-light": ("journey", "en", "light", 1440),
    "journey-it-light": ("journey", "it", "light", 1440),
    "journey-it-dark-phone": ("journey", "it", "dark", 390),
    "customer-en-light": ("customer", "en", "light", 1440),
    "data-en-light": ("data", "en", "light", 1440),
}


@contextmanager
def serving(workspace: Path, port: int) -> Iterator[str]:
    """Serve the workspace; yields its address."""
    command = [sys.executable, "-m", "viaggio.cli", "serve", "-w", str(workspace), "--port", str(port)]
    process = subprocess.Popen(
        command, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.DEVNULL
    )
    address = f"http://localhost:{port}"
    try:
        for _ in range(300):
            try:
                urllib.request.urlopen(f"{address}/health", timeout=1).close()  # noqa: S310 -- our own server
                break
            except OSError:
                time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(20)


def build(workspace: Path) -> None:
    """Build the sample company."""
    command = [sys.executable, "-m", "viaggio.cli", "demo", "--folder", str(workspace), "--build-only"]
    subprocess.run(
        command, check=True, env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stderr=subprocess.DEVNULL
    )


def signed_in(browser: Any, address: str) -> Any:
    """The cookies of the owner."""
    from viaggio.cli.serving import DEMO_PASSWORD

    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/account/sign-in")
    page.fill("input[type=email], input[name=email]", OWNER)
    page.fill("input[type=password]", DEMO_PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_load_state()
    state = context.storage_state()
    context.close()
    return state


def take(browser: Any, address: str, state: Any, shot: Shot) -> None:
    """One picture of a whole page."""
    context = browser.new_context(
        storage_state=None if shot.page == "sign-in" else state,
        viewport={"width": shot.width, "height": 1260 if shot.width > 800 else 1000},
        color_scheme=shot.scheme,
        locale=shot.language,
        reduced_motion="reduce",
    )
    context.add_cookies([{"name": "language", "value": shot.language, "url": address}])
    page = context.new_page()
    page.goto(f"{address}{PAGES[shot.page]}")
    choose = page.locator(f"button[name=language][value={shot.language}]").first
    if page.locator("html").get_attribute("lang") != shot.language and choose.count():
        choose.click()
        page.wait_for_load_state()
    if shot.page == "customer":
        page.locator("main table a").first.click()
        page.wait_for_load_state()
    shot.target.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=shot.target, full_page=shot.whole)
    context.close()


def main() -> int:
    """Take the pictures."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", type=Path)
    parser.add_argument("--only", nargs="*", default=list(PAGES))
    parser.add_argument("--workspace", type=Path)
    parser.add_argument("--port", type=int, default=8765)
    asked = parser.parse_args()
    wanted = [Shot(DOCS / f"{name}.png", *how, whole=False) for name, how in SHOWN.items()]
    if asked.all:
        wanted = [
            Shot(asked.all / f"{page}-{language}-{scheme}-{width}.png", page, language, scheme, width)
            for page in asked.only
            for language, scheme, width in LOOKS
        ]
    with tempfile.TemporaryDirectory() as folder:
        workspace = asked.workspace or Path(folder) / "demo"
        if asked.workspace is None:
            build(workspace)
        with serving(workspace, asked.port) as address, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
            state = signed_in(browser, address)
            for shot in wanted:
                take(browser, address, state, shot)
                print(shot.target.name, shot.target.stat().st_size)
            browser.close()
    return 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT / "src"))
    sys.exit(main())
