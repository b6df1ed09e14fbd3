"""A small company with a known history, folded once, shown by every test of these pages."""

import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from viaggio.demo import generate
from viaggio.store.fold import fold
from viaggio.store.intake import land_recipe
from viaggio.store.workspace import Settings, Workspace, create

SCALE = 8_000  # interactions


@pytest.fixture(scope="session")
def company_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The folder of a folded workspace of the sample company."""
    base = tmp_path_factory.mktemp("company")
    made = create(base / "workspace", Settings(name="Officina Blu"))
    raw = base / "raw"
    generate(raw, scale=SCALE, seed=7, end=date(2026, 11, 1))
    for source in sorted(path for path in raw.iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(source.glob("*.parquet"))}
        land_recipe(made, files, "native", {"source": source.name}, by="test")
    fold(made)
    yield made.root
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(autouse=True)
def patient(settings) -> None:
    """Pages wait for their answers, however long the kernels are compiled; a test may say otherwise."""
    settings.PATIENCE_SECONDS = 60.0


@pytest.fixture
def company(company_root: Path, settings) -> Workspace:
    """The workspace of the sample company, served to this test's pages."""
    from viaggio.store.workspace import open_workspace

    settings.WORKSPACE_ROOT = company_root
    return open_workspace(company_root)
