"""The worked examples give their exact strings through library, command line and HTTP alike."""

import csv
import io
import json
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone
from tests.web.incentive.golden_plans import EXAMPLES, ROOT, Worked, worked

from viaggio.cli.app import app
from viaggio.incentive.plan import read_plan
from viaggio.incentive.run import calculate
from viaggio.store.incentives import load_inputs
from viaggio.store.incentives.run_file import outcome_data
from viaggio.store.incentives.tables import PEOPLE_COLUMNS, RESULT_COLUMNS
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

EVERY = list(worked())
COMPANY = ROOT / "examples" / "incentive"


@pytest.fixture
def post(workspace, person):
    """Posts as somebody who reads plans."""
    _, secret = issue(
        person(Role.HR), name="t", scopes=[Right.SEE_PLANS], lifetime=timedelta(days=1), now=timezone.now()
    )

    def ask(address: str, body: Mapping[str, Any]) -> dict[str, Any]:
        answer = Client().post(
            f"/api/v1/incentive/{address}", data=body, content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


def as_csv(rows, columns) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def written(folder: Path, case: Worked) -> tuple[Path, Path, Path]:
    files = folder / "plan.json", folder / "people.csv", folder / "results.csv"
    files[0].write_text(json.dumps(case.plan))
    files[1].write_text(as_csv(case.people, PEOPLE_COLUMNS))
    files[2].write_text(as_csv(case.results, RESULT_COLUMNS))
    return files


def by_command(plan: Path, people: Path, results: Path) -> dict[str, Any]:
    call = ["incentive", "run", str(plan), "--people", str(people), "--results", str(results), "--json"]
    done = CliRunner().invoke(app, call)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def agrees(case: Worked, outcome: Mapping[str, Any]) -> None:
    awards = {award["person"]: award for award in outcome["awards"]}
    assert {name: award["award"] for name, award in awards.items()} == dict(case.awards)
    assert {name: awards[name]["payable"] for name in case.payable} == dict(case.payable)
    assert {name: awards[name]["status"] for name in case.status} == dict(case.status)
    lines = [line for award in awards.values() for line in award["lines"]]
    assert {line["measure"]: line["reason"] for line in lines if line["measure"] in case.reasons} == dict(
        case.reasons
    )
    if case.lines:
        assert tuple(line["amount"] for line in lines) == case.lines


def test_there_is_something_of_every_example_about_awards():
    told = {case.id[:3] for case in EVERY} | {"E15"}
    assert sorted(set(EXAMPLES) - told) == ["E12", "E14", "E16"]  # a tax, a test and a forecast: no awards


@pytest.mark.parametrize("case", EVERY, ids=lambda case: case.id)
def test_an_example_through_library_command_line_and_http(case, post, tmp_path):
    files = written(tmp_path, case)
    plan, inputs = read_plan(case.plan), load_inputs(*files[1:])
    found = calculate(plan, inputs)
    agrees(case, outcome_data(found))
    told = by_command(*files)
    agrees(case, told)
    sent = post("simulate", {"plan": case.plan, "people": case.people, "results": case.results})
    assert sent == told
    assert sent["snapshot_hash"] == found.snapshot


def test_the_whole_company_through_files_and_http(post):
    files = [COMPANY / name for name in ("plan.yaml", "people.csv", "results.csv")]
    told, expected = by_command(*files), EXAMPLES["E15"]["expected"]
    names = ("plan", "people", "results")
    sent = post("simulate", {name: path.read_text() for name, path in zip(names, files, strict=True)})
    assert sent == told
    assert {a["person"]: a["award"] for a in sent["awards"]} == expected["awards"]
    assert (sent["total"], sent["cost_by_unit"]) == (expected["total"], expected["cost_by_function"])


def test_a_number_that_is_no_text_is_refused(post):
    case = EVERY[0]
    with pytest.raises(AssertionError, match=r"0\.5 is not exact"):
        post("simulate", {"plan": {**case.plan, "min_shared_weight": 0.5}, "people": case.people,
                          "results": case.results})  # fmt: skip
