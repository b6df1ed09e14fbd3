"""`viaggio incentive statements`: all statements of a published run as PDF files."""

import os
from pathlib import Path

import click

from viaggio.cli.output import formats, show, workspace_option


@click.command()
@click.argument("run")
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder of the files."
)
@click.option("--language", type=click.Choice(["it", "en"]), help="Default: each person's own.")
@click.option("--processes", type=click.IntRange(1, 64), help="Default: one for each core.")
@workspace_option
@formats
def statements(
    run: str, out: Path, language: str | None, processes: int | None, folder: Path | None, form: str
) -> None:
    """Write every statement of the published RUN as a PDF, named by run and pseudonym. Recorded."""
    from viaggio.store.workspace import find_workspace, open_workspace

    root = open_workspace(find_workspace(folder)).root
    begin(str(root))
    from viaggio.web.incentive.services.statement_files import people_of

    people = people_of(run)
    out.mkdir(parents=True, exist_ok=True)
    files, size = written(run, people, out, language or "", processes or os.cpu_count() or 1, str(root))
    rows = [("statements", files), ("bytes", size), ("folder", str(out))]
    show(form, ("what", "value"), rows, document=dict(rows))


def begin(root: str) -> None:
    """Open a workspace in this process."""
    from viaggio.web.serve import prepare

    prepare(Path(root))


def written(
    run: str, people: list[str], out: Path, language: str, processes: int, root: str
) -> tuple[int, int]:
    """Files and bytes; work is shared out in small parts over new processes."""
    if processes == 1 or len(people) < AT_ONCE:
        return write(run, people, out, language)
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    parts = [people[at : at + AT_ONCE] for at in range(0, len(people), AT_ONCE)]
    files = size = 0
    with ProcessPoolExecutor(
        min(processes, len(parts)), get_context("spawn"), initializer=begin, initargs=(root,)
    ) as pool:
        for made in pool.map(write, [run] * len(parts), parts, [out] * len(parts), [language] * len(parts)):
            files, size = files + made[0], size + made[1]
    return files, size


AT_ONCE = 50
"""Statements that a process writes before it is given more."""


def write(run: str, people: list[str], out: Path, language: str) -> tuple[int, int]:
    """Some statements, in this process: files and bytes."""
    from viaggio.web.incentive.services.statement_files import write_files

    made = write_files(run, people, out, language)
    return made.files, made.size
