"""One small file per foreign shape: known public sets, XES logs, and our own tables as Parquet.

`recipe_reader` reads files by a named recipe; `detect` says which recipe fits a folder.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from pathlib import Path
from types import MappingProxyType

from viaggio.kernel import BadFile
from viaggio.store.incoming import Reader
from viaggio.store.recipes import (
    completejourney,
    epub_sessions,
    helpdesk,
    native,
    ocel,
    olist,
    online_shoppers,
    pulse,
    qualtrics,
    segment,
    spss,
    telco_churn,
    xes,
)
from viaggio.store.recipes.shape import BadOption, Recipe, Source, UnknownRecipe
from viaggio.store.recipes.sources import column_names

__all__ = ["RECIPES", "BadOption", "Recipe", "UnknownRecipe", "detect", "files_of", "recipe", "recipe_reader"]

_KNOWN = (
    olist.RECIPE,
    online_shoppers.RECIPE,
    epub_sessions.RECIPE,
    completejourney.RECIPE,
    telco_churn.RECIPE,
    helpdesk.RECIPE,
    xes.RECIPE,
    ocel.RECIPE,
    qualtrics.RECIPE,
    spss.RECIPE,
    native.RECIPE,
    pulse.RECIPE,
    segment.RECIPE,
)

RECIPES: Mapping[str, Recipe] = MappingProxyType({known.name: known for known in _KNOWN})
"""All recipes by name; where two fit a folder, the earlier one is told."""


def recipe(name: str) -> Recipe:
    """The recipe of that name; raises `UnknownRecipe`."""
    if name not in RECIPES:
        near = get_close_matches(name, RECIPES, n=1)
        hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(RECIPES)}."
        raise UnknownRecipe(f"recipe '{name}' is not known", hint=hint)
    return RECIPES[name]


def recipe_reader(name: str, files: Mapping[str, Path], options: Mapping[str, str]) -> Reader:
    """A reader of the files by that recipe. Names may carry `.gz`; what no role takes is not read.

    Raises `UnknownRecipe`, `BadFile` when a needed file is missing, `BadOption`.
    """
    return recipe(name).reader(files, options)


def files_of(name: str, path: Path) -> dict[str, Path]:
    """The files of a folder, or the one file, that the recipe takes, by name; raises `UnknownRecipe`."""
    taken = recipe(name).take(_there(path))
    return {source.name: source.path for sources in taken.values() for source in sources}


def detect(path: Path) -> str | None:
    """Name of the first recipe that a folder, or one file, fits: its needed files, with their columns."""
    there = _there(path)
    return next((name for name, candidate in RECIPES.items() if _fits(candidate, there)), None)


def _there(path: Path) -> dict[str, Path]:
    inside = path.iterdir() if path.is_dir() else (path,)
    return {file.name: file for file in inside if file.is_file()}


def _fits(candidate: Recipe, there: Mapping[str, Path]) -> bool:
    sources = candidate.take(there)
    if not sources or candidate.missing(sources):
        return False
    return all(
        _has(source, candidate.columns.get(role, ()), by_name=not candidate.files[role].startswith("*."))
        for role in sources
        for source in sources[role]
    )


def _has(source: Source, columns: tuple[str, ...], *, by_name: bool) -> bool:
    if not columns:
        return True
    try:
        return set(columns) <= set(column_names(source))
    except BadFile as error:
        if by_name and error.code != "file.no_rows":
            raise
        return by_name  # a header alone: its name has to do, where it says anything
