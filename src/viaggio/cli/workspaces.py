"""Commands on a workspace as a whole: init, fold, rebuild, doctor, backup, restore."""

import sys
import time
from dataclasses import replace
from pathlib import Path

import click

from viaggio.cli.output import formats, show, workspace_option
from viaggio.cli.progress import bar


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option("--name", help="The company's name; default the folder's.")
@click.option("--timezone", default="Europe/Rome", show_default=True)
@click.option("--currency", default="EUR", show_default=True)
@click.option("--language", type=click.Choice(["it", "en"]), default="it", show_default=True)
def init(folder: Path, name: str | None, timezone: str, currency: str, language: str) -> None:
    """Make a workspace in FOLDER: settings, empty landing, records."""
    from viaggio.store.workspace import Settings, create
    from viaggio.web.serve import prepare

    settings = Settings(
        name=name or folder.resolve().name,
        timezone=timezone,
        currency=currency,
        language=language,
    )
    prepare(create(folder, settings).root)
    click.echo(
        f"Workspace {folder} is ready. Next: viaggio import -w {folder} FILES, then viaggio serve -w {folder}"
    )


@click.command()
@workspace_option
def fold(folder: Path | None) -> None:
    """Turn what has landed, and live events that arrived, into facts and the journey index."""
    from viaggio.store.events import seal
    from viaggio.store.fold import fold as fold_items
    from viaggio.store.workspace import find_workspace, open_workspace

    workspace = open_workspace(find_workspace(folder))
    seal(workspace, now=time.time_ns() // 1000)
    with bar() as on_progress:
        folded = fold_items(workspace, on_progress=on_progress)
    click.echo(
        f"{len(folded)} items folded." if folded else "Nothing to fold: all that has landed is in the facts."
    )


@click.command()
@workspace_option
@click.option(
    "--buckets",
    type=click.IntRange(1, 65_536),
    help="Only lay the journey index out in so many buckets, while it is in use; facts stay as they are.",
)
def rebuild(folder: Path | None, buckets: int | None) -> None:
    """Make facts and index again from what has landed, bit for bit."""
    from viaggio.store.fold import fold as fold_items
    from viaggio.store.fold import rebuild as rebuild_all
    from viaggio.store.workspace import change_settings, find_workspace, open_workspace

    workspace = open_workspace(find_workspace(folder))
    if buckets is not None:
        workspace = change_settings(workspace, replace(workspace.settings, buckets=buckets))
        with bar() as on_progress:
            fold_items(workspace, on_progress=on_progress)
        click.echo(f"The journey index has {buckets} buckets, or more where it needs them.")
        return
    with bar() as on_progress:
        folded = rebuild_all(workspace, on_progress=on_progress)
    click.echo(f"{len(folded)} items folded again.")


@click.command()
@workspace_option
@formats
def doctor(folder: Path | None, form: str) -> None:
    """Check a workspace: seals, facts, identity, index. Ends with 1 when something is wrong."""
    from viaggio.store.doctor import doctor as examine
    from viaggio.store.workspace import find_workspace, open_workspace

    findings = examine(open_workspace(find_workspace(folder)))
    if findings or form != "table":
        show(form, ("code", "place", "detail"), [(f.code, f.place, f.detail) for f in findings])
    else:
        click.echo("Healthy: what has landed is sealed, facts and index agree with it.")
    sys.exit(1 if findings else 0)


@click.command()
@workspace_option
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
def backup(folder: Path | None, archive: Path) -> None:
    """Write the workspace into ARCHIVE, while it is in use."""
    from viaggio.store.backup import backup as write
    from viaggio.store.workspace import find_workspace, open_workspace

    write(open_workspace(find_workspace(folder)), archive)
    click.echo(f"{archive}: {archive.stat().st_size:,} bytes")


@click.command()
@click.argument("archive", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@click.option(
    "--erasures", "ledgers", multiple=True, type=click.Path(path_type=Path, exists=True),
    help="A copy of the ledger of erasures, or a folder with one, beside the copy that lies with ARCHIVE.",
)  # fmt: skip
@click.option("--as-it-was", is_flag=True, help="No ledger is left: restore whoever the archive knows.")
def restore(archive: Path, folder: Path, ledgers: tuple[Path, ...], as_it_was: bool) -> None:
    """Unpack ARCHIVE into the new workspace FOLDER, forget again who was erased since, and check it."""
    from viaggio.store.backup import restore as unpack
    from viaggio.store.doctor import doctor as examine
    from viaggio.store.workspace import open_workspace

    missing = unpack(archive, folder, ledgers=ledgers, as_it_was=as_it_was)
    ws = open_workspace(folder)
    if missing:
        from viaggio.cli.erasing import carried_out

        done = carried_out(ws)
        click.echo(f"{len(missing)} erasures since the archive: {len(done)} applied again.")
    findings = examine(ws)
    for finding in findings:
        click.echo(f"{finding.code}: {finding.place} {finding.detail}", err=True)
    click.echo(f"Workspace {folder} is restored.")
    sys.exit(1 if findings else 0)
