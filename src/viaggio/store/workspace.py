"""A workspace: the folder that holds one company's settings, landing, facts, journey index and records."""

import os
import tomllib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import tomli_w

from viaggio.kernel import BadWorkspace
from viaggio.store.durable import write_durably

SETTINGS_FILE = "viaggio.toml"
ENVIRONMENT = "VIAGGIO_WORKSPACE"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What a company sets once. No secrets belong here.

    `minimum_cell`: groups with fewer cases are hidden. `buckets`: parts of the journey index.
    `inactive_days`: after so many days without an order a customer without a contract counts as lost.
    `country`: whose rules on pay hold. `statement_mails`: whether people get a mail when a statement of
    theirs is published.
    """

    name: str
    timezone: str = "Europe/Rome"
    currency: str = "EUR"
    language: str = "it"
    minimum_cell: int = 10
    buckets: int = 64
    fiscal_year_month: int = 1
    inactive_days: int = 365
    visit_gap_minutes: int = 30
    country: str = "it"
    statement_mails: bool = True


@dataclass(frozen=True, slots=True)
class Workspace:
    """An open workspace."""

    root: Path
    settings: Settings

    @property
    def landing(self) -> Path:
        """What arrived, verbatim and sealed."""
        return self.root / "landing"

    @property
    def facts(self) -> Path:
        """Fact tables as Parquet, rebuilt from the landing at any time."""
        return self.root / "facts"

    @property
    def index(self) -> Path:
        """The journey index, rebuilt from the facts at any time."""
        return self.root / "index"

    @property
    def rejects(self) -> Path:
        """Rows that were not taken, to be mended and imported again."""
        return self.root / "rejects"

    @property
    def fielding(self) -> Path:
        """What the pulses decided and the landing does not have yet; its lock is held by who changes that."""
        return self.root / "fielding"

    @property
    def exports(self) -> Path:
        """What people took out."""
        return self.root / "exports"

    @property
    def records(self) -> Path:
        """The database of people, settings and staff's work."""
        return self.root / "records.sqlite3"

    @property
    def zone(self) -> ZoneInfo:
        """The company's time zone, in which days and periods are cut."""
        return ZoneInfo(self.settings.timezone)


def create(root: Path, settings: Settings) -> Workspace:
    """Make a workspace in an empty or new folder. Raises `BadWorkspace`."""
    _check(settings, place=str(root))
    if (root / SETTINGS_FILE).exists():
        raise BadWorkspace("there is a workspace already", place=str(root), hint="Choose another folder.")
    root.mkdir(parents=True, exist_ok=True)
    workspace = Workspace(root.resolve(), settings)
    for folder in (workspace.landing, workspace.facts, workspace.index, workspace.rejects, workspace.exports):
        folder.mkdir(exist_ok=True)
    write_durably(root / SETTINGS_FILE, tomli_w.dumps(asdict(settings)).encode())
    return workspace


def open_workspace(root: Path) -> Workspace:
    """Open the workspace in that folder. Raises `BadWorkspace`."""
    path = root / SETTINGS_FILE
    try:
        read = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        hint = "Make one with 'viaggio init', or name it with --workspace."
        raise BadWorkspace(f"no {SETTINGS_FILE} here", place=str(root), hint=hint) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadWorkspace(f"settings can not be read: {error}", place=str(path)) from error
    return Workspace(root.resolve(), _settings(read, place=str(path)))


def change_settings(workspace: Workspace, settings: Settings) -> Workspace:
    """Save other settings and return the workspace with them. Raises `BadWorkspace`."""
    _check(settings, place=str(workspace.root))
    write_durably(workspace.root / SETTINGS_FILE, tomli_w.dumps(asdict(settings)).encode())
    return Workspace(workspace.root, settings)


def find_workspace(explicit: Path | None = None) -> Path:
    """The folder meant: the one given, else $VIAGGIO_WORKSPACE, else here or the nearest folder above.

    Raises `BadWorkspace` when there is none.
    """
    if explicit is not None:
        return explicit
    if named := os.environ.get(ENVIRONMENT):
        return Path(named)
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file():
            return folder
    hint = "Go into one, name it with --workspace, or make one with 'viaggio init'."
    raise BadWorkspace("no workspace here or above", place=str(here), hint=hint)


def _settings(read: dict[str, object], *, place: str) -> Settings:
    types = {field.name: field.type for field in fields(Settings)}
    for name, value in read.items():
        if name not in types:
            raise BadWorkspace(
                f"setting '{name}' is not known", place=place, hint=f"Known: {', '.join(types)}."
            )
        if type(value) is not types[name]:
            raise BadWorkspace(f"setting '{name}' has the wrong type", place=place)
    if "name" not in read:
        raise BadWorkspace("setting 'name' is missing", place=place)
    settings = Settings(**read)  # type: ignore[arg-type]  # names and types were checked just above
    _check(settings, place=place)
    return settings


def _check(settings: Settings, *, place: str) -> None:
    try:
        ZoneInfo(settings.timezone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        hint = "Write it as Europe/Rome."
        raise BadWorkspace(f"no time zone '{settings.timezone}'", place=place, hint=hint) from error
    limits = {
        "buckets": (1, 65_536),
        "minimum_cell": (1, 1_000_000),
        "fiscal_year_month": (1, 12),
        "inactive_days": (1, 36_500),
        "visit_gap_minutes": (1, 10_080),
    }
    for name, (low, high) in limits.items():
        if not low <= getattr(settings, name) <= high:
            raise BadWorkspace(f"setting '{name}' must lie between {low} and {high}", place=place)
