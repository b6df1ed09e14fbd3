"""Fixtures for every test: the reference data beside the checkout, where they are there."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("house", deadline=None)  # a shared machine is slow at times; that breaks no law
settings.load_profile("house")

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
