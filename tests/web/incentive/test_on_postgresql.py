"""What holds of pay on SQLite holds on PostgreSQL: the same tests, and the same hashes, bit by bit."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
SERVICES = ROOT / "tests" / "web" / "incentive" / "services"


def run_tests(where: str, told: Path, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "VIAGGIO_TEST_HASHES": str(told)}
    environment["VIAGGIO_SECRET_KEY"] = "of one company on two databases: what is excluded is keyed"
    environment.pop("VIAGGIO_WORKSPACE", None)
    environment.pop("VIAGGIO_DATABASE", None)
    if where:
        environment["VIAGGIO_DATABASE"] = where
    for name in [name for name in environment if name.startswith("PYTEST_")]:
        environment.pop(name)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *arguments, "-q", "-p", "no:cacheprovider", "-p", "no:xdist"],
        cwd=ROOT, env=environment, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        timeout=850,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize(
    "which", [("test_runs.py", "test_ledger.py"), pytest.param(("",), marks=pytest.mark.faults)]
)
def test_pay_holds_on_postgresql_with_the_same_hashes(
    postgres_server: str, tmp_path: Path, which: tuple[str, ...]
):
    """Runs and the ledger, in which the databases differ most; all of it with the kills and floods."""
    there, here = tmp_path / "postgresql.json", tmp_path / "sqlite.json"
    run_tests(postgres_server, there, *(str(SERVICES / name) for name in which))
    run_tests("", here, str(SERVICES / "test_runs.py"), "-k", "same_hashes")
    assert json.loads(there.read_text()) == json.loads(here.read_text())
