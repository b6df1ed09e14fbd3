"""Shared incentives as files: the worked company from the command line, checked again, tampered with."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest
import tomli_w
import yaml
from click.testing import CliRunner

from viaggio.cli.app import app
from viaggio.store.incentives import load_inputs, load_plan
from viaggio.store.incentives.tables import BadRows

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "examples" / "incentive"
GOLDEN = json.loads((ROOT / "tests" / "golden" / "incentives.json").read_text())["examples"]["E15"][
    "expected"
]


def viaggio(*words: object):
    return CliRunner().invoke(app, ["incentive", *map(str, words)], catch_exceptions=False)


@pytest.fixture
def files(tmp_path: Path) -> Path:
    shutil.copytree(EXAMPLE, tmp_path / "example")
    return tmp_path / "example"


def run(files: Path, *more: object):
    inputs = ("--people", files / "people.csv", "--results", files / "results.csv")
    return viaggio("run", files / "plan.yaml", *inputs, *more)


def test_the_example_is_paid_as_the_worked_company_is(files):
    told = json.loads(run(files, "--json").output)
    assert {award["person"]: award["award"] for award in told["awards"]} == GOLDEN["awards"]
    assert told["total"] == GOLDEN["total"]
    assert told["cost_by_unit"] == GOLDEN["cost_by_function"]


def test_a_stored_run_is_verified_and_one_changed_character_is_found(files):
    stored = files / "run.json"
    run(files, "--out", stored)
    assert viaggio("verify", stored).exit_code == 0
    text = stored.read_text()
    stored.write_text(text.replace('"award": "893.14"', '"award": "893.15"'))
    assert viaggio("verify", stored).exit_code == 1
    stored.write_text(text.replace('"promoters": 1130', '"promoters": 1131'))
    found = json.loads(viaggio("verify", stored, "--json").output)
    assert not found["same"]
    assert "snapshot_hash" in {place for place, _, _ in found["differences"]}


def test_shuffled_rows_give_the_same_run_to_the_last_byte(files):
    run(files, "--out", files / "one.json")
    for name in ("people.csv", "results.csv"):
        head, *rows = (files / name).read_text().splitlines()
        (files / name).write_text("\n".join([head, *reversed(rows)]) + "\n")
    run(files, "--out", files / "two.json")
    assert (files / "one.json").read_bytes() == (files / "two.json").read_bytes()


def test_the_same_plan_in_yaml_toml_and_json_has_the_same_hash(files):
    document = yaml.load((files / "plan.yaml").read_text(), Loader=yaml.BaseLoader)
    (files / "plan.toml").write_text(tomli_w.dumps(document))
    (files / "plan.json").write_text(json.dumps(document))
    assert tomllib.loads((files / "plan.toml").read_text())["plan"] == "COMPANY-2026"
    assert load_plan(files / "plan.toml") == load_plan(files / "plan.json") == load_plan(files / "plan.yaml")


def test_an_explanation_adds_up_to_the_award(files):
    run(files, "--out", files / "run.json")
    told = json.loads(viaggio("explain", files / "run.json", "u04", "--json").output)
    cents = [round(float(line["amount"]) * 100) for line in told["lines"]]
    assert sum(cents) == 200_076
    assert {line["unit"] for line in told["lines"]} == {"sales", "logistics"}


def test_a_comparison_names_the_cause_before_the_effect(files):
    run(files, "--out", files / "one.json")
    rows = (files / "results.csv").read_text()
    (files / "results.csv").write_text(rows.replace(",1130,", ",1120,"))
    run(files, "--out", files / "two.json")
    found = json.loads(viaggio("diff", files / "one.json", files / "two.json", "--json").output)
    places = [row["place"] for row in found]
    assert places[0] == "snapshot_hash"
    assert any("promoters" in place for place in places)
    assert any(place.startswith("award.u01") for place in places)


def test_every_fault_is_told_with_file_row_and_column_and_nothing_is_paid(files):
    people = (files / "people.csv").read_text().splitlines()
    people[1] = people[1].replace("2026-01-01", "1.1.2026")
    people[2] = people[2].replace(",0.5,", ",half,")
    (files / "people.csv").write_text("\n".join(people) + "\n")
    with pytest.raises(BadRows) as refused:
        load_inputs(files / "people.csv", files / "results.csv")
    assert [(f[0], f[1], f[2]) for f in refused.value.faults] == [
        ("people.csv", 2, "first"), ("people.csv", 3, "fte"),
    ]  # fmt: skip


def test_a_refused_plan_is_not_computed(files):
    text = (files / "plan.yaml").read_text()
    (files / "plan.yaml").write_text(text.replace('weight: "0.35"', 'weight: "0.30"', 1))
    assert viaggio("check", files / "plan.yaml").exit_code == 1
    with pytest.raises(Exception, match=r"groups.marketing"):
        run(files)
