"""A real browser on a real server: fixtures and helpers for tests of what a person sees.

`visit(server, Role.OWNER, "/people/")` opens a page in a fresh window, signed in; `audit_page(page)` lists
its accessibility violations; `screenshot(page, "people-it")` keeps a picture under `test-results/`;
`transferred(page)` is its cold weight in bytes. Another workspace is served with `with serving(root) as it:`;
`company_server` shows the sample company, which no test may change.
Chromium comes from $VIAGGIO_CHROMIUM or the path; where it is missing the test is skipped, unless
$VIAGGIO_NEEDS_BROWSER is set.
"""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from viaggio.store.workspace import Settings, create
from viaggio.web.shared.roles import Role

AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
RESULTS = Path(__file__).parents[2] / "test-results"
PASSWORD = "tre treni per Trieste"
COMPANY_SCALE = 20_000  # interactions of the sample company
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

_START = """
import sys
from pathlib import Path
root, port, password, people = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4] == "people"
from viaggio.web.serve import prepare, serve
prepare(root)
if people:
    from viaggio.web.shared.models import User
    from viaggio.web.shared.persons import create_user
    from viaggio.web.shared.roles import Role
    first = None
    for role in Role:
        for language in ("it", "en"):
            address = f"{role}-{language}@example.com"
            if User.objects.filter(email=address).exists():
                continue
            user = create_user(address, name=f"Ada {role.replace('_', ' ').title()}", roles=[role],
                               function="logistics" if role == "head_of_function" else "", language=language)
            if first is None:
                user.set_password(password)
                first = user.password
            User.objects.filter(pk=user.pk).update(password=first)
serve(root, port=port)
"""

EVERY_LOOK = os.environ.get("VIAGGIO_LOOKS") == "all"
"""Pages are opened in every look before a release, in the gate in as many as show both of each."""


@dataclass
class Server:
    """A running server: its address, its workspace, and the sign-ins that were made already."""

    url: str
    root: Path
    kept: dict[str, Any] = field(default_factory=dict)


