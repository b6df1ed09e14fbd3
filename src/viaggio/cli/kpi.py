"""`viaggio kpi`: readings on the command line."""

import sys
from pathlib import Path
from typing import Any

import click

from viaggio.cli.output import PeriodType, figure, formats, interval, population, show, workspace_option
from viaggio.kernel import Period, Reading, ViaggioError

_COLUMNS = ("metric", "period", "by", "value", "interval", "n", "flags")
_STEPS = ("day", "week", "month", "quarter", "year")


@click.command()
@click.argument("slugs", nargs=-1, metavar="[METRIC]...")
@workspace_option
@click.option(
    "--period", type=PeriodType(), help="2026, 2026-Q3, 2026-09, 2026-W37, or first..last; default all data."
)
@click.option("--compare", type=click.Choice(["previous", "year"]), help="A second period to read beside it.")
@click.option("--step", type=click.Choice(_STEPS), help="One reading for each step of the period.")
@click.option(
    "--where", multiple=True, metavar="DIMENSION=VALUE[,VALUE]", help="Only these rows; may be repeated."
)
@click.option("--by", multiple=True, metavar="DIMENSION", help="One row for each value; up to two.")
@click.option("--weights", default="none", show_default=True, help="none, or a scheme such as calibrated.")
@click.option(
    "--engine",
    "cluster",
    default="",
    metavar="ADDRESS",
    help="Count on Apache Spark, as spark://machine:7077.",
)
@click.option("--list", "list_them", is_flag=True, help="List the metrics that are declared.")
@formats
def kpi(
    slugs: tuple[str, ...],
    folder: Path | None,
    period: Period | None,
    compare: str | None,
    step: Any,
    where: tuple[str, ...],
    by: tuple[str, ...],
    weights: str,
    cluster: str,
    list_them: bool,
    form: str,
) -> None:
    """Read metrics: value, base, interval. Without METRIC, all that have a value.

    Ends with 1 when a metric asked for by name has no value.
    """
    from viaggio.measure.catalogue import CATALOGUE

    if list_them:
        _list(form)
        return
    from viaggio.store.readings import data_period, read_many

    source = _source(folder, cluster)
    period = period or data_period(source)
    if period is None:
        raise ViaggioError("there are no facts yet", hint="Bring some in with 'viaggio import'.")
    periods = period.bins(step) if step else [period]
    if compare:
        periods.append(period.previous() if compare == "previous" else period.year_before())
    asked = slugs or tuple(CATALOGUE)
    answers = read_many(source, asked, periods, population(where), by=by, weights=weights)
    readings = [reading for answer in answers.values() for reading in answer]
    if not slugs:
        readings = [r for r in readings if r.has_value]
    show(form, _COLUMNS, [_row(r) for r in readings], document=[r.plain() for r in readings])
    sys.exit(0 if any(r.has_value for r in readings) or not slugs else 1)


def _source(folder: Path | None, cluster: str) -> Any:
    """Who counts: this machine, or a cluster."""
    from viaggio.store.engine import engine
    from viaggio.store.workspace import find_workspace, open_workspace

    ws = open_workspace(find_workspace(folder))
    if not cluster:
        return engine(ws)
    from viaggio.store.spark import spark_engine, spark_session

    return spark_engine(ws, spark_session(cluster))


def _row(reading: Reading) -> tuple[Any, ...]:
    return (
        reading.metric,
        str(reading.period),
        ", ".join(f"{name}={value}" for name, value in reading.by) or None,
        figure(reading),
        interval(reading),
        reading.n,
        " ".join(sorted(reading.flags)) or None,
    )


def _list(form: str) -> None:
    from viaggio.measure.catalogue import CATALOGUE

    rows = [
        (
            m.slug,
            m.version,
            m.family,
            m.unit.value,
            m.better.value,
            m.base,
            m.min_n,
            ", ".join(sorted(m.dimensions)),
        )
        for m in CATALOGUE.values()
    ]
    show(form, ("metric", "version", "family", "unit", "better", "base", "minimum", "dimensions"), rows)
