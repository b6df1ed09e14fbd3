"""`viaggio import`: files in, with a mapping, a recipe, or a suggestion of one."""

import sys
from collections.abc import Mapping
from pathlib import Path

import click

from viaggio.cli.output import formats, show, workspace_option
from viaggio.cli.progress import bar
from viaggio.kernel import BadMapping, ViaggioError


@click.command(name="import")
@click.argument(
    "paths", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path, exists=True)
)
@workspace_option
@click.option(
    "-m",
    "--mapping",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Which column is what (TOML).",
)
@click.option("-r", "--recipe", help="A ready recipe; known shapes of folders are recognised by themselves.")
@click.option(
    "-o", "--option", "options", multiple=True, metavar="NAME=VALUE", help="An option of the recipe."
)
@click.option("--suggest", is_flag=True, help="Only propose a mapping for FILE, on standard output.")
@click.option("--dry-run", is_flag=True, help="Read and check everything, keep nothing.")
@click.option("--no-fold", is_flag=True, help="Only let it land; fold later.")
@formats
def import_(
    paths: tuple[Path, ...],
    folder: Path | None,
    mapping: Path | None,
    recipe: str | None,
    options: tuple[str, ...],
    suggest: bool,
    dry_run: bool,
    no_fold: bool,
    form: str,
) -> None:
    """Bring FILEs, or the files of a folder, into the workspace.

    Ends with 0 when every row was taken, with 1 when some were rejected: they are kept with their reasons
    in the workspace's folder `rejects`, to be mended and imported again.
    """
    if suggest:
        _suggest(paths)
        return
    files = _files(paths)
    chosen = recipe if mapping or recipe else _detected(paths)
    given = dict(option.split("=", 1) for option in options)
    if dry_run:
        _preview(files, mapping, chosen, given, form)
        return
    from viaggio.store.fold import fold
    from viaggio.store.intake import land_mapping, land_recipe
    from viaggio.store.workspace import find_workspace, open_workspace

    workspace = open_workspace(find_workspace(folder))
    if mapping:
        item, new = land_mapping(workspace, files, mapping.read_text(encoding="utf-8"), by="command line")
    else:
        assert chosen is not None
        item, new = land_recipe(workspace, files, chosen, given, by="command line")
    if not new:
        click.echo(f"Nothing changed: the same files were imported before, as item {item.seq}.", err=True)
    if no_fold:
        click.echo(f"Item {item.seq} has landed.")
        return
    with bar() as on_progress:
        folded = fold(workspace, on_progress=on_progress)
    rows = [
        (done.seq, table, c.new, c.changed, c.duplicate, c.rejected)
        for done in folded
        for table, c in done.tables.items()
    ]
    show(form, ("item", "table", "new", "changed", "duplicate", "rejected"), rows)
    for done in folded:
        if done.failed:
            click.echo(f"Item {done.seq} could not be read ({done.failed}): {done.why}", err=True)
        elif done.rejected:
            place = workspace.rejects / f"{done.seq:08d}.csv"
            click.echo(
                f"{done.rejected:,} of {done.source_rows:,} rows rejected; mend them in {place}", err=True
            )
    sys.exit(1 if any(done.rejected or done.failed for done in folded) else 0)


def _files(paths: tuple[Path, ...]) -> dict[str, Path]:
    files: dict[str, Path] = {}
    for path in paths:
        inside = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
        for file in inside:
            name = str(file.relative_to(path)) if path.is_dir() else file.name
            if name in files:
                raise ViaggioError(f"two files are called '{name}'", hint="Import them one after the other.")
            files[name] = file
    return files


def _detected(paths: tuple[Path, ...]) -> str:
    from viaggio.store.recipes import detect

    found = detect(paths[0]) if len(paths) == 1 else None
    if found is None:
        first = paths[0]
        raise BadMapping(
            "Viaggio does not know what the columns are",
            place=str(first),
            hint=f"Propose a mapping with: viaggio import --suggest {first} > mapping.toml. "
            "Look it over, then give it with --mapping.",
        )
    click.echo(f"Recognised: {found}", err=True)
    return found


def _suggest(paths: tuple[Path, ...]) -> None:
    from viaggio.store.importers import suggest

    for path in paths:
        proposal = suggest(path)
        click.echo(proposal.text, nl=False)
        for question in proposal.questions:
            click.echo(
                f"Please decide: {question.key} ({question.code})"
                + (f"; for example {', '.join(question.examples)}" if question.examples else ""),
                err=True,
            )


def _preview(
    files: Mapping[str, Path], mapping: Path | None, recipe: str | None, options: Mapping[str, str], form: str
) -> None:
    from viaggio.store.importers import mapping_reader, preview, read_mapping
    from viaggio.store.recipes import recipe_reader

    if mapping:
        reader = mapping_reader(files, read_mapping(mapping))
    else:
        assert recipe is not None
        reader = recipe_reader(recipe, files, options)
    seen = preview(reader)
    show(form, ("table", "rows"), list(seen.rows.items()))
    for code, count in seen.rejects.items():
        click.echo(f"would be rejected: {count:,} × {code}", err=True)
    sys.exit(1 if seen.rejects else 0)
