"""The launcher finds Python by running it, and says in one sentence what is missing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def _run(script: str, path: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Run shell after the launcher's functions; only `path` and the system's tools can be found."""
    functions = (ROOT / "viaggio").read_text(encoding="utf-8").split('case "${1:-}"', maxsplit=1)[0]
    environment = {"PATH": f"{path}:{_tools(home)}", "HOME": str(home)}
    return subprocess.run(
        ["/bin/sh", "-c", f"{functions}\n{script}", str(ROOT / "viaggio")],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def _tools(home: Path) -> Path:
    """A folder with the few programs that the launcher uses, and no Python."""
    folder = home / "tools"
    folder.mkdir(exist_ok=True)
    for name in ("dirname", "cat", "cksum", "sh"):
        for place in ("/bin", "/usr/bin"):
            if Path(place, name).exists() and not (folder / name).exists():
                (folder / name).symlink_to(Path(place, name))
    return folder


def _program(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def test_a_shim_that_fails_is_passed_over_for_a_python_under_the_version_manager(tmp_path):
    for name in ("python3.14", "python3.13", "python3.12"):
        _program(tmp_path / "shims" / name, "#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    _program(tmp_path / "shims/python3", "#!/bin/sh\nexit 1\n")  # as 3.11 answers: too old
    real = tmp_path / ".pyenv/versions/3.13.9/bin/python3"
    _program(real, f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    found = _run("find_python", tmp_path / "shims", tmp_path)
    assert found.stdout.strip() == str(real)


def test_without_any_python_it_says_what_to_install(tmp_path):
    _program(tmp_path / "shims/python3", "#!/bin/sh\nexit 1\n")
    done = _run("make_venv", tmp_path / "shims", tmp_path)
    assert done.returncode == 1
    assert "needs Python 3.12 or newer" in done.stderr


def test_help_answers_without_heavy_imports():
    code = (
        "import sys; from viaggio.cli.app import app; app(['--help'], standalone_mode=False);"
        "heavy = {'django','duckdb','numba','pandas','ibis','pyarrow','scipy'};"
        "print(*sorted(heavy & set(sys.modules)), sep=',')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Commands" in done.stdout
    assert done.stdout.splitlines()[-1] == ""


def test_importing_the_package_is_light_and_its_doors_open():
    code = (
        "import sys, viaggio as vg;"
        "heavy = {'django','duckdb','numba','pandas','ibis','pyarrow','scipy','numpy'};"
        "assert not heavy & set(sys.modules), heavy & set(sys.modules);"
        "assert vg.kernel.split(10, [1, 1]) == [5, 5]; vg.journey; vg.measure; vg.customer"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
