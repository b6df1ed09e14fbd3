"""What holds on SQLite holds on PostgreSQL: the same tests of the queue, run again with the records there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FILES = ["test_queue.py", "test_webhooks.py", "test_gateway.py", "test_returns.py", "test_alerts.py"]


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_post_holds_on_postgresql(postgres_server: str):
    environment = {**os.environ, "VIAGGIO_DATABASE": postgres_server, "PYTHONPATH": str(ROOT / "src")}
    for name in [name for name in environment if name.startswith("PYTEST_") or name == "VIAGGIO_WORKSPACE"]:
        environment.pop(name)
    files = [str(Path(__file__).parent / name) for name in FILES]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *files, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=280,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
