"""The one way in for files: landed verbatim, with what says how to read them."""

import time
from collections.abc import Mapping
from pathlib import Path

from viaggio.store.importers import mapping_reader, read_mapping
from viaggio.store.importers.source_name import source_name
from viaggio.store.landing import Item, land
from viaggio.store.recipes import recipe_reader
from viaggio.store.workspace import Workspace


def _now() -> int:
    return time.time_ns() // 1000


def land_mapping(workspace: Workspace, files: Mapping[str, Path], text: str, *, by: str) -> tuple[Item, bool]:
    """Land files with the text of a mapping; the item, and whether it is new.

    The source is the one that the mapping names, else the first file's name without its numbers.
    Raises `BadMapping` or `BadFile` before anything is kept.
    """
    mapping = read_mapping(text)
    mapping_reader(files, mapping)
    return land(
        workspace,
        kind="mapping",
        source=mapping.source or source_name(next(iter(files), "")),
        label=", ".join(files),
        files=files,
        mapping_text=text,
        recipe=None,
        options={},
        landed_at=_now(),
        by=by,
    )


def land_recipe(
    workspace: Workspace, files: Mapping[str, Path], recipe: str, options: Mapping[str, str], *, by: str
) -> tuple[Item, bool]:
    """Land those of the files that a recipe reads; the item, and whether it is new.

    Raises `BadFile` before anything is kept.
    """
    files = recipe_reader(recipe, files, options).files()
    return land(
        workspace,
        kind="recipe",
        source=options.get("source", recipe),
        label=recipe if len(files) > 1 else ", ".join(files),
        files=files,
        mapping_text=None,
        recipe=recipe,
        options=options,
        landed_at=_now(),
        by=by,
    )
