"""What holds on SQLite holds on PostgreSQL: the same tests, run again with the records there."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
FIELDING = ROOT / "tests" / "web" / "pulse" / "fielding"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("which", ["test_settling.py", pytest.param("", marks=pytest.mark.faults)])
def test_fielding_holds_on_postgresql(postgres_server: str, which: str):
    """Settling, in which the databases differ most; all of it with the kills and floods."""
    environment = {**os.environ, "VIAGGIO_DATABASE": postgres_server, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("VIAGGIO_WORKSPACE", None)
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        environment.pop(name)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", str(FIELDING / which), "-q", "-m", "not faults",
         "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=850,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]
