"""`viaggio pulse` as somebody uses it in a terminal, from nothing to an export."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from viaggio.store.workspace import Settings, create

ROOT = Path(__file__).parents[2]
CX = "cx@example.com"

# Every command of a story in one process, as JSON lines of (exit code, output): Django is set up once.
STORY = """
import json, sys
from click.testing import CliRunner
from viaggio.cli.app import app
from viaggio.kernel import ViaggioError
for line in sys.stdin:
    ran = CliRunner().invoke(app, json.loads(line))
    wrong = ran.exception if isinstance(ran.exception, ViaggioError) else None
    if ran.exception and not wrong and not isinstance(ran.exception, SystemExit):
        raise ran.exception
    print(json.dumps([2 if wrong else ran.exit_code, str(wrong) if wrong else ran.output]), flush=True)
"""


def tell(root: Path, *commands: list[str]) -> list[tuple[int, str]]:
    environment = {**os.environ, "VIAGGIO_WORKSPACE": str(root), "PYTHONPATH": str(ROOT / "src")}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    done = subprocess.run(
        [sys.executable, "-c", STORY], input="\n".join(json.dumps(c) for c in commands), env=environment,
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def story(tmp_path_factory) -> dict[str, tuple[int, str]]:
    folder = tmp_path_factory.mktemp("pulse")
    root = create(folder / "workspace", Settings(name="Officina Blu")).root
    plan = folder / "plan.json"
    plan.write_text(json.dumps({"schema": "viaggio.plan/1", "kind": "open", "channels": ["link"]}))
    asked = ["pulse", "new", "Dopo il sito", "--questionnaire", "website_exit", "--as", CX]
    named = {
        "person": [
            "user", "add", CX, "--name", "Ada", "--role", "cx_manager", "--password", "tre treni per Trieste",
        ],
        "stranger": ["pulse", "new", "X", "--questionnaire", "website_exit", "--as", "nobody@example.com"],
        "no questionnaire": ["pulse", "new", "X", "--questionnaire", "dreams", "--as", CX],
        "new": [*asked, "--plan", str(plan), "--start"],
        "list": ["pulse", "list", "--json"],
        "draw": ["pulse", "draw", "--json"],
        "send": ["pulse", "send"],
        "coverage": ["pulse", "coverage", "dopo-il-sito", "--json"],
        "csv": ["pulse", "export", "dopo-il-sito", str(folder / "answers.csv")],
        "sav": ["pulse", "export", "dopo-il-sito", str(folder / "answers.sav")],
        "doc": ["pulse", "export", "dopo-il-sito", str(folder / "answers.doc")],
        "pause": ["pulse", "move", "dopo-il-sito", "pause", "--as", CX],
        "end": ["pulse", "move", "dopo-il-sito", "end", "--as", CX],
        "again": ["pulse", "move", "dopo-il-sito", "start", "--as", CX],
        "paused list": ["pulse", "list", "--csv"],
        "unknown": ["pulse", "coverage", "dopo-il-sita"],
        "no scores": ["pulse", "score"],
    }  # fmt: skip
    told = dict(zip(named, tell(root, *named.values()), strict=True))
    told["folder"] = (0, str(folder))
    return told


def test_a_pulse_is_made_started_and_listed(story):
    assert story["new"] == (0, "dopo-il-sito\n")
    (listed,) = json.loads(story["list"][1])
    assert (listed["pulse"], listed["kind"], listed["state"]) == ("dopo-il-sito", "open", "running")
    assert listed["version"] == 1


def test_what_is_not_there_is_named_with_the_way_out(story):
    assert story["stranger"][0] == story["no questionnaire"][0] == story["unknown"][0] == 2
    assert "nobody@example.com" in story["stranger"][1]
    assert "website_exit" in story["no questionnaire"][1]
    assert "dopo-il-sito" in story["unknown"][1]


def test_what_is_due_is_done_and_opens_the_wave(story):
    code, said = story["draw"]
    assert code == 0
    done = {row["what"]: row["number"] for row in json.loads(said)}
    assert done["failed"] == "0"
    assert story["send"] == (0, "0 sent or tried\n")
    ledger = json.loads(story["coverage"][1])
    assert ledger["units"] == 0
    assert ledger["rates"]["rr1"] is None


def test_answers_are_written_in_the_form_that_the_ending_says(story):
    folder = Path(story["folder"][1])
    assert story["csv"][0] == story["sav"][0] == 0
    assert (folder / "answers.csv").read_text(encoding="utf-8-sig").startswith("response,")
    assert (folder / "answers.sav").read_bytes()[:4] == b"$FL2"
    assert story["doc"][0] == 2
    assert not list(folder.glob(".*"))


def test_an_ended_pulse_does_not_begin_again(story):
    assert story["pause"][0] == story["end"][0] == 0
    assert story["again"][0] == 2
    assert "ended" in story["paused list"][1]


def test_without_facts_scores_say_so(story):
    assert story["no scores"][0] == 2
    assert "import" in story["no scores"][1]
