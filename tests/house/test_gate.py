"""The gate turns red for what it is there to find: each fault is planted in a copy of the sources."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the checks read."""
    for name in ("src", "tools"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", "*.woff2"))
    for name in ("pyproject.toml", "manage.py"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def _run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(copy / "src")}
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


def _lint_imports() -> str:
    return str(Path(sys.executable).with_name("lint-imports"))


def test_the_import_rules_hold(copy):
    done = _run(copy, _lint_imports(), "--no-cache")
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("place", "line"),
    [
        ("kernel/money.py", "import viaggio.measure"),  # looks up
        ("customer/rules.py", "import duckdb"),  # the core touches a world
        ("web/people/views.py", "import viaggio.web.journey.views"),  # a face knows another
        ("store/engine.py", "import django"),  # the framework below the faces
    ],
)
def test_a_planted_wrong_import_makes_the_gate_red(copy, place, line):
    target = copy / "src/viaggio" / place
    target.write_text(f"{line}\n{target.read_text(encoding='utf-8')}", encoding="utf-8")
    assert _run(copy, _lint_imports(), "--no-cache").returncode == 1


def test_a_planted_new_room_must_be_declared(copy):
    (copy / "src/viaggio/attic.py").write_text('"""Not declared."""\n', encoding="utf-8")
    assert _run(copy, _lint_imports(), "--no-cache").returncode == 1


@pytest.mark.parametrize(
    "planted",
    [
        "<p>Nobody translated this sentence</p>",
        "{% load i18n %}<p>{% translate 'No Italian for this one' %}</p>",
    ],
)
def test_a_planted_untranslated_string_makes_the_gate_red(copy, planted):
    assert _run(copy, sys.executable, "tools/translations.py", "--check").returncode == 0
    template = copy / "src/viaggio/web/people/templates/people/planted.html"
    template.parent.mkdir(parents=True, exist_ok=True)
    template.write_text(planted, encoding="utf-8")
    assert _run(copy, sys.executable, "tools/translations.py", "--check").returncode == 1


def test_a_planted_module_that_is_too_long_makes_the_gate_red(copy):
    assert _run(copy, sys.executable, "tools/sizes.py").returncode == 0
    (copy / "src/viaggio/kernel/long.py").write_text("\n" * 401, encoding="utf-8")
    assert _run(copy, sys.executable, "tools/sizes.py").returncode == 1


def test_no_file_names_a_package_index_or_a_machine():
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.split()
    words = ("--index" + "-url", "extra-" + "index", "--find" + "-links", "/ro" + "ot/", "/wo" + "rk/")
    suspects = [
        f"{name}: {word}"
        for name in tracked
        if name.endswith((".py", ".txt", ".toml", ".md", ".sh", ".in", ".html", ".js", "viaggio", "run"))
        for word in words
        if word in (ROOT / name).read_text(encoding="utf-8", errors="replace")
    ]
    assert suspects == []