def _free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(url: str, process: subprocess.Popen[bytes], log: Path, *, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped: {log.read_text()}")
        try:
            with urllib.request.urlopen(f"{url}/health", timeout=2):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(log.read_text())


def _environment() -> dict[str, str]:
    """That of a program which knows nothing of this test's workspace."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("VIAGGIO_")}
    source = str(Path(__file__).parents[2] / "src")
    return {**kept, "PYTHONPATH": source, "VIAGGIO_PATIENCE_SECONDS": "60"}  # compiling is not waited for


@contextmanager
def serving(root: Path, *, people: bool = True) -> Iterator[Server]:
    """Serve a workspace in a process of its own; with two people of every role, one Italian, one English."""
    port = _free_port()
    log = root / "server.log"
    arguments = [str(root), str(port), PASSWORD, "people" if people else "nobody"]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-c", _START, *arguments], stdout=out, stderr=out, env=_environment()
        )
    try:
        url = f"http://localhost:{port}"
        _wait_for(url, process, log)
        yield Server(url, root)
    finally:
        process.terminate()
        process.wait(20)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on an empty workspace, with people of every role."""
    workspace = create(tmp_path_factory.mktemp("served") / "workspace", Settings(name="Officina Blu"))
    with serving(workspace.root) as running:
        yield running


@pytest.fixture(scope="session")
def sample_company(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the sample company, built small by the program's own command."""
    folder = tmp_path_factory.mktemp("officina") / "workspace"
    command = [sys.executable, "-m", "viaggio.cli", "demo", "--build-only", "--folder", str(folder)]
    command += ["--scale", str(COMPANY_SCALE)]
    done = subprocess.run(
        [*command, "--scale", str(COMPANY_SCALE)],
        env=_environment(),
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return folder


@pytest.fixture(scope="session")
def company_server(sample_company: Path) -> Iterator[Server]:
    """A server on the sample company, with people of every role; for tests that change nothing in it."""
    with serving(sample_company) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One Chromium for all tests."""
    from playwright.sync_api import sync_playwright

    found = os.environ.get("VIAGGIO_CHROMIUM") or shutil.which("chromium")
    if not found:
        if os.environ.get("VIAGGIO_NEEDS_BROWSER"):
            pytest.fail("Chromium is needed: install it or name it in VIAGGIO_CHROMIUM.")
        pytest.skip("no Chromium here; name one in VIAGGIO_CHROMIUM")
    # Playwright's own loop runs in this thread, and Django would refuse the database beside it
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
        yield browser
        browser.close()


def open_window(
    browser: Any,
    server: Server,
    role: Role | None,
    *,
    language: str = "it",
    theme: str = "light",
    width: int = 1440,
    height: int = 900,
    scripts: bool = True,
) -> Any:
    """An empty page of a new window, signed in as a person of `role`; `page.faults` lists its errors."""
    window = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=theme,
        locale="it-IT" if language == "it" else "en-GB",
        reduced_motion="reduce",
        java_script_enabled=scripts,
        storage_state=_signed_in(browser, server, role, language) if role else None,
    )
    page = window.new_page()
    page.faults = []
    page.on("console", lambda m: page.faults.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    return page


@pytest.fixture
def visit(chromium: Any) -> Iterator[Callable[..., Any]]:
    """Opens pages, each in a fresh window with an empty cache; closes them after the test."""
    windows = []

    def open_page(
        server: Server,
        role: Role | None,
        path: str,
        *,
        language: str = "it",
        theme: str = "light",
        width: int = 1440,
        height: int = 900,
        scripts: bool = True,
    ) -> Any:
        """The page at `path`, as a person of `role` (None: nobody); `page.faults` lists its errors."""
        page = open_window(
            chromium,
            server,
            role,
            language=language,
            theme=theme,
            width=width,
            height=height,
            scripts=scripts,
        )
        windows.append(page.context)
        page.goto(f"{server.url}{path}", wait_until="load")
        page.wait_for_load_state("networkidle")
        return page

    yield open_page
    for window in windows:
        window.close()


def _signed_in(browser: Any, server: Server, role: Role, language: str) -> Any:
    """The cookies of a person of this role, who signs in once per server through the real page."""
    email = f"{role}-{language}@example.com"
    if email not in server.kept:
        window = browser.new_context()
        page = window.new_page()
        page.goto(f"{server.url}/account/sign-in")
        page.fill("input[name=email]", email)
        page.fill("input[name=password]", PASSWORD)
        page.click("button.primary")
        page.goto(f"{server.url}/account/")
        assert "/sign-in" not in page.url, page.inner_text("main")
        server.kept[email] = window.storage_state()
        window.close()
    return server.kept[email]


@pytest.fixture
def audit_page() -> Callable[[Any], list[str]]:
    """Lists a page's accessibility violations by axe, one line each; empty when there are none."""

    def violations(page: Any) -> list[str]:
        page.evaluate(AXE.read_text())
        found = page.evaluate(
            "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})",
            TAGS,
        )
        return [
            f"{v['id']}: {node['target']} {node['html'][:160]} {node.get('failureSummary', '')[:200]}"
            for v in found["violations"]
            for node in v["nodes"]
        ]

    return violations


@pytest.fixture
def screenshot() -> Callable[[Any, str], Path]:
    """Keeps a picture of the whole page under `test-results/`."""

    def keep(page: Any, name: str) -> Path:
        RESULTS.mkdir(exist_ok=True)
        path = RESULTS / f"{name}.png"
        page.screenshot(path=str(path), full_page=True)
        return path

    return keep


@pytest.fixture
def transferred() -> Callable[[Any], int]:
    """Bytes that a page took over the wire, compressed, with all its files; for a window just opened."""

    def weigh(page: Any) -> int:
        return int(
            page.evaluate(
                "() => ['navigation', 'resource'].flatMap(kind => performance.getEntriesByType(kind))"
                ".reduce((sum, entry) => sum + entry.transferSize, 0)"
            )
        )

    return weigh
