"""`viaggio serve` and `viaggio demo`: the web application on a workspace, and on the sample company."""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from viaggio.cli.output import workspace_option
from viaggio.cli.progress import bar

if TYPE_CHECKING:
    from viaggio.store.workspace import Workspace

DEMO_PASSWORD = "officina-blu-demo"  # noqa: S105 -- of the fictional company's people, on this machine only
_DEMO_END = date(2026, 11, 1)
_DEMO_END_AT = datetime(2026, 11, 1, tzinfo=UTC)


@click.command()
@workspace_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
def serve(folder: Path | None, host: str, port: int) -> None:
    """Start the web application on a workspace."""
    from viaggio.store.workspace import find_workspace, open_workspace
    from viaggio.web.serve import serve as serve_forever

    workspace = open_workspace(find_workspace(folder))
    serve_forever(workspace.root, host=host, port=port, on_ready=_tell)


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-workspace"),
    show_default=True,
)
@click.option("--scale", default=300_000, show_default=True, help="About so many interactions.")
@click.option("--seed", default=2026, show_default=True, help="The same seed makes the same company.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--build-only", is_flag=True, help="Build the workspace and end.")
def demo(folder: Path, scale: int, seed: int, host: str, port: int, build_only: bool) -> None:
    """Build the sample company once, and open it in the browser."""
    from viaggio.store.workspace import SETTINGS_FILE, open_workspace

    start = time.monotonic()
    built = (folder / SETTINGS_FILE).is_file()
    if build_only:
        if not built:
            _build(folder, scale, seed)
        click.echo(f"Officina Blu is ready in {folder} ({time.monotonic() - start:.0f} s).")
        return
    if not built:
        # in a process of its own: the web application knows one workspace, and its folder gets another name
        command = [sys.executable, "-m", "viaggio.cli", "demo", "--build-only", "--folder", str(folder)]
        subprocess.run([*command, "--scale", str(scale), "--seed", str(seed)], check=True)  # noqa: S603 -- ourselves
    workspace = open_workspace(folder)

    def ready(address: str, first_run: str | None) -> None:
        from viaggio.demo.sign_ins import SIGN_INS

        _tell(address, first_run)
        click.echo(f"\nSign in with one of these, password {DEMO_PASSWORD}:")
        for email, name, role, *_ in SIGN_INS:
            click.echo(f"  {email:<34} {name}, {role}")
        click.echo(f"\nReady after {time.monotonic() - start:.1f} s. Stop with Ctrl-C.")

    from viaggio.web.serve import serve as serve_forever

    serve_forever(workspace.root, host=host, port=port, on_ready=ready)


def _tell(address: str, first_run: str | None) -> None:
    click.echo(f"Viaggio is at {address}")
    if first_run:
        click.echo(f"Nobody has an account yet. The owner begins here, once: {first_run}")


def _build(folder: Path, scale: int, seed: int) -> None:
    """Make the sample company in a folder aside, and put it in place when it is whole."""
    from viaggio.store.workspace import Settings, create

    folder.parent.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        workspace = create(aside, Settings(name="Officina Blu", statement_mails=False))
        _fill(workspace, scale, seed)
        _people(workspace)
        _asking(workspace)
        _pay(workspace)
        aside.chmod(0o755)
        if folder.exists():
            folder.rmdir()
        aside.rename(folder)
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _fill(workspace: Workspace, scale: int, seed: int) -> None:
    from tqdm import tqdm

    from viaggio.demo import generate
    from viaggio.store.fold import fold
    from viaggio.store.intake import land_recipe

    raw = workspace.root / ".generated"
    with tqdm(
        total=scale, unit=" interactions", unit_scale=True, desc="Officina Blu lives 24 months", leave=False
    ) as meter:

        def lived(done: int, _total: int) -> None:
            meter.update(done - meter.n)

        generate(raw, scale=scale, seed=seed, end=_DEMO_END, on_progress=lived)
    for source in sorted(path for path in raw.iterdir() if path.is_dir()):
        files = {path.name: path for path in sorted(source.glob("*.parquet"))}
        land_recipe(workspace, files, "native", {"source": source.name}, by="demo")
    for name in ("truth.json", "truth-texts.parquet"):
        shutil.copy(raw / name, workspace.root / name)
    shutil.rmtree(raw)
    with bar() as on_progress:
        fold(workspace, on_progress=on_progress)


def _people(workspace: Workspace) -> None:
    """The people who sign in: one for each role."""
    from viaggio.web.serve import prepare

    prepare(workspace.root)
    from viaggio.demo.sign_ins import SIGN_INS
    from viaggio.web.shared.persons import create_user
    from viaggio.web.shared.roles import Role

    for email, name, role, function, language in SIGN_INS:
        create_user(
            email, name=name, roles=[Role(role)], function=function, language=language, password=DEMO_PASSWORD
        )


def _asking(workspace: Workspace) -> None:
    """The records of the pulse beside its facts, the weights of its waves, and what both brought to land."""
    from django.utils import timezone

    from viaggio.store.fold import fold
    from viaggio.web.demo_records import make_records, weigh_waves
    from viaggio.web.shared.models import User

    manager = User.objects.get(email="cx@officinablu.example")
    now = timezone.now()
    make_records(workspace, by=manager, now=now)
    weigh_waves(workspace, made_at=_DEMO_END_AT, now=now)
    fold(workspace)


def _pay(workspace: Workspace) -> None:
    """The shared incentive: staff, the plan, four quarters."""
    from viaggio.web.demo_pay import make_pay

    make_pay(workspace)
