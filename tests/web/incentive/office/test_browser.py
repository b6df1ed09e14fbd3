"""The office's pages in a real browser: accessible, light, never too wide; the editor answers at once."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from browser import EVERY_LOOK, Server, _environment, serving

from viaggio.store.workspace import Settings, create
from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser

PAGES = (
    "/pay/plans/", "/pay/plans/new/", "/pay/plans/SHARED-2027/1/", "/pay/plans/SHARED-2027/1/edit",
    "/pay/plans/SHARED-2027/1/simulator",
    "/pay/plans/SMALL-2026/1/figures",
    "/pay/plans/SMALL-2026/1/papers", "/pay/plans/SMALL-2026/1/", "/pay/runs/",
    "/pay/runs/SMALL-2026@1-2026Q1-1/", "/pay/flags/", "/pay/flags/1/", "/pay/staff/", "/pay/staff/P01/",
    "/pay/staff/import",
)  # fmt: skip
MOST = 150 * 1024  # bytes of a page with an empty cache

FILL = """
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
root, plan = Path(sys.argv[1]), sys.argv[2]
from viaggio.web.serve import prepare
prepare(root)
from viaggio.web.incentive.models import Flag
from viaggio.web.incentive.services import measuring, plans, runs, staff
from viaggio.web.incentive.services.plan_example import nine_functions
from viaggio.web.shared.persons import create_user
from viaggio.web.shared.roles import Role
before, now = datetime(2025, 12, 1, 9, tzinfo=UTC), datetime(2026, 4, 20, 9, tzinfo=UTC)
one, two, three = (create_user(f"{n}@example.com", name=n.title(), roles=[r], language="it")
                   for n, r in (("uno", Role.OWNER), ("due", Role.OWNER), ("tre", Role.OWNER)))
plans.create(nine_functions("SHARED-2027", 2027), by=one, now=now, parts=4, name={"it": "Premio"})
version = plans.create(plan, by=one, now=before, parts=4, name={"it": "Piccolo", "en": "Small"})
plans.mark_simulated(version, by=one, now=before)
plans.submit(version, by=one, now=before)
plans.approve(version, by=two, now=before)
version = plans.publish(version, by=one, now=before)
top = staff.add_unit("", "Officina Blu", "company", by=one, first=date(2020, 1, 1))
depot = staff.add_unit("depot", "Deposito", "cell", by=one, first=date(2020, 1, 1), parent=top)
for number in range(8):
    who = staff.add_employee(by=one, hired=date(2021, 1, 1), pseudonym=f"P{number:02}", contract="permanent")
    staff.assign(who, depot, "logistics", first=date(2021, 1, 1), target_cents=200_000, by=one)
for name, value in (("company_nps", "33"), ("on_time", "80")):
    kpi = measuring.enter_kpi(name, date(2026, 1, 1), date(2026, 3, 31), value, "libri", by=one, now=now)
    measuring.confirm_kpi(kpi, by=two, now=now)
run = runs.calculate(version, 1, by=one, now=now)
runs.verify(run, by=one, now=now)
Flag.objects.create(version=version, period="2026Q1", detector="coverage", unit="depot", measure="on_time",
                    finding={"statistic": 0.6, "p": 0.001, "values": {"invited_hard": 20}},
                    found_at=now, due_at=now + timedelta(days=60))
"""


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A workspace with a plan in force, a draft, staff, a run that waits and a flag."""
    from tests.web.incentive.office.conftest import PLAN

    workspace = create(tmp_path_factory.mktemp("office") / "workspace", Settings(name="Officina Blu"))
    filled = subprocess.run(
        [sys.executable, "-c", FILL, str(workspace.root), PLAN],
        env=_environment(), check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert filled.returncode == 0, filled.stderr[-2000:]
    with serving(workspace.root) as running:
        yield running


@pytest.mark.parametrize("path", PAGES if EVERY_LOOK else PAGES[:4])
@pytest.mark.parametrize(
    ("language", "theme", "width"), [("en", "dark", 390), *([("it", "light", 1440)] if EVERY_LOOK else [])]
)
def test_a_page_is_accessible_light_and_fits(
    visit, office, audit_page, transferred, path, language, theme, width
):
    page = visit(office, Role.OWNER, path, language=language, theme=theme, width=width)
    assert page.faults == []
    assert audit_page(page) == []
    assert transferred(page) <= MOST
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_the_editor_marks_the_line_while_typing_and_jumps_to_it(visit, office):
    page = visit(office, Role.OWNER, "/pay/plans/SHARED-2027/1/edit", language="en")
    text = page.input_value("#id_source")
    page.fill("#id_source", text.replace('weight: "0.40"', 'weight: "0.30"', 1))
    page.wait_for_selector("#beside .stop-it")
    assert "The weights add up to 0.9, not to 1." in page.inner_text("#beside")
    line = page.get_attribute("#beside .stop-it [data-line]", "data-line")
    assert page.inner_text(".gutter .bad") == line
    page.click("#beside .stop-it [data-line]")
    chosen = page.evaluate(
        "() => { const a = document.querySelector('#id_source');"
        " return a.value.slice(a.selectionStart, a.selectionEnd); }"
    )
    assert chosen == "  marketing:"


def test_the_editor_checks_and_saves_without_scripts(visit, office):
    page = visit(office, Role.OWNER, "/pay/plans/SHARED-2027/1/edit", language="en", scripts=False)
    page.fill("input[name=changes]", "nothing yet")
    page.click("form#plan-form button.primary")
    assert "Saved." in page.inner_text(".messages")
    assert page.input_value("input[name=changes]") == "nothing yet"
