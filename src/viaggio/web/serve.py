"""Start the web application on a workspace: make it ready, then serve pages and work in the background."""

import os
import secrets
import sys
import threading
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

from viaggio.kernel import BadWorkspace

Ready = Callable[[str, str | None], None]
"""Told the address of the application and, when nobody has an account yet, that of the first-run page."""

THREADS = 8
MOST_PROCESSES = 64
TIMEOUT = 120  # seconds after which a process that stands still is replaced
SWITCH_SECONDS = 0.001
"""After so long a thread that computes lets another go on: an answer waits for its turn many times."""
FIRST_RUN = "/account/first-run"
_STATIC = Path(__file__).parent / "static"


def prepare(root: Path) -> None:
    """Make the workspace at `root` ready to be served: secret key, records migrated, static files in place.

    Sets up Django in this process for this workspace; a process serves one workspace only.
    """
    root = Path(root).absolute()
    os.environ["VIAGGIO_WORKSPACE"] = str(root)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "viaggio.web.settings")
    _keep_secret_key(root)
    import django

    django.setup()
    _migrate(root)
    _collect_static(root)


def _keep_secret_key(root: Path) -> None:
    """Write the workspace's key once, readable by its owner only."""
    if os.environ.get("VIAGGIO_SECRET_KEY"):
        return
    try:
        handle = os.open(root / "secret.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_urlsafe(64) + "\n")


def _migrate(root: Path) -> None:
    from django.core.management import call_command
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        call_command("migrate", verbosity=0, interactive=False)
    records = root / "records.sqlite3"
    if records.exists():
        records.chmod(0o600)


def _fingerprint() -> str:
    """Changes when a static file of ours does: names, sizes and times."""
    faces = Path(__file__).parent.glob("*/static/**/*")
    files = sorted(p for p in [*_STATIC.rglob("*"), *faces] if p.is_file())
    return sha256(
        "".join(f"{p}:{p.stat().st_size}:{p.stat().st_mtime_ns};" for p in files).encode()
    ).hexdigest()


def _collect_static(root: Path) -> None:
    """Copy the static files under hashed names, compressed, unless they are the same as last time."""
    from django.conf import settings
    from django.core.management import call_command

    if settings.DEBUG:
        return
    cache = root / "cache"
    cache.mkdir(exist_ok=True)
    mark, now = cache / "static.mark", _fingerprint()
    if not mark.exists() or mark.read_text() != now:
        call_command("collectstatic", verbosity=0, interactive=False, clear=True)
        mark.write_text(now)


def first_run_path() -> str | None:
    """The address of the first-run page with its one-time key; None once somebody has an account.

    The address is written out: looking it up would load every face in the process that only supervises.
    """
    from viaggio.web.account.services import is_first_run, setup_token

    return f"{FIRST_RUN}?token={setup_token()}" if is_first_run() else None


def serve(root: Path, *, host: str = "127.0.0.1", port: int = 8000, on_ready: Ready | None = None) -> None:
    """Prepare the workspace and serve it until stopped; blocks. One process, and one for background work.

    VIAGGIO_PROCESSES says how many share pages and answers; one of them keeps the background process alive.
    """
    number = processes()
    prepare(root)
    from django.db import connections
    from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]  # ships no types

    first_run = first_run_path()
    connections.close_all()  # a connection must not be shared with the process that serves

    class Application(BaseApplication):
        """Gunicorn, told its settings here instead of on a command line."""

        def load_config(self) -> None:
            for name, value in _gunicorn_settings(root, host, port, on_ready, first_run).items():
                self.cfg.set(name, value)
            self.cfg.set("workers", number)

        def load(self) -> Any:
            from django.urls import get_resolver

            from viaggio.web.wsgi import application

            _ = get_resolver().url_patterns  # faces are loaded before the first request, not by it
            return application

    Application().run()


def processes() -> int:
    """How many processes serve, from VIAGGIO_PROCESSES; raises `BadWorkspace` for what is no such number."""
    said = os.environ.get("VIAGGIO_PROCESSES", "1")
    if not (said.isdecimal() and 1 <= int(said) <= MOST_PROCESSES):
        raise BadWorkspace(
            f"'{said}' is no number of processes",
            place="VIAGGIO_PROCESSES",
            hint=f"A number from 1 to {MOST_PROCESSES}.",
        )
    return int(said)


def _gunicorn_settings(
    root: Path, host: str, port: int, on_ready: Ready | None, first_run: str | None
) -> dict[str, Any]:
    running: list[Any] = []

    def ready(_server: Any) -> None:
        if on_ready is not None:
            shown = "localhost" if host in {"127.0.0.1", "0.0.0.0", "::"} else host  # noqa: S104 -- compared, not bound
            address = f"http://{shown}:{port}"
            on_ready(f"{address}/", f"{address}{first_run}" if first_run else None)

    def start_worker(_process: Any) -> None:
        from viaggio.web.background import Background
        from viaggio.web.warm import WarmUp

        sys.setswitchinterval(SWITCH_SECONDS)
        running.extend([WarmUp(), Background(root)])
        for thread in running:
            thread.start()

    def stop_worker(_server: Any, _process: Any) -> None:
        for thread in running:
            thread.stop()
        if any(thread.name.startswith("viaggio") and thread.is_alive() for thread in threading.enumerate()):
            os._exit(0)  # still inside an engine: torn down with Python it would abort; it is taken up again

    return {
        "bind": f"{host}:{port}",
        "worker_class": "gthread",
        "threads": THREADS,
        "timeout": TIMEOUT,
        "graceful_timeout": 10,
        "keepalive": 5,
        "max_requests": 0,
        "loglevel": "warning",
        "control_socket_disable": True,
        "when_ready": ready,
        "post_worker_init": start_worker,
        "worker_exit": stop_worker,
    }
