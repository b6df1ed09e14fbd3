"""Fixtures for every test: the reference data where they are there, and a real browser."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).parent / "web"))  # the browser fixtures live in a file of their own

from browser import (
    audit_page,
    chromium,
    company_server,
    sample_company,
    screenshot,
    server,
    transferred,
    visit,
)

__all__ = [
    "audit_page", "chromium", "company_server", "sample_company", "screenshot", "server", "transferred",
    "visit",
]  # fmt: skip

# a shared machine is slow at times; that breaks no law
settings.register_profile("house", deadline=None, max_examples=30)
settings.register_profile("deep", deadline=None, max_examples=1000)  # VIAGGIO_LAWS=deep: before a release
settings.load_profile(os.environ.get("VIAGGIO_LAWS", "house"))

SHARED = Path(__file__).parents[2] / "shared"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of the real data sets; the test is skipped where it is absent."""
    if not (SHARED / "data").is_dir():
        pytest.skip("the real data sets do not lie beside this checkout")
    return SHARED / "data"


@pytest.fixture(scope="session")
def golden() -> Path:
    """Folder of the reference values; the test is skipped where it is absent."""
    if not (SHARED / "golden").is_dir():
        pytest.skip("the reference values do not lie beside this checkout")
    return SHARED / "golden"


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """All tests with a browser go to one worker: one Chromium at a time, and one sample company."""
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.xdist_group("browser"))
