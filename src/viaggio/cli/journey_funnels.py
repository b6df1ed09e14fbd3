"""`viaggio journey funnel | retention | return | drop-off | loops | what-if`."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import click

from viaggio.cli.asking import ask_for, print_table, question
from viaggio.kernel import Period

_COLUMNS = ["touchpoint", "channel", "phase", "moment", "device", "outcome"]
_OF_CUSTOMERS = ["segment", "region", "city", "language"]
_MEDIAN = ("median_seconds", "median_low_seconds", "median_high_seconds")
_KIND = "KIND"
"""A kind of interaction: touchpoints `site,search` or conditions `phase=purchase;channel=web`."""


class SpanType(click.ParamType[timedelta, str]):
    """A length of time such as `7 days` or `36h`."""

    name = "time"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> timedelta:
        from viaggio.journey.kernels.funnel.reading import read_span

        return value if isinstance(value, timedelta) else read_span(value)


def _by[F: Callable[..., Any]](default: str | None, about: str) -> Callable[[F], F]:
    return click.option("--by", type=click.Choice(_COLUMNS), default=default, show_default=True, help=about)


def _show(form: str, table: Any, columns: tuple[str, ...]) -> None:
    """All columns for programs, those that people look at first for people."""
    print_table(
        form, table.select([c for c in columns if c in table.column_names]) if form == "table" else table
    )


@click.command()
@question
@click.option(
    "--step",
    "steps",
    multiple=True,
    required=True,
    metavar=_KIND,
    help="One step: 'basket', 'survey + review' in any order, 'phase=purchase within 2 days'; repeat it.",
)
@click.option("--within", type=SpanType(), help="Time from the first step to the last: '7 days'.")
@click.option("--without", multiple=True, metavar=_KIND, help="What ends an attempt when it comes between.")
@click.option(
    "--entry",
    type=click.Choice(["furthest", "first", "every"]),
    default="furthest",
    show_default=True,
    help="Customers by their best attempt, by the first one, or every attempt.",
)
@click.option("--any-order", is_flag=True, help="The steps in whatever order.")
@click.option(
    "--by",
    type=click.Choice([*_COLUMNS, *_OF_CUSTOMERS]),
    help="Also by the value at the start of the attempt, or by the customer's.",
)
@click.option(
    "--times", is_flag=True, help="How long after the start each step is reached, as a distribution."
)
@click.option("--next", "onward", is_flag=True, help="Where those go next who stop at a step.")
def funnel(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    steps: tuple[str, ...],
    within: timedelta | None,
    without: tuple[str, ...],
    entry: str,
    any_order: bool,
    by: str | None,
    times: bool,
    onward: bool,
) -> None:
    """How many do one thing after the other, in time; shares with their 95 % interval, times in seconds."""
    found = ask_for(
        folder, period, where, "funnel",
        steps=steps, within=within, without=without, entry=entry, any_order=any_order, by=by,
    )  # fmt: skip
    if onward or times:
        print_table(form, found.next_table() if onward else found.times_table())
        return
    shown = ("step", "name", "reached", "stopped", "of_all", "of_all_low", "of_all_high", "of_before")
    medians = [f"since_start_{name}" for name in _MEDIAN] + ["since_before_median_seconds"]
    _show(form, found.table(), (by or "", *shown, *medians))


@click.command()
@question
@click.option("--unit", type=click.Choice(["day", "week", "month"]), default="month", show_default=True)
@click.option("--first", metavar=_KIND, help="Cohorts by the first of these; default any interaction.")
@click.option("--back", metavar=_KIND, help="What counts as coming back; default any interaction.")
@click.option(
    "--periods", default=12, show_default=True, type=click.IntRange(0), help="How many periods are followed."
)
@click.option("--overall", is_flag=True, help="All cohorts together only.")
def retention(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    unit: str,
    first: str | None,
    back: str | None,
    periods: int,
    overall: bool,
) -> None:
    """Who comes back: cohorts by the first interaction, in the company's time zone.

    `back`: in exactly that period; `later`: in it or after it. Periods that are not over say so.
    """
    found = ask_for(
        folder, period, where, "retention", unit=unit, periods=periods, **_kinds(first=first, back=back)
    )
    table = found.table()
    if overall:
        table = table.slice(len(found.cells))
    _show(
        form,
        table,
        ("cohort", "period", "customers", "back", "share", "low", "high", "later_share", "complete"),
    )


@click.command("return")
@question
@click.option(
    "--after", metavar=_KIND, help="The clock starts at the first of these; default any interaction."
)
@click.option("--back", metavar=_KIND, help="What counts as coming back; default any interaction.")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1), help="Days that are followed.")
@click.option("--every", is_flag=True, help="A clock for every one of them, not for each customer's first.")
def return_(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    after: str | None,
    back: str | None,
    days: int,
    every: bool,
) -> None:
    """How soon customers are back: the share by each day, those not seen for so long left out of it."""
    kinds = _kinds(after=after, back=back)
    print_table(form, ask_for(folder, period, where, "return_curve", days=days, every=every, **kinds).table())


def _kinds(**given: str | None) -> dict[str, str]:
    return {name: text for name, text in given.items() if text is not None}


@click.command("drop-off")
@question
@click.option(
    "--within", type=SpanType(), default="30 days", show_default=True, help="Who is not back by then is lost."
)
@_by("touchpoint", "Where customers are lost.")
def drop_off(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    within: timedelta,
    by: str,
) -> None:
    """After what customers do not come back; those who may come back yet (open) stand apart."""
    print_table(form, ask_for(folder, period, where, "drop_off", within=within, by=by).table())


@click.command()
@question
@click.option("--longest", default=3, show_default=True, type=click.IntRange(1), help="Steps of a loop.")
@click.option("--within", type=SpanType(), help="Only returns so soon after.")
@click.option("--top", default=20, show_default=True, help="So many lines, the most frequent first.")
@_by("touchpoint", "What a step is.")
def loops(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    longest: int,
    within: timedelta | None,
    top: int,
    by: str,
) -> None:
    """Repeats (1 step), back and forth (2) and longer loops: how often, how many customers, how much time."""
    table = (
        ask_for(folder, period, where, "loops", longest=longest, within=within, by=by).table().slice(0, top)
    )
    _show(form, table, ("length", "name", "via", "loops", "customers", "total_seconds", *_MEDIAN))


@click.command("what-if")
@question
@click.option("--goal", required=True, metavar=_KIND, help="What attempts are to reach.")
@click.option("--fewer", default=10.0, show_default=True, metavar="PERCENT", help="So many fewer leave.")
@click.option("--at", multiple=True, metavar="PLACE", help="There; default each place in turn.")
@click.option("--silence", type=SpanType(), help="After so long without interaction an attempt has ended.")
@_by("touchpoint", "What a place is.")
def what_if(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    goal: str,
    fewer: float,
    at: tuple[str, ...],
    silence: timedelta | None,
    by: str,
) -> None:
    """What would be won if fewer left at a place, one place at a time, with the interval of what was counted.

    Assumes that the next step depends on the place only, and that who is kept goes on as the others do.
    """
    from viaggio.journey import what_if as solve

    found = ask_for(folder, period, where, "leaving", goal=goal, silence=silence, by=by)
    shown = (
        "name",
        "visits",
        "left",
        "leave_share",
        "reach",
        "conversions",
        "change",
        "change_low",
        "change_high",
    )
    _show(form, solve(found, fewer=fewer / 100, at=at or None).table(), shown)


COMMANDS = (funnel, retention, return_, drop_off, loops, what_if)
