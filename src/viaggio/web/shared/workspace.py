"""The workspace that this server serves, and the engine that reads its facts."""

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from viaggio.kernel import BadWorkspace

if TYPE_CHECKING:
    from viaggio.store.engine import Engine
    from viaggio.store.workspace import Workspace


@lru_cache(maxsize=4)
def _opened(root: Path, written_at: int) -> "Workspace":
    from viaggio.store.workspace import open_workspace

    return open_workspace(root)


def workspace() -> "Workspace":
    """The workspace of this server; its settings are read again when they change. Raises `BadWorkspace`."""
    root: Path | None = settings.WORKSPACE_ROOT
    if root is None:
        raise BadWorkspace("no workspace was named", hint="Set VIAGGIO_WORKSPACE or use `viaggio serve`.")
    written = root / "viaggio.toml"
    return _opened(root, written.stat().st_mtime_ns if written.is_file() else 0)


def company_currency() -> str:
    """The currency that the company counts in; the euro where nothing is served."""
    try:
        return workspace().settings.currency
    except BadWorkspace:
        return "EUR"


def current_engine() -> "Engine":
    """The engine over the newest facts; cheap when nothing changed."""
    from viaggio.store.engine import engine

    return engine(workspace())
