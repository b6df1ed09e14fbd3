"""A plan computed for people and results that somebody sends along: nothing is read from records or kept."""

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from viaggio.incentive.errors import BadAmount
from viaggio.incentive.plan import Plan, check, read_plan
from viaggio.incentive.plan.document import canonical
from viaggio.incentive.run import calculate
from viaggio.kernel import BadFile
from viaggio.store.incentives import load_inputs
from viaggio.store.incentives.run_file import outcome_data
from viaggio.store.incentives.tables import PEOPLE_COLUMNS, RESULT_COLUMNS
from viaggio.web.incentive.services.errors import PlanRefused
from viaggio.web.incentive.services.plan_text import ReadText, read_text

LONGEST = 50_000_000  # characters of people or results

Rows = str | Sequence[Mapping[str, Any]]
"""The CSV of docs/reference/incentive-files.md as text, or its rows as mappings of texts."""


def read_source(source: str | Mapping[str, Any]) -> ReadText:
    """A plan as text, or as plain values; numbers in it are texts. Raises `BadAmount` for others."""
    if not isinstance(source, str):
        _only_exact(source, "plan")
    return read_text(source if isinstance(source, str) else canonical(source))


def _only_exact(value: Any, place: str) -> None:
    """What came as a binary fraction is no longer the number that somebody wrote."""
    if isinstance(value, Mapping):
        for name, entry in value.items():
            _only_exact(entry, f"{place}.{name}")
    elif isinstance(value, list):
        for number, entry in enumerate(value):
            _only_exact(entry, f"{place}[{number}]")
    elif not isinstance(value, str | int | None):
        raise BadAmount(f"{value!r} is not exact", place=place, hint='Write it as text, such as "0.35".')


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
    with TemporaryDirectory(prefix="viaggio-") as folder:
        files = [
            _written(Path(folder) / name, rows, columns)
            for name, rows, columns in (
                ("people.csv", people, PEOPLE_COLUMNS), ("results.csv", results, RESULT_COLUMNS),
            )
        ]  # fmt: skip
        inputs = load_inputs(*files)
    outcome = calculate(plan, inputs)
    return outcome_data(outcome) | {
        "plan": outcome.plan, "plan_hash": outcome.plan_hash, "snapshot_hash": outcome.snapshot,
    }  # fmt: skip


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
