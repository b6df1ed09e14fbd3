"""`viaggio journey`: the kernels over the journey index."""

from pathlib import Path
from typing import Any

import click

from viaggio.cli.output import PeriodType, formats, show, workspace_option
from viaggio.kernel import Period

_ENGINE = "viaggio.engine"


@click.group()
def journey() -> None:
    """How customers travel: phases, flow, transitions, sessions, times between steps."""


def _question(command: Any) -> Any:
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


def _answer(
    folder: Path | None, period: Period | None, where: tuple[str, ...], form: str, kernel: str, **params: Any
) -> None:
    from viaggio.journey.filter import read_filters
    from viaggio.store.engine import engine
    from viaggio.store.journeys import ask
    from viaggio.store.workspace import find_workspace, open_workspace

    condition = read_filters(where)
    source = engine(open_workspace(find_workspace(folder)))
    cluster = click.get_current_context().meta.get(_ENGINE, "")
    table = ask(source, kernel, period, condition=condition, cluster=cluster, **params).table()
    rows = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    show(form, table.column_names, rows)


@journey.command()
@_question
def phases(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str) -> None:
    """Customers and interactions in each phase, and moves between phases."""
    _answer(folder, period, where, form, "phase_flow")


@journey.command()
@_question
def transitions(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str) -> None:
    """From which touchpoint to which, how often, how long after."""
    _answer(folder, period, where, form, "transitions")


@journey.command()
@_question
@click.option("--gap", default=30, show_default=True, help="Minutes of silence that end a session.")
def sessions(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str, gap: int) -> None:
    """Sessions: interactions of one customer without a longer silence between."""
    _answer(folder, period, where, form, "sessions", gap_minutes=gap)


@journey.command()
@_question
def steps(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str) -> None:
    """Time between consecutive steps."""
    _answer(folder, period, where, form, "step_times")


@journey.command()
@_question
@click.option("--steps", "depth", default=6, show_default=True, help="Steps from each customer's first.")
def flow(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str, depth: int) -> None:
    """The flow of the first steps, with others and those who left, so that columns sum."""
    _answer(folder, period, where, form, "touchpoint_steps", steps=depth)
