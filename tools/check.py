"""The one gate: style, types, import rules, the house's own checks, tests.

    ./viaggio test                 everything
    ./viaggio test --no-tests      without the tests
    ./viaggio test tests/kernel    only these tests (arguments go to pytest)

Ends with 0 when all is green. The tests come last, so that their count is the last line.
"""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
DEBIAN = {"chromium": "chromium", "pg_ctlcluster": "postgresql", "openssl": "openssl"}  # program: package
NAMED = {"chromium": "VIAGGIO_CHROMIUM", "postgresql": "VIAGGIO_TEST_DATABASE"}  # used instead of a package
QUIET = {"DEBIAN_FRONTEND": "noninteractive"}


def steps() -> dict[str, list[str]]:
    """Name and command of each check before the tests."""
    python = sys.executable
    return {
        "style": [python, "-m", "ruff", "check", "."],
        "format": [python, "-m", "ruff", "format", "--check", "."],
        "types": [python, "-m", "mypy"],
        "imports": [str(Path(python).with_name("lint-imports"))],
        "translations": [python, "tools/translations.py", "--check"],
        "metric reference": [python, "tools/metric_reference.py", "--check"],
        "vendored files": [python, "tools/vendor.py", "check"],
        "module sizes": [python, "tools/sizes.py"],
        "models and migrations": [python, "manage.py", "makemigrations", "--check", "--dry-run"],
        "deployment": [python, "manage.py", "check", "--deploy", "--fail-level", "WARNING"],
    }


def install_programs() -> None:
    """Install what some tests need from Debian's packages, when it is missing and we may."""
    missing = [
        package
        for program, package in DEBIAN.items()
        if not shutil.which(program) and not os.environ.get(NAMED.get(package, ""))
    ]
    if not missing:
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"Not installed: {', '.join(missing)}; the tests that need them are skipped.")
        return
    print(f"Installing {', '.join(missing)} ...", flush=True)
    environment = {**os.environ, **QUIET}
    for command in (["update", "-qq"], ["install", "-y", "-qq", "--no-install-recommends", *missing]):
        subprocess.run(
            ["apt-get", *command],
            check=True,
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )


def run_step(name: str, command: list[str], environment: dict[str, str]) -> bool:
    """Run one check; its output is shown only when it fails."""
    start = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    good = done.returncode == 0
    print(f"{'ok  ' if good else 'FAIL'} {name} ({time.monotonic() - start:.0f} s)", flush=True)
    if not good:
        print(done.stdout, flush=True)
    return good


def run_tests(arguments: list[str], environment: dict[str, str]) -> int:
    """Run pytest, on all cores when everything is asked for; `just faults` and `just spark` are apart."""
    cores = str(os.cpu_count() or 1)
    gate = ["--ignore=tests/faults", "--ignore=tests/spark", "-m", "not faults and not spark"]
    spread = [] if arguments else ["-n", cores, "--dist", "loadgroup", "-q", *gate]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *spread, *arguments], cwd=ROOT, env=environment, check=False
    ).returncode


def main(arguments: list[str]) -> int:
    """Run the gate; returns the exit code."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    environment.pop("VIAGGIO_WORKSPACE", None)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # tests start many programs; each would compile again
    only_tests = [a for a in arguments if a != "--no-tests"]
    red = []
    if not only_tests:
        # the deployment is checked as one is set up: reached by a name, over HTTPS
        deployed = environment | {"VIAGGIO_HOSTS": "cx.example.com", "VIAGGIO_BEHIND_PROXY": "1"}
        red = [name for name, command in steps().items() if not run_step(name, command, deployed)]
    code = 0
    if os.environ.get("CI"):
        environment["VIAGGIO_NEEDS_BROWSER"] = environment["VIAGGIO_NEEDS_POSTGRES"] = "1"
    if "--no-tests" not in arguments:
        install_programs()
        code = run_tests(only_tests, environment)
    if red:
        print(f"Red: {', '.join(red)}")
    return 1 if red else code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
