"""The golden cases pass, their code does not peek, and the command tells good from bad."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from golden_cases.comparison import compare
from golden_cases.frame import Case, cases_of, code_of, main, run, verdicts_of

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "statistics"
FILES = sorted(HERE.glob("*.json"))
AREAS = "ABEFGH"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_expected_number_is_computed_within_its_tolerance(path):
    verdict = run(cases_of(path)[0])
    assert verdict.state == "ok", "\n".join(verdict.lines())
    assert not verdict.comparison.absent


@pytest.mark.shared
def test_all_cases_of_the_covered_areas_pass(golden):
    files = [str(path) for area in AREAS for path in sorted((golden / "statistics").glob(f"{area}*.json"))]
    verdicts = list(verdicts_of(files))
    bad = [line for verdict in verdicts if verdict.state != "ok" for line in verdict.lines()]
    assert len(files) > 40
    assert not bad, "\n".join(bad)
    assert not [verdict.id for verdict in verdicts if verdict.comparison.absent]


def _case(name: str) -> Case:
    return cases_of(next(HERE.glob(f"{name}_*.json")))[0]


@pytest.mark.parametrize("name", ["A01", "A02", "A05", "A09", "A11", "A12", "A15", "A16"])
def test_a_case_is_computed_without_its_expected_values(name):
    case = _case(name)
    blind = replace(case, expected=None)
    computed = code_of(blind)(blind)
    found = compare(computed, case.expected, case.relative, case.absolute)
    assert found.compared > 10
    assert not found.differences


def test_a_variant_of_a_case_is_run_by_the_same_code():
    case = _case("A12")
    assert code_of(replace(case, id="A12h_nps_ci")) is code_of(case)


def test_a_case_reads_the_one_file_it_brings(tmp_path):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "other.csv").write_text("name,value\nNone,1\nb,NA\n")
    case = replace(_case("A02"), folder=tmp_path, csv=("data/other.csv",))
    rows = case.frame("pulse.csv")
    assert rows.name.tolist() == ["None", "b"]
    assert rows.value.isna().tolist() == [False, True]


def _changed(tmp_path: Path) -> Path:
    """A case with one expected number moved by more than its tolerance."""
    document = json.loads(next(HERE.glob("A16_*.json")).read_text())
    document["expected"]["mice"]["t"] *= 1 + 1e-6
    path = tmp_path / "A16_changed.json"
    path.write_text(json.dumps(document))
    return path


def test_a_changed_number_fails_at_its_place(tmp_path, capsys):
    assert main([str(_changed(tmp_path))]) == 1
    told = capsys.readouterr().out
    assert "FAIL" in told
    assert "mice.t" in told


def test_a_number_that_is_not_computed_is_counted(tmp_path, capsys):
    document = json.loads(next(HERE.glob("A16_*.json")).read_text())
    document["expected"]["unheard_of"] = [1.0, 2.0]
    path = tmp_path / "A16_more.json"
    path.write_text(json.dumps(document))
    assert main([str(path)]) == 0
    assert "14 numbers, 2 not computed (unheard_of[0] ...)" in capsys.readouterr().out


def test_code_that_breaks_is_a_failure_and_the_other_cases_still_run(tmp_path, capsys):
    document = json.loads(next(HERE.glob("A16_*.json")).read_text())
    document["inputs"] = {}
    (tmp_path / "A16_broken.json").write_text(json.dumps(document))
    _changed(tmp_path)
    assert main([str(tmp_path)]) == 1
    assert capsys.readouterr().out.endswith("0 ok, 2 FAIL, 0 not covered\n")


def test_a_format_that_is_not_known_is_not_covered(tmp_path, capsys):
    (tmp_path / "notes.json").write_text('{"anything": 1}')
    assert main([str(tmp_path)]) == 0
    assert "not covered" in capsys.readouterr().out


def test_a_path_that_cannot_be_read_ends_with_2(tmp_path, capsys):
    (tmp_path / "torn.json").write_text("{")
    assert main([str(tmp_path / "torn.json")]) == 2
    assert main([str(tmp_path / "absent.json")]) == 2
    assert "absent.json" in capsys.readouterr().err


def test_the_command_runs_from_any_folder(tmp_path):
    environment = {**os.environ, "VIAGGIO_VENV": sys.prefix}
    good, bad = (
        subprocess.run(
            [ROOT / "tools" / "golden", path],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        for path in (next(HERE.glob("A16_*.json")), _changed(tmp_path))
    )
    assert (good.returncode, bad.returncode) == (0, 1), good.stderr + bad.stderr
    assert good.stdout.endswith("1 ok, 0 FAIL, 0 not covered\n")


@pytest.mark.parametrize(
    ("computed", "expected", "good"),
    [
        ({"a": 1.0}, {"a": [1.0]}, True),
        ({"a": [[1.0]]}, {"a": 1.0}, True),
        ({"a": None}, {"a": None}, True),
        ({"a": float("nan")}, {"a": None}, True),
        ({"a": 0.0}, {"a": None}, False),
        ({"a": float("inf")}, {"a": "Infinity"}, True),
        ({"a": 1e300}, {"a": "Infinity"}, False),
        ({"a": ["x", "y"]}, {"a": ["x", "z"]}, False),
        ({"a": [1.0, 2.0]}, {"a": [1.0, 2.0, 3.0]}, False),
        ({"a": {"b": 1.0}}, {"a": [1.0, 2.0]}, False),
        ({"a": 1.0 + 2e-6}, {"a": 1.0}, False),
        ({"a": 1.0 + 0.9e-6}, {"a": 1.0}, True),
    ],
)
def test_comparison_follows_the_shapes_of_the_files(computed, expected, good):
    assert (not compare(computed, expected, 1e-6, 0.0).differences) is good
