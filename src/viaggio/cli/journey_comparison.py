"""`viaggio journey distinguishes`: what those who reach a goal did before it, against the others."""

from pathlib import Path

import click

from viaggio.cli.asking import answer, question
from viaggio.kernel import Period


@click.command()
@question
@click.argument("goal")
@click.option(
    "--by", type=click.Choice(["touchpoint", "channel", "phase", "device", "moment", "outcome"]),
    default="touchpoint", show_default=True, help="What a place is.",
)  # fmt: skip
def distinguishes(
    folder: Path | None, period: Period | None, where: tuple[str, ...], form: str, goal: str, by: str
) -> None:
    """Where those who reach GOAL came before it, and those who do not: differences with interval.

    GOAL is a kind of interaction: touchpoints `order` or conditions `phase=purchase;channel=web`.
    """
    answer(folder, period, where, form, "distinguishes", goal=goal, by=by)
