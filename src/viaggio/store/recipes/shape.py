"""What a recipe is: the files it takes, the touchpoints it knows, and the function that reads."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from zoneinfo import ZoneInfo

from viaggio.journey.model import Touchpoint
from viaggio.kernel import ViaggioError
from viaggio.store.importers.codes import bad_file
from viaggio.store.incoming import Batch
from viaggio.store.recipes.catalogue import catalogue_batch

SOURCE_OPTION = "source"
"""What the landing calls the files' source; every recipe takes it and none reads it."""

_COMPRESSED = (".gz", ".zst", ".zstd")


class UnknownRecipe(ViaggioError):
    """A recipe that is not there."""

    code = "recipe.unknown"


class BadOption(ViaggioError):
    """An option that the recipe does not have, or a value it can not use."""

    code = "recipe.bad_option"


@dataclass(frozen=True, slots=True)
class Source:
    """One landed file: the name it came with and where it lies."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class Kitchen:
    """What a recipe works with: its files by role, and its options, complete."""

    sources: Mapping[str, tuple[Source, ...]]
    options: Mapping[str, str]

    def source(self, role: str) -> Source:
        """The one file of that role."""
        return self.sources[role][0]

    def optional(self, role: str) -> Source | None:
        """The file of that role where there is one."""
        return next(iter(self.sources.get(role, ())), None)

    def chosen(self, option: str, known: tuple[str, ...]) -> str:
        """The value of an option that must be one of these; raises `BadOption`."""
        value = self.options[option]
        if value not in known:
            raise BadOption(f"'{value}' can not be the {option}", hint=f"Known: {', '.join(known)}.")
        return value

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of the option `timezone`; raises `BadOption`."""
        name = self.options["timezone"]
        try:
            return ZoneInfo(name)
        except (KeyError, ValueError, OSError) as error:
            raise BadOption(f"'{name}' is not a time zone", hint="Write for example Europe/Rome.") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How one foreign shape becomes facts.

    `files` gives a name pattern per role, without compression suffix; `columns` the columns that a file of
    that role must have, by which `detect` knows it; roles in `optional` may be absent. `options` are
    defaults; `about` explains each. `version` rises when the same files would give other rows. `once`: of
    rows about customers the first with an id holds, and any other with it is that row again.
    """

    name: str
    source: str
    version: int
    files: Mapping[str, str]
    batches: Callable[[Kitchen], Iterator[Batch]]
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    touchpoints: tuple[Touchpoint, ...] = ()
    options: Mapping[str, str] = field(default_factory=dict)
    about: Mapping[str, str] = field(default_factory=dict)
    once: bool = False

    def take(self, files: Mapping[str, Path]) -> dict[str, tuple[Source, ...]]:
        """The files by role, in name order; files of no role are left out."""
        by_role: dict[str, tuple[Source, ...]] = {}
        for name in sorted(files):
            plain = bare_name(name)
            role = next((r for r, pattern in self.files.items() if fnmatchcase(plain, pattern)), None)
            if role is not None:
                by_role[role] = (*by_role.get(role, ()), Source(name, files[name]))
        return by_role

    def missing(self, sources: Mapping[str, tuple[Source, ...]]) -> list[str]:
        """Patterns of the needed files that are not there."""
        return [p for role, p in self.files.items() if role not in sources and role not in self.optional]

    def reader(self, files: Mapping[str, Path], options: Mapping[str, str]) -> "RecipeReader":
        """A reader of these files; raises `BadFile` when one is missing and `BadOption`."""
        sources = self.take(files)
        if missing := self.missing(sources):
            hint = "Give the whole set; compressed files will do."
            raise bad_file("file.set_not_whole", place=f"{self.name}: {', '.join(missing)}", hint=hint)
        given = {name: value for name, value in options.items() if name != SOURCE_OPTION}
        for option in given:
            if option not in self.options:
                known = ", ".join(self.options) or "none"
                raise BadOption(f"recipe '{self.name}' has no option '{option}'", hint=f"Known: {known}.")
        kitchen = Kitchen(sources, {**self.options, **given})
        if "timezone" in self.options:
            _ = kitchen.zone
        return RecipeReader(self, kitchen)


@dataclass(frozen=True, slots=True)
class RecipeReader:
    """A recipe with its files and options: the `Reader` that the fold drives."""

    recipe: Recipe
    kitchen: Kitchen

    def files(self) -> Mapping[str, Path]:
        """The files it reads, by name."""
        return {source.name: source.path for role in self.kitchen.sources.values() for source in role}

    def batches(self) -> Iterator[Batch]:
        """First the touchpoint catalogue, then what the recipe makes of the files."""
        if self.recipe.touchpoints:
            yield catalogue_batch(self.recipe.touchpoints)
        yield from self.recipe.batches(self.kitchen)


def bare_name(name: str) -> str:
    """A file's name without folder and without compression suffix."""
    plain = name.rsplit("/", 1)[-1]
    for suffix in _COMPRESSED:
        plain = plain.removesuffix(suffix)
    return plain
