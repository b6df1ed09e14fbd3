"""What the commands of `viaggio journey` share: filter, period, engine, and how answers are printed."""

from pathlib import Path
from typing import Any

import click

from viaggio.cli.output import PeriodType, formats, show, workspace_option
from viaggio.kernel import Period

_ENGINE = "viaggio.engine"


def question(command: Any) -> Any:
    """Add the options of every question."""
    command = formats(command)
    command = click.option(
        "--where",
        multiple=True,
        metavar="FILTER",
        help="Only these: 'channel = web and customers who did checkout'; may be repeated.",
    )(command)
    command = click.option("--period", type=PeriodType(), help="Only this period; default all data.")(command)
    command = click.option(
        "--engine", metavar="ADDRESS", expose_value=False, callback=_note_engine,
        help="Walk on Apache Spark: spark://machine:7077; default this machine.",
    )(command)  # fmt: skip
    return workspace_option(command)


def _note_engine(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    context.meta[_ENGINE] = value or ""


def on_cluster() -> str:
    """The address of the cluster that the command names; empty for this machine."""
    named: str = click.get_current_context().meta.get(_ENGINE, "")
    return named


def ask_for(
    folder: Path | None, period: Period | None, where: tuple[str, ...], kernel: str, **params: Any
) -> Any:
    """The result of a question of `viaggio.journey`, put to the workspace."""
    from viaggio.journey.filter import read_filters
    from viaggio.store.engine import engine
    from viaggio.store.journeys import ask
    from viaggio.store.workspace import find_workspace, open_workspace

    condition = read_filters(where)
    source = engine(open_workspace(find_workspace(folder)))
    return ask(source, kernel, period, condition=condition, cluster=on_cluster(), **params)


def answer(
    folder: Path | None, period: Period | None, where: tuple[str, ...], form: str, kernel: str, **params: Any
) -> None:
    """Ask a question and print the table of its result."""
    print_table(form, ask_for(folder, period, where, kernel, **params).table())


def print_table(form: str, table: Any) -> None:
    """Print an Arrow table."""
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    show(form, table.column_names, rows)
