"""The sample company as these stories need it: one to look at, and one of their own to change."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from browser import Server, serving


@pytest.fixture(scope="session")
def changing_server(sample_company: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server on a copy of the sample company, where a story may bring files in."""
    root = tmp_path_factory.mktemp("changing") / "workspace"
    shutil.copytree(sample_company, root, ignore=shutil.ignore_patterns("*-wal", "*-shm", "*.log"))
    with serving(root) as running:
        yield running
