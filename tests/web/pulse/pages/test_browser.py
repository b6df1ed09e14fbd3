"""The pages of pulses in a real browser: the planner follows the form, and works without script."""

import shutil

import pytest

from viaggio.web.shared.roles import Role

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(sample_company, chromium, tmp_path_factory):
    """A copy of the sample company with a published questionnaire, made through the pages."""
    from browser import open_window, serving

    folder = tmp_path_factory.mktemp("pulses") / "workspace"
    shutil.copytree(sample_company, folder)
    with serving(folder) as running:
        page = open_window(chromium, running, Role.CX_MANAGER, language="en")
        page.goto(f"{running.url}/questionnaires/new/")
        page.select_option("[name=ready]", index=1)
        page.click("main form button.primary")
        page.context.close()
        yield running


@pytest.mark.parametrize(("language", "theme", "width"), [("it", "light", 1440), ("en", "dark", 390)])
def test_the_list_and_the_form_are_accessible_and_light(
    served, visit, audit_page, transferred, language, theme, width
):
    for path in ("/pulses/", "/pulses/new/"):
        page = visit(served, Role.CX_MANAGER, path, language=language, theme=theme, width=width)
        assert transferred(page) <= 150 * 1024
        assert audit_page(page) == []
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert page.faults == []


def test_the_planner_follows_the_form(served, visit):
    page = visit(served, Role.CX_MANAGER, "/pulses/new/", language="en")
    page.fill("[name=name_it]", "Prova")
    page.fill("[name=name_en]", "Trial")
    page.select_option("[name=consent]", "not_refused")
    page.wait_for_selector("#planner .ahead")
    before = page.inner_text("#planner .sum dd >> nth=0")
    page.fill("[name=share]", "10")
    page.locator("[name=share]").blur()
    page.wait_for_function("was => document.querySelector('#planner .sum dd').innerText !== was", arg=before)
    fewer = page.inner_text("#planner .sum dd >> nth=0")
    assert int(fewer.replace(",", "")) < int(before.replace(",", ""))


def test_the_planner_answers_without_script(served, visit):
    page = visit(served, Role.CX_MANAGER, "/pulses/new/", language="en", scripts=False)
    page.fill("[name=name_it]", "Prova")
    page.fill("[name=name_en]", "Trial")
    page.click("button[name=look]")
    assert page.url.endswith("/pulses/new/")
    assert "Would be asked" in page.inner_text("#planner")
    assert page.input_value("[name=name_en]") == "Trial"
