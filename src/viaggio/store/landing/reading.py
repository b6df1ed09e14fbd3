"""From a landed item to the reader that turns it into batches."""

from viaggio.kernel import BadWorkspace
from viaggio.store.incoming import Reader
from viaggio.store.landing.item import Item
from viaggio.store.landing.land import mapping_text, payload_path
from viaggio.store.workspace import Workspace


def reader(ws: Workspace, landed: Item) -> Reader:
    """The reader of an item's files: by its mapping or by its recipe.

    Raises `BadMapping`, `BadFile` or the recipe's own errors when they can not be read at all.
    """
    files = {p.name: payload_path(ws, landed, p) for p in landed.payloads}
    if landed.kind == "mapping":
        from viaggio.store.importers import mapping_reader, read_mapping

        return mapping_reader(files, read_mapping(mapping_text(ws, landed)))
    if landed.kind == "recipe":
        from viaggio.store.recipes import recipe_reader

        return recipe_reader(landed.recipe or "", files, landed.options)
    raise BadWorkspace("a decision has no files to read", place=landed.folder)
