"""`viaggio journey`: the kernels over the journey index."""

from pathlib import Path

import click

from viaggio.cli.asking import answer, question
from viaggio.cli.journey_comparison import compare, distinguishes
from viaggio.cli.journey_conformance import conformance
from viaggio.cli.journey_funnels import COMMANDS
from viaggio.cli.journey_paths import attribution, flow, paths, sub_paths
from viaggio.kernel import Period


@click.group()
def journey() -> None:
    """How customers travel: phases, flow, paths, transitions, sessions, times between steps, attribution."""


for _command in (paths, sub_paths, flow, attribution, conformance, compare, distinguishes, *COMMANDS):
    journey.add_command(_command)


@journey.command()
@question
def phases(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str) -> None:
    """Customers and interactions in each phase, and moves between phases."""
    answer(folder, period, where, form, "phase_flow")


@journey.command()
@question
def transitions(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str) -> None:
    """From which touchpoint to which, how often, how long after."""
    answer(folder, period, where, form, "transitions")


@journey.command()
@question
@click.option(
    "--gap",
    default=30,
    show_default=True,
    type=click.IntRange(0),
    help="Minutes of silence that end a session.",
)
def sessions(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str, gap: int) -> None:
    """Sessions: interactions of one customer without a longer silence between."""
    answer(folder, period, where, form, "sessions", gap_minutes=gap)


@journey.command()
@question
def steps(folder: Path | None, period: Period | None, where: tuple[str, ...], form: str) -> None:
    """Time between consecutive steps."""
    answer(folder, period, where, form, "step_times")
