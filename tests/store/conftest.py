from pathlib import Path

import pytest
from tests.store.tiny import make

from viaggio.store.workspace import Workspace


@pytest.fixture
def ws(tmp_path: Path) -> Workspace:
    """An empty workspace."""
    return make(tmp_path / "company")
