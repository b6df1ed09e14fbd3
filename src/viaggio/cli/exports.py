"""`viaggio export`: a fact table as a file."""

from pathlib import Path

import click

from viaggio.cli.output import workspace_option


@click.command()
@click.argument("table")
@click.argument("target", type=click.Path(path_type=Path, dir_okay=False))
@workspace_option
def export(table: str, target: Path, folder: Path | None) -> None:
    """Write TABLE to TARGET; its ending decides: .csv, .xlsx, .parquet, for interactions .xes, .ocel.json."""
    from viaggio.store.export import export_table
    from viaggio.store.workspace import find_workspace, open_workspace

    count = export_table(open_workspace(find_workspace(folder)), table, target)
    click.echo(f"{target}: {count:,} rows")
