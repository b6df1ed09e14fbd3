"""The worked examples give their exact strings through library, command line and HTTP alike."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.utils import timezone
from tests.web.incentive.golden_plans import examples
from tests.web.incentive.golden_shapes import Example

from viaggio.cli.app import app
from viaggio.incentive import single
from viaggio.incentive.run import calculate
from viaggio.incentive.single.posting import Told
from viaggio.store.incentives import load_inputs, load_plan
from viaggio.store.incentives.country_file import load_country
from viaggio.store.incentives.run_file import outcome_data
from viaggio.store.incentives.tables import PEOPLE_COLUMNS, RESULT_COLUMNS, load_people, load_results
from viaggio.web.shared.roles import Right, Role
from viaggio.web.shared.tokens import issue

EVERY = list(examples())
Body = Mapping[str, Any]


@pytest.fixture
def post(workspace, person):
    """Posts as somebody who reads plans."""
    _, secret = issue(
        person(Role.HR), name="t", scopes=[Right.SEE_PLANS], lifetime=timedelta(days=1), now=timezone.now()
    )

    def ask(address: str, body: Body) -> dict[str, Any]:
        answer = Client().post(
            f"/api/v1/incentive/{address}", data=body, content_type="application/json",
            headers={"Authorization": f"Bearer {secret}"},
        )  # fmt: skip
        assert answer.status_code == 200, answer.content
        return answer.json()

    return ask


class Library:
    """The functions themselves, on values read from files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ask(self, name: str, body: Body) -> dict[str, Any]:
        files = written(self.folder, body)
        if name == "run":
            found = outcome_of(files)
            return {"run": found, "explain": single.explained(found)}
        if name == "days":
            return single.days(load_plan(files["plan"]), load_people(files["people"]))
        if name == "hidden":
            limits = {kind: int(body[f"k_{kind}"]) for kind in ("headcount", "responses")}
            return single.hidden_cells(load_results(files["results"])[0], **limits)
        if name == "ledger":
            return single.posted(self._told(body["runs"]), body["period"])
        if name == "tax":
            return single.tax(body, load_country())
        return getattr(single, name)(body)

    def _told(self, runs: list[Body]) -> Iterator[Told]:
        for run in runs:
            found = outcome_of(written(self.folder, run))
            yield Told(name=run["name"], plan=found["plan"], outcome=found, why=run["why"])


