"""What a person sees in a real browser: no accessibility violations, nothing cut off, light enough."""

import pytest
from browser import EVERY_LOOK
from tests.store.tiny import folded

from viaggio.store.hashing import node_key
from viaggio.store.workspace import Settings, create
from viaggio.web.shared.roles import Role

from .conftest import ROWS, bring

ADA, ACME = node_key("customer_number", "7"), node_key("account_id", "ACME")
PATHS = ("/customers/?q=rossi", "/customers/accounts/", f"/customers/{ADA}/", f"/customers/{ACME}/",
         f"/customers/{ADA}/join?q=bea")  # fmt: skip
_BYTES = 150_000


@pytest.fixture(scope="module")
def shop_server(tmp_path_factory, request):
    from browser import serving

    made = create(tmp_path_factory.mktemp("shop") / "workspace", Settings(name="Officina Blu"))
    bring(made, ROWS, source="crm")
    folded(made)
    with serving(made.root) as running:
        yield running


@pytest.mark.parametrize(("language", "theme", "width"), [
    ("it", "dark", 320), *([("it", "light", 1440), ("en", "dark", 390)] if EVERY_LOOK else []),
])  # fmt: skip
def test_pages_are_accessible_and_fit(shop_server, visit, audit_page, transferred, language, theme, width):
    for path in PATHS:
        page = visit(shop_server, Role.CX_MANAGER, path, language=language, theme=theme, width=width)
        assert audit_page(page) == [], path
        assert page.faults == [], path
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert transferred(page) <= _BYTES, path


def test_parting_and_undoing_work_with_the_mouse(shop_server, visit):
    page = visit(shop_server, Role.CX_MANAGER, f"/customers/{ADA}/", language="en")
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("text=Why joined")
    page.click("button.danger")
    page.wait_for_selector("text=Parted:")
    page.wait_for_selector("#waiting", state="detached", timeout=30_000)
    page.click("text=Undo")
    page.wait_for_selector("text=no longer holds")
