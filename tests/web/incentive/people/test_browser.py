"""Pages of those who are paid in a real browser: accessible, light, good on a phone and without scripts."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import EVERY_LOOK, Server, serving

from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

HERE = Path(__file__)
MOST = 150 * 1024  # bytes of a page with an empty cache
LOOKS = [("it", "dark", 390), *([("it", "light", 1440), ("en", "dark", 390)] if EVERY_LOOK else [])]
PAGES = {
    "mine": (Role.EMPLOYEE, "/pay/mine/"),
    "statement": (Role.EMPLOYEE, "/pay/mine/{run}/"),
    "notice": (Role.EMPLOYEE, "/pay/mine/notice/CX-SHARED/1/"),
    "figure": (Role.EMPLOYEE, "/pay/mine/{run}/figures/1/"),
    "units": (Role.HEAD_OF_FUNCTION, "/pay/unit/"),
    "unit": (Role.HEAD_OF_FUNCTION, "/pay/unit/{run}/{unit}/"),
    "disputes": (Role.HR, "/pay/disputes/"),
    "dispute": (Role.HR, "/pay/disputes/1/"),
    "totals": (Role.WORKS_COUNCIL, "/pay/totals/"),
    "run-totals": (Role.WORKS_COUNCIL, "/pay/totals/{run}/"),
    "pack": (Role.WORKS_COUNCIL, "/pay/totals/pack/CX-SHARED/1/"),
    "statements": (Role.AUDITOR, "/pay/statements/?run={run}"),
    "any-statement": (Role.AUDITOR, "/pay/statements/{run}/tiny-1/"),
    "ledger": (Role.AUDITOR, "/pay/ledger/"),
    "payroll": (Role.PAYROLL, "/pay/payroll/"),
}


@pytest.fixture(scope="session")
def paid_server(company_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    root = Path(shutil.copytree(company_root, tmp_path_factory.mktemp("paid") / "workspace"))
    repository = HERE.parents[4]
    paths = os.pathsep.join((str(repository), str(repository / "src")))
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VIAGGIO_")}
    done = subprocess.run(
        [sys.executable, str(HERE.with_name("settling.py")), str(root)],
        env={**kept, "PYTHONPATH": paths}, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    with serving(root) as running:
        yield running


def path_of(server: Server, name: str, language: str) -> tuple[Role, str]:
    role, path = PAGES[name]
    run = (server.root / "run.txt").read_text()
    return role, path.format(run=run, unit="care" if language == "it" else "north")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize(("language", "theme", "width"), LOOKS)
def test_a_page_is_accessible_light_and_fits(
    visit, paid_server, audit_page, transferred, screenshot, name, language, theme, width
):
    role, path = path_of(paid_server, name, language)
    page = visit(paid_server, role, path, language=language, theme=theme, width=width)
    screenshot(page, f"pay-{name}-{language}-{theme}-{width}")
    assert page.faults == []
    assert page.locator("h1").count() == 1
    assert audit_page(page) == []
    assert transferred(page) <= MOST
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_statement_reads_without_scripts_and_its_figures_lead_on(visit, paid_server):
    role, path = path_of(paid_server, "statement", "en")
    page = visit(paid_server, role, path, language="en", scripts=False, width=390)
    assert page.locator(".line-card").count() >= 2
    link = page.locator(".where a").first
    value = link.evaluate("one => one.closest('li').querySelector('b').textContent")
    link.click()
    assert "/figures/" in page.url
    assert page.locator(".big b").inner_text() == value


def test_every_button_of_the_statement_is_large_enough_for_a_thumb(visit, paid_server):
    role, path = path_of(paid_server, "statement", "it")
    page = visit(paid_server, role, path, width=390)
    heights = page.eval_on_selector_all(
        "main .btn, main select, main input:not([type=hidden]):not([type=file])",
        "all => all.map(one => one.getBoundingClientRect().height)",
    )
    assert heights
    assert min(heights) >= 44
