"""`viaggio journey conformance`: a designed journey held against what customers do."""

from pathlib import Path

import click

from viaggio.cli.asking import ask_for, print_rows, question
from viaggio.kernel import Period


@click.command()
@question
@click.argument("design", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--strict", is_flag=True, help="Touchpoints that are no step of it deviate, too.")
def conformance(
    folder: Path | None, period: Period | None, where: tuple[str, ...], form: str, design: Path, strict: bool
) -> None:
    """How well customers follow DESIGN: a CSV with the columns from, to, touchpoints, or a BPMN file."""
    from viaggio.journey.design import design_from_bpmn, design_from_csv

    content = design.read_bytes()
    read = (
        design_from_csv(content.decode("utf-8-sig"), design.stem)
        if design.suffix.lower() == ".csv"
        else design_from_bpmn(content, design.stem)
    )
    found = ask_for(folder, period, where, "conformance", design=read, strict=strict)
    columns = (
        "kind",
        "origin",
        "target",
        "skipped",
        "times",
        "customers",
        "value_cents",
        "cost_cents",
        "median_seconds",
        "median_low_seconds",
        "median_high_seconds",
    )
    rows = [
        (d.kind, d.origin, d.target, ", ".join(d.skipped), d.times, d.customers, d.value_cents, d.cost_cents,
         d.time.median_seconds, d.time.median_low_seconds, d.time.median_high_seconds)
        for d in found.deviations
    ]  # fmt: skip
    whole = ("design", "customers", "conforming", "conforming_low", "conforming_high", "finished", "rounds",
             "moves", "good", "outside", "never", "value_cents", "cost_cents", "fitness_low", "fitness_high",
             "finished_low", "finished_high")  # fmt: skip
    document = {name: getattr(found, name) for name in whole} | {
        "fitness": found.fitness,
        "deviations": [dict(zip(columns, row, strict=True)) for row in rows],
    }
    share = "–" if found.fitness is None else f"{100 * found.fitness:.1f} %"
    head = (
        f"{found.design}: {share} of {found.moves} moves as designed; "
        f"{found.conforming} of {found.customers} customers in all of them\n"
    )
    print_rows(form, columns, rows, document=document, head=head)
