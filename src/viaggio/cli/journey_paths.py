"""`viaggio journey paths | sub-paths | flow | attribution`."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from viaggio.cli.asking import answer, ask_for, on_cluster, print_table, question
from viaggio.kernel import BadFile, Period

_BY = click.Choice(["touchpoint", "channel", "phase", "moment", "device", "outcome"])
_KIND = "KIND"


def _by[F: Callable[..., Any]](default: str) -> Callable[[F], F]:
    return click.option("--by", type=_BY, default=default, show_default=True, help="What a step is.")


_top = click.option(
    "--top", type=click.IntRange(1), default=20, show_default=True, help="So many lines, the largest first."
)
_repeats = click.option("--repeats", is_flag=True, help="Count steps in the same place one by one.")


@click.command()
@question
@click.option(
    "--steps",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="Steps of a path, or shown of a whole journey.",
)
@click.option("--last", is_flag=True, help="The last steps instead of the first.")
@click.option("--whole", is_flag=True, help="Complete journeys (variants) instead of their first steps.")
@click.option(
    "--per", type=click.Choice(["customer", "session", "episode"]), default="customer", show_default=True
)
@click.option(
    "--gap", default=30.0, show_default=True, type=click.FloatRange(0),
    help="Minutes of silence that end a session.",
)  # fmt: skip
@_by("touchpoint")
@_top
@_repeats
def paths(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    steps: int,
    last: bool,
    whole: bool,
    per: str,
    gap: float,
    by: str,
    top: int,
    repeats: bool,
) -> None:
    """The paths most customers take; with all others, so that they sum to everybody."""
    if last and whole:
        raise click.UsageError("--last and --whole do not go together: a whole journey has no last steps.")
    given: dict[str, Any] = {"by": by, "top": top, "repeats": repeats, "per": per, "session_minutes": gap}
    if whole:
        answer(folder, period, where, form, "variants", shown=steps, **given)
    else:
        answer(folder, period, where, form, "paths", steps=steps, last=last, **given)


@click.command(name="sub-paths")
@question
@click.option(
    "--longest", type=click.IntRange(2, 31), default=4, show_default=True, help="At most so many steps."
)
@click.option("--least", default=1, show_default=True, help="Of at least so many customers.")
@_by("touchpoint")
@_top
@_repeats
def sub_paths(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    longest: int,
    least: int,
    by: str,
    top: int,
    repeats: bool,
) -> None:
    """What most customers do directly one after another, anywhere in their journey."""
    answer(
        folder, period, where, form, "sub_paths",
        longest=longest, least_customers=least, by=by, top=top, repeats=repeats,
    )  # fmt: skip


@click.command()
@question
@click.option(
    "--steps",
    "depth",
    type=click.IntRange(1, 50),
    default=6,
    show_default=True,
    help="Steps from each customer's first.",
)
@click.option(
    "--anchor", metavar=_KIND, help="Around these interactions: 'checkout', 'phase=care;channel=phone'."
)
@click.option(
    "--which",
    type=click.Choice(["first", "last", "every", "start", "end"]),
    help="Which of them; start and end need no anchor.",
)
@click.option(
    "--before", type=click.IntRange(0, 50), default=3, show_default=True, help="Steps before the anchor."
)
@click.option(
    "--after", type=click.IntRange(0, 50), default=3, show_default=True, help="Steps after the anchor."
)
@click.option(
    "--top",
    type=click.IntRange(0),
    default=12,
    show_default=True,
    help="So many places; the rest is '(others)'.",
)
@_by("touchpoint")
@_repeats
def flow(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    depth: int,
    anchor: str | None,
    which: str | None,
    before: int,
    after: int,
    top: int,
    by: str,
    repeats: bool,
) -> None:
    """The flow of the first steps, or around an anchor, with all others, so that columns sum."""
    if anchor is None and which is None:
        answer(folder, period, where, form, "touchpoint_steps", steps=depth, top=top, by=by)
        return
    answer(
        folder, period, where, form, "flow",
        anchor=anchor, which=which, before=before, after=after, top=top, by=by, repeats=repeats,
    )  # fmt: skip


@click.command()
@question
@click.option("--conversion", metavar=_KIND, help="What a conversion is; default whatever brings a value.")
@click.option("--touches", metavar=_KIND, help="What may earn credit; default all that came before.")
@click.option("--model", "models", multiple=True, help="Only this model; may be repeated.")
@click.option("--lookback", default=30.0, show_default=True, help="Days before a conversion that count.")
@click.option("--half-life", default=7.0, show_default=True, help="Days after which credit has halved.")
@click.option(
    "--ends",
    type=(float, float),
    default=(0.4, 0.4),
    show_default=True,
    help="Shares of the first and the last by position.",
)
@click.option("--direct", multiple=True, metavar="NAME", help="A place that last-non-direct passes over.")
@click.option(
    "--order", type=click.IntRange(1, 2), default=1, show_default=True, help="2: also a longer memory."
)
@click.option("--removals", is_flag=True, help="What would be lost without each place.")
@click.option(
    "--paths",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A CSV or Parquet table of paths instead: path ('a > b'), total_conversions, total_null and so on.",
)
@_by("channel")
def attribution(
    folder: Path | None,
    period: Period | None,
    where: tuple[str, ...],
    form: str,
    conversion: str | None,
    touches: str | None,
    models: tuple[str, ...],
    lookback: float,
    half_life: float,
    ends: tuple[float, float],
    direct: tuple[str, ...],
    order: int,
    removals: bool,
    file: Path | None,
    by: str,
) -> None:
    """What conversions owe to the channels before them, by each model side by side, with intervals."""
    rules: dict[str, Any] = {"ends": ends, "direct": direct, "order": order}
    if file and on_cluster():
        raise click.UsageError("--paths and --engine do not go together: a table of paths is read here.")
    if file:
        from viaggio.journey import attribute

        found = attribute(_path_table(file), half_life_steps=half_life, **rules)
    else:
        found = ask_for(
            folder, period, where, "attribution",
            conversion=conversion, touches=touches, lookback_days=lookback, half_life_days=half_life, by=by,
            **rules,
        )  # fmt: skip
    print_table(form, found.removals_table() if removals else _of_models(found.table(), models))


def _of_models(table: Any, models: tuple[str, ...]) -> Any:
    """The lines of some models."""
    if not models:
        return table
    known = table["model"].unique().to_pylist()
    if unknown := set(models) - set(known):
        raise click.UsageError(f"Unknown model {', '.join(sorted(unknown))}. Known: {', '.join(known)}.")
    import pyarrow as pa
    import pyarrow.compute as pc

    return table.filter(pc.is_in(table["model"], pa.array(models)))


def _path_table(file: Path) -> Any:
    import pyarrow as pa
    from pyarrow import csv, parquet

    try:
        return parquet.read_table(file) if file.suffix == ".parquet" else csv.read_csv(file)
    except pa.ArrowInvalid as error:
        raise BadFile(f"{file.name} can not be read as a table", hint=str(error)) from error
