"""What the commands of `viaggio journey` share: filter, period, engine, and how answers are printed."""

from collections.abc import Callable, Sequence
from functools import wraps
from pathlib import Path
from typing import Any

import click

from viaggio.cli.output import PeriodType, formats, show, workspace_option
from viaggio.kernel import Period

_ENGINE = "viaggio.engine"
_HELD = "viaggio.held"
"""Where tables wait that are to be printed beside each other."""


def question(command: Any) -> Any:
    """Add the options of every question."""
    command = formats(_comparing(command))
    command = click.option(
        "--compare", type=click.Choice(["previous", "year"]), help="The same of a second period besides."
    )(command)
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


def _comparing(command: Callable[..., None]) -> Callable[..., None]:
    """The command, or with --compare: asked of two periods, printed as one table with their column."""

    @wraps(command)
    def asked(*, compare: str | None, period: Period | None, form: str, **given: Any) -> None:
        if compare is None:
            command(period=period, form=form, **given)
            return
        if period is None:
            raise click.UsageError("--compare takes a second period beside that of --period.")
        meta = click.get_current_context().meta
        every: list[tuple[Sequence[str], list[tuple[Any, ...]]]] = []
        for span in (period, period.previous() if compare == "previous" else period.year_before()):
            held: list[tuple[Sequence[str], list[tuple[Any, ...]]]] = []
            meta[_HELD] = held
            command(period=span, form=form, **given)
            every += [(names, [(str(span), *row) for row in rows]) for names, rows in held]
        show(form, ["period", *every[0][0]], [row for _, rows in every for row in rows])

    return asked


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
    print_rows(form, table.column_names, rows)


def print_rows(
    form: str, columns: Sequence[str], rows: list[tuple[Any, ...]], *, document: Any = None, head: str = ""
) -> None:
    """Print rows under a line of text, or as a `document`; held back where two periods are compared."""
    held = click.get_current_context().meta.get(_HELD)
    if held is not None:
        held.append((columns, rows))
        return
    if head and form == "table":
        click.echo(head)
    show(form, columns, rows, document=document)
