"""How results are printed: a table for people, JSON and CSV for programs."""

import csv
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import click

from viaggio.kernel import Period, Population, Reading, Unit

_DASH = "–"


def formats[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    """Add `--json` and `--csv`; the command gets `form`: "table", "json" or "csv"."""
    for flag, value in (("--csv", "csv"), ("--json", "json")):
        command = click.option(flag, "form", flag_value=value, help=f"Print {value.upper()}.")(command)
    return click.option(
        "--table", "form", flag_value="table", default=True, help="Print a table (the default)."
    )(command)


def workspace_option[**P, R](command: Callable[P, R]) -> Callable[P, R]:
    """Add `--workspace FOLDER`; without it $VIAGGIO_WORKSPACE, or the folder that holds viaggio.toml."""
    return click.option(
        "-w",
        "--workspace",
        "folder",
        type=click.Path(path_type=Path, file_okay=False),
        help="Folder of the workspace; default $VIAGGIO_WORKSPACE or this folder.",
    )(command)


class PeriodType(click.ParamType[Period, str]):
    """A period as `Period.parse` reads it."""

    name = "period"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Period:
        return value if isinstance(value, Period) else Period.parse(value)


class WhereType(click.ParamType[str, str]):
    """A condition such as `channel=web,app`; checked when all of them are put together."""

    name = "dimension=value[,value]"


def population(where: Iterable[str]) -> Population:
    """The population of all `--where` filters; raises `BadFilter`, and `OnlyForJourneys` for others."""
    from viaggio.journey.filter import read_population

    return read_population(where)


def show(form: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], *, document: Any = None) -> None:
    """Print rows. For JSON, `document` if given, else one object per row."""
    if form == "json":
        if document is None:
            document = [dict(zip(columns, row, strict=True)) for row in rows]
        click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))
    elif form == "csv":
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    else:
        _table(columns, [[_cell(cell) for cell in row] for row in rows])


def _cell(cell: Any) -> str:
    if cell is None:
        return _DASH
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, int):
        return f"{cell:,}"
    if isinstance(cell, float):
        return f"{cell:,.3f}"
    return str(cell)


def _table(columns: Sequence[str], rows: list[list[str]]) -> None:
    widths = [max([len(name), *(len(row[i]) for row in rows)]) for i, name in enumerate(columns)]
    numeric = [
        bool(rows) and all(row[i] == _DASH or row[i].lstrip("-−€ ")[:1].isdigit() for row in rows)
        for i in range(len(columns))
    ]

    def line(cells: Sequence[str]) -> str:
        parts = [
            cell.rjust(width) if right else cell.ljust(width)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        ]
        return "  ".join(parts).rstrip()

    click.echo(line(columns))
    click.echo("  ".join("─" * width for width in widths))
    for row in rows:
        click.echo(line(row))


def figure(reading: Reading, value: float | None = None) -> str | None:
    """A reading's value, or another value of its metric, in the unit a person expects; None if none."""
    value = reading.value if value is None else value
    if value is None:
        return None
    if reading.unit is Unit.SHARE:
        return f"{100 * value:.1f} %"
    if reading.unit is Unit.CENTS:
        return f"{value / 100:,.2f} {reading.currency or ''}".rstrip()
    if reading.unit is Unit.COUNT:
        return f"{value:,.0f}"
    if reading.unit is Unit.POINTS:
        return f"{value:.1f}"
    return f"{value:.3f}"


def interval(reading: Reading) -> str | None:
    """The interval of a reading as text; None where there is none."""
    if reading.low is None or reading.high is None:
        return None
    return f"{figure(reading, reading.low)} to {figure(reading, reading.high)}"
