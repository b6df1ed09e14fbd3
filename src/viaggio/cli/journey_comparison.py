"""`viaggio journey distinguishes` and `compare`: where customers of one group come, against another."""

from pathlib import Path
from typing import Any

import click

from viaggio.cli.asking import answer, on_cluster, print_table, question
from viaggio.kernel import Period

_by = click.option(
    "--by", type=click.Choice(["touchpoint", "channel", "phase", "device", "moment", "outcome"]),
    default="touchpoint", show_default=True, help="What a place is.",
)  # fmt: skip


@click.command()
@question
@click.argument("goal")
@_by
def distinguishes(
    folder: Path | None, period: Period | None, where: tuple[str, ...], form: str, goal: str, by: str
) -> None:
    """Where those who reach GOAL came before it, and those who do not: differences with interval.

    GOAL is a kind of interaction: touchpoints `order` or conditions `phase=purchase;channel=web`.
    """
    answer(folder, period, where, form, "distinguishes", goal=goal, by=by)


@click.command()
@question
@click.argument("one")
@click.argument("other")
@_by
def compare(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    one: str,
    other: str,
    by: Any,
) -> None:
    """Where the customers of filter ONE come, against those of filter OTHER: differences with interval.

    Both in the language of --where, which narrows both: 'segment = b2b' 'segment = b2c'.
    """
    from viaggio.journey.filter import read_filters
    from viaggio.store.engine import engine
    from viaggio.store.journeys import compare as compared
    from viaggio.store.workspace import find_workspace, open_workspace

    first, second = (read_filters((*where, group)) for group in (one, other))
    source = engine(open_workspace(find_workspace(folder)))
    print_table(form, compared(source, first, second, period, by=by, cluster=on_cluster()).table())
