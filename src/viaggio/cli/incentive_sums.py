"""`viaggio incentive` sum by sum: days, credited values, pools, corrections, taxes, costs, each by itself."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from viaggio.cli.output import formats, show

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


def told(form: str, document: Mapping[str, Any]) -> None:
    """Print the answer: as it is for JSON, else one row for each value."""
    show(form, ("what", "value"), list(_flat("", document)), document=document)


def _flat(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, entry in value.items():
            yield from _flat(f"{place}.{name}" if place else str(name), entry)
    elif isinstance(value, list):
        for number, entry in enumerate(value, start=1):
            yield from _flat(f"{place}.{number}", entry)
    else:
        yield place, value


def given(**values: Any) -> dict[str, Any]:
    """What was asked with, without what was left out."""
    return {name: value for name, value in values.items() if value is not None and value != ()}


@click.command()
@click.argument("plan", type=FILE)
@click.option("--people", type=FILE, required=True, help="CSV of stays and absences.")
@formats
def days(plan: Path, people: Path, form: str) -> None:
    """Show how many days of each person count, before anything is measured."""
    from viaggio.incentive import single
    from viaggio.store.incentives import load_plan
    from viaggio.store.incentives.tables import load_people

    found = single.days(load_plan(plan), load_people(people))
    columns = ("person", "status", "unit", "from", "to", "days", "proration", "opportunity")
    rows = [
        (one["person"], one["status"], *(stay[name] for name in columns[2:]))
        for one in found["people"]
        for stay in one["stays"]
    ]
    show(form, columns, rows, document=found)


@click.command()
@click.argument("results", type=FILE)
@click.option("--k-headcount", default=5, show_default=True, help="Fewest people of a unit that is shown.")
@click.option("--k-responses", default=10, show_default=True, help="Fewest answers of a unit that is shown.")
@formats
def hidden(results: Path, k_headcount: int, k_responses: int, form: str) -> None:
    """Show which units of some results may be shown, and which are hidden so that nobody can subtract."""
    from viaggio.incentive import single
    from viaggio.store.incentives.tables import load_results

    cells, _kpis, _holds = load_results(results)
    told(form, single.hidden_cells(cells, headcount=k_headcount, responses=k_responses))


@click.command()
@click.argument("runs", metavar="RUN...", nargs=-1, required=True, type=FILE)
@click.option("--period", required=True, help="The period as the ledger writes it, such as 2026-Q1.")
@click.option("--why", multiple=True, help="The cause of each run, in their order.")
@formats
def ledger(runs: tuple[Path, ...], period: str, why: tuple[str, ...], form: str) -> None:
    """Show what the ledger would say of runs that correct one another: differences, and their chain."""
    from viaggio.incentive import single
    from viaggio.incentive.single.posting import Told
    from viaggio.store.incentives import read_run

    causes = [*why, *("" for _ in runs)]
    documents = [(path.stem, read_run(path)) for path in runs]
    found = single.posted(
        [
            Told(name=name, plan=document["plan"], outcome=document["outcome"], why=cause)
            for (name, document), cause in zip(documents, causes, strict=False)
        ],
        period,
    )
    columns = ("seq", "person", "kind", "delta", "recomputed_award", "run", "why", "hash")
    rows = [tuple(entry[name] for name in columns) for entry in found["entries"]]
    show(form, columns, rows, document=found)


@click.command()
@click.argument("file", type=FILE)
@formats
def credit(file: Path, form: str) -> None:
    """Show every way of crediting a measured value: point, shrunk, dead band, lower bound, change.

    FILE is YAML, TOML or JSON with its counts, curve, target, parent, K and z.
    """
    from viaggio.incentive import single
    from viaggio.store.incentives.plan_file import load_document

    told(form, single.credit(load_document(file)))


@click.command()
@click.argument("shares", type=FILE, required=False)
@click.option("--pool", required=True, help="The sum that is divided.")
@click.option("--all", "whole", is_flag=True, help="Divide all of it, as far as the caps allow.")
@click.option("--equal", type=int, help="Divide it in so many equal parts instead.")
@formats
def divide(shares: Path | None, pool: str, whole: bool, equal: int | None, form: str) -> None:
    """Divide a pool to the last cent. SHARES is a CSV with person and raw, perhaps cap."""
    from viaggio.incentive import single
    from viaggio.store.incentives.run_payments import by_person

    asked = given(pool=pool, equal=equal, mode="distribute_all" if whole else None)
    if shares:
        asked["raw"] = by_person(shares, "raw")
        if whole and "cap" in shares.read_text(encoding="utf-8-sig").partition("\n")[0]:
            asked["caps"] = by_person(shares, "cap")
    told(form, single.divide(asked))


@click.command()
@click.option("--owed", required=True, help="What is owed.")
@click.option("--share", required=True, help="Most that is kept of each award, 0 to 1.")
@click.option("--following", multiple=True, required=True, help="A following award. May be repeated.")
@formats
def recover(owed: str, share: str, following: tuple[str, ...], form: str) -> None:
    """Show what is kept back of following awards for a correction downwards."""
    from viaggio.incentive import single

    told(form, single.recover({"owed": owed, "share": share, "following": list(following)}))


@click.command()
@click.option("--target", required=True, help="What 100 % pays for the year.")
@click.option("--share", required=True, help="Share of a part's result that is paid at once, 0 to 1.")
@click.option("--parts", default=4, show_default=True, help="Parts of the year.")
@click.option("--factor", "factors", multiple=True, help="Result of a part. May be repeated.")
@click.option("--year", "factor", help="Result of the whole year.")
@click.option("--settlement", type=click.Choice(["no_recovery", "carry_forward"]),
              default="no_recovery", show_default=True, help="What becomes of too much.")  # fmt: skip
@formats
def settle(target: str, share: str, parts: int, factors: tuple[str, ...], factor: str | None, settlement: str,
           form: str) -> None:  # fmt: skip
    """Show payments on account and what the year's result leaves to pay."""
    from viaggio.incentive import single

    told(form, single.settle(given(target=target, share=share, parts=parts, factors=list(factors),
                                   factor=factor, settlement=settlement)))  # fmt: skip
