"""`viaggio incentive`: check, run, verify, explain, compare, simulate and export, without a workspace."""

import sys
from pathlib import Path
from typing import Any

import click

from viaggio.cli.incentive_checks import coverage, forecast, improvement, tax
from viaggio.cli.incentive_payroll import annex, export, notice
from viaggio.cli.incentive_statements import statements
from viaggio.cli.incentive_sums import credit, days, divide, hidden, ledger, recover, settle
from viaggio.cli.incentive_whatif import simulate
from viaggio.cli.output import formats, show
from viaggio.kernel import ViaggioError

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def incentive() -> None:
    """Shared incentives: from a plan, people and results to the cent, explained and checkable."""


@incentive.command()
@click.argument("plan", type=_FILE)
@click.option("--country", default="", help="Check what a country's rules refuse too, such as it.")
@formats
def check(plan: Path, country: str, form: str) -> None:
    """Check a plan file. Ends with 1 when something in it is refused."""
    from viaggio.incentive.italy.checks import check_country
    from viaggio.incentive.plan import check as findings_of
    from viaggio.incentive.plan import refused
    from viaggio.store.incentives import load_plan
    from viaggio.store.incentives.country_file import load_country

    read = load_plan(plan)
    findings = findings_of(read)
    if country:
        findings += check_country(read, load_country(country))
    rows = [("refused" if f.refuses else "warning", f.code, f.place, f.detail or None) for f in findings]
    show(form, ("what", "code", "place", "detail"), rows)
    sys.exit(1 if refused(findings) else 0)


@incentive.command()
@click.argument("plan", type=_FILE)
@click.option("--people", type=_FILE, required=True, help="CSV of stays and absences.")
@click.option("--results", type=_FILE, required=True, help="CSV of measures, KPIs and holds.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="Write the run into this file.")
@formats
def run(plan: Path, people: Path, results: Path, out: Path | None, form: str) -> None:
    """Compute a plan for people and results. A plan that is refused is not computed."""
    from viaggio.incentive.plan import check as findings_of
    from viaggio.incentive.run import calculate
    from viaggio.store.incentives import load_inputs, load_plan, write_run
    from viaggio.store.incentives.run_file import outcome_data

    read = load_plan(plan)
    stopping = [f for f in findings_of(read) if f.refuses]
    if stopping:
        told = "; ".join(f"{f.place}: {f.code}" for f in stopping)
        raise ViaggioError(f"the plan is refused: {told}", hint="See 'viaggio incentive check'.")
    inputs = load_inputs(people, results)
    outcome = calculate(read, inputs)
    if out:
        write_run(out, plan, read, inputs, outcome)
    data = outcome_data(outcome) | {
        "plan": outcome.plan,
        "plan_hash": outcome.plan_hash,
        "snapshot_hash": outcome.snapshot,
    }
    rows = [(a["person"], a["status"], a["award"], a["held"], a["payable"]) for a in data["awards"]]
    show(form, ("person", "status", "award", "held", "payable"), rows, document=data)


@incentive.command()
@click.argument("run_file", metavar="RUN", type=_FILE)
@formats
def verify(run_file: Path, form: str) -> None:
    """Compute a stored run again and compare every value. Ends with 1 when one differs."""
    from viaggio.store.incentives import read_run
    from viaggio.store.incentives import verify as verified

    found = verified(read_run(run_file))
    rows = [(d.place, d.one, d.other) for d in found.differences]
    show(form, ("place", "stored", "computed"), rows, document={"same": found.same, "differences": rows})
    sys.exit(0 if found.same else 1)


@incentive.command()
@click.argument("run_file", metavar="RUN", type=_FILE)
@click.argument("person", required=False, default="")
@formats
def explain(run_file: Path, person: str, form: str) -> None:
    """Show how a person's award came about, line by line; without a person, how the run's sums did."""
    from viaggio.incentive.single import explained
    from viaggio.store.incentives import read_run

    outcome = read_run(run_file)["outcome"]
    awards = {award["person"]: award for award in outcome["awards"]}
    if person and person not in awards:
        raise ViaggioError(f"'{person}' is not in the run", hint=f"It has {len(awards)} people.")
    found = explained(outcome, person)
    if not person:
        people = found["people"].items()
        rows: list[tuple[Any, ...]] = [
            (n, p["status"], p["raw_6dp"], p["award"], p["held"]) for n, p in people
        ]
        show(form, ("person", "status", "raw", "award", "held"), rows, document=found)
        return
    columns = ("unit", "measure", "reason", "credited", "payout", "weight", "amount", "held")
    rows = [tuple(line.get(name) for name in columns) for line in awards[person]["lines"]]
    show(form, columns, rows, document=awards[person] | found["people"][person])


@incentive.command()
@click.argument("one", type=_FILE)
@click.argument("other", type=_FILE)
@formats
def diff(one: Path, other: Path, form: str) -> None:
    """Name what differs between two stored runs, causes first. Ends with 1 when something does."""
    from viaggio.store.incentives import compare_runs, read_run

    found = compare_runs(read_run(one), read_run(other))
    show(form, ("place", "one", "other"), [(d.place, str(d.one), str(d.other)) for d in found])
    sys.exit(1 if found else 0)


for command in (simulate, export, notice, annex, days, credit, improvement, divide, ledger, recover, settle,
                hidden, coverage, forecast, tax, statements):  # fmt: skip
    incentive.add_command(command)