class CommandLine:
    """`viaggio incentive ... --json`, on files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def call(self, *arguments: object) -> dict[str, Any]:
        done = CliRunner().invoke(app, ["incentive", *map(str, arguments), "--json"])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    def run(self, body: Body, name: str = "run") -> tuple[Path, dict[str, Any]]:
        files, out = written(self.folder, body), self.folder / f"{name}.json"
        return out, self.call("run", files["plan"], "--people", files["people"], "--results",
                              files["results"], "--out", out)  # fmt: skip

    def ask(self, name: str, body: Body) -> dict[str, Any]:
        if name == "run":
            out, told = self.run(body)
            return {"run": told, "explain": self.call("explain", out)}
        return self.call(name, *getattr(self, f"_{name}", self._options)(body))

    def _options(self, body: Body) -> Iterator[object]:
        for name, given in body.items():
            yield f"--{name.replace('_', '-')}"
            yield given

    def _days(self, body: Body) -> Iterator[object]:
        files = written(self.folder, body)
        yield from (files["plan"], "--people", files["people"])

    def _hidden(self, body: Body) -> Iterator[object]:
        yield written(self.folder, body)["results"]
        yield from self._options({name: given for name, given in body.items() if name != "results"})

    def _ledger(self, body: Body) -> Iterator[object]:
        yield from (self.run(run, run["name"])[0] for run in body["runs"])
        yield from ("--period", body["period"])
        yield from (part for run in body["runs"] for part in ("--why", run["why"]))

    def _credit(self, body: Body) -> Iterator[object]:
        (self.folder / "cell.json").write_text(json.dumps(body))
        yield self.folder / "cell.json"

    def _divide(self, body: Body) -> Iterator[object]:
        yield from ("--pool", body["pool"])
        if "equal" in body:
            yield from ("--equal", body["equal"])
            return
        caps = body.get("caps", {})
        rows = [{"person": who, "raw": raw, "cap": caps.get(who, "")} for who, raw in body["raw"].items()]
        (self.folder / "shares.csv").write_text(as_csv(rows, ("person", "raw", "cap")))
        yield from (self.folder / "shares.csv", *(["--all"] if "mode" in body else []))

    def _recover(self, body: Body) -> Iterator[object]:
        yield from self._options({name: body[name] for name in ("owed", "share")})
        yield from (part for award in body["following"] for part in ("--following", award))

    def _settle(self, body: Body) -> Iterator[object]:
        yield from self._options({name: body[name] for name in ("target", "share")})
        yield from (part for factor in body["factors"] for part in ("--factor", factor))
        yield from ("--year", body["factor"], "--settlement", body.get("settlement", "no_recovery"))

    def _improvement(self, body: Body) -> Iterator[object]:
        counts = {
            w: ",".join(str(body[w][c]) for c in ("promoters", "detractors", "n")) for w in ("now", "before")
        }
        yield from self._options({**body, **counts})

    def _forecast(self, body: Body) -> Iterator[object]:
        yield from (part for x, pays in body["curve"]["points"] for part in ("--point", f"{x}={pays}"))
        yield from self._options(
            {**{n: body[n] for n in ("mean", "sd", "target")}, "above": body["above"][0]}
        )

    def _tax(self, body: Body) -> Iterator[object]:
        more = {name: given for name, given in body.items() if name != "incremental"}
        yield from self._options(more)
        yield from ["--no-increment"] if body.get("incremental") == "false" else []


class OverHttp:
    """`POST /api/v1/incentive/...`."""

    def __init__(self, post: Callable[[str, Body], dict[str, Any]]) -> None:
        self.post = post

    def ask(self, name: str, body: Body) -> dict[str, Any]:
        if name == "run":
            return {"run": self.post("simulate", body), "explain": self.post("explain", body)}
        return self.post(name, body)


def written(folder: Path, body: Body) -> dict[str, Path]:
    """The files of a question, as somebody would keep them."""
    files = {}
    for name, columns in (("people", PEOPLE_COLUMNS), ("results", RESULT_COLUMNS)):
        if name in body:
            files[name] = folder / f"{name}.csv"
            rows = body[name]
            files[name].write_text(rows if isinstance(rows, str) else as_csv(rows, columns))
    if "plan" in body:
        text = isinstance(body["plan"], str)
        files["plan"] = folder / ("plan.yaml" if text else "plan.json")
        files["plan"].write_text(body["plan"] if text else json.dumps(body["plan"]))
    return files


def as_csv(rows, columns) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def outcome_of(files: Mapping[str, Path]) -> dict[str, Any]:
    found = calculate(load_plan(files["plan"]), load_inputs(files["people"], files["results"]))
    return outcome_data(found) | {
        "plan": found.plan, "plan_hash": found.plan_hash, "snapshot_hash": found.snapshot,
    }  # fmt: skip


def at(answer: Any, place: str) -> Any:
    """The value at a place of an answer; an entry of a list is found by its person, measure or unit."""
    for step in place.split("/"):
        if isinstance(answer, list) and not step.isdigit():
            names = ("person", "measure", "unit")
            (answer, *_) = [entry for entry in answer if step in {entry.get(name) for name in names}]
        else:
            answer = answer[int(step) if isinstance(answer, list) else step]
    return answer


def leaves(value: Any, place: str = "") -> dict[str, Any]:
    """Every single value of an example with its path."""
    entries = (
        value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else None
    )
    if entries is None:
        return {place: value}
    return {
        path: leaf
        for name, entry in entries
        for path, leaf in leaves(entry, f"{place}/{name}" if place else str(name)).items()
    }


@pytest.mark.django_db
@pytest.mark.parametrize("example", EVERY, ids=lambda example: example.id)
def test_every_field_of_an_example_through_library_command_line_and_http(example: Example, post, tmp_path):
    faces = {"library": Library(tmp_path), "command": CommandLine(tmp_path), "http": OverHttp(post)}
    expected, compared = leaves(example.expected), set(example.given)
    for asked in example.sums:
        for face, one in faces.items():
            answer = one.ask(asked.name, asked.body)
            found = {name: at(answer, place) for name, place in asked.fields.items()}
            assert found == {name: expected[name] for name in asked.fields}, (face, asked.name)
            assert [expected[name] for name in asked.absent if expected[name] in json.dumps(answer)] == []
        compared |= set(asked.fields)
    assert sorted(set(expected) - compared) == []


def test_no_example_is_left_out():
    assert len(EVERY) == 19
    assert sum(len(one.given) for one in EVERY) == 76  # inputs repeated in a table, and one sentence


def test_a_number_that_is_no_text_is_refused(post):
    body = EVERY[0].sums[0].body
    with pytest.raises(AssertionError, match=r"0\.5 is not exact"):
        post("simulate", {**body, "plan": {**body["plan"], "min_shared_weight": 0.5}})
    with pytest.raises(AssertionError, match=r"5800\.5 is not exact"):
        post("tax", {"year": "2026", "gross": 5800.5})


def test_what_a_sum_needs_is_named(post):
    with pytest.raises(AssertionError, match=r"gross.+ is missing"):
        post("tax", {"year": "2026"})
    with pytest.raises(AssertionError, match=r"salary.+ means nothing here"):
        post("credit", {"kind": "nps", "n": 4, "promoters": 1, "salary": "1"})
    with pytest.raises(AssertionError, match=r"nobody.+ is not in the run"):
        post("explain", {**EVERY[0].sums[0].body, "person": "nobody"})
