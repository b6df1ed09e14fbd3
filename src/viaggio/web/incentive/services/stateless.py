"""A plan computed for people and results that somebody sends along: nothing is read from records or kept."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from viaggio.incentive import single
from viaggio.incentive.errors import BadAmount
from viaggio.incentive.plan import Plan, check, read_plan
from viaggio.incentive.plan.document import canonical
from viaggio.incentive.run import Inputs, calculate
from viaggio.incentive.single.posting import Told
from viaggio.kernel import BadFile, ViaggioError
from viaggio.store.incentives import load_inputs
from viaggio.store.incentives.run_file import outcome_data
from viaggio.store.incentives.tables import PEOPLE_COLUMNS, RESULT_COLUMNS
from viaggio.web.incentive.services.errors import PlanRefused
from viaggio.web.incentive.services.plan_text import ReadText, read_text

LONGEST = 50_000_000  # characters of people or results
LIMITS = ("k_headcount", "k_responses")
RUN = ("name", "why", "plan", "people", "results")

Rows = str | Sequence[Mapping[str, Any]]
"""The CSV of docs/reference/incentive-files.md as text, or its rows as mappings of texts."""


class NotInRun(ViaggioError):
    """A person who is not in a run."""

    code = "incentive.not_in_run"


def read_source(source: str | Mapping[str, Any]) -> ReadText:
    """A plan as text, or as plain values; numbers in it are texts. Raises `BadAmount` for others."""
    if not isinstance(source, str):
        only_exact(source, "plan")
    return read_text(source if isinstance(source, str) else canonical(source))


def only_exact[T](value: T, place: str = "") -> T:
    """The value: what came as a binary fraction is no longer the number that somebody wrote.

    Raises `BadAmount` with its place.
    """
    if isinstance(value, Mapping):
        for name, entry in value.items():
            only_exact(entry, f"{place}.{name}" if place else str(name))
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            only_exact(entry, f"{place}[{number}]")
    elif not isinstance(value, str | int | None):
        raise BadAmount(f"{value!r} is not exact", place=place, hint='Write it as text, such as "0.35".')
    return value


def plan_in(source: str | Mapping[str, Any]) -> Plan:
    """The plan that somebody sent. Raises `PlanRefused`, and `BadPlan` for what is no plan."""
    read = read_source(source)
    plan = read.plan if read.plan is not None else read_plan(read.document)
    stopping = [finding for finding in check(plan) if finding.refuses]
    if stopping:
        raise PlanRefused(stopping)
    return plan


def simulate(source: str | Mapping[str, Any], people: Rows, results: Rows) -> dict[str, Any]:
    """The outcome as `viaggio incentive run --json` prints it. Raises `BadRows` with every fault."""
    plan = plan_in(source)
    outcome = calculate(plan, _inputs(people, results))
    return outcome_data(outcome) | {
        "plan": outcome.plan, "plan_hash": outcome.plan_hash, "snapshot_hash": outcome.snapshot,
    }  # fmt: skip


def explain(outcome: Mapping[str, Any], person: str) -> dict[str, Any]:
    """How an outcome comes together, of everybody or of one person. Raises `NotInRun`."""
    try:
        return single.explained(outcome, person)
    except KeyError as error:
        raise NotInRun(
            f"'{person}' is not in the run", place="person", hint="Send a person of it."
        ) from error


def days(source: str | Mapping[str, Any], people: Rows) -> dict[str, Any]:
    """Days that count, before anything is measured. Raises `BadRows` with every fault."""
    return single.days(plan_in(source), _inputs(people, []).people)


def hidden(results: Rows, headcount: Any, responses: Any) -> dict[str, Any]:
    """Which units of the results may be shown. Raises `BadRows` with every fault."""
    limits = single.Asked({"k_headcount": headcount, "k_responses": responses}, LIMITS)
    return single.hidden_cells(
        _inputs([], results).cells,
        headcount=limits.whole("k_headcount"),
        responses=limits.whole("k_responses"),
    )


def posted(runs: Sequence[Mapping[str, Any]], period: str) -> dict[str, Any]:
    """What the ledger would say of runs in this order. Raises `BadRows` with every fault."""
    told = []
    for number, run in enumerate(runs):
        asked = single.Asked(run, RUN, f"runs[{number}]")
        outcome = simulate(*(asked.needed(name) for name in ("plan", "people", "results")))
        name, why = str(asked.needed("name")), str(run.get("why") or "")
        told.append(Told(name=name, plan=outcome["plan"], outcome=outcome, why=why))
    return single.posted(told, period)


def _inputs(people: Rows, results: Rows) -> Inputs:
    with TemporaryDirectory(prefix="viaggio-") as folder:
        files = [
            _written(Path(folder) / name, rows, columns)
            for name, rows, columns in (
                ("people.csv", people, PEOPLE_COLUMNS), ("results.csv", results, RESULT_COLUMNS),
            )
        ]  # fmt: skip
        return load_inputs(*files)


def _written(path: Path, rows: Rows, columns: Sequence[str]) -> Path:
    text = rows if isinstance(rows, str) else _as_csv(rows, columns, path.stem)
    if len(text) > LONGEST or "\0" in text:
        raise BadFile("this is no table", place=path.stem, hint="Send at most 50 MB of text.")
    path.write_text(text, encoding="utf-8")
    return path


def _as_csv(rows: Sequence[Mapping[str, Any]], columns: Sequence[str], place: str) -> str:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(columns)
    for number, row in enumerate(rows):
        unknown = sorted(set(row) - set(columns))
        wrong = [name for name, value in row.items() if not isinstance(value, str | int | None)]
        if unknown or wrong:
            raise BadFile(f"'{(unknown or wrong)[0]}' is not as expected", place=f"{place}[{number}]",
                          hint=f"Write numbers as text. Known: {', '.join(columns)}.")  # fmt: skip
        writer.writerow(["" if row.get(name) is None else row[name] for name in columns])
    return out.getvalue()
